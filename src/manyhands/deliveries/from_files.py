"""From two spreadsheets to an evening's problem, without a database: rows become stops, helpers become shifts."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from manyhands.kernel.geo import Mode, Point, is_on_the_globe, metres_between
from manyhands.kernel.routing import Helper, Hub, Problem, Stop, Window
from manyhands.kernel.sheets import Place, Record, When
from manyhands.kernel.sheets.dates import can_be_meant
from manyhands.kernel.sheets.statuses import Standing, meaning_of

DAY = 86_400
FAR = 4_000 * 365 * DAY  # further off than any date a sheet can hold
# Rows that name the same area lend each other their point only where they lie this close together.
ONE_AREA_METRES = 4_000
USUAL_BOXES = {Mode.FOOT: 4, Mode.BIKE: 6, Mode.CAR: 20, Mode.VAN: 60}
WEIGHT_OF_PRIORITY = {None: 2, 1: 1, 2: 2, 3: 4}
FASTEST_FIRST = (Mode.VAN, Mode.CAR, Mode.BIKE, Mode.FOOT)
HUB = "hub"
OVER, DOUBLE = "already_over", "double"


@dataclass(frozen=True, slots=True)
class Span:
    """The time to plan: two moments on the wall clock of the place (without a zone), the second after the first."""

    starts: datetime
    ends: datetime

    @property
    def midnight(self) -> datetime:
        """The beginning of the first day: where the plan's seconds are counted from."""
        return datetime.combine(self.starts.date(), time())

    def second(self, moment: datetime) -> int:
        """A moment as the plan counts it."""
        return int((moment - self.midnight).total_seconds())

    def moment(self, second: int) -> datetime:
        """A second of the plan as a moment on the wall clock."""
        return self.midnight + timedelta(seconds=second)

    @property
    def window(self) -> Window:
        """The span as the plan counts it."""
        return Window(self.second(self.starts), self.second(self.ends))


