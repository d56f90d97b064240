"""Which of the two modes a house is in, and how it is opened and shut, from the terminal.

Passphrases and shares are typed at a prompt, or come as lines on the standard input; never as an argument or in the
environment, where others on the machine can read them.
"""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from manyhands.config import cli, keeping
from manyhands.kit.ring import Ring, RingTrouble, Wrong, asking, slots

app = typer.Typer(
    help="How the keys of this house are kept: locked cabinet (opens by itself) or sealed (somebody opens it).",
    no_args_is_help=True,
)
Needed = Annotated[int, typer.Option("--needed", help="How many paper shares open the house together. 0: no shares.")]
Of = Annotated[int, typer.Option("--of", help="How many paper shares there are.")]
CABINET = "Locked cabinet: the house opens by itself when the machine starts."
SEALED = "Sealed: the house starts shut; a passphrase or paper shares open it."


def cost() -> slots.Cost:
    """What a guess at a new passphrase costs: it stands in the slot. Tests make theirs cheaper."""
    return slots.Cost()


@app.command()
def mode() -> None:
    """Say which mode is on, what it protects and what not, and what opens the house."""
    with _ring() as ring:
        if not ring.is_sealed():
            typer.echo(CABINET)
            typer.echo("It protects: a stolen backup, and people who were forgotten.")
            typer.echo("It does not protect: whoever takes the machine, on or off, can read everything.")
            return
        typer.echo(SEALED)
        typer.echo("It protects: whoever takes the machine while it is off, or shut, reads nothing about anybody.")
        typer.echo(
            "It does not protect: whoever rules the machine while the house is open can read everything, and so can "
            "whoever makes somebody tell the passphrase."
        )
        ways, stands = ring.ways_in(), asking.standing(ring.folder)
        passphrases = [name.removeprefix(slots.PASSPHRASE) for name in ways if name.startswith(slots.PASSPHRASE)]
        if passphrases:
            typer.echo(f"Any one of these passphrases opens it: {', '.join(passphrases)}.")
        if (asked := slots.asked_by(ways)) is not None:
            typer.echo(f"{asked.needed} of {asked.of} paper shares open it (papers number {asked.mark}).")
        if stands.is_open:
            typer.echo("It is open now.")
            if stands.may_reach_swap:
                typer.echo("The system may write the key into its swap. Set LimitMEMLOCK=infinity, or turn swap off.")
        elif stands.is_there:
            given = f" {stands.shares_given} shares were given so far." if stands.shares_given else ""
            typer.echo(f"It is shut now.{given}")
        else:
            typer.echo("It is shut now: the server does not run.")
        if ring.file.with_name("unattended.key").exists():
            ring.drop_opener()
            typer.echo("A key from before, which opens nothing any more, was deleted.")


@app.command("seal-with-passphrase")
def seal_with_passphrase(needed: Needed = 0, of: Of = 0) -> None:
    """Turn the locked cabinet into a sealed house. Stop the server first.

    Asks for a passphrase, and prints paper shares where you want some. From then on nothing on this machine opens the
    house: **without a passphrase or enough shares everything in it is lost for good.**
    """
    with _ring() as ring, _nobody_serves():
        if ring.is_sealed():
            raise cli.Stop("This house is sealed already. To change what opens it: manyhands keys renew", 2)
        _set_ways_in(ring, ring.root_from(), needed=needed, of=of)
        typer.echo(
            "The house is sealed. It starts shut: open it with `manyhands keys open`, or on its page /host/open/."
        )
        typer.echo(
            "Delete every older copy of the keys' folder: it still opens what was in the house until now. "
            f"Then keep a new copy of {ring.folder}: it holds nothing that opens by itself."
        )


@app.command("open-by-itself")
def open_by_itself() -> None:
    """Turn a sealed house back into a locked cabinet. Stop the server first. Takes a passphrase or the shares."""
    with _ring() as ring, _nobody_serves():
        _only_sealed(ring)
        root = ring.root_from(_opened(ring))
        ring.change_slots(root, ring.unattended_slot)
        typer.echo(CABINET)


