"""What a dispatcher types to make a plan, to describe a hub, to move a stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from manyhands.deliveries.models import Hub, Plan
from manyhands.exchange.models import Helper
from manyhands.kit.forms import DateInput, NumberInput, PlainForm, TimeInput
from manyhands.kit.versions import Versioned
from manyhands.networks.models import Network
from manyhands.places import queries as places
from manyhands.places.models import Area

PATIENCE = [
    ("5", _("5 seconds")),
    ("12", _("12 seconds")),
    ("30", _("half a minute")),
    ("90", _("a minute and a half")),
]


class PlanForm(PlainForm):
    """When, which asks, and how long the planner may think."""

    day = forms.DateField(label=_("Day"), widget=DateInput())
    starts = forms.TimeField(label=_("From"), widget=TimeInput())
    ends = forms.TimeField(label=_("Until"), widget=TimeInput())
    which = forms.ChoiceField(label=_("Which asks"), widget=forms.RadioSelect, required=False)
    asks = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100_000)
    hub = forms.ModelChoiceField(
        label=_("Everyone loads at"),
        queryset=Hub.objects.none(),
        required=False,
        empty_label=_("nowhere: they have it with them"),
    )
    patience = forms.ChoiceField(label=_("The planner may think for"), choices=PATIENCE, initial="12")

    def __init__(self, *args: Any, hubs: Any, which: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hub"].queryset = hubs  # type: ignore[attr-defined]
        self.fields["which"].choices = which or []  # type: ignore[attr-defined]


class CompareForm(PlainForm):
    """Two plans of one evening. ``plans`` are those to choose from; what is clean are the plans themselves."""

    one = forms.ChoiceField(label=_("The first plan"))
    other = forms.ChoiceField(label=_("The second plan"))

    def __init__(self, *args: Any, plans: Sequence[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plans = {str(plan.pk): plan for plan in plans}
        choices = [("", _("choose")), *((key, told(plan)) for key, plan in self._plans.items())]
        for name in ("one", "other"):
            field = cast(forms.ChoiceField, self.fields[name])
            field.choices = choices
            field.error_messages |= {
                "required": _("Choose a plan."),
                "invalid_choice": _("This plan is not here, or no other plan shares its evening. Choose another one."),
            }

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or {}
        plans: dict[str, Any] = {name: self._plans[chosen[name]] for name in ("one", "other") if name in chosen}
        if len(plans) == 2:
            if plans["one"] == plans["other"]:
                self.add_error("other", _("These are one and the same plan. Choose another one."))
            elif not plans["one"].shares_time_with(plans["other"]):
                self.add_error("other", _("The two are not of one evening. Choose one whose hours overlap."))
        return plans


def told(plan: Plan) -> str:
    """A plan in one line: its hours, how many of its asks it reaches, where it stands, when and by whom it was made."""
    starts, ends, made = (timezone.localtime(when) for when in (plan.starts_at, plan.ends_at, plan.made_at))
    parts = [
        f"{date_format(starts, 'D j M, H:i')}–{date_format(ends, 'H:i')}",
        f"{plan.summary.get('served', 0)} / {plan.summary.get('asks', 0)}",
        str(plan.get_state_display()),
        gettext("made at %(time)s") % {"time": date_format(made, "D H:i")},
    ]
    if plan.made_by is not None:
        parts.append(plan.made_by.short_name)
    return " · ".join(parts)


class HelperTimes(PlainForm):
    """From when until when one helper is free, and how many boxes fit; what is left empty is as they usually do."""

    since = forms.TimeField(label=_("Free from"), widget=TimeInput(), required=False)
    until = forms.TimeField(label=_("Free until"), widget=TimeInput(), required=False)
    boxes = forms.IntegerField(label=_("Boxes"), min_value=0, max_value=999, widget=NumberInput(), required=False)
    hub = forms.ChoiceField(label=_("Loads at"), required=False)

    def __init__(self, *args: Any, hubs: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hub"].choices = hubs  # type: ignore[attr-defined]


@dataclass
class HelperRow:
    """A helper to choose from: whether they are chosen, their times, and what else is good to know."""

    helper: Helper
    times: HelperTimes
    chosen: bool
    usually_free: bool
    note: str = ""

    @property
    def key(self) -> str:
        return str(self.helper.pk)

    @property
    def name(self) -> str:
        return self.helper.membership.person.name or self.helper.membership.person.short_name

    def said(self, since: time, until: time) -> tuple[time, time, int]:
        """What was typed, with the usual in place of what was left empty. Only for a valid row."""
        given: Mapping[str, Any] = self.times.cleaned_data
        boxes = given.get("boxes")
        return (
            given.get("since") or since,
            given.get("until") or until,
            self.helper.boxes if boxes is None else boxes,
        )


class HubForm(Versioned, PlainForm):
    """Where runs are loaded."""

    name = forms.CharField(label=_("Name"), max_length=80)
    place_text = forms.CharField(label=_("Where it is"), max_length=300, required=False)
    area = forms.ModelChoiceField(label=_("Area"), queryset=Area.objects.none(), required=False)
    lat = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, required=False)
    lon = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, required=False)
    opens = forms.TimeField(label=_("Opens at"), widget=TimeInput(), required=False)
    closes = forms.TimeField(label=_("Closes at"), widget=TimeInput(), required=False)
    loading_minutes = forms.IntegerField(
        label=_("Minutes loading takes"), min_value=0, max_value=240, initial=10, widget=NumberInput()
    )
    is_used = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = places.areas_of(network)  # type: ignore[attr-defined]
        for name in ("lat", "lon"):
            self.fields[name].widget.attrs |= {"step": "any", "dir": "ltr"}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if (said.get("lat") is None) != (said.get("lon") is None):
            self.add_error("lat", _("Give both numbers, or neither."))
        if (said.get("opens") is None) != (said.get("closes") is None):
            self.add_error("opens", _("Say both when it opens and when it closes, or neither."))
        return said


class MoveForm(PlainForm):
    """Where a stop shall go."""

    run = forms.ChoiceField(label=_("Into the run of"), required=False)
    position = forms.IntegerField(
        label=_("As stop number"), min_value=1, max_value=999, initial=1, widget=NumberInput(), required=False
    )

    def __init__(self, *args: Any, runs: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["run"].choices = runs  # type: ignore[attr-defined]
