"""The lists a network chooses from: kinds of need, and what may lie behind one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from manyhands.exchange import actions, queries
from manyhands.exchange.forms.lists import CategoryForm, CauseForm
from manyhands.kit import asking_less
from manyhands.kit.refusals import NotHere, Refused
from manyhands.kit.versions import saving, status_of
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role
from manyhands.people.models import Person
from manyhands.privacy import actions as privacy
from manyhands.privacy.states import Bulk

KINDS = {
    "category": (CategoryForm, actions.save_category, queries.all_categories),
    "cause": (CauseForm, actions.save_cause, queries.all_causes),
}


@for_role(Role.STEWARD)
def lists(request: NetworkRequest) -> HttpResponse:
    """Both lists."""
    return render(
        request,
        "exchange/lists.html",
        {"categories": queries.all_categories(request.network), "causes": queries.all_causes(request.network)},
    )


def _argued(request: NetworkRequest, form_class: Any, item: Any, no: asking_less.AsksTooMuch) -> Any:
    """The form as it was typed, with why not to ask that, and the way to a second person's yes."""
    data = request.POST.copy()
    data.setdefault("asked_until", "")
    form = form_class(data, instance=item)
    form.is_valid()
    form.asks_for = asking_less.arguments(no.found)
    if request.POST.get("do") == "second" and isinstance(request.user, Person):
        reason = f"{form.data.get('name', '')}: {asking_less.summary(no.found)}"
        privacy.ask_to_open(
            what=Bulk.QUESTION, network=request.network, reason=reason, by=request.user, now=timezone.now()
        )
        messages.success(
            request, _("Asked. Someone else of the desk reads it under “Two people”. Save once they agreed.")
        )
    else:
        form.add_error(None, str(no))
    return form


@require_http_methods(["GET", "POST"])
@for_role(Role.STEWARD)
@saving
def listed(request: NetworkRequest, kind: str, key: int | None = None) -> HttpResponse:
    """One entry of a list, or a new one."""
    if kind not in KINDS:
        raise NotHere
    form_class, save, everything = KINDS[kind]
    item = None
    if key is not None:
        item = everything(request.network).filter(pk=key).first()
        if item is None:
            raise NotHere
    form = form_class(request.POST or None, instance=item)
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, Person)
        try:
            fresh = everything(request.network).get(pk=key) if key is not None else None
            save(request.network, **{kind: fresh}, by=request.user, now=timezone.now(), **form.values())  # type: ignore[operator]
        except asking_less.AsksTooMuch as no:
            form = _argued(request, form_class, item, no)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Saved."))
            return redirect("exchange:lists", request.network.slug)
    context = {"form": form, "item": item, "kind": kind}
    return render(request, "exchange/listed.html", context, status=400 if form.asks_for else status_of(form))
