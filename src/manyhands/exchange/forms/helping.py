"""What a helper can carry and when; how a visit went; what they are looking for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manyhands.exchange import languages, queries
from manyhands.exchange.models import Category, Helper
from manyhands.exchange.states import Outcome
from manyhands.kit.forms import ManyTiles, NumberInput, PlainForm, Tiles, TimeInput
from manyhands.kit.versions import Versioned
from manyhands.networks.models import Network
from manyhands.places import queries as places
from manyhands.places.models import Area

MODES = {"foot": "footprints", "bike": "bike", "car": "car"}
PLACE = ("start_text", "area", "lat", "lon")
END = ("end_text", "end_area")


class LookForm(PlainForm):
    """What a helper wants to see of what is open. What makes no sense is left out."""

    category = forms.ModelChoiceField(
        Category.objects.none(), label=gettext_lazy("What"), required=False, empty_label=gettext_lazy("Everything")
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=gettext_lazy("Where"), required=False, empty_label=gettext_lazy("Everywhere")
    )

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["category"].queryset = queries.categories_of(network)
        fields["area"].queryset = places.areas_of(network)
        self.is_valid()

    @property
    def is_narrow(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.fields)


class OutcomeForm(PlainForm):
    """How a visit went."""

    outcome = forms.ChoiceField(choices=Outcome.choices)
    note = forms.CharField(label=gettext_lazy("Anything to know next time?"), max_length=500, required=False)


@dataclass(frozen=True, slots=True)
class Hours:
    """One line of the week on the form: a day and the two hours beside it."""

    day: BoundField
    start: BoundField
    end: BoundField


class HelpingForm(Versioned, PlainForm):
    """What someone can carry, from where, and when. Change it any time; nobody is held to it."""

    mode = forms.ChoiceField(
        label=gettext_lazy("How do you get about?"),
        choices=Helper.Mode.choices,
        initial=Helper.Mode.FOOT,
        widget=Tiles(icons=MODES),
    )
    boxes = forms.IntegerField(
        label=gettext_lazy("How many boxes can you carry at once?"),
        help_text=gettext_lazy("One box is about two full shopping bags. 0 is fine too: not everything is carried."),
        min_value=0,
        max_value=999,
        initial=4,
        widget=NumberInput,
    )
    most_minutes = forms.IntegerField(
        label=gettext_lazy("How many minutes do you have in one go, at most?"),
        min_value=5,
        max_value=1440,
        initial=150,
        widget=NumberInput,
    )
    start_text = forms.CharField(
        label=gettext_lazy("Where do you set out from?"),
        help_text=gettext_lazy("A corner nearby is enough. Only the desk sees it."),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"data-private": "", "autocomplete": "off"}),
    )
    area = forms.ModelChoiceField(
        Area.objects.none(),
        label=gettext_lazy("In which part of town is that?"),
        required=False,
        empty_label=gettext_lazy("I’m not sure"),
    )
    lat = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    lon = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)
    end_text = forms.CharField(
        label=gettext_lazy("Where do you finish, if somewhere else?"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"data-private": "", "autocomplete": "off"}),
    )
    end_area = forms.ModelChoiceField(
        Area.objects.none(),
        label=gettext_lazy("In which part of town do you finish?"),
        required=False,
        empty_label=gettext_lazy("Where I set out"),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Which languages do you speak?"), required=False, widget=ManyTiles
    )
    skills = forms.MultipleChoiceField(
        label=gettext_lazy("What can you do besides carrying?"), required=False, widget=ManyTiles
    )
    more_skills = forms.CharField(
        label=gettext_lazy("Anything else you can do"),
        help_text=gettext_lazy("With commas in between: sewing, fixing bikes"),
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, network: Network, helper: Helper | None, **kwargs: Any) -> None:
        self.helper = helper
        kwargs["initial"] = {**_as_it_is(helper), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["area"].queryset = fields["end_area"].queryset = places.areas_of(network)
        fields["languages"].choices = languages.choices([network.language, *(helper.languages if helper else [])])
        wanted = {category.skill for category in queries.categories_of(network) if category.skill}
        known = dict.fromkeys([*sorted(wanted), *(helper.skills if helper else [])])
        fields["skills"].choices = [(skill, _(skill)) for skill in known]
        if not known:
            del fields["skills"]
        self._rows = _rows_of(helper)
        for key, (day, start, end) in self._rows.items():
            fields[f"day_{key}"] = forms.BooleanField(label=WEEKDAYS[int(key[0])], required=False, initial=start != "")
            fields[f"from_{key}"] = forms.TimeField(
                label=_("%(day)s from") % {"day": day}, required=False, initial=start or None, widget=TimeInput
            )
            fields[f"until_{key}"] = forms.TimeField(
                label=_("%(day)s until") % {"day": day}, required=False, initial=end or None, widget=TimeInput
            )

    def week(self) -> Iterator[Hours]:
        """The lines of the week, for the page."""
        for key in self._rows:
            yield Hours(self[f"day_{key}"], self[f"from_{key}"], self[f"until_{key}"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for key in self._rows:
            start, end = said.get(f"from_{key}"), said.get(f"until_{key}")
            if start and end and start == end:
                self.add_error(f"until_{key}", _("It must end after it begins: look at the two times again."))
        if (said.get("lat") is None) != (said.get("lon") is None):
            said["lat"] = said["lon"] = None
        return said

    def hours(self) -> list[dict[str, Any]]:
        """When they are usually free, as a helper keeps it. A day ticked without hours is the whole day."""
        free = []
        for key in self._rows:
            start, end = self.cleaned_data[f"from_{key}"], self.cleaned_data[f"until_{key}"]
            if self.cleaned_data[f"day_{key}"] or start or end:
                free.append(
                    {"day": int(key[0]), "from": _plain(start or time(0, 0)), "until": _plain(end or time(23, 59))}
                )
        return free

    def profile(self) -> dict[str, Any]:
        """Everything said, for ``change_helper``; the place only where it was changed."""
        said = self.cleaned_data
        more = [skill.strip().lower()[:40] for skill in said["more_skills"].split(",")]
        profile: dict[str, Any] = {
            "mode": said["mode"],
            "boxes": said["boxes"],
            "most_minutes": said["most_minutes"],
            "languages": said["languages"],
            "skills": list(dict.fromkeys([*said.get("skills", []), *filter(None, more)])),
            "hours": self.hours(),
        }
        was = _as_it_is(self.helper)
        if "start_text" not in self.fields:
            return profile
        if self.helper is None or any(said[name] != was[name] for name in PLACE):
            profile |= {"start_text": said["start_text"], "area": said["area"], "lat": said["lat"], "lon": said["lon"]}
        if any(said[name] != was[name] for name in END):
            profile |= {name: said[name] for name in END}
        return profile


class HelperForm(HelpingForm):
    """The same as the desk notes it for a helper, and how many asks they may hold at once.

    ``without_places``: they would be in danger if they were found, so where they set out and end stands nowhere here,
    and stays as it is.
    """

    cap = forms.IntegerField(
        label=gettext_lazy("Asks they may hold at once"),
        help_text=gettext_lazy("Leave it empty for as many as everyone here."),
        min_value=0,
        max_value=200,
        required=False,
        widget=NumberInput,
    )

    def __init__(self, *args: Any, without_places: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.without_places = without_places
        if without_places:
            for name in (*PLACE, *END):
                del self.fields[name]
                self.initial.pop(name, None)

    def profile(self) -> dict[str, Any]:
        return super().profile() | {"cap": self.cleaned_data["cap"]}


def _plain(clock: time) -> str:
    return clock.strftime("%H:%M")


def _as_it_is(helper: Helper | None) -> dict[str, Any]:
    if helper is None:
        return {"start_text": "", "area": None, "lat": None, "lon": None, "end_text": "", "end_area": None}
    start, end = helper.start, helper.end
    return {
        "mode": helper.mode,
        "cap": helper.cap,
        "boxes": helper.boxes,
        "most_minutes": helper.most_minutes,
        "languages": helper.languages,
        "skills": helper.skills,
        "start_text": start.text,
        "area": start.area,
        "lat": start.lat if start.is_given else None,
        "lon": start.lon if start.is_given else None,
        "end_text": end.text if end else "",
        "end_area": end.area if end else None,
    }


def _rows_of(helper: Helper | None) -> dict[str, tuple[Any, str, str]]:
    """The week, a line for each day and one more for each further time on it: "0", "1", "1_2" -> (day, from, until)."""
    rows: dict[str, tuple[Any, str, str]] = {}
    for number, name in WEEKDAYS.items():
        free = [hour for hour in (helper.hours if helper else []) if hour.get("day") == number]
        for place, hour in enumerate(free or [{"from": "", "until": ""}]):
            key = f"{number}" if place == 0 else f"{number}_{place + 1}"
            rows[key] = (name, str(hour.get("from", "")), str(hour.get("until", "")))
    return rows
