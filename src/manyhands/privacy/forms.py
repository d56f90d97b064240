"""What people type about what takes two."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from manyhands.kit.forms import PlainForm, PlainModelForm
from manyhands.kit.versions import Versioned
from manyhands.privacy.models import Limits
from manyhands.privacy.states import ASKED_ELSEWHERE, Bulk


class OpenForm(PlainForm):
    """What someone would like to open, and why."""

    what = forms.ChoiceField(label=_("What"), choices=[each for each in Bulk.choices if each[0] not in ASKED_ELSEWHERE])
    reason = forms.CharField(label=_("What for"), max_length=200)


class LimitsForm(Versioned, PlainModelForm):
    """How many addresses one helper may open by themselves."""

    class Meta:
        model = Limits
        fields = ("a_day", "a_month")
