from django.db import migrations

TABLES = (
    "people_person",
    "people_contactpoint",
    "places_place",
    "exchange_asking",
    "exchange_ask",
    "exchange_offer",
    "exchange_helper",
)


def sweep_up(_apps, schema_editor):
    """What was plain is in no column any more; write the tables anew, so that it is on no page of the disk either."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in TABLES:
                cursor.execute(f'VACUUM FULL "{table}"')
        elif connection.vendor == "sqlite" and not connection.in_atomic_block:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("exchange", "0002_seal")]
    operations = [migrations.RunPython(sweep_up, migrations.RunPython.noop)]
