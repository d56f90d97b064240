"""Signing in with a password, a code or a passkey; a second step; proving again that it is oneself; signing out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import auth, messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from manyhands.kit import limits
from manyhands.kit.again import may_repeat
from manyhands.kit.refusals import NotHere, Refused
from manyhands.kit.way_in import WayInForm
from manyhands.people import actions, codes, devices, factors, here, queries, sending
from manyhands.people.forms import CodeForm, PasswordForm, SignInForm
from manyhands.people.models import Person
from manyhands.people.signing_in import names_of, remember_browser, why_not_try

BACKEND = "manyhands.people.signing_in.LoginNameBackend"
HALF_WAY_LASTS = timedelta(minutes=10)
STEP_TRIES, STEP_WITHIN = 10, timedelta(minutes=15)
CODE, HALF_WAY, PASSKEY = "code_asked", "half_way", "passkey_asked"


def where_next(request: HttpRequest, otherwise: str = "home:front") -> str:
    """Where the page asked to go afterwards, if that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return otherwise


def let_in(request: HttpRequest, person: Person, *, where: str, is_own: bool, strong: bool = False) -> HttpResponse:
    """Sign someone in, or ask for the second step they set up first."""
    now = timezone.now()
    if not strong and queries.has_authenticator(person):
        request.session[HALF_WAY] = {
            "person": str(person.pk), "at": now.timestamp(), "where": where, "is_own": is_own,
        }  # fmt: skip
        return redirect("people:sign_in_step")
    request.session.pop(HALF_WAY, None)
    auth.login(request, person, backend=BACKEND)
    if here.device_of(request) is None:
        here.adopt(request, person, is_own=is_own, now=now)
    here.note_proof(request, strong=strong, now=now)
    response = redirect(where)
    remember_browser(request, response, person)
    return response


