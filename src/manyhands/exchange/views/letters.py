"""What came while the house was shut and could not become an ask by itself: the desk looks at it, and takes it in."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from manyhands.exchange import actions, inbox, queries
from manyhands.exchange.models import Letter
from manyhands.kernel import sealing
from manyhands.kit.refusals import NotHere, Refused
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role


@dataclass(frozen=True, slots=True)
class LetterTold:
    """A kept letter as the desk reads it: what is needed, not who needs it."""

    letter: Letter
    words: str
    opens: bool


@require_http_methods(["GET", "POST"])
@for_role(Role.DISPATCHER)
def letters(request: NetworkRequest) -> HttpResponse:
    """Letters that were kept, each with its reason. Posting takes one in as an ask for what the desk says it is."""
    if request.method == "POST":
        _take_in(request)
        return redirect("exchange:letters", request.network.slug)
    told = [_told(letter) for letter in queries.kept_letters(request.network)]
    return render(
        request, "exchange/letters.html", {"letters": told, "categories": queries.categories_of(request.network)}
    )


def _take_in(request: NetworkRequest) -> None:
    letter = next((each for each in queries.kept_letters(request.network) if str(each.pk) == _typed(request)), None)
    if letter is None:
        raise NotHere
    category = next(
        (each for each in queries.categories_of(request.network) if str(each.pk) == request.POST.get("category")), None
    )
    if category is None:
        messages.error(request, _("Choose what it is about."))
        return
    try:
        inbox.take_in_anyway(letter, category=category, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    except Refused as no:
        messages.error(request, str(no))
    except sealing.Broken:
        messages.error(request, _("This letter can’t be opened. If they call with their code, write it down anew."))
    else:
        messages.success(request, _("Taken in. It is at the desk under its code."))


def _typed(request: NetworkRequest) -> str:
    try:
        return str(UUID(request.POST.get("letter", "")))
    except ValueError:
        return ""


def _told(letter: Letter) -> LetterTold:
    try:
        typed, _reads, _promised = actions.opened(letter)
    except sealing.Broken:
        return LetterTold(letter, "", opens=False)
    return LetterTold(letter, " ".join(typed.get("words", [])), opens=True)
