"""Confirming an export: it takes people's data out of the house."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from manyhands.kit.forms import PlainForm


class ExportForm(PlainForm):
    """Whoever exports says that they will look after it."""

    careful = forms.BooleanField(
        label=_("I will keep these files safe and delete them when they are no longer needed."),
        error_messages={"required": _("Please tick this: the files hold names, addresses and phone numbers.")},
    )
