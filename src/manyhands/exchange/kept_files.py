"""A file someone uploaded, kept between the look at it and the import: sealed, under an unknown name, for an hour.

Only whoever brought it, in the network they brought it to, finds it again; it lies under the network's key.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings

from manyhands.kernel import sealing
from manyhands.kit import ring
from manyhands.networks.models import Network
from manyhands.people.models import Person

KEPT_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept file: what it holds, and what was said about it so far (its name, the mapping)."""

    key: UUID
    data: bytes
    about: dict[str, Any]


def keep(data: bytes, about: Mapping[str, Any], *, by: Person, network: Network, now: datetime) -> UUID:
    """Keep a file; gives the key to find it with."""
    sweep(now=now)
    key = uuid4()
    _write(_file(key, by, network, "sheet"), data, network)
    _write(_file(key, by, network, "about"), _packed(about, now), network)
    return key


def find(key: UUID, *, by: Person, network: Network, now: datetime) -> Kept | None:
    """The kept file, unless its hour is over, it was imported, or it is another's."""
    try:
        about = json.loads(_read(_file(key, by, network, "about"), network))
        data = _read(_file(key, by, network, "sheet"), network)
        kept_at = datetime.fromisoformat(about.pop("kept_at"))
    except (OSError, ValueError, KeyError, sealing.Broken):
        return None
    return Kept(key, data, about) if now - kept_at < KEPT_FOR else None


def say(key: UUID, about: Mapping[str, Any], *, by: Person, network: Network, now: datetime) -> None:
    """Note something else about a kept file; its hour begins anew."""
    _write(_file(key, by, network, "about"), _packed(about, now), network)


def forget(key: UUID, *, by: Person, network: Network) -> None:
    """Delete a kept file."""
    for part in ("sheet", "about"):
        with suppress(OSError):
            _file(key, by, network, part).unlink()


def sweep(*, now: datetime) -> None:
    """Delete every kept file whose hour is over."""
    for file in _folder().glob("*.sheet"):
        about = file.with_suffix(".about")
        with suppress(OSError):
            # Its clock is the last thing said about it; a file without one lost its other half on the way.
            touched = (about if about.exists() else file).stat().st_mtime
            if now.timestamp() - touched >= KEPT_FOR.total_seconds():
                file.unlink()
                about.unlink(missing_ok=True)


def _folder() -> Path:
    folder: Path = settings.ENV.data_dir / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _file(key: UUID, by: Person, network: Network, part: str) -> Path:
    name = hashlib.sha256(f"{key}:{by.pk}:{network.pk}".encode()).hexdigest()
    return _folder() / f"{name}.{part}"


def _packed(about: Mapping[str, Any], now: datetime) -> bytes:
    return json.dumps({**about, "kept_at": now.isoformat()}).encode()


def _read(path: Path, network: Network) -> bytes:
    content = path.read_bytes()
    return sealing.open_(ring.key_of(network.pk), content, about=_about(path))


def _about(path: Path) -> bytes:
    return f"uploads|{path.name}".encode()


def _write(path: Path, content: bytes, network: Network) -> None:
    content = sealing.seal(ring.key_of(network.pk, make=True), content, generation=1, about=_about(path))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
