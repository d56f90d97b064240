"""Who reacts to what: the one page where rooms that don't know each other are tied together."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext

from manyhands.deliveries import forgetting as old_plans
from manyhands.deliveries import personal as of_deliveries
from manyhands.doubles import actions as doubles
from manyhands.doubles import forgetting as old_pairs
from manyhands.doubles import personal as of_doubles
from manyhands.exchange import actions as exchange
from manyhands.exchange import forgetting as old_asks
from manyhands.exchange import holding, opened
from manyhands.exchange import personal as of_exchange
from manyhands.jobs import personal as of_jobs
from manyhands.jobs import tasks as jobs
from manyhands.journal.actions import on
from manyhands.kit import asking_less, maps, passwords
from manyhands.networks import personal as of_networks
from manyhands.networks import queries as networks
from manyhands.networks.models import Network
from manyhands.notices import actions as notices
from manyhands.notices import carriers
from manyhands.notices import personal as of_notices
from manyhands.notices import tasks as notice_tasks
from manyhands.notices.states import Way
from manyhands.once import personal as of_once
from manyhands.once import tasks as once
from manyhands.people import codes, sending
from manyhands.people import personal as of_people
from manyhands.people.models import Person
from manyhands.places import personal as of_places
from manyhands.places import queries as places
from manyhands.privacy import forgetting, learning
from manyhands.privacy import personal as of_privacy
from manyhands.privacy import queries as privacy
from manyhands.privacy.states import Bulk
from manyhands.safety import forgetting as old_reports
from manyhands.safety import personal as of_safety


def connect() -> None:
    """Tie every reaction to what it reacts to. Reactions run in the transaction of what happened."""
    on("network.created", exchange.seed_lists)
    on("membership.moved", exchange.hand_back_what_they_held)
    on("person.erased", old_pairs.forget_pairs)
    on("person.taken_out", doubles.settle_parted)
    notices.says("sign_in_code", _words_of_code, urgent=True)
    notices.says("report", _words_of_report)
    sending.through("email", partial(_send_code, way=Way.MAIL), is_set=carriers.mail_is_on)
    sending.through("phone", partial(_send_code, way=Way.TEXT), is_set=carriers.texts_are_on)
    passwords.everybody_knows(_names_of_this_install)
    asking_less.agrees(_a_second_one_agreed)
    maps.drawn_on(places.ground)
    learning.counts(opened=opened.opened_since, held=opened.people_held)
    forgetting.holds_back(holding.held)
    # In this order: what points at something goes before it does.
    forgetting.forgets(old_plans.CLOCKS, holds=of_deliveries.HOLDS)
    forgetting.forgets(old_pairs.CLOCKS, holds=of_doubles.HOLDS)
    forgetting.forgets(old_reports.CLOCKS, holds=of_safety.HOLDS)
    forgetting.forgets(old_asks.CLOCKS, holds=of_exchange.HOLDS)
    below = (("places", of_places), ("networks", of_networks), ("privacy", of_privacy), ("people", of_people))
    for room, personal in below:
        forgetting.forgets(old_asks.CLOCKS_BELOW[room], holds=personal.HOLDS)
    forgetting.forgets(forgetting.CLOCKS, holds=forgetting.HOLDS)
    for task, personal in (
        (jobs.forget_what_is_over, of_jobs),
        (once.forget_what_is_over, of_once),
        (notice_tasks.forget_what_is_over, of_notices),
    ):
        forgetting.forgets_by_itself(task, holds=personal.HOLDS)


def _words_of_code(_person: Person, about: str) -> notices.Words | None:
    said = codes.words_of(about, now=timezone.now())
    return notices.Words(*said) if said else None


def _words_of_report(_person: Person, _about: str) -> notices.Words:
    # Not that it is a report: whoever holds the phone may be whom it is about.
    return notices.Words(gettext("Something waits for you"), gettext("Something waits for you to read it."))


def _send_code(person: Person, *, code: UUID, now: datetime, way: Way) -> None:
    notices.tell(person, kind="sign_in_code", about=code, way=way, key=f"sign_in_code:{code}", by=None, now=now)


def _names_of_this_install() -> list[str]:
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    return ["Manyhands", host, *networks.open_to_all().values_list("name", flat=True)]


def _a_second_one_agreed(person: Person, network: Network, now: datetime) -> bool:
    return privacy.is_open(person, network, Bulk.QUESTION, now=now)
