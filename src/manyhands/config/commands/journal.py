"""Looking whether the past is as it was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from manyhands.config import cli

if TYPE_CHECKING:
    from manyhands.kernel.chain import Fault, Head


def verify(
    witness: Annotated[
        list[Path] | None,
        typer.Option("--witness", help="A head someone kept outside (a text file); give it once for each file."),
    ] = None,
) -> None:
    """Walk the journal from its first entry and say where an entry was changed, taken out, put in or moved.

    Whoever can change every entry can also make the whole chain anew. Only a head that was kept outside (by members, on
    paper, with a neighbouring network) shows that: give it with --witness. **Ends with** 0 when all is in order, 1 when
    something is not, 2 when a witness can't be read.
    """
    cli.open_data()
    from manyhands.journal import queries as journal
    from manyhands.journal.models import HOUSE
    from manyhands.networks import queries

    heads = [_witness(path) for path in witness or ()]
    names = {HOUSE: "The house"} | {network.pk: network.name for network in queries.open_to_all()}
    chains = sorted({*journal.chains(), *(head.chain for head in heads)}, key=lambda chain: names.get(chain, ""))
    wrong = False
    for chain in chains:
        name = names.get(chain) or next((head.network for head in heads if head.chain == chain and head.network), "")
        kept: list[Head | None] = [head for head in heads if head.chain == chain]
        for head in kept or [None]:
            found = journal.walk(chain, witness=head)
            for fault in found.faults:
                typer.echo(f"{name or chain}: {_sentence(fault)}", err=True)
                wrong = True
            if not found.faults:
                beside = f", as on {head.on:%Y-%m-%d} when it had {head.entries}" if head else ""
                gone = f" {found.blanked} openings were taken out, as journaled." if found.blanked else ""
                typer.echo(
                    f"{name or chain}: {found.entries} entries in order{beside}. Digest {found.digest.hex()}.{gone}"
                )
    if missing := journal.missing_guards():
        typer.echo(
            f"The database no longer refuses to change what happened: {', '.join(sorted(missing))} missing.", err=True
        )
        wrong = True
    if not chains:
        typer.echo("Nothing has happened here yet.")
    if wrong:
        raise typer.Exit(1)


def head(
    network: Annotated[
        str | None, typer.Option("--network", help="The network's short name, where there are several.")
    ] = None,
) -> None:
    """Print where a network's journal stands now, to be kept outside: print it, mail it, give it to neighbours."""
    cli.open_data()
    from manyhands.journal import queries as journal

    here = cli.the_network(network)
    today = cli.right_now().astimezone(here.zone).date()
    typer.echo(journal.head_of(UUID(str(here.pk)), name=here.slug, on=today).as_text(), nl=False)


def _witness(path: Path) -> Head:
    from manyhands.kernel.chain import NotAHead, read_head

    try:
        return read_head(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        raise cli.Stop(f"{path} can't be read.", 2) from None
    except NotAHead as no:
        raise cli.Stop(f"{path} is not a head of the journal. {no}", 2) from None


def _sentence(fault: Fault) -> str:
    from manyhands.kernel.chain import What

    return {
        What.MISSING: f"Entry {fault.number} is missing.",
        What.UNSEALED: "An entry stands outside the chain: it was put in past the software.",
        What.TWICE: f"There are two entries {fault.number}.",
        What.CHANGED: f"Entry {fault.number} was changed.",
        What.MOVED: f"Entry {fault.number} does not follow the one before it: something was put in or moved.",
        What.BLANKED: "More or fewer openings were taken out than the journal says.",
        What.END: f"The chain ends at entry {fault.number}, but not where the database says it should.",
        What.REWRITTEN: f"Entry {fault.number} is not the one the witness kept: the past was rewritten.",
    }[fault.what]
