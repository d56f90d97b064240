"""The components a page is made of, as template tags. The gallery at /kit/ shows each with an example.

Every tag escapes what it is given; texts arrive already translated. Tones say what a thing means, never a colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.template.context import Context
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from manyhands.kit import amounts, maps, ring
from manyhands.kit.flood import Puzzle
from manyhands.kit.icons import draw_icon, drawings
from manyhands.kit.look import address, behaviour_modules, stylesheet_links
from manyhands.kit.templatetags.marks import hidden_marks
from manyhands.kit.versions import Versioned

register = template.Library()

NOTICE_ICONS = {"calm": "info", "good": "circle-check", "wait": "clock", "urgent": "triangle-alert"}
NOTHING = SafeString("")


# ── How the keys are kept ────────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def keys_mode() -> str:
    """Say "cabinet", or "sealed" where somebody must open the house; nothing where that can't be told."""
    try:
        return "sealed" if ring.is_sealed() else "cabinet"
    except ring.RingTrouble:
        return ""


# ── The shell ────────────────────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def stylesheets() -> SafeString:
    """The links to the look, in the order of its layers."""
    return stylesheet_links()


@register.simple_tag
def behaviours() -> SafeString:
    """The one script tag: it brings a behaviour's module only where the page asks for it."""
    return behaviour_modules()


@register.simple_tag
def picture(path: str) -> str:
    """The address of a static file, even while the manifest is missing."""
    return address(path)


@register.simple_tag
def icon_drawings() -> SafeString:
    """What the icons of this page look like, once each; stands at the end of every page."""
    return drawings()


@register.simple_tag
def icon(name: str, size: str = "medium", label: str = "") -> SafeString:
    """An icon of the Lucide set, in the colour of the text around it."""
    return draw_icon(name, size=size, label=label)


@register.simple_tag(takes_context=True)
def nav_link(
    context: Context, url: str, text: str, icon: str = "", count: int | None = None, *, exact: bool = False
) -> SafeString:
    """A place to go; marked as current when we are there, or below it unless `exact`. Nothing without an address."""
    if not url:
        return NOTHING
    path = context["request"].path if "request" in context else ""
    here = path == url or (not exact and url != "/" and path.startswith(url))
    return format_html(
        '<a class="nav__link" href="{}"{}>{}<span>{}</span>{}</a>',
        url,
        mark_safe(' aria-current="page"') if here else "",
        draw_icon(icon) if icon else "",
        text,
        NOTHING if count is None else format_html('<span class="count">{}</span>', count),
    )


# ── Saying something ─────────────────────────────────────────────────────────────────────────────────────────────────


@register.simple_block_tag
def notice(content: str, tone: str = "calm", title: str = "", icon: str = "") -> SafeString:
    """Something to know. Tones: calm, good, wait, urgent; an urgent one is read out at once."""
    return format_html(
        '<div class="notice notice--{}" role="{}">{}<div class="notice__text">{}{}</div></div>',
        tone,
        "alert" if tone == "urgent" else "status",
        draw_icon(icon or NOTICE_ICONS[tone]),
        format_html("<strong>{}</strong>", title) if title else "",
        content,
    )


@register.simple_tag
def tag(text: str, tone: str = "calm", icon: str = "") -> SafeString:
    """A word about a thing's state. Tones: new, calm, wait, move, good, stuck, over."""
    return format_html(
        '<span class="tag tag--{}">{}{}</span>', tone, draw_icon(icon, size="small") if icon else "", text
    )


@register.simple_block_tag
def empty(content: str, title: str, icon: str = "sprout", level: int = 2) -> SafeString:
    """Nothing here yet, and what to do about it. `level` 1 where it is the whole page."""
    return format_html(
        '<div class="empty">{}<h{} class="empty__title">{}</h{}>{}</div>',
        draw_icon(icon, size="huge"),
        level,
        title,
        level,
        content,
    )


