"""A dispatcher plans an evening: the machine works it out, every ask gets a time or a reason."""

import pytest

from manyhands.deliveries import actions, planning
from manyhands.deliveries.models import Plan, Run, Stop
from manyhands.deliveries.states import PlanState
from manyhands.exchange import actions as exchange
from manyhands.kernel.routing import Rounds
from manyhands.kit.refusals import Refused
from tests import cast
from tests.cast import NOW
from tests.deliveries.conftest import laid_out, worked_out


def test_every_ask_gets_a_helper_and_a_time_inside_what_was_wanted(evening):
    stops = Stop.objects.filter(plan=evening.plan)
    assert evening.plan.state == PlanState.DRAFT
    assert all(stop.run_id for stop in stops)
    groceries = evening.stop(evening.town.groceries)
    assert groceries.start_at >= evening.town.groceries.wanted_from
    assert groceries.leave_at <= evening.town.groceries.wanted_until
    assert evening.plan.summary["served"] == 4
    assert evening.plan.summary["broken"] == []


def test_nobody_is_sent_with_more_than_fits(town, clock):
    town.groceries.boxes = 30
    town.groceries.save()
    plan = worked_out(laid_out(town, [town.groceries]))
    stop = Stop.objects.get(plan=plan)
    assert stop.run is None
    assert stop.reason["code"] == "too_big"


def test_language_and_skill_are_hard_rules(town, clock):
    spanish = cast.ask(town.riverside, lat=40.70, lon=-73.95)
    exchange.change_ask(spanish, by=town.dee, now=NOW, language="es-MX")
    drive = cast.ask(town.riverside, "A ride", lat=40.70, lon=-73.95)
    plan = worked_out(laid_out(town, [spanish, drive]))
    assert Stop.objects.get(plan=plan, ask=spanish).run.helper == town.hana
    assert Stop.objects.get(plan=plan, ask=drive).run.helper == town.hugo


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"lat": None, "lon": None}, "no_place"),
        ({"wanted_until": NOW.replace(hour=9)}, "window_over"),
        ({"skill": "surgeon"}, "no_skill"),
        ({"lat": 41.3, "lon": -73.95}, "too_far"),
        ({"lat": 10.0, "lon": 10.0}, "place_doubtful"),
    ],
)
def test_an_ask_that_cannot_be_fitted_in_says_why(town, clock, what, code):
    odd = cast.ask(town.riverside, **what)
    plan = worked_out(laid_out(town, [odd, town.groceries]))
    stop = Stop.objects.get(plan=plan, ask=odd)
    assert (stop.run, stop.reason["code"]) == (None, code)
    assert Stop.objects.get(plan=plan, ask=town.groceries).run is not None


def test_an_evening_without_helpers_or_without_asks_still_ends_in_a_plan(town, clock):
    empty = worked_out(laid_out(town, [], []))
    assert (empty.state, empty.summary["served"]) == (PlanState.DRAFT, 0)
    nobody = worked_out(laid_out(town, [town.groceries], []))
    assert Stop.objects.get(plan=nobody).reason["code"] == "no_helpers"


def test_urgent_asks_come_first_when_there_is_too_little_help(town, clock):
    town.hugo.boxes = 2
    town.hugo.save()
    usual, urgent = (cast.ask(town.riverside, is_urgent=urgent) for urgent in (False, True))
    plan = worked_out(laid_out(town, [usual, urgent], [town.hugo]))
    assert Stop.objects.get(plan=plan, ask=urgent).run is not None
    assert Stop.objects.get(plan=plan, ask=usual).reason["code"].startswith("full")


def test_a_hub_is_loaded_at_first_and_only_while_it_is_open(town, clock):
    pantry = actions.save_hub(
        town.riverside, name="Pantry", place_text="Pine and 2nd", lat=40.705, lon=-73.945,
        opens=NOW.replace(hour=18).time(), closes=NOW.replace(hour=19).time(), loading_minutes=10, by=town.dee, now=NOW,
    )  # fmt: skip
    starts, ends = NOW.replace(hour=17, minute=30), NOW.replace(hour=20, minute=30)
    plan = actions.make_plan(
        network=town.riverside, asks=[town.groceries], starts_at=starts, ends_at=ends, by=town.dee, now=NOW,
        helpers=[actions.Availability(town.hugo, starts, ends, 20, pantry)],
    )  # fmt: skip
    worked_out(plan)
    run = Run.objects.get(plan=plan)
    assert NOW.replace(hour=18, minute=10) <= run.hub_leave_at <= NOW.replace(hour=19)
    assert Stop.objects.get(plan=plan).arrive_at > run.hub_leave_at


