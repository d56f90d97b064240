"""Django looks for a database back end under this name."""

from manyhands.config.walled_postgres.speaking import DatabaseWrapper

__all__ = ["DatabaseWrapper"]
