"""Writing down what happened."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from manyhands.journal.models import HOUSE, End, Entry
from manyhands.kernel import chain


class Thing(Protocol):
    """Anything with a primary key and a model name."""

    pk: Any
    _meta: ClassVar[Any]


def reference(thing: Thing | None) -> str:
    """How the journal points at a thing without knowing it: "ask:<id>"; nothing at all is the house itself."""
    return "house" if thing is None else f"{thing._meta.model_name}:{thing.pk}"


_REACTIONS: dict[str, list[Callable[..., Any]]] = defaultdict(list)


def on(verb: str, reaction: Callable[..., Any]) -> None:
    """Let another room react to what happens here. Said only in config/wiring.py, where all reactions are read."""
    if reaction not in _REACTIONS[verb]:
        _REACTIONS[verb].append(reaction)


def record(
    verb: str, subject: Thing, *, by: Thing | None, now: datetime, network: UUID | None = None, **details: Any
) -> Entry:
    """Write down that ``by`` did ``verb`` to ``subject``. Call it inside the transaction that does the thing.

    ``details`` are codes, numbers and references; never a name, an address or someone's words.
    Whoever reacts to the verb (config/wiring.py) does so now, in the same transaction.
    """
    return record_all(verb, [(subject, details)], by=by, now=now, network=network)[0]


def record_all(
    verb: str,
    happened: Iterable[tuple[Thing, dict[str, Any]]],
    *,
    by: Thing | None,
    now: datetime,
    network: UUID | None = None,
) -> list[Entry]:
    """The same verb done to many things at once, each with its own details: in a few questions, however many."""
    happened = list(happened)
    entries = _write(
        [
            _entry(
                verb, by=reference(by), subject=reference(subject), details=details, now=now,
                network=getattr(subject, "network_id", None) if network is None else network,
            )
            for subject, details in happened
        ]
    )  # fmt: skip
    for reaction in _REACTIONS.get(verb, ()):
        for subject, _details in happened:
            reaction(subject, by=by, now=now)
    return entries


def _entry(verb: str, *, by: str, subject: str, details: dict[str, Any], network: UUID | None, now: datetime) -> Entry:
    salts = [secrets.token_bytes(chain.SALT_BYTES) for _field in chain.FIELDS]
    commitments = chain.commitments_of(salts, (by, subject, details))
    return Entry(
        at=now, network=network, by=by, verb=verb, subject=subject, details=details, chain=network or HOUSE,
        by_salt=salts[0], subject_salt=salts[1], details_salt=salts[2], commitments=commitments,
        body=chain.body_of(at=now, network=network, verb=verb, commitments=commitments),
    )  # fmt: skip


def _write(entries: list[Entry]) -> list[Entry]:
    if connection.vendor != "sqlite":
        # Sealed by the database as the transaction ends: see the migration.
        return Entry.objects.bulk_create(entries, batch_size=200)
    with transaction.atomic(savepoint=False):
        # Writers take turns here from the first statement on, so nobody waits for the end of the chain.
        ends = {end.chain: end for end in End.objects.filter(chain__in={entry.chain for entry in entries})}
        for entry in entries:
            end = ends.setdefault(entry.chain, End(chain=entry.chain, digest=chain.BEFORE_ALL))
            end.number += 1
            end.digest = chain.digest_of(bytes(end.digest), end.number, bytes(entry.body))
            entry.number, entry.digest = end.number, end.digest
        Entry.objects.bulk_create(entries, batch_size=50)
        End.objects.bulk_create(
            ends.values(), update_conflicts=True, unique_fields=["chain"], update_fields=["number", "digest"]
        )
    return entries


_AT_ONCE = 50
BLANKED = "journal.blanked"


@transaction.atomic
def blank(references: Collection[str], *, by: Thing | None, now: datetime) -> int:
    """Take out of the journal, for good, what opens to these references ("person:<id>", "ask:<id>").

    The entries stay, and so does the chain: that something happened, when and what kind of thing it was. Who, to what
    and the details can no longer be told. How many openings were taken is itself journaled, so that `manyhands verify`
    can tell them from openings taken by someone else. Returns that number.
    """
    taken: dict[UUID, int] = defaultdict(int)
    for start in range(0, len(references), _AT_ONCE):
        some = sorted(references)[start : start + _AT_ONCE]
        told_of = Q()
        for each in some:
            told_of |= Q(_text__icontains=each.partition(":")[2])
        told = Entry.objects.annotate(_text=Cast("details", TextField())).filter(told_of | Q(subject__in=some))
        for field, blanked, found in (
            ("by", "", Entry.objects.filter(by__in=some)),
            ("details", {}, told.exclude(verb=BLANKED)),
            ("subject", "", Entry.objects.filter(subject__in=some)),
        ):
            _blank(found.exclude(**{f"{field}_salt": None}), field, blanked, taken)
    for network, openings in sorted(taken.items()):
        blanking = _entry(
            BLANKED, by=reference(by), subject=reference(None), details={"openings": openings},
            network=None if network == HOUSE else network, now=now,
        )  # fmt: skip
        _write([blanking])
    return sum(taken.values())


def _blank(found: QuerySet[Entry], field: str, blanked: Any, taken: dict[UUID, int]) -> None:
    chains = dict(found.order_by().values_list("pk", "chain"))
    for pks in _slices(list(chains)):
        Entry.objects.filter(pk__in=pks).update(**{field: blanked, f"{field}_salt": None})
    for chain_of_it in chains.values():
        taken[chain_of_it] += 1


def _slices(pks: list[int]) -> list[list[int]]:
    return [pks[start : start + 500] for start in range(0, len(pks), 500)]
