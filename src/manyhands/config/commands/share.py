"""Sharing a shortage from the terminal: what there is and whom it is for in, who gets what out. No database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from manyhands.deliveries.headed import Headed
    from manyhands.kernel.allocation import Rule

MOST_PIECES = 500_000


def share_command(
    stock: Annotated[Path, typer.Argument(help="The sheet of what there is: CSV or XLSX, as your group has it.")],
    households: Annotated[Path, typer.Option("--households", help="The sheet of households.")],
    out: Annotated[Path, typer.Option("--out", help="The folder to write to; made if it is not there.")],
    had: Annotated[
        Path | None, typer.Option("--had", help="What was given before, like a `shares.csv` of last time.")
    ] = None,
    map_: Annotated[
        list[str] | None, typer.Option("--map", help='Where a column of the stock lands: "Heading=field". Repeatable.')
    ] = None,
    households_map: Annotated[
        list[str] | None, typer.Option("--households-map", help="The same for the households' sheet.")
    ] = None,
    had_map: Annotated[list[str] | None, typer.Option("--had-map", help="The same for what was given before.")] = None,
    per: Annotated[str, typer.Option("--per", help="What is counted: head or household.")] = "head",
    need: Annotated[bool, typer.Option("--need/--no-need", help="Count need in, where the sheet has it.")] = True,
    lately: Annotated[int, typer.Option("--lately", min=0, help="How many days what somebody had still counts.")] = 28,
    level: Annotated[
        str, typer.Option("--level", help="What is levelled: all goods together, or kind by kind.")
    ] = "together",
    tie: Annotated[
        list[str] | None, typer.Option("--tie", help="Who wins a tie: waited, need, size, draw. Repeatable, in turn.")
    ] = None,
    draw: Annotated[str, typer.Option("--draw", help="The number of the draw. Left out: the day.")] = "",
    date_: Annotated[str, typer.Option("--date", help="The day of the give-out (2026-06-04). Left out: today.")] = "",
    region: Annotated[str, typer.Option("--region", help="Country, for which number of a date is the day.")] = "US",
    json_: Annotated[bool, typer.Option("--json", help="Print one object for machines, and nothing else.")] = False,
    sheet: Annotated[str | None, typer.Option("--sheet", help="The sheet of the stock's workbook.")] = None,
    households_sheet: Annotated[
        str | None, typer.Option("--households-sheet", help="The sheet of the households' workbook.")
    ] = None,
) -> None:
    """Share what there is when it is not enough: who gets what, by one rule for all, with a reason for each.

    Reads sheets as groups have them: the columns are guessed from their headings and shown; `--map` corrects them.
    Writes `shares.csv` (who gets what), `households.csv` (a line and a reason each) and `left.csv` into the folder.
    Needs no database and no server.

    **The rule** is printed in one sentence. The same sheets, day and draw always give the same split, in whatever order
    their rows come.

    **Diets** are hard: an item that is not said to suit a diet goes to nobody who has it.

    **Ends with** 0 when something was shared, 1 when nothing could be (`households.csv` says why), 2 when a file or an
    option can't be used, 3 when the split broke a promise (nothing is written).
    """
    from rich.text import Text

    from manyhands.config.commands.answering import NOTHING_FOUND, answering, day_of, refuse_broken
    from manyhands.config.commands.headed_sheets import open_headed, show_columns, show_troubles, troubles_told
    from manyhands.config.commands.sheets import (
        CannotRead,
        make_folder,
        print_object,
        printed,
        region_of,
        write_files,
    )
    from manyhands.deliveries import sharing_from_files as files
    from manyhands.kernel import allocation

    with answering(json_) as console:
        day = day_of(date_) if date_ else datetime.now().astimezone().date()
        country = region_of(region)
        rule = _rule(per, need, lately, level, tie or ["waited"], draw or day.isoformat())
        there = open_headed(stock, map_, files.read_stock, sheet, ("item", "quantity"), "--map")
        homes = open_headed(households, households_map, files.read_households, households_sheet, (), "--households-map")
        before = open_headed(had, had_map, files.read_had, None, ("household", "item"), "--had-map") if had else None
        make_folder(out)
        shortage = files.shortage_from(there, homes, before, rule=rule, today=day, region=country)
        if (pieces := sum(item.quantity for item in shortage.problem.items)) > MOST_PIECES:
            raise CannotRead(
                f"There are {pieces:,} pieces, more than can be dealt. Count in larger ones: bags, not grams.",
                "too_many_pieces",
            )
        show_columns(console, there, "The stock", "--map")
        show_columns(console, homes, "The households", "--households-map")
        sheets: dict[str, Headed] = {"stock": there, "households": homes} | ({"had": before} if before else {})
        show_troubles(console, sheets)
        split = allocation.share(shortage.problem)
        refuse_broken("The split", allocation.check(shortage.problem, split))
        reasons = allocation.explain(shortage.problem, split)
        written = write_files(out, files.papers(shortage, split, reasons, day))
    pieces = sum(given.pieces for given in split.given)
    rows = [
        (name, sum(of.values()), ", ".join(f"{item} × {n}" for item, n in of.items())) for name, of in split.of.items()
    ]
    _show(console, rows)
    console.print(Text(rule.sentence(), style="bold"))
    without = len(shortage.problem.households) - len(split.of)
    console.print(
        Text(
            f"{pieces} pieces for {len(split.of)} of {len(shortage.problem.households)} households; {without} get "
            f"nothing, {sum(split.left.values())} pieces are left."
        )
    )
    exactly = "No split is better by the rule." if split.exact else "No piece moved to somebody with less would help."
    console.print(Text(f"{exactly} The proof was checked."))
    for remark in shortage.remarks:
        console.print(Text(f"- {remark}"))
    console.print(Text(f"Written to {printed(out)}: shares.csv, households.csv, left.csv"))
    if json_:
        print_object(
            {
                "rule": rule.sentence(),
                "households": len(shortage.problem.households),
                "served": len(split.of),
                "pieces": pieces,
                "left": {item: n for item, n in split.left.items() if n},
                "exact": split.exact,
                "reasons": {
                    name: {"code": str(r.code), "why": r.sentence(), "change": r.change()}
                    for name, r in reasons.items()
                },
                "remarks": list(shortage.remarks),
                "problems": troubles_told(sheets),
                "columns": {name: each.fields for name, each in sheets.items()},
                "files": [printed(path) for path in written],
            }
        )
    raise typer.Exit(0 if split.given else NOTHING_FOUND)


def _rule(per: str, need: bool, lately: int, level: str, ties: list[str], draw: str) -> Rule:
    from manyhands.config.commands.answering import one_of
    from manyhands.kernel.allocation import Level, Per, Rule, Tie

    return Rule(
        Per(one_of(per, [*Per], "--per")),
        need,
        lately,
        Level(one_of(level, [*Level], "--level")),
        tuple(Tie(one_of(each, [*Tie], "--tie")) for each in ties),
        draw,
    )


def _show(console: object, rows: list[tuple[str, int, str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from manyhands.config.commands.sheets import MOST_SHOWN

    if not rows or not isinstance(console, Console):
        return
    grid = Table(title="Who gets what", title_justify="left")
    for heading in ("Household", "Pieces", "What"):
        grid.add_column(heading, justify="right" if heading == "Pieces" else "left", overflow="fold")
    for name, pieces, what in rows[:MOST_SHOWN]:
        grid.add_row(Text(name), str(pieces), Text(what))
    console.print(grid)
    if len(rows) > MOST_SHOWN:
        console.print(Text(f"And {len(rows) - MOST_SHOWN} more in households.csv."))
