"""The form with which someone chooses how they will sign in: by an invitation, or by joining."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from manyhands.kit import passwords, reaching
from manyhands.kit.forms import PlainForm


def never(_kind: str) -> bool:
    """No code can be sent anywhere."""
    return False


class WayInForm(PlainForm):
    """How someone will sign in from now on. ``region`` is the country of phone numbers without a code."""

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("As people here call you. Others see your first name and an initial."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "data-private": ""}),
    )
    login = forms.CharField(
        label=_("Your e-mail or phone"),
        help_text=_("You sign in with it."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "data-private": "", "dir": "ltr"}),
    )
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, region: str = "", can_reach: Callable[[str], bool] = never, **kwargs: Any) -> None:
        """``can_reach`` says whether codes can be sent to an "email" or a "phone": then no password is needed."""
        super().__init__(*args, **kwargs)
        self.region, self.can_reach = region, can_reach
        may_do_without = can_reach("email") or can_reach("phone")
        self.fields["password"].required = not may_do_without
        self.fields["password"].help_text = " ".join(
            [
                *([str(_("Leave this empty and we send you a code each time you sign in."))] if may_do_without else []),
                str(_("Three or four words in a row make a good one.")),
                *password_validators_help_texts(),
            ]
        )

    def clean_login(self) -> str:
        way = reaching.understand(self.cleaned_data["login"], self.region)
        if way is None or way.kind == "other":
            raise ValidationError(
                _("This is neither an e-mail address nor a phone number. Write a phone with its country code: +1 ...")
            )
        return way.value

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        login = said.get("login", "")
        if login and not said.get("password", "x") and not self.can_reach("email" if "@" in login else "phone"):
            self.add_error("password", _("No code can be sent there from here: please choose a password."))
        known = [self.data.get(self.add_prefix("login"), ""), login, said.get("name", "")]
        if said.get("password") and (no := passwords.why_not_with(said["password"], known)) is not None:
            self.add_error("password", no)
        return said
