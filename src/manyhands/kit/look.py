"""The look's files: stylesheets in the order of their layers, and the modules that give a page its behaviours."""

from __future__ import annotations

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

SHEETS = ("tokens", "base", "layout", "components", "print")
BEHAVIOURS = ("autosave", "bulk", "copy", "drag", "locate", "map", "poll", "print", "puzzle", "shortcuts")


def stylesheet_links() -> SafeString:
    """The `<link>`s of the look."""
    return format_html_join(
        "\n",
        '<link rel="stylesheet" href="{}"{}>',
        ((address(f"kit/css/{name}.css"), SafeString(' media="print"') if name == "print" else "") for name in SHEETS),
    )


def behaviour_modules() -> SafeString:
    """One script; it carries the addresses of the others and fetches only those that the page names."""
    return format_html(
        '<script type="module" src="{}" data-behaviours{}></script>',
        address("kit/js/behaviours.js"),
        format_html_join("", ' data-{}="{}"', ((name, address(f"kit/js/{name}.js")) for name in BEHAVIOURS)),
    )


def address(path: str) -> str:
    """Where a static file is. Pages that report a failure must not fail for a missing manifest, so that is forgiven."""
    try:
        return static(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"
