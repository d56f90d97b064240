"""Giving everything a network holds back, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ASKED_WRONGLY = 2


def export_command(
    out: Annotated[Path, typer.Option("--out", help="The folder to write to; made if it is not there.")],
    network: Annotated[
        str | None, typer.Option("--network", help="The network's short name, where there are several.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one object for machines, and nothing else.")] = False,
) -> None:
    """Write everything a network holds as CSV files, one per table, and what was imported under its own headings.

    The files hold names, addresses and phone numbers: keep them like the people they are about. The journal notes the
    export. **Ends with** 0, or 2 when the folder can't be written.
    """
    from manyhands.config import cli
    from manyhands.config.commands.sheets import (
        CannotRead,
        make_folder,
        print_object,
        printed,
        speak_safely,
        write_files,
    )

    speak_safely()
    cli.open_data()
    from manyhands.exchange import exporting

    here = cli.the_network(network)
    try:
        make_folder(out)
        files = write_files(out, exporting.give_back(here, by=None, now=cli.right_now()))
    except CannotRead as no:
        raise cli.Stop(str(no), ASKED_WRONGLY) from None
    if json_:
        print_object({"network": here.slug, "files": [printed(path) for path in files]})
    else:
        typer.echo(f"Wrote {len(files)} files of {here.name} to {printed(out)}:")
        for path in files:
            typer.echo(f"  {path.name}")
