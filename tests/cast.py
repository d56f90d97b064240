"""The cast: the same few people play in every test.

Riverside is a network with a steward (Sol), a dispatcher (Dee) and two helpers (Hana by bike, Hugo by car). Nia is a
neighbour without an account who asked for groceries; Gil offered a pram. Hillside is another network on the same
install, with its own dispatcher (Otto), helper (Ola) and ask. Eve is signed in and belongs to neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from manyhands.exchange import actions as exchange
from manyhands.exchange.models import Ask, Asking, Category, Helper, Offer
from manyhands.networks import actions as networks
from manyhands.networks.models import Network
from manyhands.networks.states import Role
from manyhands.people.models import Person
from manyhands.places import actions as places
from manyhands.places.models import Area
from manyhands.privacy import actions as privacy

ZONE = ZoneInfo("America/New_York")
# A Thursday in the afternoon, before the evening's round.
NOW = datetime(2026, 6, 4, 15, 0, tzinfo=ZONE)
PASSWORD = "a long enough pass phrase"


def person(name: str, *, is_host: bool = False) -> Person:
    """Someone who can sign in as name@example.org with :data:`PASSWORD`."""
    someone = Person(name=name, login=f"{name.split()[0].lower()}@example.org", joined_at=NOW, is_host=is_host)
    someone.set_unusable_password()
    someone.save()
    return someone


def network(slug: str, name: str, steward: Person, **rules: object) -> Network:
    """A network around 40.70, -73.95 with the usual lists and three areas."""
    made = networks.create_network(
        slug=slug, name=name, steward=steward, by=None, now=NOW, time_zone="America/New_York", country="US",
        lat=40.70, lon=-73.95, **rules,
    )  # fmt: skip
    exchange.seed_lists(made, by=None, now=NOW)
    for area, lat, lon in (("Harbour", 40.695, -73.96), ("Elm Park", 40.705, -73.945), ("Hilltop", 40.712, -73.935)):
        places.save_area(made, name=area, lat=lat, lon=lon, by=None, now=NOW)
    return made


def member(made: Network, someone: Person, role: str = Role.HELPER) -> None:
    networks.bring_in(made, person=someone, role=role, by=None, now=NOW)


def helper(made: Network, someone: Person, **profile: object) -> Helper:
    """A member with a helping side, setting out from the middle of the network."""
    membership = networks.bring_in(made, person=someone, role=Role.HELPER, by=None, now=NOW)
    return exchange.change_helper(membership, by=None, now=NOW, start_text="The hall", lat=40.70, lon=-73.95, **profile)


def ask(
    made: Network, what: str = "Food", *, name: str = "Nia Neighbour", reach: str = "(718) 555-0123",
    words: str = "Groceries for four", lat: float | None = 40.7031, lon: float | None = -73.9512,
    ready: bool = True, now: datetime = NOW, by: Person | None = None, **more: object,
) -> Ask:  # fmt: skip
    """An ask for one thing by a neighbour without an account."""
    posted = exchange.post_asking(
        network=made,
        needs=[exchange.NewAsk(category=category(made, what), words=words, **more)],  # type: ignore[arg-type]
        name=name, reach=reach, language="en", place_text="412 Elm Street", door="3rd floor, bell 3B", lat=lat, lon=lon,
        by=by, now=now,
    )  # fmt: skip
    made_ask = posted.asks.get()
    return exchange.make_ready(made_ask, by=None, now=now) if ready and made_ask.state == "new" else made_ask


def category(made: Network, name: str) -> Category:
    return Category.objects.get(network=made, name=name)


def two_agree(made: Network, asks: Person, agrees: Person, *, what: str = "export", now: datetime = NOW) -> None:
    """One asks for what takes two, another one of the desk says yes."""
    unlock = privacy.ask_to_open(what=what, network=made, reason="The yearly report", by=asks, now=now)
    privacy.answer(unlock, yes=True, by=agrees, now=now)


@dataclass
class Cast:
    """Everyone, by name."""

    riverside: Network
    hillside: Network
    host: Person
    sol: Person
    dee: Person
    hana: Helper
    hugo: Helper
    otto: Person
    ola: Helper
    eve: Person
    groceries: Ask
    elsewhere: Ask
    pram: Offer

    @property
    def nia(self) -> Person:
        return self.groceries.asking.asked_by

    @property
    def asking(self) -> Asking:
        return self.groceries.asking

    @property
    def harbour(self) -> Area:
        return Area.objects.get(network=self.riverside, name="Harbour")


def gather() -> Cast:
    """Bring everyone together."""
    host, sol, dee = person("Hosni Host", is_host=True), person("Sol Steward"), person("Dee Dispatcher")
    hana, hugo, otto = person("Hana Helper"), person("Hugo Helper"), person("Otto Other")
    ola, eve = person("Ola Other"), person("Eve Elsewhere")
    riverside, hillside = network("riverside", "Riverside Neighbours", sol), network("hillside", "Hillside", otto)
    member(riverside, dee, Role.DISPATCHER)
    hana_helps = helper(riverside, hana, mode="bike", languages=["en", "es"], boxes=4)
    hugo_helps = helper(riverside, hugo, mode="car", languages=["en"], boxes=20, skills=["driver"])
    ola_helps = helper(hillside, ola, mode="foot", languages=["en"])
    return Cast(
        riverside=riverside, hillside=hillside, host=host, sol=sol, dee=dee, hana=hana_helps, hugo=hugo_helps,
        otto=otto, ola=ola_helps, eve=eve,
        groceries=ask(
            riverside,
            wanted_from=NOW.replace(hour=17, minute=30), wanted_until=NOW.replace(hour=20),
        ),
        elsewhere=ask(hillside, name="Nora Otherwise", reach="718 555 0199"),
        pram=exchange.post_offer(
            network=riverside, kind="thing", words="A pram, hardly used", name="Gil Giver", reach="gil@example.org",
            category=category(riverside, "Childcare"), place_text="Harbour", now=NOW + timedelta(minutes=1),
        ),
    )  # fmt: skip


def those(things: Iterable[Any], **said: object) -> list[Any]:
    """Those of some rows that say just this, also where it is sealed: ``those(Ask.objects.all(), asking__asked_by__name="Ada")``."""
    return [thing for thing in things if all(_read(thing, path) == value for path, value in said.items())]


def the_one(things: Iterable[Any], **said: object) -> Any:
    """The only one of some rows that says this."""
    (found,) = those(things, **said)
    return found


def _read(thing: Any, path: str) -> Any:
    for step in path.split("__"):
        thing = getattr(thing, step)
    return thing


def as_it_is(thing: Any) -> dict[str, Any]:
    """What every field of a row says now in the database, opened."""
    fresh = type(thing)._default_manager.get(pk=thing.pk)
    return {field.attname: getattr(fresh, field.attname) for field in fresh._meta.concrete_fields}
