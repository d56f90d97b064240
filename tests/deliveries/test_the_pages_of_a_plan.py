"""The desk makes, reads, changes and publishes plans on its pages, with or without JavaScript."""

import csv
import io
import json
import re

import pytest
from django.urls import reverse

from manyhands.deliveries import actions, planning, queries, settling
from manyhands.deliveries.models import Hub, Plan, Run, Stop
from manyhands.deliveries.states import PlanState
from manyhands.exchange import actions as exchange
from manyhands.exchange.models import Ask
from tests import cast
from tests.cast import NOW
from tests.deliveries.conftest import laid_out, worked_out

TONIGHT = {"day": "2026-06-04", "starts": "17:30", "ends": "20:30", "which": "all", "patience": "5"}


def address(plan, name="plan", *more):
    return reverse(f"deliveries:{name}", args=[plan.network.slug, plan.pk, *more])


def new(network="riverside"):
    return reverse("deliveries:new_plan", args=[network])


def test_a_plan_in_one_press(town, as_, clock, at_once):
    page = as_(town.dee).get(new())
    assert "1 ask is ready" in page.content.decode()
    sent = as_(town.dee).post(new(), TONIGHT | {"helper": [str(town.hana.pk), str(town.hugo.pk)]})
    plan = Plan.objects.get()
    assert sent.url == address(plan)
    assert plan.state == PlanState.DRAFT
    shown = as_(town.dee).get(sent.url).content.decode()
    assert "1 of 1 reach a door" in shown
    assert town.groceries.code in shown


def test_helpers_come_with_their_usual_hours_ticked_and_can_be_changed(town, as_, clock, at_once):
    town.hana.hours = [{"day": NOW.weekday(), "from": "18:00", "until": "22:00"}]
    town.hana.save()
    page = as_(town.dee).get(new()).content.decode()
    hana, hugo = (re.search(rf'value="{who.pk}" data-bulk-item( checked)?', page) for who in (town.hana, town.hugo))
    assert (hana[1], hugo[1]) == (" checked", None)
    assert f'name="{town.hana.pk}-since" value="18:00"' in page
    assert f'name="{town.hana.pk}-until" value="20:30"' in page
    as_(town.dee).post(
        new(),
        TONIGHT
        | {
            "helper": str(town.hana.pk),
            f"{town.hana.pk}-since": "18:30",
            f"{town.hana.pk}-until": "19:45",
            f"{town.hana.pk}-boxes": "7",
        },
    )
    run = Run.objects.get()
    here = town.riverside.zone
    assert [f"{moment.astimezone(here):%H:%M}" for moment in (run.available_from, run.available_until)] == [
        "18:30",
        "19:45",
    ]
    assert run.boxes == 7


def test_asking_who_is_free_another_day_shows_their_hours_then(town, as_, clock):
    friday = (NOW.weekday() + 1) % 7
    town.hana.hours = [{"day": friday, "from": "17:00", "until": "19:00"}]
    town.hana.save()
    page = as_(town.dee).post(new(), TONIGHT | {"day": "2026-06-05", "look": "yes"}).content.decode()
    assert f'name="{town.hana.pk}-until" value="19:00"' in page
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"helper": []}, "Tick at least one helper"),
        ({"day": "2026-06-31"}, "Enter a valid date"),
        ({"ends": "late"}, "Enter a valid time"),
        ({"day": "2026-06-01"}, "already over"),
        ({"patience": "100000"}, "Select a valid choice"),
    ],
)
def test_what_was_typed_wrong_is_said_and_nothing_is_lost(town, as_, clock, wrong, says):
    sent = TONIGHT | {"helper": [str(town.hana.pk)], f"{town.hana.pk}-since": "18:10"} | wrong
    page = as_(town.dee).post(new(), sent)
    assert page.status_code == 200
    assert says in page.content.decode()
    assert 'value="18:10"' in page.content.decode()
    assert not Plan.objects.exists()


def test_a_helpers_times_typed_wrong_name_the_helper(town, as_, clock):
    sent = TONIGHT | {"helper": [str(town.hana.pk)], f"{town.hana.pk}-since": "six", f"{town.hana.pk}-boxes": "-1"}
    page = as_(town.dee).post(new(), sent).content.decode()
    assert "Look at the times and boxes of Hana Helper again" in page
    assert not Plan.objects.exists()


