"""Who finds the pages about the install itself."""

from __future__ import annotations

from tests.architecture.access import EVERYONE, HOSTS, NOBODY, OF_THE_HOUSE, STEWARDS, Row, nothing

HOUSE = {
    "house:how_it_is": Row(HOSTS, own=nothing, has_missing=False),
    "house:open": OF_THE_HOUSE,
    "house:seal": Row(STEWARDS | HOSTS | {"otto"}, own=nothing, has_missing=False),
    "house:health": OF_THE_HOUSE,
    "house:blocked": Row(EVERYONE, own=nothing, has_missing=False, method="post"),
    "house:metrics": Row(NOBODY, own=nothing, has_missing=False),  # only with the token of MANYHANDS_METRICS_TOKEN
}
