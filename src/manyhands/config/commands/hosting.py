"""What a host does from the terminal: networks, and the first way in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from manyhands.config import cli
from manyhands.kit.refusals import Refused

if TYPE_CHECKING:
    from manyhands.people.models import Person


def networks() -> None:
    """List the networks of this install."""
    cli.open_data()
    from manyhands.networks import queries

    found = list(queries.open_to_all())
    for network in found:
        typer.echo(f"{network.slug}\t{network.name}")
    if not found:
        typer.echo("There is no network yet. Create one: manyhands createnetwork SLUG NAME", err=True)


def createnetwork(
    slug: Annotated[str, typer.Argument(help="Short name for the address: small letters, digits, dashes.")],
    name: Annotated[str, typer.Argument(help="What the network is called.")],
    steward: Annotated[str, typer.Option(help="The name of the person who looks after it.")] = "",
    time_zone: Annotated[str, typer.Option(help="Such as Europe/Madrid.")] = "UTC",
    country: Annotated[str, typer.Option(help="Two letters: the country of phone numbers without a code.")] = "US",
    language: Annotated[str, typer.Option(help="Such as en, es or ar.")] = "en",
) -> None:
    """Create a network with the usual lists; prints the private link with which its steward signs in."""
    cli.open_house()
    from zoneinfo import available_timezones

    from manyhands.config.commands.running import bring_up_to_date
    from manyhands.exchange import actions as exchange
    from manyhands.networks import actions
    from manyhands.networks.models import Network

    bring_up_to_date()
    if time_zone not in available_timezones():
        raise cli.Stop(f"“{time_zone}” is not a time zone. Write it like Europe/Madrid or America/Lima.", 2)
    for validator in Network._meta.get_field("slug").validators:
        from django.core.exceptions import ValidationError

        try:
            validator(slug)
        except ValidationError:
            raise cli.Stop(f"“{slug}” can't be an address. Use small letters, digits and dashes.", 2) from None
    from django.db import transaction

    now = cli.right_now()
    try:
        with transaction.atomic():
            person = _person(steward or name, now=now)
            network = actions.create_network(
                slug=slug, name=name, steward=person, by=None, now=now,
                time_zone=time_zone, country=country.upper(), language=language,
            )  # fmt: skip
            exchange.seed_lists(network, by=None, now=now)
            link = _way_in(person, now=now)
    except Refused as no:
        raise cli.Stop(str(no), 2) from None
    typer.echo(f"Created {name}. Its steward signs in for the first time with this link (it works once, for a week):")
    typer.echo(link)


def squares(
    file: Annotated[Path, typer.Argument(help="CSV with columns lat and lon, or GeoJSON: addresses or buildings.")],
    network: Annotated[
        str | None, typer.Option("--network", help="The network's short name, where there are several.")
    ] = None,
    least: Annotated[int, typer.Option(help="Homes in a square, at least.", min=20, max=1000)] = 50,
) -> None:
    """Make a network's squares from a list of homes. Only the squares are kept, nothing of the list.

    **Ends with** 0 when they are made, 1 when the list doesn't do, 2 when there is no such file or network.
    """
    cli.open_data()
    from manyhands.places import actions
    from manyhands.places.queries import squares_of

    here = cli.the_network(network)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise cli.Stop(f"{file} can't be read: {error.strerror}.", 2) from None
    try:
        actions.measure_squares(here, data=data, least=least, by=None, now=cli.right_now())
    except Refused as no:
        raise cli.Stop(str(no)) from None
    made: Any = squares_of(here)
    typer.echo(
        f"{len(made.squares)} squares, none with fewer than {made.fewest} homes; "
        f"half of them are narrower than {made.usual_metres:.0f} m."
    )


def hibernate(
    network: Annotated[str, typer.Argument(help="The network's short name.")],
    note: Annotated[str, typer.Option(help="How somebody is reached meanwhile: it stands on the public page.")],
    yes: Annotated[bool, typer.Option("--yes", help="Really forget everybody in it.")] = False,
) -> None:
    """Put a network to sleep: forget everybody in it but its stewards, keep what is counted, and shut its pages.

    Refused while an ask is open. There is no way back to what is forgotten. **Ends with** 0 when it sleeps, 1 when it
    can't, 2 when there is no such network or `--yes` is missing.
    """
    cli.open_data()
    from manyhands.exchange import hibernating

    here = cli.the_network(network)
    if not yes:
        raise cli.Stop(f"This forgets everybody in {here.name} for good. Say --yes if that is meant.", 2)
    try:
        counts = hibernating.put_to_sleep(here, note=note, by=None, now=cli.right_now())
    except Refused as no:
        raise cli.Stop(str(no)) from None
    for model, count in counts.items():
        if count:
            typer.echo(f"{model}\t{count}")
    typer.echo(f"{here.name} is asleep. To wake it: manyhands wake-network {here.slug}")


def wake_network(network: Annotated[str, typer.Argument(help="The network's short name.")]) -> None:
    """Wake a network that sleeps. A steward can do it on its page as well."""
    cli.open_data()
    from manyhands.networks import actions

    here = actions.wake(cli.the_network(network), by=None, now=cli.right_now())
    typer.echo(f"{here.name} is awake. Its people come anew: invite a steward or helpers on its page.")


def createhost(name: Annotated[str, typer.Argument(help="Your name.")]) -> None:
    """Make the person who looks after this install; prints the private link with which they sign in."""
    cli.open_house()
    from manyhands.config.commands.running import bring_up_to_date
    from manyhands.people import actions as people

    bring_up_to_date()
    now = cli.right_now()
    person = _person(name, now=now)
    people.make_host(person, by=None, now=now)
    typer.echo("Sign in for the first time with this link (it works once, for a week):")
    typer.echo(_way_in(person, now=now))


def mend_sign_in(
    person: Annotated[str, typer.Argument(help="The e-mail or phone they sign in with, as they write it.")],
    country: Annotated[str, typer.Option(help="Two letters: the country of a phone number without a code.")] = "",
) -> None:
    """Open the way in again for someone who lost everything: passkeys, app and paper.

    Ends every sign-in of theirs and prints a private link. Make sure first that it is really them who ask.
    """
    cli.open_data()
    from django.db import transaction

    from manyhands.people import devices, factors, queries
    from manyhands.people.signing_in import names_of

    found = queries.signing_in_as(names_of(person, country.upper()))
    if found is None:
        raise cli.Stop("Nobody signs in with that. Write it as they do: an e-mail address or +1 ...", 2)
    now = cli.right_now()
    with transaction.atomic():
        factors.drop_all(found, by=None, now=now)
        devices.end(found, by=None, now=now)
        link = _way_in(found, now=now)
    typer.echo("Passkeys, app and paper codes are gone, and they are signed out everywhere.")
    typer.echo("With this link they set how they sign in (it works once, for a week):")
    typer.echo(link)


def _person(name: str, *, now: datetime) -> Person:
    from manyhands.people import actions as people

    return people.note_person(name=name, now=now)


def _way_in(person: Person, *, now: datetime) -> str:
    from django.conf import settings
    from django.urls import reverse

    from manyhands.people import actions, queries

    invitation = actions.invite(person, by=None, now=now)
    return str(settings.PUBLIC_URL) + reverse("people:invited", args=[queries.invitation_token(invitation)])
