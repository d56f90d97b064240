"""Weeks of shifts from the terminal: two spreadsheets in, who to ask for what out. No database, no server."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from manyhands.config.rosters.columns import Columns
    from manyhands.config.rosters.papers import Papers
    from manyhands.config.rosters.weeks import Unsaid
    from manyhands.kernel.sheets import Table

KNOWN_OF_HELPERS = frozenset({"name", "first_name", "last_name", "phone", "email", "skills", "skill", "language"}) | {
    f"available_{part}" for part in ("from", "until", "on")
} | {"availability"}  # fmt: skip


def roster_command(
    shifts: Annotated[Path, typer.Argument(help="The sheet of shifts: CSV or XLSX, a row each, or one for each role.")],
    helpers: Annotated[Path, typer.Option("--helpers", help="The sheet of helpers.")],
    out: Annotated[Path, typer.Option("--out", help="The folder to write to; made if it is not there.")],
    standing: Annotated[
        Path | None,
        typer.Option("--standing", help="The roster so far: an earlier roster.csv, with yes or no in “state”."),
    ] = None,
    map_: Annotated[
        list[str] | None, typer.Option("--map", help='Where a column of the shifts lands: "Heading=field". Repeatable.')
    ] = None,
    helpers_map: Annotated[
        list[str] | None, typer.Option("--helpers-map", help="The same for the helpers' sheet.")
    ] = None,
    since: Annotated[str, typer.Option("--since", help="Leave out shifts before this day (2026-06-04).")] = "",
    from_: Annotated[str, typer.Option("--from", help="When a shift begins that doesn't say.")] = "10:00",
    hours: Annotated[float, typer.Option("--hours", help="Hours of a shift that doesn't say.")] = 3,
    rest: Annotated[float, typer.Option("--rest", help="Hours between two shifts, for who doesn't say.")] = 10,
    day_hours: Annotated[float, typer.Option("--day-hours", help="Most hours in a day, for who doesn't say.")] = 10,
    week_hours: Annotated[
        float | None, typer.Option("--week-hours", help="Most hours in a week, for who doesn't say.")
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=0, max=3600, help="How long to look, at most.")] = 20,
    seed: Annotated[
        int, typer.Option("--seed", min=0, max=2**31 - 1, help="Luck: another number, perhaps another roster.")
    ] = 1,
    json_: Annotated[bool, typer.Option("--json", help="Print one object for machines, and nothing else.")] = False,
    region: Annotated[str, typer.Option("--region", help="Country of phone numbers without a code.")] = "US",
    sheet: Annotated[str | None, typer.Option("--sheet", help="The sheet of the shifts' workbook.")] = None,
    helpers_sheet: Annotated[
        str | None, typer.Option("--helpers-sheet", help="The sheet of the helpers' workbook.")
    ] = None,
) -> None:
    """Fill weeks of shifts from two spreadsheets: who to ask for what, fairly, and why a place stays empty.

    Reads sheets as groups have them: the columns are guessed from their headings and shown; `--map` corrects them.
    Writes `roster.csv`, `gaps.csv` and `people.csv` (with reasons), `roster.html` (to print) and `roster.ics` into the
    folder. Needs no database and no server.

    **Shifts.** A row names a day, hours, and how many people; rows of one name and time are roles of one shift.
    Columns that are understood: shift, date, from, until, window, hours, role, needed, minimum, skills, unpopular,
    weight, place. **Helpers.** Beside name, skills and availability: hours a day and a week, rest, days in a row,
    nights, weekends, newcomer, hours before, unpopular before, wishes, rather not, never, apart, together.

    **A yes binds, nothing else.** The roster proposes. Write yes or no into the column “state” of `roster.csv` and give
    it back with `--standing`: a yes stays, a no is not asked again, and the rest changes as little as it can.

    **Ends with** 0 when somebody is proposed or stands, 1 when nobody is (`gaps.csv` says why), 2 when a file or an
    option can't be used, 3 when the roster broke a promise (nothing is written), 130 when stopped at once. Ctrl-C
    while it searches keeps the best roster so far, once the step under way is done.
    """
    from manyhands.config.commands.answering import (
        NOTHING_FOUND,
        answering,
        day_of,
        refuse_broken,
        searching,
    )
    from manyhands.config.commands.sheets import (
        CannotRead,
        make_folder,
        mapping_from,
        print_object,
        printed,
        read_sheet,
        region_of,
        show_problems,
        write_files,
    )
    from manyhands.config.rosters.papers import Papers
    from manyhands.config.rosters.weeks import weeks_from
    from manyhands.kernel import rostering

    with answering(json_) as console:
        today = datetime.now().astimezone().date()
        unsaid = _unsaid(from_, hours, rest, day_hours, week_hours)
        first = day_of(since, "--since") if since else None
        country = region_of(region)
        table = _table(shifts, sheet)
        shift_columns = _columns(table, "shifts", mapping_from(map_ or []), shifts)
        said = mapping_from(helpers_map or [])
        people = _table(helpers, helpers_sheet)
        helper_columns = _columns(people, "helpers", said, helpers)
        ours = {heading: "notes" for heading, field in helper_columns.of.items() if _is_ours(field)}
        _people, read = read_sheet(
            helpers,
            mapping={**{h: f for h, f in said.items() if f in KNOWN_OF_HELPERS}, **ours},
            kind="helpers",
            sheet=helpers_sheet,
            region=country,
            today=today,
        )
        before = None
        if standing is not None:
            old = _table(standing, None)
            missing = {"shift", "date", "from", "role", "helper", "state"} - {h.strip().lower() for h in old.headings}
            if missing:
                raise CannotRead(
                    f"{printed(standing)} has no column “{min(missing)}”. Give a roster.csv that this command wrote.",
                    "wrong_standing",
                )
            before = old
        make_folder(out)
        _show_columns(console, shift_columns, "The shifts", "--map")
        _show_columns(console, helper_columns, "The helpers", "--helpers-map")
        show_problems(console, read.problems, "Look at these in the helpers' sheet:")
        weeks = weeks_from(
            table,
            shift_columns,
            read.helpers or read.records,
            {line.number: line.cells for line in people.lines},
            helper_columns,
            unsaid=unsaid,
            region=country,
            today=today,
            standing=before,
            since=first,
        )
        with searching("Filling", "places") as (tell, stop):
            until = rostering.Seconds(seconds, clock=time.monotonic, stop=stop)
            made = rostering.solve(weeks.problem, until=until, seed=seed, progress=tell)
        refuse_broken("The roster", rostering.check(weeks.problem, made))
        papers = Papers(weeks, made)
        files = write_files(out, papers.files())
    _show_summary(console, papers, printed(out))
    if json_:
        states = [str(one.state) for one in made.assignments]
        print_object(
            {
                "shifts": len(weeks.problem.shifts),
                "helpers": len(weeks.problem.helpers),
                "proposed": states.count("proposed"),
                "confirmed": states.count("confirmed"),
                "gaps": len(papers.gaps),
                "missing": sum(gap.wanted - gap.there for gap in papers.gaps),
                "missing_below_minimum": sum(max(0, gap.minimum - gap.there) for gap in papers.gaps),
                "changes": made.score.changes,
                "proven": made.proven,
                "reasons": papers.reasons,
                "unreadable": [{"row": aside.row, "sentence": aside.why} for aside in weeks.aside],
                "remarks": list(weeks.remarks),
                "columns": dict(shift_columns.of),
                "helpers_columns": dict(read.columns) | {h: f for h, f in helper_columns.of.items() if _is_ours(f)},
                "files": [printed(path) for path in files],
            }
        )
    raise typer.Exit(0 if made.assignments else NOTHING_FOUND)


def _is_ours(field: str) -> bool:
    from manyhands.config.rosters.columns import HELPER_FIELDS

    return field in HELPER_FIELDS


def _table(path: Path, sheet: str | None) -> Table:
    from manyhands.config.commands.sheets import CannotRead, bytes_of, printed
    from manyhands.kernel import sheets

    data = bytes_of(path)
    try:
        return sheets.read(data, sheet=sheet)
    except sheets.Unreadable as unreadable:
        raise CannotRead(f"{printed(path)}: {unreadable}", str(unreadable.code)) from None


def _columns(table: Table, kind: str, said: dict[str, str], path: Path) -> Columns:
    from manyhands.config.commands.sheets import CannotRead, printed
    from manyhands.config.rosters.columns import WrongField, columns_of

    try:
        columns = columns_of(table, kind, said, elsewhere=KNOWN_OF_HELPERS if kind == "helpers" else frozenset())
    except WrongField as wrong:
        raise CannotRead(f"{printed(path)}: {wrong}", "wrong_mapping") from None
    if kind == "shifts" and not {"date", "from"} & set(columns.where):
        raise CannotRead(
            f'{printed(path)}: no column says on which day a shift is. Say which: --map "Heading=date". '
            f"The columns are: {', '.join(table.headings[:40])}.",
            "no_date",
        )
    return columns


def _unsaid(from_: str, hours: float, rest: float, day_hours: float, week_hours: float | None) -> Unsaid:
    from manyhands.config.commands.answering import refused
    from manyhands.config.rosters.weeks import Unsaid
    from manyhands.kernel.sheets.hours import parse_clock

    begins = parse_clock(from_)
    if begins is None:
        raise refused(f"--from is “{from_}”. Write it as hours and minutes, like 17:30.")
    if not 0 < hours <= 48:
        raise refused(f"--hours is {hours:g}. A shift takes more than 0 and at most 48 hours.")
    for name, number in (("--rest", rest), ("--day-hours", day_hours), ("--week-hours", week_hours)):
        if number is not None and not 0 <= number <= 168:
            raise refused(f"{name} is {number:g}. Give hours between 0 and 168.")
    return Unsaid(begins, hours, rest, day_hours, week_hours)


def _show_columns(console: Console, columns: Columns, title: str, flag: str) -> None:
    from rich.text import Text

    told = ", ".join(f"{heading} → {field}" for heading, field in columns.of.items() if field != "notes")
    console.print(Text(f"{title}: {told or 'no column was understood'}."))
    console.print(Text(f'Something wrong? Say it with {flag} "Column=field".', style="dim"))


def _show_summary(console: Console, papers: Papers, out: str) -> None:
    from rich.text import Text

    weeks, made = papers.weeks, papers.roster
    sure = sum(one.state == "confirmed" for one in made.assignments)
    missing = sum(gap.wanted - gap.there for gap in papers.gaps)
    console.print(
        Text(
            f"{len(weeks.problem.shifts)} shifts, {len(weeks.problem.helpers)} helpers: "
            f"{len(made.assignments) - sure} proposed, {sure} said yes, {missing} still wanted.",
            style="bold",
        )
    )
    for gap in papers.gaps[:12]:
        shift = weeks.problem.shift[gap.shift]
        when = f"{weeks.moment(shift.start):%Y-%m-%d %H:%M}"
        role = f" ({gap.role})" if gap.role else ""
        why = papers.named(gap.reason).sentence()
        console.print(Text(f"- {when} {weeks.titles[gap.shift]}{role}: {gap.there} of {gap.wanted}. {why}"))
    if len(papers.gaps) > 12:
        console.print(Text(f"- And {len(papers.gaps) - 12} more in gaps.csv."))
    for aside in weeks.aside[:12]:
        console.print(Text(f"- Row {aside.row} is no shift: {aside.why} {aside.change}"))
    for remark in weeks.remarks:
        console.print(Text(f"- {remark}"))
    console.print(Text(f"Written to {out}: roster.csv, gaps.csv, people.csv, roster.html (to print), roster.ics"))
