"""What one account could have learned in a month: counted from what was really opened to it and really shown to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from manyhands.networks.models import Membership, Network
from manyhands.networks.states import Role
from manyhands.privacy.models import Reveal

MONTH = timedelta(days=30)
DESK = (Role.DISPATCHER, Role.STEWARD)

# Who could look at whom: the account, and the person whose door or phone was open to it.
Opened = Callable[[Network, datetime], Iterable[tuple[UUID, UUID]]]
Held = Callable[[Network], Iterable[UUID]]

_OPENED: list[Opened] = []
_HELD: list[Held] = []


def counts(*, opened: Opened, held: Held) -> None:
    """Let a room's openings count, and the people whose door or phone it holds. Said only in config/wiring.py."""
    _OPENED.append(opened)
    _HELD.append(held)


@dataclass(frozen=True, slots=True)
class Learned:
    """The worst of one network in 30 days: how many people one helper, and one of the desk, could have learned of.

    ``accounts`` says it for each account, the worst first: its person's key, whether it is of the desk, how many.
    """

    held: int
    accounts: tuple[tuple[UUID, bool, int], ...]

    @property
    def helper(self) -> int:
        return max((count for _who, is_desk, count in self.accounts if not is_desk), default=0)

    @property
    def desk(self) -> int:
        return max((count for _who, is_desk, count in self.accounts if is_desk), default=0)


def learned(network: Network, *, now: datetime) -> Learned:
    """Who could have learned of how many people's door or phone in the last 30 days.

    Two things count, each person once: what was shown, by the trace; and what stood open, looked at or not. Whoever is
    not of the desk today is counted as a helper, also when they have left since.
    """
    since = now - MONTH
    looked = Reveal.objects.filter(network=network, seen_at__gt=since, seen_by__isnull=False).order_by()
    pairs = {(by, whose) for by, whose in looked.values_list("seen_by", "whose").distinct()}
    for opened in _OPENED:
        pairs.update(opened(network, since))
    desk = set(Membership.objects.filter(network=network, role__in=DESK).values_list("person", flat=True))
    counted: dict[UUID, int] = defaultdict(int)
    for by, whose in pairs:
        counted[by] += by != whose
    worst = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    everyone = {person for held in _HELD for person in held(network)}
    # Who was forgotten since was learned of all the same.
    everyone.update(whose for _by, whose in pairs)
    return Learned(held=len(everyone), accounts=tuple((who, who in desk, count) for who, count in worst if count))
