"""The search core: numbers only, no people. Every engine and our own combination of them speak it.

A frozen `Case` goes in, a frozen `Answer` comes out of `search`; `assess` recomputes cost and promises from the case
alone and shares no code with any engine.
"""

from manyhands.kernel.routing.core.assessing import Verdict, assess
from manyhands.kernel.routing.core.case import (
    BEYOND,
    DELIVERY,
    JOB,
    PICKUP,
    RELOAD,
    Answer,
    Case,
    Job,
    Lines,
    Matrices,
    Route,
    Shipment,
    Step,
    Vehicles,
    Ways,
)

__all__ = [
    "BEYOND",
    "DELIVERY",
    "JOB",
    "PICKUP",
    "RELOAD",
    "Answer",
    "Case",
    "Job",
    "Lines",
    "Matrices",
    "Route",
    "Shipment",
    "Step",
    "Vehicles",
    "Verdict",
    "Ways",
    "assess",
]
