"""The one command: `manyhands`. It explains itself; every verb here calls the same actions as the pages."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from typing import Annotated, Any

import typer

app = typer.Typer(
    name="manyhands",
    help="Mutual aid, organised by the people who do it: asks and offers matched, carried and closed.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Stop(typer.Exit):
    """End with a sentence on the error line and an exit code: 1 it could not be done, 2 it was asked wrongly."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        typer.echo(sentence, err=True)
        super().__init__(code)


def open_house() -> None:
    """Read the settings and wake Django; a wrong setting ends here with its sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manyhands.config.settings")
    import django

    django.setup()


def open_data() -> None:
    """Open the house and make sure its database is there and up to date; a sentence where it is not."""
    open_house()
    from django.db import OperationalError

    try:
        pending = pending_migrations()
    except OperationalError as error:
        raise Stop(f"The database can't be reached: {str(error).strip().splitlines()[0]}") from None
    if pending:
        raise Stop("The database is not up to date. Run `manyhands migrate` (or start the server once).")


def pending_migrations() -> int:
    """How many migrations the database still needs."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def right_now() -> datetime:
    """The moment, in UTC: the terminal is an edge of the house and may read the clock."""
    from django.utils import timezone

    return timezone.now()


def the_network(slug: str | None) -> Any:
    """The network meant: the one named, or the only one there is."""
    from manyhands.networks import queries

    if slug:
        network = queries.by_slug(slug)
        if network is None:
            raise Stop(f"There is no network “{slug}”. `manyhands networks` lists them.", 2)
        return network
    networks = list(queries.open_to_all()[:2])
    if not networks:
        raise Stop("There is no network yet. Create one: manyhands createnetwork SLUG NAME", 1)
    if len(networks) > 1:
        raise Stop("There are several networks: say which with --network. `manyhands networks` lists them.", 2)
    return networks[0]


def version_asked(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"manyhands {version('manyhands')}")
        raise typer.Exit


@app.callback()
def manyhands(
    _version: Annotated[
        bool, typer.Option("--version", callback=version_asked, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Mutual aid, organised by the people who do it: asks and offers matched, carried and closed."""


def register() -> None:
    """Every verb, in the order the help shows them."""
    from manyhands.config.commands import hosting, journal, running

    app.command("serve", rich_help_panel="The server")(running.serve)
    app.command("demo", rich_help_panel="The server")(running.demo)
    app.command("migrate", rich_help_panel="The server")(running.migrate)
    app.command("check", rich_help_panel="The server")(running.check)
    app.command("work", rich_help_panel="The server")(running.work)
    app.command("jobs", rich_help_panel="The server")(running.jobs)
    app.command("wake", rich_help_panel="The server")(running.wake)
    app.command("verify", rich_help_panel="The server")(journal.verify)
    app.command("head", rich_help_panel="The server")(journal.head)
    app.command("settings", rich_help_panel="The server")(running.settings)
    app.command("work-plan", hidden=True)(running.work_plan)
    app.command("keep-working", hidden=True)(running.keep_working)
    from manyhands.config.commands import backups, keys, places

    app.add_typer(keys.app, name="keys", rich_help_panel="The server")
    app.add_typer(places.app, name="places", rich_help_panel="The server")
    app.command("backup", rich_help_panel="Backups")(backups.backup)
    app.command("restore", rich_help_panel="Backups")(backups.restore)
    app.command("drill", rich_help_panel="Backups")(backups.drill)
    app.command("forget-again", rich_help_panel="Backups")(backups.forget_again)
    app.command("look-over", hidden=True)(backups.look_over)
    app.command("networks", rich_help_panel="Networks")(hosting.networks)
    app.command("createnetwork", rich_help_panel="Networks")(hosting.createnetwork)
    app.command("squares", rich_help_panel="Networks")(hosting.squares)
    app.command("hibernate", rich_help_panel="Networks")(hosting.hibernate)
    app.command("wake-network", rich_help_panel="Networks")(hosting.wake_network)
    app.command("createhost", rich_help_panel="Networks")(hosting.createhost)
    app.command("mend-sign-in", rich_help_panel="Networks")(hosting.mend_sign_in)
    from manyhands.config.commands.export import export_command
    from manyhands.config.commands.import_ import import_command
    from manyhands.config.commands.match import match_command
    from manyhands.config.commands.plan import plan_command
    from manyhands.config.commands.pool import pool_command
    from manyhands.config.commands.roster import roster_command
    from manyhands.config.commands.share import share_command

    app.command("plan", rich_help_panel="The evening")(plan_command)
    app.command("share", rich_help_panel="The evening")(share_command)
    app.command("pool", rich_help_panel="The evening")(pool_command)
    app.command("match", rich_help_panel="The evening")(match_command)
    app.command("roster", rich_help_panel="The evening")(roster_command)
    app.command("import", rich_help_panel="The evening")(import_command)
    app.command("export", rich_help_panel="The evening")(export_command)


register()


def main() -> None:
    """Where the installed command enters."""
    try:
        app()
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        # A person at a terminal may read what went wrong; a log may not hold the words of an error.
        if sys.stderr.isatty() or "django" not in sys.modules:
            raise
        from manyhands.config.health.logs import note_uncaught

        sys.exit(f"Something broke. The log knows it as {note_uncaught(error)}.")
