"""Bringing the streets of the area into the house, from a file of OpenStreetMap: the terminal's part of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from manyhands.config import cli

if TYPE_CHECKING:
    from manyhands.places.streets.store import Streets

app = typer.Typer(
    help="The streets of your area, inside the house: nothing is asked of anyone outside.", no_args_is_help=True
)
NONE_YET = "There are no streets in this house. Bring them in: manyhands places import CITY.osm.pbf"


@app.command("import")
def import_(
    file: Annotated[
        Path | None,
        typer.Argument(help="The map of your area, a .osm.pbf file. Left out: the one that is in, read anew."),
    ] = None,
    large: Annotated[bool, typer.Option("--large", help="Take a file of more than 300 MB too.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Read a file anew that is in already.")] = False,
) -> None:
    """Bring the streets of your area in, in place of those that are there.

    The file is copied into the data folder and read there; no request leaves this machine. Until all is read, what was
    there before goes on being used, also if this is killed. Maps of cities: download.geofabrik.de, extract.bbbike.org.

    **Ends with** 0 when they are in, 1 when the file doesn't do or the disk or memory is too small, 2 when there is no
    such file, 130 when stopped; what was there before stays then.
    """
    cli.open_house()
    from django.conf import settings
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from manyhands.places.streets import store
    from manyhands.places.streets.importing import CannotImport, bring_in
    from manyhands.places.streets.steps import STEPS

    where, name = store.home(settings.ENV.data_dir), ""
    if file is None:
        there = store.kept(where)
        if there is None:
            raise cli.Stop(NONE_YET, 2)
        file, name, again = there.map_file, there.name, True
    if not file.is_file():
        raise cli.Stop(f"There is no file {file}.", 2)
    columns, console = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()), Console(stderr=True)
    try:
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("", total=1.0)
            streets, anew = bring_in(
                file,
                where,
                steps=STEPS,
                now=cli.right_now(),
                tell=lambda words, share: bar.update(task, description=words, completed=share),
                large=large,
                again=again,
                name=name,
            )
    except CannotImport as no:
        raise cli.Stop(str(no)) from None
    except KeyboardInterrupt:
        raise cli.Stop("Stopped. What was there before is as it was.", 130) from None
    typer.echo("The streets are in." if anew else "These streets are in already; --again reads them anew.")
    _tell(streets)


@app.command()
def show() -> None:
    """Say which streets are in, how old they are, and whose data they are. **Ends with** 1 where there are none."""
    _tell(_kept())


@app.command()
def forget() -> None:
    """Remove the streets. Plans go by straight lines again. **Ends with** 1 where there are none."""
    _kept()
    from django.conf import settings

    from manyhands.places.streets import store

    try:
        store.forget(store.home(settings.ENV.data_dir))
    except BlockingIOError:
        raise cli.Stop("Somebody is bringing streets in right now. Wait for it to end.") from None
    typer.echo("The streets are gone. Plans go by straight lines again.")


def _kept() -> Streets:
    cli.open_house()
    from django.conf import settings

    from manyhands.places.streets import store

    streets = store.kept(store.home(settings.ENV.data_dir))
    if streets is None:
        raise cli.Stop(NONE_YET)
    return streets


def _tell(streets: Streets) -> None:
    from manyhands.places.streets.steps import STEPS

    typer.echo(f"{streets.name} ({streets.size / 1e6:,.1f} MB), map of {_day(streets.data_of)}")
    if streets.box is not None:
        box = streets.box
        typer.echo(f"Between {box.south:.4f},{box.west:.4f} and {box.north:.4f},{box.east:.4f}")
    typer.echo(f"Brought in on {_day(streets.imported_at)} as {streets.version}")
    for step in STEPS:
        if not streets.has(step.name, step.shape):
            typer.echo(f"{step.words}: not of this version. Read the file anew: manyhands places import")
            continue
        said = ", ".join(_counted(name, value) for name, value in streets.steps[step.name].items() if name != "shape")
        typer.echo(f"{step.words}: {said}")
    typer.echo(streets.licence)


def _counted(name: str, value: object) -> str:
    if isinstance(value, dict):
        return f"{name} ({', '.join(_counted(part, count) for part, count in value.items())})"
    return f"{value:,} {name}" if isinstance(value, int) else f"{name} {value}"


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment is not None else "an unknown day"
