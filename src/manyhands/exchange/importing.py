"""Bringing a file in: its rows become asks, offers and helpers by the same actions as on the pages.

Look first (`look`), which changes nothing and needs no network; then bring it in (`bring_in`). Nothing is dropped
silently: what stays out is named with its row and the reason, and a cell that fits no field is in the notes.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from django.db import DatabaseError, transaction
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _

from manyhands.exchange import actions, queries
from manyhands.exchange.category_words import CategoryFinder
from manyhands.exchange.models import Ask, Asking, Helper, Offer
from manyhands.exchange.states import AskState, OfferState, WhyNotMet
from manyhands.journal import actions as journal
from manyhands.kernel import sealing
from manyhands.kernel.sheets import Kind, Reading, Record, When
from manyhands.kernel.sheets.saying import need_in_words, needs_in_words, place_in_words
from manyhands.kernel.sheets.statuses import Standing, meaning_of
from manyhands.kit import ring
from manyhands.kit.refusals import Refused
from manyhands.networks import actions as networks
from manyhands.networks.models import Membership, Network
from manyhands.networks.queries import may
from manyhands.networks.states import Role
from manyhands.networks.states import Standing as MemberStanding
from manyhands.people import actions as people
from manyhands.people.models import Person
from manyhands.places import queries as places
from manyhands.places.models import Area

BATCH = 200
KEYS = UUID("6a1c1f0e-3a53-4b52-9d5f-6f2f5b0d7c11")  # names the rows of files among all other things with a UUID
Progress = Callable[[int, int], None]


class Doubles(StrEnum):
    """What to do with rows that seem to be there already."""

    ONCE = "once"  # leave out the very rows that were imported before
    SKIP = "skip"  # leave out all that seem double, in the file or here
    KEEP = "keep"  # bring in everything, once more


@dataclass(frozen=True, slots=True)
class Double:
    """A row that may say what is there already: `of` is another row of the file, or the code of an ask here."""

    row: int
    of: int | str
    reason: str
    template: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Why they may be one, in the reader's language."""
        return gettext(self.template) % {"row": self.row, "of": self.of, **self.facts}


@dataclass(frozen=True, slots=True)
class Look:
    """What a file would bring: how many rows of each kind, which may be double, which have something wrong."""

    asks: int
    offers: int
    helpers: int
    others: int
    doubles: tuple[Double, ...]
    troubled: frozenset[int]

    @property
    def double_rows(self) -> frozenset[int]:
        """The rows that seem to be there already."""
        return frozenset(double.row for double in self.doubles)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person who imports chose."""

    doubles: Doubles = Doubles.ONCE
    leave_out_troubled: bool = False
    all_or_nothing: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that stayed out, why, and a name of the reason for machines."""

    row: int
    sentence: str
    code: str


@dataclass(slots=True)
class Report:
    """What became of a file."""

    rows: int = 0  # that came in
    asks: int = 0
    offers: int = 0
    helpers: int = 0
    codes: dict[int, list[str]] = field(default_factory=dict)  # row -> codes of the asks and offers it became
    skipped: list[Skipped] = field(default_factory=list)


IMPORTED_BEFORE = "imported_before"
ALREADY_ASKED = "already_asked"
ALREADY_MEMBER = "already_member"
_DOUBLE_HERE = {
    IMPORTED_BEFORE: gettext_noop("Row %(row)d was imported before, as %(of)s."),
    ALREADY_ASKED: gettext_noop("Row %(row)d: whoever can be reached there has an open ask for %(what)s, %(of)s."),
    ALREADY_MEMBER: gettext_noop("Row %(row)d: %(of)s can be reached the same way and is a member here."),
}


def look(reading: Reading, *, network: Network | None = None, person: Person | None = None) -> Look:
    """What a file would bring. Without a network, rows are compared within the file only.

    ``person`` looks: with nothing they may not see.
    """
    kinds = Counter(record.kind for record in reading.records)
    doubles = [
        Double(double.row, double.of, double.reason, double.template, double.facts) for double in reading.duplicates
    ]
    if network is not None:
        doubles += _doubles_here(reading, network, person)
    return Look(
        asks=kinds[Kind.ASKS],
        offers=kinds[Kind.OFFERS],
        helpers=kinds[Kind.HELPERS],
        others=kinds[Kind.OTHER],
        doubles=tuple(sorted(doubles, key=lambda double: (double.row, str(double.of)))),
        troubled=frozenset(
            problem.row for problem in reading.problems if problem.row is not None and not problem.only_told
        ),
    )


