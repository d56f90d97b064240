"""What stewards and new members type."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from manyhands.kit.forms import PlainForm, PlainModelForm
from manyhands.kit.templatetags.words import WORDS
from manyhands.kit.versions import Versioned
from manyhands.networks.models import Network
from manyhands.networks.states import Role


class NetworkForm(Versioned, PlainModelForm):
    """The rules a steward sets."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = Network
        fields = (
            "name", "welcome", "language", "time_zone", "country", "lat", "lon", "is_open", "closed_note", "look_first",
            "welcome_helpers", "ask_days", "offer_days", "claim_cap", "blur_metres", "hide_below", "second_step",
        )  # fmt: skip

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"].strip()
        if zone not in available_timezones():
            raise ValidationError(
                _("“%(zone)s” is not a time zone. Write it like Europe/Madrid or America/Lima."), params={"zone": zone}
            )
        return zone

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"].strip().upper()
        if len(country) != 2 or not country.isalpha():
            raise ValidationError(_("Write the two letters of the country, such as ES or US."))
        return country

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if (said.get("lat") is None) != (said.get("lon") is None):
            raise ValidationError(_("The middle needs both a latitude and a longitude, or neither."))
        for name, most in (("lat", 90), ("lon", 180)):
            value = said.get(name)
            if value is not None and not -most <= value <= most:
                self.add_error(name, _("This must lie between −%(most)d and %(most)d.") % {"most": most})
        return said


class NewNetworkForm(PlainModelForm):
    """What a host says to create a network."""

    steward = forms.CharField(
        label=_("Who looks after it"),
        help_text=_("Their name. You get a private link for them to sign in with. Empty: you do."),
        max_length=120,
        required=False,
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = Network
        fields = ("name", "slug", "language", "time_zone", "country")

    clean_time_zone = NetworkForm.clean_time_zone
    clean_country = NetworkForm.clean_country


class InviteForm(PlainForm):
    """Whom a steward invites, and as what."""

    name = forms.CharField(label=_("Their name"), max_length=120)
    role = forms.ChoiceField(label=_("They will be a"), choices=Role.choices)


class WordsForm(Versioned, PlainForm):
    """Our words in one language, and the network's own for them; an empty line keeps ours."""

    def __init__(self, *args: Any, language: str, own: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, initial=own, **kwargs)
        with translation.override(language):
            for word, ours in WORDS.items():
                self.fields[word] = forms.CharField(
                    label=str(gettext(ours)), max_length=60, required=False,
                    widget=forms.TextInput(attrs={"lang": language}),
                )  # fmt: skip
