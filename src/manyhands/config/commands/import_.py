"""Bringing a spreadsheet in from the terminal; with --dry-run only looking, even where there is no database yet."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from manyhands.kernel.sheets import Reading
    from manyhands.networks.models import Network

NOT_IMPORTED, ASKED_WRONGLY = 1, 2
MOST_SHOWN = 12
NO_KIND = (
    "This does not look like a sheet of asks, offers or helpers. If it is one, say which with --kind asks, and where "
    'its columns land with --map "Heading=field".'
)


def import_command(
    file: Annotated[
        Path, typer.Argument(help="The sheet: CSV or XLSX, as your group has it. “-” reads what is piped in.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only look: show where each column lands, problems and doubles.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print one object for machines, and nothing else.")] = False,
    network: Annotated[
        str | None, typer.Option("--network", help="The network's short name, where there are several.")
    ] = None,
    map_: Annotated[
        list[str] | None, typer.Option("--map", help='Where a column lands: "Heading=field". Repeatable.')
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="asks, offers or helpers, where the guess is wrong.")
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="The sheet of a workbook.")] = None,
    region: Annotated[
        str | None, typer.Option("--region", help="Country of phone numbers without a code. Left out: the network's.")
    ] = None,
    skip_duplicates: Annotated[
        bool | None,
        typer.Option(
            "--skip-duplicates/--keep-duplicates",
            help="Leave out all rows that seem double, or bring in everything once more. "
            "Left out: only the very rows that were imported before stay out.",
        ),
    ] = None,
    leave_out_problems: Annotated[
        bool, typer.Option("--leave-out-problems", help="Leave out rows in which something is wrong.")
    ] = False,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="If one row can't be brought in, bring in none.")
    ] = False,
) -> None:
    """Bring a spreadsheet of asks, offers or helpers into a network.

    The columns are guessed from their headings; every cell lands in a field or in the notes. Look first with
    `--dry-run`: it changes nothing and works before there is a database. Rows that say they are done come in as closed.

    **Ends with** 0 when all went well, 1 when nothing could be imported, 2 when the file or an option can't be used.
    """
    from rich.console import Console

    from manyhands.config.commands.sheets import (
        CannotRead,
        mapping_from,
        print_object,
        printed,
        problems_for_machines,
        read_sheet,
        region_of,
        show_mapping,
        show_problems,
        speak_safely,
    )
    from manyhands.kernel.sheets import Kind

    speak_safely()
    console = Console(quiet=json_, highlight=False)
    try:
        mapping = mapping_from(map_ or [])
        home = _network(network, dry_run=dry_run)
        table, reading = read_sheet(
            file,
            mapping=mapping,
            kind=kind,
            sheet=sheet,
            region=region_of(region) if region else (home.country if home else "US"),
            today=datetime.now(home.zone if home else None).date(),
        )
    except CannotRead as no:
        if json_:
            print_object(
                {"error": str(no), "code": no.code, "rows": 0, "columns": {}, "problems": [], "duplicates": []}
            )
        typer.echo(str(no), err=True)
        raise typer.Exit(ASKED_WRONGLY) from None
    show_mapping(console, reading, f"What stands in {table.sheet or printed(file.name)}")
    show_problems(console, reading.problems, "Look at these:")
    answer: dict[str, Any] = {
        "rows": len({record.number for record in reading.records}),
        "columns": reading.columns,
        "problems": problems_for_machines(reading.problems),
        "duplicates": _duplicates(reading, home),
        "kind": str(reading.kind),
        "found": {kind.value: len(reading.of_kind(kind)) for kind in Kind},
        "imported": 0,
        "skipped": [],
        "network": home.slug if home else None,
        "dry_run": dry_run,
    }
    _show_found(console, answer, reading, home)
    ends = 0
    if not dry_run and home is not None:
        ends = _bring_in(
            reading,
            home,
            console,
            answer,
            doubles={None: "once", True: "skip", False: "keep"}[skip_duplicates],
            leave_out_problems=leave_out_problems,
            all_or_nothing=all_or_nothing,
        )
    if json_:
        print_object(answer)
    raise typer.Exit(ends)


def _network(slug: str | None, *, dry_run: bool) -> Network | None:
    """The network to bring the rows to; None where only looking needs none."""
    from manyhands.config import cli

    if not dry_run:
        cli.open_data()
        found: Network = cli.the_network(slug)
        return found
    if slug is None and not _has_a_database():
        return None
    try:
        cli.open_data()
        if slug is None and not _has_one_network():
            typer.echo(
                "Rows are compared within the file only; name a --network to compare them with it too.", err=True
            )
            return None
        found = cli.the_network(slug)
    except (typer.Exit, SystemExit):
        if slug is not None:
            raise
        # Whoever only looks at a file does not need the database; what is wrong with it was just said.
        return None
    return found


def _has_a_database() -> bool:
    """Whether a database is likely to be there, found out without making anything."""
    urls = [os.environ.get(name, "") for name in ("MANYHANDS_DATABASE_URL", "DATABASE_URL")]
    if os.environ.get("MANYHANDS_DATABASE_URL_FILE") or any(url and not url.startswith("sqlite") for url in urls):
        return True
    files = [Path(url.removeprefix("sqlite:///")) for url in urls if url]
    files = files or [Path(os.environ.get("MANYHANDS_DATA_DIR") or "var").expanduser() / "manyhands.sqlite3"]
    return files[0].is_file()


def _has_one_network() -> bool:
    from manyhands.networks import queries

    return queries.open_to_all().count() == 1


def _duplicates(reading: Reading, home: Network | None) -> list[dict[str, Any]]:
    if home is None:
        found: Any = reading.duplicates
    else:
        from manyhands.exchange import importing

        found = importing.look(reading, network=home).doubles
    return [
        {"row": double.row, "of": double.of, "reason": double.reason, "sentence": double.sentence} for double in found
    ]


def _show_found(console: Console, answer: dict[str, Any], reading: Reading, home: Network | None) -> None:
    from rich.text import Text

    if answer["duplicates"]:
        console.print(Text(f"Perhaps double: {len(answer['duplicates'])}", style="bold"))
        for double in answer["duplicates"][:MOST_SHOWN]:
            console.print(Text(f"- {double['sentence']}"))
        if len(answer["duplicates"]) > MOST_SHOWN:
            console.print(Text(f"- And {len(answer['duplicates']) - MOST_SHOWN} more; --json tells all."))
    if reading.aside:
        rows = ", ".join(str(line.number) for line in reading.aside[:MOST_SHOWN])
        console.print(
            Text(f"Rows outside the table, set aside: {rows}{' …' if len(reading.aside) > MOST_SHOWN else ''}")
        )
    if reading.kind == "other":
        console.print(Text(NO_KIND, style="bold"))
    found = ", ".join(f"{count} {kind}" for kind, count in answer["found"].items() if count) or "nothing"
    where = f" Compared with {home.name}." if home else ""
    console.print(Text(f"{answer['rows']} rows: {found}.{where}", style="bold"))
    if answer["dry_run"]:
        console.print(Text("This was a look; nothing was imported. Leave out --dry-run to import."))


def _bring_in(
    reading: Reading,
    home: Network,
    console: Console,
    answer: dict[str, Any],
    *,
    doubles: str,
    leave_out_problems: bool,
    all_or_nothing: bool,
) -> int:
    """Import, tell what became of it in `answer` and on the console; gives the exit code."""
    from rich.console import Console as Screen
    from rich.progress import Progress
    from rich.text import Text

    from manyhands.config import cli
    from manyhands.exchange import importing
    from manyhands.kit.refusals import Refused

    choice = importing.Choice(importing.Doubles(doubles), leave_out_problems, all_or_nothing)
    try:
        with Progress(console=Screen(stderr=True), transient=True) as bar:
            task = bar.add_task("Importing")
            report = importing.bring_in(
                reading,
                network=home,
                choice=choice,
                by=None,
                now=cli.right_now(),
                progress=lambda done, of: bar.update(task, completed=done, total=of),
            )
    except Refused as no:
        answer["error"] = str(no)
        typer.echo(str(no), err=True)
        return NOT_IMPORTED
    answer["imported"] = report.rows
    answer["made"] = {"asks": report.asks, "offers": report.offers, "helpers": report.helpers}
    answer["codes"] = report.codes
    answer["skipped"] = [{"row": s.row, "sentence": s.sentence, "code": s.code} for s in report.skipped]
    made = f"{report.asks} asks, {report.offers} offers, {report.helpers} helpers"
    console.print(Text(f"Imported {report.rows} rows into {home.name}: {made}.", style="bold"))
    if report.skipped:
        console.print(Text(f"Left out {len(report.skipped)} rows:"))
        for skipped in report.skipped[:MOST_SHOWN]:
            console.print(Text(f"- Row {skipped.row}: {skipped.sentence}"))
        if len(report.skipped) > MOST_SHOWN:
            console.print(Text(f"- And {len(report.skipped) - MOST_SHOWN} more; --json tells all."))
    if reading.kind == "other" and not report.rows:
        typer.echo(NO_KIND, err=True)
    imported_before = bool(report.skipped) and all(s.code == importing.IMPORTED_BEFORE for s in report.skipped)
    return 0 if report.rows or imported_before else NOT_IMPORTED
