"""Django looks for a database back end under this name."""

from manyhands.config.fair_sqlite.writing import DatabaseWrapper

__all__ = ["DatabaseWrapper"]
