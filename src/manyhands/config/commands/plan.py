"""The main job from the terminal: two spreadsheets in, an evening's runs out. No database, no server."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from manyhands.deliveries.from_files import Span
    from manyhands.deliveries.papers import Papers
    from manyhands.kernel.geo import Point, Travel
    from manyhands.kernel.routing import Plan, Problem
    from manyhands.kernel.sheets import Record
    from manyhands.places.streets.store import Streets
    from manyhands.places.streets.times import RoadTimes

AROUND_METRES = 10_000.0  # about the hub or the middle of the rows: there a street is meant sooner than elsewhere


def plan_command(
    asks: Annotated[Path, typer.Argument(help="The sheet of asks: CSV or XLSX, as your group has it.")],
    helpers: Annotated[Path, typer.Option("--helpers", help="The sheet of helpers.")],
    out: Annotated[Path, typer.Option("--out", help="The folder to write to; made if it is not there.")],
    map_: Annotated[
        list[str] | None, typer.Option("--map", help='Where a column of the asks lands: "Heading=field". Repeatable.')
    ] = None,
    helpers_map: Annotated[
        list[str] | None, typer.Option("--helpers-map", help="The same for the helpers' sheet.")
    ] = None,
    date_: Annotated[
        str, typer.Option("--date", help="The day to plan (2026-06-04). Left out: the day most asks name, else today.")
    ] = "",
    from_: Annotated[str, typer.Option("--from", help="When the evening begins.")] = "17:30",
    until: Annotated[
        str, typer.Option("--until", help="When it ends; earlier than --from means the next day.")
    ] = "20:00",
    hub: Annotated[
        str, typer.Option("--hub", metavar="LAT,LON", help="Where everyone loads before the first stop.")
    ] = "",
    mode: Annotated[str, typer.Option("--mode", help="foot, bike, car or van, for helpers who don't say.")] = "car",
    boxes: Annotated[
        int | None,
        typer.Option("--boxes", min=0, help="Boxes a helper carries who doesn't say. Usual: 4 on foot, 6, 20, 60."),
    ] = None,
    minutes: Annotated[int, typer.Option("--minutes", min=0, max=480, help="Minutes a visit takes.")] = 5,
    run_minutes: Annotated[
        int | None, typer.Option("--run-minutes", min=1, help="The longest run, for helpers who don't say.")
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", min=0, max=3600, help="How long to look for good runs. Usual: 2 to 10, by how much."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1, help="Luck: another number, another plan.")] = 1,
    limit: Annotated[int | None, typer.Option("--limit", min=0, help="Only the first so many asks.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one object for machines, and nothing else.")] = False,
    region: Annotated[str, typer.Option("--region", help="Country of phone numbers without a code.")] = "US",
    language: Annotated[
        str, typer.Option("--language", help="The everyday language; an ask in another needs a helper who speaks it.")
    ] = "en",
    zone: Annotated[
        str,
        typer.Option("--zone", help="Time zone (Europe/Madrid), for cells with an offset. Left out: this machine's."),
    ] = "",
    sheet: Annotated[str | None, typer.Option("--sheet", help="The sheet of the asks' workbook.")] = None,
    helpers_sheet: Annotated[
        str | None, typer.Option("--helpers-sheet", help="The sheet of the helpers' workbook.")
    ] = None,
    skip_duplicates: Annotated[
        bool, typer.Option("--skip-duplicates", help="Leave out rows that seem to repeat another row.")
    ] = False,
    all_statuses: Annotated[
        bool, typer.Option("--all-statuses", help="Plan rows too whose status says they are over.")
    ] = False,
    streets: Annotated[
        bool, typer.Option("--streets", help="Times by road, on the streets of `manyhands places import`.")
    ] = False,
) -> None:
    """Plan an evening from two spreadsheets: who brings what to whom, in which order.

    Reads sheets as groups have them: the columns are guessed from their headings and shown; `--map` corrects them.
    Writes `runs.csv`, `runs.geojson`, `runs.html` (to print) and `unserved.csv` (with reasons) into the folder.
    Needs no database and no server.

    **Times.** A time someone wants something in is kept. A column that says when they asked is not such a time.
    An ask that names no time can be met any time in the evening; one that names another day stays unserved and says so.

    **Places.** With `--streets`, a row without a point is looked up on the map by its words, and put there where that
    is sure. A row without a point takes that of rows with the same address, postcode or area. A helper without one
    sets out at the hub, or in the middle of the asks.

    **Ways** are straight lines with a detour, unless `--streets` asks for those by road. Nothing leaves this machine.

    **Ends with** 0 when runs were written, 1 when nothing could be planned (`unserved.csv` says why), 2 when a file or
    an option can't be used, 3 when the plan broke a promise (nothing is written), 130 when stopped at once. Ctrl-C
    while it searches keeps the best plan so far.
    """
    from manyhands.config.commands.answering import (
        NOTHING_FOUND,
        answering,
        clock_of,
        day_of,
        one_of,
        refuse_broken,
    )
    from manyhands.config.commands.sheets import (
        heading_of,
        make_folder,
        mapping_from,
        print_object,
        printed,
        problems_for_machines,
        read_sheet,
        region_of,
        show_mapping,
        show_problems,
        write_files,
    )
    from manyhands.deliveries.from_files import WhereUnsaid, day_most_want, evening_from
    from manyhands.deliveries.papers import Papers
    from manyhands.kernel import routing
    from manyhands.kernel.geo import Mode

    with answering(json_) as console:
        clock = clock_of(zone)
        today = datetime.now(clock).date()
        unsaid = WhereUnsaid(
            mode=Mode(one_of(mode, Mode, "--mode")),
            boxes=boxes,
            visit_minutes=minutes,
            run_minutes=run_minutes,
            language=language,
            zone=clock,
            hub=_point(hub) if hub else None,
        )
        day, begins, ends = day_of(date_) if date_ else None, _hour(from_, "--from"), _hour(until, "--until")
        country = region_of(region)
        asks_table, asks_read = read_sheet(
            asks, mapping=mapping_from(map_ or []), kind="asks", sheet=sheet, region=country, today=today
        )
        _table, helpers_read = read_sheet(
            helpers,
            mapping=mapping_from(helpers_map or []),
            kind="helpers",
            sheet=helpers_sheet,
            region=country,
            today=today,
        )
        make_folder(out)
        show_mapping(console, asks_read, "The asks")
        show_mapping(console, helpers_read, "The helpers", "--helpers-map")
        show_problems(console, asks_read.problems, "Look at these in the asks' sheet:")
        show_problems(console, helpers_read.problems, "Look at these in the helpers' sheet:")
        wanted = (asks_read.asks or asks_read.records)[:limit]
        helping = helpers_read.helpers or helpers_read.records
        travel = _roads() if streets else None
        found: Sequence[str] = ()
        if travel is not None:
            wanted, helping, found = _found_by_words(wanted, helping, travel.streets, unsaid.hub)
        evening = evening_from(
            wanted,
            helping,
            span=_span(day or day_most_want(wanted, today), begins, ends),
            unsaid=unsaid,
            status_heading=None if all_statuses else heading_of(asks_read, "status"),
            repeats={double.row: double.of for double in asks_read.duplicates},
            skip_repeats=skip_duplicates,
        )
        evening = replace(evening, remarks=(*evening.remarks, *found, *_told_of_times(evening.problem, travel)))
        plan = _search(evening.problem, _usual_seconds(evening.problem) if seconds is None else seconds, seed, travel)
        refuse_broken("The plan", routing.check(evening.problem, plan, travel))
        papers = Papers(evening, plan, asks_table.headings, routing.advise(evening.problem, plan, travel))
        files = write_files(out, papers.files())
    _show_summary(console, papers, out)
    if json_:
        print_object(
            {
                "asks": len(evening.asks),
                "helpers": len(evening.helpers),
                "served": plan.served,
                "unserved": len(papers.left_out),
                "runs": len(plan.runs),
                "metres": plan.metres,
                "seconds": plan.seconds,
                "times": "road" if streets else "straight",
                "date": f"{evening.span.starts:%Y-%m-%d}",
                "from": f"{evening.span.starts:%H:%M}",
                "until": f"{evening.span.ends:%H:%M}",
                "reasons": papers.reasons,
                "recruit": list(papers.recruit),
                "remarks": list(evening.remarks),
                "problems": problems_for_machines(asks_read.problems, file="asks")
                + problems_for_machines(helpers_read.problems, file="helpers"),
                "duplicates": [
                    {"row": double.row, "of": double.of, "reason": double.reason, "sentence": double.sentence}
                    for double in asks_read.duplicates
                ],
                "columns": asks_read.columns,
                "helpers_columns": helpers_read.columns,
                "files": [printed(path) for path in files],
            }
        )
    raise typer.Exit(0 if plan.served else NOTHING_FOUND)


def _hour(text: str, option: str) -> timedelta:
    """An hour of the day, since midnight; 24:00 is the end of the day."""
    hours, divider, minutes = text.strip().partition(":")
    if hours.isdecimal() and (minutes.isdecimal() or not divider) and len(hours) <= 2 and len(minutes) <= 2:
        since_midnight = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if int(minutes or 0) < 60 and since_midnight <= timedelta(days=1):
            return since_midnight
    from manyhands.config.commands.answering import refused

    raise refused(f"{option} is “{text}”. Write it as hours and minutes, like 17:30.")


def _span(day: date, begins: timedelta, ends: timedelta) -> Span:
    from manyhands.deliveries.from_files import Span

    midnight = datetime.combine(day, datetime.min.time())
    return Span(midnight + begins, midnight + (ends if ends > begins else ends + timedelta(days=1)))


def _point(text: str) -> Point:
    from manyhands.config.commands.answering import refused
    from manyhands.kernel.geo import Point, is_on_the_globe

    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        lat = lon = float("nan")
    if not is_on_the_globe(Point(lat, lon)):
        raise refused(f"--hub is “{text}”. Write latitude and longitude in degrees, like 18.54,-72.34.")
    return Point(lat, lon)


def _usual_seconds(problem: Problem) -> float:
    """How long a search is worth: two seconds for a street, ten for a town."""
    return max(2, min(10, len(problem.stops) / 25))


def _roads() -> RoadTimes:
    """The streets of this install."""
    from manyhands.config import env
    from manyhands.config.commands.answering import refused
    from manyhands.places.streets import store
    from manyhands.places.streets.times import times_on

    try:
        where = store.home(env.data_dir())
    except env.SettingWrong as wrong:
        raise refused(str(wrong)) from None
    there = store.kept(where)
    if there is None:
        raise refused(f"There are no streets in {where}. Bring them in: manyhands places import CITY.osm.pbf")
    roads = times_on(there)
    if roads is None:
        raise refused(f"The streets in {where} are not of this version. Read them anew: manyhands places import")
    return roads


def _found_by_words(
    asks: Sequence[Record], helpers: Sequence[Record], streets: Streets, hub: Point | None
) -> tuple[tuple[Record, ...], tuple[Record, ...], Sequence[str]]:
    """The rows with what the street map says of those that name their place only in words, and a sentence on it."""
    import statistics

    from manyhands.deliveries.locating import Spot, located, told
    from manyhands.places.streets import here
    from manyhands.places.streets.finding import Exactness, Near

    lats = [row.place.lat for row in (*asks, *helpers) if row.place.lat is not None]
    lons = [row.place.lon for row in (*asks, *helpers) if row.place.lon is not None]
    middle = hub or ((statistics.median_low(lats), statistics.median_low(lons)) if lats and lons else None)
    near = Near(middle[0], middle[1], AROUND_METRES) if middle else None

    def find(words: str) -> Spot | None:
        first = next(iter(here.found(words, near=near, most=1, there=streets)), None)
        if first is None or not first.is_sure or first.exactness is Exactness.AREA:
            return None
        return Spot(first.lat, first.lon, first.exactness is Exactness.STREET)

    of_asks, of_helpers = located(asks, find), located(helpers, find)
    return of_asks.records, of_helpers.records, told(of_asks, of_helpers)


def _told_of_times(problem: Problem, roads: RoadTimes | None) -> list[str]:
    """What the times go by; those between all places are worked out here, at once."""
    if roads is None:
        return ["Times are straight lines with a detour; `manyhands places import` and --streets give real ones."]
    day = f", on the map of {roads.streets.data_of:%Y-%m-%d}" if roads.streets.data_of else ""
    said, off = [f"Times by road{day} (© OpenStreetMap contributors)."], set()
    everywhere = [place for place in (*(s.place for s in problem.stops), *(h.place for h in problem.hubs)) if place]
    for mode in dict.fromkeys(helper.mode for helper in problem.helpers):
        own = [place for h in problem.helpers if h.mode == mode for place in (h.start, h.end) if place]
        roads.prepare(mode, everywhere, own)
        off |= set(roads.off_road(mode, [*everywhere, *own]))
    if off:
        said.append(f"Places off every road of that map, reached on straight lines: {len(off)}.")
    return said


def _search(problem: Problem, seconds: float, seed: int, travel: Travel | None) -> Plan:
    """Look for good runs, telling how far it is; the first Ctrl-C ends the search and keeps the best so far."""
    from manyhands.config.commands.answering import searching
    from manyhands.kernel import routing

    with searching("Planning", "asks") as (tell, stop):
        until = routing.Seconds(seconds, clock=time.monotonic, stop=stop)
        return routing.solve(problem, until=until, seed=seed, progress=tell, travel=travel)


ADVICE_SHOWN = 3  # of what would reach more; the rest stands in --json


def _show_summary(console: Console, papers: Papers, out: Path) -> None:
    from rich.table import Table
    from rich.text import Text

    from manyhands.config.commands.sheets import printed
    from manyhands.deliveries.papers import SHORT

    plan, evening = papers.plan, papers.evening
    grid = Table(title=f"Runs of {evening.span.starts:%Y-%m-%d}", title_justify="left")
    for heading in ("Run", "Helper", "From", "Until", "Stops", "km", "Boxes"):
        grid.add_column(heading, justify="left" if heading == "Helper" else "right", overflow="fold")
    for number, run in enumerate(plan.runs, 1):
        grid.add_row(
            str(number),
            Text(evening.names[run.helper_id]),
            f"{evening.span.moment(run.depart):%H:%M}",
            f"{evening.span.moment(run.finish):%H:%M}",
            str(len(run.visits)),
            f"{run.metres / 1000:.1f}",
            str(run.load[0] if run.load else 0),
        )
    if plan.runs:
        console.print(grid)
    console.print(
        Text(
            f"{plan.served} of {len(evening.asks)} asks planned in {len(plan.runs)} runs "
            f"({plan.metres / 1000:.0f} km). {len(papers.left_out)} not planned.",
            style="bold",
        )
    )
    sentence = {left.code: SHORT.get(left.code, left.why) for left in papers.left_out}
    for code, count in papers.reasons.items():
        console.print(Text(f"- {count} × {sentence[code]}"))
    for told in papers.recruit[:ADVICE_SHOWN]:
        console.print(Text(f"+ {told}"))
    for remark in evening.remarks:
        console.print(Text(f"- {remark}"))
    console.print(Text(f"Written to {printed(out)}: runs.csv, runs.geojson, runs.html (to print), unserved.csv"))
