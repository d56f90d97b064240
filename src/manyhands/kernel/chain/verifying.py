"""Walking a chain from its first entry: every place where it does not close."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from manyhands.kernel.chain.heads import Head
from manyhands.kernel.chain.links import BEFORE_ALL, FIELDS, body_of, commit, digest_of

BLANKED = "journal.blanked"  # the verb of an entry that says how many openings were taken out
_ENOUGH = 100


class What(StrEnum):
    """What can be wrong with a chain."""

    MISSING = "missing"
    UNSEALED = "unsealed"
    TWICE = "twice"
    CHANGED = "changed"
    MOVED = "moved"
    BLANKED = "blanked"
    END = "end"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, and at which entry (0: the chain as a whole)."""

    what: What
    number: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it is stored; a salt that is None was taken out together with what it opened."""

    number: int | None
    at: datetime
    network: UUID | None
    verb: str
    values: tuple[Any, Any, Any]
    salts: tuple[bytes | None, bytes | None, bytes | None]
    commitments: bytes
    body: bytes
    digest: bytes | None


@dataclass(frozen=True, slots=True)
class Found:
    """What walking a chain found: its length and last digest, how many openings are gone, and what is wrong."""

    entries: int
    digest: bytes
    blanked: int
    faults: tuple[Fault, ...]


def verify(
    rows: Iterable[Row],
    *,
    chain: UUID,
    length: int | None = None,
    end: bytes | None = None,
    witness: Head | None = None,
) -> Found:
    """Walk the rows in the order of their numbers, those without one first.

    ``length`` and ``end`` are what the database says the chain's head is; ``witness`` what someone outside kept.
    """
    faults: list[Fault] = []
    before, last, blanked, told, witnessed = BEFORE_ALL, 0, 0, 0, None
    for row in rows:
        if row.number is None or row.digest is None:
            faults.append(Fault(What.UNSEALED))
            continue
        number = row.number
        if number <= last:
            faults.append(Fault(What.TWICE, number))
        elif number != last + 1:
            faults.append(Fault(What.MISSING, last + 1))
        if (row.network or UUID(int=0)) != chain:
            faults.append(Fault(What.MOVED, number))
        gone = _gone(row)
        if gone is None or body_of(at=row.at, network=row.network, verb=row.verb, commitments=row.commitments) != bytes(
            row.body
        ):
            faults.append(Fault(What.CHANGED, number))
        elif digest_of(before, number, row.body) != row.digest:
            faults.append(Fault(What.MOVED, number))
        blanked += gone or 0
        if row.verb == BLANKED:
            told += _told(row.values[2])
        before, last = row.digest, max(number, last)
        if witness is not None and number == witness.entries:
            witnessed = row.digest
        if len(faults) >= _ENOUGH:
            return Found(last, before, blanked, tuple(faults))
    if blanked != told:
        faults.append(Fault(What.BLANKED))
    if (length is not None and length != last) or (end is not None and end != before):
        faults.append(Fault(What.END, last))
    if witness is not None and witness.entries and witnessed != witness.digest:
        faults.append(Fault(What.REWRITTEN, witness.entries))
    return Found(last, before, blanked, tuple(faults))


def _gone(row: Row) -> int | None:
    """How many of the openings were taken out; None where one that is there opens to something else."""
    if len(row.commitments) != 32 * len(FIELDS):
        return None
    gone = 0
    for place, (field, value, salt) in enumerate(zip(FIELDS, row.values, row.salts, strict=True)):
        if salt is None:
            if value not in ("", {}):
                return None
            gone += 1
        elif commit(salt, field, value) != row.commitments[32 * place : 32 * place + 32]:
            return None
    return gone


def _told(details: Any) -> int:
    openings = details.get("openings", 0) if isinstance(details, dict) else 0
    return openings if isinstance(openings, int) else 0
