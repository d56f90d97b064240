"""What a neighbour types to ask for something: in under a minute, on a poor phone, with nothing lost on the way."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from manyhands.exchange import languages
from manyhands.exchange.actions import NewAsk
from manyhands.exchange.models import Ask, Category, Cause
from manyhands.exchange.queries import categories_of
from manyhands.exchange.telling import window_said
from manyhands.kit import reaching
from manyhands.kit.forms import DateInput, ManyTiles, NumberInput, PlainForm, Tiles, TimeInput
from manyhands.kit.versions import Versioned
from manyhands.networks.models import Network
from manyhands.places.models import Area
from manyhands.places.queries import areas_of

WORDS_LENGTH = 2000
FARTHEST = timedelta(days=366)
# Digits, blanks and what people put between them: meant as a phone number, whatever its length.
_MEANT_AS_PHONE = re.compile(r"[+(]?[\d\s().+/-]{4,}")
_EARTH = {"lat": 90.0, "lon": 180.0}
_EVERY = {
    0: gettext_lazy("Every Monday"),
    1: gettext_lazy("Every Tuesday"),
    2: gettext_lazy("Every Wednesday"),
    3: gettext_lazy("Every Thursday"),
    4: gettext_lazy("Every Friday"),
    5: gettext_lazy("Every Saturday"),
    6: gettext_lazy("Every Sunday"),
}


class SentOnce(forms.UUIDField):
    """The form's own mark. Whatever comes back in it, the form is good: at worst it is taken in as a new one."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, initial=uuid.uuid4)

    def clean(self, value: Any) -> uuid.UUID:
        try:
            return super().clean(value) or uuid.uuid4()
        except forms.ValidationError:
            return uuid.uuid4()


class Where(PlainForm):
    """A corner is enough. The point comes from the device, if it tells; what it tells wrongly is left out."""

    place_text = forms.CharField(
        label=gettext_lazy("Where?"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "street-address", "data-private": ""}),
    )
    area = forms.ModelChoiceField(
        label=gettext_lazy("Which part of town?"),
        queryset=Area.objects.none(),
        required=False,
        empty_label=pgettext_lazy("area", "I’m not sure"),
    )
    door = forms.CharField(
        label=gettext_lazy("Your door"),
        help_text=gettext_lazy("House number, floor, bell, gate code. Only the person who comes sees it."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-private": ""}),
    )
    lat = forms.CharField(required=False, widget=forms.HiddenInput)
    lon = forms.CharField(required=False, widget=forms.HiddenInput)

    network: Network

    def _offer_areas(self) -> None:
        areas = areas_of(self.network)
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]
        if not areas:
            del self.fields["area"]

    def _degrees(self, name: str) -> float | None:
        try:
            degrees = float(self.cleaned_data.get(name) or "")
        except ValueError:
            return None
        return degrees if abs(degrees) <= _EARTH[name] else None

    def point(self) -> tuple[float, float] | None:
        """Where the device says it is, or ``None``."""
        lat, lon = self._degrees("lat"), self._degrees("lon")
        return None if lat is None or lon is None else (lat, lon)

    def _clean_where(self, typed: dict[str, Any]) -> None:
        if self.errors.keys() & {"place_text", "area"}:
            return
        if not (typed.get("place_text") or typed.get("area") or self.point()):
            self.add_error(
                "place_text", _("Tell us roughly where: a corner, a landmark or the part of town is enough.")
            )

    def place_told(self) -> dict[str, Any]:
        """The place, as :func:`places.actions.note_place` takes it."""
        lat, lon = self.point() or (None, None)
        told = {"place_text": self.cleaned_data["place_text"], "area": self.cleaned_data.get("area")}
        if "door" in self.fields:
            told["door"] = self.cleaned_data["door"]
        return {**told, "lat": lat, "lon": lon}


