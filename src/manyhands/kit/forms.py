"""Forms as people fill them in: no colons, native pickers, tiles for choosing with a thumb."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms


class _Plainly:
    """No colon behind a label."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class PlainForm(_Plainly, forms.Form):
    """A form for `{% field %}`."""


class PlainModelForm(_Plainly, forms.ModelForm):  # type: ignore[type-arg]
    """A model form for `{% field %}`."""


class _WithPictures(forms.widgets.ChoiceWidget):
    """Choices drawn as tiles. `icons` and `hints` go from the choice's value to an icon name and a line below."""

    template_name = "kit/tiles.html"

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Any = (),
        *,
        icons: Mapping[str, str] | None = None,
        hints: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(attrs, choices)
        self.icons = dict(icons or {})
        self.hints = dict(hints or {})

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        option["icon"] = self.icons.get(str(value), "")
        option["hint"] = self.hints.get(str(value), "")
        return option


class Tiles(_WithPictures, forms.RadioSelect):
    """Pick one of a few, with a thumb."""


class ManyTiles(_WithPictures, forms.CheckboxSelectMultiple):
    """Pick any of a few, with a thumb."""


class DateInput(forms.DateInput):
    """The phone's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The phone's own clock, to the minute."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class DateTimeInput(forms.DateTimeInput):
    """The phone's own calendar and clock, to the minute."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class PhoneInput(forms.TextInput):
    """A line for a phone number: digits first on the keyboard, never kept by autosave."""

    input_type = "tel"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "tel", "data-private": "", "dir": "ltr", **(attrs or {})})


class NumberInput(forms.NumberInput):
    """Whole numbers: digits on the keyboard. Not the browser's number field, which throws away “about four”."""

    input_type = "text"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", **(attrs or {})})
