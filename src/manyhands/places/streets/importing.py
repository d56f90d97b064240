"""Bringing the streets in: the file is looked at and copied, each step reads it, and only then it counts."""

from __future__ import annotations

import hashlib
import logging
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from manyhands.places.streets import pbf, store
from manyhands.places.streets.store import Streets

log = logging.getLogger(__name__)

Tell = Callable[[float], None]
"""Hears the share of the work that is done, from 0 to 1."""

LARGE_BYTES = 300_000_000
"""From here on it is a country rather than a city, and wants to be asked for."""
ROOM = 5
"""How many times the size of the file must be free on the disk."""


class CannotImport(Exception):
    """The streets can't be brought in; those that were there stay. The text is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is made of the map.

    ``make`` reads the .osm.pbf (first) and writes what it makes into the folder (second); it gives back what it found,
    in numbers and words that JSON knows. It raises `CannotImport` where the area is of no use, and nothing else where
    the map holds something odd. ``shape`` is one more whenever what it writes is read differently. ``words``: what a
    person sees while it works.
    """

    name: str
    words: str
    shape: int
    make: Callable[[Path, Path, Tell], Mapping[str, Any]]


def bring_in(
    file: Path,
    where: Path,
    *,
    steps: Sequence[Step],
    now: datetime,
    tell: Callable[[str, float], None] = lambda _words, _share: None,
    large: bool = False,
    again: bool = False,
    name: str = "",
) -> tuple[Streets, bool]:
    """Bring the streets of a file in, in place of those that are there. Says whether anything had to be done.

    A file that is in already is left as it is, unless ``again``. `CannotImport` says in a sentence what is wrong.
    """
    try:
        with store.alone(where):
            return _bring_in(file, where, steps, now, tell, large=large, again=again, name=name or file.name)
    except BlockingIOError:
        raise CannotImport("Somebody is bringing streets in on this machine right now. Wait for it to end.") from None
    except OSError as error:
        raise CannotImport(f"{error.filename or where}: {error.strerror}.") from None


def _bring_in(
    file: Path,
    where: Path,
    steps: Sequence[Step],
    now: datetime,
    tell: Callable[[str, float], None],
    *,
    large: bool,
    again: bool,
    name: str,
) -> tuple[Streets, bool]:
    if not file.is_file():
        raise CannotImport(f"There is no file {file}.")
    size = file.stat().st_size
    try:
        box, data_of = pbf.look_at(file)
    except pbf.NoMap as no:
        raise CannotImport(f"{file.name}: {no}") from None
    if size > LARGE_BYTES and not large:
        raise CannotImport(
            f"{file.name} is {size / 1e6:,.0f} MB, more than a city. Cut your area out first: "
            f"osmium extract --bbox WEST,SOUTH,EAST,NORTH {file.name} -o city.osm.pbf. "
            "Or say --large, with time and several GB of memory at hand."
        )
    if (free := shutil.disk_usage(where).free) < ROOM * size:
        raise CannotImport(f"{ROOM * size / 1e6:,.0f} MB are needed on the disk and {free / 1e6:,.0f} are free.")
    tell("Checking the file", 0.0)
    with file.open("rb") as data:
        digest = hashlib.file_digest(data, "sha256").hexdigest()
    there = store.kept(where)
    if there and there.sha256 == digest and not again and all(there.has(step.name, step.shape) for step in steps):
        return there, False
    made = Path(tempfile.mkdtemp(prefix=store.MAKING, dir=where))
    try:
        shutil.copyfile(file, made / "area.osm.pbf")
        version = f"{now:%Y%m%dT%H%M%S}-{digest[:8]}"
        found = {}
        for step in steps:
            tell(step.words, 0.0)
            found[step.name] = {"shape": step.shape, **_done(step, made, tell, file.name)}
            tell(step.words, 1.0)
        streets = Streets(
            folder=made, version=version, name=name, sha256=digest, size=size, imported_at=now, data_of=data_of,
            box=box, licence=store.LICENCE, steps=found,
        )  # fmt: skip
        store.write_about(streets)
        if (where / version).exists():  # the same file twice in a second
            shutil.rmtree(where / version)
        store.take_over(where, made, version)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    taken = store.kept(where)
    assert taken is not None
    return taken, True


def _done(step: Step, made: Path, tell: Callable[[str, float], None], name: str) -> Mapping[str, Any]:
    try:
        return step.make(made / "area.osm.pbf", made, lambda share: tell(step.words, share))
    except sqlite3.OperationalError as error:
        raise CannotImport(f"What was made of {name} can't be written ({error}). Is there room on the disk?") from None
    except (RecursionError, NotImplementedError):
        raise  # ours to mend
    except RuntimeError as error:
        # What osmium says of whatever it can't unpack or make sense of.
        log.exception("Streets could not be read.")
        raise CannotImport(f"{name} is damaged ({error}). Fetch it again.") from None
    except MemoryError:
        raise CannotImport(
            f"There is not enough memory for {name}. Cut a smaller area out of it: "
            f"osmium extract --bbox WEST,SOUTH,EAST,NORTH {name} -o city.osm.pbf"
        ) from None
