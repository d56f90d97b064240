"""What needs doing now, read from many rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from manyhands.exchange import queries as exchange
from manyhands.exchange.models import Ask
from manyhands.exchange.states import AskState
from manyhands.networks import queries as networks
from manyhands.networks.models import Membership, Network
from manyhands.networks.states import Role, Standing
from manyhands.people import queries as people
from manyhands.people.models import Person

SOON = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Now:
    """The desk at this moment: counts by state, and what presses."""

    by_state: dict[str, int]
    late: int  # wanted until a moment that has passed, and still open
    tonight: int  # wanted before the next day ends, and nobody holds it yet
    expiring: int  # will expire within a day if nobody looks at it
    tried: int  # visited without luck, and ready again
    kept_letters: int  # came while the house was shut, and could not become an ask
    to_welcome: int  # people who would like to help and wait for an answer

    @property
    def new(self) -> int:
        return self.by_state.get(AskState.NEW, 0)

    @property
    def ready(self) -> int:
        return self.by_state.get(AskState.READY, 0)

    @property
    def claimed(self) -> int:
        return self.by_state.get(AskState.CLAIMED, 0)

    @property
    def on_the_way(self) -> int:
        return self.by_state.get(AskState.ON_THE_WAY, 0)


def what_presses(network: Network, person: Person | None = None, *, now: datetime) -> Now:
    """Count what needs doing at the desk now. For ``person`` without what they may not see."""
    asks = exchange.open_asks(network, person)
    free = Q(state__in=[AskState.NEW, AskState.READY])
    tomorrow = (now.astimezone(network.zone) + SOON).replace(hour=0, minute=0, second=0, microsecond=0)
    return Now(
        by_state=exchange.counts_by_state(network, person),
        late=asks.filter(wanted_until__lt=now).count(),
        tonight=asks.filter(free, wanted_from__lt=tomorrow, wanted_until__gte=now).count(),
        expiring=asks.filter(free, expires_at__lt=now + SOON).count(),
        tried=asks.filter(state=AskState.READY, tries__gt=0).count(),
        kept_letters=exchange.kept_letters(network).count(),
        to_welcome=Membership.objects.filter(network=network, standing=Standing.WAITING).count(),
    )


def pressing_asks(network: Network, person: Person | None = None) -> list[Ask]:
    """The dozen asks that press most: urgent ones first, then those wanted soonest, then those waiting longest."""
    return list(
        exchange.open_asks(network, person)
        .filter(state__in=[AskState.NEW, AskState.READY])
        .select_related("category", "place__area")
        .order_by("-is_urgent", "wanted_until", "asked_at")[:12]
    )


@dataclass(frozen=True, slots=True)
class Face:
    """Someone of the demo anyone may be with one tap."""

    person: Person
    what: str
    icon: str


def demo_faces() -> list[Face]:
    """The demo's made-up people and what each of them does, the neighbour first."""
    looks = {
        Role.HELPER: (_("A helper: sees what fits, takes it on, carries it"), "bike"),
        Role.DISPATCHER: (_("A dispatcher: looks at what came in and plans the evening"), "inbox"),
        Role.STEWARD: (_("A steward: sets how the network works"), "settings-2"),
    }
    faces = []
    for person in people.demo_people():
        membership = networks.networks_of(person).first()
        if membership is not None:
            faces.append(Face(person, *looks[Role(membership.role)]))
        elif person.is_host:
            faces.append(Face(person, _("The host: looks after this install"), "server"))
        else:
            faces.append(
                Face(person, _("A neighbour: asked for something and looks what became of it"), "hand-helping")
            )
    order = ["hand-helping", "bike", "inbox", "settings-2", "server"]
    return sorted(faces, key=lambda face: order.index(face.icon))