def test_the_same_seed_and_rounds_give_the_same_plan(town, clock):
    asks = [cast.ask(town.riverside, lat=40.70 + step / 400, lon=-73.95 + step % 3 / 300) for step in range(8)]
    found = []
    for _time in range(2):
        plan = worked_out(laid_out(town, asks))
        found.append(list(Stop.objects.filter(plan=plan).order_by("ask__code").values_list("run__number", "position")))
    assert found[0] == found[1]


def test_only_a_dispatcher_plans_and_only_with_what_is_of_this_network(town, clock):
    with pytest.raises(Refused, match="Only a dispatcher"):
        actions.make_plan(
            network=town.riverside, asks=[], helpers=[], starts_at=NOW, ends_at=NOW.replace(hour=20),
            by=town.hana.membership.person, now=NOW,
        )  # fmt: skip
    with pytest.raises(Refused, match="of this network"):
        laid_out(town, [town.elsewhere])
    with pytest.raises(Refused, match="of this network"):
        laid_out(town, [town.groceries], [town.ola])


def test_a_time_that_is_over_cannot_be_planned(town, clock):
    with pytest.raises(Refused, match="already over"):
        actions.make_plan(
            network=town.riverside, asks=[], helpers=[], starts_at=NOW.replace(hour=8), ends_at=NOW.replace(hour=9),
            by=town.dee, now=NOW,
        )  # fmt: skip


def test_planning_again_leaves_out_what_was_taken_meanwhile(evening):
    exchange.claim_ask(evening.town.groceries, helper=evening.town.hugo, by=None, now=NOW)
    plan = worked_out(actions.plan_again(evening.plan, by=evening.town.dee, now=NOW))
    assert not Stop.objects.filter(plan=plan, ask=evening.town.groceries).exists()
    assert (plan.summary["gone"], plan.summary["asks"], plan.summary["before"]["served"]) == (1, 3, 4)


def test_an_older_planner_that_comes_late_is_not_listened_to(evening):
    old = Plan.objects.select_related("network").get(pk=evening.plan.pk)
    actions.plan_again(evening.plan, by=evening.town.dee, now=NOW)
    found = planning.evening(old, now=NOW)
    assert actions.keep_plan(old, found.former, broken=(), now=NOW) is False
    assert evening.again().state == PlanState.WORKING


def test_a_planner_that_fails_says_so_and_can_be_started_again(town, clock, monkeypatch):
    plan = laid_out(town, [town.groceries])

    def breaks(*_args, **_kwargs):
        raise RuntimeError("out of memory")

    with monkeypatch.context() as broken:
        broken.setattr(planning.routing, "solve", breaks)
        with pytest.raises(RuntimeError):
            planning.work(plan.pk, until=Rounds(5), alone=False, now=lambda: NOW)
    plan.refresh_from_db()
    assert plan.state == PlanState.FAILED
    assert worked_out(actions.plan_again(plan, by=town.dee, now=NOW)).state == PlanState.DRAFT


def test_a_planner_asked_to_stop_keeps_the_best_so_far(town, clock):
    plan = laid_out(town, [town.groceries])
    actions.stop_planning(plan, by=town.dee, now=NOW)
    plan.refresh_from_db()
    assert actions.note_progress(plan.pk, plan.attempt, now=NOW) is True
    assert worked_out(plan).summary["served"] == 1


def test_planning_a_plan_that_is_not_waiting_does_nothing(evening):
    assert planning.work(evening.plan.pk, until=Rounds(5), alone=False, now=lambda: NOW) is False


def test_a_hub_of_another_network_is_not_planned_with(town):
    theirs = actions.save_hub(town.hillside, name="Their hall", lat=40.7, lon=-73.95, by=town.otto, now=NOW)
    starts, ends = NOW.replace(hour=17), NOW.replace(hour=20)
    with pytest.raises(Refused):
        actions.make_plan(
            network=town.riverside, asks=[town.groceries], starts_at=starts, ends_at=ends, by=town.dee, now=NOW,
            helpers=[actions.Availability(town.hana, starts, ends, 4, theirs)],
        )  # fmt: skip
