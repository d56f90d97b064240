"""What every command that reads a spreadsheet does alike: open it, take a mapping, show what was understood."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from manyhands.kernel import sheets

MOST_SHOWN = 12


class CannotRead(Exception):
    """A file can't be taken in. The text is a sentence; `code` is for machines."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence)
        self.code = code


def speak_safely() -> None:
    """Never fail on a letter this terminal can't show: it becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def printed(path: Path | str) -> str:
    """A path fit for a sentence, also where its name is not proper text."""
    return os.fsencode(path).decode("utf-8", "replace")


def bytes_of(path: Path) -> bytes:
    """The file's bytes, at most a few more than can be read as a sheet; "-" is what is piped in."""
    limits = sheets.Limits()
    name = printed(path)
    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(limits.bytes + 1)
        elif path.is_dir():
            raise CannotRead(f"{name} is a folder. Name the file inside it.", "folder")
        else:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                limits.refuse_bytes(size)
                data = file.read(limits.bytes + 1)
        limits.refuse_bytes(len(data))
    except FileNotFoundError:
        raise CannotRead(f"There is no file {name}. Check how it is spelled.", "no_such_file") from None
    except PermissionError:
        raise CannotRead(f"{name} may not be read by you. Change its permissions or copy it.", "not_allowed") from None
    except sheets.Unreadable as unreadable:
        raise CannotRead(f"{name}: {unreadable}", str(unreadable.code)) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise CannotRead(f"{name} can't be read: {why}.", "cannot_read") from None
    return data


def read_sheet(
    path: Path,
    *,
    mapping: Mapping[str, str],
    kind: str | None,
    sheet: str | None,
    region: str,
    today: date,
) -> tuple[sheets.Table, sheets.Reading]:
    """Read a file and understand it, or raise `CannotRead` with a sentence that names the file."""
    data = bytes_of(path)
    try:
        table = sheets.read(data, sheet=sheet)
        reading = sheets.understand(table, dict(mapping) or None, kind=kind, region=region, today=today)
    except sheets.Unreadable as unreadable:
        raise CannotRead(f"{printed(path)}: {unreadable}", str(unreadable.code)) from None
    return table, reading


def mapping_from(given: Iterable[str]) -> dict[str, str]:
    """`["Where do you live?=address"]` as a dict; the last "=" divides, as headings may hold one too."""
    mapping = {}
    for pair in given:
        heading, divider, field = pair.rpartition("=")
        if not divider or not heading:
            raise CannotRead(
                f'“{printed(pair)}” is not a mapping. Write it as --map "Heading as spelled=field".', "wrong_mapping"
            )
        mapping[heading] = field.strip()
    return mapping


def region_of(typed: str) -> str:
    """The two letters of a country, for phone numbers without a code."""
    code = typed.strip().upper()
    if not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise CannotRead(f"--region is “{typed}”. Write the two letters of a country, like US or HT.", "wrong_option")
    return code


def make_folder(out: Path) -> None:
    """The folder for the papers, for oneself alone: they hold addresses. What can't be written is told at once."""
    name = printed(out)
    try:
        made = not out.exists()
        out.mkdir(parents=True, exist_ok=True)
        if made:
            out.chmod(0o700)
        with tempfile.TemporaryFile(dir=out):
            pass
    except (FileExistsError, NotADirectoryError):
        raise CannotRead(f"--out is {name}, which is a file. Name a folder.", "wrong_out") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise CannotRead(f"--out is {name}, where nothing can be written: {why}.", "wrong_out") from None


def write_files(out: Path, files: dict[str, bytes]) -> list[Path]:
    """Write each paper whole or not at all, readable by oneself."""
    written = []
    for name, content in files.items():
        path, draft = out / name, out / f".{name}.{os.getpid()}"
        try:
            draft.touch(mode=0o600)
            draft.write_bytes(content)
            draft.replace(path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise CannotRead(f"{printed(path)} can't be written: {error.strerror}.", "wrong_out") from None
        written.append(path)
    return written


def problems_for_machines(problems: Iterable[sheets.Problem], **more: Any) -> list[dict[str, Any]]:
    """Problems as `--json` tells them."""
    return [
        {"row": problem.row, "column": problem.column, "sentence": problem.sentence, "code": str(problem.code), **more}
        for problem in problems
    ]


def print_object(answer: Mapping[str, Any]) -> None:
    """The one object of `--json`, on the output."""
    text = json.dumps(answer, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write(text.encode("utf-8", "replace").decode("utf-8") + "\n")
    sys.stdout.flush()


def heading_of(reading: sheets.Reading, field: str) -> str:
    """The heading of the column that lands in a field; "" where none does."""
    return next((heading for heading, lands_in in reading.columns.items() if lands_in == field), "")


def show_mapping(console: Console, reading: sheets.Reading, title: str, flag: str = "--map") -> None:
    """Where each column lands, how sure that is, and an example."""
    grid = Grid(title=title, title_justify="left", caption_justify="left")
    for heading in ("Column", "Lands in", "Sure", "For example"):
        grid.add_column(heading, overflow="fold")
    for column in reading.mapping:
        sure = "you said so" if column.given else ("" if column.field == "notes" else f"{column.confidence:.0%}")
        grid.add_row(_cell(column.heading, 50), str(column.field), sure, _cell(" · ".join(column.examples[:2]), 60))
    console.print(grid)
    console.print(Text(f'Something wrong? Say it with {flag} "Column=field", or {flag} "Column=notes".', style="dim"))


def show_problems(console: Console, problems: Iterable[sheets.Problem], title: str) -> None:
    """The problems, gathered: the same thing in one column stands there once."""
    groups = sheets.grouped(problems)
    if not groups:
        return
    console.print(Text(title, style="bold"))
    for group in groups[:MOST_SHOWN]:
        again = f" And {group.count - 1} more like it." if group.count > 1 else ""
        console.print(Text(f"- {_line(group.first.sentence, 300)}{again}"))
    if len(groups) > MOST_SHOWN:
        console.print(Text(f"- And {len(groups) - MOST_SHOWN} other kinds; --json tells all."))


def _cell(text: str, most: int) -> Text:
    return Text(_line(text, most))


def _line(text: str, most: int) -> str:
    """One line without anything a terminal would obey."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= most else line[: most - 1] + "…"
