"""Icons: the Lucide set, drawn inside the page so that no request and no font is needed."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

SIZES = {"small": 16, "medium": 20, "large": 28, "huge": 44}
SVG = "{http://www.w3.org/2000/svg}"
PEN = mark_safe('fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"')

# What the page being answered has drawn so far; nothing where there is no page (a paper from the terminal).
_drawn: ContextVar[dict[str, str] | None] = ContextVar("drawn", default=None)


class NoSuchIconError(LookupError):
    """The set has no icon of this name."""


@lru_cache(maxsize=256)
def _strokes(name: str) -> str:
    """What is inside the `<svg>` of this icon."""
    archive = BytesIO((files("lucide") / "lucide.zip").read_bytes())
    try:
        with ZipFile(archive) as icons:
            drawing = ET.fromstring(icons.read(f"{name}.svg"))  # noqa: S314  the file is part of an installed, locked package
    except KeyError as absent:
        raise NoSuchIconError(f"There is no icon called “{name}”.") from absent
    for part in drawing.iter():
        part.tag = part.tag.removeprefix(SVG)
    return "".join(ET.tostring(part, encoding="unicode").strip().replace(" />", "/>") for part in drawing)


def draw_icon(name: str, *, size: str = "medium", label: str = "") -> SafeString:
    """The icon as inline SVG in the colour of the text around it.

    Without a `label` it is decoration and hidden from screen readers. `size` is one of SIZES. A wrong name raises while
    developing and in tests (as a warning turned into an error); in production the page goes on without the icon.
    """
    try:
        strokes = _strokes(name)
    except NoSuchIconError as absent:
        if settings.DEBUG:
            raise
        warnings.warn(str(absent), stacklevel=2)
        return mark_safe("")
    pixels = SIZES[size]
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    drawn = _drawn.get()
    if drawn is not None:
        drawn[name] = strokes
        return format_html(
            '<svg class="icon icon--{0}" width="{1}" height="{1}" {2}><use href="#i-{3}"/></svg>',
            size, pixels, voice, name,
        )  # fmt: skip
    return format_html(
        '<svg class="icon icon--{0}" width="{1}" height="{1}" viewBox="0 0 24 24" {2} {3}>{4}</svg>',
        size, pixels, PEN, voice,
        mark_safe(strokes),  # noqa: S308  drawn by the icon set, not by a person
    )  # fmt: skip


def drawings() -> SafeString:
    """The icons this page used, each once, for the end of the page; the icons above only point at them."""
    return format_html(
        '<svg width="0" height="0" class="visually-hidden" aria-hidden="true" focusable="false">{}</svg>',
        format_html_join(
            "",
            '<symbol id="i-{}" viewBox="0 0 24 24" {}>{}</symbol>',
            ((name, PEN, mark_safe(strokes)) for name, strokes in (_drawn.get() or {}).items()),  # noqa: S308
        ),
    )


class OnePageOneDrawing:
    """Remember which icons a page used: a list of fifty rows then carries each icon once instead of fifty times."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = _drawn.set({})
        try:
            return self.get_response(request)
        finally:
            _drawn.reset(before)


@lru_cache(maxsize=1)
def known_icons() -> frozenset[str]:
    """The names of all icons of the set."""
    with ZipFile(BytesIO((files("lucide") / "lucide.zip").read_bytes())) as icons:
        return frozenset(name.removesuffix(".svg") for name in icons.namelist() if name.endswith(".svg"))
