"""Words a network may replace by its own."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext, gettext_noop

register = template.Library()

# Ours; a network may say "member" for "neighbour", or "coordinator" for "dispatcher".
WORDS = {
    "ask": gettext_noop("ask"),
    "asks": gettext_noop("asks"),
    "offer": gettext_noop("offer"),
    "offers": gettext_noop("offers"),
    "neighbour": gettext_noop("neighbour"),
    "neighbours": gettext_noop("neighbours"),
    "helper": gettext_noop("helper"),
    "helpers": gettext_noop("helpers"),
    "dispatcher": gettext_noop("dispatcher"),
    "dispatchers": gettext_noop("dispatchers"),
    "run": gettext_noop("run"),
    "runs": gettext_noop("runs"),
    "box": gettext_noop("box"),
    "boxes": gettext_noop("boxes"),
}


@register.simple_tag(takes_context=True)
def word(context: dict[str, Any], which: str) -> str:
    """The network's own word, or ours: ``{% word "helper" %}``."""
    return str((context.get("wordings") or {}).get(which) or gettext(WORDS[which]))
