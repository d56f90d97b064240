"""Pooling from the terminal: what networks can spare, want and drive goes in, who gives what to whom comes out."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from manyhands.deliveries.headed import Headed
    from manyhands.deliveries.pooling_from_files import Week
    from manyhands.kernel.pooling import Plan


def pool_command(
    surplus: Annotated[Path, typer.Argument(help="The sheet of what networks can spare: CSV or XLSX.")],
    wants: Annotated[Path, typer.Option("--wants", help="The sheet of what networks want.")],
    out: Annotated[Path, typer.Option("--out", help="The folder to write to; made if it is not there.")],
    vans: Annotated[Path | None, typer.Option("--vans", help="The sheet of vans. Left out: vans are no bound.")] = None,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", help='Where a column of the surplus lands: "Heading=field". Repeatable.'),
    ] = None,
    wants_map: Annotated[list[str] | None, typer.Option("--wants-map", help="The same for the wants' sheet.")] = None,
    vans_map: Annotated[list[str] | None, typer.Option("--vans-map", help="The same for the vans' sheet.")] = None,
    date_: Annotated[str, typer.Option("--date", help="The first day (2026-06-04). Left out: today.")] = "",
    days: Annotated[int, typer.Option("--days", min=1, max=60, help="How many days to plan.")] = 7,
    km: Annotated[
        float, typer.Option("--km", min=0, max=20_000, help="How far goods go, for vans that don't say.")
    ] = 50,
    points_per_km: Annotated[
        float, typer.Option("--points-per-km", min=0, max=1000, help="What a unit of space costs a kilometre.")
    ] = 0.01,
    region: Annotated[str, typer.Option("--region", help="Country, for which number of a date is the day.")] = "US",
    json_: Annotated[bool, typer.Option("--json", help="Print one object for machines, and nothing else.")] = False,
    sheet: Annotated[str | None, typer.Option("--sheet", help="The sheet of the surplus' workbook.")] = None,
    wants_sheet: Annotated[str | None, typer.Option("--wants-sheet", help="The sheet of the wants' workbook.")] = None,
) -> None:
    """Pool surplus between networks: who gives what to whom, on which day, in which van, and why.

    Reads sheets as groups have them: the columns are guessed from their headings and shown; `--map` corrects them.
    Writes `transfers.csv`, `wasted.csv` (what nobody gets, and why) and `unmet.csv` into the folder. Needs no database
    and no server.

    **Best** is what meets most wants, each unit counted by its worth, less what the way costs; the plan is the best
    there is, and that is proven. Distances are straight lines.

    **Places.** A network's “lat” and “lon” may stand in any row of any of the sheets.

    **Ends with** 0 when something goes somewhere, 1 when nothing does (`wasted.csv` says why), 2 when a file or an
    option can't be used, 3 when the plan broke a promise (nothing is written).
    """
    from rich.text import Text

    from manyhands.config.commands.answering import (
        NOTHING_FOUND,
        answering,
        day_of,
        refuse_broken,
    )
    from manyhands.config.commands.headed_sheets import open_headed, show_columns, show_troubles, troubles_told
    from manyhands.config.commands.sheets import (
        make_folder,
        print_object,
        printed,
        region_of,
        write_files,
    )
    from manyhands.deliveries import pooling_from_files as files
    from manyhands.kernel import pooling

    needed = ("network", "kind", "quantity")
    with answering(json_) as console:
        day, country = day_of(date_) if date_ else datetime.now().astimezone().date(), region_of(region)
        spare = open_headed(surplus, map_, files.read_surplus, sheet, needed, "--map")
        wanted = open_headed(wants, wants_map, files.read_wants, wants_sheet, needed, "--wants-map")
        fleet = (
            open_headed(vans, vans_map, files.read_vans, None, ("network", "capacity"), "--vans-map") if vans else None
        )
        make_folder(out)
        week = files.week_from(
            spare, wanted, fleet, starts=day, days=days, region=country, points_per_km=points_per_km, reach_km=km
        )
        sheets: dict[str, Headed] = {"surplus": spare, "wants": wanted} | ({"vans": fleet} if fleet else {})
        for name, each in sheets.items():
            show_columns(console, each, f"The {name}", "--map" if name == "surplus" else f"--{name}-map")
        show_troubles(console, sheets)
        plan = pooling.pool(week.problem)
        refuse_broken("The plan", pooling.check(week.problem, plan))
        reasons = pooling.explain(week.problem, plan)
        written = write_files(out, files.papers(week, plan, reasons))
    goes = sum(1 for amount in files.in_pieces(week, plan) if amount)
    _show(console, week, plan)
    console.print(
        Text(
            f"{goes} transfers; they bring {plan.gained:.2f} points, and no plan brings more "
            f"({plan.looked_at} ways were weighed, the proof was checked).",
            style="bold",
        )
    )
    for what, said in (("surplus", reasons.left), ("wants", reasons.unmet)):
        for code, count in Counter(str(reason.code) for reason in said.values()).most_common():
            example = next(reason for reason in said.values() if reason.code == code)
            console.print(Text(f"- {what}, {count} × {example.sentence()}"))
    for remark in week.remarks:
        console.print(Text(f"- {remark}"))
    console.print(Text(f"Written to {printed(out)}: transfers.csv, wasted.csv, unmet.csv"))
    if json_:
        print_object(
            {
                "networks": len(week.problem.networks),
                "lots": len(week.problem.lots),
                "wants": len(week.problem.wants),
                "vans": None if week.problem.vans is None else len(week.problem.vans),
                "transfers": goes,
                "points": round(plan.gained, 6),
                "at_most": round(plan.bound, 6),
                "left": {str(week.rows[lot_id]): r.sentence() for lot_id, r in reasons.left.items()},
                "unmet": {str(week.rows[want_id]): r.sentence() for want_id, r in reasons.unmet.items()},
                "remarks": list(week.remarks),
                "problems": troubles_told(sheets),
                "columns": {name: each.fields for name, each in sheets.items()},
                "files": [printed(path) for path in written],
            }
        )
    raise typer.Exit(0 if goes else NOTHING_FOUND)


def _show(console: Console, week: Week, plan: Plan) -> None:
    """The first transfers, day by day."""
    from rich.table import Table
    from rich.text import Text

    from manyhands.config.commands.sheets import MOST_SHOWN
    from manyhands.deliveries.pooling_from_files import in_pieces

    shown = [(t, n) for t, n in zip(plan.transfers, in_pieces(week, plan), strict=True) if n]
    if not shown:
        return
    grid = Table(title="Who gives what to whom", title_justify="left")
    for heading in ("Day", "From", "To", "What", "How much", "Van"):
        grid.add_column(heading, justify="right" if heading in {"Day", "How much"} else "left", overflow="fold")
    for transfer, amount in sorted(shown, key=lambda each: (each[0].day, each[0].van_id or ""))[:MOST_SHOWN]:
        lot, want = week.problem.lot[transfer.lot_id], week.problem.want[transfer.want_id]
        cells = (lot.network, want.network, lot.kind, f"{amount:g}", transfer.van_id or "")
        grid.add_row(str(transfer.day), *(Text(cell) for cell in cells))
    console.print(grid)
    if len(shown) > MOST_SHOWN:
        console.print(Text(f"And {len(shown) - MOST_SHOWN} more in transfers.csv."))
