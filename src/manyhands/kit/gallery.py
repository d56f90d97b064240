"""The gallery: every component with a realistic example. /kit/ shows, and the tests render, the same files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import RequestContext, Template
from django.utils.safestring import SafeString

from manyhands.kit.flood import Puzzle
from manyhands.kit.forms import DateInput, ManyTiles, NumberInput, PhoneInput, PlainForm, Tiles, TimeInput
from manyhands.kit.maps import Line, Point

FOLDER = Path(__file__).parent / "examples"


@dataclass(frozen=True, slots=True)
class Example:
    """One component: its name, when to use it, how it is written and how it looks."""

    name: str
    when: str
    source: str
    html: SafeString


class AskExample(PlainForm):
    """A form with every kind of field, for the gallery."""

    kind = forms.ChoiceField(
        label="What do you need?",
        choices=[
            ("food", "Food"),
            ("ride", "A ride"),
            ("supplies", "Supplies"),
            ("health", "Health"),
            ("else", "Else"),
        ],
        widget=Tiles(
            icons={
                "food": "carrot",
                "ride": "car",
                "supplies": "package",
                "health": "heart-pulse",
                "else": "message-circle",
            }
        ),
    )
    words = forms.CharField(
        label="Tell us in your own words",
        widget=forms.Textarea({"rows": 3}),
        help_text="As much or as little as you like.",
    )
    where = forms.CharField(
        label="Where?", help_text="A corner is enough to start. Only the person who comes sees your door."
    )
    day = forms.DateField(label="Which day?", widget=DateInput(), required=False)
    time = forms.TimeField(label="From when on?", widget=TimeInput(), required=False)
    people = forms.IntegerField(label="For how many people?", widget=NumberInput(), min_value=1)
    language = forms.ChoiceField(label="Language", choices=[("en", "English"), ("es", "Español"), ("ar", "العربية")])
    reach = forms.CharField(label="How do we reach you?", widget=PhoneInput())
    can = forms.MultipleChoiceField(
        label="How could you help?",
        choices=[("drive", "Drive"), ("cook", "Cook"), ("carry", "Carry"), ("translate", "Translate")],
        widget=ManyTiles(
            icons={"drive": "truck", "cook": "utensils", "carry": "hand-helping", "translate": "languages"},
            hints={"drive": "car, van, bike"},
        ),
        required=False,
    )
    often = forms.ChoiceField(
        label="How often?",
        choices=[("once", "Once"), ("weekly", "Every week")],
        widget=forms.RadioSelect(),
        required=False,
    )
    photo = forms.FileField(label="A list or a photo of one", required=False)
    consent = forms.BooleanField(label="They know that I am asking for them.", required=False)


def _example_form() -> AskExample:
    """As it comes back when two things were wrong."""
    return AskExample(
        {
            "kind": "food",
            "words": "Groceries for four, one of us is diabetic. Stairs are hard.",
            "where": "near Elm St & 4th",
            "people": "many",
            "language": "en",
            "reach": "",
            "can": ["cook"],
        }
    )


def _runs() -> tuple[list[Point], list[Line]]:
    """Three short runs from one hub, and asks nobody carries yet."""
    hub = (41.4993, -81.6944)
    ways = [
        [(0.006, 0.004), (0.009, 0.011), (0.004, 0.017)],
        [(-0.005, 0.006), (-0.010, 0.012), (-0.008, 0.020), (-0.002, 0.022)],
        [(0.002, -0.008), (0.008, -0.013), (-0.004, -0.015)],
    ]
    points = [Point(*hub, label="Hub, Main St", tone="start", key="hub")]
    lines = []
    for run, way in enumerate(ways):
        stops = [(hub[0] + north, hub[1] + east) for north, east in way]
        lines.append(Line([hub, *stops, hub], run=run, label=("Ana, by bike", "Jo & Sam, by van", "Mei, on foot")[run]))
        points += [
            Point(*stop, label=f"Stop {number}", run=run, number=number, href="#map", key=f"{run}-{number}")
            for number, stop in enumerate(stops, start=1)
        ]
    points.append(
        Point(hub[0] + 0.012, hub[1] - 0.002, label="4F2KP · formula", tone="stuck", href="#map", key="4F2KP")
    )
    points.append(Point(hub[0] - 0.011, hub[1] - 0.006, label="9XQDM · ride", tone="wait", href="#map", key="9XQDM"))
    return points, lines


def _material() -> dict[str, Any]:
    """What the examples talk about."""
    points, lines = _runs()
    return {
        "form": _example_form(),
        "example_puzzle": Puzzle("1781000000.0011223344556677.example"),
        "points": points,
        "lines": lines,
        "page": Paginator(range(230), 20).page(4),
        "stages": [("asked", "Asked"), ("taken", "Someone took it on"), ("moving", "On the way"), ("met", "With you")],
        "parts": [
            ("met", 61, "good"),
            ("on the way", 12, "move"),
            ("waiting", 9, "wait"),
            ("could not be met", 3, "stuck"),
        ],
        "evening": datetime(2026, 3, 14, 18, 5, tzinfo=UTC),
    }


def examples(request: HttpRequest) -> list[Example]:
    """Every example, rendered, by name."""
    shown = []
    for path in sorted(FOLDER.glob("*.html")):
        comment, source = path.read_text(encoding="utf-8").split("\n", 1)
        template = Template("{% load kit i18n %}" + source)
        html = template.render(RequestContext(request, _material()))
        shown.append(Example(path.stem, comment.removeprefix("{#").removesuffix("#}").strip(), source.strip(), html))
    return shown


def gallery(request: HttpRequest) -> HttpResponse:
    """The page /kit/."""
    return render(request, "kit/gallery.html", {"examples": examples(request)})
