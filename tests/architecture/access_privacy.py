"""Who finds the pages about who saw whom."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from manyhands.exchange import queries as exchange
from manyhands.privacy import actions as privacy
from tests.architecture.access import (
    DESK,
    EVERYONE,
    MEMBERS,
    NO_SUCH_CODE,
    NO_SUCH_UUID,
    STEWARDS,
    Row,
    nothing,
    riverside_with,
)
from tests.cast import Cast


def _asked(town: Cast) -> tuple[UUID, UUID]:
    """Something that takes two, asked for by Hana here and by Ola elsewhere."""
    return tuple(
        privacy.ask_to_open(
            what="addresses",
            network=helper.network,
            reason="Many holes to fill",
            by=helper.membership.person,
            now=timezone.now(),
        ).pk
        for helper in (town.hana, town.ola)
    )  # type: ignore[return-value]


def _held(town: Cast) -> tuple[UUID, UUID]:
    """Something the law demands, here and elsewhere."""
    return tuple(
        privacy.hold(
            network, reason="A court", codes=[code], people=[], since=None, until=None, may_tell=True, by=by,
            now=timezone.now(), review_on=timezone.now().date() + timedelta(days=30),
        ).pk
        for network, code, by in (
            (town.riverside, town.groceries.code, town.sol), (town.hillside, town.elsewhere.code, town.otto)
        )
    )  # type: ignore[return-value]  # fmt: skip


PRIVACY: dict[str, Row] = {
    "privacy:two_people": Row(MEMBERS),
    "privacy:limits": Row(STEWARDS, method="post", data={"a_day": "9", "a_month": "50"}),
    "privacy:answer": Row(
        DESK,
        method="post",
        data={"answer": "yes"},
        prepare=_asked,
        own=lambda town, scene: {"network": "riverside", "key": scene[0]},
        foreign=lambda town, scene: {"network": "riverside", "key": scene[1]},
        missing=riverside_with(key=NO_SUCH_UUID),
    ),
    "privacy:who_saw_me": Row(MEMBERS),
    "privacy:receipt": Row(
        EVERYONE,
        prepare=lambda town: privacy.erase(town.nia, asks=1, offers=0, now=timezone.now()),
        own=lambda town, scene: {"key": scene.pk},
        missing=lambda town, scene: {"key": NO_SUCH_UUID},
    ),
    "privacy:receipt_as_text": Row(
        EVERYONE,
        prepare=lambda town: privacy.erase(town.nia, asks=1, offers=0, now=timezone.now()),
        own=lambda town, scene: {"key": scene.pk},
        missing=lambda town, scene: {"key": NO_SUCH_UUID},
    ),
    "privacy:leave": Row(EVERYONE, own=nothing, has_missing=False),
    "exchange:care_of_asker": Row(
        EVERYONE,
        own=lambda town, scene: {"token": exchange.asking_token(town.asking)},
        missing=lambda town, scene: {"token": "nobodyslink"},
    ),
    "exchange:care_of_giver": Row(
        EVERYONE,
        own=lambda town, scene: {"token": exchange.offer_token(town.pram)},
        missing=lambda town, scene: {"token": "nobodyslink"},
    ),
    "exchange:my_care": Row(MEMBERS),
    "exchange:care_of_helper": Row(
        DESK,
        method="post",
        data={"do": "care"},
        own=lambda town, scene: {"network": "riverside", "key": town.hana.membership_id},
        foreign=lambda town, scene: {"network": "riverside", "key": town.ola.membership_id},
        missing=riverside_with(key=NO_SUCH_UUID),
    ),
    "exchange:keeping": Row(STEWARDS),
    "exchange:hold": Row(
        STEWARDS, method="post", data={"reason": "A court", "review_on": "2999-01-01", "since": "2020-01-01"}
    ),
    "exchange:sleep": Row(STEWARDS),
    "exchange:wake": Row(STEWARDS, method="post"),
    "exchange:release": Row(
        STEWARDS,
        method="post",
        prepare=_held,
        own=lambda town, scene: {"network": "riverside", "key": scene[0]},
        foreign=lambda town, scene: {"network": "riverside", "key": scene[1]},
        missing=riverside_with(key=NO_SUCH_UUID),
    ),
    "exchange:forget_me": Row(MEMBERS),
    "exchange:forget_on_request": Row(
        STEWARDS,
        own=lambda town, scene: {"network": "riverside", "code": town.groceries.code},
        foreign=lambda town, scene: {"network": "riverside", "code": town.elsewhere.code},
        missing=riverside_with(code=NO_SUCH_CODE),
    ),
    "exchange:forget_asker": Row(
        EVERYONE,
        own=lambda town, scene: {"token": exchange.asking_token(town.asking)},
        missing=lambda town, scene: {"token": "nobodyslink"},
    ),
    "exchange:forget_giver": Row(
        EVERYONE,
        own=lambda town, scene: {"token": exchange.offer_token(town.pram)},
        missing=lambda town, scene: {"token": "nobodyslink"},
    ),
    # Whoever holds the private link.
    "exchange:who_saw": Row(
        EVERYONE,
        own=lambda town, scene: {"token": exchange.asking_token(town.asking)},
        missing=lambda town, scene: {"token": "nobodyslink"},
    ),
    "exchange:giver_who_saw": Row(
        EVERYONE,
        own=lambda town, scene: {"token": exchange.offer_token(town.pram)},
        missing=lambda town, scene: {"token": "nobodyslink"},
    ),
}