def test_no_ask_for_that_time_is_said(town, as_, clock):
    exchange.withdraw_ask(town.groceries, by=town.dee, now=NOW)
    page = as_(town.dee).post(new(), TONIGHT | {"helper": str(town.hana.pk)}).content.decode()
    assert "No ask is ready for that time" in page


def test_only_the_asks_picked_at_the_desk_are_planned(town, as_, clock, at_once):
    one, other = cast.ask(town.riverside), cast.ask(town.riverside)
    page = as_(town.dee).get(new(), {"ask": [one.code, str(other.pk)]}).content.decode()
    assert "Only the 2 asks that were picked" in page
    as_(town.dee).post(
        new(), TONIGHT | {"which": "picked", "asks": f"{one.code} {other.code}", "helper": str(town.hugo.pk)}
    )
    assert set(Stop.objects.values_list("ask__code", flat=True)) == {one.code, other.code}


def test_an_ask_of_another_network_is_never_picked(town, as_, clock):
    page = as_(town.dee).get(new(), {"ask": [town.elsewhere.code, str(town.elsewhere.pk)]}).content.decode()
    assert "picked" not in page.split("Which asks")[1].split("Who helps")[0]


def test_the_page_follows_the_planner_and_offers_to_stop(town, as_, clock):
    plan = laid_out(town, [town.groceries])
    actions.note_progress(plan.pk, plan.attempt, now=NOW, progress=0.4, best=1)
    page = as_(town.dee).get(address(plan)).content.decode()
    assert "1 of 1 asks reach a door so far" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "<div data-done" not in page
    as_(town.dee).post(address(plan, "stop"))
    assert "the best found so far is kept" in as_(town.dee).get(address(plan, "progress")).content.decode()
    worked_out(plan)
    assert as_(town.dee).get(address(plan, "progress")).url == address(plan)


def test_a_dead_planner_is_noticed_and_can_be_started_again(town, as_, clock, at_once):
    plan = laid_out(town, [town.groceries])
    clock.forward(seconds=30)
    page = as_(town.dee).get(address(plan)).content.decode()
    assert "The planning stopped by itself" in page
    assert "<div data-done" in page
    as_(town.dee).post(address(plan, "again"))
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT


def test_a_planner_at_work_is_not_started_twice(town, as_, clock, at_once):
    plan = laid_out(town, [town.groceries])
    page = as_(town.dee).post(address(plan, "again"), follow=True).content.decode()
    assert "being planned right now" in page
    plan.refresh_from_db()
    assert plan.attempt == 1


def test_an_unserved_ask_stands_there_with_why_and_what_would_change_it(town, as_, clock):
    heavy = cast.ask(town.riverside)
    exchange.change_ask(heavy, by=town.dee, now=NOW, boxes=50)
    plan = worked_out(laid_out(town, [heavy, town.groceries]))
    page = as_(town.dee).get(address(plan)).content.decode()
    assert "It is 50 boxes; the most any helper who could go can carry is 20." in page
    assert "Find a helper who can carry 50 boxes" in page
    assert heavy.asking.asked_by.name not in page


def test_a_stop_is_moved_with_a_form_and_the_page_says_what_it_costs(evening, as_):
    ask, hugo = evening.asks[1], evening.run(evening.town.hugo)
    stop = evening.stop(ask)
    page = as_(evening.town.dee).get(address(evening.plan, "move", stop.pk)).content.decode()
    assert "Where it would fit" in page
    page = as_(evening.town.dee).post(
        address(evening.plan, "move", stop.pk), {"run": str(hugo.pk), "position": "1"}, follow=True
    )
    assert f"{ask.code} is now stop 1 of Hugo H." in page.content.decode()
    assert evening.stop(ask).run == hugo


