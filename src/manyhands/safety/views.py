"""Reporting, reading what was answered, and looking after reports."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from manyhands.exchange import queries as exchange
from manyhands.kit import limits, wall
from manyhands.kit.refusals import NotHere, Refused
from manyhands.networks import queries as networks
from manyhands.networks.here import NetworkRequest, across_networks, for_role, set_network
from manyhands.networks.states import Role, Standing
from manyhands.people.here import POWERS_IDLE_WRITING, fresh_sign_in_missing, second_step_missing
from manyhands.people.models import Person
from manyhands.safety import actions, queries
from manyhands.safety.forms import OTHER, EndForm, LineForm, ReportForm, TrustForm
from manyhands.safety.models import Report
from manyhands.safety.states import ReportState

MOST_AN_HOUR = 6


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: NetworkRequest) -> HttpResponse:
    """Report somebody, with or without an account."""
    return _report(request, request.user if isinstance(request.user, Person) else None)


@require_http_methods(["GET", "HEAD", "POST"])
def report_behind_link(request: NetworkRequest, token: str) -> HttpResponse:
    """Report somebody as the neighbour behind a private link: whoever came is among those to choose from."""
    asking = exchange.asking_behind(token)
    if asking is None:
        raise NotHere
    set_network(request, asking.network)
    return _report(request, asking.asked_by)


def _report(request: NetworkRequest, person: Person | None) -> HttpResponse:
    network, now = request.network, timezone.now()
    meant, trusted = queries.who_may_be_meant(person, network), queries.people_of_trust(network)
    # Before anything is sent: nobody of trust was chosen, so it goes to the host.
    asks_for_host = not trusted or "to_host" in request.POST or "asked_host" in request.POST
    how = {"meant": meant, "trusted": trusted}
    form = ReportForm(request.POST if request.method == "POST" else None, asks_for_host=asks_for_host, **how)
    if request.method == "POST" and form.is_valid():
        if not limits.allow("report", limits.sender_of(request), most=MOST_AN_HOUR, within=timedelta(hours=1), now=now):
            form.add_error(None, _("That were many in an hour. Please wait a little, or turn to somebody outside."))
        else:
            said = form.cleaned_data
            about = next((one for one in meant if str(one.pk) == said.get("about")), None)
            try:
                made = actions.report(
                    network, words=said["words"], about=about, about_words=said["about_words"],
                    not_these=[UUID(key) for key in said.get("not_these", [])], written_by=person,
                    to_host=said.get("to_host", False), now=now,
                )  # fmt: skip
            except actions.OnlyTheHostIsLeft as only:
                form = ReportForm(request.POST, asks_for_host=True, **how)
                form.is_valid()
                form.add_error("to_host", str(only))
                asks_for_host = True
            except Refused as no:
                form.add_error(None, str(no))
            else:
                return redirect("safety:thread", queries.token_of(made))
    return render(
        request,
        "safety/report.html",
        {
            "form": form, "trusted": trusted, "outside": queries.outside_of(network), "asks_for_host": asks_for_host,
            "other": OTHER,
        },
        status=400 if form.errors else 200,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: NetworkRequest, token: str) -> HttpResponse:
    """For whoever reported: where it stands, what was answered, and a way to add to it or take it back."""
    found = queries.report_behind(token)
    if found is None:
        raise NotHere
    set_network(request, found.network)
    form = LineForm(request.POST if request.POST.get("do") == "add" else None)
    if request.method == "POST" and (request.POST.get("do") == "withdraw" or form.is_valid()):
        now = timezone.now()
        try:
            if request.POST.get("do") == "withdraw":
                actions.withdraw(found, now=now)
                messages.success(request, _("Taken back. What you wrote is deleted."))
            else:
                actions.add(found, words=form.cleaned_data["words"], now=now)
                messages.success(request, _("Added."))
        except Refused as no:
            messages.error(request, str(no))
        return redirect("safety:thread", token)
    link = request.build_absolute_uri(reverse("safety:thread", args=[token]))
    context = {
        "report": found, "lines": found.lines.all(), "form": form, "link": link, "states": ReportState,
        "outside": queries.outside_of(found.network), "is_read": queries.readers_of(found).exists(),
    }  # fmt: skip
    return render(request, "safety/thread.html", context, status=400 if form.errors else 200)


def _is_it_you(request: HttpRequest, person: Person) -> HttpResponse | None:
    """Where a reader has to go first: a phone left open on the table reads nobody's report.

    The host looks after the whole install, and shows a second step as on the host's other pages. An answer may take
    long to write, and is not lost for that.
    """
    if person.is_host and (missing := second_step_missing(request)) is not None:
        return missing
    if request.POST.get("do") == "answer":
        return fresh_sign_in_missing(request, minutes=int(POWERS_IDLE_WRITING.total_seconds() // 60))
    return fresh_sign_in_missing(request)


@never_cache
@across_networks
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """The reports one may read, for people of trust and the host; for everyone else the page is not there."""
    if not isinstance(request.user, Person):
        raise NotHere
    found = queries.visible_to(request.user)
    if not (request.user.is_host or queries.is_trusted(request.user) or found.exists()):
        raise NotHere
    if (missing := _is_it_you(request, request.user)) is not None:
        return missing
    return render(request, "safety/reports.html", {"reports": found})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handle(request: NetworkRequest, key: UUID) -> HttpResponse:
    """One report, for whoever may read it: take it, answer, protect, end it."""
    # Whoever is trusted may be so in several networks; which one this is, the report says.
    with wall.everywhere():
        found = queries.visible_to(request.user).filter(pk=key).first()
    if found is None or not isinstance(request.user, Person):
        raise NotHere
    if (missing := _is_it_you(request, request.user)) is not None:
        return missing
    set_network(request, found.network)
    form, end_form = LineForm(), EndForm()
    if request.method == "POST":
        do = request.POST.get("do", "")
        form = LineForm(request.POST if do == "answer" else None)
        end_form = EndForm(request.POST if do == "end" else None)
        if (do != "answer" or form.is_valid()) and (do != "end" or end_form.is_valid()):
            try:
                messages.success(request, _done(found, do, form, end_form, by=request.user))
            except Refused as no:
                messages.error(request, str(no))
            return redirect("safety:handle", key)
    about = queries.person_of(found.about)
    writer = queries.person_of(found.written_by)
    membership, readers = queries.membership_of_the_one_meant(found), list(queries.readers_of(found))
    apart = about is not None and writer is not None and about.pk in networks.kept_apart_from(writer.pk, found.network)
    unseen = networks.kept_apart_from_all_the_desk(found.network) if apart else frozenset()
    context = {
        "report": found, "lines": found.lines.all(), "form": form, "end_form": end_form, "about": about,
        "unseen": [one for one in (about, writer) if one is not None and one.pk in unseen],
        "writer": writer, "held": membership, "apart": apart, "states": ReportState,
        "takers": [each.person for each in readers if each.takes_it],
        "readers": [each.person for each in readers],
    }  # fmt: skip
    return render(request, "safety/handle.html", context, status=400 if form.errors or end_form.errors else 200)


def _done(found: Report, do: str, form: LineForm, end_form: EndForm, *, by: Person) -> str:
    now = timezone.now()
    if do == "take":
        actions.take(found, by=by, now=now)
        return _("You look after it.")
    if do == "answer":
        actions.answer(found, words=form.cleaned_data["words"], by=by, now=now)
        return _("Answered. They read it behind their link.")
    if do in {"aside", "back"}:
        actions.set_aside(found, aside=do == "aside", by=by, now=now)
        return _("They are set aside; what they held is ready for others.") if do == "aside" else _("They are back.")
    if do in {"apart", "together"}:
        actions.keep_apart(found, apart=do == "apart", by=by, now=now)
        return _("Nothing brings the two together any more.") if do == "apart" else _("They may meet again.")
    if do == "end":
        actions.end(found, outcome=end_form.cleaned_data["outcome"], by=by, now=now)
        return _("Ended.")
    raise Refused(_("That is not possible from here."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.STEWARD)
def trust(request: NetworkRequest) -> HttpResponse:
    """Who reads reports here."""
    network = request.network
    members = [
        each.person
        for each in networks.by_name(networks.members_of(network).filter(standing=Standing.ACTIVE))
    ]  # fmt: skip
    chosen = queries.people_of_trust(network)
    initial = {"people": [str(person.pk) for person in chosen], "outside": queries.outside_of(network)}
    form = TrustForm(request.POST if request.method == "POST" else None, members=members, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        people = [person for person in members if str(person.pk) in said["people"]]
        by = request.user if isinstance(request.user, Person) else None
        try:
            actions.choose(network, people=people, outside=said["outside"], by=by, now=timezone.now())
        except Refused as no:
            form.add_error("people", str(no))
        else:
            messages.success(request, _("Saved."))
            return redirect("safety:trust", network.slug)
    return render(request, "safety/trust.html", {"form": form}, status=400 if form.errors else 200)
