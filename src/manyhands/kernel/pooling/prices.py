"""First guesses of what a lot, a want and room in a van are worth, so that few ways need a close look."""

from __future__ import annotations

import numpy as np

from manyhands.kernel.pooling.ways import Floats, Integers, Ways

SOFTNESS = (0.3, 0.1, 0.05, 0.02, 0.01)
PASSES = 25
TINY = 1e-300
DAMPED = 0.7


def guess(ways: Ways) -> tuple[Floats, Floats, Floats]:
    """Prices per lot, want and room, near the best there are: one sort after the other is set so that what would be
    sent fits, where a way is used the more the more it gains beyond its prices (Sinkhorn's scaling, for a transport
    problem softened by an entropy; after Cuturi 2013), with less and less softness.
    """
    scale = float(ways.gain.max(initial=1.0))
    per_lot, per_want, per_room = np.zeros(len(ways.lots)), np.zeros(len(ways.wants)), np.zeros(len(ways.room))
    in_van = np.flatnonzero(ways.trip >= 0)
    for share in SOFTNESS:
        soft = share * scale / 3
        for _ in range(PASSES):
            per_lot = _fitted(per_lot, ways.lot, _sent(ways, per_lot, per_want, per_room, soft), ways.have, soft)
            per_want = _fitted(per_want, ways.want, _sent(ways, per_lot, per_want, per_room, soft), ways.wanted, soft)
            if len(in_van):
                sent = (_sent(ways, per_lot, per_want, per_room, soft) * ways.space)[in_van]
                per_room = _fitted(per_room, ways.trip[in_van], sent, ways.room, soft * DAMPED)
    return per_lot, per_want, per_room


def _sent(ways: Ways, per_lot: Floats, per_want: Floats, per_room: Floats, soft: float) -> Floats:
    return np.asarray(np.exp(np.minimum(ways.over(per_lot, per_want, per_room) / soft, 50.0)))


def _fitted(prices: Floats, of: Integers, sent: Floats, there: Floats, soft: float) -> Floats:
    total = np.bincount(of, sent, len(prices))
    return np.asarray(np.maximum(0.0, prices + soft * np.log(np.maximum(total, TINY) / np.maximum(there, 1e-9))))
