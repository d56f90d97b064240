"""What a helper can carry and when; the lists a network chooses from."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from manyhands.exchange.models import Category, Cause, Helper
from manyhands.journal import actions as journal
from manyhands.kit import asking_less
from manyhands.kit.asking_less import AsksTooMuch
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.networks import queries as networks
from manyhands.networks.models import Membership, Network
from manyhands.networks.states import Role
from manyhands.people.models import Person
from manyhands.places import actions as places
from manyhands.places.models import Area
from manyhands.privacy import queries as privacy
from manyhands.privacy.states import Bulk

CATEGORIES = (
    (gettext_noop("Food"), "carrot", 5, 2, ""),
    (gettext_noop("Supplies"), "package", 5, 1, ""),
    (gettext_noop("A ride"), "car", 30, 0, "driver"),
    (gettext_noop("Medicine"), "pill", 5, 1, ""),
    (gettext_noop("Health"), "stethoscope", 30, 0, ""),
    (gettext_noop("Legal"), "scale", 30, 0, ""),
    (gettext_noop("Housing"), "house", 30, 0, ""),
    (gettext_noop("Childcare"), "baby", 60, 0, ""),
    (gettext_noop("Repair and labour"), "hammer", 60, 0, ""),
    (gettext_noop("Company"), "message-circle", 30, 0, ""),
    (gettext_noop("Something else"), "ellipsis", 15, 1, ""),
)
CAUSES = (
    gettext_noop("Low or unpaid wages"),
    gettext_noop("Rent or bills"),
    gettext_noop("Benefits cut or late"),
    gettext_noop("Illness or disability"),
    gettext_noop("Caring for someone"),
    gettext_noop("Lost work"),
    gettext_noop("Something else"),
)
Listed = TypeVar("Listed", Category, Cause)
# Never counted by area, whatever the numbers.
SENSITIVE = {"Health", "Legal", "Medicine"}


@transaction.atomic
def seed_lists(network: Network, *, by: Person | None, now: datetime) -> None:
    """Give a new network the usual kinds of need and causes; its stewards change them as they like."""
    for position, (name, icon, minutes, boxes, skill) in enumerate(CATEGORIES):
        Category.objects.get_or_create(
            network=network,
            name=name,
            defaults={
                "icon": icon,
                "minutes": minutes,
                "boxes": boxes,
                "skill": skill,
                "is_sensitive": name in SENSITIVE,
                "position": position,
            },
        )
    for position, name in enumerate(CAUSES):
        Cause.objects.get_or_create(network=network, name=name, defaults={"position": position})
    journal.record("network.lists_seeded", network, by=by, now=now, network=network.pk)


def _why_not_settle(person: Person | None, network: Network) -> str | None:
    if person is not None and not networks.may(person, network, Role.STEWARD):
        return _("Only a steward of this network can change how it works.")
    return None


@transaction.atomic
def save_category(
    network: Network, *, category: Category | None = None, by: Person | None, now: datetime, **values: Any
) -> Category:
    """Add a kind of need, or change one. ``values`` are fields of :class:`Category`."""
    refuse_if(_why_not_settle(by, network))
    return _save_listed(category or Category(network=network), values, network, by=by, now=now)


@transaction.atomic
def save_cause(
    network: Network, *, cause: Cause | None = None, by: Person | None, now: datetime, **values: Any
) -> Cause:
    """Add a cause, or change one. ``values`` are fields of :class:`Cause`."""
    refuse_if(_why_not_settle(by, network))
    return _save_listed(cause or Cause(network=network), values, network, by=by, now=now)


def _why_not_ask_for_it(item: Listed, network: Network, *, by: Person, now: datetime) -> str | None:
    today = now.astimezone(network.zone).date()
    if item.asked_until is None or not today <= item.asked_until <= today + timedelta(days=asking_less.LONGEST_DAYS):
        return _("Please say until when, within %(days)d days: then it goes off the form by itself.") % {
            "days": asking_less.LONGEST_DAYS
        }
    before = type(item).objects.filter(pk=item.pk).first()
    if before is not None and all(
        getattr(before, name) == getattr(item, name) for name in ("name", "names", "asked_until")
    ):
        return None
    if not privacy.is_open(by, network, Bulk.QUESTION, now=now):
        return _("It takes a second person of the desk to agree to that.")
    return None


def _save_listed(item: Listed, values: dict[str, Any], network: Network, *, by: Person | None, now: datetime) -> Listed:
    for name, value in values.items():
        setattr(item, name, value)
    found = asking_less.found_in([item.name, *item.names.values()]) if item.is_used and by is not None else ()
    if not found:
        item.asked_until = None
    elif by is not None and (no := _why_not_ask_for_it(item, network, by=by, now=now)) is not None:
        raise AsksTooMuch(no, found)
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError:
        raise Refused(_("“%(name)s” is already on the list.") % {"name": item.name}) from None
    pried = {"asks_for": [one.topic.value for one in found], "until": str(item.asked_until)} if found else {}
    journal.record(f"{item._meta.model_name}.saved", item, by=by, now=now, network=network.pk, **pried)
    return item


def take_off_the_form(*, now: datetime) -> int:
    """What two agreed to ask until a day that is over is asked no more. Returns how many."""
    over = 0
    for model in (Category, Cause):
        for item in model.objects.filter(is_used=True, asked_until__isnull=False).select_related("network"):
            if item.asked_until is not None and item.asked_until < now.astimezone(item.network.zone).date():
                with transaction.atomic():
                    over += model.objects.filter(pk=item.pk, is_used=True).update(is_used=False)
                    journal.record(
                        f"{model._meta.model_name}.off_the_form", item, by=None, now=now, network=item.network_id
                    )
    return over


@transaction.atomic
def change_helper(
    membership: Membership,
    *,
    by: Person | None,
    now: datetime,
    start_text: str | None = None,
    area: Area | None = None,
    lat: float | None = None,
    lon: float | None = None,
    end_text: str | None = None,
    end_area: Area | None = None,
    **changes: Any,
) -> Helper:
    """Note what a member can carry and when, or change it.

    ``changes`` are mode, languages, skills, boxes, most_minutes, hours, cap, row, imported_as. ``end_text`` is where
    they finish; left empty, without an area, they go back to where they set out.
    """
    network = membership.network
    own = by is None or by.pk == membership.person_id
    if not own and not networks.may(by, network, Role.DISPATCHER):
        raise Refused(_("Only the helper themselves, or a dispatcher, can change this."))
    if "cap" in changes and by is not None and not networks.may(by, network, Role.DISPATCHER):
        raise Refused(_("How many asks someone may hold is set at the desk."))
    unknown = set(changes) - {
        "mode",
        "languages",
        "skills",
        "boxes",
        "most_minutes",
        "hours",
        "cap",
        "row",
        "imported_as",
    }
    if unknown:
        raise ValueError(f"Not something a helper has: {sorted(unknown)}")
    # The membership first: told for the first time in two tabs, it is noted once.
    Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=membership.pk)
    helper = Helper.objects.select_for_update(of=("self",)).filter(membership=membership).first()
    if helper is None:
        start = places.note_place(
            network, whose=membership.person, text=start_text or "", area=area, lat=lat, lon=lon, by=by, now=now
        )
        helper = Helper(network=network, membership=membership, start=start)
    elif start_text is not None or area is not None or lat is not None:
        places.correct_place(helper.start, text=start_text or "", door="", area=area, lat=lat, lon=lon, by=by, now=now)
    if end_text or end_area is not None:
        helper.end = places.note_place(
            network, whose=membership.person, text=end_text or "", area=end_area, by=by, now=now
        )
    elif end_text is not None:
        helper.end = None
    for name, value in changes.items():
        setattr(helper, name, value)
    helper.save()
    journal.record("helper.changed", helper, by=by, now=now, changed=sorted(changes))
    return helper
