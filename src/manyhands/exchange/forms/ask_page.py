"""Everything an ask says, as a dispatcher puts it right; and how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.formats import localize
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manyhands.exchange import languages, queries
from manyhands.exchange.models import Ask, Category, Cause
from manyhands.exchange.states import AskState, Outcome
from manyhands.kit.forms import DateTimeInput, NumberInput, PlainForm
from manyhands.places import queries as places
from manyhands.places.models import Area
from manyhands.places.queries import Found

PLACE = ("place_text", "door", "area", "lat", "lon")
CONTACT = ("name", "reach")


def as_it_says(ask: Ask) -> dict[str, Any]:
    """What an ask says now, in the form's own terms."""
    place, asker = ask.place, ask.asking.asked_by
    # A point that is found, or only the middle of its area, is not one somebody gave.
    return {
        "category": ask.category,
        "words": ask.words,
        "notes": ask.notes,
        "wanted_from": ask.wanted_from,
        "wanted_until": ask.wanted_until,
        "people": ask.people,
        "boxes": ask.boxes,
        "minutes": ask.minutes,
        "skill": ask.skill,
        "language": ask.language,
        "is_urgent": ask.is_urgent,
        "place_text": place.text,
        "door": place.door,
        "area": place.area,
        "lat": round(place.lat, 6) if place.is_given and place.lat is not None else None,
        "lon": round(place.lon, 6) if place.is_given and place.lon is not None else None,
        "name": asker.name,
        "reach": "\n".join(point.typed for point in asker.contact_points.all()),
    }


class ChangeForm(PlainForm):
    """What an ask says, where it is, and how to reach whoever asked. ``mark`` says how it was when it was read."""

    mark = forms.CharField(widget=forms.HiddenInput, max_length=32)
    category = forms.ModelChoiceField(Category.objects.none(), label=gettext_lazy("What"), empty_label=None)
    words = forms.CharField(
        label=gettext_lazy("In their words"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes of the desk"),
        help_text=gettext_lazy("The asker and the helper don't see these."),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    wanted_from = forms.DateTimeField(label=gettext_lazy("Wanted from"), required=False, widget=DateTimeInput)
    wanted_until = forms.DateTimeField(label=gettext_lazy("Wanted until"), required=False, widget=DateTimeInput)
    people = forms.IntegerField(
        label=gettext_lazy("For how many people"), min_value=1, max_value=999, widget=NumberInput
    )
    boxes = forms.IntegerField(label=gettext_lazy("Boxes"), min_value=0, max_value=999, widget=NumberInput)
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes at the door"), min_value=0, max_value=480, widget=NumberInput
    )
    skill = forms.CharField(label=gettext_lazy("Skill a helper needs"), max_length=40, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language the visit needs"), required=False)
    is_urgent = forms.BooleanField(label=gettext_lazy("Urgent"), required=False)
    place_text = forms.CharField(label=gettext_lazy("Where: street or corner"), max_length=300, required=False)
    door = forms.CharField(
        label=gettext_lazy("Door: floor, bell, code"),
        help_text=gettext_lazy("Only whoever brings it sees this."),
        max_length=200,
        required=False,
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=gettext_lazy("Area"), required=False, empty_label=gettext_lazy("Not chosen")
    )
    lat = forms.FloatField(label=gettext_lazy("Latitude"), min_value=-90, max_value=90, required=False)
    lon = forms.FloatField(label=gettext_lazy("Longitude"), min_value=-180, max_value=180, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    reach = forms.CharField(
        label=gettext_lazy("Phone or e-mail"),
        help_text=gettext_lazy("One on each line."),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-private": "", "dir": "auto"}),
    )

    def __init__(self, *args: Any, ask: Ask, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask = ask
        everything = queries.categories_of(ask.network) | Category.objects.filter(pk=ask.category_id)
        fields: dict[str, Any] = self.fields
        fields["category"].queryset = everything.distinct().order_by("position", "pk")
        fields["area"].queryset = places.areas_of(ask.network)
        fields["language"].choices = [("", _("Any language")), *languages.choices([ask.language])]
        for name in ("lat", "lon"):
            fields[name].widget.attrs.update({"step": "any", "dir": "ltr", "inputmode": "decimal"})

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        start, end = said.get("wanted_from"), said.get("wanted_until")
        if start and end and start >= end:
            self.add_error("wanted_until", _("It must end after it begins: look at the two times again."))
        if (said.get("lat") is None) != (said.get("lon") is None) and not self.errors.keys() & {"lat", "lon"}:
            missing = "lat" if said.get("lat") is None else "lon"
            self.add_error(missing, _("A point on the map needs both a latitude and a longitude."))
        return said

    def what_it_says(self) -> dict[str, Any]:
        """Words, times and measures, for ``change_ask``."""
        own = {"mark", *PLACE, *CONTACT}
        return {name: value for name, value in self.cleaned_data.items() if name not in own}

    def where(self) -> dict[str, Any]:
        """The place, for ``change_ask``; nothing where it was left as it is."""
        was = as_it_says(self.ask)
        said = {name: self.cleaned_data[name] for name in PLACE}
        return said if any(said[name] != was[name] for name in PLACE) else {}

    def differences(self) -> list[tuple[str, str, str]]:
        """Where what was typed is not what the ask says now: (label, how it is now, how it was typed)."""
        now = as_it_says(self.ask)
        return [
            (str(self.fields[name].label), self._shown(name, now[name]), self._shown(name, self.cleaned_data[name]))
            for name in now
            if name in self.cleaned_data and _plain(now[name]) != _plain(self.cleaned_data[name])
        ]

    def _shown(self, name: str, value: Any) -> str:
        if value is None or value == "":
            return _("nothing")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if name == "language":
            return languages.name_of(value)
        return str(localize(localtime(value))) if name.startswith("wanted_") else str(value)


def _plain(value: Any) -> Any:
    return value.strip().replace("\r\n", "\n") if isinstance(value, str) else value


class WhichPlaceForm(PlainForm):
    """Which of several places on the street map is meant."""

    which = forms.ChoiceField(label=gettext_lazy("Which of these is it?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, found: Sequence[Found], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._found = {each.key: each for each in found}
        self.fields["which"].choices = [  # type: ignore[attr-defined]
            (key, f"{each.label} ({places.how_exact(each).label})") for key, each in self._found.items()
        ]

    @property
    def found(self) -> Found:
        """The one that was chosen."""
        return self._found[self.cleaned_data["which"]]


class CloseForm(PlainForm):
    """How it was settled without a visit being marked."""

    state = forms.ChoiceField(
        label=gettext_lazy("How did it end?"),
        choices=[(state, state.label) for state in (AskState.MET, AskState.PARTLY_MET, AskState.SIGNPOSTED)],
        widget=forms.RadioSelect,
    )


class VisitForm(PlainForm):
    """How a visit went, told over the phone."""

    outcome = forms.ChoiceField(label=gettext_lazy("How did the visit go?"), choices=Outcome.choices)
    note = forms.CharField(label=gettext_lazy("Anything to know next time"), max_length=500, required=False)


class TellCauseForm(PlainForm):
    """What lies behind a need, if the asker wishes to say."""

    cause = forms.ModelChoiceField(
        Cause.objects.none(),
        label=gettext_lazy("What lies behind it"),
        help_text=gettext_lazy("Only if they wish to say. It is counted without names."),
        required=False,
        empty_label=gettext_lazy("Not said"),
    )

    def __init__(self, *args: Any, ask: Ask, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"].queryset = queries.causes_of(ask.network)  # type: ignore[attr-defined]
