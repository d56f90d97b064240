"""What people type about somebody who would be in danger if they were found."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from manyhands.kit.forms import PlainForm


class CareForm(PlainForm):
    """The word with which the desk proves itself when it calls."""

    word = forms.CharField(
        label=_("A word only you and we know"),
        help_text=_("Leave it empty and you get one."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-private": ""}),
    )


class OpenDoorForm(PlainForm):
    """Why a door opens to a helper, or why the extra care ends: the second one decides by it."""

    reason = forms.CharField(label=_("What for"), max_length=200)
