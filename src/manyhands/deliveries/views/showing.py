"""What a plan looks like: its map, its numbers, its stops side by side. Shared by the desk's pages of plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from manyhands.deliveries.models import Plan, Run, Stop
from manyhands.deliveries.reasons import Names, Told
from manyhands.deliveries.states import PlanState, RunState
from manyhands.exchange.states import AskState
from manyhands.kernel import routing
from manyhands.kit.maps import Line, Point
from manyhands.networks.models import Network
from manyhands.people.models import Person
from manyhands.places.models import Place
from manyhands.privacy import actions as privacy
from manyhands.privacy.queries import in_danger
from manyhands.privacy.states import Why

TONES = {
    RunState.PLANNED: "calm",
    RunState.READY: "wait",
    RunState.UNDER_WAY: "move",
    RunState.FINISHED: "good",
    RunState.DROPPED: "stuck",
}


@dataclass
class RunShown:
    """A run with its stops."""

    run: Run
    stops: list[Stop] = field(default_factory=list)

    @property
    def tone(self) -> str:
        return TONES[RunState(self.run.state)]

    @property
    def name(self) -> str:
        return name_of(self.run)

    @property
    def way(self) -> str:
        """From which area to which."""
        areas = [stop.ask.place.area.name for stop in self.stops if stop.ask.place.area is not None]
        if not areas:
            return ""
        return areas[0] if areas[0] == areas[-1] else f"{areas[0]} → {areas[-1]}"

    @property
    def late(self) -> int:
        """The minutes it comes too late, all stops together."""
        return sum(stop.late_minutes for stop in self.stops)

    @property
    def given(self) -> int:
        """How many stops were really given to the helper."""
        return sum(stop.claim_id is not None for stop in self.stops)


def name_of(run: Run) -> str:
    """Who rides it, by first name and initial."""
    return run.helper.membership.person.short_name or _("a helper")


def shown(runs: Sequence[Run], stops: Sequence[Stop]) -> list[RunShown]:
    """Every run with its stops, in order."""
    by_run: dict[object, list[Stop]] = {}
    for stop in stops:
        by_run.setdefault(stop.run_id, []).append(stop)
    return [RunShown(run, by_run.get(run.pk, [])) for run in runs]


def see_stops(
    stops: Sequence[Stop], *, why: Why, by: Person, network: Network, now: datetime
) -> dict[object, privacy.Shown]:
    """What the one who looks may see of whoever asked, stop by stop; they can read that it was seen."""
    whose = [privacy.Whose(stop.ask.asking.asked_by, stop.ask.place, stop.ask.code) for stop in stops]
    found = privacy.reveal(whose, why=why, by=by, network=network, now=now)
    return {stop.pk: each for stop, each in zip(stops, found, strict=True)}


def hidden(doors: Mapping[object, privacy.Shown]) -> frozenset[object]:
    """The stops that stand on no map: whoever lives there would be in danger."""
    return frozenset(key for key, door in doors.items() if door.held_back)


def see_map(
    runs: Sequence[RunShown], stops: Sequence[Stop], *, by: Person, network: Network, now: datetime
) -> frozenset[object]:
    """The desk looks at a map of runs: the stops stand on it, and where each helper sets out and ends.

    Gives the keys of the stops that must not stand on it.
    """
    see_stops(stops, why=Why.MAP, by=by, network=network, now=now)
    homes = [
        privacy.Whose(each.run.helper.membership.person, place)
        for each in runs
        if each.stops
        for place in (each.run.helper.start, each.run.helper.end)
        if place is not None
    ]
    privacy.reveal(homes, why=Why.MAP, by=by, network=network, now=now)
    careful = in_danger(network)
    drawn = [*stops, *(stop for each in runs for stop in each.stops)]
    return frozenset(stop.pk for stop in drawn if careful and stop.ask.asking.asked_by_id in careful)


def points(runs: Sequence[RunShown], unserved: Sequence[Stop] = (), *, without: frozenset[object]) -> list[Point]:
    """The marks of a plan's map: stops by run and number, asks in no run, hubs; nothing of the stops in ``without``."""
    marks = [
        Point(
            stop.ask.place.lat,
            stop.ask.place.lon,
            label=f"{each.name} {stop.position} · {stop.ask.code}",
            run=each.run.index,
            number=stop.position,
        )
        for each in runs
        for stop in each.stops
        if stop.pk not in without
    ]
    marks += [
        Point(stop.ask.place.lat, stop.ask.place.lon, label=stop.ask.code, tone="stuck", key=stop.ask.code)
        for stop in unserved
        if stop.pk not in without
    ]
    hubs = {each.run.hub_id: each.run.hub for each in runs if each.run.hub is not None and each.stops}
    marks += [Point(hub.place.lat, hub.place.lon, label=hub.name, tone="start") for hub in hubs.values()]
    return marks