class When(PlainForm):
    """A day and hours in the network's own time. ``day`` is read when “a certain day” is chosen, or nothing is."""

    ANY, TODAY, TOMORROW, DAY, AS_IT_IS = "any", "today", "tomorrow", "day", "as_it_is"
    WHENS = (
        (ANY, pgettext_lazy("when", "No matter")),
        (TODAY, gettext_lazy("Today")),
        (TOMORROW, gettext_lazy("Tomorrow")),
        (DAY, gettext_lazy("A certain day")),
    )

    when = forms.ChoiceField(
        label=gettext_lazy("When?"),
        choices=WHENS,
        initial=ANY,
        required=False,
        widget=Tiles(icons={ANY: "infinity", TODAY: "sun", TOMORROW: "sunrise", DAY: "calendar-days", AS_IT_IS: "pin"}),
    )
    day = forms.DateField(label=gettext_lazy("Which day?"), required=False, widget=DateInput)
    from_time = forms.TimeField(label=gettext_lazy("Not before"), required=False, widget=TimeInput)
    until_time = forms.TimeField(label=gettext_lazy("Not after"), required=False, widget=TimeInput)

    network: Network
    now: datetime

    @property
    def hours_are_open(self) -> bool:
        """Whether the part with day and hours has something in it to look at."""
        return any(self[name].errors or self[name].value() for name in ("day", "from_time", "until_time"))

    def _clean_when(self, typed: dict[str, Any]) -> None:
        """Work out ``wanted_from`` and ``wanted_until``, or say what does not fit."""
        typed["wanted_from"] = typed["wanted_until"] = None
        when, day = typed.get("when") or self.ANY, typed.get("day")
        start, end = typed.get("from_time"), typed.get("until_time")
        if self.errors.keys() & {"when", "day", "from_time", "until_time"}:
            return
        if when in {self.ANY, self.AS_IT_IS} and day:
            when = self.DAY
        if when in {self.ANY, self.AS_IT_IS}:
            if start or end:
                self.add_error("day", _("You wrote an hour. Which day is it for?"))
            return
        today = self.now.astimezone(self.network.zone).date()
        named = {self.TODAY: today, self.TOMORROW: today + timedelta(days=1)}.get(when)
        if named and day and day != named:
            self.add_error("day", _("You chose one day above and another one here. Which one is it?"))
            return
        chosen = named or day
        if chosen is None:
            self.add_error("day", _("Choose the day."))
        elif chosen < today:
            self.add_error("day", _("This day is over. Choose today or a later day."))
        elif chosen > today + FARTHEST:
            self.add_error("day", _("This is more than a year from now. Choose an earlier day."))
        else:
            self._set_window(typed, chosen, start, end)

    def _set_window(self, typed: dict[str, Any], day: date, start: time | None, end: time | None) -> None:
        opens = self._moment(day, start or time.min)
        closes = self._moment(day, end) if end else self._moment(day + timedelta(days=1), time.min)
        if closes <= opens:
            self.add_error("until_time", _("“Not after” must be later than “not before”."))
        elif closes <= self.now:
            self.add_error("until_time", _("This hour is over. Choose a later one."))
        else:
            typed["wanted_from"], typed["wanted_until"] = opens, closes

    def _moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.network.zone).astimezone(UTC)


class Reachable(PlainForm):
    """How to reach someone: a phone, an e-mail address or another way; none is an answer too."""

    name = forms.CharField(
        label=gettext_lazy("What shall we call you?"),
        help_text=gettext_lazy("A first name is enough; any name will do."),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "given-name", "data-private": ""}),
    )
    reach = forms.CharField(
        label=gettext_lazy("How do we reach you?"),
        help_text=gettext_lazy("Phone, e-mail or another way. Without one, only your private link will tell you news."),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "data-private": ""}),
    )

    network: Network

    def clean_reach(self) -> str:
        typed: str = self.cleaned_data["reach"]
        way = reaching.understand(typed, self.network.country)
        if way is None or way.kind != "other":
            return typed
        if _MEANT_AS_PHONE.fullmatch(way.typed):
            raise forms.ValidationError(
                _("This looks like a phone number with a digit missing or too many. Please look at it again.")
            )
        if "@" in way.typed and " " not in way.typed and not way.typed.startswith("@"):
            raise forms.ValidationError(
                _("This looks like an e-mail address with something missing. Please look at it again.")
            )
        return typed


