"""Who finds which page. Every url of the house has a row here; a url without one fails the suite.

A row says which of the cast find the page (everyone else gets the same 404 as for a thing that does not exist), how to
fill the url's arguments with a thing of Riverside's, and how with a thing of Hillside's (`foreign`) that nobody of
Riverside may find. Roles:

    stranger    not signed in            eve         signed in, member of neither network
    hugo        helper without the claim hana        helper; holds the claim where `prepare` gives it to her
    dee         dispatcher               sol         steward
    otto        Hillside's steward       host        looks after the install, member of nothing

`prepare(town)` may set a scene first and return what the argument functions need; it gets the cast and its result is
passed on as `scene`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone

from manyhands.exchange import actions as exchange
from manyhands.exchange import kept_files
from manyhands.exchange import queries as exchange_queries
from manyhands.exchange.models import Category, Claim, Offer
from manyhands.people import actions as people
from manyhands.people import queries as people_queries
from manyhands.places.models import Area
from tests.cast import Cast

ROLES = ("stranger", "eve", "hugo", "hana", "dee", "sol", "otto", "host")
EVERYONE = frozenset(ROLES)
SIGNED_IN = EVERYONE - {"stranger"}
MEMBERS = frozenset({"hugo", "hana", "dee", "sol"})
DESK = frozenset({"dee", "sol"})
STEWARDS = frozenset({"sol"})
HOSTS = frozenset({"host"})
NOBODY: frozenset[str] = frozenset()

Arguments = Callable[[Cast, Any], dict[str, Any]]


def nothing(town: Cast, scene: Any) -> dict[str, Any]:
    return {}


def here(town: Cast, scene: Any) -> dict[str, Any]:
    return {"network": "riverside"}


def nowhere(town: Cast, scene: Any) -> dict[str, Any]:
    return {"network": "no-such-network"}


@dataclass(frozen=True)
class Row:
    """One url: who finds it, and with which arguments."""

    who: frozenset[str]
    own: Arguments = here
    # A thing of another network, and one that does not exist, for the same url: they must look the same to everyone.
    foreign: Arguments | None = None
    missing: Arguments = nowhere
    method: str = "get"
    data: dict[str, Any] = field(default_factory=dict)
    prepare: Callable[[Cast], Any] = lambda town: None
    # A url whose answer is public and has no thing in it (the front page, a language switch).
    has_missing: bool = True


PUBLIC = Row(EVERYONE)
OF_THE_HOUSE = Row(EVERYONE, own=nothing, has_missing=False)


def _invitation(town: Cast) -> str:
    return people_queries.invitation_token(people.invite(town.eve, by=None, now=timezone.now()))


def _area(slug: str) -> Arguments:
    def arguments(town: Cast, scene: Any) -> dict[str, Any]:
        return {"network": "riverside", "key": Area.objects.filter(network__slug=slug).first().pk}

    return arguments


def _listed(slug: str) -> Arguments:
    def arguments(town: Cast, scene: Any) -> dict[str, Any]:
        found = Category.objects.filter(network__slug=slug).first()
        return {"network": "riverside", "kind": "category", "key": found.pk}

    return arguments


def riverside_with(**more: Any) -> Arguments:
    """Arguments of Riverside's that never change, such as a key nothing has."""
    return lambda town, scene: {"network": "riverside", **more}


NO_SUCH_UUID = UUID(int=7)
NO_SUCH_CODE = "QQQQQ"


def _behind_link(**more: Any) -> Arguments:
    """Behind Nia's private link, which opens for whoever holds it."""
    return lambda town, scene: {"token": exchange_queries.asking_token(town.asking), **more}


def _link_row(**more: Any) -> Row:
    return Row(EVERYONE, own=_behind_link(), missing=lambda town, scene: {"token": "nobodyslink"}, **more)


def _linked_ask_row(method: str = "get", **more: Any) -> Row:
    """One ask behind Nia's link; the ask of another network is not behind it."""
    return Row(
        EVERYONE,
        own=lambda town, scene: _behind_link(code=town.groceries.code, **more)(town, scene),
        foreign=lambda town, scene: _behind_link(code=town.elsewhere.code, **more)(town, scene),
        missing=_behind_link(code="00000", **more),
        method=method,
        prepare=lambda town: (
            exchange.repeat_ask(town.groceries, weekday=3, by=None, now=timezone.now()) if "state" in more else None
        ),
    )


def _behind_offer_link(**more: Any) -> Arguments:
    """Behind Gil's private link, which opens for whoever holds it."""
    return lambda town, scene: {"token": exchange_queries.offer_token(town.pram), **more}


def _offer_row(method: str = "get", **more: Any) -> Row:
    return Row(
        EVERYONE,
        own=_behind_offer_link(**more),
        missing=lambda town, scene: {"token": "nobodyslink", **more},
        method=method,
    )


