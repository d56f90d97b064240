"""Whatever people enter, the plan holds, everyone left out has a reason, and nothing raises."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from manyhands.kernel.routing import Code, Order, Rounds, breaks, check, explain, price_of_move, retime, solve

from .evenings import odd_evenings

patient = settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck), phases=[Phase.generate])


@patient
@given(odd_evenings(), st.integers(0, 3))
def test_a_plan_of_an_odd_evening_holds(problem, seed):
    plan = solve(problem, until=Rounds(25), seed=seed)
    assert check(problem, plan) == []
    assert breaks(problem, plan) == ()
    for left in plan.unserved:
        assert left.reason.sentence()
        assert "%(" not in left.reason.sentence() + left.reason.change()
        assert explain(problem, plan, left.stop_id).code == left.reason.code
        assert left.reason.code != Code.ROOM_LEFT


@patient
@given(odd_evenings(), st.data())
def test_any_order_can_be_timed_and_what_breaks_is_what_the_check_finds(problem, data):
    ids = [s.id for s in problem.stops]
    orders = []
    for helper in problem.helpers:
        mine = data.draw(st.lists(st.sampled_from(ids), unique=True)) if ids else []
        ids = [i for i in ids if i not in mine]
        orders.append(Order(helper.id, tuple(mine), data.draw(st.integers(0, 1))))
    plan = retime(problem, orders)
    broken = breaks(problem, plan)
    assert bool(broken) == bool(check(problem, plan))
    for reason in broken:
        assert "%(" not in reason.sentence()


@patient
@given(odd_evenings(), st.data())
def test_any_move_gets_an_answer(problem, data):
    plan = solve(problem, until=Rounds(5))
    ask = data.draw(st.sampled_from([*(s.id for s in problem.stops), "stranger"]))
    helper = data.draw(st.sampled_from([*(h.id for h in problem.helpers), "stranger", None]))
    move = price_of_move(problem, plan, ask, helper, data.draw(st.integers(0, 9)))
    if not move.breaks:
        assert check(problem, move.plan) == []
        assert move.added_metres == move.plan.metres - plan.metres
        assert (ask in move.plan.run_of) == (helper is not None)
    for reason in move.breaks:
        assert "%(" not in reason.sentence()


@patient
@given(odd_evenings(), odd_evenings())
def test_a_former_plan_of_quite_another_evening_does_no_harm(problem, other):
    former = solve(other, until=Rounds(5))
    plan = solve(problem, until=Rounds(5), start_plan=former)
    assert check(problem, plan) == []
