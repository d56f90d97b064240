"""Backups from the terminal: make one, put one back, prove that the newest can be put back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from manyhands.config import cli


def backup(
    to: Annotated[
        Path | None, typer.Option("--to", help="The folder to write to, if not the one where backups lie.")
    ] = None,
) -> None:
    """Write everything the database holds into one sealed file. The server goes on working meanwhile.

    It holds the data and never the keys: keep a copy of the keys' folder elsewhere, or nobody can read it.
    """
    cli.open_house()
    from manyhands.config.backups.databases import CannotCopy
    from manyhands.config.backups.making import make

    try:
        made = make(now=cli.right_now(), to=to.expanduser().resolve() if to else None)
    except CannotCopy as no:
        raise cli.Stop(str(no)) from None
    typer.echo(f"Backed up {made.rows} rows of {len(made.manifest['tables'])} tables to {made.path}")


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    into: Annotated[
        str,
        typer.Option(
            "--into", help="Put it there instead of the live database: sqlite:///path or postgres://host/database."
        ),
    ] = "",
    yes_replace: Annotated[
        bool, typer.Option("--yes-replace", help="Put it in the place of what is there now, which is kept aside.")
    ] = False,
) -> None:
    """Put a backup back and bring it up to date. Stop the server first.

    The backup is read to its end before anything is touched. What was there before is kept aside and named.
    """
    cli.open_house()
    from manyhands.config import env
    from manyhands.config.backups import restoring
    from manyhands.config.backups.archive import Unreadable
    from manyhands.config.backups.databases import CannotCopy

    try:
        database = env.read_database(into) if into else None
    except env.SettingWrong as wrong:
        raise cli.Stop(str(wrong), 2) from None
    try:
        done = restoring.restore(file, now=cli.right_now(), into=database, replace=yes_replace)
    except (CannotCopy, Unreadable) as no:
        raise cli.Stop(str(no)) from None
    rows = sum(done.manifest["tables"].values())
    typer.echo(f"Put back {rows} rows, as they were at {done.header.made_at:%Y-%m-%d %H:%M:%S} UTC.")
    if done.forgotten_again:
        typer.echo(f"{done.forgotten_again} who were forgotten since then were forgotten again.")
    if done.aside:
        typer.echo(f"What was there before is kept in {done.aside}. Delete it when all is well.")


def forget_again() -> None:
    """Forget again whoever an old backup brought back. `restore` does this by itself.

    Their key was destroyed, so what was sealed reads as nothing already; this blanks the rest of it.
    """
    cli.open_data()
    from manyhands.exchange import forgetting
    from manyhands.kit.ring import RingTrouble

    try:
        count = forgetting.erase_again(now=cli.right_now())
    except RingTrouble as no:
        raise cli.Stop(str(no)) from None
    typer.echo(f"{count} forgotten again.")


def drill(
    file: Annotated[Path | None, typer.Argument(help="The backup to try; the newest if you name none.")] = None,
) -> None:
    """Restore the newest backup into a scratch place, look at it closely, and tidy up.

    The server does this every night by itself. **Ends with** 1 if the backup is no good.
    """
    cli.open_house()
    from manyhands.config.backups.drilling import drill as hold_drill
    from manyhands.config.backups.keys import SHUT
    from manyhands.kit import ring

    try:
        # Not a drill that went wrong, and not noted as one.
        if not ring.is_open():
            raise cli.Stop(SHUT)
    except ring.RingTrouble as no:
        raise cli.Stop(str(no)) from None
    done = hold_drill(now=cli.right_now(), path=file)
    for sentence in done.found:
        typer.echo(f"- {sentence}", err=True)
    if not done.is_good:
        raise typer.Exit(1)
    typer.echo(f"{done.backup} can be put back: {_told(done.looked_at)} ({done.seconds:.1f} s).")


def _told(looked_at: dict[str, Any]) -> str:
    words = {
        "rows": "rows",
        "tables": "tables",
        "networks": "networks",
        "migrations_to_come": "changes to come",
        "opened": "sealed things opened",
        "gone": "whose key was destroyed",
        "journal": "entries of the journal checked",
    }
    return ", ".join(f"{looked_at[name]} {word}" for name, word in words.items() if looked_at.get(name) is not None)


def look_over() -> None:
    """Look at the database this process knows; the drill runs this on the scratch copy."""
    cli.open_house()
    from manyhands.config.backups.looking import look_over as look

    typer.echo(json.dumps(look()))