@register.simple_tag
def code(text: str, size: str = "", *, copy: bool = False) -> SafeString:
    """A code, easy to read out. `size`: "big" for the one thing to remember, "long" for figures over several lines.

    `copy` adds a button.
    """
    chip = format_html('<code class="code{}" dir="ltr">{}</code>', f" code--{size}" if size else "", text)
    return format_html('<span class="row row--tight">{}{}</span>', chip, _copy_button(text)) if copy else chip


def _copy_button(text: str) -> SafeString:
    return format_html(
        '<button type="button" class="button button--quiet button--small js-only" data-behaviour="copy" data-copy="{}"'
        ' data-done="{}">{} <span aria-live="polite">{}</span></button>',
        text,
        _("Copied"),
        draw_icon("copy", size="small"),
        _("Copy"),
    )


@register.simple_tag
def stat(number: object, label: str, of: object = None, tone: str = "", url: str = "") -> SafeString:
    """A number worth a big type, with what it counts."""
    inside = format_html(
        '<span class="stat__number">{}{}</span><span class="stat__label">{}</span>',
        number,
        NOTHING if of is None else format_html("<small> / {}</small>", of),
        label,
    )
    tone_class = f" stat--{tone}" if tone else ""
    if url:
        return format_html('<a class="stat{}" href="{}">{}</a>', tone_class, url, inside)
    return format_html('<div class="stat{}">{}</div>', tone_class, inside)


# ── Holding things together ──────────────────────────────────────────────────────────────────────────────────────────


@register.simple_block_tag
def sheet(
    content: str,
    title: str = "",
    tone: str = "",
    *,
    level: int = 2,
    icon: str = "",
    beside: str = "",
    id: str = "",  # noqa: A002
) -> SafeString:
    """A sheet of paper for one thing. Tones give it an edge: next, wait, move, stuck, over.

    `beside` stands at the end of the title's line: a tag, a time.
    """
    heading = (
        format_html(
            '<div class="sheet__head"><h{} class="sheet__title">{}{}</h{}>{}</div>',
            level,
            draw_icon(icon) if icon else "",
            title,
            level,
            beside,
        )
        if title
        else ""
    )
    return format_html(
        '<section class="sheet stack{}"{}>{}{}</section>',
        f" sheet--{tone}" if tone else "",
        format_html(' id="{}"', id) if id else "",
        heading,
        content,
    )


@register.simple_block_tag
def door(content: str, url: str, title: str, icon: str) -> SafeString:
    """A large way in: one press for one thing people come to do."""
    return format_html(
        '<a class="door" href="{}">{}<span class="door__words"><strong>{}</strong><span>{}</span></span>{}</a>',
        url,
        draw_icon(icon, size="large"),
        title,
        content,
        draw_icon("chevron-right"),
    )


@register.simple_block_tag(takes_context=True)
def post_door(context: Context, content: str, url: str, title: str, icon: str) -> SafeString:
    """A large way in that changes something, as signing in does: a door that posts."""
    return format_html(
        '<form method="post" action="{}">{}'
        '<button class="door">{}<span class="door__words"><strong>{}</strong><span>{}</span></span>{}</button></form>',
        url,
        hidden_marks(context.get("csrf_token", "")),
        draw_icon(icon, size="large"),
        title,
        content,
        draw_icon("chevron-right"),
    )


@register.simple_block_tag
def fact(content: str, name: str, icon: str = "") -> SafeString:
    """One line of `<dl class="facts">`."""
    return format_html(
        '<div class="fact"><dt>{}{}</dt><dd>{}</dd></div>', draw_icon(icon, size="small") if icon else "", name, content
    )


@register.simple_block_tag
def step(content: str, when: datetime | date | str, who: str = "", tone: str = "", icon: str = "") -> SafeString:
    """One line of `<ol class="timeline">`: what happened, when, by whom."""
    return format_html(
        '<li class="step{}"><span class="step__dot">{}</span><div class="step__what">{}</div>'
        '<div class="step__when">{}{}</div></li>',
        f" step--{tone}" if tone else "",
        draw_icon(icon, size="small") if icon else "",
        content,
        _moment(when),
        format_html(" · {}", who) if who else "",
    )


