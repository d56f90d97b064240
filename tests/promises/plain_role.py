"""A PostgreSQL role like a host should give us: one that may pass no wall. Gone with the test's transaction."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from django.db import connection

from manyhands.kit import wall

ROLE = f"manyhands_plain_{os.getpid()}"


@contextlib.contextmanager
def plain_role() -> Iterator[None]:
    """From here on the test's connection is signed in as an ordinary role that owns every table."""
    with connection.cursor() as cursor:
        # What the foreign keys still have to look at would keep the tables from changing hands.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"CREATE ROLE {ROLE} NOSUPERUSER NOBYPASSRLS")
        cursor.execute(f"GRANT ALL ON SCHEMA public TO {ROLE}")
        for table in connection.introspection.table_names(cursor):
            # The owner: only a wall that is forced holds for them too.
            cursor.execute(f'ALTER TABLE "{table}" OWNER TO {ROLE}')
        cursor.execute(f"SET ROLE {ROLE}")
    try:
        yield
    finally:
        with wall.within(None), connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
