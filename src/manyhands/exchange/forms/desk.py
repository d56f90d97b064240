"""What a dispatcher looks for, and what they do with the asks they picked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manyhands.exchange import finding, languages, queries, rules
from manyhands.exchange.actions import Do
from manyhands.exchange.finding import Search
from manyhands.exchange.models import Ask, Category, Helper, Offer
from manyhands.exchange.states import WhyNotMet
from manyhands.kit import codes
from manyhands.kit.forms import PlainForm
from manyhands.networks.models import Network
from manyhands.places import queries as places
from manyhands.places.models import Area


class SearchForm(PlainForm):
    """What is looked for. Whatever does not fit any more (an area that was removed) is left out, not complained of."""

    q = forms.CharField(
        label=gettext_lazy("Code, words, name or phone"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=gettext_lazy("What"), required=False, empty_label=gettext_lazy("Everything")
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=gettext_lazy("Where"), required=False, empty_label=gettext_lazy("Everywhere")
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    when = forms.ChoiceField(label=gettext_lazy("When"), required=False)
    urgent = forms.BooleanField(label=gettext_lazy("Urgent only"), required=False)
    sort = forms.ChoiceField(
        label=gettext_lazy("In the order of"),
        required=False,
        choices=[(key, name) for key, (name, _order) in finding.SORTS.items()],
    )

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.network = network
        self._choices_of("category").queryset = queries.categories_of(network)
        self._choices_of("area").queryset = places.areas_of(network)
        wanted = [(code, languages.name_of(code)) for code in finding.languages_wanted(network)]
        self._choices_of("language").choices = [("", _("Any")), *wanted]
        self._choices_of("when").choices = [("", _("Any time")), *finding.WHENS.items()]

    def _choices_of(self, name: str) -> Any:
        return self.fields[name]

    def search(self) -> Search:
        """What was asked for, without what made no sense."""
        self.is_valid()
        said = self.cleaned_data
        return Search(
            words=said.get("q", ""),
            category=said.get("category"),
            area=said.get("area"),
            language=said.get("language", ""),
            urgent=said.get("urgent", False),
            when=said.get("when", ""),
        )

    @property
    def sort_by(self) -> str:
        return str(self.cleaned_data.get("sort") or "waiting")

    @property
    def is_narrow(self) -> bool:
        """Whether anything is looked for at all."""
        return self.search() != Search()


class OfferSearchForm(PlainForm):
    """Which offers are looked for."""

    q = forms.CharField(
        label=gettext_lazy("Code, words, name or phone"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=gettext_lazy("For what"), required=False, empty_label=gettext_lazy("Everything")
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=gettext_lazy("Where"), required=False, empty_label=gettext_lazy("Everywhere")
    )

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["category"].queryset = queries.categories_of(network)
        fields["area"].queryset = places.areas_of(network)

    def search(self) -> Search:
        """What was asked for, without what made no sense."""
        self.is_valid()
        said = self.cleaned_data
        return Search(words=said.get("q", ""), category=said.get("category"), area=said.get("area"))

    @property
    def is_narrow(self) -> bool:
        return self.search() != Search()


class _ByName(forms.models.ModelChoiceIterator):  # type: ignore[type-arg]
    """The helpers to choose from by their names, which the database can't sort by."""

    def __iter__(self) -> Iterator[Any]:
        yield from map(self.choice, queries.by_name(self.queryset))


class HelperField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A helper, with what one weighs when choosing; by name."""

    iterator = _ByName

    def label_from_instance(self, helper: Helper) -> str:
        return _("%(name)s, %(mode)s, holds %(holding)d of %(cap)d") % {
            "name": helper.membership.person.name or _("without a name"),
            "mode": helper.get_mode_display(),
            "holding": getattr(helper, "holding", 0),
            "cap": rules.cap_of(helper),
        }


class GiveForm(PlainForm):
    """Who takes it."""

    helper = HelperField(Helper.objects.none(), label=gettext_lazy("Who takes it?"), empty_label=None)

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["helper"].queryset = queries.helpers_of(network)  # type: ignore[attr-defined]


class WhyNotForm(PlainForm):
    """Why it could not be met."""

    why_not_met = forms.ChoiceField(
        label=gettext_lazy("Why could it not be met?"),
        help_text=gettext_lazy("It is counted, without names, so that it can change."),
        choices=WhyNotMet.choices,
        widget=forms.RadioSelect,
    )


class SameAsForm(PlainForm):
    """Which other ask says the same. ``found`` is the ask meant."""

    of = forms.CharField(
        label=gettext_lazy("Code of the ask that stays"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"}),
    )

    def __init__(self, *args: Any, network: Network, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.network, self.person = network, person
        self.found: Ask | None = None

    def clean_of(self) -> str:
        code = codes.as_spoken(self.cleaned_data["of"])
        self.found = queries.by_code(self.person, self.network, code)
        if self.found is None:
            raise forms.ValidationError(_("There is no ask %(code)s here."), params={"code": code})
        return code


class AskForOfferForm(SameAsForm):
    """Which ask an offer may fit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["of"].label = _("Code of the ask")


class PickedForm(PlainForm):
    """Which asks were picked, and what to do with them."""

    PLAN = "plan"  # carried to the page that makes a plan; nothing is moved
    do = forms.ChoiceField(choices=[*Do.choices, (PLAN, gettext_lazy("Plan these"))])

    def __init__(self, data: QueryDict, *, network: Network, person: Any) -> None:
        super().__init__(data)
        self.network, self.person = network, person
        self.codes = list(dict.fromkeys(codes.as_spoken(typed) for typed in data.getlist("ask")))[:500]
        self.asks: list[Ask] = []

    def clean(self) -> dict[str, Any]:
        asks = queries.visible_to(self.person, self.network).filter(code__in=self.codes)
        found = {ask.code: ask for ask in asks}
        self.asks = [found[code] for code in self.codes if code in found]
        if not self.asks:
            raise forms.ValidationError(_("Pick at least one ask first."))
        return super().clean() or {}


class OfferForm(PlainForm):
    """Which offer may fit. ``found`` is the offer meant."""

    offer = forms.CharField(
        label=gettext_lazy("Code of the offer"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"}),
    )

    def __init__(self, *args: Any, network: Network, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.network, self.person = network, person
        self.found: Offer | None = None

    def clean_offer(self) -> str:
        code = codes.as_spoken(self.cleaned_data["offer"])
        self.found = queries.offers_visible_to(self.person, self.network).filter(code=code).first()
        if self.found is None:
            raise forms.ValidationError(_("There is no offer %(code)s here."), params={"code": code})
        return code
