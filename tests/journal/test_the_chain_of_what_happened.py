"""What happened stays: the database refuses to change it, and what was about someone can be blanked without a gap."""

from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from manyhands.exchange import actions as exchange
from manyhands.journal import actions, queries
from manyhands.journal.models import HOUSE, Entry
from manyhands.kernel.chain import What
from manyhands.kit.refusals import Refused
from manyhands.networks.models import Membership
from tests import cast
from tests.cast import NOW


def seal() -> None:
    """What PostgreSQL does as a transaction ends; SQLite has done it with each entry."""
    if connection.vendor == "postgresql":
        connection.check_constraints()


def test_everything_the_cast_did_is_in_order(town):
    seal()
    chains = queries.chains()
    assert {town.riverside.pk, town.hillside.pk, HOUSE} <= set(chains)
    for chain in chains:
        found = queries.walk(chain)
        assert found.faults == ()
        assert found.entries == Entry.objects.filter(chain=chain).count() > 0


def test_the_database_refuses_to_change_or_take_out_what_happened(town):
    seal()
    entry = Entry.objects.order_by("pk").first()
    table = Entry._meta.db_table
    tries = [
        f"UPDATE {table} SET verb = 'ask.closed' WHERE id = {entry.pk}",
        f"UPDATE {table} SET subject = 'ask:7' WHERE id = {entry.pk}",
        f"UPDATE {table} SET subject = '' WHERE id = {entry.pk}",  # blanked, with the salt left behind
        f"UPDATE {table} SET number = 99999 WHERE id = {entry.pk}",
        f"UPDATE {table} SET digest = NULL WHERE id = {entry.pk}",
        f"DELETE FROM {table} WHERE id = {entry.pk}",
        f"DELETE FROM {table}",
    ]
    tries.append(
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = {entry.pk}"
        if connection.vendor == "sqlite"
        else f"TRUNCATE {table}"
    )
    for sql in tries:
        with pytest.raises(DatabaseError, match="What happened"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises(Refused):
        entry.save()
    with pytest.raises(Refused):
        entry.delete()
    assert queries.missing_guards() == set()


def test_a_guard_that_was_taken_down_is_missed(db):
    on = "" if connection.vendor == "sqlite" else f" ON {Entry._meta.db_table}"
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER journal_entry_stays" + on)
    assert queries.missing_guards() == {"journal_entry_stays"}


def test_what_was_about_someone_is_blanked_and_the_chain_still_closes(town):
    claim = exchange.claim_ask(town.groceries, helper=town.hana, by=town.hana.membership.person, now=NOW)
    seal()
    hana = town.hana.membership.person
    references = [actions.reference(thing) for thing in (hana, town.hana, town.hana.membership)]
    before = Entry.objects.filter(chain=town.riverside.pk).count()
    taken = actions.blank(references, by=town.sol, now=NOW)
    seal()
    assert taken > 3
    rows = str(list(Entry.objects.values_list("by", "subject", "details")))
    for thing in (hana, town.hana, town.hana.membership):
        assert str(thing.pk) not in rows
    assert str(claim.ask_id) in rows  # the ask's story goes on without its helper
    found = queries.walk(town.riverside.pk)
    assert (found.faults, found.entries) == ((), before + 1)
    assert queries.walk(HOUSE).faults == ()
    assert found.blanked + queries.walk(HOUSE).blanked == taken
    assert actions.blank(references, by=town.sol, now=NOW) == 0


def test_whoever_blanks_past_the_software_is_found(town):
    seal()
    entry = Entry.objects.filter(chain=town.riverside.pk).order_by("pk").first()
    Entry.objects.filter(pk=entry.pk).update(by="", by_salt=None)
    assert [fault.what for fault in queries.walk(town.riverside.pk).faults] == [What.BLANKED]


def test_heads_by_day_are_those_of_the_networks_own_days(town):
    cast.ask(town.riverside, now=NOW.replace(day=6, hour=23, minute=30))
    seal()
    heads = queries.heads_by_day(town.riverside.pk, name="riverside", zone=cast.ZONE, days=31)
    assert [head.on.day for head in heads] == [6, 4]
    assert heads[0].entries == queries.head_of(town.riverside.pk, name="riverside", on=heads[0].on).entries
    for head in heads:
        assert queries.walk(town.riverside.pk, witness=head).faults == ()


def town_of(network: uuid.UUID) -> Membership:
    return Membership(network_id=network)


@pytest.mark.django_db(transaction=True)
def test_entries_from_before_the_chain_are_tied_in_the_order_they_were_written():
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes("journal")
    executor.migrate([("journal", "0001_initial")])
    Old = executor.loader.project_state([("journal", "0001_initial")]).apps.get_model("journal", "Entry")
    here = uuid.uuid4()
    Old.objects.bulk_create(
        Old(
            at=NOW, network=here if number % 2 else None, by="house", verb="ask.expired", subject=f"ask:{number}",
            details={"n": number, "share": number / 4, "who": ["ü", None, True]},
        )
        for number in range(2_050)  # more than the migration takes at a time
    )  # fmt: skip
    executor = MigrationExecutor(connection)
    executor.migrate(newest)
    for chain in (here, HOUSE):
        found = queries.walk(chain)
        assert (found.faults, found.entries) == ((), 1_025)
    subjects = Entry.objects.filter(chain=here).order_by("number").values_list("subject", flat=True)
    assert list(subjects) == [f"ask:{number}" for number in range(1, 2_050, 2)]
    actions.record("network.settled", town_of(here), by=None, now=NOW)
    assert queries.walk(here).entries == 1_026
    assert queries.missing_guards() == set()