def test_a_move_against_a_rule_about_people_is_asked_about_first(town, as_, clock):
    spanish = cast.ask(town.riverside)
    exchange.change_ask(spanish, by=town.dee, now=NOW, language="es")
    plan = worked_out(laid_out(town, [spanish]))
    stop, hugo = Stop.objects.get(plan=plan), Run.objects.get(plan=plan, helper=town.hugo)
    where = {"run": str(hugo.pk), "position": "1"}
    page = as_(town.dee).post(address(plan, "move", stop.pk), where)
    assert (page.status_code, "Spanish" in page.content.decode()) == (409, True)
    assert Stop.objects.get(plan=plan).run != hugo
    as_(town.dee).post(address(plan, "move", stop.pk), where | {"confirmed": "yes"})
    assert Stop.objects.get(plan=plan).run == hugo


@pytest.mark.parametrize("typed", [{"run": "nobody"}, {"run": "", "position": "0"}, {"position": "first"}])
def test_a_move_to_nowhere_is_refused_in_a_sentence(evening, as_, typed):
    stop = evening.stop(evening.asks[0])
    page = as_(evening.town.dee).post(address(evening.plan, "move", stop.pk), typed)
    assert page.status_code == 200
    assert "Please look at this again" in page.content.decode()


def test_stops_and_runs_are_locked_and_freed_by_the_same_button(evening, as_):
    stop = evening.stop(evening.asks[0])
    for locked in (True, False):
        as_(evening.town.dee).post(address(evening.plan, "lock"), {"stop": stop.pk})
        assert evening.stop(evening.asks[0]).is_locked is locked
    for locked in (True, False):
        as_(evening.town.dee).post(address(evening.plan, "lock"), {"run": str(stop.run_id)})
        assert Run.objects.get(pk=stop.run_id).is_locked is locked


def test_planning_again_says_how_it_compares(evening, as_, at_once):
    exchange.withdraw_ask(evening.asks[3], by=evening.town.dee, now=NOW)
    page = as_(evening.town.dee).post(address(evening.plan, "again"), follow=True).content.decode()
    assert "3 of 3 reach a door" in page
    assert "before, it was 4" in page
    assert "1 ask was taken or closed meanwhile" in page


def test_a_broken_promise_must_be_waved_through_before_publishing(evening, as_):
    late = evening.town.groceries
    exchange.change_ask(late, by=evening.town.dee, now=NOW, wanted_until=NOW.replace(hour=17, minute=36))
    settling.move_stop(evening.stop(late), run=evening.run(evening.town.hana), position=9, by=evening.town.dee, now=NOW)
    page = as_(evening.town.dee).get(address(evening.plan, "publish")).content.decode()
    assert "too late at ask" in page
    page = as_(evening.town.dee).post(address(evening.plan, "publish")).content.decode()
    assert "This breaks a promise" in page
    assert evening.again().state == PlanState.DRAFT
    as_(evening.town.dee).post(address(evening.plan, "publish"), {"confirmed": "yes"})
    assert evening.again().state == PlanState.PUBLISHED


def test_a_stop_that_lost_its_place_meanwhile_is_given_to_nobody(evening, as_):
    ask = evening.asks[0]
    ask.place.lat = ask.place.lon = None
    ask.place.save()
    as_(evening.town.dee).post(address(evening.plan, "publish"), {"confirmed": "yes"})
    stop = evening.stop(ask)
    assert (stop.run, stop.claim, stop.reason["code"]) == (None, None, "no_place")
    assert Stop.objects.filter(plan=evening.plan, claim__isnull=False).count() == 3


def test_what_no_word_makes_possible_is_not_published(evening, as_, monkeypatch):
    impossible = planning.routing.Reason(planning.routing.Breach.NOT_ALLOWED, {"helper": "x", "ask": "y"})
    monkeypatch.setattr(settling.routing, "breaks", lambda *_args: (impossible,))
    page = as_(evening.town.dee).get(address(evening.plan, "publish")).content.decode()
    assert "published as it is" in page
    as_(evening.town.dee).post(address(evening.plan, "publish"), {"confirmed": "yes"})
    assert evening.again().state == PlanState.DRAFT


def test_a_plan_whose_time_is_over_is_not_published(evening, as_, clock):
    clock.now = NOW.replace(hour=21)
    page = as_(evening.town.dee).get(address(evening.plan, "publish"), follow=True).content.decode()
    assert "already over" in page
    assert evening.again().state == PlanState.DRAFT