def _moment(when: datetime | date | str) -> str:
    if isinstance(when, datetime):
        return format_html(
            '<time datetime="{}">{}</time>', when.isoformat(), date_format(localtime(when), "SHORT_DATETIME_FORMAT")
        )
    if isinstance(when, date):
        return format_html('<time datetime="{}">{}</time>', when.isoformat(), date_format(when, "SHORT_DATE_FORMAT"))
    return when


@register.simple_tag
def steps(items: Sequence[tuple[str, str]], current: str) -> SafeString:
    """Where a thing is on its way: the (key, label) pairs in order, the current one marked, those before it ticked."""
    keys = [key for key, _label in items]
    reached = keys.index(current) if current in keys else -1
    return format_html(
        '<ol class="steps">{}</ol>',
        format_html_join(
            "",
            '<li class="steps__item{}"{}><span class="steps__dot">{}</span><span>{}</span></li>',
            (
                (
                    " steps__item--done" if place < reached else "",
                    mark_safe(' aria-current="step"') if place == reached else "",
                    draw_icon("check", size="small", label=_("Done")) if place < reached else "",
                    label,
                )
                for place, (_key, label) in enumerate(items)
            ),
        ),
    )


# ── Getting around ───────────────────────────────────────────────────────────────────────────────────────────────────


@register.simple_block_tag
def tabs(content: str, label: str) -> SafeString:
    """Several views of one thing, each a page of its own."""
    return format_html('<nav class="tabs scroller" aria-label="{}">{}</nav>', label, content)


@register.simple_tag
def tab(url: str, text: str, count: int | None = None, *, current: bool = False) -> SafeString:
    """One of the views."""
    return format_html(
        '<a class="tab" href="{}"{}>{}{}</a>',
        url,
        mark_safe(' aria-current="page"') if current else "",
        text,
        NOTHING if count is None else format_html(' <span class="count">{}</span>', count),
    )


@register.inclusion_tag("kit/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any]) -> dict[str, Any]:  # noqa: ARG001  the template reads the request from it
    """Earlier and later pages of a list; the rest of the query string stays."""
    return {
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number),
    }


@register.inclusion_tag("kit/post_button.html", takes_context=True)
def post_button(
    context: Context, url: str, text: str, *, tone: str = "", icon: str = "", name: str = "", value: object = ""
) -> dict[str, Any]:
    """One press that changes something: a form with nothing but its button. Tones: quiet, danger, small, wide."""
    return {
        "url": url,
        "text": text,
        "classes": " ".join(f"button--{word}" for word in tone.split()),
        "icon": icon,
        "name": name,
        "value": value,
        "csrf_token": context.get("csrf_token"),
    }


# ── Amounts ──────────────────────────────────────────────────────────────────────────────────────────────────────────

register.simple_tag(amounts.progress)
register.simple_tag(amounts.meter)
register.simple_tag(amounts.bar)


# ── Forms ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@register.inclusion_tag("kit/field.html")
def field(
    field: BoundField,
    label: str = "",
    help: str = "",  # noqa: A002
    icon: str = "",
    *,
    hide_label: bool = False,
    optional: bool = True,
) -> dict[str, Any]:
    """A field of a form with its label, its help and what was wrong with it, tied together for every reader."""
    kind = getattr(field.field.widget, "input_type", "") or type(field.field.widget).__name__.lower()
    single_box = kind == "checkbox" and not field.use_fieldset
    if help:
        field.help_text = help
    return {
        "field": field,
        "kind": kind,
        "label": label or field.label,
        "icon": icon,
        "hide_label": hide_label,
        "optional": optional and not field.field.required and not single_box,
        "single_box": single_box,
    }


