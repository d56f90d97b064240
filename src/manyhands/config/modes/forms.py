"""What somebody types to open a sealed house. Nothing of it is ever shown again."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from manyhands.kit.forms import PlainForm


class PassphraseForm(PlainForm):
    passphrase = forms.CharField(
        label=gettext_lazy("Passphrase"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "data-private": ""}),
    )


class ShareForm(PlainForm):
    words = forms.CharField(
        label=gettext_lazy("The words of one paper share"),
        help_text=gettext_lazy("All of them, in their order, with blanks between."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false", "data-private": ""}),
    )