def _doubles_here(reading: Reading, network: Network, person: Person | None) -> Iterator[Double]:
    keys = _keys(reading, network)
    before = queries.imported_before(network, keys.values())
    finder = CategoryFinder(queries.categories_of(network))
    if not finder.knows_any:
        return
    reached = [value for record in reading.records for value in (*record.phones, *record.emails)]
    asks = queries.open_asks_reached_at(network, reached, person)
    members = queries.helpers_reached_at(network, reached)
    for record in reading.records:
        if (code := before.get(keys[id(record)])) is not None:
            yield Double(record.number, code, IMPORTED_BEFORE, _DOUBLE_HERE[IMPORTED_BEFORE])
            continue
        values = (*record.phones, *record.emails)
        if record.kind == Kind.HELPERS:
            for name in sorted({name for value in values for name in members.get(value, ())}):
                yield Double(record.number, name, ALREADY_MEMBER, _DOUBLE_HERE[ALREADY_MEMBER])
        elif record.kind == Kind.ASKS:
            wanted = {finder.category_for(words).pk for words in _said_in(record)}
            there = {ask.code: ask for value in values for ask in asks.get(value, ()) if ask.category_id in wanted}
            for code, ask in sorted(there.items()):
                yield Double(
                    record.number, code, ALREADY_ASKED, _DOUBLE_HERE[ALREADY_ASKED], {"what": ask.category.name}
                )


def _said_in(record: Record) -> list[str]:
    """The words to find a kind of need by: each need, or what else was said."""
    return [need.what for need in record.needs] or [record.words]


def _keys(reading: Reading, network: Network) -> dict[int, UUID]:
    """A name for what each row says, the same in every file that says it: `id(record)` -> key.

    Two rows alike in one file are two rows: the second has another name than the first, and keeps it next time.
    """
    times: Counter[str] = Counter()
    keys: dict[int, UUID] = {}
    index = ring.index_key(f"index:{network.pk}:row")
    for record in reading.records:
        said = json.dumps([[heading, cell] for heading, cell in record.raw.items() if cell.strip()], ensure_ascii=True)
        times[said] += 1
        keys[id(record)] = blinded(uuid5(KEYS, f"{network.pk}:{record.kind}:{times[said]}:{said}"), index)
    return keys


def blinded(name: UUID, index: bytes) -> UUID:
    """The same name as only this house can reckon it: from the row alone nobody can tell whether it came in here."""
    return UUID(bytes=sealing.blind(index, name.hex)[:16])


def bring_in(
    reading: Reading,
    *,
    network: Network,
    choice: Choice = Choice(),
    by: Person | None,
    now: datetime,
    progress: Progress | None = None,
) -> Report:
    """Bring a file in. Raises `Refused`, with nothing brought in, where `choice.all_or_nothing` and a row can't come.

    ``by`` is the dispatcher at the page, ``None`` whoever holds the server's terminal.
    """
    if not queries.categories_of(network).exists():
        raise Refused(_("This network has no kinds of need yet. Add at least one on the lists' page first."))
    if by is not None and not may(by, network, Role.DISPATCHER):
        raise Refused(_("Only a dispatcher can import a file."))
    seen = look(reading, network=network, person=by)
    carrier = _Carrier(reading, network=network, choice=choice, by=by, now=now)
    report = Report(skipped=list(_stay_out(reading, seen, choice)))
    out = {skipped.row for skipped in report.skipped}
    coming = [record for record in reading.records if record.number not in out]
    if choice.all_or_nothing:
        with ring.keys_ahead(len(coming)), transaction.atomic():
            for done, record in enumerate(coming, 1):
                try:
                    carrier.carry(record, report)
                except (Refused, DatabaseError, ValueError, OverflowError) as no:
                    raise Refused(
                        _("Row %(row)d can't be brought in, so nothing was: %(why)s")
                        % {"row": record.number, "why": _said(no)}
                    ) from no
                _tell(progress, done, len(coming))
            _note(report, reading, network=network, by=by, now=now)
        return report
    for first in range(0, len(coming), BATCH):
        batch = coming[first : first + BATCH]
        with ring.keys_ahead(len(batch)), transaction.atomic():
            for record in batch:
                try:
                    with transaction.atomic():
                        carrier.carry(record, report)
                except (Refused, DatabaseError, ValueError, OverflowError) as no:
                    report.skipped.append(Skipped(record.number, _said(no), "refused"))
        _tell(progress, min(first + BATCH, len(coming)), len(coming))
    report.skipped.sort(key=lambda skipped: skipped.row)
    _note(report, reading, network=network, by=by, now=now)
    return report


