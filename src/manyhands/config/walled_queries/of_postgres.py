"""How questions to PostgreSQL are made: Django looks for these five under these names."""

from django.db.backends.postgresql import compiler as djangos

from manyhands.config.walled_queries.walling import Changing, PuttingIn, Reading, Removing

SQLAggregateCompiler = djangos.SQLAggregateCompiler


class SQLCompiler(Reading, djangos.SQLCompiler):  # type: ignore[misc]
    """Reads."""


class SQLInsertCompiler(PuttingIn, djangos.SQLInsertCompiler):  # type: ignore[misc]
    """Puts in."""


class SQLUpdateCompiler(Changing, djangos.SQLUpdateCompiler):  # type: ignore[misc]
    """Changes."""


class SQLDeleteCompiler(Removing, djangos.SQLDeleteCompiler):
    """Takes out."""
