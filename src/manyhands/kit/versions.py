"""Two people with one form open: whoever saves second sees both, field by field, and chooses. Nothing is lost unseen.

A form that starts from a thing as it is carries, hidden, a mark of each value it showed. When it comes back, a value
that no longer stands as it was shown has been changed by somebody else meanwhile. No column in any table is needed, a
value counts as changed however it was changed, and a change of something the form does not show disturbs nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.db import connection, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

Page = TypeVar("Page", bound=Callable[..., HttpResponseBase])

READ, KEEP = "read", "keep"
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed while it was open here."""

    choice: str  # the name under which what to keep is sent
    label: str
    mine: str
    theirs: str
    is_mine_new: bool  # whoever sends it changed it too, and did not just leave it as it was


class Versioned(forms.BaseForm):
    """For a form that shows a thing as it is: it tells when that has changed since it was shown. Mix in first."""

    differences: tuple[Difference, ...] = ()
    _taken: tuple[str, ...] = ()

    def full_clean(self) -> None:
        """Clean, having put what stands there now where its sender chose that; and look what changed meanwhile."""
        if self.is_bound:
            self._taken = tuple(name for name in self.fields if self.data.get(self.choice_of(name)) == THEIRS)
            for name in self._taken:
                # A field that is not for changing takes what stands there, and never what was sent.
                self.fields[name].disabled = True
        super().full_clean()
        if self.is_bound:
            self.differences = tuple(self._changed_meanwhile())
            if self.differences:
                self.add_error(None, _("Someone else changed this while you had it open. Choose below what to keep."))

    @property
    def changed_meanwhile(self) -> bool:
        return bool(self.differences)

    @property
    def mark_name(self) -> str:
        return self.add_prefix(READ)

    @property
    def mark(self) -> str:
        """What of each value was shown. Sent again after an error it stays the same, so that nothing slips past."""
        if self.is_bound and not self.differences:
            return str(self.data.get(self.mark_name, ""))
        return " ".join(f"{name}:{self._digest(name, self._now(name))}" for name in self.fields)

    @property
    def choices_made(self) -> list[str]:
        """The hidden names of the fields for which what stands there was chosen before."""
        return [self.choice_of(name) for name in self._taken]

    def choice_of(self, name: str) -> str:
        return self.add_prefix(f"{KEEP}-{name}")

    def _changed_meanwhile(self) -> Iterator[Difference]:
        shown = dict(part.split(":", 1) for part in self.data.get(self.mark_name, "").split() if ":" in part)
        for name, field in self.fields.items():
            now = self._now(name)
            if name in self._taken or shown.get(name) in {None, self._digest(name, now)}:
                continue
            sent = field.widget.value_from_datadict(self.data, {}, self.add_prefix(name))
            if _said(field, sent) != _said(field, now):
                yield Difference(
                    self.choice_of(name), str(field.label or name), _read_out(field, sent), _read_out(field, now),
                    shown[name] != self._digest(name, sent),
                )  # fmt: skip

    def _now(self, name: str) -> Any:
        return self.get_initial_for_field(self.fields[name], name)

    def _digest(self, name: str, value: Any) -> str:
        # With what a person reads: “as it is: Friday evening” may come to mean another evening.
        field = self.fields[name]
        shown = f"{name}={_said(field, value)}={_read_out(field, value)}"
        return salted_hmac("manyhands.versions", shown).hexdigest()[:12]


def _said(field: forms.Field, value: Any) -> str:
    """A value as its form would send it, so that what is stored and what is sent can be compared."""
    if isinstance(field, forms.BooleanField):
        return str(bool(value))
    shown = field.widget.format_value(field.prepare_value(value))
    if isinstance(shown, list | tuple):
        return "\n".join(sorted(str(each) for each in shown if each not in {None, ""}))
    return "" if shown is None else str(shown).replace("\r\n", "\n").strip()


def _read_out(field: forms.Field, value: Any) -> str:
    """A value as a person reads it."""
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    said = _said(field, value)
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        names = {str(key): str(label) for key, label in choices}
        said = ", ".join(names.get(each, each) for each in said.split("\n"))
    return said or _("nothing")


def status_of(form: object) -> int:
    """The status of a page that shows a form again: 409 where someone was faster, 400 where something is wrong."""
    if getattr(form, "changed_meanwhile", False):
        return 409
    return 400 if getattr(form, "is_bound", False) else 200


@contextmanager
def one_at_a_time(network: UUID) -> Iterator[None]:
    """Whoever saves something of this network does so alone: between looking and saving nobody else saves.

    On SQLite a transaction is alone anyway.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [network.int >> 65])
        yield


def saving(view: Page) -> Page:
    """A page with a versioned form: what is sent to it is looked at and saved in one go."""

    @wraps(view)
    def alone(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with one_at_a_time(request.network.pk):  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

    return alone  # type: ignore[return-value]
