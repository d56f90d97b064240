"""Matching from the terminal: two spreadsheets in, who could bring what to whom out. No database, no server."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from manyhands.deliveries.matched_from_files import Town, Unsaid
    from manyhands.deliveries.matched_papers import MatchedPapers
    from manyhands.kernel.matching.rings import Rings
    from manyhands.kernel.sheets import Reading


def match_command(
    asks: Annotated[Path, typer.Argument(help="The sheet of asks: CSV or XLSX, as your group has it.")],
    out: Annotated[Path, typer.Option("--out", help="The folder to write to; made if it is not there.")],
    offers: Annotated[Path | None, typer.Option("--offers", help="The sheet of offers: things people give.")] = None,
    helpers: Annotated[Path | None, typer.Option("--helpers", help="The sheet of helpers instead.")] = None,
    map_: Annotated[
        list[str] | None, typer.Option("--map", help='Where a column of the asks lands: "Heading=field". Repeatable.')
    ] = None,
    offers_map: Annotated[
        list[str] | None, typer.Option("--offers-map", "--helpers-map", help="The same for the other sheet.")
    ] = None,
    rings: Annotated[
        bool,
        typer.Option("--rings", help="Look for rings too: people in both sheets who could each give and each get."),
    ] = False,
    longest: Annotated[int, typer.Option("--longest", min=2, max=6, help="The most people in a ring.")] = 4,
    before: Annotated[
        Path | None, typer.Option("--before", help="An earlier matches.csv: who was told a name keeps it if they can.")
    ] = None,
    places: Annotated[
        int, typer.Option("--places", min=1, max=1000, help="Asks a helper or an offer takes that doesn't say.")
    ] = 1,
    km: Annotated[float | None, typer.Option("--km", min=0.1, max=20_000, help="The farthest anyone goes.")] = None,
    mode: Annotated[str, typer.Option("--mode", help="foot, bike, car or van, for helpers who don't say.")] = "car",
    limit: Annotated[int | None, typer.Option("--limit", min=0, help="Only the first so many asks.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one object for machines, and nothing else.")] = False,
    region: Annotated[str, typer.Option("--region", help="Country of phone numbers without a code.")] = "US",
    language: Annotated[
        str, typer.Option("--language", help="The everyday language; an ask in another needs a helper who speaks it.")
    ] = "en",
    date_: Annotated[
        str, typer.Option("--date", help="The first of the fourteen days to look at (2026-06-04). Left out: today.")
    ] = "",
    zone: Annotated[
        str,
        typer.Option("--zone", help="Time zone (Europe/Madrid), for cells with an offset. Left out: this machine's."),
    ] = "",
    sheet: Annotated[str | None, typer.Option("--sheet", help="The sheet of the asks' workbook.")] = None,
    offers_sheet: Annotated[
        str | None, typer.Option("--offers-sheet", "--helpers-sheet", help="The sheet of the other workbook.")
    ] = None,
    all_statuses: Annotated[
        bool, typer.Option("--all-statuses", help="Match rows too whose status says they are over.")
    ] = False,
) -> None:
    """Match everyone at once from two spreadsheets: who could bring what to whom, with the reasons.

    Reads sheets as groups have them: the columns are guessed from their headings and shown; `--map` corrects them.
    Writes `matches.csv` and `left-out.csv`, both with reasons, and with `--rings` also `rings.csv` and
    `in-no-ring.csv`, into the folder. Needs no database and no server. Nobody is told anything: a person decides.

    **What comes first.** As much need met as can be (urgency, then how long they wait); then the least way in all.
    The summary says whether it is proven that no other matching is better.

    **Offers** suit an ask for the same thing. A row that asks for several things can be met by several offers.
    **Helpers** take whole rows; they speak the language and are free at the time.

    **Ends with** 0 when pairs were written, 1 when nobody could be matched (`left-out.csv` says why), 2 when a file or
    an option can't be used, 3 when the matching broke a promise (nothing is written).
    """
    from manyhands.config.commands.answering import (
        NOTHING_FOUND,
        answering,
        clock_of,
        day_of,
        one_of,
        refuse_broken,
        refused,
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
    from manyhands.deliveries.matched_from_files import Unsaid, town_from
    from manyhands.deliveries.matched_papers import MatchedPapers, alone_csv, rings_csv
    from manyhands.kernel import matching
    from manyhands.kernel.geo import Mode

    with answering(json_) as console:
        clock, country = clock_of(zone), region_of(region)
        today = day_of(date_) if date_ else datetime.now(clock).date()
        given = offers or helpers
        if given is None or (offers and helpers):
            raise refused("Name one other sheet: --offers FILE or --helpers FILE.")
        if rings and offers is None:
            raise refused("Rings are found between asks and offers: use --offers with --rings.")
        unsaid = Unsaid(
            today=today,
            places=places,
            farthest=None if km is None else round(km * 1000),
            mode=Mode(one_of(mode, Mode, "--mode")),
            language=language,
            zone=clock,
        )
        told = _read_before(before) if before else []
        kind = "offers" if offers else "helpers"
        asks_table, asks_read = read_sheet(
            asks, mapping=mapping_from(map_ or []), kind="asks", sheet=sheet, region=country, today=today
        )
        _table, others_read = read_sheet(
            given, mapping=mapping_from(offers_map or []), kind=kind, sheet=offers_sheet, region=country, today=today
        )
        make_folder(out)
        show_mapping(console, asks_read, "The asks")
        show_mapping(console, others_read, f"The {kind}", f"--{kind}-map")
        show_problems(console, asks_read.problems, "Look at these in the asks' sheet:")
        show_problems(console, others_read.problems, f"Look at these in the {kind}' sheet:")
        wanted = (asks_read.asks or asks_read.records)[:limit]
        others = others_read.of_kind(sheets_kind(kind)) or others_read.records
        town = town_from(
            wanted,
            others,
            offers=offers is not None,
            unsaid=unsaid,
            status_heading=None if all_statuses else heading_of(asks_read, "status"),
            before=told,
        )
        found = _matched(town, quiet=json_)
        refuse_broken("The matching", matching.check(town.problem, found))
        papers = MatchedPapers(town, found, asks_table.headings)
        contents = {"matches.csv": papers.matches_csv(), "left-out.csv": papers.left_out_csv()}
        ringed = None
        if rings:
            ringed, people = _rings(wanted, others, unsaid, longest)
            contents |= {"rings.csv": rings_csv(ringed, people), "in-no-ring.csv": alone_csv(ringed, people)}
        files = write_files(out, contents)
    _show_summary(console, papers, ringed, [printed(path.name) for path in files], printed(out))
    if json_:
        print_object(
            _told(papers, ringed, kind, asks_read, others_read, problems_for_machines)
            | {"files": [printed(path) for path in files]}
        )
    raise typer.Exit(0 if found.pairs else NOTHING_FOUND)


def sheets_kind(kind: str) -> Any:
    """The kind of rows a sheet holds, by its name."""
    from manyhands.kernel.sheets.fields import Kind

    return Kind(kind)


def _read_before(path: Path) -> list[tuple[str, str]]:
    """The pairs of an earlier matches.csv, as (row, with row)."""
    from manyhands.config.commands.sheets import CannotRead, bytes_of, printed

    try:
        rows = list(csv.DictReader(io.StringIO(bytes_of(path).decode("utf-8-sig"), newline="")))
        return [(row["row"], row["with row"]) for row in rows]
    except (KeyError, UnicodeDecodeError, csv.Error):
        raise CannotRead(
            f"{printed(path)} is no matches.csv of an earlier matching. Name one, or leave --before out.",
            "wrong_option",
        ) from None


def _matched(town: Town, *, quiet: bool) -> Any:
    from rich.console import Console

    from manyhands.kernel import matching

    if quiet:
        return matching.match_all(town.problem)
    with Console(stderr=True).status(f"Matching {len(town.problem.asks)} with {len(town.problem.helpers)}"):
        return matching.match_all(town.problem)


def _rings(wanted: Any, others: Any, unsaid: Unsaid, longest: int) -> tuple[Rings, Any]:
    from manyhands.config.commands.answering import refuse_broken
    from manyhands.deliveries.matched_from_files import market_from
    from manyhands.kernel.matching.rings import check_rings, find_rings

    market, people = market_from(wanted, others, unsaid=unsaid)
    found = find_rings(market, longest=longest)
    refuse_broken("The rings", check_rings(market, found, longest=longest))
    return found, people


def _told(
    papers: MatchedPapers, ringed: Rings | None, kind: str, asks: Reading, others: Reading, problems: Any
) -> dict[str, Any]:
    """The object of `--json`, but for the files."""
    town, found = papers.town, papers.found
    return {
        "asks": len(town.asks),
        kind: len(town.others),
        "wishes": len(town.problem.asks) + sum(1 for aside in town.set_aside if aside.id in town.asks),
        "matched": len(found.pairs),
        "left_out": len(papers.left_out),
        "proven": found.proven,
        "cost": sum(pair.cost for pair in found.pairs),
        "reasons": papers.reasons,
        "rings": None if ringed is None else [[gift.giver for gift in ring] for ring in ringed.rings],
        "rings_all_looked_at": None if ringed is None else ringed.whole,
        "remarks": list(town.remarks),
        "problems": problems(asks.problems, file="asks") + problems(others.problems, file=kind),
        "columns": asks.columns,
        f"{kind}_columns": others.columns,
    }


def _show_summary(console: Console, papers: MatchedPapers, ringed: Rings | None, files: list[str], folder: str) -> None:
    from rich.table import Table
    from rich.text import Text

    from manyhands.deliveries.matched_papers import why

    town, found = papers.town, papers.found
    grid = Table(title="Matches", title_justify="left", caption_justify="left")
    for heading in ("Row", "Who asks", "What", "With", "Why"):
        grid.add_column(heading, overflow="fold")
    for pair in found.pairs[:12]:
        row = town.row[pair.ask_id]
        cells = (row, town.asks[row].name, town.what[pair.ask_id][:60], town.names[pair.helper_id], why(pair))
        grid.add_row(*(Text("".join(c if c.isprintable() else " " for c in cell)) for cell in cells))
    if len(found.pairs) > 12:
        grid.caption = f"And {len(found.pairs) - 12} more in matches.csv."
    if found.pairs:
        console.print(grid)
    proof = "No other matching is better: that is proven." if found.proven else "Among neighbours none is better."
    total = len(found.pairs) + len(papers.left_out)
    console.print(Text(f"{len(found.pairs)} of {total} matched. {proof}", style="bold"))
    sentence = {left.code: left.why for left in papers.left_out}
    for code, count in papers.reasons.items():
        console.print(Text(f"- {count} × {code.replace('_', ' ')}, for example: {sentence[code]}"))
    if ringed is not None:
        served = sum(len(ring) for ring in ringed.rings)
        part = "" if ringed.whole else " There are too many rings to look at: this is the best of a part of them."
        console.print(Text(f"{len(ringed.rings)} rings with {served} people; {len(ringed.alone)} in none.{part}"))
    for remark in town.remarks:
        console.print(Text(f"- {remark}"))
    console.print(Text(f"Written to {folder}: {', '.join(files)}"))
