"""Joining, members, how a network works, and the host's list of networks."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings as django_settings
from django.contrib import auth, messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manyhands.kit import asking_less, flood, limits
from manyhands.kit.refusals import NotHere, Refused, refuse_if
from manyhands.kit.versions import saving, status_of
from manyhands.kit.way_in import WayInForm
from manyhands.networks import actions, queries
from manyhands.networks.forms import InviteForm, NetworkForm, NewNetworkForm, WordsForm
from manyhands.networks.here import NetworkRequest, across_networks, for_role, steward_step_missing
from manyhands.networks.models import Membership
from manyhands.networks.states import Role, Standing
from manyhands.people import actions as people
from manyhands.people import queries as people_queries
from manyhands.people.here import second_step_missing
from manyhands.people.models import Person

INVITATIONS_A_DAY = 200
BACKEND = "manyhands.people.signing_in.LoginNameBackend"


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def join(request: NetworkRequest) -> HttpResponse:
    """Become a helper: with an account one press, without one a name and a password."""
    now = timezone.now()
    person = request.user if isinstance(request.user, Person) else None
    if person is not None:
        if request.method == "POST":
            try:
                joined = actions.join(person, network=request.network, now=now)
            except Refused as no:
                messages.error(request, str(no))
            else:
                _thank(request, joined)
            return redirect("networks:me", request.network.slug)
        return render(request, "networks/join.html", {"form": None})
    form = WayInForm(request.POST or None, region=request.network.country, can_reach=people_queries.can_be_sent_a_code)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            refuse_if(flood.why_not_take(request, "join", request.network.pk, now=now))
            with transaction.atomic():
                person = people.note_person(name=said["name"], language=translation.get_language() or "", now=now)
                people.open_sign_in(
                    person, login=said["login"], password=said["password"], region=request.network.country,
                    by=person, now=now,
                )  # fmt: skip
                joined = actions.join(person, network=request.network, now=now)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            auth.login(request, person, backend=BACKEND)
            _thank(request, joined)
            return redirect("exchange:helping", request.network.slug)
    puzzle = flood.puzzle_for(request, "join", request.network.pk, now=now)
    return render(request, "networks/join.html", {"form": form, "puzzle": puzzle}, status=status_of(form))


def _thank(request: NetworkRequest, joined: Membership) -> None:
    if joined.standing == Standing.WAITING:
        messages.success(request, _("Thank you. Someone will welcome you soon; then you can take asks on."))
    else:
        messages.success(request, _("Thank you, and welcome. You can take asks on right away."))


@require_http_methods(["GET", "POST"])
def me(request: NetworkRequest) -> HttpResponse:
    """One's own part in the network: rest, come back, leave."""
    membership = request.membership
    if membership is None:
        raise NotHere
    if request.method == "POST":
        standing = request.POST.get("standing", "")
        try:
            if standing not in Standing.values:
                raise Refused(_("Choose what you would like to do."))
            assert isinstance(request.user, Person)
            actions.move(membership, standing=standing, by=request.user, now=timezone.now())
        except Refused as no:
            messages.error(request, str(no))
        else:
            messages.success(request, _("Saved."))
            if standing == Standing.LEFT:
                return redirect("home:network", request.network.slug)
        return redirect("networks:me", request.network.slug)
    return render(request, "networks/me.html", {"standings": Standing, "now": timezone.now()})


@require_safe
@for_role(Role.HELPER)
def heads(request: NetworkRequest) -> HttpResponse:
    """Where the journal stands, day by day, for members to keep outside."""
    now, by_day = queries.heads_of(request.network, now=timezone.now())
    return render(request, "networks/heads.html", {"now": now, "heads": by_day})


@require_safe
@for_role(Role.HELPER)
def head_text(request: NetworkRequest) -> HttpResponse:
    """Where the journal stands now, as a small text to keep or print."""
    head, _by_day = queries.heads_of(request.network, now=timezone.now())
    answer = HttpResponse(head.as_text(), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{request.network.slug}-{head.on:%Y-%m-%d}-head.txt"'
    return answer


@for_role(Role.DISPATCHER)
def members(request: NetworkRequest) -> HttpResponse:
    """Who is a member and who would like to be."""
    page = Paginator(queries.by_name(queries.visible_to(request.user, request.network)), 50).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "networks/members.html",
        {"page": page, "roles": Role.choices, "invite": InviteForm(), "now": timezone.now()},
    )


def _member(request: NetworkRequest, key: UUID) -> Membership:
    found = queries.visible_to(request.user, request.network).filter(pk=key).first()
    if found is None:
        raise NotHere
    return found


