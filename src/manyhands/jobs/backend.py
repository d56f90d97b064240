"""The back end of Django's Tasks API: `enqueue` puts a row in our own database, and workers take it from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ParamSpec, Self, TypeVar
from uuid import UUID

from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskContext, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks.utils import normalize_json

from manyhands.jobs import actions, queries
from manyhands.jobs.models import Job
from manyhands.jobs.states import JobState

T = TypeVar("T")
P = ParamSpec("P")

STATUS = {
    JobState.READY: TaskResultStatus.READY,
    JobState.RUNNING: TaskResultStatus.RUNNING,
    JobState.DONE: TaskResultStatus.SUCCESSFUL,
    JobState.FAILED: TaskResultStatus.FAILED,
}


@dataclass(frozen=True, kw_only=True)
class LeaseTask(Task[P, T]):
    """A task of ours: `@task(by_steps=True, most_attempts=3)`.

    As it comes, a task runs in one transaction that also marks it done: its effect on the database happens once,
    whatever is killed. One that is long, or that reaches outside the house, is `by_steps`: it makes its own
    transactions, and must bear that a step is repeated after a crash. To know, within a step's transaction, that no
    other worker has the job, it takes the context and calls `context.still_mine()`; and `context.finish()` within its
    last step, so that this one happens once.
    """

    by_steps: bool = False
    most_attempts: int = actions.MOST_ATTEMPTS
    key: str | None = None

    def using(
        self,
        *,
        priority: int | None = None,
        queue_name: str | None = None,
        run_after: datetime | None = None,
        backend: str | None = None,
        key: str | None = None,
    ) -> Self:
        """The same task with other defaults. Two enqueued with one `key` are one job."""
        other = Task.using(self, priority=priority, queue_name=queue_name, run_after=run_after, backend=backend)
        return replace(other, key=key) if key is not None else other


@dataclass(frozen=True, kw_only=True)
class LeaseContext(TaskContext):
    """What a running task may know of its job, and say about it."""

    job: Job
    clock: Callable[[], datetime]

    def still_mine(self) -> None:
        """Inside a transaction: make sure, until it ends, that no other worker has taken this job over."""
        if not Job.objects.select_for_update().filter(pk=self.job.pk, owner=self.job.owner, state="running").exists():
            raise actions.LeaseLost

    def finish(self, answer: Any = None) -> None:
        """Inside the transaction of a task's last step: the job is done with it. So that step happens once."""
        actions.finish(self.job, answer=answer, now=self.clock())


class LeaseBackend(BaseTaskBackend):
    """Jobs on a lease (docs/decisions/0011)."""

    task_class = LeaseTask
    supports_defer = True
    supports_async_task = True
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: Task[P, T], args: Any, kwargs: Any) -> TaskResult[T]:
        self.validate_task(task)
        job = actions.put(
            task.module_path,
            normalize_json(args),
            normalize_json(kwargs),
            now=queries.moment(),
            run_at=task.run_after,
            priority=task.priority,
            key=getattr(task, "key", None),
        )
        return result_of(job, task=task)

    def get_result(self, result_id: str) -> TaskResult[Any]:
        try:
            job = Job.objects.get(pk=UUID(result_id))
        except (ValueError, Job.DoesNotExist):
            raise TaskResultDoesNotExist(result_id) from None
        return result_of(job)


def task_of(job: Job) -> Task[Any, Any]:
    """The task a job is to call."""
    found = import_string(job.task)
    if not isinstance(found, Task):
        raise TypeError(f"{job.task} is no task.")
    return found


def result_of(job: Job, *, task: Task[Any, Any] | None = None) -> TaskResult[Any]:
    """A job as the Tasks API shows it."""
    over = job.state == JobState.FAILED and job.last_error
    result: TaskResult[Any] = TaskResult(
        task=task or task_of(job),
        id=str(job.pk),
        status=STATUS[JobState(job.state)],
        enqueued_at=job.put_at,
        started_at=job.first_tried_at,
        finished_at=job.ended_at,
        last_attempted_at=job.last_tried_at,
        args=job.args,
        kwargs=job.kwargs,
        backend="default",
        # What an error says may hold what a person wrote; only its kind is kept.
        errors=[TaskError(exception_class_path=job.last_error, traceback="")] if over else [],
        worker_ids=[f"{job.pk}:{attempt}" for attempt in range(1, job.attempts + 1)],
    )
    object.__setattr__(result, "_return_value", job.answer)
    return result