def test_publishing_gives_each_ask_to_its_helper_and_shows_the_links_to_send(evening, as_):
    page = as_(evening.town.dee).post(address(evening.plan, "publish"), follow=True).content.decode()
    assert "4 asks are with their helpers now" in page
    runs = [run for run in queries.runs_in(evening.plan) if run.planned]
    for run in runs:
        assert reverse("deliveries:run", args=[queries.run_token(run)]) in page
    for ask in evening.asks:
        ask.refresh_from_db()
        assert ask.state == "claimed"


def test_an_ask_taken_meanwhile_is_left_out_and_named(evening, as_):
    taken = evening.asks[2]
    exchange.claim_ask(taken, helper=evening.town.hugo, by=None, now=NOW)
    page = as_(evening.town.dee).post(address(evening.plan, "publish"), follow=True).content.decode()
    assert f"{taken.code} is already taken" in page
    assert "3 asks are with their helpers now" in page
    assert evening.stop(taken).claim is None


def test_publishing_goes_past_the_cap_because_the_desk_knows(evening, as_):
    evening.town.riverside.claim_cap = 1
    evening.town.riverside.save()
    as_(evening.town.dee).post(address(evening.plan, "publish"))
    assert Stop.objects.filter(plan=evening.plan, claim__isnull=False).count() == 4


def test_a_discarded_plan_tells_nobody_anything(evening, as_):
    as_(evening.town.dee).post(address(evening.plan, "discard"))
    assert evening.again().state == PlanState.DISCARDED
    assert set(Ask.objects.filter(network=evening.town.riverside).values_list("state", flat=True)) == {"ready"}
    page = as_(evening.town.dee).get(address(evening.plan))
    assert "put aside" in page.content.decode()


def test_what_a_published_plan_did_not_reach_is_planned_anew(published, as_):
    run = published.stop(published.asks[0]).run
    left = queries.stops_of(run)
    actions.drop_run(run, by=published.town.dee, now=NOW)
    page = as_(published.town.dee).get(address(published.plan)).content.decode()
    assert f"?from={published.plan.pk}" in page
    page = as_(published.town.dee).get(new(), {"from": str(published.plan.pk)}).content.decode()
    assert re.search(rf"Only the {len(left)} asks? that (was|were) picked", page)


def test_papers_hold_doors_and_labels_hold_none(evening, as_):
    page = as_(evening.town.dee).get(address(evening.plan, "sheets")).content.decode()
    assert "3rd floor, bell 3B" in page
    assert "(718) 555-0123" in page
    page = as_(evening.town.dee).get(address(evening.plan, "labels")).content.decode()
    assert page.count('class="label"') == sum(ask.boxes for ask in evening.asks)
    assert "Elm Street" not in page
    assert "Nia" not in page


