"""Hands that work at the same time, each a process of its own, so that every core is used; or one, here, if need be."""

from __future__ import annotations

import contextlib
import multiprocessing
import pickle
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from manyhands.kernel.routing.core.case import Answer, Case
from manyhands.kernel.routing.core.tasks import Clock, Done, Task, do

Heard = Callable[[int, Answer], None]
"""Hears a better answer of the whole case while the hand with that number is still at it."""

EVERY = 0.3
"""At most so often, in seconds, a hand tells of something better."""


class Hands(Protocol):
    """`count` hands. Give each one task at a time; `finished` waits for the next that is done."""

    count: int

    def give(self, hand: int, task: Task) -> None: ...

    def finished(self, patience: float, heard: Heard) -> list[tuple[int, Done | None]]: ...

    def interrupt(self, hand: int) -> None: ...

    def close(self) -> None: ...


def hands_for(case: Case, clock: Clock | None, stop: Callable[[], bool], cores: int) -> Hands:
    """Processes, or where none can be started (one core, a clock they can't share) this one."""
    if cores > 1 and not multiprocessing.current_process().daemon:
        try:
            return _Processes(case, clock, cores)
        except (OSError, pickle.PicklingError, AttributeError, TypeError):
            pass
    return _Here(case, clock, stop, cores)


class _Here:
    """Does each task when it is given, one after the other."""

    def __init__(self, case: Case, clock: Clock | None, stop: Callable[[], bool], count: int) -> None:
        self._case, self._clock, self._stop = case, clock, stop
        self.count = max(1, count) if clock is None else 1
        self._given: dict[int, Task] = {}

    def give(self, hand: int, task: Task) -> None:
        self._given[hand] = task

    def finished(self, patience: float, heard: Heard) -> list[tuple[int, Done | None]]:
        hand = min(self._given)
        task = self._given.pop(hand)
        return [(hand, do(self._case, task, self._clock, self._stop, lambda answer: heard(hand, answer)))]

    def interrupt(self, hand: int) -> None:
        pass

    def close(self) -> None:
        self._given.clear()


class _Processes:
    def __init__(self, case: Case, clock: Clock | None, count: int) -> None:
        context = multiprocessing.get_context("spawn")
        pickle.dumps(clock)
        self.count = count
        self._pipes: list[Connection] = []
        self._processes: list[BaseProcess] = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, case, clock))
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)

    def give(self, hand: int, task: Task) -> None:
        with contextlib.suppress(OSError):  # it died: `finished` tells
            self._pipes[hand].send(task)

    def finished(self, patience: float, heard: Heard) -> list[tuple[int, Done | None]]:
        done: list[tuple[int, Done | None]] = []
        for ready in wait(self._pipes, timeout=patience):
            hand = self._pipes.index(ready)  # type: ignore[arg-type]
            try:
                told: Any = self._pipes[hand].recv()
            except (EOFError, OSError):
                done.append((hand, None))
                continue
            if isinstance(told, Done):
                done.append((hand, told))
            else:
                heard(hand, told)
        return done

    def interrupt(self, hand: int) -> None:
        with contextlib.suppress(OSError):
            self._pipes[hand].send(None)

    def close(self) -> None:
        for process, pipe in zip(self._processes, self._pipes, strict=True):
            process.terminate()
            pipe.close()
        for process in self._processes:
            process.join()


def _work(pipe: Connection, case: Case, clock: Clock | None) -> None:
    told = float("-inf")

    def heard(answer: Answer) -> None:
        nonlocal told
        if clock is not None and clock() - told >= EVERY:
            told = clock()
            pipe.send(answer)

    try:
        while True:
            task = pipe.recv()
            if task is not None:
                pipe.send(do(case, task, clock, pipe.poll, heard))
    except (EOFError, OSError, KeyboardInterrupt):
        return
