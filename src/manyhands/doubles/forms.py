"""The shapes of what the desk writes about pairs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manyhands.doubles import queries
from manyhands.kit import codes
from manyhands.kit.forms import PlainForm
from manyhands.networks.models import Network
from manyhands.people.models import Person

_CODE: dict[str, Any] = {"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"}


class TogetherForm(PlainForm):
    """Two codes of asks or offers whose people are one, as somebody of the desk thinks. ``people`` are those."""

    one = forms.CharField(
        label=gettext_lazy("Code of an ask or offer"), max_length=12, widget=forms.TextInput(attrs=_CODE)
    )
    other = forms.CharField(
        label=gettext_lazy("Code of another one"), max_length=12, widget=forms.TextInput(attrs=_CODE)
    )

    def __init__(self, *args: Any, network: Network, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.network, self.person = network, person
        self.people: dict[str, Person] = {}

    def _behind(self, name: str) -> str:
        code = codes.as_spoken(self.cleaned_data[name])
        found = queries.behind_code(code, self.person, self.network)
        if found is None:
            raise forms.ValidationError(_("There is no ask or offer %(code)s here."), params={"code": code})
        self.people[name] = found
        return code

    def clean_one(self) -> str:
        return self._behind("one")

    def clean_other(self) -> str:
        return self._behind("other")
