"""What the drill looks at inside a restored database, as the house that will have to live in it."""

from __future__ import annotations

import random
from typing import Any

SAMPLE = 20


def look_over() -> dict[str, Any]:
    """What is wrong in the database this process knows, and how much was looked at."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if any(migration.app_label == "contenttypes" and migration.name == "0001_initial" for migration, _ in pending):
        return {"found": ["The restored database holds no tables of ours."]}
    if pending:
        # A backup made by an earlier version: what it holds can be read once it was brought up to date.
        return {"found": [], "migrations_to_come": len(pending)}
    found: list[str] = []
    told = {"found": found, "migrations_to_come": 0, "networks": _networks()}
    told["journal"] = _journal(found)
    told["opened"] = _opened(found)
    return told


def _networks() -> int:
    from manyhands.networks import queries

    return queries.open_to_all().count()


def _journal(found: list[str]) -> int:
    """Walk every chain of the journal to its end."""
    from manyhands.journal import queries

    entries = 0
    for chain in queries.chains():
        walked = queries.walk(chain)
        entries += walked.entries
        if walked.faults:
            found.append("In the restored database the journal does not close. `manyhands verify` says where.")
    return entries


def _opened(found: list[str]) -> int:
    """Open what is sealed in twenty rows taken at random, with the keys of the ring; how many values opened.

    Whose key was destroyed opens as empty, and so it should.
    """
    from django.apps import apps

    rows = []
    for model in apps.get_models():
        # A field that knows how to open its value is a sealed one (kit.sealed_fields).
        if sealed := [field for field in model._meta.concrete_fields if callable(getattr(field, "open", None))]:
            keys = list(model._base_manager.values_list("pk", flat=True))
            rows += [(model, sealed, key) for key in random.sample(keys, min(SAMPLE, len(keys)))]
    opened = 0
    for model, sealed, key in random.sample(rows, min(SAMPLE, len(rows))):
        row = model._base_manager.get(pk=key)
        for field in sealed:
            try:
                getattr(row, field.attname)
                opened += 1
            except Exception as error:  # noqa: BLE001  whatever it is, the host must hear of it
                found.append(
                    f"In the restored database something of {model._meta.label}.{field.name} does not open "
                    f"({type(error).__name__}). Is the key ring the one of this data?"
                )
    return opened
