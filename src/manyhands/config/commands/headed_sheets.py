"""What commands do alike whose sheets have headings of their own: open them, show their columns and troubles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from manyhands.config.commands.sheets import MOST_SHOWN, CannotRead, bytes_of, mapping_from, printed
from manyhands.kernel import sheets

if TYPE_CHECKING:
    from manyhands.deliveries.headed import Headed


def open_headed(
    path: Path,
    mapping: list[str] | None,
    understand: Callable[[sheets.Table, Mapping[str, str]], Headed],
    sheet: str | None,
    needed: Iterable[str],
    flag: str,
) -> Headed:
    """Read a file and find its columns, or raise `CannotRead` with a sentence that names the file and what to do."""
    from manyhands.deliveries.headed import NotAField

    given = mapping_from(mapping or [])
    data = bytes_of(path)
    try:
        found = understand(sheets.read(data, sheet=sheet), given)
    except sheets.Unreadable as unreadable:
        raise CannotRead(f"{printed(path)}: {unreadable}", str(unreadable.code)) from None
    except NotAField as no:
        raise CannotRead(f"{printed(path)}: {no}", "wrong_mapping") from None
    for name in needed:
        if not found.has(name):
            raise CannotRead(
                f"{printed(path)}: no column looks like “{name.replace('_', ' ')}”. "
                f'Say which it is: {flag} "Heading={name}".',
                "no_such_column",
            )
    return found


def show_columns(console: Console, sheet: Headed, title: str, flag: str) -> None:
    """Where each column lands."""
    grid = Grid(title=title, title_justify="left")
    for heading in ("Column", "Lands in"):
        grid.add_column(heading, overflow="fold")
    for heading, name in sheet.fields.items():
        grid.add_row(Text(" ".join(heading.split())[:50]), name)
    console.print(grid)
    console.print(Text(f'Something wrong? Say it with {flag} "Column=field", or {flag} "Column=notes".', style="dim"))


def show_troubles(console: Console, opened: Mapping[str, Headed]) -> None:
    """What could not be used, sheet by sheet."""
    for name, sheet in opened.items():
        for trouble in sheet.troubles[:MOST_SHOWN]:
            console.print(Text(f"- {name}: {trouble.sentence}"))
        if len(sheet.troubles) > MOST_SHOWN:
            console.print(Text(f"- {name}: and {len(sheet.troubles) - MOST_SHOWN} more; --json tells all."))


def troubles_told(opened: Mapping[str, Headed]) -> list[dict[str, Any]]:
    """The same as `--json` tells them."""
    return [
        {"file": name, "row": trouble.row, "column": trouble.column, "sentence": trouble.sentence}
        for name, sheet in opened.items()
        for trouble in sheet.troubles
    ]