@dataclass(frozen=True, slots=True)
class WhereUnsaid:
    """What to take where the sheets say nothing. `boxes` None: as many as usually fit that way of getting about.

    `language`: the everyday language; an ask in it needs nobody special. `zone`: the clock of the place, for cells that
    wrote an offset. `hub`: where everyone loads, and sets out from where the sheet does not say.
    """

    mode: Mode = Mode.CAR
    boxes: int | None = None
    load: int = 1
    visit_minutes: int = 5
    run_minutes: int | None = None
    language: str = "en"
    zone: tzinfo | None = None
    hub: Point | None = None
    loading_minutes: int = 10


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that needs no visit, and why: its sheet says it is done. Told like what could not be planned."""

    id: str
    code: str
    sentence: str
    change: str


@dataclass(frozen=True)
class Evening:
    """The problem, and the rows behind its ids: `asks` and `helpers` by id, `names` of helpers as people say them.

    `remarks`: sentences on what was assumed on the way, so that nothing is assumed silently.
    """

    span: Span
    problem: Problem
    asks: Mapping[str, Record]
    helpers: Mapping[str, Record]
    names: Mapping[str, str]
    set_aside: tuple[SetAside, ...] = ()
    remarks: tuple[str, ...] = ()


def day_most_want(asks: Iterable[Record], today: date) -> date:
    """The day most asks name as theirs; today where none names one."""
    named = (_day_named(record.when) for record in asks)
    days = Counter(day for day in named if day is not None and can_be_meant(day))
    if not days:
        return today
    return min(days, key=lambda day: (-days[day], day < today, abs((day - today).days), day))


def _day_named(when: When) -> date | None:
    if when.on is not None:
        return when.on
    moments = [moment.date() for moment in (when.since, when.until) if moment is not None]
    # One moment alone ("from 1 March on") or a span of days is no appointment.
    return moments[0] if len(moments) == 2 and (moments[1] - moments[0]).days <= 1 else None


def evening_from(
    asks: Sequence[Record],
    helpers: Sequence[Record],
    *,
    span: Span,
    unsaid: WhereUnsaid,
    status_heading: str | None = "",
    repeats: Mapping[int, int] | None = None,
    skip_repeats: bool = False,
) -> Evening:
    """Put the rows of two sheets into one problem.

    A row is one visit, however many things it asks for. Rows whose status says they are over are set aside. What has no
    point on the map borrows one from rows with the same address, postcode or area; what still has none stays in the
    problem and comes out with that as its reason. `status_heading` is the heading above the asks' status, if there is
    one: it tells what TRUE in it means. None: statuses don't matter. `repeats`: rows that may say what an earlier row
    says, and that row; `skip_repeats` sets them aside.
    """
    asks_by_id, helpers_by_id = with_ids(asks), with_ids(helpers)
    over = {id_: aside for id_, record in asks_by_id.items() if (aside := over_already(id_, record, status_heading))}
    open_rows = {record.number for id_, record in asks_by_id.items() if id_ not in over}
    doubles = {row: of for row, of in (repeats or {}).items() if row in open_rows and of in open_rows}
    if skip_repeats:
        over |= {id_: _double(id_, doubles[r.number]) for id_, r in asks_by_id.items() if r.number in doubles}
    wanted = {id_: record for id_, record in asks_by_id.items() if id_ not in over}
    lent = Lent([*asks, *helpers])
    # A sheet that says nothing of languages rules nobody out; that it says nothing is told.
    languages_are_known = any(record.languages for record in helpers)
    stops = tuple(
        Stop(
            id=id_,
            place=lent.point_of(record.place),
            windows=windows_of(record.when, span, zone=unsaid.zone),
            service=60 * whole_number(record.minutes, unsaid.visit_minutes, most=24 * 60),
            loads=(whole_number(record.load, unsaid.load, most=10_000),),
            languages=languages_needed(record, unsaid) if languages_are_known else frozenset(),
            weight=WEIGHT_OF_PRIORITY.get(record.priority, 2),
            waiting=hours_waited(record, span, unsaid),
        )
        for id_, record in wanted.items()
    )
    middle = _middle(stop.place for stop in stops)
    on_the_way = tuple(
        _helper(id_, record, span=span, unsaid=unsaid, start=lent.point_of(record.place), middle=middle)
        for id_, record in helpers_by_id.items()
    )
    remarks = _remarks(
        stops=stops,
        helpers=on_the_way,
        doubles=len(doubles),
        skip_repeats=skip_repeats,
        lent=sum(1 for record in wanted.values() if lent.lends_to(record.place)),
        placeless_helpers=sum(1 for record in helpers if lent.point_of(record.place) is None),
        languages_left_out=not languages_are_known and any(languages_needed(record, unsaid) for record in asks),
        unsaid=unsaid,
    )
    return Evening(
        span=span,
        problem=Problem(
            stops=stops,
            helpers=on_the_way,
            hubs=(Hub(HUB, unsaid.hub, loading=60 * unsaid.loading_minutes),) if unsaid.hub else (),
            now=span.window.start,
        ),
        asks=asks_by_id,
        helpers=helpers_by_id,
        names=names_of(helpers_by_id),
        set_aside=tuple(over.values()),
        remarks=tuple(remarks),
    )


def windows_of(when: When, span: Span, *, zone: tzinfo | None = None) -> tuple[Window, ...]:
    """The time in which something is wanted, or someone is free, as windows of the plan; () where any time will do.

    Hours without a day mean the day of the plan; weekdays mean the next such day, which may lie outside the plan.
    """
    if not when:
        return ()
    start, end = -FAR, FAR
    if when.since is not None:
        start = span.second(_on_the_wall(when.since, zone))
    if when.until is not None:
        end = span.second(_on_the_wall(when.until, zone))
    if start == end:  # "at 18:00": within the hour
        end += 3600
    days = _days(when, span)
    if days:
        hours = [_hours(when, day, span) for day in days]
        return tuple(
            Window(max(start, opens), min(end, closes)) for opens, closes in hours if opens < end and start < closes
        ) or (Window(*hours[0]),)
    return (Window(start, end),)


def _days(when: When, span: Span) -> list[date]:
    """The days the hours of `when` are meant for; none where it names only moments."""
    if when.on is not None:
        return [when.on]
    if not (when.days or when.after or when.before):
        return []
    first, last = span.starts.date(), span.ends.date()
    length = (last - first).days
    ahead = [first + timedelta(days=offset) for offset in range(max(length + 1, 8))]
    fitting = [day for day in ahead if not when.days or day.weekday() in when.days]
    return [day for day in fitting if day <= last] or fitting[:1]


def _hours(when: When, day: date, span: Span) -> tuple[int, int]:
    midnight = span.second(datetime.combine(day, time()))
    opens = midnight + (_seconds_into_the_day(when.after) if when.after is not None else 0)
    closes = midnight + (_seconds_into_the_day(when.before) if when.before is not None else DAY)
    if when.after is not None and when.before is not None:
        if opens == closes:
            closes += 3600
        elif closes < opens:  # from 22:00 until 02:00
            closes += DAY
    return opens, closes


def _seconds_into_the_day(hour: time) -> int:
    return hour.hour * 3600 + hour.minute * 60 + hour.second


def _on_the_wall(moment: datetime, zone: tzinfo | None) -> datetime:
    """A moment as the clocks of the place show it; without an offset it was written down from those clocks."""
    if moment.tzinfo is None:
        return moment
    try:
        return moment.astimezone(zone).replace(tzinfo=None)
    except (OverflowError, ValueError, OSError):
        return moment.replace(tzinfo=None)


def with_ids(records: Sequence[Record]) -> dict[str, Record]:
    """Rows by an id people can find in their sheet: the row's number, marked where one row made several records."""
    found: dict[str, Record] = {}
    for record in records:
        id_, again = str(record.number), 1
        while id_ in found:
            again += 1
            id_ = f"{record.number}.{again}"
        found[id_] = record
    return found


