"""What someone types to offer a thing, a skill, some time or a ride."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from manyhands.exchange import languages
from manyhands.exchange.forms.asking import WORDS_LENGTH, Reachable, SentOnce, When, Where
from manyhands.exchange.models import Category, Offer
from manyhands.exchange.queries import categories_of
from manyhands.exchange.telling import window_said
from manyhands.kit.forms import PlainForm, Tiles
from manyhands.kit.versions import Versioned
from manyhands.networks.models import Network

KIND_ICONS = {
    Offer.Kind.THING: "package",
    Offer.Kind.SKILL: "wrench",
    Offer.Kind.TIME: "clock",
    Offer.Kind.RIDE: "car",
}


class _WhatIsOffered(PlainForm):
    """The offer itself."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What can you give?"),
        choices=Offer.Kind.choices,
        widget=Tiles(icons={str(kind): icon for kind, icon in KIND_ICONS.items()}),
        error_messages={"required": gettext_lazy("Choose one of these four.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Tell us in your own words"),
        help_text=gettext_lazy(
            "What it is, how much of it, what to know. Without phone numbers and addresses it also shows on the board."
        ),
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say in a few words what you can give.")},
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("For which kind of need?"),
        queryset=Category.objects.none(),
        required=False,
        empty_label=pgettext_lazy("kind of need", "None in particular"),
    )
    language = forms.ChoiceField(label=gettext_lazy("Do you speak a language that may help?"), required=False)

    field_order = ("kind", "words", "category", *Where.base_fields, *When.base_fields, "reach", "name", "language")

    network: Network

    def _offer_choices(self, *also: str) -> None:
        self.fields["category"].queryset = categories_of(self.network)  # type: ignore[attr-defined]
        choices = [("", pgettext_lazy("language", "None in particular")), *languages.choices(also)]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]
        self.fields["when"].label = _("When does it suit you?")
        self.fields["place_text"].label = _("Where is it, or where do you set out?")


class OfferForm(_WhatIsOffered, Where, When, Reachable):
    """An offer. ``told()`` is what :func:`exchange.actions.post_offer` takes."""

    submission = SentOnce()

    def __init__(self, *args: Any, network: Network, now: datetime, **kwargs: Any) -> None:
        self.network, self.now = network, now
        super().__init__(*args, **kwargs)
        del self.fields["door"]  # nobody comes before both sides agreed
        self._offer_areas()
        self._offer_choices()

    @property
    def more_is_open(self) -> bool:
        """Whether the part most people leave shut has something in it to look at."""
        return any(self[name].errors or (self.is_bound and self[name].value()) for name in ("name", "language"))

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        self._clean_when(typed)
        self._clean_where(typed)
        return typed

    def told(self) -> dict[str, Any]:
        """Everything, as keywords."""
        typed = self.cleaned_data
        names = ("kind", "words", "category", "language", "name", "reach", "submission")
        return {
            **{name: typed[name] for name in names},
            "free_from": typed["wanted_from"],
            "free_until": typed["wanted_until"],
            **self.place_told(),
        }


class ChangeOfferForm(Versioned, _WhatIsOffered, Where, When):
    """What whoever offered can change. Starts from the offer as it is and keeps what is not touched."""

    def __init__(self, *args: Any, offer: Offer, now: datetime, **kwargs: Any) -> None:
        self.offer, self.network, self.now = offer, offer.network, now
        has_window = bool(offer.free_from or offer.free_until)
        super().__init__(
            *args,
            initial={
                "kind": offer.kind,
                "words": offer.words,
                "category": offer.category_id,
                "language": offer.language,
                "place_text": offer.place.text,
                "area": offer.place.area_id,
                "when": self.AS_IT_IS if has_window else self.ANY,
            },
            **kwargs,
        )
        del self.fields["door"]
        self._offer_areas()
        self._offer_choices(offer.language)
        if has_window:
            now_free = (self.AS_IT_IS, window_said(offer.free_from, offer.free_until))
            self.fields["when"].choices = [now_free, *self.WHENS]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        self._clean_when(typed)
        self._clean_where(typed)
        return typed

    def changes(self) -> dict[str, Any]:
        """What was changed, as keywords for :func:`exchange.actions.change_offer`."""
        typed, place = self.cleaned_data, self.offer.place
        changes: dict[str, Any] = {name: typed[name] for name in ("kind", "words", "category", "language")}
        if typed["wanted_until"] or typed["when"] != self.AS_IT_IS:
            changes |= {"free_from": typed["wanted_from"], "free_until": typed["wanted_until"]}
        told = self.place_told()
        as_it_was = told["place_text"] == place.text and told["area"] == place.area
        return changes if told["lat"] is None and as_it_was else changes | told
