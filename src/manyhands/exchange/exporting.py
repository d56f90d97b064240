"""Giving everything back: a CSV for each table of a network, and what came from a file under its own headings.

No cell can be taken for a formula, and the importer reads every cell back as it was (`kernel.sheets.write_csv`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext as _

from manyhands.exchange import rules
from manyhands.exchange.models import Ask, Asking, Category, Cause, Claim, Helper, Match, Offer, Repeat
from manyhands.exchange.queries import by_name
from manyhands.journal import actions as journal
from manyhands.kernel.sheets import write_csv
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.kit.sealed_fields import read_opened
from manyhands.networks.models import Membership, Network
from manyhands.networks.queries import kept_apart_from, may
from manyhands.networks.states import Role
from manyhands.people.models import Person
from manyhands.places.models import Area, Place
from manyhands.privacy import actions as privacy
from manyhands.privacy.models import Care, Unlock
from manyhands.privacy.queries import in_danger
from manyhands.privacy.states import ABOUT_ONE, Why

Row = Sequence[Any]
See = Callable[[list[privacy.Whose]], list[privacy.Shown]]
Apart = frozenset[UUID]
Thing = TypeVar("Thing", bound=models.Model)
AT_ONCE = 2000
PEOPLE_AT_ONCE = 500
# What opens links and doors stays here: a file with it would be worth more than the network's data.
SECRET = {"nonce", "token_digest", "submission", "password", "login", "holder", "login_index", "value_index", "is_held"}


@transaction.atomic
def give_back(network: Network, *, by: Person | None, now: datetime) -> dict[str, bytes]:
    """Everything a network holds, as CSV files by name. Written down in the journal: it leaves the house.

    ``by`` is a dispatcher or steward of the network, ``None`` whoever holds the server's terminal.
    """
    if by is not None and not may(by, network, Role.DISPATCHER):
        raise Refused(_("Only a dispatcher can export what the network holds."))
    refuse_if(rules.why_not_take_everything(by, network, now=now))
    see = partial(privacy.reveal, why=Why.EXPORT, by=by, network=network, now=now)
    apart = kept_apart_from(by.pk, network) if by is not None else frozenset()
    files = {
        "asks.csv": _asks(network, see, apart),
        "offers.csv": _offers(network, see, apart),
        "helpers.csv": _helpers(network, see, apart),
        "claims.csv": _claims(network, apart),
        "matches.csv": _matches(network, apart),
        "repeats.csv": _repeats(network, apart),
        "categories.csv": _plain(
            ("name", "in other languages", "icon", "minutes", "boxes", "skill", "sensitive", "on the form", "position"),
            Category.objects.filter(network=network).order_by("position", "pk"),
            lambda c: (
                c.name, c.names, c.icon, c.minutes, c.boxes, c.skill, c.is_sensitive, c.is_used, c.position,
            ),
        ),
        "causes.csv": _plain(
            ("name", "in other languages", "on the form", "position"),
            Cause.objects.filter(network=network).order_by("position", "pk"),
            lambda c: (c.name, c.names, c.is_used, c.position),
        ),
        "areas.csv": _plain(
            ("name", "other names", "within", "lat", "lon"),
            Area.objects.filter(network=network).select_related("within"),
            lambda a: (a.name, ", ".join(map(str, a.other_names)), a.within.name if a.within else "", a.lat, a.lon),
        ),
        **_what_other_rooms_hold(network, apart),
        **as_imported(network, apart),
    }  # fmt: skip
    journal.record("network.exported", network, by=by, now=now, network=network.pk, files=len(files))
    return files


def as_imported(network: Network, apart: Apart = frozenset()) -> dict[str, bytes]:
    """What came from files, under the headings it came with, one file for each set of headings: name -> CSV."""
    found: dict[tuple[str, tuple[str, ...]], dict[Any, dict[str, Any]]] = {}
    rows: Iterable[tuple[str, Any, dict[str, Any]]] = (
        *(
            ("asks", asking, row)
            for asking, row in read_opened(
                without(apart, Ask.objects.filter(network=network))
                .exclude(row={})
                .exclude(place__holder__in=in_danger(network))
                .order_by("asked_at", "pk"),
                "asking_id",
                "row",
            )
        ),
        *(
            ("offers", key, row)
            for key, row in read_opened(
                without(apart, Offer.objects.filter(network=network))
                .exclude(row={})
                .exclude(offered_by__in=in_danger(network)),
                "pk",
                "row",
            )
        ),
        *(
            ("helpers", key, row)
            for key, row in read_opened(
                without(apart, Helper.objects.filter(network=network))
                .exclude(row={})
                .exclude(membership__person__in=in_danger(network)),
                "pk",
                "row",
            )
        ),
    )
    for kind, key, row in rows:
        if "headings" in row and "cells" in row:
            # A row that became several linked asks was one row.
            found.setdefault((kind, tuple(row["headings"])), {}).setdefault(key, row)
    files: dict[str, bytes] = {}
    for kind in ("asks", "offers", "helpers"):
        sets = [(headings, held) for (of, headings), held in found.items() if of == kind]
        for number, (headings, held) in enumerate(sets, 1):
            name = f"{kind}-as-imported.csv" if len(sets) == 1 else f"{kind}-as-imported-{number}.csv"
            in_order = sorted(held.values(), key=lambda row: int(row.get("number", 0)))
            files[name] = write_csv(headings, ([str(cell) for cell in row["cells"]] for row in in_order))
    return files


# Whose a thing is.
_WHOSE: Mapping[type[models.Model], tuple[str, ...]] = {
    Ask: ("asking__asked_by",),
    Asking: ("asked_by",),
    Offer: ("offered_by",),
    Membership: ("person",),
    Helper: ("membership__person",),
    Claim: ("ask__asking__asked_by", "helper__membership__person"),
    Match: ("ask__asking__asked_by", "offer__offered_by"),
    Repeat: ("first__asking__asked_by",),
    Place: ("holder",),
}


def without(apart: Apart, things: models.QuerySet[Thing]) -> models.QuerySet[Thing]:
    """Without what is of people whom the one who exports is kept apart from, and without what points at them."""
    if not apart:
        return things
    whose = list(_WHOSE.get(things.model, ()))
    for field in things.model._meta.concrete_fields:
        if field.related_model is Person:
            whose.append(field.name)
        elif isinstance(field.related_model, type):
            whose += [f"{field.name}__{path}" for path in _WHOSE.get(field.related_model, ())]
    for path in dict.fromkeys(whose):
        things = things.exclude(**{f"{path}__in": apart})
    return things


def _plain(headings: Sequence[str], things: models.QuerySet[Any] | list[Any], cells_of: Callable[[Any], Row]) -> bytes:
    return write_csv(headings, ([_cell(cell) for cell in cells_of(thing)] for thing in _each(things)))


def _each(things: models.QuerySet[Any] | list[Any]) -> Iterator[Any]:
    """Every thing of a long list, a few thousand in memory at a time; loaded together, they are unsealed together."""
    rows = iter(things) if isinstance(things, list) else things.iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        yield from some


def _cell(value: Any) -> str | float:
    if value is None or value in ({}, []):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {what}" for name, what in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(str(_cell(part)) for part in value)
    return str(value)


_PLACE = ("place", "door", "area", "lat", "lon")


def _place(shown: privacy.Shown) -> Row:
    if shown.held_back:
        return (str(privacy.ASK_THE_DESK), "", "", None, None)
    return (shown.text, shown.door, shown.area, shown.lat, shown.lon)


def _words(shown: privacy.Shown, *said: str) -> Row:
    """What somebody said may tell where they are."""
    return ["" for _ in said] if shown.held_back else said


def _shown(
    things: models.QuerySet[Any] | list[Any], see: See, *whose: Callable[[Any], privacy.Whose]
) -> Iterator[tuple[Any, ...]]:
    """Each thing with what may be seen of the people and places it names, some hundred at a time."""
    each = _each(things)
    while some := list(islice(each, PEOPLE_AT_ONCE)):
        yield from zip(some, *(see([of(thing) for thing in some]) for of in whose), strict=True)


def _table(headings: Sequence[str], rows: Iterable[Row]) -> bytes:
    return write_csv(headings, ([_cell(cell) for cell in cells] for cells in rows))


def _asks(network: Network, see: See, apart: Apart) -> bytes:
    asks = (
        without(apart, Ask.objects.filter(network=network))
        .select_related("category", "cause", "place__area", "asking__asked_by")
        .prefetch_related("asking__asked_by__contact_points")
        .order_by("asked_at", "pk")
    )
    return _table(
        (
            "code", "status", "what", "words", "notes", "name", "phone or email", *_PLACE, "language", "wanted from",
            "wanted until", "household size", "boxes", "minutes", "skill", "urgent", "asked at", "closed at", "outcome",
            "why not met", "cause", "tries", "for someone else", "consent noted at", "source", "asked together",
        ),
        (
            (
            ask.code, ask.state, ask.category.name, *_words(asker, ask.words, ask.notes), asker.name,
            "; ".join(asker.reach),
            *_place(asker), ask.language, _here(ask.wanted_from, network),
            _here(ask.wanted_until, network), ask.people, ask.boxes, ask.minutes, ask.skill, ask.is_urgent,
            _here(ask.asked_at, network), _here(ask.closed_at, network), ask.outcome, ask.why_not_met,
            ask.cause.name if ask.cause else "", ask.tries, *_words(asker, ask.asking.for_name),
            _here(ask.asking.consent_at, network), ask.asking.source, ask.asking_id,
            )
            for ask, asker in _shown(asks, see, lambda a: privacy.Whose(a.asking.asked_by, a.place, a.code))
        ),
    )  # fmt: skip


def _offers(network: Network, see: See, apart: Apart) -> bytes:
    offers = (
        without(apart, Offer.objects.filter(network=network))
        .select_related("category", "offered_by", "place__area")
        .prefetch_related("offered_by__contact_points")
        .order_by("offered_at", "pk")
    )
    return _table(
        (
            "code", "status", "kind", "what", "words", "name", "phone or email", *_PLACE, "language", "free from",
            "free until", "offered at", "closed at",
        ),
        (
            (
            offer.code, offer.state, offer.kind, offer.category.name if offer.category else "",
            *_words(giver, offer.words), giver.name, "; ".join(giver.reach), *_place(giver), offer.language,
            _here(offer.free_from, network), _here(offer.free_until, network), _here(offer.offered_at, network),
            _here(offer.closed_at, network),
            )
            for offer, giver in _shown(offers, see, lambda o: privacy.Whose(o.offered_by, o.place, o.code))
        ),
    )  # fmt: skip


def _helpers(network: Network, see: See, apart: Apart) -> bytes:
    helpers = (
        without(apart, Helper.objects.filter(network=network))
        .select_related("membership__person", "start__area", "end__area")
        .prefetch_related("membership__person__contact_points")
    )
    return _table(
        (
            "name", "phone or email", "role", "standing", "since", *_PLACE, "end place", "end lat", "end lon", "mode",
            "languages", "skills", "boxes", "most minutes", "usual hours", "last helped at",
        ),
        (
            (
            who.name, "; ".join(who.reach), helper.membership.role,
            helper.membership.standing, _here(helper.membership.since, network), *_place(who),
            home.text, home.lat, home.lon, helper.mode, helper.languages, helper.skills,
            helper.boxes, helper.most_minutes, helper.hours, _here(helper.last_helped_at, network),
            )
            for helper, who, home in _shown(
                by_name(helpers), see,
                lambda h: privacy.Whose(h.membership.person, h.start),
                lambda h: privacy.Whose(h.membership.person, h.end),
            )
        ),
    )  # fmt: skip


def _claims(network: Network, apart: Apart) -> bytes:
    return _plain(
        ("ask", "helper", "status", "claimed at", "ended at"),
        without(apart, Claim.objects.filter(network=network))
        .select_related("ask", "helper__membership__person")
        .order_by("claimed_at", "pk"),
        lambda claim: (
            claim.ask.code, claim.helper.membership.person.name, claim.state, _here(claim.claimed_at, network),
            _here(claim.ended_at, network),
        ),
    )  # fmt: skip


def _matches(network: Network, apart: Apart) -> bytes:
    return _plain(
        ("ask", "offer", "status", "asker agreed at", "giver agreed at", "made at", "ended at"),
        without(apart, Match.objects.filter(network=network)).select_related("ask", "offer").order_by("made_at"),
        lambda match: (
            match.ask.code, match.offer.code, match.state, _here(match.asker_agreed_at, network),
            _here(match.giver_agreed_at, network), _here(match.made_at, network), _here(match.ended_at, network),
        ),
    )  # fmt: skip


def _repeats(network: Network, apart: Apart) -> bytes:
    return _plain(
        ("ask", "weekday (0 is Monday)", "every so many weeks", "next on", "status"),
        without(apart, Repeat.objects.filter(network=network)).select_related("first").order_by("next_on", "pk"),
        lambda repeat: (repeat.first.code, repeat.weekday, repeat.every_weeks, repeat.next_on, repeat.state),
    )


def _here(moment: datetime | None, network: Network) -> datetime | None:
    """A moment on the network's clock, with its offset."""
    return moment.astimezone(network.zone) if moment is not None else None