def over_already(id_: str, record: Record, heading: str | None) -> SetAside | None:
    """The row set aside where its status, under this heading, says it is over; never where the heading is None."""
    if heading is None:
        return None
    standing = meaning_of(record.status, heading)
    if standing not in {Standing.MET, Standing.WITHDRAWN, Standing.DUPLICATE}:
        return None
    return SetAside(
        id_,
        OVER,
        f"Its status is “{record.status.strip()}”.",
        "Clear the status if it is still wanted, or plan with --all-statuses.",
    )


def _double(id_: str, of: int) -> SetAside:
    return SetAside(
        id_, DOUBLE, f"It seems to repeat row {of}.", "Plan without --skip-duplicates if it is another visit."
    )


def whole_number(number: float | None, otherwise: int, *, most: int) -> int:
    """A number from a cell as a whole one, rounded up, within what a plan can hold."""
    if number is None or not math.isfinite(number) or number < 0:
        return otherwise
    return min(math.ceil(number), most)


def languages_needed(record: Record, unsaid: WhereUnsaid) -> frozenset[str]:
    """The languages of which one is needed; none where the everyday one will do."""
    spoken = {main_language(language) for language in record.languages}
    return frozenset() if not spoken or main_language(unsaid.language) in spoken else frozenset(spoken)


def main_language(language: str) -> str:
    """The language without its region: who speaks es-MX is understood in es."""
    return language.lower().partition("-")[0]


