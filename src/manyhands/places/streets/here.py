"""What this install has of streets, opened once for each import: the finder of places, and the map's tiles.

Without an import, or where a file of it can't be read, nothing is found and nothing drawn; nobody is kept waiting.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from django.conf import settings

from manyhands.places.streets import addresses, drawing, store, tiles
from manyhands.places.streets.finding import Finder, Found, Near
from manyhands.places.streets.store import Streets
from manyhands.places.streets.tiles import Tiles

Answer = TypeVar("Answer")
MOST_KEPT = 256  # tiles drawn lately, some 4 MB in each process
_kept: OrderedDict[tuple[Path, int, int, int], bytes] = OrderedDict()
_keeping = threading.Lock()
_log = logging.getLogger(__name__)


def streets() -> Streets | None:
    """The import that counts, if there is one."""
    return store.kept(store.home(settings.ENV.data_dir))


def found(text: str, *, near: Near | None, most: int, there: Streets | None = None) -> list[Found]:
    """Candidates for what somebody typed; none without an import. What was typed stands in no log.

    ``there`` is the import to look in, where it is known already (and Django need not be).
    """
    there = there or streets()
    if there is None or not there.has("addresses", addresses.SHAPE):
        return []
    file = there.folder / addresses.FILE
    return _unless_broken(lambda: _finder(file).find(text, near=near, most=most), [])


class NotNowError(Exception):
    """A tile would have to be drawn, and whoever asks for it had enough drawn."""


def tile(
    version: str, zoom: int, east: int, south: int, *, may_draw: Callable[[], bool] = lambda: True
) -> bytes | None:
    """One tile of the import of this version; None where there is none.

    Those drawn lately are kept. ``may_draw`` is asked before another one is drawn; if not, :class:`NotNowError`.
    """
    there = streets()
    if there is None or there.version != version or not there.has("map", drawing.SHAPE):
        return None
    if not (tiles.COARSEST <= zoom <= drawing.FINEST and 0 <= east < 2**zoom and 0 <= south < 2**zoom):
        return None
    file = there.folder / drawing.FILE
    key = file, zoom, east, south
    with _keeping:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    if not may_draw():
        raise NotNowError
    drawn = _unless_broken(lambda: _tiles(file).tile(zoom, east, south), None)
    if drawn is not None:
        with _keeping:
            _kept[key] = drawn
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    return drawn


def drawn_box(there: Streets) -> tuple[float, float, float, float] | None:
    """South, west, north and east of what the map of an import shows; None where it shows nothing."""
    return _unless_broken(lambda: _box(there.folder / drawing.FILE), None)


@lru_cache(maxsize=2)
def _finder(file: Path) -> Finder:
    return Finder(file)


@lru_cache(maxsize=2)
def _tiles(file: Path) -> Tiles:
    return Tiles(file)


@lru_cache(maxsize=2)
def _box(file: Path) -> tuple[float, float, float, float] | None:
    return _tiles(file).box()


def _unless_broken(ask: Callable[[], Answer], otherwise: Answer) -> Answer:
    try:
        return ask()
    except (sqlite3.Error, OSError, ValueError, KeyError, IndexError) as trouble:
        # Only what kind of trouble: its words may hold what was asked.
        _log.warning(
            "The streets can't be read (%s). Bring them in again: manyhands places import", type(trouble).__name__
        )
        return otherwise