@app.command("add-passphrase")
def add_passphrase(
    name: Annotated[str, typer.Argument(help="A word by which you tell it from the others; it is no secret.")],
) -> None:
    """Let one more passphrase open the house. Takes one that does already, or the shares."""
    with _ring() as ring:
        _only_sealed(ring)
        ways, slot = ring.ways_in(), slots.PASSPHRASE + name
        if slot in ways:
            raise cli.Stop(f"There is a passphrase “{name}” already. Remove it first, or choose another word.", 2)
        if sum(each.startswith(slots.PASSPHRASE) for each in ways) >= slots.MOST_PASSPHRASES:
            raise cli.Stop(f"There are {slots.MOST_PASSPHRASES} passphrases already. Remove one first.", 2)
        root = ring.root_from(_opened(ring))
        new = slots.lock_with_passphrase(root.key, _new_passphrase(), name=slot, cost=cost())
        ring.put_slots(root, add={slot: new})
        typer.echo(f"The passphrase “{name}” opens the house too.")


@app.command("remove-passphrase")
def remove_passphrase(
    name: Annotated[str, typer.Argument(help="Which one: `manyhands keys mode` lists them.")],
) -> None:
    """Take a passphrase out of use. Was somebody expelled who knew it? Then run `manyhands keys renew` instead."""
    with _ring() as ring:
        _only_sealed(ring)
        if slots.PASSPHRASE + name not in ring.ways_in():
            raise cli.Stop(f"There is no passphrase “{name}”. `manyhands keys mode` lists them.", 2)
        ring.put_slots(ring.root_from(_opened(ring)), add={}, remove=[slots.PASSPHRASE + name])
        typer.echo(f"The passphrase “{name}” opens nothing any more.")


@app.command("new-shares")
def new_shares(needed: Needed, of: Of) -> None:
    """Make paper shares; those there were before open nothing any more. Takes a passphrase or the shares."""
    with _ring() as ring:
        _only_sealed(ring)
        root = ring.root_from(_opened(ring))
        slot, papers = slots.lock_with_shares(root.key, needed=needed, of=of)
        ring.put_slots(root, add={slots.SHARES: slot})
        _print_papers(papers, needed=needed)


@app.command()
def renew(needed: Needed = 0, of: Of = 0) -> None:
    """Change everything that opens the house in one act, as after somebody was expelled, and shut it.

    Every passphrase and every share there was opens nothing any more; the root key is another one.
    """
    with _ring() as ring:
        _only_sealed(ring)
        _set_ways_in(ring, ring.root_from(_opened(ring)), needed=needed, of=of)
        asking.seal(ring.folder)
        typer.echo("Everything that opens the house is new, and it is shut. Open it: manyhands keys open")
        typer.echo("Keep a new copy of the keys' folder and delete the older ones.")


@app.command("open")
def open_() -> None:
    """Open the house: asks for a passphrase, or for paper shares one after the other."""
    with _ring() as ring:
        _only_sealed(ring)
        stands = asking.standing(ring.folder)
        if stands.is_open:
            typer.echo("The house is open already.")
            return
        asked = slots.asked_by(ring.ways_in())
        said = _secret("Passphrase, or the words of one share: ")
        while True:
            if asked is not None and len(said.split()) >= 20:
                stands = asking.give_share(ring.folder, said)
            else:
                stands = asking.open_with_passphrase(ring.folder, said)
            if stands.is_open or asked is None:
                break
            typer.echo(f"{stands.shares_given} of {asked.needed} shares. They are kept in memory for a day.")
            said = _secret("The words of the next share (empty: later): ")
            if not said:
                return
        typer.echo("The house is open.")


@app.command()
def seal() -> None:
    """Shut the house at once: ends every process that holds keys. Asks are still taken in."""
    with _ring() as ring:
        _only_sealed(ring)
        typer.echo("The house is shut." if asking.seal(ring.folder) else "The house was shut already.")