def _said(no: Exception) -> str:
    return str(no) if isinstance(no, Refused) else _("Something in it can't be kept as it stands.")


def _tell(progress: Progress | None, done: int, of: int) -> None:
    if progress is not None:
        progress(done, of)


def _note(report: Report, reading: Reading, *, network: Network, by: Person | None, now: datetime) -> None:
    journal.record(
        "network.imported", network, by=by, now=now, network=network.pk,
        rows=len(reading.records), asks=report.asks, offers=report.offers, helpers=report.helpers,
        skipped=len(report.skipped),
    )  # fmt: skip


def _stay_out(reading: Reading, seen: Look, choice: Choice) -> Iterator[Skipped]:
    """The rows that stay out by what was chosen, each once."""
    doubles: dict[int, Double] = {}
    for double in seen.doubles:
        if choice.doubles == Doubles.SKIP or (choice.doubles == Doubles.ONCE and double.reason == IMPORTED_BEFORE):
            doubles.setdefault(double.row, double)
    problems = {p.row: p for p in reversed(reading.problems) if p.row is not None and not p.only_told}
    for record in reading.records:
        if record.kind == Kind.OTHER:
            yield Skipped(record.number, _("This row is neither an ask, an offer nor a helper."), "other_kind")
        elif record.number in doubles:
            double = doubles[record.number]
            yield Skipped(record.number, double.sentence, double.reason)
        elif choice.leave_out_troubled and record.number in problems:
            problem = problems[record.number]
            yield Skipped(record.number, gettext(problem.template) % problem.facts, str(problem.code))


