"""What someone is looking for on the board."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from manyhands.exchange.models import Category
from manyhands.exchange.queries import categories_of
from manyhands.kit.forms import PlainForm
from manyhands.networks.models import Network
from manyhands.places.models import Area
from manyhands.places.queries import areas_of


class BoardForm(PlainForm):
    """Which kind of need, in which part of town. What can't be understood is left out: a board is for looking."""

    category = forms.ModelChoiceField(
        label=gettext_lazy("What"),
        queryset=Category.objects.none(),
        required=False,
        empty_label=pgettext_lazy("what", "Everything"),
    )
    area = forms.ModelChoiceField(
        label=gettext_lazy("Where"),
        queryset=Area.objects.none(),
        required=False,
        empty_label=pgettext_lazy("where", "Everywhere"),
    )

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = categories_of(network)  # type: ignore[attr-defined]
        areas = areas_of(network)
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]

    def wanted(self) -> tuple[Category | None, Area | None]:
        """The kind of need and the part of town, where they were chosen."""
        self.is_valid()
        found = self.cleaned_data
        return found.get("category"), found.get("area")