@app.command()
def hold() -> None:
    """Hold the keys without a server, until Ctrl-C: to restore or migrate while the server is stopped."""
    with _ring() as ring:
        _only_sealed(ring)
        typer.echo("Open the house in another terminal: manyhands keys open. End with Ctrl-C: that shuts it.")
        subprocess.run(keeping.key_process(str(ring.folder), os.getpid()), check=False)  # noqa: S603 - our own command


@contextmanager
def _ring() -> Iterator[Ring]:
    cli.open_house()
    from manyhands.kit import ring

    try:
        yield ring.the_ring()
    except RingTrouble as trouble:
        raise cli.Stop(str(trouble)) from None


@contextmanager
def _nobody_serves() -> Iterator[None]:
    """A server that runs holds the key in its memory, whatever the ring says."""
    from django.conf import settings

    from manyhands.config.backups import making, restoring

    folder: Path = settings.ENV.data_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with making.held(folder / restoring.SERVING, wait=False):
            yield
    except BlockingIOError:
        raise cli.Stop("The server is running, and holds keys. Stop it first; then do this again.") from None


def _only_sealed(ring: Ring) -> None:
    if not ring.is_sealed():
        raise cli.Stop("This house is a locked cabinet. To seal it: manyhands keys seal-with-passphrase", 2)


def _set_ways_in(ring: Ring, root: slots.Root, *, needed: int, of: int) -> None:
    """Ask for a new passphrase, make the shares that are wanted, and put both in the place of all there was."""
    passphrase, papers = _new_passphrase(), []

    def lock(key: bytes) -> dict[str, bytes]:
        name = slots.PASSPHRASE + "first"
        made = {name: slots.lock_with_passphrase(key, passphrase, name=name, cost=cost())}
        if needed or of:
            made[slots.SHARES], words = slots.lock_with_shares(key, needed=needed, of=of)
            papers.extend(words)
        return made

    ring.change_slots(root, lock)
    if papers:
        _print_papers(papers, needed=needed)


def _print_papers(papers: list[str], *, needed: int) -> None:
    typer.echo(f"Write each of these on a paper of its own, for {len(papers)} people in different homes.")
    typer.echo(f"Any {needed} of them open the house. They are shown this once and kept nowhere.\n")
    for number, words in enumerate(papers, start=1):
        typer.echo(f"Share {number} of {len(papers)}:\n{words}\n")


def _opened(ring: Ring) -> bytes:
    """The root key, from what whoever sits at the terminal knows."""
    ways = ring.ways_in()
    said = _secret("What opens the house now (a passphrase, or the words of one share): ")
    if slots.SHARES not in ways or len(said.split()) < 20:
        return slots.open_with_passphrase(ways, said)
    given = [slots.read_share(ways, said)]
    asked = slots.asked_by(ways)
    while asked is not None and len({share.index for share in given}) < asked.needed:
        said = _secret("The words of the next share: ")
        if not said:
            raise Wrong("These are too few shares.")
        given.append(slots.read_share(ways, said))
    return slots.open_with_shares(ways, given)


def _new_passphrase() -> str:
    if sys.stdin.isatty():
        typer.echo(f"Choose a passphrase. Seven words drawn by lot are good, such as: {slots.suggested_passphrase()}")
    said = _secret("New passphrase: ")
    if (no := slots.why_not_passphrase(said)) is not None:
        raise cli.Stop(no, 2)
    if sys.stdin.isatty() and _secret("The same once more: ") != said:
        raise cli.Stop("The two are not the same. Nothing was changed.", 2)
    return said


def _secret(prompt: str, read: Callable[[str], str] = getpass.getpass) -> str:
    """One line that nobody sees: from the keyboard, or from the standard input where that is no terminal."""
    return (read(prompt) if sys.stdin.isatty() else sys.stdin.readline()).strip()
