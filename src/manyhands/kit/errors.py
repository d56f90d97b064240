"""Pages for when something did not work."""

from __future__ import annotations

import errno
import shutil
import sys
from pathlib import Path

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from manyhands.kit import ring
from manyhands.kit.codes import fresh_code

TRY_AGAIN_SECONDS = 30
SHUT_SECONDS = 300
LEAST_ROOM_BYTES = 1_000_000


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django says why
    """The form's safety mark is missing or too old: say so, and how to go on without losing what was typed."""
    return render(request, "403_csrf.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Something broke. Where the disk is full or the database is not there, say that: it is nobody's mistake.

    The page shows a reference, and the log, which Django writes right after, the same one and nothing else about them.
    """
    reference = request.reference = fresh_code()  # type: ignore[attr-defined]
    error = sys.exc_info()[1]
    if is_full(error):
        return _without_asking_the_database("507.html", 507)
    if isinstance(error, ring.Shut):
        return shut()
    if isinstance(error, OperationalError):
        response = _without_asking_the_database("503.html", 503)
        response["Retry-After"] = str(TRY_AGAIN_SECONDS)
        return response
    return _without_asking_the_database("500.html", 500, reference=reference)


def shut(*, status: int = 503) -> HttpResponse:
    """The house is sealed and nobody has opened it: nothing broke, and what was said before is safe."""
    response = _without_asking_the_database("shut.html", status)
    response["Retry-After"] = str(SHUT_SECONDS)
    response["Cache-Control"] = "no-store"
    # A shut house is no error, and the log shall not fill with it.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _without_asking_the_database(template: str, status: int, **said: str) -> HttpResponse:
    # Without the request no context processor asks who is signed in: whatever answers that may be what broke.
    return HttpResponse(render_to_string(template, said), status=status)


def is_full(error: BaseException | None) -> bool:
    """Whether this came of a disk without room, here or at the database."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return True
        # 53100 is PostgreSQL's disk_full; SQLite says it in words.
        if getattr(error, "sqlstate", None) == "53100" or "database or disk is full" in str(error):
            return True
        # SQLite gives this for whatever the disk refused: then look at the disk.
        if "disk I/O error" in str(error) and _no_room_beside_the_database():
            return True
        error = error.__cause__
    return False


def _no_room_beside_the_database() -> bool:
    name = connection.settings_dict["NAME"]
    return isinstance(name, Path) and shutil.disk_usage(name.parent).free < LEAST_ROOM_BYTES
