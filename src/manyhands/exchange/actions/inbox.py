"""The inbox of a shut house: asks come in as letters that nobody can read, and become asks once it is open."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from manyhands.exchange import rules
from manyhands.exchange.actions.asks import Promised, promised_codes
from manyhands.exchange.models import Ask, Asking, Letter
from manyhands.kernel import sealing
from manyhands.kit import codes, links, ring
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.networks.models import Network
from manyhands.people.models import Person


@transaction.atomic
def put_letter(
    *,
    network: Network,
    typed: Mapping[str, Sequence[str]],
    things: int,
    submission: UUID,
    reads: str = "",
    by: Person | None = None,
    now: datetime,
) -> tuple[Letter, str]:
    """Seal an ask for later; the letter, and the secret part of the neighbour's private link.

    ``typed`` is the form as it was filled in, for ``things`` things. It is not journalled before it becomes an ask: the
    journal needs a key too. Sent twice it is one letter, but the link can't be told again: :class:`Refused`.
    """
    network = Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    if Letter.objects.filter(network=network, submission=submission).exists():
        raise Refused(_("You had sent this already; we took it in once. Its private link is on the page you saw then."))
    refuse_if(rules.why_not_ask(by, network, Asking.Source.PAGE))
    key, nonce = uuid4(), links.fresh_nonce()
    token = links.token_for("asking", key, nonce)
    said = {"typed": {name: list(values) for name, values in typed.items()}, "reads": reads, "nonce": nonce}
    letter = Letter(
        id=key,
        network=network,
        sealed=sealing.seal_letter(
            ring.the_ring().public_half("inbox"), json.dumps(said).encode(), about=_about(network, key)
        ),
        token_digest=links.digest(token),
        submission=submission,
        codes=_free_codes(network, things),
        put_at=now,
    )
    letter.save(force_insert=True)
    return letter, token


def opened(letter: Letter) -> tuple[dict[str, list[str]], str, Promised]:
    """What a letter says, what language its writer reads, and what they were promised.

    :class:`~manyhands.kit.ring.Shut` while the house is, ``sealing.Broken`` where it does not open.
    """
    private = ring.the_ring().private_half("inbox")
    said: dict[str, Any] = json.loads(
        sealing.open_letter(private, bytes(letter.sealed), about=_about(letter.network, letter.pk))
    )
    return said["typed"], said["reads"], Promised(letter.pk, said["nonce"], letter.codes)


def keep(letter: Letter, *, why: str, by: Person | None, now: datetime) -> None:  # noqa: ARG001  every action says who
    """It could not become an ask: it stays, with the reason, for the desk to look at."""
    letter.why_kept = why
    letter.save(update_fields=["why_kept"])


def done_with(letter: Letter, *, by: Person | None, now: datetime) -> None:  # noqa: ARG001
    """It became an ask, in this transaction."""
    letter.delete()


def _free_codes(network: Network, count: int) -> list[str]:
    taken, found = promised_codes(network), list[str]()
    while len(found) < count:
        code = codes.fresh_code()
        if code not in taken and not Ask.objects.filter(network=network, code=code).exists():
            taken.add(code)
            found.append(code)
    return found


def _about(network: Network, key: UUID) -> bytes:
    return f"letter|{network.pk}|{key}".encode()
