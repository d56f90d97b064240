"""Django's PostgreSQL back end that says, before it asks anything, which network the work is about."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base as djangos
from django.db.backends.postgresql.operations import DatabaseOperations

from manyhands.kit import wall

TELL = "SELECT set_config('manyhands.network', %s, false)"


class Operations(DatabaseOperations):
    """Questions made with the wall between networks in them, before the database's own."""

    compiler_module = "manyhands.config.walled_queries.of_postgres"


class DatabaseWrapper(djangos.DatabaseWrapper):
    """A connection that stands where the work at hand stands.

    It looks where that is each time a question is begun, so neither a connection that is kept for the next page nor
    one that had to be opened anew in the middle of this one can stand in the wrong place.
    """

    ops_class = Operations
    # What the connection was told last; None where that is not sure.
    told: str | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.told = None
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: Any = None) -> Any:
        where = wall.inside()
        if self.told != where and self.connection is not None:
            with self.connection.cursor() as cursor:
                cursor.execute(TELL, [where])
            self.told = where
        return super().create_cursor(name)

    def _rollback(self) -> None:
        # What is said in a transaction is unsaid with it.
        self.told = None
        super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self.told = None
