"""Hands that work at the same time, each a process of its own, so that every core is used; or one, here, if need be."""

from __future__ import annotations

import contextlib
import multiprocessing
import pickle
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from manyhands.kernel.routing.core.case import Answer, Case
from manyhands.kernel.routing.core.tasks import Clock, Done, Task, do

Heard = Callable[[int, Answer], None]
"""Hears a better answer of the whole case while the hand with that number is still at it."""

EVERY = 0.3
"""At most so often, in seconds, a hand tells of something better."""

BY_ROUNDS = 2
"""How many hands there are where rounds count and no clock."""


class Hands(Protocol):
    """Hands by their numbers. Give each one task at a time; `finished` waits for the next that is done.

    A hand that died is told of once, with None in place of what it did, and is not in `numbers` any more.
    """

    @property
    def numbers(self) -> Sequence[int]: ...

    def give(self, hand: int, task: Task) -> None: ...

    def finished(self, patience: float, heard: Heard) -> list[tuple[int, Done | None]]: ...

    def interrupt(self, hand: int) -> None: ...

    def close(self) -> None: ...


def hands_for(case: Case, clock: Clock | None, stop: Callable[[], bool], cores: int) -> Hands:
    """Processes, or where none can be started (one core, a clock they can't share) this one.

    By a clock as many as there are cores; by rounds always `BY_ROUNDS`, so that the cores change nothing.
    """
    count = max(1, cores) if clock else BY_ROUNDS
    if cores > 1 and not multiprocessing.current_process().daemon:
        try:
            return _Processes(case, clock, count)
        except (OSError, pickle.PicklingError, AttributeError, TypeError):
            pass
    return _Here(case, clock, stop, 1 if clock else count)


class _Here:
    """Does each task when it is given, one after the other."""

    def __init__(self, case: Case, clock: Clock | None, stop: Callable[[], bool], count: int) -> None:
        self._case, self._clock, self._stop = case, clock, stop
        self.numbers: Sequence[int] = range(count)
        self._given: dict[int, Task] = {}

    def give(self, hand: int, task: Task) -> None:
        self._given[hand] = task

    def finished(self, patience: float, heard: Heard) -> list[tuple[int, Done | None]]:
        hand = min(self._given)
        task = self._given.pop(hand)
        if self._stop():
            return [(hand, None)]
        # By rounds nothing is heard on the way, as from a process: what is taken when would depend on the cores.
        tell = (lambda answer: heard(hand, answer)) if self._clock else None
        return [(hand, do(self._case, task, self._clock, self._stop, tell))]

    def interrupt(self, hand: int) -> None:
        pass

    def close(self) -> None:
        self._given.clear()


class _Processes:
    def __init__(self, case: Case, clock: Clock | None, count: int) -> None:
        context = multiprocessing.get_context("spawn")
        pickle.dumps(clock)
        self._pipes: dict[int, Connection] = {}
        self._processes: list[BaseProcess] = []
        try:
            for hand in range(count):
                ours, theirs = context.Pipe()
                self._pipes[hand] = ours
                with theirs:
                    process = context.Process(target=_work, args=(theirs, case, clock))
                    process.start()
                self._processes.append(process)
        except BaseException:
            self.close()
            raise

    @property
    def numbers(self) -> Sequence[int]:
        return list(self._pipes)

    def give(self, hand: int, task: Task) -> None:
        with contextlib.suppress(OSError):  # it died: `finished` tells
            self._pipes[hand].send(task)

    def finished(self, patience: float, heard: Heard) -> list[tuple[int, Done | None]]:
        done: list[tuple[int, Done | None]] = []
        ready = wait(self._pipes.values(), timeout=patience)
        for hand, pipe in list(self._pipes.items()):
            if pipe not in ready:
                continue
            try:
                told: Any = pipe.recv()
            except (EOFError, OSError):
                self._pipes.pop(hand).close()
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
        for process in self._processes:
            process.terminate()
        for pipe in self._pipes.values():
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