def hours_waited(record: Record, span: Span, unsaid: WhereUnsaid) -> int:
    """Whole hours from when it was asked until the plan begins; 0 where that is not known or still to come."""
    if record.asked_at is None:
        return 0
    waited = span.starts - _on_the_wall(record.asked_at, unsaid.zone)
    return max(0, int(waited.total_seconds() // 3600))


def _helper(
    id_: str, record: Record, *, span: Span, unsaid: WhereUnsaid, start: Point | None, middle: Point | None
) -> Helper:
    mode = next((mode for mode in FASTEST_FIRST if mode.value in record.modes), unsaid.mode)
    usual = USUAL_BOXES[mode] if unsaid.boxes is None else unsaid.boxes
    end = _point(record.end_place) or start
    minutes = whole_number(record.max_minutes, 0, most=7 * 24 * 60) or unsaid.run_minutes
    return Helper(
        id=id_,
        # Who does not say where they live sets out from the hub, or from the middle of the asks, and is done at the
        # last stop.
        start=start or unsaid.hub or middle,
        end=end,
        shifts=_shifts(record.when, span, unsaid),
        capacity=(whole_number(record.capacity, usual, most=10_000),),
        mode=mode,
        languages=frozenset(
            {main_language(language) for language in record.languages} or {main_language(unsaid.language)}
        ),
        hub=HUB if unsaid.hub else None,
        max_seconds=60 * minutes if minutes else None,
        max_stops=record.max_stops or None,
    )


def _shifts(when: When, span: Span, unsaid: WhereUnsaid) -> tuple[Window, ...]:
    free = windows_of(when, span, zone=unsaid.zone)
    if not free:
        return (span.window,)
    within = (Window(max(span.window.start, w.start), min(span.window.end, w.end)) for w in free)
    return tuple(window for window in within if window.start < window.end)


def _point(place: Place) -> Point | None:
    if place.lat is None or place.lon is None:
        return None
    point = Point(place.lat, place.lon)
    return point if is_on_the_globe(point) else None


def _middle(points: Iterable[Point | None]) -> Point | None:
    """The middle of most of them: one mistyped point does not pull it away."""
    known = [point for point in points if point is not None]
    if not known:
        return None
    return Point(statistics.median_low([p.lat for p in known]), statistics.median_low([p.lon for p in known]))


class Lent:
    """Points that rows lend each other: one without takes that of rows with the same address, postcode or area."""

    def __init__(self, records: Iterable[Record]) -> None:
        found: dict[tuple[str, str], list[Point]] = defaultdict(list)
        for record in records:
            if (point := _point(record.place)) is not None:
                for key in self._keys(record.place):
                    found[key].append(point)
        self._of: dict[tuple[str, str], Point] = {}
        for key, points in found.items():
            middle = _middle(points)
            if middle is not None and max(metres_between(middle, point) for point in points) <= ONE_AREA_METRES:
                self._of[key] = middle

    @staticmethod
    def _keys(place: Place) -> Iterable[tuple[str, str]]:
        for kind, words in (
            ("address", place.address),
            ("corner", place.cross_street),
            ("postcode", place.postcode),
            ("area", place.area),
        ):
            if plain := " ".join(words.casefold().split()):
                yield kind, plain

    def point_of(self, place: Place) -> Point | None:
        """The row's own point, or a lent one, the most exact first."""
        own = _point(place)
        if own is not None:
            return own
        return next((self._of[key] for key in self._keys(place) if key in self._of), None)

    def lends_to(self, place: Place) -> bool:
        """Whether the row stands where others say it is."""
        return _point(place) is None and self.point_of(place) is not None


def names_of(helpers: Mapping[str, Record]) -> dict[str, str]:
    """What to call each helper; two of one name are told apart by their rows."""
    times = Counter(record.name.strip().casefold() for record in helpers.values())
    names: dict[str, str] = {}
    for id_, record in helpers.items():
        name = " ".join(record.name.split())
        if not name:
            names[id_] = f"Helper in row {id_}"
        elif times[record.name.strip().casefold()] > 1:
            names[id_] = f"{name} (row {id_})"
        else:
            names[id_] = name
    return names


def _remarks(
    *,
    stops: Sequence[Stop],
    helpers: Sequence[Helper],
    doubles: int,
    skip_repeats: bool,
    lent: int,
    placeless_helpers: int,
    languages_left_out: bool,
    unsaid: WhereUnsaid,
) -> Iterable[str]:
    """What was assumed, each in a sentence that says what to do about it."""
    placeless = sum(1 for stop in stops if stop.place is None)
    if doubles and not skip_repeats:
        yield f"Rows that seem to repeat another row: {doubles}. Each was planned; --skip-duplicates leaves them out."
    if stops and placeless == len(stops):
        yield (
            "No ask has a point on the map, so none can be planned. Add columns “lat” and “lon” to the asks' sheet, "
            'or say which columns they are: --map "Heading=lat" --map "Heading=lon".'
        )
    elif placeless:
        yield f"Asks without a point on the map: {placeless}. Add “lat” and “lon” to their rows to plan them too."
    if lent:
        yield f"Asks put where other rows with the same address, postcode or area are: {lent}."
    if helpers and placeless_helpers:
        where = "at the hub" if unsaid.hub else "in the middle of the asks"
        yield (
            f"Helpers whose start is not known: {placeless_helpers}. They set out {where} and are done at their last "
            "stop. Add “lat” and “lon” to their rows for where they really start."
        )
    if busy := sum(1 for helper in helpers if not helper.shifts):
        yield f"Helpers who are not free in this time by their sheet: {busy}."
    if languages_left_out:
        yield (
            "Some asks name a language but the helpers' sheet names none, so languages were not looked at. "
            "Add a column “languages” to the helpers' sheet."
        )
    if not helpers:
        yield "There is no helper in the helpers' sheet, so nothing can be planned."
