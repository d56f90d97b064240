"""A dispatcher moves and locks stops, and plans again without disturbing them."""

import pytest

from manyhands.deliveries import actions, planning, queries, settling
from manyhands.deliveries.models import Run, Stop
from manyhands.exchange import actions as exchange
from manyhands.kit.refusals import Refused
from tests import cast
from tests.cast import NOW
from tests.deliveries.conftest import laid_out, worked_out


def order_of(run):
    return list(Stop.objects.filter(run=run).order_by("position").values_list("ask__code", flat=True))


def test_a_moved_stop_goes_where_it_was_put_and_the_others_close_up(evening):
    hana, hugo = evening.run(evening.town.hana), evening.run(evening.town.hugo)
    for ask in evening.asks:
        settling.move_stop(evening.stop(ask), run=hugo, position=1, by=evening.town.dee, now=NOW)
    assert order_of(hugo) == [ask.code for ask in reversed(evening.asks)]
    move = settling.move_stop(evening.stop(evening.asks[0]), run=hana, position=1, by=evening.town.dee, now=NOW)
    assert order_of(hana) == [evening.asks[0].code]
    assert order_of(hugo) == [ask.code for ask in reversed(evening.asks[1:])]
    assert list(Stop.objects.filter(run=hugo).order_by("position").values_list("position", flat=True)) == [1, 2, 3]
    assert move.breaks == ()


def test_what_was_moved_by_hand_stays_when_planned_again(evening):
    hana, hugo = evening.run(evening.town.hana), evening.run(evening.town.hugo)
    asks = evening.asks
    settling.move_stop(evening.stop(asks[1]), run=hana, position=1, by=evening.town.dee, now=NOW)
    settling.move_stop(evening.stop(asks[2]), run=hugo, position=1, by=evening.town.dee, now=NOW)
    worked_out(actions.plan_again(evening.plan, by=evening.town.dee, now=NOW))
    assert evening.stop(asks[1]).run == hana
    assert evening.stop(asks[2]).run == hugo
    assert evening.stop(asks[1]).is_locked


def test_a_locked_run_gets_nothing_added_and_nothing_taken_away(evening):
    hugo = evening.run(evening.town.hugo)
    for ask in evening.asks[:2]:
        settling.move_stop(evening.stop(ask), run=hugo, position=1, by=evening.town.dee, now=NOW)
        actions.set_lock(evening.plan, evening.stop(ask), is_locked=False, by=evening.town.dee, now=NOW)
    for ask in evening.asks[2:]:
        if evening.stop(ask).run == hugo:
            settling.move_stop(evening.stop(ask), run=None, position=1, by=evening.town.dee, now=NOW)
    actions.set_lock(evening.plan, hugo, is_locked=True, by=evening.town.dee, now=NOW)
    before = order_of(hugo)
    worked_out(actions.plan_again(evening.plan, by=evening.town.dee, now=NOW))
    assert order_of(hugo) == before == [evening.asks[1].code, evening.asks[0].code]


def test_a_stop_taken_out_of_its_run_has_a_reason(evening):
    ask = evening.asks[1]
    settling.move_stop(evening.stop(ask), run=None, position=1, by=evening.town.dee, now=NOW)
    stop = evening.stop(ask)
    assert (stop.run, stop.position, stop.arrive_at) == (None, None, None)
    assert stop.reason["code"] == "room_left"
    assert evening.again().summary["served"] == 3


def test_a_move_that_comes_too_late_is_made_and_told(evening):
    late = evening.town.groceries
    exchange.change_ask(late, by=evening.town.dee, now=NOW, wanted_until=NOW.replace(hour=17, minute=36))
    hana = evening.run(evening.town.hana)
    move = settling.move_stop(evening.stop(late), run=hana, position=3, by=evening.town.dee, now=NOW)
    assert "late" in {str(reason.code) for reason in move.breaks}
    assert evening.stop(late).late_minutes > 0
    assert "late" in {kept["code"] for kept in evening.again().summary["broken"]}


def test_a_move_against_skill_or_language_has_to_be_confirmed(town, clock):
    spanish = cast.ask(town.riverside)
    exchange.change_ask(spanish, by=town.dee, now=NOW, language="es")
    plan = worked_out(laid_out(town, [spanish]))
    stop = queries.stop_in(plan, Stop.objects.get(plan=plan).pk)
    hugo = Run.objects.get(plan=plan, helper=town.hugo)
    with pytest.raises(Refused, match="breaks a promise"):
        settling.move_stop(stop, run=hugo, position=1, by=town.dee, now=NOW)
    settling.move_stop(stop, run=hugo, position=1, confirmed=True, by=town.dee, now=NOW)
    assert Stop.objects.get(plan=plan).run == hugo


def test_an_ask_without_a_place_cannot_be_put_in_a_run(town, clock):
    nowhere = cast.ask(town.riverside, lat=None, lon=None)
    plan = worked_out(laid_out(town, [nowhere, town.groceries]))
    stop = queries.stop_in(plan, Stop.objects.get(plan=plan, ask=nowhere).pk)
    with pytest.raises(Refused, match="no place on the map"):
        settling.move_stop(stop, run=Run.objects.filter(plan=plan).first(), position=1, by=town.dee, now=NOW)


def test_nothing_is_moved_while_it_is_being_planned_or_once_it_is_published(published):
    stop = published.stop(published.asks[0])
    with pytest.raises(Refused, match="can't be changed any more"):
        settling.move_stop(stop, run=None, position=1, by=published.town.dee, now=NOW)


def test_the_desk_sees_where_else_a_stop_would_fit(evening):
    stop = evening.stop(evening.asks[1])
    rooms = settling.rooms_for(planning.evening(evening.plan, now=NOW), stop)
    assert rooms
    assert all(room.run.pk != stop.run_id for room in rooms)
    assert [room.added_minutes for room in rooms] == sorted(room.added_minutes for room in rooms)
