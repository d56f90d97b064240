"""Asks and offers as a dispatcher writes them down for someone on the phone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manyhands.exchange.actions import NewAsk
from manyhands.exchange.forms.asking import AskForm
from manyhands.exchange.forms.offering import OfferForm


def _of_them(form: forms.Form) -> None:
    """The same questions, about someone else."""
    labels = {
        "needs": _("What do they need?"),
        "words": _("In their words"),
        "place_text": _("Where are they?"),
        "door": _("Their door"),
        "name": _("What are they called?"),
        "reach": _("How do we reach them?"),
        "language": _("Does the visit need a language?"),
        "for_other": _("They ask for someone else"),
        "for_name": _("For whom?"),
        "consent": _("That person knows and agrees."),
    }
    for name, label in labels.items():
        if name in form.fields:
            form.fields[name].label = label
    form.fields["reach"].help_text = _("Phone, e-mail or another way. Leave it empty if there is none.")


class WriteDownAskForm(AskForm):
    """A neighbour's ask, told over the phone. A place may come later; the desk looks for it then."""

    notes = forms.CharField(
        label=gettext_lazy("Notes of the desk"),
        help_text=gettext_lazy("The asker and the helper don't see these."),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _of_them(self)
        # Where a caller stands is not where this phone or computer is.
        del self.fields["lat"], self.fields["lon"]

    def _clean_where(self, typed: dict[str, Any]) -> None:
        """Nothing is asked for: without a place the ask waits until someone puts it on the map."""

    def needs_told(self) -> list[NewAsk]:
        return [replace(need, notes=self.cleaned_data["notes"]) for need in super().needs_told()]


class WriteDownOfferForm(OfferForm):
    """An offer, told over the phone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _of_them(self)
        self.fields["kind"].label = _("What can they give?")
        self.fields["language"].label = _("Do they speak a language that may help?")
        self.fields["when"].label = _("When does it suit them?")
        self.fields["place_text"].label = _("Where is it, or where do they set out?")
        del self.fields["lat"], self.fields["lon"]

    def _clean_where(self, typed: dict[str, Any]) -> None:
        """Nothing is asked for: where it is can be found out once it is wanted."""
