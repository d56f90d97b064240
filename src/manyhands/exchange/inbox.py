"""Reading the inbox once the house is open: each letter becomes an ask through the same door as any other, once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from manyhands.exchange import actions
from manyhands.exchange.forms.asking import AskForm
from manyhands.exchange.models import Asking, Category, Letter
from manyhands.kernel import sealing
from manyhands.kit import ring
from manyhands.kit.refusals import Refused
from manyhands.networks.models import Network
from manyhands.people.models import Person
from manyhands.privacy import actions as privacy


def take_in(
    form: AskForm,
    *,
    network: Network,
    reads: str,
    promised: actions.Promised | None = None,
    source: str = Asking.Source.PAGE,
    by: Person | None = None,
    asked_at: datetime | None = None,
    now: datetime,
) -> Asking:
    """Take in what a form that fits says, with all it asks for beside: great care, and that it comes round."""
    with transaction.atomic():
        asking = actions.post_asking(
            network=network, needs=form.needs_told(), **form.told(), reads=reads, promised=promised, source=source,
            by=by, asked_at=asked_at, now=now,
        )  # fmt: skip
        if form.cleaned_data["careful"]:
            privacy.take_care(asking.asked_by, network=network, by=asking.asked_by, now=now)
        if form.cleaned_data["repeat"] is not None:
            actions.repeat_asking(asking, weekday=form.cleaned_data["repeat"], by=asking.asked_by, now=now)
    return asking


def read(*, now: datetime) -> int:
    """Let every letter become an ask; how many did. :class:`~manyhands.kit.ring.Shut` while the house is.

    Each is a transaction of its own, in which the letter goes and the ask comes. One that can't become an ask stays.
    """
    if not ring.is_open():
        raise ring.Shut("The house is shut.")
    came = 0
    for key in list(Letter.objects.filter(why_kept="").values_list("pk", flat=True)):
        with transaction.atomic():
            letter = Letter.objects.select_for_update(of=("self",)).select_related("network").filter(pk=key).first()
            if letter is not None and not letter.why_kept:
                came += _read_one(letter, now=now)
    return came


def _read_one(letter: Letter, *, now: datetime) -> bool:
    try:
        with transaction.atomic(), timezone.override(letter.network.zone):
            typed, reads, promised = actions.opened(letter)
            form = form_of(typed, network=letter.network, now=letter.put_at)
            if not form.is_valid():
                actions.keep(letter, why=Letter.WhyKept.FORM, by=None, now=now)
                return False
            take_in(form, network=letter.network, reads=reads, promised=promised, asked_at=letter.put_at, now=now)
            actions.done_with(letter, by=None, now=now)
            return True
    except Refused:
        actions.keep(letter, why=Letter.WhyKept.REFUSED, by=None, now=now)
    except sealing.Broken:
        actions.keep(letter, why=Letter.WhyKept.UNREADABLE, by=None, now=now)
    return False


def form_of(typed: dict[str, list[str]], *, network: Network, now: datetime) -> AskForm:
    """The form as the neighbour filled it in, looked at as of then: a day that was to come has not passed meanwhile."""
    filled = QueryDict(mutable=True)
    for name, values in typed.items():
        filled.setlist(name, values)
    return AskForm(filled, network=network, now=now)


@transaction.atomic
def take_in_anyway(letter: Letter, *, category: Category, by: Person, now: datetime) -> Asking:
    """Somebody of the desk says what a kept letter asks for, and takes it in; :class:`Refused` where that can't be."""
    letter = Letter.objects.select_for_update(of=("self",)).select_related("network").get(pk=letter.pk)
    typed, reads, promised = actions.opened(letter)
    form = form_of({**typed, "needs": [str(category.pk)]}, network=letter.network, now=letter.put_at)
    if not form.is_valid():
        raise Refused(" ".join(str(line) for lines in form.errors.values() for line in lines))
    asking = take_in(
        form, network=letter.network, reads=reads, promised=promised, source=Asking.Source.DESK, by=by,
        asked_at=letter.put_at, now=now,
    )  # fmt: skip
    actions.done_with(letter, by=by, now=now)
    return asking
