"""P-41: any edit, deletion, insertion or re-ordering of a line of the journal is found."""

from __future__ import annotations

import os
import random
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction

from manyhands.journal import actions, queries
from manyhands.journal.models import Entry
from manyhands.kernel.chain import FIELDS, body_of, commitments_of, digest_of
from tests.cast import NOW
from tests.journal.test_the_chain_of_what_happened import seal

# The long form makes the thousand of trust.md; the short one a tenth, of the same kinds.
TRIES = 1_000 if os.environ.get("PROMISES_LONG") else 100
TABLE = Entry._meta.db_table


def guards_down() -> None:
    """The attacker owns the database and takes the triggers down first."""
    with connection.cursor() as cursor:
        for name in queries.GUARDS[connection.vendor]:
            cursor.execute(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else f" ON {TABLE}"))


def run(sql: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def edit(luck: random.Random, one: Entry, other: Entry) -> int:
    column = luck.choice(
        ["at", "network", "by", "verb", "subject", "details", "chain", "by_salt", "subject_salt", "details_salt",
         "commitments", "body", "number", "digest"]
    )  # fmt: skip
    new = {
        "at": one.at + timedelta(microseconds=luck.choice([1, -1, 10**9])),
        "network": luck.choice([None, UUID(int=luck.getrandbits(128))]),
        "by": luck.choice(["person:" + one.by, one.by + "0", other.subject]),
        "verb": one.verb + luck.choice(["s", "ed"]),
        "subject": one.subject[:-1] + ("0" if one.subject[-1] != "0" else "1"),
        "details": {**one.details, "n": luck.random()},
        "chain": UUID(int=luck.getrandbits(128)),
        "number": one.number + luck.choice([1000, -1000]),
    }.get(column, luck.randbytes(32))
    return Entry.objects.filter(pk=one.pk).update(**{column: new})


def delete(luck: random.Random, one: Entry, other: Entry) -> int:
    return run(f"DELETE FROM {TABLE} WHERE id = %s", one.pk)


def insert(luck: random.Random, one: Entry, other: Entry) -> int:
    """A forged line, as well made as can be without making all that follows anew."""
    salts = [luck.randbytes(16) for _ in FIELDS]
    values = (one.by, other.subject, {"n": luck.random()})
    commitments = commitments_of(salts, values)
    body = body_of(at=one.at, network=one.network, verb=one.verb, commitments=commitments)
    last = Entry.objects.filter(chain=one.chain).order_by("-number").first()
    place = luck.choice(["end", "unsealed", "instead"])
    number = {"end": last.number + 1, "unsealed": None, "instead": one.number}[place]
    before = Entry.objects.filter(chain=one.chain, number=(number or 1) - 1).first()
    digest = None if number is None else digest_of(bytes(before.digest) if before else bytes(32), number, body)
    if place == "instead":
        run(f"DELETE FROM {TABLE} WHERE id = %s", one.pk)
    forged = Entry(
        at=one.at, network=one.network, by=values[0], verb=one.verb, subject=values[1], details=values[2],
        chain=one.chain, by_salt=salts[0], subject_salt=salts[1], details_salt=salts[2], commitments=commitments,
        body=body, number=number, digest=digest,
    )  # fmt: skip
    forged.save(force_insert=True)
    return 1


def reorder(luck: random.Random, one: Entry, other: Entry) -> int:
    if luck.random() < 0.5:  # their places
        run(f"UPDATE {TABLE} SET number = %s WHERE id = %s", -1, one.pk)
        run(f"UPDATE {TABLE} SET number = %s WHERE id = %s", one.number, other.pk)
        return run(f"UPDATE {TABLE} SET number = %s WHERE id = %s", other.number, one.pk)
    mine = Entry.objects.filter(pk=one.pk).values("at", "commitments", *FIELDS, *(f"{field}_salt" for field in FIELDS))
    Entry.objects.filter(pk=other.pk).update(**mine.get())  # one line's contents over the other's
    return 1


def blank(luck: random.Random, one: Entry, other: Entry) -> int:
    field = luck.choice(FIELDS)
    return Entry.objects.filter(pk=one.pk).update(**{field: {} if field == "details" else "", f"{field}_salt": None})


def test_every_tampering_is_found(town):
    for number in range(20):
        actions.record("ask.noted", town.groceries, by=town.dee, now=NOW + timedelta(minutes=number), n=number)
    assert actions.blank([actions.reference(town.pram.offered_by)], by=None, now=NOW)
    seal()
    guards_down()
    assert all(not queries.walk(chain).faults for chain in queries.chains())
    luck = random.Random(int(os.environ.get("PROMISES_SEED", "41")))
    whole = Entry.objects.filter(chain=town.riverside.pk).exclude(by_salt=None).exclude(subject_salt=None)
    entries = list(whole.exclude(details_salt=None).order_by("number"))
    assert len(entries) > 20
    found = 0
    for number in range(TRIES):
        tamper = luck.choice([edit, delete, insert, reorder, blank])
        one, other = luck.sample(entries, 2)
        with transaction.atomic():
            assert tamper(luck, one, other) == 1
            faults = [fault for chain in queries.chains() for fault in queries.walk(chain).faults]
            assert faults, f"{number}: {tamper.__name__} at {one.number} was not found"
            found += 1
            transaction.set_rollback(True)
    assert found == TRIES
