"""Tie every entry to the one before it, and let the database refuse to change or delete one.

The bytes are those of kernel.chain as it was when this was written; a migration imports nothing of the house.
"""

import hashlib
import hmac
import json
import secrets
import uuid
from datetime import UTC
from decimal import Decimal

from django.db import migrations, models

HOUSE = uuid.UUID(int=0)
FIELDS = ("by", "subject", "details")


def canonical(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        number = Decimal(repr(value))
        whole = format(number, "f")
        return (whole.rstrip("0").rstrip(".") if "." in whole else whole) if number else "0"
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    return "[" + ",".join(canonical(each) for each in value) + "]"


def chain_what_happened(apps, schema_editor):
    Entry, End = apps.get_model("journal", "Entry"), apps.get_model("journal", "End")
    ends, changed = {}, []
    for entry in Entry.objects.order_by("pk").iterator(chunk_size=2000):
        entry.chain = entry.network or HOUSE
        entry.by_salt, entry.subject_salt, entry.details_salt = (secrets.token_bytes(16) for _ in FIELDS)
        entry.commitments = b"".join(
            hmac.digest(
                getattr(entry, f"{field}_salt"), f"{field}={canonical(getattr(entry, field))}".encode(), "sha256"
            )
            for field in FIELDS
        )
        moment = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
        text = f"manyhands journal 1\n{moment}\n{entry.network or ''}\n{canonical(entry.verb)}\n"
        entry.body = hashlib.sha256(text.encode() + entry.commitments).digest()
        number, digest = ends.get(entry.chain, (0, bytes(32)))
        entry.number = number + 1
        entry.digest = hashlib.sha256(digest + entry.number.to_bytes(8, "big") + entry.body).digest()
        ends[entry.chain] = entry.number, entry.digest
        changed.append(entry)
        if len(changed) == 2000:
            _keep(Entry, changed)
    _keep(Entry, changed)
    End.objects.bulk_create(End(chain=chain, number=number, digest=digest) for chain, (number, digest) in ends.items())


def _keep(Entry, changed):
    names = ["chain", "by_salt", "subject_salt", "details_salt", "commitments", "body", "number", "digest"]
    Entry.objects.bulk_update(changed, names, batch_size=100)
    changed.clear()


SQLITE = """
CREATE TRIGGER journal_entry_stays_as_it_is BEFORE UPDATE ON journal_entry
WHEN NOT (
    NEW.id IS OLD.id AND NEW.at IS OLD.at AND NEW.network IS OLD.network AND NEW.verb IS OLD.verb
    AND NEW.chain IS OLD.chain AND NEW.commitments IS OLD.commitments AND NEW.body IS OLD.body
    AND NEW.number IS OLD.number AND NEW.digest IS OLD.digest
    AND ((NEW."by" IS OLD."by" AND NEW.by_salt IS OLD.by_salt) OR (NEW."by" = '' AND NEW.by_salt IS NULL))
    AND ((NEW.subject IS OLD.subject AND NEW.subject_salt IS OLD.subject_salt)
         OR (NEW.subject = '' AND NEW.subject_salt IS NULL))
    AND ((NEW.details IS OLD.details AND NEW.details_salt IS OLD.details_salt)
         OR (NEW.details = '{}' AND NEW.details_salt IS NULL))
)
BEGIN SELECT RAISE(ABORT, 'What happened can''t be changed.'); END;
--
CREATE TRIGGER journal_entry_stays BEFORE DELETE ON journal_entry
BEGIN SELECT RAISE(ABORT, 'What happened can''t be taken out.'); END;
--
CREATE TRIGGER journal_entry_is_not_replaced BEFORE INSERT ON journal_entry
WHEN EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.id OR (chain = NEW.chain AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'What happened can''t be replaced.'); END;
"""

POSTGRES = """
CREATE FUNCTION manyhands_journal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.network IS NOT DISTINCT FROM OLD.network
            AND NEW.verb = OLD.verb AND NEW.chain = OLD.chain AND NEW.commitments = OLD.commitments
            AND NEW.body = OLD.body
            AND (OLD.digest IS NULL
                 OR (NEW.number IS NOT DISTINCT FROM OLD.number AND NEW.digest IS NOT DISTINCT FROM OLD.digest))
            AND ((NEW."by" = OLD."by" AND NEW.by_salt IS NOT DISTINCT FROM OLD.by_salt)
                 OR (NEW."by" = '' AND NEW.by_salt IS NULL))
            AND ((NEW.subject = OLD.subject AND NEW.subject_salt IS NOT DISTINCT FROM OLD.subject_salt)
                 OR (NEW.subject = '' AND NEW.subject_salt IS NULL))
            AND ((NEW.details = OLD.details AND NEW.details_salt IS NOT DISTINCT FROM OLD.details_salt)
                 OR (NEW.details = '{}'::jsonb AND NEW.details_salt IS NULL))
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'What happened can''t be changed or taken out.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
--
CREATE TRIGGER journal_entry_stays_as_it_is BEFORE UPDATE OR DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION manyhands_journal_stays();
--
CREATE TRIGGER journal_entry_stays BEFORE TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION manyhands_journal_stays();
--
CREATE FUNCTION manyhands_journal_seal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry record;
    ending record;
BEGIN
    -- The first of a transaction's entries seals them all; the rest find nothing left to do.
    PERFORM 1 FROM journal_entry WHERE id = NEW.id AND digest IS NULL;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    -- Chains are held in one order, so that two transactions that write in the same two never wait for each other.
    INSERT INTO journal_end (chain, number, digest)
        SELECT DISTINCT chain, 0, decode(repeat('00', 32), 'hex') FROM journal_entry WHERE digest IS NULL ORDER BY chain
        ON CONFLICT DO NOTHING;
    PERFORM 1 FROM journal_end WHERE chain IN (SELECT chain FROM journal_entry WHERE digest IS NULL)
        ORDER BY chain FOR UPDATE;
    FOR entry IN SELECT id, chain, body FROM journal_entry WHERE digest IS NULL ORDER BY id LOOP
        UPDATE journal_end
            SET number = journal_end.number + 1,
                digest = sha256(journal_end.digest || int8send(journal_end.number + 1) || entry.body)
            WHERE chain = entry.chain RETURNING number, digest INTO ending;
        UPDATE journal_entry SET number = ending.number, digest = ending.digest WHERE id = entry.id;
    END LOOP;
    RETURN NULL;
END $$;
--
CREATE CONSTRAINT TRIGGER journal_entry_is_sealed AFTER INSERT ON journal_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION manyhands_journal_seal();
"""

SQLITE_DOWN = """
DROP TRIGGER journal_entry_stays_as_it_is;
--
DROP TRIGGER journal_entry_stays;
--
DROP TRIGGER journal_entry_is_not_replaced;
"""

POSTGRES_DOWN = """
DROP TRIGGER journal_entry_is_sealed ON journal_entry;
--
DROP TRIGGER journal_entry_stays ON journal_entry;
--
DROP TRIGGER journal_entry_stays_as_it_is ON journal_entry;
--
DROP FUNCTION manyhands_journal_seal();
--
DROP FUNCTION manyhands_journal_stays();
"""


def _run(schema_editor, statements):
    for statement in statements.split("\n--\n"):
        schema_editor.execute(statement.strip(), params=None)


def put_up(apps, schema_editor):
    _run(schema_editor, SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES)


def take_down(apps, schema_editor):
    _run(schema_editor, SQLITE_DOWN if schema_editor.connection.vendor == "sqlite" else POSTGRES_DOWN)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="End",
            fields=[
                ("chain", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=0)),
                ("digest", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.AddField("entry", "chain", models.UUIDField(default=HOUSE)),
        migrations.AddField("entry", "by_salt", models.BinaryField(max_length=16, null=True)),
        migrations.AddField("entry", "subject_salt", models.BinaryField(max_length=16, null=True)),
        migrations.AddField("entry", "details_salt", models.BinaryField(max_length=16, null=True)),
        migrations.AddField("entry", "commitments", models.BinaryField(max_length=96, null=True)),
        migrations.AddField("entry", "body", models.BinaryField(max_length=32, null=True)),
        migrations.AddField("entry", "number", models.BigIntegerField(null=True)),
        migrations.AddField("entry", "digest", models.BinaryField(max_length=32, null=True)),
        migrations.RunPython(chain_what_happened, migrations.RunPython.noop),
        migrations.AlterField("entry", "commitments", models.BinaryField(max_length=96)),
        migrations.AlterField("entry", "body", models.BinaryField(max_length=32)),
        migrations.AlterModelOptions("entry", {"ordering": ("at", "number", "pk")}),
        migrations.AddConstraint(
            "entry", models.UniqueConstraint(fields=["chain", "number"], name="one_entry_per_number")
        ),
        migrations.AddIndex(
            "entry", models.Index(fields=["chain"], name="journal_not_sealed", condition=models.Q(digest=None))
        ),
        migrations.RunPython(put_up, take_down),
    ]
