"""Who finds the pages about reports: nobody by their role, only whoever a report was sent to."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from manyhands.exchange import queries as exchange
from manyhands.safety import actions, queries
from manyhands.safety.models import Report
from tests.architecture.access import EVERYONE, NO_SUCH_UUID, STEWARDS, Row, here
from tests.cast import Cast


def told(town: Cast) -> tuple[Report, Report]:
    """Eve told Dee and Hana something about Hugo; another one told people of Hillside."""
    now = timezone.now()
    actions.choose(
        town.riverside, people=[town.dee, town.hana.membership.person, town.sol], outside="A line", by=None, now=now
    )
    actions.choose(town.hillside, people=[town.ola.membership.person, town.otto], outside="", by=None, now=now)
    how: dict[str, Any] = {"about_words": "", "written_by": None, "to_host": False, "now": now}
    hugo, ola = town.hugo.membership.person, town.ola.membership.person
    ours = actions.report(town.riverside, words="He shouted at me.", about=hugo, not_these=[town.sol.pk], **how)
    return ours, actions.report(town.hillside, words="She took it.", about=ola, not_these=[], **how)


def nothing(town: Cast, scene: Any) -> dict[str, Any]:
    return {}


SAFETY: dict[str, Row] = {
    "safety:report": Row(EVERYONE),
    "safety:report_behind_link": Row(
        EVERYONE,
        own=lambda town, scene: {"token": exchange.asking_token(town.asking)},
        missing=lambda town, scene: {"token": "nobodyslink"},
    ),
    "safety:thread": Row(
        EVERYONE,
        prepare=told,
        own=lambda town, scene: {"token": queries.token_of(scene[0])},
        missing=lambda town, scene: {"token": "nobodyslink"},
    ),
    # The host finds the empty list, as do people of trust: that they are asked says nothing of what was said.
    "safety:reports": Row(
        frozenset({"dee", "hana", "sol", "otto", "host"}), own=nothing, has_missing=False, prepare=told
    ),
    "safety:handle": Row(
        frozenset({"dee", "hana"}),  # not the steward, whom whoever wrote it named, nor whom it is about
        prepare=told,
        own=lambda town, scene: {"key": scene[0].pk},
        foreign=lambda town, scene: {"key": scene[1].pk},
        missing=lambda town, scene: {"key": NO_SUCH_UUID},
    ),
    "safety:trust": Row(STEWARDS, own=here),
}
