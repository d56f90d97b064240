"""Reading what happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, tzinfo
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Max, QuerySet
from django.db.models.functions import TruncDate

from manyhands.journal.actions import Thing, reference
from manyhands.journal.models import End, Entry
from manyhands.kernel.chain import BEFORE_ALL, Found, Head, Row, verify


def about(subject: Thing) -> QuerySet[Entry]:
    """Everything that happened to one thing, oldest first. Who may see the thing may see this."""
    return Entry.objects.filter(subject=reference(subject)).order_by("at", "number", "pk")


def about_many(subjects: list[Thing]) -> QuerySet[Entry]:
    """Everything that happened to several things, oldest first."""
    return Entry.objects.filter(subject__in=[reference(subject) for subject in subjects]).order_by("at", "number", "pk")


def head_of(chain: UUID, *, name: str, on: date) -> Head:
    """Where a network's chain stands now, to be kept outside."""
    end = End.objects.filter(chain=chain).first()
    if end is None:
        return Head(network=name, chain=chain, on=on, entries=0, digest=BEFORE_ALL)
    return Head(network=name, chain=chain, on=on, entries=end.number, digest=bytes(end.digest))


def heads_by_day(chain: UUID, *, name: str, zone: tzinfo, days: int) -> list[Head]:
    """Where the chain stood at the end of each of the last days on which something happened, newest first."""
    ends = (
        Entry.objects.filter(chain=chain, number__isnull=False)
        .annotate(day=TruncDate("at", tzinfo=zone))
        .values("day")
        .annotate(last=Max("number"))
        .order_by("-day")[:days]
    )
    by_day = {row["day"]: row["last"] for row in ends}
    found = Entry.objects.filter(chain=chain, number__in=by_day.values()).values_list("number", "digest")
    digests = {number: _bytes(digest) or BEFORE_ALL for number, digest in found}
    return [Head(network=name, chain=chain, on=day, entries=last, digest=digests[last]) for day, last in by_day.items()]


def chains() -> list[UUID]:
    """Every chain there is, also one whose end someone took away."""
    return sorted({*End.objects.values_list("chain", flat=True), *_chains_of_entries()})


def _chains_of_entries() -> QuerySet[Entry, UUID]:
    return Entry.objects.order_by().values_list("chain", flat=True).distinct()


def walk(chain: UUID, *, witness: Head | None = None) -> Found:
    """Walk one chain from its first entry and say where it does not close."""
    end = End.objects.filter(chain=chain).first()
    return verify(
        _rows(chain),
        chain=chain,
        length=end.number if end else 0,
        end=bytes(end.digest) if end else BEFORE_ALL,
        witness=witness,
    )


_COLUMNS = (
    "number", "at", "network", "verb", "by", "subject", "details", "by_salt", "subject_salt", "details_salt",
    "commitments", "body", "digest",
)  # fmt: skip


def _rows(chain: UUID) -> Iterator[Row]:
    found = Entry.objects.filter(chain=chain).order_by(F("number").asc(nulls_first=True), "pk")
    for row in found.values_list(*_COLUMNS).iterator(chunk_size=2000):
        number, at, network, verb, by, subject, details, *kept, commitments, body, digest = row
        yield Row(
            number=number, at=at, network=network, verb=verb, values=(by, subject, details),
            salts=(_bytes(kept[0]), _bytes(kept[1]), _bytes(kept[2])), commitments=bytes(commitments), body=bytes(body),
            digest=_bytes(digest),
        )  # fmt: skip


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)


GUARDS = {
    "sqlite": {"journal_entry_stays_as_it_is", "journal_entry_stays", "journal_entry_is_not_replaced"},
    "postgresql": {"journal_entry_stays_as_it_is", "journal_entry_stays", "journal_entry_is_sealed"},
}


def missing_guards() -> set[str]:
    """The triggers that keep the database from changing what happened, and are not there."""
    ask_for = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal_entry'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'journal_entry'::regclass AND tgenabled <> 'D'",
    }
    with connection.cursor() as cursor:
        cursor.execute(ask_for[connection.vendor])
        return GUARDS[connection.vendor] - {name for (name,) in cursor.fetchall()}
