"""What stewards say about kinds of need and causes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from manyhands.exchange.models import Category, Cause
from manyhands.kit.asking_less import Argument
from manyhands.kit.forms import DateInput, PlainModelForm
from manyhands.kit.icons import known_icons
from manyhands.kit.versions import Versioned


class _Translated(Versioned, PlainModelForm):
    """A name, and the same in the other languages of the house.

    ``asks_for`` is what the name asks for that a group should not know; then it may be asked until a day.
    """

    asked_until = forms.DateField(label=_("Ask for it until"), required=False, widget=DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_for: list[Argument] = []
        if self.instance.asked_until is None and "asked_until" not in self.data:
            del self.fields["asked_until"]
        for code, language in settings.LANGUAGES:
            self.fields[f"name_{code}"] = forms.CharField(
                label=_("Name in %(language)s") % {"language": language},
                max_length=80,
                required=False,
                initial=self.instance.names.get(code, ""),
            )

    def values(self) -> dict[str, Any]:
        """What the action is told."""
        names = {code: self.cleaned_data.pop(f"name_{code}").strip() for code, _language in settings.LANGUAGES}
        return {"asked_until": None, **self.cleaned_data, "names": {code: name for code, name in names.items() if name}}


class CategoryForm(_Translated):
    class Meta:
        model = Category
        fields = ("name", "icon", "minutes", "boxes", "skill", "is_sensitive", "is_used", "position")

    def clean_icon(self) -> str:
        icon: str = self.cleaned_data["icon"].strip()
        if icon not in known_icons():
            raise ValidationError(
                _("There is no picture called “%(icon)s”. Try heart, carrot, car or house."), params={"icon": icon}
            )
        return icon


class CauseForm(_Translated):
    class Meta:
        model = Cause
        fields = ("name", "is_used", "position")
