"""P-42: even whoever holds the whole database can't rewrite last week unseen, once a head was kept outside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from typer.testing import CliRunner

from manyhands.config.cli import app
from manyhands.journal import actions, queries
from manyhands.journal.models import End, Entry
from manyhands.kernel.chain import BEFORE_ALL, body_of, commitments_of, digest_of
from tests.cast import NOW
from tests.journal.test_the_chain_of_what_happened import seal
from tests.promises.test_p_41_tampering_is_found import guards_down

REBUILD = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal_entry'",
    "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 'journal_entry'::regclass",
}


def rewrite_the_past(chain, *, drop: int) -> None:
    """One entry out, another's words changed, and every digest after made anew, as the software itself would."""
    with connection.cursor() as cursor:
        cursor.execute(REBUILD[connection.vendor])
        guards = cursor.fetchall()
    guards_down()
    entries = list(Entry.objects.filter(chain=chain).order_by("number"))
    Entry.objects.filter(pk=entries.pop(drop).pk)._raw_delete(using="default")
    Entry.objects.filter(chain=chain).update(number=None)
    number, before = 0, BEFORE_ALL
    for number, entry in enumerate(entries, 1):
        details = {**entry.details, "n": 7} if number == drop else entry.details
        salts = [bytes(entry.by_salt), bytes(entry.subject_salt), bytes(entry.details_salt)]
        commitments = commitments_of(salts, (entry.by, entry.subject, details))
        body = body_of(at=entry.at, network=entry.network, verb=entry.verb, commitments=commitments)
        before = digest_of(before, number, body)
        Entry.objects.filter(pk=entry.pk).update(
            details=details, commitments=commitments, body=body, number=number, digest=before
        )
    End.objects.filter(chain=chain).update(number=number, digest=before)
    with connection.cursor() as cursor:
        for _name, sql in guards:
            cursor.execute(sql)


@pytest.fixture
def terminal():
    return CliRunner()


def test_the_whole_chain_made_anew_is_found_by_one_command(town, terminal, tmp_path):
    for number in range(20):
        actions.record("ask.noted", town.groceries, by=town.dee, now=NOW + timedelta(minutes=number), n=number)
    seal()
    kept = tmp_path / "head.txt"
    kept.write_text(queries.head_of(town.riverside.pk, name="riverside", on=NOW.date()).as_text())
    for number in range(20):
        actions.record("ask.noted", town.groceries, by=town.dee, now=NOW + timedelta(days=1), n=number)
    seal()
    well = terminal.invoke(app, ["verify", "--witness", str(kept)])
    assert well.exit_code == 0, well.output
    assert "as on 2026-06-04" in well.stdout

    rewrite_the_past(town.riverside.pk, drop=12)
    seal()
    # A chain proves nothing against whoever can make all of it anew ...
    assert terminal.invoke(app, ["verify"]).exit_code == 0
    # ... and everything once a single member kept its head.
    found = terminal.invoke(app, ["verify", "--witness", str(kept)])
    assert found.exit_code == 1
    assert "the past was rewritten" in found.stderr


def test_a_witness_that_is_none_is_told(town, terminal, tmp_path):
    seal()
    (tmp_path / "note.txt").write_text("milk, bread")
    assert terminal.invoke(app, ["verify", "--witness", str(tmp_path / "note.txt")]).exit_code == 2
    assert terminal.invoke(app, ["verify", "--witness", str(tmp_path / "not-there.txt")]).exit_code == 2


def test_the_head_command_prints_what_verify_reads(town, terminal, tmp_path):
    seal()
    printed = terminal.invoke(app, ["head", "--network", "riverside"])
    (tmp_path / "head.txt").write_text(printed.stdout)
    assert terminal.invoke(app, ["verify", "--witness", str(tmp_path / "head.txt")]).exit_code == 0


def test_a_single_changed_entry_is_named(town, terminal):
    seal()
    guards_down()
    entry = Entry.objects.filter(chain=town.riverside.pk, number=3).get()
    Entry.objects.filter(pk=entry.pk).update(verb="ask.expired")
    found = terminal.invoke(app, ["verify"])
    assert found.exit_code == 1
    assert "Riverside Neighbours: Entry 3 was changed." in found.stderr
    assert "no longer refuses" in found.stderr