@require_POST
@for_role(Role.DISPATCHER)
@saving
def change_member(request: NetworkRequest, key: UUID) -> HttpResponse:
    """Welcome someone, give them a role, let them rest or go, or make them a new sign-in link."""
    member = _member(request, key)
    by, now = request.user, timezone.now()
    assert isinstance(by, Person)
    do, role = request.POST.get("do", ""), request.POST.get("role", "")
    if do in {"role", "link"} and (missing := steward_step_missing(request)) is not None:
        return missing
    try:
        if do == "welcome":
            actions.welcome(member, by=by, now=now)
        elif do == "role" and role in Role.values:
            if request.POST.get("stood", member.role) != member.role:
                has = member.get_role_display()
                raise Refused(
                    _("Someone else gave them a role meanwhile: %(role)s. Nothing was changed.") % {"role": has}
                )
            actions.give_role(member, role=role, by=by, now=now)
        elif do in {Standing.PAUSED, Standing.ACTIVE, Standing.LEFT}:
            actions.move(member, standing=do, by=by, now=now)
        elif do == "link":
            return _show_link(request, actions.invite_again(member, by=by, now=now), member.person)
        else:
            raise Refused(_("Choose what you would like to do."))
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Saved."))
    return redirect("networks:members", request.network.slug)


@require_POST
@for_role(Role.STEWARD)
def invite(request: NetworkRequest) -> HttpResponse:
    """Invite someone in a role; shows their private link once."""
    form = InviteForm(request.POST)
    if form.is_valid() and not limits.allow(
        "invitation", request.user.pk, most=INVITATIONS_A_DAY, within=timedelta(days=1), now=timezone.now()
    ):
        form.add_error(None, _("These are very many invitations for one day. Please go on tomorrow."))
    if not form.is_valid():
        page = Paginator(queries.by_name(queries.visible_to(request.user, request.network)), 50).get_page(1)
        context = {"page": page, "roles": Role.choices, "invite": form, "now": timezone.now()}
        return render(request, "networks/members.html", context, status=400)
    assert isinstance(request.user, Person)
    invitation = actions.invite_member(
        request.network, name=form.cleaned_data["name"], role=form.cleaned_data["role"], by=request.user,
        now=timezone.now(),
    )  # fmt: skip
    return _show_link(request, invitation, invitation.person)


def _show_link(request: HttpRequest, invitation: object, person: Person) -> HttpResponse:
    path = reverse("people:invited", args=[people_queries.invitation_token(invitation)])  # type: ignore[arg-type]
    return render(request, "networks/link.html", {"link": django_settings.PUBLIC_URL + path, "invited": person})


@require_http_methods(["GET", "POST"])
@for_role(Role.STEWARD)
@saving
def settings(request: NetworkRequest) -> HttpResponse:
    """How the network works."""
    form = NetworkForm(request.POST or None, instance=queries.by_slug(request.network.slug))
    asks_for: list[asking_less.Argument] = []
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, Person)
        try:
            actions.settle(request.network, by=request.user, now=timezone.now(), **form.cleaned_data)
        except asking_less.AsksTooMuch as no:
            form.add_error(None, str(no))
            asks_for = asking_less.arguments(no.found)
        else:
            messages.success(request, _("Saved."))
            return redirect("networks:settings", request.network.slug)
    return render(request, "networks/settings.html", {"form": form, "asks_for": asks_for}, status=status_of(form))


@require_http_methods(["GET", "POST"])
@for_role(Role.STEWARD)
@saving
def words(request: NetworkRequest) -> HttpResponse:
    """The network's own words, language by language."""
    language = request.POST.get("language") or request.GET.get("language") or request.network.language
    if language not in dict(django_settings.LANGUAGES):
        language = "en"
    own = queries.wordings_of(request.network, language)
    form = WordsForm(request.POST if request.method == "POST" else None, language=language, own=own)
    asks_for: list[asking_less.Argument] = []
    if request.method == "POST" and form.is_valid():
        try:
            _reword(request, form.cleaned_data, own, language)
        except asking_less.AsksTooMuch as no:
            form.add_error(None, str(no))
            asks_for = asking_less.arguments(no.found)
        else:
            messages.success(request, _("Saved."))
            return redirect(reverse("networks:words", args=[request.network.slug]) + f"?language={language}")
    context = {"form": form, "asks_for": asks_for, "language": language, "languages": django_settings.LANGUAGES}
    return render(request, "networks/words.html", context, status=status_of(form))


@transaction.atomic
def _reword(request: NetworkRequest, said: dict[str, str], own: dict[str, str], language: str) -> None:
    """All words that were changed, or none of them."""
    assert isinstance(request.user, Person)
    for word, text in said.items():
        if text != own.get(word, ""):
            actions.reword(
                request.network, word=word, language=language, text=text, by=request.user, now=timezone.now()
            )


@across_networks
@require_http_methods(["GET", "POST"])
def host(request: HttpRequest) -> HttpResponse:
    """The host's page: the networks of this install, and a new one."""
    person = request.user
    if not isinstance(person, Person) or not person.is_host:
        raise NotHere
    if (missing := second_step_missing(request)) is not None:
        return missing
    form = NewNetworkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        steward_name = said.pop("steward").strip()
        try:
            network, invitation = actions.found_network(
                **said, steward_name=steward_name, by=person, now=timezone.now()
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            if invitation is not None:
                return _show_link(request, invitation, invitation.person)
            messages.success(request, _("Created. Now set how it works."))
            return redirect("networks:settings", network.slug)
    context = {"networks": queries.open_to_all(), "form": form, "now": timezone.now()}
    return render(request, "networks/host.html", context, status=status_of(form))
