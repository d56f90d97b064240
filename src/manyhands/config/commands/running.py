"""Running the server and keeping it well."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import Annotated

import typer

from manyhands.config import cli, keeping


def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Load the demo network and offer one-tap sign-ins.")] = False,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
) -> None:
    """Start the server: bring the database up to date, then answer until stopped with Ctrl-C."""
    if demo:
        os.environ["MANYHANDS_DEMO"] = "yes"
    if port is not None:
        os.environ["MANYHANDS_PORT"] = str(port)
    cli.open_house()
    from django.conf import settings

    look_for_keys()
    from manyhands.config.backups import making, restoring

    try:
        # Held while any process of the server lives, so that nobody puts a backup back under its feet.
        with making.held(settings.ENV.data_dir / restoring.SERVING, share=True, wait=False):
            bring_up_to_date()
            if settings.DEMO:
                load_demo_once()
            _answer()
    except BlockingIOError:
        raise cli.Stop("A backup is being put back right now. Start the server when that is done.") from None


def look_for_keys() -> None:
    """Open the key ring, or begin one on the first start; a sentence where it can't be used.

    A sealed house starts shut.
    """
    from manyhands.kit import ring

    try:
        ring.is_sealed() or ring.is_open()
    except ring.RingTrouble as trouble:
        raise cli.Stop(str(trouble)) from None


def bring_up_to_date(*, without_backup: bool = False) -> None:
    """Migrate the database if it needs it, saying so; what it held before is backed up first.

    A database that would lose what it was given is refused.
    """
    from django.core.management import call_command
    from django.db import OperationalError, connection

    from manyhands.config import checks, walls

    try:
        if reasons := checks.why_not_start():
            raise cli.Stop("Manyhands can't start. " + " ".join(reasons))
        pending = cli.pending_migrations()
    except OperationalError as error:
        raise cli.Stop(
            f"The database can't be reached: {str(error).strip().splitlines()[0]}\n"
            "Look at MANYHANDS_DATABASE_URL (`manyhands settings` explains it)."
        ) from None
    if pending:
        if not without_backup:
            _back_up_first()
        typer.echo("Bringing the database up to date ...")
        call_command("migrate", verbosity=0, interactive=False)
    else:
        walls.build(connection)
    connection.close()


def _back_up_first() -> None:
    """The way back from an update that went wrong."""
    from django.conf import settings
    from django.db import connection

    from manyhands.config.backups.databases import CannotCopy
    from manyhands.config.backups.making import make

    if settings.DEMO or "networks_network" not in connection.introspection.table_names():
        return
    connection.close()
    try:
        made = make(now=cli.right_now())
    except CannotCopy as no:
        raise cli.Stop(
            f"The database needs changes, and can't be backed up before them: {no}\n"
            "Mend that, or go on without a way back: manyhands migrate --without-backup"
        ) from None
    typer.echo(f"Backed up to {made.path}")


def load_demo_once() -> None:
    """Fill an empty install with the demo networks."""
    from manyhands.networks import queries

    if queries.open_to_all().exists():
        return
    typer.echo("Loading the demo network (made-up people in a made-up town) ...")
    from manyhands.config.demo import load

    load(now=cli.right_now())


def _answer() -> None:
    from django.conf import settings
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from manyhands.kit import ring

    where = settings.PUBLIC_URL
    connections.close_all()
    server = Granian(
        "manyhands.config.wsgi:application",
        address=settings.ENV.bind,
        port=settings.ENV.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=settings.ENV.threads,
        backlog=2048,
        log_level=LogLevels.error,
        log_dictconfig=settings.LOGGING,
        # Addresses hold private links, so what is asked for is not written down.
        log_access=False,
        respawn_failed_workers=True,
    )

    keeper: list[subprocess.Popen[bytes]] = []

    def opened() -> None:
        sealed = ring.is_sealed()
        if settings.ENV.workers or sealed:
            keeper.append(_start_working(settings.ENV.workers, keys=str(settings.KEYS_DIR) if sealed else ""))
        typer.echo(f"Manyhands answers at {where}")
        if sealed:
            typer.echo("This house is sealed and shut. Open it: manyhands keys open")
        if settings.DEMO:
            typer.echo(f"Click first: {where}/demo/  (sign in with one tap as a neighbour, a helper or a dispatcher)")
        typer.echo("Stop it with Ctrl-C.")

    server.on_startup(opened)
    try:
        server.serve()
    except (OSError, RuntimeError) as error:
        raise cli.Stop(
            f"The server can't listen on {settings.ENV.bind}:{settings.ENV.port} ({error}). "
            "Is it already running? Choose another port with --port or MANYHANDS_PORT."
        ) from None
    finally:
        for process in keeper:
            process.terminate()


def _start_working(workers: int, *, keys: str) -> subprocess.Popen[bytes]:
    """Start what works off jobs in processes of its own, and one that keeps them running.

    Not in a thread: the server forks the processes that answer, and a fork while a thread of ours holds a lock (an
    import, the database) leaves the child waiting for that lock for ever. Starting one anew where it died would need
    such a thread too, so another process does that.
    """
    return subprocess.Popen(  # noqa: S603 - our own command
        keeping.ours("keep-working", str(os.getpid()), str(workers), keys), stdin=subprocess.DEVNULL
    )


def keep_working(
    server: Annotated[int, typer.Argument(help="The process of the server that started this.")],
    workers: Annotated[int, typer.Argument(help="How many workers to keep running.")],
    keys: Annotated[str, typer.Argument(help="The folder of the keys, if the house is sealed.")] = "",
) -> None:
    """Keep workers running while the server that started this is there."""
    keeping.keep(server, workers=workers, keys=keys)


def work(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now and end.")] = False,
    beside: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Do what is to be done later: send notices, let asks come round, sweep. The server starts this by itself.

    Start more of it, here or on other machines that share a PostgreSQL database, where much is to be done. Each does
    one job at a time. One that is killed loses nothing: another takes its job over.
    """
    cli.open_data()
    from django.conf import settings

    from manyhands.config.backups import making, restoring
    from manyhands.config.timetable import TIMETABLE
    from manyhands.jobs import queries
    from manyhands.jobs.working import Worker

    worker = Worker(clock=queries.moment, timetable=TIMETABLE)
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: worker.is_over.set())
    try:
        # As a server does: nobody puts a backup back under the feet of a job.
        with making.held(settings.ENV.data_dir / restoring.SERVING, share=True, wait=False):
            if once:
                typer.echo(f"{worker.work_off()} jobs worked on.")
            else:
                worker.work(stays=lambda: beside is None or os.getppid() == beside)
    except BlockingIOError:
        raise cli.Stop("A backup is being put back right now. Start this again when that is done.") from None