class _Carrier:
    """Carries one row after the other, remembering what the rows have in common."""

    def __init__(self, reading: Reading, *, network: Network, choice: Choice, by: Person | None, now: datetime) -> None:
        self.network, self.choice, self.by, self.now = network, choice, by, now
        self.columns = reading.columns
        self.status_heading = next((heading for heading, at in self.columns.items() if at == "status"), "")
        self.keys = _keys(reading, network)
        self.finder = CategoryFinder(queries.categories_of(network))
        self.areas: dict[str, Area | None] = {}

    def carry(self, record: Record, report: Report) -> None:
        """Bring one row in, or raise why not."""
        if record.kind == Kind.ASKS:
            asks = self._ask(record)
            report.asks += len(asks)
            report.codes[record.number] = [ask.code for ask in asks]
        elif record.kind == Kind.OFFERS:
            report.offers += 1
            report.codes[record.number] = [self._offer(record).code]
        else:
            self._helper(record)
            report.helpers += 1
        report.rows += 1

    # An ask

    def _ask(self, record: Record) -> list[Ask]:
        wanted_from, wanted_until = self._span(record.when)
        needs = self._by_category(record)
        place_text = place_in_words(record.place)[:300]
        stored = [record.name[:120], place_text, *(words for _category, words in needs)]
        notes = self._notes(record, stored, when_kept=bool(wanted_from or wanted_until))
        asking = actions.post_asking(
            network=self.network,
            needs=[
                actions.NewAsk(
                    category=category,
                    words=words,
                    wanted_from=wanted_from,
                    wanted_until=wanted_until,
                    people=_within(record.household_size, 1, 999) or 1,
                    boxes=_within(record.load, 0, 999),
                    minutes=_within(record.minutes, 0, 480),
                    is_urgent=record.priority == 3,
                    notes=notes,
                    row=self._row(record),
                )
                for category, words in needs
            ],
            name=record.name[:120],
            reach=self._reach(record),
            language=self._language(record),
            place_text=place_text,
            area=self._area(record),
            lat=record.place.lat,
            lon=record.place.lon,
            source=Asking.Source.FILE,
            submission=self._submission(record),
            by=self.by,
            asked_at=self._asked_at(record),
            now=self.now,
        )
        self._other_ways(asking.asked_by, record)
        standing = meaning_of(record.status, self.status_heading)
        return [self._as_it_stood(ask, standing) for ask in asking.asks.all()]

    def _as_it_stood(self, ask: Ask, standing: Standing | None) -> Ask:
        """Close what the sheet says is over. What someone was on comes in as open: nobody here holds it yet."""
        if standing == Standing.MET:
            return actions.close_ask(ask, state=AskState.MET, by=self.by, now=self.now)
        if standing == Standing.PARTLY_MET:
            return actions.close_ask(ask, state=AskState.PARTLY_MET, by=self.by, now=self.now)
        if standing == Standing.NOT_MET:
            why = WhyNotMet.OTHER
            return actions.close_ask(ask, state=AskState.NOT_MET, why_not_met=why, by=self.by, now=self.now)
        if standing in {Standing.WITHDRAWN, Standing.DUPLICATE}:
            return actions.withdraw_ask(ask, by=self.by, now=self.now)
        return ask

    def _by_category(self, record: Record) -> list[tuple[Any, str]]:
        """The kinds of need of a row, each with its words: what falls under one kind is one ask."""
        said: dict[Any, list[str]] = defaultdict(list)
        for need in record.needs:
            said[self.finder.category_for(need.what)].append(need_in_words(need))
        if not said:
            said[self.finder.category_for(record.words)] = []
        return [
            (category, "\n".join(part for part in (", ".join(words), record.words) if part)[:2000])
            for category, words in said.items()
        ]

    # An offer

    def _offer(self, record: Record) -> Offer:
        what = needs_in_words(record.needs)
        words = "\n".join(part for part in (what, record.words) if part)
        free_from, free_until = self._span(record.when)
        offer = actions.post_offer(
            network=self.network,
            kind=_kind_of_offer(f"{what} {record.words}"),
            words=(words or record.name or _("Something, see the row of the file"))[:2000],
            category=self.finder.category_for(what or record.words) if what or record.words else None,
            name=record.name[:120],
            reach=self._reach(record),
            language=self._language(record),
            place_text=place_in_words(record.place)[:300],
            area=self._area(record),
            lat=record.place.lat,
            lon=record.place.lon,
            free_from=free_from,
            free_until=free_until,
            submission=self._submission(record),
            by=self.by,
            offered_at=self._asked_at(record),
            row=self._row(record),
            now=self.now,
        )
        self._other_ways(offer.offered_by, record)
        standing = meaning_of(record.status, self.status_heading)
        if standing in {Standing.MET, Standing.PARTLY_MET}:
            return actions.move_offer(offer, state=OfferState.GIVEN, by=self.by, now=self.now)
        if standing in {Standing.WITHDRAWN, Standing.DUPLICATE, Standing.NOT_MET}:
            return actions.move_offer(offer, state=OfferState.WITHDRAWN, by=self.by, now=self.now)
        return offer

    # A helper

    def _helper(self, record: Record) -> Helper:
        person = people.note_person(
            name=record.name[:120],
            reach=self._reach(record),
            region=self.network.country,
            language=self._language(record),
            by=self.by,
            now=self.now,
        )
        self._other_ways(person, record)
        changes: dict[str, Any] = {"row": self._row(record), "imported_as": self.keys[id(record)]}
        if record.modes:
            # A van is a car that carries more.
            fastest = next(mode for mode in ("van", "car", "bike", "foot") if mode in record.modes)
            changes["mode"] = "car" if fastest == "van" else fastest
        if record.languages:
            changes["languages"] = list(record.languages)
        if record.skills:
            changes["skills"] = [skill[:40] for skill in record.skills]
        if (boxes := _within(record.capacity, 0, 999)) is not None:
            changes["boxes"] = boxes
        if minutes := _within(record.max_minutes, 0, 1440):
            changes["most_minutes"] = minutes
        if hours := _hours(record.when):
            changes["hours"] = hours
        return actions.change_helper(
            self._membership(person),
            by=self.by,
            now=self.now,
            start_text=place_in_words(record.place)[:300],
            area=self._area(record),
            lat=record.place.lat,
            lon=record.place.lon,
            **changes,
        )

    def _membership(self, person: Person) -> Membership:
        """Someone on a group's own list is a member; a dispatcher who brings the list in welcomes them."""
        if self.by is None or may(self.by, self.network, Role.STEWARD):
            return networks.bring_in(self.network, person=person, role=Role.HELPER, by=self.by, now=self.now)
        membership = networks.join(person, network=self.network, now=self.now)
        if membership.standing == MemberStanding.WAITING:
            membership = networks.welcome(membership, by=self.by, now=self.now)
        return membership

    # What all have

    def _reach(self, record: Record) -> str:
        return (record.phone or record.email or "")[:254]

    def _other_ways(self, person: Person, record: Record) -> None:
        for typed in [*record.phones, *record.emails]:
            if typed != self._reach(record):
                people.add_contact_point(person, typed=typed, region=self.network.country)

    def _language(self, record: Record) -> str:
        return record.languages[0][:16] if record.languages else ""

    def _area(self, record: Record) -> Area | None:
        name = record.place.area
        if name and name not in self.areas:
            self.areas[name] = places.area_named(self.network, name)
        return self.areas.get(name)

    def _submission(self, record: Record) -> UUID | None:
        """The row's own name, so that it comes in once; none where it is wanted once more."""
        return None if self.choice.doubles == Doubles.KEEP else self.keys[id(record)]

    def _row(self, record: Record) -> dict[str, Any]:
        """The row as it came, to give it back under the same headings in the same order."""
        return {
            "number": record.number,
            "headings": list(record.raw),
            "cells": list(record.raw.values()),
        }

    def _asked_at(self, record: Record) -> datetime | None:
        moment = self._here(record.asked_at)
        return moment if moment is not None and moment <= self.now else None

    def _here(self, moment: datetime | None) -> datetime | None:
        """A moment of the sheet, on the network's clock where it names no other. None where no clock goes so far."""
        if moment is None or not 1900 < moment.year < 9000:
            return None
        return moment.replace(tzinfo=self.network.zone) if moment.tzinfo is None else moment

    def _span(self, when: When) -> tuple[datetime | None, datetime | None]:
        """The two moments something is wanted between. Hours and weekdays without a date stay in the notes."""
        since, until = self._here(when.since), self._here(when.until)
        if when.on is not None:
            since = self._here(datetime.combine(when.on, when.after or time()))
            until = self._here(datetime.combine(when.on, when.before or time(23, 59)))
        if since is not None and until is not None and since >= until:
            return (since, since + timedelta(hours=1)) if since == until else (None, None)
        return since, until

    def _notes(self, record: Record, stored: Sequence[str], *, when_kept: bool) -> str:
        """The notes, with every cell in them that no field holds as it was written."""
        lines = [record.notes] if record.notes else []
        held = " \n ".join(_plain(text) for text in stored)
        noted = _plain(record.notes)
        for heading, cell in record.raw.items():
            text = cell.strip()
            if not text or self._is_kept(self.columns.get(heading, "notes"), text, record, when_kept=when_kept):
                continue
            if _plain(text) in held or _plain(text) in noted:
                continue
            lines.append(f"{heading.strip() or heading}: {text}")
        return "\n".join(lines)

    def _is_kept(self, field_: str, text: str, record: Record, *, when_kept: bool) -> bool:
        """Whether a field holds all a cell says, though not as the same text."""
        if field_ in {"lat", "lon", "geo"}:
            return record.place.lat is not None
        if field_ == "asked_at":
            return self._asked_at(record) is not None
        if field_ in {"wanted_from", "wanted_until", "wanted_on"}:
            return when_kept
        if field_ in {"need", "is_asker", "is_helper"}:
            return True
        if field_ == "phone":
            digits = "".join(sign for sign in text if sign.isdigit())
            return bool(digits) and any(phone.endswith(digits[-9:]) for phone in record.phones) and len(digits) < 16
        if field_ == "email":
            return text.casefold() in {email.casefold() for email in record.emails}
        number = {
            "household_size": record.household_size, "load": record.load, "minutes": record.minutes,
        }.get(field_)  # fmt: skip
        try:
            return number is not None and float(text) == number and 0 < number < 480
        except ValueError:
            return False