def _found(town: Cast) -> Any:
    """A match put to Nia and Gil, and one put to two of Hillside."""
    pram = exchange.post_offer(
        network=town.hillside, kind="thing", words="A cot", name="Gus", place_text="Harbour", now=timezone.now()
    )
    ours = exchange.propose_match(town.groceries, town.pram, by=None, now=timezone.now())
    return ours, exchange.propose_match(town.elsewhere, pram, by=None, now=timezone.now())


def _ask_row(who: frozenset[str], prepare: Callable[[Cast], Any] = lambda town: None) -> Row:
    """A page about one ask, found by its code: the groceries are Riverside's, the other one is Hillside's."""
    return Row(
        who,
        prepare=prepare,
        own=lambda town, scene: {"network": "riverside", "code": town.groceries.code},
        foreign=lambda town, scene: {"network": "riverside", "code": town.elsewhere.code},
        missing=riverside_with(code=NO_SUCH_CODE),
    )


def _hana_holds_the_groceries(town: Cast) -> Claim:
    return exchange.claim_ask(town.groceries, helper=town.hana, by=None, now=timezone.now())


def _both_are_held(town: Cast) -> tuple[Claim, Claim]:
    elsewhere = exchange.claim_ask(town.elsewhere, helper=town.ola, by=None, now=timezone.now())
    return _hana_holds_the_groceries(town), elsewhere


def _pram_elsewhere(town: Cast) -> Offer:
    return exchange.post_offer(network=town.hillside, kind="thing", words="A cot", name="Gus", now=timezone.now())


def _kept_by_dee_and_otto(town: Cast) -> tuple[UUID, UUID]:
    """A spreadsheet each of them is looking at."""
    about = {"name": "asks.csv", "kind": "", "sheet": "", "mapping": {}}
    kept = kept_files.keep(b"Name,Need\nAda,Food\n", about, by=town.dee, network=town.riverside, now=timezone.now())
    return kept, kept_files.keep(b"Name\nX\n", about, by=town.otto, network=town.hillside, now=timezone.now())


