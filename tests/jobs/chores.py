"""Tasks for tests. What they did is journalled, so that it goes where their transaction goes."""

from __future__ import annotations

from django.db import transaction
from django_tasks import task

from manyhands.jobs.models import Job
from manyhands.journal.models import Entry
from tests.cast import NOW


def _did(what: str) -> None:
    Entry.objects.create(at=NOW, by="house", verb=what, subject="house")


def did() -> list[str]:
    return list(Entry.objects.filter(verb__startswith="chore.").order_by("pk").values_list("verb", flat=True))


@task
def sweep(which: str = "floor") -> str:
    _did(f"chore.{which}")
    return which


@task(most_attempts=3)
def fails() -> None:
    _did("chore.half")
    raise ValueError("Nia's key is under the mat")


@task
def is_overtaken() -> None:
    """While it runs, its lease ends and another worker takes it over."""
    _did("chore.thrown_away")
    from uuid import uuid4

    Job.objects.filter(task="tests.jobs.chores.is_overtaken").update(owner=uuid4())


@task(by_steps=True, takes_context=True)
def steps(context) -> int:
    _did("chore.step")
    context.still_mine()
    return context.attempt


@task
def tells_a_name() -> str:
    _did("chore.told")
    return "Nia Neighbour"


@task(by_steps=True, takes_context=True)
def finishes_with_its_last_step(context, *, comes_to_nothing: bool = False) -> None:
    with transaction.atomic():
        _did("chore.last_step")
        context.finish(7)
        transaction.set_rollback(comes_to_nothing)


@task
def needs_a_key() -> None:
    """A shut house has none."""
    _did("chore.half")
    from manyhands.kit import ring

    ring.index_key("journal")
    _did("chore.read")
