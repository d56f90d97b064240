"""Amounts, drawn: how far, how much, out of how many. What colours say, words say too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def progress(value: float | None, max: float, label: str) -> SafeString:  # noqa: A002
    """How far something is that is being done now; `value` None while nobody can tell."""
    return format_html(
        '<div class="amount"><div class="row row--spread"><span>{}</span><span class="num">{}</span></div>'
        '<progress class="progress__bar" aria-label="{}" max="{}"{}></progress></div>',
        label,
        "" if value is None or not max else f"{100 * value / max:.0f} %",
        label,
        _plain(max),
        "" if value is None else format_html(' value="{}"', _plain(value)),
    )


def meter(value: float, max: float, label: str, tone: str = "good") -> SafeString:  # noqa: A002
    """How much of a whole there is."""
    numbers = _("%(some)s of %(all)s") % {"some": _plain(value), "all": _plain(max)}
    return format_html(
        '<div class="amount"><div class="row row--spread"><span>{}</span><span class="num">{}</span></div>{}</div>',
        label,
        numbers,
        _strip([(label, value, tone)], max, f"{label}: {numbers}"),
    )


def bar(parts: Iterable[tuple[str, float, str]], label: str, *, legend: bool = True) -> SafeString:
    """Parts of a whole side by side. A part is (label, amount, tone): good, wait, move, stuck, over."""
    shown = [(name, amount, tone) for name, amount, tone in parts if amount > 0]
    words = ", ".join(f"{name}: {_plain(amount)}" for name, amount, _tone in shown)
    strip = _strip(shown, sum(amount for _name, amount, _tone in shown), f"{label}. {words}")
    return format_html('<div class="amount">{}{}</div>', strip, _legend(shown)) if legend else strip


def _strip(parts: Sequence[tuple[str, float, str]], whole: float, words: str) -> SafeString:
    pieces, reached = [], 0.0
    for _name, amount, tone in parts:
        width = max(0.0, min(100.0 - reached, 100 * amount / whole)) if whole else 0.0
        pieces.append((tone, f"{reached:.2f}", f"{width:.2f}"))
        reached += width
    return format_html(
        '<svg class="bar" role="img" aria-label="{}" width="100%" height="12">{}</svg>',
        words,
        format_html_join("", '<rect class="fill--{}" x="{}%" width="{}%" height="12"/>', pieces),
    )


def _legend(parts: Sequence[tuple[str, float, str]]) -> SafeString:
    return format_html(
        '<ul class="legend">{}</ul>',
        format_html_join(
            "",
            '<li><svg class="swatch" width="12" height="12" aria-hidden="true">'
            '<rect class="fill--{}" width="12" height="12" rx="3"/></svg>{} <b>{}</b></li>',
            ((tone, name, _plain(amount)) for name, amount, tone in parts),
        ),
    )


def _plain(number: float) -> str:
    """For an attribute and for the eye: no trailing zeros, never a decimal comma."""
    return f"{number:g}" if isinstance(number, float) else str(number)
