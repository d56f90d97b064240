"""What an import makes of a map, in this order."""

from __future__ import annotations

from manyhands.places.streets import addresses, drawing, nets, roads
from manyhands.places.streets.importing import Step

STEPS: tuple[Step, ...] = (
    Step(nets.NAME, "Roads and how fast they are", nets.SHAPE, roads.make),
    Step("addresses", "Addresses, crossings and landmarks", addresses.SHAPE, addresses.make),
    Step("map", "The map that is drawn on pages", drawing.SHAPE, drawing.make),
)
