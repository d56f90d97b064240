"""What people type to sign in and to say who they are."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from manyhands.kit.forms import PlainForm


class SignInForm(PlainForm):
    """E-mail or phone, and the password; without one, a code is sent."""

    login = forms.CharField(
        label=_("E-mail or phone"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username webauthn", "data-private": "", "dir": "ltr"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=256,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    is_own = forms.BooleanField(
        label=_("This is my own device: keep me signed in"),
        help_text=_("Two weeks after you last looked in, thirty days at most. Otherwise twelve hours."),
        required=False,
    )


class CodeForm(PlainForm):
    """The code that was sent, or one from an app or from paper."""

    code = forms.CharField(
        label=_("The code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "data-private": "", "dir": "ltr", "autocapitalize": "characters"}
        ),
    )


class PasswordForm(PlainForm):
    """The password once more."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class DeviceForm(PlainForm):
    """What someone calls a browser of theirs."""

    name = forms.CharField(label=_("What you call it"), max_length=60, required=False)
    is_own = forms.BooleanField(label=_("It is mine alone: keep me signed in"), required=False)


class AboutMeForm(PlainForm):
    """What someone is called, and the language they read."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "data-private": ""}),
    )
    language = forms.ChoiceField(
        label=_("Language you read"), choices=[("", _("as the page")), *settings.LANGUAGES], required=False
    )
