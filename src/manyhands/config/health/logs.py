"""What may stand in a log: when, how bad, which part of the code, what kind of trouble, and a reference. No more.

A log is read by whoever has the machine, is copied to other machines, and outlives what it is about. So a line never
holds what a message was filled in with, nor the words of an exception, nor an address that was asked for: those are
where names, numbers, doors, private links and what people wrote come to light. The place in the code tells a developer
as much.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from manyhands.kit.codes import fresh_code

HOUSE = Path(__file__).resolve().parents[3]
FRAMES = 6
# Our own messages are constants (ruff forbids filling them in early); others' may be anything.
_OURS = "manyhands"
_REFERENCE = re.compile(r"[a-z_]{1,30}:[0-9a-f-]{1,36}|[0-9A-Z]{4,12}")


def told(record: logging.LogRecord) -> dict[str, Any]:
    """What a log line may say of what happened."""
    line: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "place": f"{_short(record.pathname)}:{record.lineno}",
    }
    if record.name.split(".")[0] == _OURS and isinstance(record.msg, str):
        line["what"] = record.msg
    request = getattr(record, "request", None)
    reference = getattr(record, "reference", None) or getattr(request, "reference", None)
    if isinstance(reference, str) and _REFERENCE.fullmatch(reference):
        line["reference"] = reference
    if view := view_of(request):
        line["view"] = view
    if isinstance(status := getattr(record, "status_code", None), int):
        line["status"] = status
    if record.exc_info and record.exc_info[0] is not None:
        line |= of_exception(record.exc_info[1], record.exc_info[2])
    return line


def of_exception(error: BaseException | None, trace: TracebackType | None = None) -> dict[str, Any]:
    """The kind of an exception and the places it came through: never its words, nor a value it met."""
    trace = trace or getattr(error, "__traceback__", None)
    kinds: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen and len(kinds) < FRAMES:
        seen.add(id(error))
        kinds.append(type(error).__qualname__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return {"error": kinds[0] if kinds else "", "because": kinds[1:], "through": _places(trace)}


def _places(trace: TracebackType | None) -> list[str]:
    walked = [(frame.f_code, number) for frame, number in traceback.walk_tb(trace)]
    ours = [each for each in walked if _short(each[0].co_filename).startswith("manyhands/")]
    # Where it began in our house, and where it came to an end, wherever that is.
    shown = [*ours[-FRAMES:], *(walked[-1:] if walked and walked[-1] not in ours[-1:] else [])]
    return [f"{_short(code.co_filename)}:{number} {code.co_name}" for code, number in shown]


def _short(path: str) -> str:
    """A place in the code without the machine it lies on."""
    for marker in ("site-packages/", "dist-packages/"):
        if marker in path:
            return path.rsplit(marker, 1)[1]
    try:
        return Path(path).relative_to(HOUSE).as_posix()
    except ValueError:
        return Path(path).name


def view_of(request: Any) -> str | None:
    """The name of the page that was asked for: never its address, which may hold a private link."""
    match = getattr(request, "resolver_match", None)
    return match.view_name if match is not None and match.view_name else None


class JsonLines(logging.Formatter):
    """One JSON object a line, for machines."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(told(record), separators=(",", ":"))


class PlainLines(logging.Formatter):
    """The same, for reading."""

    def format(self, record: logging.LogRecord) -> str:
        line = told(record)
        start = f"{line.pop('at')} {line.pop('level')} {line.pop('logger')} {line.pop('place')}"
        rest = " ".join(f"{name}={' < '.join(v) if isinstance(v, list) else v}" for name, v in line.items() if v)
        return f"{start} {rest}".rstrip()


def new_reference() -> str:
    """What the page for something broken shows, and the log keeps, so that the two find each other."""
    return fresh_code()


def note_uncaught(error: BaseException) -> str:
    """Log what ended a process of ours, and give its reference."""
    reference = new_reference()
    logging.getLogger("manyhands.house").critical(
        "A process ended with an error", exc_info=error, extra={"reference": reference}
    )
    return reference


def settings_for(form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING: everything goes to the error line, in lines that give nobody away."""
    # When a handler itself fails, Python would print the message and what it was filled in with.
    logging.raiseExceptions = False
    formatter = "manyhands.config.health.logs." + ("JsonLines" if form == "json" else "PlainLines")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"quiet": {"()": formatter}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "quiet", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Django's own handlers print messages, and mail tracebacks with what was in them.
            "django": {"handlers": [], "level": "NOTSET", "propagate": True},
            # A page that is not there is an answer, not an incident.
            "django.request": {"level": "DEBUG" if level == "DEBUG" else "ERROR"},
            "django.security": {"level": "DEBUG" if level == "DEBUG" else "ERROR"},
            "_granian": {"handlers": [], "level": "ERROR", "propagate": True},
        },
    }
