"""Where the streets lie: one folder for each import, and a pointer to the one that counts.

    streets/current                        the name of the folder that counts
    streets/20261128T101500-5a1c9f02/      about.json, area.osm.pbf, and what each step wrote
    streets/making-…/                      an import at work, or one that was killed

A folder is finished before the pointer names it, so whoever looks finds a whole one, whatever is killed.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

LICENCE = "© OpenStreetMap contributors, ODbL 1.0"
LICENCE_URL = "https://www.openstreetmap.org/copyright"
MAKING = "making-"


@dataclass(frozen=True, slots=True)
class Box:
    """A piece of the globe in degrees."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class Streets:
    """An import that is finished. ``steps``: what each step found, by its name.

    ``version`` tells this import from every other; ``data_of`` is the day the map was taken from OpenStreetMap, if the
    file says.
    """

    folder: Path
    version: str
    name: str
    sha256: str
    size: int
    imported_at: datetime
    data_of: datetime | None
    box: Box | None
    licence: str
    steps: Mapping[str, Mapping[str, Any]]

    @property
    def map_file(self) -> Path:
        """The file the import was made from."""
        return self.folder / "area.osm.pbf"

    def has(self, step: str, shape: int) -> bool:
        """Whether a step was done, in the shape this version of the house reads."""
        return self.steps.get(step, {}).get("shape") == shape


def home(data_dir: Path) -> Path:
    """The folder of the streets within the data folder of an install."""
    return data_dir / "streets"


def kept(where: Path) -> Streets | None:
    """The streets that are there; None where there are none, or none this version can read."""
    for _again in range(3):
        try:
            name = (where / "current").read_text(encoding="ascii").strip()
            return _read(where / name)
        except (OSError, ValueError, KeyError, TypeError):
            # Between reading the pointer and the folder a new import may have taken its place.
            if not (where / "current").is_file():
                return None
    return None


def _read(folder: Path) -> Streets:
    said = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    return Streets(
        folder=folder,
        version=said["version"],
        name=said["name"],
        sha256=said["sha256"],
        size=said["size"],
        imported_at=datetime.fromisoformat(said["imported_at"]),
        data_of=datetime.fromisoformat(said["data_of"]) if said["data_of"] else None,
        box=Box(*said["box"]) if said["box"] else None,
        licence=said["licence"],
        steps=said["steps"],
    )


def write_about(streets: Streets) -> None:
    """Write down beside the data what they are, and whose."""
    said = {
        "version": streets.version,
        "name": streets.name,
        "sha256": streets.sha256,
        "size": streets.size,
        "imported_at": streets.imported_at.isoformat(),
        "data_of": streets.data_of.isoformat() if streets.data_of else None,
        "box": [streets.box.south, streets.box.west, streets.box.north, streets.box.east] if streets.box else None,
        "licence": streets.licence,
        "licence_url": LICENCE_URL,
        "steps": streets.steps,
    }
    (streets.folder / "about.json").write_text(json.dumps(said, indent=1, ensure_ascii=False), encoding="utf-8")


def take_over(where: Path, made: Path, name: str) -> None:
    """Make a finished folder the one that counts; what was there before goes."""
    for file in made.rglob("*"):
        if file.is_file():
            _to_the_disk(file)
    folder = where / name
    made.replace(folder)
    pointer = where / "current.new"
    pointer.write_text(name + "\n", encoding="ascii")
    _to_the_disk(pointer)
    pointer.replace(where / "current")
    _to_the_disk(where)
    # Who reads the former ones has them open, and reads on.
    for other in where.iterdir():
        if other.is_dir() and other != folder:
            shutil.rmtree(other, ignore_errors=True)


def _to_the_disk(path: Path) -> None:
    with suppress(OSError):  # a folder can't be opened everywhere
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def forget(where: Path) -> bool:
    """Remove the streets. Says whether there were any."""
    with alone(where):
        there = (where / "current").is_file()
        (where / "current").unlink(missing_ok=True)
        for folder in where.iterdir():
            if folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)
    return there


@contextmanager
def alone(where: Path) -> Iterator[None]:
    """One import at a time on this machine; :class:`BlockingIOError` for a second. Tidies up what was killed."""
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (where / "lock").open("ab") as file:
        try:
            import fcntl
        except ImportError:  # Windows: there a second one fails at the files themselves
            pass
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in where.glob(MAKING + "*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
