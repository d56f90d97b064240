"""Where runs are loaded."""

from __future__ import annotations

from datetime import datetime, time

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from manyhands.deliveries import rules
from manyhands.deliveries.models import Hub
from manyhands.journal import actions as journal
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.networks.models import Network
from manyhands.people.models import Person
from manyhands.places import actions as places
from manyhands.places.models import Area


@transaction.atomic
def save_hub(
    network: Network,
    *,
    name: str,
    hub: Hub | None = None,
    place_text: str = "",
    area: Area | None = None,
    lat: float | None = None,
    lon: float | None = None,
    opens: time | None = None,
    closes: time | None = None,
    loading_minutes: int = 10,
    is_used: bool = True,
    by: Person | None,
    now: datetime,
) -> Hub:
    """Add a hub, or change one. Its hours are clock times in the network's zone; none means it is always open."""
    refuse_if(rules.why_not_plan(by, network))
    if (opens is None) != (closes is None):
        raise Refused(_("Say both when it opens and when it closes, or neither."))
    if hub is None:
        place = places.note_place(network, text=place_text, area=area, lat=lat, lon=lon, by=by, now=now)
        hub = Hub(network=network, place=place)
    else:
        hub = Hub.objects.select_for_update(of=("self",)).select_related("place").get(pk=hub.pk, network=network)
        places.correct_place(hub.place, text=place_text, door="", area=area, lat=lat, lon=lon, by=by, now=now)
    hub.name, hub.opens, hub.closes = name.strip(), opens, closes
    hub.loading_minutes, hub.is_used = loading_minutes, is_used
    try:
        with transaction.atomic():
            hub.save()
    except IntegrityError:
        raise Refused(_("There is already a hub called “%(name)s”.") % {"name": hub.name}) from None
    journal.record("hub.saved", hub, by=by, now=now, is_used=is_used)
    return hub