@register.inclusion_tag("kit/fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """Every field of a form, one below the other."""
    return {"form": form}


@register.inclusion_tag("kit/error_summary.html")
def error_summary(form: BaseForm | BaseFormSet[Any]) -> dict[str, Any]:
    """What has to be looked at again, each line a link to its field. Nothing to see while all is well.

    It stands inside the form: where two can have a form open (kit/versions.py), it carries what was shown, and asks
    what to keep where someone else was faster.
    """
    forms = list(form.forms) if isinstance(form, BaseFormSet) else [form]
    whole = list(form.non_form_errors()) if isinstance(form, BaseFormSet) else []
    return {
        "whole": whole + [error for each in forms for error in each.non_field_errors()],
        "wrong": [bound for each in forms for bound in each if bound.errors],
        "versioned": [each for each in forms if isinstance(each, Versioned)],
    }


@register.inclusion_tag("kit/locate.html")
def locate(lat: str = "id_lat", lon: str = "id_lon") -> dict[str, str]:
    """Offers to use where one is: fills two inputs, named by id, on devices that know."""
    return {"lat": lat, "lon": lon}


@register.inclusion_tag("kit/puzzle.html")
def puzzle(puzzle: Puzzle | None) -> dict[str, Any]:
    """Inside a form anyone may send: nothing in quiet times; under flood a sum the browser works out first."""
    return {"puzzle": puzzle}


@register.inclusion_tag("kit/autosave_note.html")
def autosave_note() -> dict[str, str]:
    """Inside a form with autosave: says that something typed earlier was put back, and offers to forget it."""
    return {}


# ── Things that move ─────────────────────────────────────────────────────────────────────────────────────────────────


@register.simple_block_tag
def poll(content: str, id: str, url: str = "", every: float = 3) -> SafeString:  # noqa: A002
    """A part of the page that renews itself until it holds something with `data-done`."""
    return format_html(
        '<div id="{}" data-behaviour="poll" data-url="{}" data-every="{}" data-until="[data-done]"'
        ' aria-live="polite">'
        "{}</div>",
        id,
        url,
        every,
        content,
    )


@register.simple_tag
def refresh_without_js(seconds: int = 5) -> SafeString:
    """For the block `head` of a page that polls: without JavaScript the whole page comes again."""
    return format_html('<noscript><meta http-equiv="refresh" content="{}"></noscript>', seconds)


@register.inclusion_tag("kit/shortcuts_help.html")
def shortcuts_help() -> dict[str, str]:
    """The keys a list understands, and the switch to turn them off."""
    return {}


# ── Maps ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def run_mark(run: int, text: object = "") -> SafeString:
    """The sign of a run: its colour, its dashes and its shape, the same as on the map."""
    return format_html(
        '<svg class="run-mark run-{} dash-{}" viewBox="-24 -13 48 26" width="44" height="24" aria-hidden="true">'
        '<path class="track" d="M-24 0H24"/><path class="mark" d="{}"/><text>{}</text></svg>',
        maps.colour_of(run),
        maps.pattern_of(run),
        maps.SHAPES[maps.pattern_of(run)],
        text,
    )


@register.inclusion_tag("kit/map.html", name="map")
def show_map(
    points: Iterable[maps.Point] = (),
    lines: Iterable[maps.Line] = (),
    *,
    label: str = "",
    width: int = 400,
    height: int = 320,
    beside: str = "",
    id: str = "map",  # noqa: A002
    legend: bool = True,
) -> dict[str, Any]:
    """Places and ways drawn in the page itself. `beside` names the list that shows the same things as words."""
    drawing = maps.draw(points, lines, width=width, height=height, ground=maps.ground_here())
    return {
        "drawing": drawing,
        "label": label or _("Map"),
        "beside": beside,
        "id": id,
        "legend": [track for track in drawing.tracks if track.label] if legend else [],
        "scale": _("%(kilometres)d km") % {"kilometres": drawing.grid_kilometres}
        if drawing.grid_kilometres
        else _("%(metres)d m") % {"metres": drawing.grid_metres},
    }