# Told above; and who is in danger is a list that must not be.
_TOLD_ABOVE = {Ask, Offer, Helper, Claim, Match, Repeat, Category, Cause, Area, Network, Care}


def _what_other_rooms_hold(network: Network, apart: Apart) -> dict[str, bytes]:
    """Every other table that hangs on a network, field by field: rooms above this one are given back too."""
    files: dict[str, bytes] = {}
    for model in apps.get_models():
        path = _way_to_network(model) if model.__module__.startswith("manyhands.") else None
        if model in _TOLD_ABOVE or path is None or getattr(model, "is_never_exported", False):
            continue
        fields = [field for field in model._meta.concrete_fields if field.name not in SECRET]
        things = _without_who_is_in_danger(
            model, without(apart, model._default_manager.filter(**{path: network})), network
        )
        name = str(model._meta.verbose_name_plural).replace(" ", "-")
        files[f"{name}.csv"] = _plain(
            [field.name for field in fields],
            things.order_by("pk"),
            lambda thing, fields=fields: [getattr(thing, field.attname) for field in fields],  # type: ignore[misc]
        )
    return files


def _without_who_is_in_danger(
    model: type[models.Model], things: models.QuerySet[Any], network: Network
) -> models.QuerySet[Any]:
    """Neither where they live and for whom they asked, nor that two of the desk spoke of them."""
    if model is Unlock:
        return things.exclude(what__in=ABOUT_ONE)
    columns: dict[type[models.Model], str] = {Place: "holder", Asking: "asked_by"}
    whose = columns.get(model)
    return things.exclude(**{f"{whose}__in": in_danger(network)}) if whose else things


def _way_to_network(model: type[models.Model], deep: int = 2) -> str | None:
    """The lookup from a model to its network, over at most one other model; None where nothing leads there."""
    relations = [field for field in model._meta.concrete_fields if field.many_to_one or field.one_to_one]
    for field in relations:
        if field.related_model is Network:
            return field.name
    if deep > 1:
        for field in relations:
            over = field.related_model
            if isinstance(over, type) and not field.null and (way := _way_to_network(over, deep - 1)) is not None:
                return f"{field.name}__{way}"
    return None
