"""The door of every page behind a private link: who holds the link is the one who asked, or offered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from manyhands.exchange import queries
from manyhands.exchange.forms.asking import ReachForm
from manyhands.exchange.models import Asking, Letter, Match, Offer
from manyhands.exchange.states import MatchState
from manyhands.kit import wall
from manyhands.kit.refusals import NotHere, Refused
from manyhands.networks.here import set_network
from manyhands.networks.models import Network
from manyhands.networks.queries import may
from manyhands.networks.states import Role
from manyhands.people import actions as people
from manyhands.people.models import ContactPoint, Person
from manyhands.places.models import Place
from manyhands.privacy import actions as privacy
from manyhands.privacy import queries as seeing
from manyhands.privacy.states import Why

Page = Callable[..., HttpResponse]
SEEN_HERE = 8
SEEN_ON_A_PAGE = 100


def behind_asking_link(view: Page) -> Page:
    """The page gets the asking its link opens; a wrong link is a page that is not there."""
    return _behind(queries.asking_behind, view)


def behind_offer_link(view: Page) -> Page:
    """The page gets the offer its link opens; a wrong link is a page that is not there."""
    return _behind(queries.offer_behind, view)


def _behind(find: Callable[[str], Asking | Offer | None], view: Page) -> Page:
    @wraps(view)
    def opened(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        found = find(token)
        if found is None and find is queries.asking_behind and (letter := queries.letter_behind(token)) is not None:
            return _waits(request, letter, token)
        if found is None:
            raise NotHere
        set_network(request, found.network)
        response = view(request, found, *args, **kwargs)
        # The address itself is the key: it stays out of caches, out of search engines and out of other sites' logs.
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "same-origin"
        return response

    return opened


def _waits(request: HttpRequest, letter: Letter, token: str) -> HttpResponse:
    """Their ask lies in the inbox of a shut house: here are its codes and its link, and no more can be told."""
    set_network(request, letter.network)
    link = request.build_absolute_uri(reverse("exchange:asking", args=[token]))
    response = render(request, "exchange/letter.html", {"letter": letter, "link": link, "token": token})
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "same-origin"
    return response


def tell(request: HttpRequest, said: str, act: Callable[[], object]) -> bool:
    """Do one thing and say that it is done, or why not. Says whether it was done."""
    try:
        act()
    except Refused as no:
        messages.error(request, str(no))
        return False
    messages.success(request, said)
    return True


def own_details(
    request: HttpRequest, person: Person, place: Place | None, *, about: str, network: Network, now: datetime
) -> privacy.Shown:
    """What the one behind the link told us. Someone of the desk who opens it looks as the desk, and leaves a trace."""
    by: Any = request.user
    desk = may(by, network, Role.DISPATCHER) and by.pk != person.pk
    return privacy.reveal_one(
        person, place, about=about, why=Why.DESK if desk else Why.OWN, by=by if desk else person, network=network,
        now=now,
    )  # fmt: skip


def others_once_agreed(
    matches: Iterable[Match], *, by: Person, network: Network, now: datetime
) -> dict[UUID, privacy.Shown]:
    """How one side of each match reaches the other: only once both said yes. Match's key -> the other side."""
    agreed = [match for match in matches if match.state == MatchState.AGREED]
    whose = [
        privacy.Whose(match.ask.asking.asked_by, about=match.ask.code)
        if match.offer.offered_by_id == by.pk
        else privacy.Whose(match.offer.offered_by, about=match.offer.code)
        for match in agreed
    ]
    found = privacy.reveal(whose, why=Why.MATCH, by=by, network=network, now=now)
    return {match.pk: shown for match, shown in zip(agreed, found, strict=True)}


@dataclass(frozen=True, slots=True)
class SeenLately:
    """The last few who saw someone's details, and whether there are more."""

    lines: list[seeing.Seen]
    more: bool


@wall.everywhere()
def seen_lately(person: Person) -> SeenLately:
    """For the private page itself; all of them stand on a page of their own."""
    reveals = list(seeing.who_saw(person)[: SEEN_HERE + 1])
    return SeenLately(seeing.told(reveals[:SEEN_HERE], queries.things_of(reveals)), more=len(reveals) > SEEN_HERE)


def who_saw_page(request: HttpRequest, person: Person, *, back: str) -> HttpResponse:
    """All who saw someone's details, for whoever holds their private link."""
    # Whoever saw them, saw them: also in another network.
    with wall.everywhere():
        page = Paginator(seeing.who_saw(person), SEEN_ON_A_PAGE).get_page(request.GET.get("page"))
        reveals = list(page)
        seen = seeing.told(reveals, queries.things_of(reveals))
    context = {"page": page, "seen": seen, "back": back}
    return render(request, "privacy/who_saw.html", context)


def hidden_reach(point: privacy.Way) -> str:
    """Enough to recognise one's own phone or e-mail by, and too little for whoever looks over the shoulder."""
    if point.kind == ContactPoint.Kind.PHONE:
        return _("the phone that ends in %(end)s") % {"end": point.value[-2:]}
    if point.kind == ContactPoint.Kind.EMAIL:
        return _("the e-mail address that begins with %(start)s") % {"start": point.value[:2]}
    return _("the other way you told us")


def note_reach(person: Person, form: ReachForm, network: Network, *, now: datetime) -> None:
    """Note another name and another way to reach whoever holds the link."""
    people.rename(person, name=form.cleaned_data["name"], language=person.language, by=person, now=now)
    people.change_contact(person, reach=form.cleaned_data["reach"], region=network.country, by=person, now=now)
