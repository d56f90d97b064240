"""From two spreadsheets to a matching: who could bring what to whom, and rings of people who give and want."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from manyhands.deliveries.from_files import (
    FASTEST_FIRST,
    WEIGHT_OF_PRIORITY,
    Lent,
    SetAside,
    Span,
    WhereUnsaid,
    hours_waited,
    languages_needed,
    main_language,
    names_of,
    over_already,
    whole_number,
    windows_of,
    with_ids,
)
from manyhands.kernel.geo import Mode, Point
from manyhands.kernel.matching import Ask, Helper, Problem, Window
from manyhands.kernel.sheets import Record
from manyhands.kernel.sheets.lexicon import plain
from manyhands.kernel.sheets.saying import need_in_words, needs_in_words

if TYPE_CHECKING:
    from manyhands.kernel.matching.rings import Market

AHEAD = timedelta(days=14)
MOST_PLACES = 1_000
NOTHING_NAMED = "nothing_named"


@dataclass(frozen=True, slots=True)
class Unsaid:
    """What to take where the sheets say nothing: `places` is how many asks one helper or offer takes, `farthest` how
    many metres they go, `language` the everyday language, `today` the first of fourteen days that are looked at.
    """

    today: date
    places: int = 1
    farthest: int | None = None
    mode: Mode = Mode.CAR
    language: str = "en"
    zone: tzinfo | None = None


@dataclass(frozen=True)
class Town:
    """The problem and the rows behind its ids. `row`: the row of each ask, as one row may ask for several things;
    `what`: what each is about. `remarks`: sentences on what was assumed.
    """

    problem: Problem
    asks: Mapping[str, Record]
    others: Mapping[str, Record]
    row: Mapping[str, str]
    what: Mapping[str, str]
    names: Mapping[str, str]
    set_aside: tuple[SetAside, ...] = ()
    remarks: tuple[str, ...] = ()


def town_from(
    asks: Sequence[Record],
    others: Sequence[Record],
    *,
    offers: bool,
    unsaid: Unsaid,
    status_heading: str | None = "",
    before: Iterable[tuple[str, str]] = (),
) -> Town:
    """Put the rows of two sheets into one problem.

    A helper takes a whole row. An offer suits an ask for the same thing: the words for it are the same, or one says it
    more exactly; a row that asks for several things is several asks then. Rows whose status says they are over are set
    aside. `before`: pairs of rows that were put together the last time.
    """
    asks_by_id, others_by_id = with_ids(asks), with_ids(others)
    over = {i: aside for i, r in asks_by_id.items() if (aside := over_already(i, r, status_heading))}
    wanted = {i: r for i, r in asks_by_id.items() if i not in over}
    lent = Lent([*asks, *others])
    midnight = datetime.combine(unsaid.today, time())
    span = Span(midnight, midnight + AHEAD)
    languages_are_known = not offers and any(r.languages for r in others)
    things = _Things([*asks, *others])
    found: list[Ask] = []
    row: dict[str, str] = {}
    what: dict[str, str] = {}
    for id_, record in wanted.items():
        one_by_one = [(need_in_words(n), frozenset({things.key(n.what)})) for n in record.needs if n.what.strip()]
        if not offers:
            one_by_one = [(needs_in_words(record.needs) or record.words, frozenset())]
        elif not one_by_one:
            one_by_one = [(key, frozenset({key})) for key in things.named_in(record.words)]
        if not one_by_one:
            over[id_] = SetAside(
                id_,
                NOTHING_NAMED,
                "Its row does not say what is wanted in words that the other sheet knows.",
                'Say in which column it stands: --map "Heading=what".',
            )
        for number, (words, kinds) in enumerate(one_by_one, 1):
            own = id_ if len(one_by_one) == 1 else f"{id_}/{number}"
            row[own], what[own] = id_, words
            found.append(
                Ask(
                    own,
                    lent.point_of(record.place),
                    languages_needed(record, _usual(unsaid)) if languages_are_known else frozenset(),
                    kinds,
                    _times(record, span, unsaid),
                    WEIGHT_OF_PRIORITY.get(record.priority, 2),
                    hours_waited(record, span, _usual(unsaid)),
                )
            )
    helpers = tuple(
        _other(i, r, lent.point_of(r.place), things if offers else None, span, unsaid) for i, r in others_by_id.items()
    )
    told = {pair for pair in before if pair[1] in others_by_id}
    former = frozenset((a.id, other) for a in found for ask, other in told if ask in {a.id, row[a.id]}) if told else ()
    return Town(
        Problem(tuple(found), helpers, former=frozenset(former)),
        asks_by_id,
        others_by_id,
        row,
        what,
        names_of(others_by_id),
        tuple(over.values()),
        tuple(_remarks(found, helpers, offers=offers)),
    )


def market_from(
    asks: Sequence[Record], offers: Sequence[Record], *, unsaid: Unsaid
) -> tuple[Market, dict[str, Record]]:
    """Everyone who stands in both sheets, known by phone or e-mail (or, with neither, by their name), and a row of
    theirs by id.
    """
    from manyhands.kernel.matching.rings import Market, Trader

    things = _Things([*asks, *offers])
    gives: dict[str, set[str]] = defaultdict(set)
    wants: dict[str, set[str]] = defaultdict(set)
    rows: dict[str, Record] = {}
    first: dict[str, Record] = {}
    lent = Lent([*asks, *offers])
    midnight = datetime.combine(unsaid.today, time())
    for record in offers:
        if who := _who(record):
            gives[who] |= {wish for need in record.needs for wish in things.wishes_met_by(need.what)}
            rows.setdefault(who, record)
    for record in asks:
        if who := _who(record):
            wants[who] |= {things.key(need.what) for need in record.needs}
            first.setdefault(who, record)
    traders = tuple(
        Trader(
            who,
            frozenset(gives[who]),
            frozenset(wants[who]),
            lent.point_of(first[who].place) or lent.point_of(rows[who].place),
            WEIGHT_OF_PRIORITY.get(first[who].priority, 2),
            hours_waited(first[who], Span(midnight, midnight + AHEAD), _usual(unsaid)),
        )
        for who in sorted(rows.keys() & first.keys())
    )
    return Market(traders), first


def _who(record: Record) -> str:
    return record.phone or record.email or " ".join(record.name.casefold().split())


def _usual(unsaid: Unsaid) -> WhereUnsaid:
    return WhereUnsaid(mode=unsaid.mode, language=unsaid.language, zone=unsaid.zone)


def _times(record: Record, span: Span, unsaid: Unsaid) -> tuple[Window, ...]:
    return tuple((w.start, w.end) for w in windows_of(record.when, span, zone=unsaid.zone))


def _other(id_: str, record: Record, place: Point | None, things: _Things | None, span: Span, unsaid: Unsaid) -> Helper:
    if things is None:
        kinds: frozenset[str] = frozenset()
        places = record.max_stops or unsaid.places
    else:
        named = [need.what for need in record.needs if need.what.strip()] or things.named_in(record.words)
        kinds = frozenset(wish for each in named for wish in things.wishes_met_by(each))
        many = sum(whole_number(need.quantity, unsaid.places, most=MOST_PLACES) for need in record.needs)
        places = max(unsaid.places, many)
    mode = next((mode for mode in FASTEST_FIRST if mode.value in record.modes), unsaid.mode)
    spoken = {main_language(language) for language in record.languages}
    return Helper(
        id_,
        place,
        frozenset(spoken or {main_language(unsaid.language)}),
        kinds,
        _times(record, span, unsaid),
        min(places, MOST_PLACES),
        mode,
        unsaid.farthest,
    )


class _Things:
    """Words for things: which of the wishes in the sheets an offered thing meets."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._words: dict[str, frozenset[str]] = {}
        self._keys: dict[str, str] = {}
        self._by_word: dict[str, set[str]] = defaultdict(set)
        for record in records:
            for need in record.needs:
                self.key(need.what)

    def key(self, what: str) -> str:
        """The one name of a thing, whatever its spelling."""
        if what not in self._keys:
            words = [_singular(word) for word in plain(what).split()] or [what.casefold().strip()]
            key = " ".join(words)
            self._keys[what] = key
            if key not in self._words:
                self._words[key] = frozenset(words)
                for word in words:
                    self._by_word[word].add(key)
        return self._keys[what]

    def wishes_met_by(self, what: str) -> set[str]:
        """The same thing, and what says it more or less exactly."""
        own = self._words[self.key(what)]
        near = {key for word in own for key in self._by_word[word]}
        return {key for key in near if own <= self._words[key] or self._words[key] <= own}

    def named_in(self, words: str) -> list[str]:
        """Things of the sheets that a text speaks of."""
        said = {_singular(word) for word in plain(words).split()}
        near = {key for word in said for key in self._by_word.get(word, ())}
        return sorted(key for key in near if self._words[key] <= said)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _remarks(asks: Sequence[Ask], helpers: Sequence[Helper], *, offers: bool) -> Iterable[str]:
    placeless = sum(1 for ask in asks if ask.place is None)
    if placeless:
        yield f"Asks without a point on the map: {placeless}. They count as half an hour away from everyone."
    if placeless := sum(1 for helper in helpers if helper.place is None):
        who = "Offers" if offers else "Helpers"
        yield f"{who} without a point on the map: {placeless}. They count as half an hour away from everyone."
    if not helpers:
        yield f"There is no {'offer' if offers else 'helper'} in the second sheet, so nothing can be matched."
