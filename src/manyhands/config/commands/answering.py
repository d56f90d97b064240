"""What the commands that answer from sheets do alike: begin, refuse, read their options, search, end."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, tzinfo
from types import FrameType
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from manyhands.config.commands.sheets import CannotRead, print_object, speak_safely
from manyhands.kernel.sheets.dates import FIRST_YEAR, LAST_YEAR, can_be_meant

NOTHING_FOUND, ASKED_WRONGLY, BROKEN_PROMISE, STOPPED = 1, 2, 3, 130
"""How a command ends that found nothing, can't use a file or an option, broke a promise, or was stopped."""


@contextmanager
def answering(json_: bool) -> Iterator[Console]:
    """The console for the answer, quiet where an object is wanted. `CannotRead` ends the command with its sentence (in
    the object too) and exit code, Ctrl-C with its own.
    """
    speak_safely()
    try:
        yield Console(quiet=json_, highlight=False)
    except CannotRead as no:
        if json_:
            print_object({"error": str(no), "code": no.code})
        typer.echo(str(no), err=True)
        raise typer.Exit(BROKEN_PROMISE if no.code == "broken_promise" else ASKED_WRONGLY) from None
    except KeyboardInterrupt:
        raise typer.Exit(STOPPED) from None


def refused(sentence: str) -> CannotRead:
    """The refusal of an option."""
    return CannotRead(sentence, "wrong_option")


def refuse_broken(what: str, broken: list[str]) -> None:
    """Raise `CannotRead` where a check found broken promises: then nothing may be written."""
    if broken:
        raise CannotRead(
            f"{what} broke a promise, so nothing was written. Please report this: {' '.join(broken[:5])}",
            "broken_promise",
        )


def one_of(text: str, choices: Iterable[str], option: str) -> str:
    """The choice typed, or a sentence with all of them."""
    known = [str(choice) for choice in choices]
    if text.lower() not in known:
        raise refused(f"{option} is “{text}”. Choose one of: {', '.join(known)}.")
    return text.lower()


def day_of(text: str, option: str = "--date") -> date:
    """The day typed, in years that can be planned for."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise refused(f"{option} is “{text}”. Write it as year-month-day, like 2026-06-04.") from None
    if not can_be_meant(day):
        raise refused(f"{option} is “{text}”. Name a day in the years {FIRST_YEAR} to {LAST_YEAR}.")
    return day


def clock_of(zone: str) -> tzinfo | None:
    """The clock of the place; None is this machine's."""
    if not zone:
        return None
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise refused(f"--zone is “{zone}”, which is no time zone. Write it like Europe/Madrid.") from None


@contextmanager
def searching(doing: str, things: str) -> Iterator[tuple[Callable[[float, int, int], None], Callable[[], bool]]]:
    """A bar on the error line while something is looked for: what tells it how far that is (a share, how many of how
    many things), and what says whether to stop. The first Ctrl-C stops the search, the second everything.
    """
    pressed: list[int] = []

    def on_interrupt(signum: int, _frame: FrameType | None) -> None:
        pressed.append(signum)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    columns = (TextColumn(doing), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=1.0)

            def tell(share: float, there: int, wanted: int) -> None:
                bar.update(task, completed=share, description=f"{there} of {wanted} {things}")

            yield tell, lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)
