"""What stewards say about areas."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from manyhands.kit.forms import PlainForm, PlainModelForm
from manyhands.kit.versions import Versioned
from manyhands.networks.models import Network
from manyhands.places.models import LATITUDE, LONGITUDE, Area, Squares
from manyhands.places.queries import areas_of


class AreaForm(Versioned, PlainForm):
    """An area: its name, what else people call it, the area it lies in, and its middle."""

    name = forms.CharField(label=_("Name"), max_length=120)
    other_names = forms.CharField(
        label=_("Also called"), help_text=_("With commas between."), max_length=500, required=False
    )
    within: forms.ModelChoiceField[Area] = forms.ModelChoiceField(label=_("Lies in"), queryset=None, required=False)
    lat = forms.FloatField(label=_("Latitude of its middle"), validators=LATITUDE, required=False)
    lon = forms.FloatField(label=_("Longitude of its middle"), validators=LONGITUDE, required=False)

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["within"].queryset = areas_of(network)  # type: ignore[attr-defined]

    def clean_other_names(self) -> list[str]:
        return [part.strip() for part in self.cleaned_data["other_names"].split(",") if part.strip()]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if (said.get("lat") is None) != (said.get("lon") is None) and not self.errors:
            raise ValidationError(_("The middle needs both a latitude and a longitude, or neither."))
        return said


class SquaresForm(Versioned, PlainModelForm):
    """How thickly people live here, and how many homes a square holds at least."""

    class Meta:
        model = Squares
        fields = ("settled", "least")


class HomesForm(PlainForm):
    """A list of homes, to count them."""

    homes = forms.FileField(
        label=_("A list of homes"),
        help_text=_(
            "CSV with columns lat and lon, or GeoJSON; addresses or buildings. A column “homes” may say how many are "
            "in one house. Only the squares are kept, nothing of the list."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.json,.geojson"}),
    )
    at_least = forms.IntegerField(label=_("Homes in a square, at least"), min_value=20, max_value=1000, initial=50)

    def __init__(self, *args: Any, too_big: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if too_big:
            self.fields["homes"].error_messages["required"] = _(
                "This file is too large for a page. On the server: manyhands squares FILE"
            )
