"""JSON as Airtable and web forms give it: lists of flat objects, read as a table."""

from __future__ import annotations

import json
from typing import Any

from manyhands.kernel.sheets.limits import Limits
from manyhands.kernel.sheets.problems import Code, Unreadable
from manyhands.kernel.sheets.tables import Grid, Line

_WRAPPERS = ("records", "data", "rows", "items", "results", "features", "fields", "properties")


def parse_objects(text: str, *, encoding: str, limits: Limits) -> Grid:
    """Records as lines under a first line of their keys; nested values stay as JSON text.

    Understands a list of objects, Airtable's {"records": [{"id", "fields": {...}}]}, GeoJSON features, one object per
    line, and a single object (one message from a form).
    """
    records = [_flat(record) for record in _records_in(_parsed(text))]
    if not records:
        raise Unreadable(Code.JSON_IS_NO_TABLE)
    keys: dict[str, None] = {}
    for record in records:
        keys.update(dict.fromkeys(record))
    if len(keys) > limits.columns:
        raise Unreadable(Code.TOO_MANY_COLUMNS, row=1, columns=len(keys), limit=limits.columns)
    if len(records) > limits.rows:
        raise Unreadable(Code.TOO_MANY_ROWS, limit=limits.rows)
    if len(records) * len(keys) > limits.cells * 2:
        raise Unreadable(Code.TOO_MANY_CELLS, limit=limits.cells)
    lines = [Line(1, tuple(keys))]
    for number, record in enumerate(records, start=2):
        cells = tuple(record.get(key, "") for key in keys)
        longest = max(map(len, cells), default=0)
        if longest > limits.cell_chars:
            raise Unreadable(Code.CELL_TOO_LONG, row=number, characters=longest, limit=limits.cell_chars)
        if any(cells):
            lines.append(Line(number, cells))
    return Grid(tuple(lines), "json", encoding=encoding, headed=True)


def _parsed(text: str) -> Any:
    text = text.lstrip("\ufeff")
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        if error.msg.startswith("Extra data"):
            try:
                return [json.loads(line, strict=False) for line in text.splitlines() if line.strip()]
            except (ValueError, RecursionError):
                pass
        raise Unreadable(Code.BROKEN_JSON, position=error.pos) from None
    except (ValueError, RecursionError):
        raise Unreadable(Code.BROKEN_JSON, position=0) from None


def _records_in(value: Any, depth: int = 0) -> list[dict[str, Any]]:
    if isinstance(value, list):
        records = [record for record in value if isinstance(record, dict)]
        return records if len(records) == len(value) else []
    if not isinstance(value, dict) or depth > 3:
        return []
    for wrapper in _WRAPPERS:
        inner = value.get(wrapper)
        if isinstance(inner, list) and inner and all(isinstance(record, dict) for record in inner):
            return inner
    lists = [
        inner
        for inner in value.values()
        if isinstance(inner, list) and inner and all(isinstance(r, dict) for r in inner)
    ]
    scalars = sum(1 for inner in value.values() if not isinstance(inner, (dict, list)))
    if lists and scalars <= 3:
        return max(lists, key=len)
    if len(value) == 1:
        only = next(iter(value.values()))
        if isinstance(only, dict):
            return _records_in(only, depth + 1)
    return [value] if value else []


def _flat(record: dict[str, Any]) -> dict[str, str]:
    """One level: Airtable's "fields" and GeoJSON's "properties" are opened, everything deeper stays JSON text."""
    flat: dict[str, str] = {}
    for key, value in record.items():
        if key in {"fields", "properties"} and isinstance(value, dict):
            flat.update({inner: _text(content) for inner, content in value.items() if inner not in flat})
        else:
            flat.setdefault(key, _text(value))
    return flat


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""