class AskForm(Where, When, Reachable):
    """Everything a neighbour may tell us; only the need and roughly where are necessary.

    ``told()`` and ``needs_told()`` are what :func:`exchange.actions.post_asking` takes.
    """

    needs = forms.ModelMultipleChoiceField(
        label=gettext_lazy("What do you need?"),
        help_text=gettext_lazy("Choose one or several."),
        queryset=Category.objects.none(),
        error_messages={
            "required": gettext_lazy("Choose at least one thing you need."),
            "invalid_choice": gettext_lazy("One of these is not on the list any more. Please choose again."),
            "invalid_pk_value": gettext_lazy("One of these is not on the list any more. Please choose again."),
        },
    )
    words = forms.CharField(
        label=gettext_lazy("Tell us in your own words"),
        required=False,
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    people = forms.IntegerField(
        label=gettext_lazy("For how many people?"),
        required=False,
        min_value=1,
        max_value=999,
        widget=NumberInput(attrs={"placeholder": "1"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Does the person who comes need to speak a language?"), required=False
    )
    is_urgent = forms.BooleanField(label=gettext_lazy("It is urgent"), required=False)
    for_other = forms.BooleanField(label=gettext_lazy("I ask for someone else"), required=False)
    for_name = forms.CharField(
        label=gettext_lazy("What are they called?"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-private": ""}),
    )
    consent = forms.BooleanField(label=gettext_lazy("They know that I ask for them, and agree."), required=False)
    repeat = forms.TypedChoiceField(
        label=gettext_lazy("Does it come round every week?"), required=False, coerce=int, empty_value=None
    )
    careful = forms.BooleanField(
        label=gettext_lazy("It would be dangerous for me if somebody found out where I live"),
        help_text=gettext_lazy("Then two of the desk have to agree before anyone sees your door or your phone."),
        required=False,
    )
    submission = SentOnce()

    # As they stand on the page: what is wrong is told in this order.
    field_order = ("needs", "words", *Where.base_fields, *When.base_fields, "reach", "name")

    def __init__(self, *args: Any, network: Network, now: datetime, **kwargs: Any) -> None:
        self.network, self.now = network, now
        super().__init__(*args, **kwargs)
        self._offer_areas()
        categories = categories_of(network)
        needs = self.fields["needs"]
        # The widget first: the field hands its choices to the widget it has.
        needs.widget = ManyTiles(icons={str(category.pk): category.icon for category in categories})
        needs.queryset = categories  # type: ignore[attr-defined]
        needs.widget.is_required = False  # a browser would ask for every box to be ticked
        self.fields["language"].choices = language_choices()  # type: ignore[attr-defined]
        self.fields["repeat"].choices = [("", _("No, just once")), *_EVERY.items()]  # type: ignore[attr-defined]

    @property
    def more_is_open(self) -> bool:
        """Whether the part most people leave shut has something in it to look at."""
        names = (
            "people",
            "language",
            "is_urgent",
            "for_other",
            "for_name",
            "consent",
            "repeat",
            "door",
            "name",
            "careful",
        )
        return any(self[name].errors or (self.is_bound and self[name].value()) for name in names)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        self._clean_when(typed)
        self._clean_where(typed)
        if typed.get("for_name") and not typed.get("for_other"):
            typed["for_other"] = True
        if typed.get("for_other"):
            if not typed.get("for_name") and "for_name" not in self.errors:
                self.add_error("for_name", _("Tell us what to call the person you ask for; any name will do."))
            if not typed.get("consent"):
                self.add_error("consent", _("Please ask them first, and tick that they agree."))
        return typed

    def needs_told(self) -> list[NewAsk]:
        """One need for each thing chosen, all in the same words."""
        typed = self.cleaned_data
        return [
            NewAsk(
                category=category,
                words=typed["words"],
                wanted_from=typed["wanted_from"],
                wanted_until=typed["wanted_until"],
                people=typed["people"] or 1,
                is_urgent=typed["is_urgent"],
            )
            for category in typed["needs"]
        ]

    def told(self) -> dict[str, Any]:
        """Who asks and where, as keywords."""
        typed = self.cleaned_data
        return {
            "name": typed["name"],
            "reach": typed["reach"],
            "language": typed["language"],
            "for_name": typed["for_name"] if typed["for_other"] else "",
            "consent": typed["for_other"] and typed["consent"],
            "submission": typed["submission"],
            **self.place_told(),
        }


class ChangeAskForm(Versioned, Where, When):
    """What whoever asked can change about an ask. Starts from the ask as it is and keeps what is not touched."""

    words = AskForm.base_fields["words"]
    people = AskForm.base_fields["people"]
    language = AskForm.base_fields["language"]
    is_urgent = AskForm.base_fields["is_urgent"]

    field_order = ("words",)

    def __init__(self, *args: Any, ask: Ask, now: datetime, **kwargs: Any) -> None:
        self.ask, self.network, self.now = ask, ask.network, now
        super().__init__(
            *args,
            initial={
                "words": ask.words,
                "people": ask.people,
                "language": ask.language,
                "is_urgent": ask.is_urgent,
                "place_text": ask.place.text,
                "door": ask.place.door,
                "area": ask.place.area_id,
                "when": self.AS_IT_IS if ask.wanted_from or ask.wanted_until else self.ANY,
            },
            **kwargs,
        )
        self._offer_areas()
        self.fields["language"].choices = language_choices(ask.language)  # type: ignore[attr-defined]
        if ask.wanted_from or ask.wanted_until:
            now_wanted = (self.AS_IT_IS, window_said(ask.wanted_from, ask.wanted_until))
            self.fields["when"].choices = [now_wanted, *self.WHENS]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        self._clean_when(typed)
        self._clean_where(typed)
        return typed

    def changes(self) -> dict[str, Any]:
        """What was changed, as keywords for :func:`exchange.actions.change_ask`."""
        typed = self.cleaned_data
        changes: dict[str, Any] = {
            "words": typed["words"].strip(),
            "people": typed["people"] or 1,
            "language": typed["language"],
            "is_urgent": typed["is_urgent"],
        }
        if typed["wanted_until"] or typed["when"] != self.AS_IT_IS:
            changes |= {"wanted_from": typed["wanted_from"], "wanted_until": typed["wanted_until"]}
        place = self.ask.place
        told = self.place_told()
        if told["lat"] is None and told["place_text"] == place.text and told["area"] == place.area:
            if told["door"] == place.door:
                return changes
            if place.is_given:
                told |= {"lat": place.lat, "lon": place.lon}
        return changes | told


class ReachForm(Versioned, Reachable):
    """Another way to reach the person behind a private link."""

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        self.network = network
        super().__init__(*args, **kwargs)


class CauseForm(PlainForm):
    """What lies behind a need, for whoever wishes to say. ``causes`` are asked for once for all asks of a page."""

    cause = forms.TypedChoiceField(
        label=gettext_lazy("What lies behind it?"),
        help_text=gettext_lazy("Only if you wish to say. It is counted without your name, so that causes can change."),
        required=False,
        coerce=int,
        empty_value=None,
    )

    def __init__(self, *args: Any, ask: Ask, causes: Sequence[Cause], **kwargs: Any) -> None:
        super().__init__(*args, initial={"cause": ask.cause_id}, auto_id=f"id_{ask.code}_%s", **kwargs)
        self.causes = {cause.pk: cause for cause in causes}
        if ask.cause is not None:
            self.causes.setdefault(ask.cause.pk, ask.cause)
        choices = [("", _("I’d rather not say")), *((key, str(cause)) for key, cause in self.causes.items())]
        self.fields["cause"].choices = choices  # type: ignore[attr-defined]

    def clean_cause(self) -> Cause | None:
        return self.causes.get(self.cleaned_data["cause"])


class RepeatForm(PlainForm):
    """The same again: on which weekday, and every how many weeks."""

    weekday = forms.TypedChoiceField(label=gettext_lazy("On which day?"), coerce=int)
    every_weeks = forms.TypedChoiceField(
        label=gettext_lazy("How often?"),
        coerce=int,
        initial=1,
        choices=(
            (1, gettext_lazy("Every week")),
            (2, gettext_lazy("Every two weeks")),
            (3, gettext_lazy("Every three weeks")),
            (4, gettext_lazy("Every four weeks")),
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["weekday"].choices = list(WEEKDAYS.items())  # type: ignore[attr-defined]


def language_choices(*also: str) -> list[tuple[str, Any]]:
    """Languages to choose from, with none in particular first."""
    return [("", _("No, any language will do")), *languages.choices(also)]
