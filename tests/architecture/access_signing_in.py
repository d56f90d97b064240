"""Who finds which page of signing in. Most say nothing without a name; a browser signed in is only its person's."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from manyhands.people import devices
from manyhands.people.models import Device
from tests.architecture.access import EVERYONE, NO_SUCH_UUID, OF_THE_HOUSE, Row, nothing
from tests.cast import Cast


def _signed_in(town: Cast) -> tuple[Device, Device]:
    """Eve's browser and Otto's."""
    now = timezone.now()
    eve, otto = (devices.begin(who, agent="", is_own=False, now=now) for who in (town.eve, town.otto))
    return eve, otto


def _key(place: int) -> Any:
    return lambda town, scene: {"key": scene[place].pk}


PRESSED = Row(EVERYONE, own=nothing, has_missing=False, method="post")

SIGNING_IN: dict[str, Row] = {
    "people:sign_in_code": OF_THE_HOUSE,
    "people:sign_in_passkey": OF_THE_HOUSE,
    "people:sign_in_step": OF_THE_HOUSE,
    # A stranger is shown the way in.
    "people:again": OF_THE_HOUSE,
    "people:end_other_devices": PRESSED,
    "people:second_step": OF_THE_HOUSE,
    "people:add_passkey": OF_THE_HOUSE,
    "people:add_app": OF_THE_HOUSE,
    "people:change_second_step": PRESSED,
    "people:change_device": Row(
        frozenset({"eve"}), own=_key(0), foreign=_key(1), missing=lambda town, scene: {"key": NO_SUCH_UUID},
        method="post", data={"name": "Kitchen"}, prepare=_signed_in,
    ),
}  # fmt: skip
