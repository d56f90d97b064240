"""Django's migrate, and then the wall between networks around whatever tables there are now."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from manyhands.config import walls


class Command(migrate.Command):
    """Bring the tables up to date, then their walls."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        walls.build(connections[options["database"]])
