"""Who finds which page of plans and runs. The scene: a plan of Riverside's with one run of Hana's, and one of Hillside's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from manyhands.deliveries import actions, planning, queries
from manyhands.deliveries.models import Hub, Plan, Run, Stop
from manyhands.kernel import routing
from tests import cast
from tests.architecture.access import DESK, EVERYONE, MEMBERS, NO_SUCH_UUID, Arguments, Row, riverside_with
from tests.cast import Cast


@dataclass
class Scene:
    """The same in two networks: a plan, its run and its stop."""

    plan: Plan
    run: Run
    stop: Stop
    foreign_plan: Plan
    foreign_run: Run
    foreign_stop: Stop


def _drafted(network, helper, by) -> tuple[Plan, Run, Stop]:
    now = timezone.now()
    ask = cast.ask(network, name="Noor", reach="718 555 0147", now=now)
    span = (now, now + timedelta(hours=3))
    plan = actions.make_plan(
        network=network, asks=[ask], helpers=[actions.Availability(helper, *span, 9)], starts_at=span[0],
        ends_at=span[1], by=by, now=now,
    )  # fmt: skip
    run = Run.objects.get(plan=plan)
    problem = planning.evening(plan, now=now).problem
    found = routing.retime(problem, [routing.Order(str(run.pk), (ask.code,))])
    assert actions.keep_plan(plan, found, broken=(), now=now)
    return Plan.objects.get(pk=plan.pk), run, Stop.objects.get(plan=plan)


def draft(town: Cast) -> Scene:
    return Scene(*_drafted(town.riverside, town.hana, town.dee), *_drafted(town.hillside, town.ola, town.otto))


def published(town: Cast) -> Scene:
    scene = draft(town)
    for plan in (scene.plan, scene.foreign_plan):
        actions.publish_plan(plan, by=None, now=timezone.now())
    for run in (scene.run, scene.foreign_run):
        run.refresh_from_db()
    return scene


def _with(**more: Callable[[Scene], Any]) -> tuple[Arguments, Arguments]:
    """Arguments of the scene's own plan, and the same of the other network's, asked for in Riverside."""

    def own(town: Cast, scene: Scene) -> dict[str, Any]:
        return {"network": "riverside", "plan": scene.plan.pk} | {name: of(scene)[0] for name, of in more.items()}

    def foreign(town: Cast, scene: Scene) -> dict[str, Any]:
        return {"network": "riverside", "plan": scene.foreign_plan.pk} | {
            name: of(scene)[1] for name, of in more.items()
        }

    return own, foreign


def _plan(prepare: Callable[[Cast], Scene] = draft, method: str = "get", **data: Any) -> Row:
    own, foreign = _with()
    return Row(
        DESK, own=own, foreign=foreign, missing=riverside_with(plan=NO_SUCH_UUID), method=method, data=data,
        prepare=prepare,
    )  # fmt: skip


def _run(method: str = "get") -> Row:
    own, foreign = _with(run=lambda scene: (scene.run.pk, scene.foreign_run.pk))
    return Row(
        DESK, own=own, foreign=foreign, missing=riverside_with(plan=NO_SUCH_UUID, run=NO_SUCH_UUID), method=method,
        prepare=published,
    )  # fmt: skip


def _hub(town: Cast) -> tuple[Hub, Hub]:
    return tuple(
        actions.save_hub(network, name="Pantry", lat=40.7, lon=-73.9, by=None, now=timezone.now())
        for network in (town.riverside, town.hillside)
    )  # type: ignore[return-value]


_MOVE_OWN, _MOVE_FOREIGN = _with(stop=lambda scene: (scene.stop.pk, scene.foreign_stop.pk))

DELIVERIES: dict[str, Row] = {
    "deliveries:plans": Row(DESK),
    "deliveries:new_plan": Row(DESK),
    "deliveries:compare": Row(DESK),
    "deliveries:plan": _plan(),
    "deliveries:progress": _plan(),
    "deliveries:again": _plan(published, "post"),  # refused in a sentence: no planner is started by looking who may
    "deliveries:stop": _plan(method="post"),
    "deliveries:happening": _plan(),
    "deliveries:check": _plan(method="post"),
    "deliveries:discard": _plan(method="post"),
    "deliveries:lock": Row(
        DESK, own=_with()[0], foreign=_with()[1], missing=riverside_with(plan=NO_SUCH_UUID), method="post",
        data={"run": "gone"}, prepare=draft,
    ),
    "deliveries:move": Row(
        DESK, own=_MOVE_OWN, foreign=_MOVE_FOREIGN, missing=riverside_with(plan=NO_SUCH_UUID, stop=1), prepare=draft
    ),
    "deliveries:unserved": _plan(),
    "deliveries:publish": _plan(),
    "deliveries:links": _plan(published),
    "deliveries:plan_run": _run(),
    "deliveries:drop": _run("post"),
    "deliveries:take_up": _run("post"),
    "deliveries:sheets": _plan(),
    "deliveries:labels": _plan(),
    "deliveries:table": _plan(),
    "deliveries:geojson": _plan(),
    "deliveries:hubs": Row(DESK),
    "deliveries:new_hub": Row(DESK),
    "deliveries:hub": Row(
        DESK, prepare=_hub, own=lambda town, scene: {"network": "riverside", "hub": scene[0].pk},
        foreign=lambda town, scene: {"network": "riverside", "hub": scene[1].pk}, missing=riverside_with(hub=NO_SUCH_UUID),
    ),
    "deliveries:my_runs": Row(MEMBERS),
    "deliveries:my_run": Row(
        frozenset({"hana"}), prepare=published,
        own=lambda town, scene: {"network": "riverside", "run": scene.run.pk},
        foreign=lambda town, scene: {"network": "riverside", "run": scene.foreign_run.pk},
        missing=riverside_with(run=NO_SUCH_UUID),
    ),
    # Whoever holds the link opens the run, signed in or not; once the run is over, nobody does.
    "deliveries:run": Row(
        EVERYONE, prepare=published, own=lambda town, scene: {"token": queries.run_token(scene.run)},
        missing=lambda town, scene: {"token": "a" * 26},
    ),
}  # fmt: skip
