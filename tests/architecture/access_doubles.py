"""Who finds the pages about who may be written down twice: the desk, each network its own."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from manyhands.doubles import actions
from manyhands.doubles.models import Pair
from tests import cast
from tests.architecture.access import DESK, NO_SUCH_CODE, NO_SUCH_UUID, Row, here, riverside_with
from tests.cast import Cast


def paired(town: Cast) -> tuple[Pair, Pair]:
    """Nia is written down twice in Riverside, Nora in Hillside."""
    twice = cast.ask(town.riverside, "A ride", name="Nia Neighbor")
    theirs = cast.ask(town.hillside, "A ride", name="Nora Otherwise", reach="718 555 0199")
    how: dict[str, Any] = {"now": timezone.now()}
    ours = actions.put_together(town.nia, twice.asking.asked_by, network=town.riverside, by=town.dee, **how)
    other = actions.put_together(
        town.elsewhere.asking.asked_by, theirs.asking.asked_by, network=town.hillside, by=town.otto, **how
    )  # fmt: skip
    return ours, other


DOUBLES: dict[str, Row] = {
    "doubles:pairs": Row(DESK),
    "doubles:joined": Row(DESK),
    "doubles:pair": Row(
        DESK,
        prepare=paired,
        own=lambda town, scene: {**here(town, scene), "key": scene[0].pk},
        foreign=lambda town, scene: {**here(town, scene), "key": scene[1].pk},
        missing=riverside_with(key=NO_SUCH_UUID),
    ),
    "doubles:of": Row(
        DESK,
        method="post",
        own=lambda town, scene: {**here(town, scene), "code": town.groceries.code},
        foreign=lambda town, scene: {**here(town, scene), "code": town.elsewhere.code},
        missing=riverside_with(code=NO_SUCH_CODE),
    ),
}