def lines(runs: Sequence[RunShown], *, without: frozenset[object], network: Network) -> list[Line]:
    """The ways of a plan's runs, from where each sets out to where it ends, past the stops in ``without``.

    Of a helper who would be in danger if they were found it begins at the hub and ends at the last stop.
    """
    found, careful = [], in_danger(network)
    for each in runs:
        if not each.stops:
            continue
        helper, hub = each.run.helper, each.run.hub
        is_careful = helper.membership.person_id in careful
        stations: list[Place | None] = [None if is_careful else helper.start, hub.place if hub else None]
        stations += [stop.ask.place for stop in each.stops if stop.pk not in without]
        stations.append(None if is_careful else helper.end or helper.start)
        way = [(place.lat, place.lon) for place in stations if place is not None and place.lat is not None]
        if way:
            found.append(Line([(lat, lon) for lat, lon in way if lon is not None], run=each.run.index))
    return found


@dataclass(frozen=True)
class Numbers:
    """What a plan comes to, and what it came to before it was planned again."""

    asks: int
    served: int
    kilometres: float
    minutes: int
    before: dict[str, float]
    times: str = ""  # by "road", or "straight"; empty for a plan of before
    map_of: date | None = None
    off: int = 0

    @property
    def unserved(self) -> int:
        return self.asks - self.served

    @property
    def more(self) -> int:
        """How many more asks are reached than before; negative where there are fewer."""
        return self.served - int(self.before.get("served", self.served))

    @property
    def kilometres_more(self) -> float:
        return self.kilometres - self.before.get("metres", self.kilometres * 1000) / 1000


def numbers(plan: Plan) -> Numbers:
    """The sums of a plan."""
    summary = plan.summary
    times = summary.get("times", {})
    return Numbers(
        asks=int(summary.get("asks", 0)),
        served=int(summary.get("served", 0)),
        kilometres=summary.get("metres", 0) / 1000,
        minutes=round(summary.get("seconds", 0) / 60),
        before=dict(summary.get("before", {})),
        times=times.get("by", ""),
        map_of=date.fromisoformat(times["map_of"]) if times.get("map_of") else None,
        off=int(times.get("off", 0)),
    )


@dataclass(frozen=True)
class UnservedShown:
    """An ask in no run, with the reason in words."""

    stop: Stop
    told: Told

    @property
    def moved_on(self) -> str:
        """What became of the ask meanwhile, if it is not waiting any more."""
        ask = self.stop.ask
        return "" if ask.state in {AskState.NEW, AskState.READY} else str(ask.get_state_display())


def explained(stops: Sequence[Stop], names: Names) -> list[UnservedShown]:
    """The reasons, in words."""
    return [UnservedShown(stop, names.tell(stop.reason)) for stop in stops]


def parts(plan: Plan, runs: Sequence[RunShown]) -> list[tuple[str, int, str]]:
    """What became of a plan's asks, for a bar."""
    sums = numbers(plan)
    if plan.state != PlanState.PUBLISHED:
        return [(_("in a run"), sums.served, "good"), (_("not reached"), sums.unserved, "stuck")]
    stops = [stop for each in runs for stop in each.stops]
    done, left = sum(s.is_done for s in stops), sum(s.is_to_do for s in stops)
    return [
        (_("visited"), done, "good"),
        (_("still to do"), left, "move"),
        (_("handed back or gone"), len(stops) - done - left, "wait"),
        (_("not reached"), sums.asks - len(stops), "stuck"),
    ]


def side_by_side(one: routing.Plan, other: routing.Plan, *, left: tuple[int, int]) -> list[tuple[str, str, str]]:
    """What is worth comparing of two plans, in words and numbers. ``left``: how many asks each does not reach."""
    what = [
        _("asks in a run"),
        _("asks not reached"),
        _("runs"),
        _("km in all"),
        _("minutes of each helper, on average"),
        _("the longest run, in minutes"),
    ]
    return list(zip(what, _worth_comparing(one, left[0]), _worth_comparing(other, left[1]), strict=True))


def _worth_comparing(plan: routing.Plan, left: int) -> list[str]:
    minutes = [run.seconds / 60 for run in plan.runs]
    return [
        str(plan.served),
        str(left),
        str(len(plan.runs)),
        number_format(round(plan.metres / 1000, 1), 1),  # it would cut off, not round
        str(round(sum(minutes) / len(minutes))) if minutes else "–",
        str(round(max(minutes))) if minutes else "–",
    ]