def test_the_table_and_the_map_can_be_taken_along(evening, as_):
    evening.town.groceries.place.text = "=HYPERLINK(1)"
    evening.town.groceries.place.save()
    answer = as_(evening.town.dee).get(address(evening.plan, "table"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["code"] for row in rows} == {ask.code for ask in evening.asks}
    assert {row["place"] for row in rows} >= {"'=HYPERLINK(1)"}
    assert "555" not in answer.content.decode()
    found = json.loads(as_(evening.town.dee).get(address(evening.plan, "geojson")).content)
    kinds = [feature["geometry"]["type"] for feature in found["features"]]
    assert kinds.count("Point") == 4
    assert kinds.count("LineString") == len({row["run"] for row in rows if row["run"]})


def test_hubs_are_added_changed_and_chosen(town, as_, clock, at_once):
    hubs = reverse("deliveries:new_hub", args=["riverside"])
    typed = {"name": "Pantry", "place_text": "Pine and 2nd", "lat": "40.705", "lon": "-73.945", "loading_minutes": "10"}
    page = as_(town.dee).post(hubs, typed | {"opens": "18:00"})
    assert "or neither" in page.content.decode()
    as_(town.dee).post(hubs, typed | {"is_used": "on"})
    hub = Hub.objects.get()
    page = as_(town.dee).post(hubs, typed)
    assert "already a hub called" in page.content.decode()
    as_(town.dee).post(new(), TONIGHT | {"helper": str(town.hugo.pk), "hub": str(hub.pk)})
    assert Run.objects.get().hub == hub
    as_(town.dee).post(
        reverse("deliveries:hub", args=["riverside", hub.pk]), typed | {"name": "Hall", "loading_minutes": "5"}
    )
    hub.refresh_from_db()
    assert (hub.name, hub.loading_minutes, hub.is_used) == ("Hall", 5, False)
    assert "Hall" in as_(town.dee).get(reverse("deliveries:hubs", args=["riverside"])).content.decode()


def _a_large_plan(town):
    network = town.riverside
    asks = [
        cast.ask(network, lat=40.70 + (step % 23) / 1000, lon=-73.95 + (step // 23) / 1000, words=f"Ask {step}")
        for step in range(500)
    ]
    helpers = [cast.helper(network, cast.person(f"H{number} Helper"), mode="car", boxes=50) for number in range(40)]
    plan = laid_out(town, asks, helpers)
    return plan, [
        planning.routing.Order(str(run.pk), tuple(ask.code for ask in asks[number::42]))
        for number, run in enumerate(queries.runs_in(plan))
    ]


def test_a_large_plan_is_still_a_light_page_with_few_questions(town, as_, clock, django_assert_max_num_queries):
    plan, orders = _a_large_plan(town)
    problem = planning.evening(plan, now=NOW).problem
    found = planning.routing.retime(problem, orders)
    actions.keep_plan(plan, found, broken=planning.routing.breaks(problem, found), now=NOW)
    client = as_(town.dee)
    for name, more in (
        ("plan", ()),
        ("unserved", ()),
        ("publish", ()),
        ("move", (Stop.objects.filter(plan=plan).first().pk,)),
    ):
        with django_assert_max_num_queries(17):
            page = client.get(address(plan, name, *more))
        assert page.status_code == 200
        assert len(page.content) < 46_000, (name, len(page.content))
    with django_assert_max_num_queries(17):
        page = client.get(new())
    assert len(page.content) < 46_000
    # 500 stops on paper are many sheets, but no more questions than one.
    for name in ("sheets", "labels"):
        with django_assert_max_num_queries(17):
            page = client.get(address(plan, name))
        assert len(page.content) < 46_000, (name, len(page.content))


def test_every_plan_is_on_the_list(evening, as_, django_assert_max_num_queries):
    client = as_(evening.town.dee)
    client.get(reverse("deliveries:plans", args=["riverside"]))  # the first page notes where one is signed in
    with django_assert_max_num_queries(10):
        page = client.get(reverse("deliveries:plans", args=["riverside"])).content.decode()
    assert address(evening.plan) in page
    assert "4 / 4" in page


def test_with_several_hubs_each_helper_can_load_at_another(town, as_, clock, at_once):
    hubs = [
        actions.save_hub(town.riverside, name=name, lat=40.705, lon=-73.945, by=None, now=NOW)
        for name in ("Hall", "Pantry")
    ]
    assert "Where Hana Helper loads" in as_(town.dee).get(new()).content.decode()
    typed = {"helper": [str(town.hana.pk), str(town.hugo.pk)], "hub": str(hubs[0].pk)}
    for helper in (town.hana, town.hugo):
        typed |= {f"{helper.pk}-since": "", f"{helper.pk}-hub": ""}
    as_(town.dee).post(new(), TONIGHT | typed | {f"{town.hugo.pk}-hub": str(hubs[1].pk)})
    assert dict(Run.objects.values_list("helper", "hub")) == {town.hana.pk: hubs[0].pk, town.hugo.pk: hubs[1].pk}


def test_a_plan_is_published_once(evening, as_):
    as_(evening.town.dee).post(address(evening.plan, "publish"))
    page = as_(evening.town.dee).post(address(evening.plan, "publish"), follow=True).content.decode()
    assert "can&#x27;t become" in page
    for name in ("again", "discard", "check"):
        page = as_(evening.town.dee).post(address(evening.plan, name), follow=True).content.decode()
        assert "notice--urgent" in page
    assert evening.again().state == PlanState.PUBLISHED


def test_an_ask_closed_at_the_desk_meanwhile_is_done_in_the_run(published, as_):
    ask = published.asks[0]
    exchange.close_ask(ask, state="met", by=published.town.dee, now=NOW)
    page = as_(published.town.dee).get(address(published.plan, "plan_run", published.stop(ask).run_id))
    assert ">met<" in page.content.decode()
