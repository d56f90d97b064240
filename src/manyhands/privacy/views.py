"""Who saw my details, and what takes two: for members."""

from __future__ import annotations

from uuid import UUID

from django.contrib import auth, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manyhands.kit import wall
from manyhands.kit.refusals import NotHere, Refused
from manyhands.kit.versions import saving, status_of
from manyhands.networks.here import NetworkRequest, for_role, steward_step_missing
from manyhands.networks.states import Role
from manyhands.people.here import fresh_sign_in_required
from manyhands.people.models import Person
from manyhands.privacy import actions, queries, rules, telling
from manyhands.privacy.forms import LimitsForm, OpenForm

PAGE = 100


def _member(request: NetworkRequest) -> Person:
    """Someone of this network, resting or waiting to be welcomed as well."""
    if request.membership is None or not isinstance(request.user, Person):
        raise NotHere
    return request.user


@never_cache
@require_safe
def who_saw_me(request: NetworkRequest) -> HttpResponse:
    """Everyone who saw one's own details, the latest first."""
    # Whoever saw them, saw them: also in another network.
    with wall.everywhere():
        page = Paginator(queries.who_saw(_member(request)), PAGE).get_page(request.GET.get("page"))
        seen = queries.told(list(page))
    return render(request, "privacy/who_saw.html", {"page": page, "seen": seen})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.HELPER)
def two_people(request: NetworkRequest) -> HttpResponse:
    """What one alone may not do: ask for it, and for the desk, answer it. POST asks."""
    person, now, network = _member(request), timezone.now(), request.network
    form = OpenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            unlock = actions.ask_to_open(network=network, by=person, now=now, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            if unlock.opens_at is None:
                messages.success(request, _("Asked. Tell someone of the desk that you wait for their yes."))
            else:
                messages.success(
                    request, _("You are alone at the desk: it opens in 24 hours. Every member can read it.")
                )
            return redirect("privacy:two_people", network.slug)
    return _show_two_people(request, form=form)


def _show_two_people(
    request: NetworkRequest, *, form: OpenForm | None = None, limits_form: LimitsForm | None = None
) -> HttpResponse:
    person, now, network = _member(request), timezone.now(), request.network
    page = Paginator(queries.unlocks_visible_to(person, network), PAGE).get_page(request.GET.get("page"))
    worst = queries.learned(network, now=now)
    # Whoever is to agree reads what would be kept.
    holds = {hold.unlock_id: hold for hold in queries.holds_of(network).filter(unlock__in=[each.pk for each in page])}
    context = {
        "now": now,
        "form": form or OpenForm(),
        "page": page,
        "listed": [(each, rules.why_not_answer(person, each, now=now) is None, holds.get(each.pk)) for each in page],
        "limits": queries.limits_of(network),
        "limits_form": limits_form or LimitsForm(instance=queries.limits_of(network)),
        "worst": worst,
        # By name only to a steward who signed in as stewards do.
        "by_name": queries.who_learned_most(person, network, worst) if steward_step_missing(request) is None else [],
    }
    return render(request, "privacy/two_people.html", context, status=status_of(limits_form or form))


@require_POST
@for_role(Role.DISPATCHER)
@fresh_sign_in_required()
def answer(request: NetworkRequest, key: UUID) -> HttpResponse:
    """The second person's yes or no."""
    person = _member(request)
    unlock = queries.unlocks_visible_to(person, request.network).filter(pk=key).first()
    if unlock is None:
        raise NotHere
    try:
        actions.answer(unlock, yes=request.POST.get("answer") == "yes", by=person, now=timezone.now())
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Saved."))
    return redirect("privacy:two_people", request.network.slug)


@require_POST
@for_role(Role.STEWARD)
@saving
def limits(request: NetworkRequest) -> HttpResponse:
    """A steward sets how many addresses one helper may open by themselves."""
    form = LimitsForm(request.POST, instance=queries.limits_of(request.network))
    if not form.is_valid():
        return _show_two_people(request, limits_form=form)
    actions.limit(request.network, by=_member(request), now=timezone.now(), **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("privacy:two_people", request.network.slug)


@never_cache
@require_safe
def receipt(request: HttpRequest, key: UUID) -> HttpResponse:
    """The receipt of somebody who was forgotten: to print or to keep. It says nothing about them."""
    erasure = queries.receipt_of(key)
    if erasure is None:
        raise NotHere
    return render(request, "privacy/receipt.html", {"erasure": erasure, "reaches_backups": telling.REACHES_BACKUPS})


@never_cache
@require_safe
def receipt_as_text(request: HttpRequest, key: UUID) -> HttpResponse:  # noqa: ARG001
    """The same as a file to keep."""
    erasure = queries.receipt_of(key)
    if erasure is None:
        raise NotHere
    return HttpResponse(
        telling.receipt(erasure),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="forgotten.txt"'},
    )


@never_cache
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Away from here at once: an empty page that says nothing of us, signed out, and nothing of ours kept."""
    auth.logout(request)
    answer = render(request, "privacy/left.html", {"language": get_language() or "en"})
    answer["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer
