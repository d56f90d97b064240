"""What a dispatcher chooses when a spreadsheet is brought in: the file, where each column lands, what stays out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from manyhands.exchange.importing import Choice, Doubles
from manyhands.kernel.sheets import Column, Field, Kind, Limits
from manyhands.kernel.sheets.fields import FIELDS_OF
from manyhands.kit.forms import PlainForm

KINDS = (
    (Kind.ASKS.value, _("Asks")),
    (Kind.OFFERS.value, _("Offers")),
    (Kind.HELPERS.value, _("Helpers")),
)

# What each field is called where a column is put into it, in groups as people look for them.
FIELDS: tuple[tuple[Any, tuple[tuple[Field, Any], ...]], ...] = (
    (
        _("Who"),
        (
            (Field.NAME, _("Name")),
            (Field.FIRST_NAME, _("First name")),
            (Field.LAST_NAME, _("Last name")),
            (Field.PHONE, _("Phone")),
            (Field.EMAIL, _("E-mail")),
            (Field.CONTACT_METHOD, _("How to reach them")),
            (Field.LANGUAGE, _("Language")),
            (Field.HOUSEHOLD_SIZE, _("How many people")),
            (Field.HOUSEHOLD_PART, _("Some of the people (added up)")),
            (Field.REQUESTER, _("Who asked for them")),
            (Field.FOR_SOMEONE_ELSE, _("For someone else?")),
            (Field.CONSENT, _("Consent")),
            (Field.PRIVACY, _("Wants to stay private")),
            (Field.IS_ASKER, _("Is someone who asks")),
            (Field.IS_HELPER, _("Is someone who helps")),
        ),
    ),
    (
        _("Where"),
        (
            (Field.ADDRESS, _("Address")),
            (Field.UNIT, _("Flat, floor, door")),
            (Field.CROSS_STREET, _("Cross street")),
            (Field.AREA, _("Area")),
            (Field.CITY, _("City")),
            (Field.STATE, _("State or province")),
            (Field.POSTCODE, _("Postcode")),
            (Field.COUNTRY, _("Country")),
            (Field.LAT, _("Latitude")),
            (Field.LON, _("Longitude")),
            (Field.GEO, _("Latitude and longitude in one")),
            (Field.END_ADDRESS, _("Address where they end")),
            (Field.END_LAT, _("Latitude where they end")),
            (Field.END_LON, _("Longitude where they end")),
        ),
    ),
    (
        _("What"),
        (
            (Field.WHAT, _("What is needed or offered")),
            (Field.WORDS, _("In their own words")),
            (Field.NEED, _("One need per column")),
            (Field.NEED_DETAIL, _("Details of the need beside it")),
            (Field.QUANTITY, _("How many of it")),
            (Field.LOAD, _("Boxes")),
            (Field.MINUTES, _("Minutes a visit takes")),
            (Field.URGENCY, _("How urgent")),
            (Field.RECURRING, _("Comes again?")),
            (Field.SKILLS, _("Skills")),
            (Field.SKILL, _("One skill per column")),
            (Field.MODE, _("How they get around")),
            (Field.CAPACITY, _("Boxes they can carry")),
            (Field.MAX_MINUTES, _("Longest run in minutes")),
            (Field.MAX_STOPS, _("Most stops")),
        ),
    ),
    (
        _("When"),
        (
            (Field.ASKED_AT, _("When they wrote")),
            (Field.WANTED_ON, _("Wanted on")),
            (Field.WANTED_FROM, _("Wanted from")),
            (Field.WANTED_UNTIL, _("Wanted until")),
            (Field.WANTED_WINDOW, _("Wanted between")),
            (Field.AVAILABLE_FROM, _("Free from")),
            (Field.AVAILABLE_UNTIL, _("Free until")),
            (Field.AVAILABLE_ON, _("Free on")),
            (Field.AVAILABILITY, _("When they are free")),
        ),
    ),
    (
        _("Other"),
        (
            (Field.STATUS, _("Where it stands")),
            (Field.EXTERNAL_ID, _("Its number in the sheet")),
            (Field.SOURCE, _("Where it came from")),
        ),
    ),
)
LABELS = {field.value: label for _group, fields in FIELDS for field, label in fields} | {Field.NOTES.value: _("Notes")}


class UploadForm(PlainForm):
    """The file to look at."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_("CSV or XLSX, with a row of headings. Nothing is imported yet: first you see what would come in."),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("This file is empty. Choose one with a heading row and at least one row below it."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.json,.gz,text/csv"}),
    )

    def __init__(self, *args: Any, too_big: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.too_big = too_big
        if too_big:
            limit = Limits().bytes // 1_000_000
            self.fields["file"].error_messages["required"] = _(
                "This file is larger than %(limit)s MB. Delete sheets or columns you don't need, or split the file."
            ) % {"limit": limit}


class MappingForm(PlainForm):
    """What the sheet is about, which sheet of the workbook, and where the columns shown land."""

    kind = forms.ChoiceField(label=_("What the rows are"), choices=KINDS, required=False)
    sheet = forms.ChoiceField(label=_("Sheet of the workbook"), required=False)

    def __init__(
        self,
        *args: Any,
        kind: str,
        sheets: Sequence[str],
        sheet: str,
        columns: Sequence[tuple[int, Column]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        self.fields["kind"].initial = kind
        self.fields["kind"].choices = KINDS if kind != Kind.OTHER else [("", _("Please choose")), *KINDS]  # type: ignore[attr-defined]
        if len(sheets) > 1:
            self.fields["sheet"].choices = [(name, name) for name in sheets]  # type: ignore[attr-defined]
            self.fields["sheet"].initial = sheet
        else:
            del self.fields["sheet"]
        allowed = FIELDS_OF[Kind(kind)] if kind != Kind.OTHER else FIELDS_OF[Kind.ASKS] | FIELDS_OF[Kind.HELPERS]
        for number, column in columns:
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=column.heading,
                choices=_choices(allowed, column.field),
                initial=column.field.value,
                required=False,
            )

    def mapping(self) -> dict[str, str]:
        """Where the columns shown were put: heading -> field, for those that were changed."""
        return {
            column.heading: self.cleaned_data[f"column_{number}"]
            for number, column in self.columns
            if self.cleaned_data.get(f"column_{number}") and self.cleaned_data[f"column_{number}"] != column.field.value
        }


def _choices(allowed: frozenset[Field], chosen: Field) -> list[Any]:
    groups: list[Any] = [(Field.NOTES.value, _("Notes"))]
    for group, fields in FIELDS:
        some = [(field.value, label) for field, label in fields if field in allowed or field == chosen]
        if some:
            groups.append((group, some))
    return groups


class ImportForm(PlainForm):
    """What stays out, and whether one bad row stops the rest."""

    doubles = forms.ChoiceField(
        label=_("Rows that may be here already"),
        choices=(
            (Doubles.ONCE.value, _("Leave out only rows that were imported before: the same row never comes in twice")),
            (Doubles.SKIP.value, _("Leave out everything shown above as perhaps double")),
            (Doubles.KEEP.value, _("Bring in everything once more, as for a list that repeats every week")),
        ),
        initial=Doubles.ONCE.value,
        widget=forms.RadioSelect,
    )
    leave_out_troubled = forms.BooleanField(
        label=_("Leave out rows in which something is wrong"),
        help_text=_("Otherwise they come in, and what could not be understood stands in their notes."),
        required=False,
    )
    all_or_nothing = forms.BooleanField(
        label=_("All or nothing"),
        help_text=_("If one row can't be brought in, bring in none."),
        required=False,
    )

    def choice(self) -> Choice:
        """What was chosen."""
        return Choice(
            doubles=Doubles(self.cleaned_data["doubles"]),
            leave_out_troubled=self.cleaned_data["leave_out_troubled"],
            all_or_nothing=self.cleaned_data["all_or_nothing"],
        )
