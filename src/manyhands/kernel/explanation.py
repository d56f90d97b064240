"""Reasons as data: a code, the facts, and a sentence made from both that the rooms above can translate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


def gettext_noop(message: str) -> str:
    """Mark a text for translation and leave it as it is; the rooms above translate it when they show it."""
    return message


@dataclass(frozen=True, slots=True)
class Template:
    """Two sentences with named places, like `%(minutes)d`: why it is so, and what would change it ("" if nothing
    would).
    """

    why: str
    change: str = ""


def filled(template: str, facts: Mapping[str, object], translate: Callable[[str], str] = gettext_noop) -> str:
    """The sentence in the reader's language with the facts in their places."""
    return translate(template) % facts if template else ""