@may_repeat
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with e-mail or phone, and a password or a code that is sent."""
    if request.user.is_authenticated:
        return redirect(where_next(request))
    form, now = SignInForm(request.POST or None), timezone.now()
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if request.POST.get("do") == "code":
            return _send_code(request, form, now=now)
        if (no := why_not_try(request, "password", said["login"], now=now)) is not None:
            form.add_error(None, no)
        else:
            person = auth.authenticate(request, username=said["login"], password=said["password"])
            if isinstance(person, Person):
                return let_in(request, person, where=where_next(request), is_own=said["is_own"])
            form.add_error(
                None,
                _("That did not work. Look at both lines again, or ask a steward of your network for a new link."),
            )
    return _sign_in_page(request, form)


def _sign_in_page(request: HttpRequest, form: SignInForm) -> HttpResponse:
    context = {
        "form": form,
        "next": where_next(request, ""),
        "can_send": sending.can_send(),
        "passkeys": factors.passkeys_work_here(),
    }
    return render(request, "people/sign_in.html", context, status=400 if form.is_bound else 200)


def _send_code(request: HttpRequest, form: SignInForm, *, now: datetime) -> HttpResponse:
    said = form.cleaned_data
    no = why_not_try(request, "code", said["login"], now=now)
    if no is None and not sending.can_send():
        no = _("This server can't send codes yet. Ask a steward of your network for a private link.")
    if no is not None:
        form.add_error(None, no)
        return _sign_in_page(request, form)
    person = queries.signing_in_as(names_of(said["login"]))
    code = codes.ask_for(person, now=now)
    request.session[CODE] = {"key": str(code.pk), "where": where_next(request), "is_own": said["is_own"]}
    return redirect("people:sign_in_code")


@may_repeat
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Type the code that was sent."""
    asked, now = request.session.get(CODE), timezone.now()
    if not asked:
        return redirect("people:sign_in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = codes.use(UUID(asked["key"]), form.cleaned_data["code"], now=now)
        if person is not None:
            del request.session[CODE]
            if request.user == person:
                here.note_proof(request, strong=False, now=now)
                return redirect(asked["where"])
            return let_in(request, person, where=asked["where"], is_own=asked["is_own"])
        form.add_error(
            "code", _("That is not the code, or it is over. After five tries or ten minutes, have a new one sent.")
        )
    return render(request, "people/sign_in_code.html", {"form": form}, status=400 if form.is_bound else 200)


@may_repeat
@require_http_methods(["GET", "POST"])
def sign_in_passkey(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey: the one way in that needs JavaScript, because browsers give it to nothing else."""
    if request.user.is_authenticated:
        return redirect(where_next(request))
    if not factors.passkeys_work_here():
        return redirect("people:sign_in")
    if request.method == "POST":
        person = _shown_passkey(request)
        if person is not None:
            return let_in(
                request, person, where=where_next(request), is_own=bool(request.POST.get("is_own")), strong=True
            )
        messages.error(request, _("That passkey is not known here. Try another way below."))
    return _passkey_page(request, None, "people/sign_in_passkey.html")


def _shown_passkey(request: HttpRequest) -> Person | None:
    """Whose passkey the browser showed, if this page asked for it."""
    state = request.session.pop(PASSKEY, None)
    return factors.prove_by_passkey(request.POST.get("credential", ""), state=state) if state else None


def _passkey_page(request: HttpRequest, person: Person | None, template: str, **more: Any) -> HttpResponse:
    options, request.session[PASSKEY] = factors.begin_proof(person)
    context = {"options": options, "next": where_next(request, ""), **more}
    return render(request, template, context, status=400 if request.method == "POST" else 200)


@may_repeat
@require_http_methods(["GET", "POST"])
def sign_in_step(request: HttpRequest) -> HttpResponse:
    """The second step of someone who set one up: digits from the app, or a code from paper."""
    half, now = request.session.get(HALF_WAY), timezone.now()
    if not half or now.timestamp() - half["at"] > HALF_WAY_LASTS.total_seconds():
        return redirect("people:sign_in")
    person = queries.by_key(UUID(half["person"]))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and person is not None:
        if (no := why_not_step(person, form.cleaned_data["code"], now=now)) is None:
            return let_in(request, person, where=half["where"], is_own=half["is_own"], strong=True)
        form.add_error("code", no)
    return render(request, "people/sign_in_step.html", {"form": form}, status=400 if form.is_bound else 200)


def why_not_step(person: Person, typed: str, *, now: datetime) -> str | None:
    """Take digits or a code from paper as the second step; a sentence if they are not right."""
    if not limits.allow("second step", person.pk, most=STEP_TRIES, within=STEP_WITHIN, now=now):
        minutes = limits.minutes_left("second step", person.pk, now=now)
        return _("That was tried many times. Please try again in %(minutes)d minutes.") % {"minutes": minutes}
    if factors.prove_by_digits(person, typed, now=now) or factors.prove_by_paper(person, typed, now=now):
        return None
    return _("That is not right. Type the six digits the app shows now, or one of your codes on paper.")


@may_repeat
@login_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """Prove again that it is oneself, before something that can't be taken back or concerns many people."""
    person, now = request.user, timezone.now()
    assert isinstance(person, Person)
    need = "step" if (request.POST.get("need") or request.GET.get("need")) == "step" else "fresh"
    step, password = CodeForm(prefix="step"), PasswordForm(prefix="password")
    has_app, has_passkey = queries.has_authenticator(person), queries.passkeys_of(person).exists()
    do = request.POST.get("do", "")
    if do == "passkey":
        if _shown_passkey(request) == person:
            return _proved(request, strong=True, now=now)
        messages.error(request, _("That passkey is not known here. Try another way below."))
    elif do == "step" and has_app:
        step = CodeForm(request.POST, prefix="step")
        if step.is_valid():
            if (no := why_not_step(person, step.cleaned_data["code"], now=now)) is None:
                return _proved(request, strong=True, now=now)
            step.add_error("code", no)
    elif do == "password" and need == "fresh":
        password = PasswordForm(request.POST, prefix="password")
        if password.is_valid():
            if (no := why_not_try(request, "password", person.login or "", now=now)) is not None:
                password.add_error("password", no)
            elif person.check_password(password.cleaned_data["password"]):
                return _proved(request, strong=False, now=now)
            else:
                password.add_error("password", _("That is not your password."))
    elif do == "code" and need == "fresh":
        if (no := why_not_try(request, "code", person.login or "", now=now)) is not None:
            messages.error(request, no)
        else:
            code = codes.ask_for(person, now=now)
            request.session[CODE] = {"key": str(code.pk), "where": where_next(request), "is_own": False}
            return redirect("people:sign_in_code")
    return _passkey_page(
        request, person, "people/again.html", need=need, step=step if has_app else None, has_passkey=has_passkey,
        password=password if need == "fresh" and person.has_usable_password() else None,
        can_send=need == "fresh" and bool(person.login) and sending.can_reach(codes.kind_of(person.login or "")),
    )  # fmt: skip


def _proved(request: HttpRequest, *, strong: bool, now: datetime) -> HttpResponse:
    here.note_proof(request, strong=strong, now=now)
    return redirect(where_next(request))


@may_repeat
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out, and ask the browser to forget the pages it kept."""
    if isinstance(request.user, Person) and (key := here.device_key(request)) is not None:
        devices.end(request.user, key=key, by=request.user, now=timezone.now())
    auth.logout(request)
    return forget_pages(redirect("home:front"))


def forget_pages(response: HttpResponse) -> HttpResponse:
    """Ask the browser to throw away every page of ours that it kept."""
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@may_repeat
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Take up an invitation: say how to sign in from now on."""
    invitation = queries.invitation_behind(token, now=timezone.now())
    if invitation is None:
        raise NotHere
    person = invitation.person
    form = WayInForm(
        request.POST or None, initial={"name": person.name, "login": person.login or ""}, can_reach=sending.can_reach
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.use_invitation(
                invitation, login=said["login"], password=said["password"], region="", now=timezone.now()
            )
            person.refresh_from_db()
            actions.rename(person, name=said["name"], language=person.language, by=person, now=timezone.now())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            auth.login(request, person, backend=BACKEND)
            messages.success(request, _("Welcome, %(name)s. You are signed in.") % {"name": person.short_name})
            response = redirect("home:front")
            remember_browser(request, response, person)
            return response
    return render(
        request, "people/invited.html", {"form": form, "invited": person}, status=400 if form.is_bound else 200
    )
