"""A plan made from files, on paper: runs as CSV, GeoJSON and printable HTML, and what stayed unserved and why."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils.safestring import SafeString, mark_safe

from manyhands.deliveries.from_files import HUB, Evening
from manyhands.kernel import routing
from manyhands.kernel.geo import Point
from manyhands.kernel.sheets import write_csv
from manyhands.kernel.sheets.saying import needs_in_words, place_in_words
from manyhands.kit import maps

TEMPLATES = Path(__file__).parent / "templates"
MOST_UNSERVED_PRINTED = 400
RUN_HEADINGS = (
    "run", "helper", "order", "date", "arrive", "begin", "leave", "row", "name", "phone", "email", "contact", "place",
    "lat", "lon", "what", "words", "boxes", "people", "language", "notes",
)  # fmt: skip
UNSERVED_HEADINGS = ("row", "reason", "why", "what would change it")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row without a visit: its id, the code of the reason, why, and what would change it."""

    id: str
    code: str
    why: str
    change: str


@dataclass(frozen=True)
class Papers:
    """Everything that can be written about one evening. `headings` are those of the asks' sheet, as spelled; `advice`
    is what would reach more.
    """

    evening: Evening
    plan: routing.Plan
    headings: Sequence[str]
    advice: Sequence[routing.Advice] = ()

    @property
    def recruit(self) -> tuple[str, ...]:
        """What would reach more, in sentences, the best first."""
        return tuple(self._told(one.reason) for one in self.advice)

    def _told(self, reason: routing.Reason) -> str:
        facts = dict(reason.facts)
        for name in ("since", "until"):
            if name in facts:
                facts[name] = f"{self.evening.span.moment(int(facts[name])):%H:%M}"
        if "near" in facts:
            facts["near"] = f"row {facts['near']}"
        told = routing.named(routing.Reason(reason.code, facts), {"helper": self.evening.names})
        return f"{told.sentence()} {told.change()}".strip()

    @cached_property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What has no visit, in the order of the sheet, names of helpers in place of their ids."""
        names = {"helper": self.evening.names, "hub": {HUB: "of this evening"}, "locked": self.evening.names}
        found = {
            aside.id: LeftOut(aside.id, aside.code, aside.sentence, aside.change) for aside in self.evening.set_aside
        }
        for unserved in self.plan.unserved:
            reason = routing.named(unserved.reason, names)
            found[unserved.stop_id] = LeftOut(unserved.stop_id, str(reason.code), reason.sentence(), reason.change())
        return tuple(found[id_] for id_ in self.evening.asks if id_ in found)

    @cached_property
    def reasons(self) -> dict[str, int]:
        """How often each reason, the most frequent first."""
        return dict(Counter(left.code for left in self.left_out).most_common())

    def files(self) -> dict[str, bytes]:
        """Every paper by the name of its file."""
        return {
            "runs.csv": self.runs_csv(),
            "runs.geojson": self.geojson(),
            "runs.html": self.html(),
            "unserved.csv": self.unserved_csv(),
        }

    def runs_csv(self) -> bytes:
        """One row per stop, in the order of the runs; no cell can be taken for a formula."""
        return write_csv(
            RUN_HEADINGS,
            [
                [stop[heading] for heading in RUN_HEADINGS]
                for number, run in enumerate(self.plan.runs, 1)
                for stop in self._stops(number, run)
            ],
        )

    def unserved_csv(self) -> bytes:
        """The rows without a visit, each with its reason, what would change it, and its cells as they came."""
        rows = []
        for left in self.left_out:
            raw = self.evening.asks[left.id].raw
            rows.append(
                [left.id, left.code, left.why, left.change, *(raw.get(heading, "") for heading in self.headings)]
            )
        return write_csv([*UNSERVED_HEADINGS, *self.headings], rows)

    def geojson(self) -> bytes:
        """A line per run and a point per stop. Without names, phones or words: a map is easily passed on."""
        features: list[dict[str, Any]] = []
        for number, run in enumerate(self.plan.runs, 1):
            way = self._way(run)
            features.append(
                {
                    "type": "Feature",
                    "geometry": {"type": "LineString", "coordinates": [_lon_lat(point) for point in way]},
                    "properties": {
                        "kind": "run",
                        "run": number,
                        "stops": len(run.visits),
                        "departs": self._iso(run.depart),
                        "finishes": self._iso(run.finish),
                        "metres": run.metres,
                    },
                }
            )
            for order, visit in enumerate(run.visits, 1):
                place = self.evening.problem.stop[visit.stop_id].place
                features.append(
                    {
                        "type": "Feature",
                        "geometry": {"type": "Point", "coordinates": _lon_lat(place)} if place else None,
                        "properties": {
                            "kind": "stop",
                            "run": number,
                            "order": order,
                            "row": visit.stop_id,
                            "begins": self._iso(visit.start),
                            "leaves": self._iso(visit.leave),
                        },
                    }
                )
        collection = {"type": "FeatureCollection", "features": features}
        return json.dumps(collection, ensure_ascii=False, indent=1).encode()

    def html(self) -> bytes:
        """One page that needs nothing else: the evening at a glance, a sheet per run, and what was not planned."""
        span = self.evening.span
        runs = [self._run(number, run) for number, run in enumerate(self.plan.runs, 1)]
        left_out = [self._left_out(left) for left in self.left_out]
        sentences = Counter((left["code"], left["change_in_short"]) for left in left_out)
        page = Engine(dirs=[str(TEMPLATES)]).get_template("deliveries/evening_on_paper.html")
        context = {
            "style": _style(),
            "day": f"{span.starts:%A} {span.starts.day} {span.starts:%B %Y}",
            "from": f"{span.starts:%H:%M}",
            "until": f"{span.ends:%H:%M}",
            "asks": len(self.evening.asks),
            "served": self.plan.served,
            "helpers": len(self.evening.helpers),
            "kilometres": _kilometres(self.plan.metres),
            "hours": _hours(self.plan.seconds),
            "remarks": self.evening.remarks,
            "runs": runs,
            "overview": self._overview(),
            "unserved": left_out,
            "shown_unserved": left_out[:MOST_UNSERVED_PRINTED],
            "more_unserved": max(0, len(left_out) - MOST_UNSERVED_PRINTED),
            "why": [(count, sentence) for (_code, sentence), count in sentences.most_common()],
        }
        # The engine stands alone: no settings, so nothing of a server's is needed to make papers.
        return page.render(Context(context, use_l10n=False, use_tz=False)).encode("utf-8", "replace")

    def _stops(self, number: int, run: routing.Run) -> list[dict[str, Any]]:
        """The stops of one run as the cells of their rows, by heading."""
        rows = []
        for order, visit in enumerate(run.visits, 1):
            record = self.evening.asks[visit.stop_id]
            stop = self.evening.problem.stop[visit.stop_id]
            rows.append(
                {
                    "run": number,
                    "helper": self.evening.names[run.helper_id],
                    "order": order,
                    "date": f"{self._moment(visit.arrive):%Y-%m-%d}",
                    "arrive": self._clock(visit.arrive),
                    "begin": self._clock(visit.start),
                    "leave": self._clock(visit.leave),
                    "row": visit.stop_id,
                    "name": record.name,
                    "phone": ", ".join(record.phones),
                    "email": ", ".join(record.emails),
                    "contact": record.contact_method,
                    "place": place_in_words(record.place),
                    "lat": round(stop.place.lat, 6) if stop.place else "",
                    "lon": round(stop.place.lon, 6) if stop.place else "",
                    "what": needs_in_words(record.needs),
                    "words": record.words,
                    "boxes": stop.loads[0] if stop.loads else 0,
                    "people": record.household_size or "",
                    "language": ", ".join(record.languages),
                    "notes": record.notes,
                }
            )
        return rows

    def _run(self, number: int, run: routing.Run) -> dict[str, Any]:
        stops = self._stops(number, run)
        for cells, visit in zip(stops, run.visits, strict=True):
            record = self.evening.asks[visit.stop_id]
            windows = self.evening.problem.stop[visit.stop_id].windows
            cells["begins"], cells["leaves"] = cells["begin"], cells["leave"]
            cells["shown_words"] = shortened(record.words, 400)
            cells["reach"] = [*record.phones, *record.emails]
            cells["languages"] = cells["language"]
            cells["wanted"] = self._wanted(windows, visit)
        return {
            "number": number,
            "helper": self.evening.names[run.helper_id],
            "phone": self.evening.helpers[run.helper_id].phone,
            "departs": self._clock(run.depart),
            "finishes": self._clock(run.finish),
            "kilometres": _kilometres(run.metres),
            "boxes": run.load[0] if run.load else 0,
            "hub": run.hub_id is not None,
            "hub_arrive": self._clock(run.hub_arrive) if run.hub_arrive is not None else "",
            "hub_leave": self._clock(run.hub_leave) if run.hub_leave is not None else "",
            "stops": stops,
            "drawing": maps.draw(self._marks(number, run), [self._line(number, run)], width=640, height=320),
        }

    def _wanted(self, windows: Sequence[routing.Window], visit: routing.Visit) -> str:
        """The time the asker named, where it is one a clock can say."""
        day = range(-86_400, 3 * 86_400)
        for window in windows:
            if window.start <= visit.start <= window.end:
                begins = self._clock(window.start) if window.start in day and window.start % 86_400 else ""
                ends = self._clock(window.end) if window.end in day and window.end % 86_400 else ""
                return f"{begins}–{ends}" if begins or ends else ""
        return ""

    def _left_out(self, left: LeftOut) -> dict[str, str]:
        record = self.evening.asks[left.id]
        return {
            "row": left.id,
            "code": left.code,
            "name": record.name,
            "place": place_in_words(record.place),
            "what": shortened(needs_in_words(record.needs) or record.words, 120),
            "why": left.why,
            "change": left.change,
            "change_in_short": SHORT.get(left.code, left.why),
        }

    def _overview(self) -> maps.Drawing:
        """All runs; each mark carries the number of its run."""
        points = [
            dataclasses.replace(mark, number=number)
            for number, run in enumerate(self.plan.runs, 1)
            for mark in self._marks(number, run)
        ]
        lines = [self._line(number, run) for number, run in enumerate(self.plan.runs, 1)]
        return maps.draw(points, lines, width=900, height=520)

    def _marks(self, number: int, run: routing.Run) -> list[maps.Point]:
        marks = []
        for order, visit in enumerate(run.visits, 1):
            place = self.evening.problem.stop[visit.stop_id].place
            if place is not None:
                marks.append(maps.Point(place.lat, place.lon, number=order, run=number - 1))
        return marks

    def _line(self, number: int, run: routing.Run) -> maps.Line:
        return maps.Line([(point.lat, point.lon) for point in self._way(run)], run=number - 1)

    def _way(self, run: routing.Run) -> list[Point]:
        """Where the run leads: start, hub, stops, end. A line needs two places, so one alone stands there twice."""
        helper = self.evening.problem.helper[run.helper_id]
        hub = self.evening.problem.hub[run.hub_id].place if run.hub_id is not None else None
        stops = [self.evening.problem.stop[visit.stop_id].place for visit in run.visits]
        way = [point for point in (helper.start, hub, *stops, helper.end) if point is not None]
        return way * 2 if len(way) == 1 else way

    def _moment(self, second: int) -> Any:
        return self.evening.span.moment(second)

    def _clock(self, second: int) -> str:
        return f"{self._moment(second):%H:%M}"

    def _iso(self, second: int) -> str:
        return str(self._moment(second).isoformat(timespec="minutes"))


# The reason of many rows in one line: without what differs from row to row.
SHORT: Mapping[str, str] = {
    "already_over": "Their status says they are over.",
    "double": "They seem to repeat another row.",
    "no_place": "They have no place on the map.",
    "too_far": "They are too far away for the time there is.",
    "place_doubtful": "Their place on the map is so far away that it may be wrong.",
    "nobody_free": "No helper is free at their time.",
    "full_time": "Every helper who could go has no time left.",
    "full_load": "Every helper who could go has no room left.",
    "full_stops": "Every helper who could go has as many stops as agreed.",
    "full_distance": "Every helper who could go has gone as far as agreed.",
    "full": "Every helper who could go has their hands full.",
    "no_language": "No helper speaks their language.",
    "too_big": "They are more than anyone can carry.",
    "window_over": "Their time was over before the evening began.",
    "room_left": "The search ended before they were fitted in; plan again with more --seconds.",
    "no_helpers": "There is no helper.",
}


def shortened(words: str, most: int) -> str:
    """The beginning of a long text; all of it stands in the CSV."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def _style() -> SafeString:
    css = (TEMPLATES / "deliveries" / "evening_on_paper.css").read_text(encoding="utf-8")
    return mark_safe(f"<style>\n{css}</style>")  # noqa: S308 - our own file


def _lon_lat(point: Point) -> list[float]:
    return [round(point.lon, 6), round(point.lat, 6)]


def _kilometres(metres: int) -> str:
    return f"{metres / 1000:.1f}"


def _hours(seconds: int) -> str:
    return f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"
