"""Oneself: name and language, where one is signed in, and the second step."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import qrcode
import qrcode.image.svg
from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from manyhands.kit.again import may_repeat
from manyhands.kit.refusals import NotHere, Refused
from manyhands.people import actions, devices, factors, here, queries
from manyhands.people.forms import AboutMeForm, CodeForm, DeviceForm
from manyhands.people.models import Person
from manyhands.people.views.signing_in import PASSKEY, forget_pages

FRESH_SECRET = "authenticator_begun"  # noqa: S105 - the name of a place in the session


@login_required
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Say what one is called and which language one reads; see where one is signed in."""
    person = request.user
    assert isinstance(person, Person)
    form = AboutMeForm(request.POST or None, initial={"name": person.name, "language": person.language})
    if request.method == "POST" and form.is_valid():
        actions.rename(person, **form.cleaned_data, by=person, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("people:account")
    context = {
        "form": form,
        "devices": [
            (each, DeviceForm(initial={"name": each.name, "is_own": each.is_own}, auto_id=f"id_{each.pk}_%s"))
            for each in queries.devices_of(person)
        ],
        "this_device": here.device_key(request),
        "has_second_step": queries.has_second_step(person),
    }
    return render(request, "people/account.html", context, status=400 if form.is_bound else 200)


@require_POST
def change_device(request: HttpRequest, key: UUID) -> HttpResponse:
    """Name a browser one is signed in with, or sign it out."""
    person, now = request.user, timezone.now()
    device = queries.devices_of(person).filter(pk=key).first() if isinstance(person, Person) else None
    if device is None or not isinstance(person, Person):
        raise NotHere
    if request.POST.get("do") == "end":
        devices.end(person, key=key, by=person, now=now)
        if key == here.device_key(request):
            auth.logout(request)
            return forget_pages(redirect("home:front"))
        messages.success(request, _("Signed out there."))
        return redirect("people:account")
    form = DeviceForm(request.POST)
    if form.is_valid():
        devices.name(device, **form.cleaned_data)
        messages.success(request, _("Saved."))
    return redirect("people:account")


@login_required
@require_POST
def end_other_devices(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    assert isinstance(request.user, Person)
    devices.end(request.user, but=here.device_key(request), by=request.user, now=timezone.now())
    messages.success(request, _("Signed out everywhere else."))
    return redirect("people:account")


@login_required
@require_http_methods(["GET"])
def second_step(request: HttpRequest) -> HttpResponse:
    """What someone has beside a password or a code, and how to add to it."""
    person = request.user
    assert isinstance(person, Person)
    due = queries.second_step_due(person)
    return render(
        request,
        "people/second_step.html",
        {
            "passkeys": queries.passkeys_of(person),
            "has_app": queries.has_authenticator(person),
            "paper_left": queries.recovery_codes_left(person),
            "passkeys_work": factors.passkeys_work_here(),
            "due": due + here.GRACE if due and not queries.has_second_step(person) else None,
            "is_demo": settings.DEMO and person.is_demo,
        },
    )


@may_repeat
@login_required
@here.fresh_sign_in_required()
@require_http_methods(["GET", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Make a passkey on this phone or computer, or on a stick."""
    person, now = request.user, timezone.now()
    assert isinstance(person, Person)
    if not factors.passkeys_work_here():
        return redirect("people:second_step")
    if (missing := _must_prove_first(request)) is not None:
        return missing
    if request.method == "POST":
        state = request.session.pop(PASSKEY, None)
        try:
            factors.keep_passkey(person, state=state, answer=request.POST.get("credential", ""), now=now)
        except Refused as no:
            messages.error(request, str(no))
        else:
            here.note_proof(request, strong=True, now=now)
            messages.success(request, _("Your passkey is kept. From now on you can sign in with it."))
            return redirect("people:second_step")
    options, request.session[PASSKEY] = factors.begin_passkey(person)
    status = 400 if request.method == "POST" else 200
    return render(request, "people/add_passkey.html", {"options": options}, status=status)


@may_repeat
@login_required
@here.fresh_sign_in_required()
@require_http_methods(["GET", "POST"])
def add_app(request: HttpRequest) -> HttpResponse:
    """Let an app on one's phone show digits for the second step."""
    person, now = request.user, timezone.now()
    assert isinstance(person, Person)
    if (missing := _must_prove_first(request)) is not None:
        return missing
    secret = request.session.setdefault(FRESH_SECRET, factors.fresh_secret(person))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            paper = factors.take_up_authenticator(person, secret=secret, typed=form.cleaned_data["code"], now=now)
        except Refused as no:
            form.add_error("code", str(no))
        else:
            del request.session[FRESH_SECRET]
            here.note_proof(request, strong=True, now=now)
            return render(request, "people/paper_codes.html", {"codes": paper})
    context = {
        "form": form,
        "spelled": factors.spelled(person, secret),
        "picture": _picture(factors.address_for_app(person, secret)),
    }
    return render(request, "people/add_app.html", context, status=400 if form.is_bound else 200)


@login_required
@here.fresh_sign_in_required()
@require_POST
def change_second_step(request: HttpRequest) -> HttpResponse:
    """Do without a passkey or the app, or have new codes for paper."""
    person, now = request.user, timezone.now()
    assert isinstance(person, Person)
    if (missing := _must_prove_first(request)) is not None:
        return missing
    do = request.POST.get("do", "")
    if do == "paper" and queries.has_authenticator(person):
        return render(request, "people/paper_codes.html", {"codes": factors.fresh_recovery_codes(person, now=now)})
    if do == "drop_app":
        factors.drop(person, by=person, now=now)
    else:
        passkey = next((each for each in queries.passkeys_of(person) if str(each.pk) == do), None)
        if passkey is None:
            messages.error(request, _("Choose what you would like to do."))
            return redirect("people:second_step")
        factors.drop(person, passkey=passkey.pk, by=person, now=now)
    messages.success(request, _("Done."))
    return redirect("people:second_step")


def _must_prove_first(request: HttpRequest) -> HttpResponse | None:
    """Whoever has a second step shows it before it is changed: a stolen password must not be enough."""
    assert isinstance(request.user, Person)
    return here.second_step_missing(request) if queries.has_second_step(request.user) else None


def _picture(text: str) -> SafeString:
    """The square picture an app reads, drawn in the page."""
    drawn = BytesIO()
    qrcode.make(text, image_factory=qrcode.image.svg.SvgPathFillImage, box_size=8, border=4).save(drawn)
    svg = drawn.getvalue().decode().partition("?>")[2].strip()
    return mark_safe(svg)  # noqa: S308 - drawn from squares by the library; none of the text is in it