def jobs(
    again: Annotated[str | None, typer.Option(help="Let a job that failed for good begin anew.", metavar="ID")] = None,
) -> None:
    """List the jobs that failed for good, newest first: id, what it was, when, and the kind of error."""
    cli.open_data()
    from manyhands.jobs import actions, queries

    if again is not None:
        job = next((job for job in queries.failed() if str(job.pk) == again), None)
        if job is None or not actions.try_again(job, now=queries.moment()):
            raise cli.Stop(f"No job {again} failed for good. `manyhands jobs` lists those that did.", 2)
        typer.echo("It is in line again.")
        return
    for job in queries.failed():
        typer.echo(f"{job.pk}\t{job.task}\t{job.ended_at:%Y-%m-%d %H:%M}\t{job.last_error}")


def demo() -> None:
    """Load the demo networks into an empty install."""
    cli.open_house()
    bring_up_to_date()
    from manyhands.networks import queries

    if queries.open_to_all().exists():
        raise cli.Stop("This install already has networks; the demo is only loaded into an empty one.")
    load_demo_once()
    typer.echo("Loaded. Start with MANYHANDS_DEMO=yes manyhands serve to sign in with one tap.")


def migrate(
    without_backup: Annotated[
        bool, typer.Option("--without-backup", help="Don't back the database up before it is changed.")
    ] = False,
) -> None:
    """Bring the database up to date. What it held before is backed up first."""
    cli.open_house()
    bring_up_to_date(without_backup=without_backup)
    typer.echo("The database is up to date.")


def check() -> None:
    """Say what is wrong with this install, in sentences. Ends with 1 if something is."""
    cli.open_house()
    from manyhands.config.wellbeing import complaints, keys_mode

    found = complaints()
    if (mode := keys_mode()) is not None:
        typer.echo(mode)
    for sentence in found:
        typer.echo(f"- {sentence}", err=True)
    if found:
        raise typer.Exit(1)
    typer.echo("All is well.")


def wake() -> None:
    """Do everything the timetable holds once, now, whatever the time: for an install where nothing works off jobs."""
    cli.open_data()
    from manyhands.config.timetable import TIMETABLE

    for due in TIMETABLE:
        done = due.task.call()
        typer.echo(f"{due.task.name.replace('_', ' ')}{'' if done is None else f': {done}'}")


def settings() -> None:
    """List every setting, what it does and its default. All are environment variables."""
    from rich.console import Console
    from rich.table import Table

    from manyhands.config import env

    table = Table("Setting", "What it does", "Default", show_lines=True)
    for setting in env.SETTINGS:
        table.add_row(env.PREFIX + setting.name, setting.what, setting.default or "(empty)")
    Console().print(table)


def work_plan(plan: Annotated[str, typer.Argument(help="The plan's key.")]) -> None:
    """Work out a plan the desk asked for. The server starts this by itself."""
    cli.open_house()
    from manyhands.deliveries import planning

    planning.work(plan)
