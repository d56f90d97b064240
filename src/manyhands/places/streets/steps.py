"""What an import makes of a map, in this order."""

from __future__ import annotations

from manyhands.places.streets import roads
from manyhands.places.streets.importing import Step

STEPS: tuple[Step, ...] = (Step("roads", "Roads and how fast they are", roads.SHAPE, roads.make),)