ACCESS: dict[str, Row] = {
    "set_language": Row(EVERYONE, own=nothing, has_missing=False, method="post", data={"language": "es"}),
    "kit:gallery": OF_THE_HOUSE,
    # people
    "people:sign_in": OF_THE_HOUSE,
    "people:sign_out": Row(EVERYONE, own=nothing, has_missing=False, method="post"),
    "people:account": OF_THE_HOUSE,  # a stranger is shown the way in
    "people:invited": Row(
        EVERYONE,
        prepare=_invitation,
        own=lambda town, scene: {"token": scene},
        missing=lambda town, scene: {"token": "nobodysinvitation"},
    ),
    # home
    "home:front": OF_THE_HOUSE,
    "home:about": OF_THE_HOUSE,
    "home:demo": Row(NOBODY, own=nothing, has_missing=False),  # only in demo mode
    "home:demo_enter": Row(NOBODY, own=lambda town, scene: {"key": town.dee.pk}, has_missing=False, method="post"),
    "home:network": PUBLIC,
    "home:now": Row(DESK),
    # networks
    "networks:host": Row(HOSTS, own=nothing, has_missing=False),
    "networks:join": PUBLIC,
    "networks:me": Row(MEMBERS),
    "networks:members": Row(DESK),
    "networks:invite": Row(STEWARDS, method="post", data={"name": "Ivo", "role": "helper"}),
    "networks:change_member": Row(
        DESK,
        method="post",
        data={"do": "paused"},
        own=lambda town, scene: {"network": "riverside", "key": town.hana.membership_id},
        foreign=lambda town, scene: {"network": "riverside", "key": town.ola.membership_id},
        missing=riverside_with(key=NO_SUCH_UUID),
    ),
    "networks:settings": Row(STEWARDS),
    "networks:words": Row(STEWARDS),
    # places
    "places:areas": Row(STEWARDS),
    # Only where streets were brought in; then everyone does (tests/places/test_the_street_map.py).
    "places:tile": Row(
        NOBODY,
        own=lambda town, scene: {"version": "none", "zoom": 12, "east": 1, "south": 1},
        missing=lambda town, scene: {"version": "none", "zoom": 99, "east": 1, "south": 1},
    ),
    "places:area": Row(
        STEWARDS, own=_area("riverside"), foreign=_area("hillside"), missing=riverside_with(key=10_000_000)
    ),
    "places:remove": Row(
        STEWARDS,
        method="post",
        own=_area("riverside"),
        foreign=_area("hillside"),
        missing=riverside_with(key=10_000_000),
    ),
    "places:squares": Row(STEWARDS),
    "places:homes": Row(STEWARDS, method="post", data={"do": "forget"}),
    # outlook
    "outlook:figures": PUBLIC,
    "outlook:figures_csv": PUBLIC,
    # exchange: a neighbour, without an account
    "exchange:ask": PUBLIC,
    "exchange:asking": _link_row(),
    "exchange:asked": _link_row(),
    "exchange:change_reach": _link_row(),
    "exchange:answer_match": Row(
        EVERYONE,
        method="post",
        prepare=_found,
        own=lambda town, scene: _behind_link(key=scene[0].pk, answer="yes")(town, scene),
        foreign=lambda town, scene: _behind_link(key=scene[1].pk, answer="yes")(town, scene),
        missing=_behind_link(key=NO_SUCH_UUID, answer="yes"),
    ),
    "exchange:change_ask": _linked_ask_row(),
    "exchange:withdraw_ask": _linked_ask_row(),
    "exchange:repeat_ask": _linked_ask_row(),
    "exchange:ask_again": _linked_ask_row("post"),
    "exchange:ask_same_again": _linked_ask_row("post"),
    "exchange:still_needed": _linked_ask_row("post"),
    "exchange:tell_cause": _linked_ask_row("post"),
    "exchange:move_repeat": _linked_ask_row("post", state="paused"),
    # exchange: the desk
    "exchange:import": Row(DESK),
    "exchange:import_look": Row(
        frozenset({"dee"}),  # only whoever brought the file
        prepare=_kept_by_dee_and_otto,
        own=lambda town, scene: {"network": "riverside", "key": scene[0]},
        foreign=lambda town, scene: {"network": "riverside", "key": scene[1]},
        missing=riverside_with(key=NO_SUCH_UUID),
    ),
    "exchange:letters": Row(DESK),
    "exchange:export": Row(DESK),
    "exchange:desk": Row(DESK),
    "exchange:bulk": Row(DESK, method="post", data={"do": "ready"}),
    "exchange:moved": Row(DESK),
    "exchange:together": Row(DESK),
    "exchange:desk_ask": Row(DESK),
    "exchange:ask_page": _ask_row(DESK),
    "exchange:put_right": _ask_row(DESK),
    "exchange:offers_desk": Row(DESK),
    "exchange:desk_offer": Row(DESK),
    "exchange:offer_page": Row(
        DESK,
        prepare=_pram_elsewhere,
        own=lambda town, scene: {"network": "riverside", "code": town.pram.code},
        foreign=lambda town, scene: {"network": "riverside", "code": scene.code},
        missing=riverside_with(code=NO_SUCH_CODE),
    ),
    # exchange: a helper. Hana holds the groceries; to Hugo, a helper without the claim, they are not there.
    "exchange:open_asks": Row(MEMBERS),
    "exchange:claim": _ask_row(MEMBERS - {"hugo"}, prepare=_hana_holds_the_groceries),
    "exchange:mine": Row(MEMBERS),
    "exchange:claim_move": Row(
        frozenset({"hana"}),
        method="post",
        data={"do": "set_out"},
        prepare=_both_are_held,
        own=lambda town, scene: {"network": "riverside", "key": scene[0].pk},
        foreign=lambda town, scene: {"network": "riverside", "key": scene[1].pk},
        missing=riverside_with(key=NO_SUCH_UUID),
    ),
    "exchange:helping": Row(MEMBERS),
    "exchange:helper_page": Row(
        DESK,
        own=lambda town, scene: {"network": "riverside", "key": town.hana.membership_id},
        foreign=lambda town, scene: {"network": "riverside", "key": town.ola.membership_id},
        missing=riverside_with(key=NO_SUCH_UUID),
    ),
    "exchange:offer": PUBLIC,
    "exchange:given": _offer_row(),
    "exchange:offered": _offer_row(),
    "exchange:change_offer": _offer_row(),
    "exchange:change_giver_reach": _offer_row(),
    "exchange:withdraw_offer": _offer_row(),
    "exchange:move_given": _offer_row("post", state="given"),
    "exchange:answer_giver_match": Row(
        EVERYONE,
        method="post",
        prepare=_found,
        own=lambda town, scene: _behind_offer_link(key=scene[0].pk, answer="yes")(town, scene),
        foreign=lambda town, scene: _behind_offer_link(key=scene[1].pk, answer="yes")(town, scene),
        missing=_behind_offer_link(key=NO_SUCH_UUID, answer="yes"),
    ),
    "exchange:board": PUBLIC,
    # exchange: the lists a network chooses from
    "exchange:lists": Row(STEWARDS),
    "exchange:new_listed": Row(STEWARDS, own=riverside_with(kind="cause"), missing=riverside_with(kind="nothing")),
    "exchange:listed": Row(
        STEWARDS,
        own=_listed("riverside"),
        foreign=_listed("hillside"),
        missing=riverside_with(kind="category", key=10_000_000),
    ),
}

# Each larger room's rows stand in a file of their own.
from tests.architecture.access_deliveries import DELIVERIES  # noqa: E402
from tests.architecture.access_doubles import DOUBLES  # noqa: E402
from tests.architecture.access_house import HOUSE  # noqa: E402
from tests.architecture.access_journal import JOURNAL  # noqa: E402
from tests.architecture.access_privacy import PRIVACY  # noqa: E402
from tests.architecture.access_safety import SAFETY  # noqa: E402
from tests.architecture.access_signing_in import SIGNING_IN  # noqa: E402

ACCESS |= DELIVERIES | DOUBLES | HOUSE | JOURNAL | PRIVACY | SAFETY | SIGNING_IN
