"""The shapes of what people write about safety."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from manyhands.kit.forms import PlainForm
from manyhands.people.models import Person
from manyhands.safety.states import Outcome

OTHER = "other"


class ReportForm(PlainForm):
    """What happened, with whom, and who must not read it."""

    about = forms.ChoiceField(label=_("Who is it about?"), widget=forms.RadioSelect, required=False)
    about_words = forms.CharField(
        label=_("Who, in your words"),
        help_text=_("A name, or what you know: “whoever came on Tuesday”."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"data-private": ""}),
    )
    words = forms.CharField(
        label=_("What happened?"),
        help_text=_("As much or as little as you like. You can add to it later."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6, "data-private": ""}),
        error_messages={"required": _("Please say in a few words what happened.")},
    )
    not_these = forms.MultipleChoiceField(
        label=_("Who must not read it?"),
        help_text=_("Tick whom it is about, and whoever is close to them. The others here will read it."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    to_host = forms.BooleanField(label=_("Send it to the host of this install"), required=False)

    def __init__(
        self, *args: Any, meant: Sequence[Person], trusted: Sequence[Person], asks_for_host: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if meant:
            named = [(str(person.pk), person.short_name or _("Someone without a name")) for person in meant]
            self.fields["about"].choices = [*named, (OTHER, _("Someone else"))]  # type: ignore[attr-defined]
        else:
            del self.fields["about"]
        if trusted:
            self.fields["not_these"].choices = [(str(person.pk), person.short_name) for person in trusted]  # type: ignore[attr-defined]
        else:
            del self.fields["not_these"]
        if not asks_for_host:
            del self.fields["to_host"]


class LineForm(PlainForm):
    """Something to add, or an answer."""

    words = forms.CharField(
        label=_("Your words"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4, "data-private": ""})
    )


class EndForm(PlainForm):
    """What came of it."""

    outcome = forms.ChoiceField(label=_("What came of it?"), choices=Outcome)


class TrustForm(PlainForm):
    """Who reads reports here, and whom outside one may turn to."""

    people = forms.MultipleChoiceField(
        label=_("People of trust"),
        help_text=_("Two or more, best not all from the desk. Their first names show on the page where one reports."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    outside = forms.CharField(
        label=_("Somebody outside"),
        help_text=_("A name and a number one may turn to instead: a women’s line, a mediator. Everyone can read it."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, members: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = [(str(person.pk), person.name) for person in members]  # type: ignore[attr-defined]