def _within(number: float | None, least: int, most: int) -> int | None:
    if number is None or not math.isfinite(number):
        return None
    return max(least, min(most, math.ceil(number)))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _hours(when: When) -> list[dict[str, Any]]:
    """When a helper is usually free, as helpers are kept: one span per weekday."""
    if not (when.after or when.before or when.days):
        return []
    begins, ends = when.after or time(), when.before or time(23, 59)
    if begins >= ends:
        return []
    return [
        {"day": day, "from": f"{begins:%H:%M}", "until": f"{ends:%H:%M}"} for day in (sorted(when.days) or range(7))
    ]


_OFFER_WORDS = {
    Offer.Kind.RIDE: ("ride", "drive", "transport", "car", "lift", "viaje", "transporte", "trajet", "fahrt"),
    Offer.Kind.TIME: ("time", "volunteer", "hours", "company", "talk", "tiempo", "temps", "zeit"),
    Offer.Kind.SKILL: (
        "skill", "repair", "translat", "teach", "tutor", "legal", "nurse", "cook", "fix", "childcare", "help with",
    ),
}  # fmt: skip


def _kind_of_offer(words: str) -> str:
    plain = words.casefold()
    for kind, signs in _OFFER_WORDS.items():
        if any(sign in plain for sign in signs):
            return str(kind)
    return str(Offer.Kind.THING)
