"""What a steward says about how long things are kept, and what the law demands to be kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manyhands.exchange.holding import unknown_codes
from manyhands.exchange.models import Ask
from manyhands.kit import codes
from manyhands.kit.forms import DateInput, PlainForm, PlainModelForm
from manyhands.kit.versions import Versioned
from manyhands.networks.models import Membership, Network
from manyhands.networks.queries import members_of
from manyhands.privacy.models import Keeping


class KeepingForm(Versioned, PlainModelForm):
    """How many days what is over is kept."""

    class Meta:
        model = Keeping
        fields = ("door_days", "words_days", "name_days")


class _Member(forms.ModelChoiceField[Membership]):
    def label_from_instance(self, member: Membership) -> str:
        return member.person.short_name or _("Someone without a name")


class HoldForm(PlainForm):
    """Just what has to be kept, why, and when to look again whether it still has to."""

    reason = forms.CharField(label=gettext_lazy("Who demands it, and why"), max_length=300)
    codes = forms.CharField(
        label=gettext_lazy("Asks, by their codes"),
        help_text=gettext_lazy("With blanks between. Only these are kept."),
        max_length=2000,
        required=False,
    )
    whole = forms.BooleanField(label=gettext_lazy("Everything of whoever asked for these"), required=False)
    member = _Member(label=gettext_lazy("Everything of a member"), queryset=Membership.objects.none(), required=False)
    since = forms.DateField(label=gettext_lazy("Only from this day"), widget=DateInput, required=False)
    until = forms.DateField(label=gettext_lazy("Only until this day"), widget=DateInput, required=False)
    review_on = forms.DateField(label=gettext_lazy("Look again on"), widget=DateInput)
    must_not_tell = forms.BooleanField(
        label=gettext_lazy("The law forbids telling the people concerned"), required=False
    )

    def __init__(self, *args: Any, network: Network, today: date, **kwargs: Any) -> None:
        self.network, self.today = network, today
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = members_of(network)  # type: ignore[attr-defined]

    def clean_codes(self) -> list[str]:
        typed = [codes.as_spoken(word) for word in self.cleaned_data["codes"].replace(",", " ").split()]
        if strange := unknown_codes(typed, self.network):
            raise ValidationError(_("This is no ask here: %(codes)s."), params={"codes": ", ".join(strange)})
        return sorted(set(typed))

    def clean_review_on(self) -> date:
        day: date = self.cleaned_data["review_on"]
        if day <= self.today:
            raise ValidationError(_("Choose a day that is still to come."))
        return day

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("since") and said.get("until") and said["since"] > said["until"]:
            self.add_error("until", _("It can’t end before it begins."))
        return said

    def told(self) -> dict[str, Any]:
        """What :func:`privacy.actions.hold` takes."""
        said = self.cleaned_data
        people = [said["member"].person_id] if said["member"] else []
        if said["whole"]:
            asks = Ask.objects.filter(network=self.network, code__in=said["codes"])
            people += list(asks.values_list("asking__asked_by", flat=True).distinct())
        return {
            "reason": said["reason"], "codes": said["codes"], "people": people, "since": said["since"],
            "until": said["until"], "review_on": said["review_on"], "may_tell": not said["must_not_tell"],
        }  # fmt: skip


class SleepForm(PlainForm):
    """Why it should sleep; and once a second one agreed, how somebody is reached meanwhile."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200)
    note = forms.CharField(
        label=gettext_lazy("How somebody is reached meanwhile"),
        help_text=gettext_lazy("It stands on the public page: an address of a group rather than of a person."),
        max_length=300,
    )
    sure = forms.BooleanField(label=gettext_lazy("Yes, forget everybody in this network"))

    def __init__(self, *args: Any, is_open: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("reason",) if is_open else ("note", "sure"):
            del self.fields[name]
