"""A clock for a shared machine: seconds of CPU of this run's processes, as if it had its cores to itself."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class FairClock:
    """Seconds of CPU of process `root` and its children, divided by the `cores` they may keep busy. Linux only."""

    root: int
    cores: int

    def __call__(self) -> float:
        pids = [self.root]
        with contextlib.suppress(OSError):
            pids += [int(p) for p in Path(f"/proc/{self.root}/task/{self.root}/children").read_text().split()]
        return sum(_ticks(pid) for pid in pids) / TICKS / self.cores


def _ticks(pid: int) -> int:
    """What a process used, and what its children used that are over: else the clock would go back when one ends."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(ticks) for ticks in after_name[11:15])
