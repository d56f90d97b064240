"""A helper opens their run by its link, marks each stop, and hands it back if they must."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from manyhands.deliveries import actions, queries
from manyhands.deliveries.models import Run, Stop
from manyhands.deliveries.states import RunState
from manyhands.exchange import actions as exchange
from manyhands.exchange.states import Outcome
from manyhands.journal import queries as journal
from manyhands.kit.refusals import Refused
from manyhands.networks import actions as networks
from tests.cast import NOW


@pytest.fixture
def riding(published):
    """Everything in one run: the one that has the groceries, with its link."""
    run = published.run(published.stop(published.town.groceries).run.helper)
    published.ridden = run
    published.link = reverse("deliveries:run", args=[queries.run_token(run)])
    return published


def fresh(run: Run) -> Run:
    return Run.objects.select_related("helper__membership__person", "network", "plan").get(pk=run.pk)


def stops(run: Run) -> list[Stop]:
    return queries.stops_of(run)


def test_the_link_opens_the_run_without_signing_in(riding, client):
    answer = client.get(riding.link)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "412 Elm Street" in page
    assert "3rd floor, bell 3B" in page
    assert 'href="tel:+17185550123"' in page
    assert 'href="geo:40.703100,-73.951200' in page
    positions = [int(found) for found in re.findall(r"<h2>(\d+) ·", page)]
    assert positions == sorted(positions)
    assert len(positions) == len(stops(riding.ridden))


@pytest.mark.parametrize("token", ["nothing", "a" * 26, "A" * 400])
def test_a_wrong_link_is_not_there(riding, client, token):
    assert client.get(reverse("deliveries:run", args=[token])).status_code == 404


def test_a_stop_is_marked_and_its_door_disappears(riding, client):
    stop = stops(riding.ridden)[0]
    client.post(riding.link, {"stop": stop.pk, "outcome": Outcome.HANDED_OVER})
    stop.refresh_from_db()
    stop.ask.refresh_from_db()
    assert (stop.outcome, stop.marked_at, stop.ask.state) == (Outcome.HANDED_OVER, NOW, "met")
    assert fresh(riding.ridden).state == RunState.UNDER_WAY
    page = client.get(riding.link).content.decode()
    assert "Handed over" in page
    if len(stops(riding.ridden)) == 1:
        assert "bell 3B" not in page


def test_a_thumb_on_the_wrong_button_is_undone(riding, client):
    stop = stops(riding.ridden)[0]
    client.post(riding.link, {"stop": stop.pk, "outcome": Outcome.NOT_HOME, "note": "Dog barked"})
    client.post(riding.link, {"stop": stop.pk, "do": "undo"})
    again = stops(riding.ridden)[0]
    assert (again.is_to_do, again.outcome, again.ask.tries) == (True, "", 0)
    assert again.is_on_the_way


@pytest.mark.parametrize(("outcome", "state"), [("left_at_door", "met"), ("partly", "partly_met"), ("not_home", "ready"), ("not_wanted", "withdrawn")])  # fmt: skip
def test_how_it_went_is_what_becomes_of_the_ask(riding, client, outcome, state):
    stop = stops(riding.ridden)[0]
    client.post(riding.link, {"stop": stop.pk, "outcome": outcome})
    stop.ask.refresh_from_db()
    assert stop.ask.state == state


def test_setting_out_shows_on_every_ask(riding, client):
    client.post(riding.link, {"do": "set_out"})
    assert {stop.ask.state for stop in stops(riding.ridden)} == {"on_the_way"}
    assert fresh(riding.ridden).set_out_at == NOW


@pytest.mark.parametrize("pressed", [{"outcome": "flown"}, {}, {"do": "undo"}, {"do": "hand_back", "stop": "12x"}])
def test_nonsense_is_refused_in_a_sentence_and_changes_nothing(riding, client, pressed):
    stop = stops(riding.ridden)[0]
    answer = client.post(riding.link, {"stop": stop.pk} | pressed, follow=True)
    assert answer.status_code == 200
    assert "notice--urgent" in answer.content.decode()
    assert stops(riding.ridden)[0].is_to_do


def test_a_stop_of_another_run_cannot_be_marked_through_this_one(riding, client):
    other = Stop.objects.exclude(run=riding.ridden).filter(claim__isnull=False).first()
    if other is None:  # the planner may put everything in one run: then make another
        foreign = riding.town.elsewhere
        exchange.make_ready(foreign, by=None, now=NOW) if foreign.state == "new" else None
        other_pk = Stop.objects.create(plan=riding.plan, ask=foreign).pk
    else:
        other_pk = other.pk
    page = client.post(riding.link, {"stop": other_pk, "outcome": "handed_over"}, follow=True).content.decode()
    assert "not in this run any more" in page


def test_the_run_is_closed_once_all_is_done_and_the_link_dies(riding, client):
    page = client.post(riding.link, {"do": "finish"}, follow=True).content.decode()
    assert "There are stops left" in page
    for stop in stops(riding.ridden):
        client.post(riding.link, {"stop": stop.pk, "outcome": "handed_over"})
    assert "All done" in client.get(riding.link).content.decode()
    closed = client.post(riding.link, {"do": "finish"})
    assert "Thank you" in closed.content.decode()
    assert client.get(riding.link).status_code == 404
    assert client.post(riding.link, {"do": "set_out"}).status_code == 404
    assert fresh(riding.ridden).state == RunState.FINISHED


def test_the_link_dies_three_hours_after_the_run_was_to_end(riding, client, clock):
    clock.now = riding.ridden.finish_at + timedelta(hours=2, minutes=59)
    assert client.get(riding.link).status_code == 200
    clock.forward(minutes=2)
    assert client.get(riding.link).status_code == 404


def test_the_link_dies_with_the_membership(riding, client):
    member = riding.ridden.helper.membership
    networks.move(member, standing="paused", by=member.person, now=NOW)
    assert client.get(riding.link).status_code == 404


def test_handing_everything_back_and_taking_it_up_again(riding, client):
    codes = sorted(stop.ask.code for stop in stops(riding.ridden))
    page = client.post(riding.link, {"do": "drop"}, follow=True).content.decode()
    assert "You handed your stops back" in page
    assert "bell 3B" not in page
    assert {stop.ask.state for stop in stops(riding.ridden)} == {"ready"}
    assert fresh(riding.ridden).state == RunState.DROPPED
    client.post(riding.link, {"do": "take_up"})
    assert sorted(stop.ask.code for stop in stops(riding.ridden) if stop.is_to_do) == codes
    assert fresh(riding.ridden).state == RunState.READY


def test_undo_says_which_stops_someone_else_has_taken(riding, as_):
    dee = riding.town.dee
    other = riding.town.hugo if riding.ridden.helper == riding.town.hana else riding.town.hana
    taken = stops(riding.ridden)[0].ask
    actions.drop_run(riding.ridden, by=dee, now=NOW)
    exchange.claim_ask(taken, helper=other, by=None, now=NOW)
    where = reverse("deliveries:take_up", args=["riverside", riding.plan.pk, riding.ridden.pk])
    page = as_(dee).post(where, follow=True).content.decode()
    assert f"These have moved on meanwhile and stay out: {taken.code}." in page
    assert all(stop.is_to_do for stop in stops(riding.ridden) if stop.ask != taken)


def test_ten_minutes_later_there_is_nothing_to_undo(riding, client, clock):
    client.post(riding.link, {"do": "drop"})
    clock.forward(minutes=11)
    assert client.post(riding.link, {"do": "take_up"}).status_code == 404
    with pytest.raises(Refused, match="too long ago"):
        actions.take_run_up_again(riding.ridden, by=riding.town.dee, now=clock.now)


def test_what_was_done_before_dropping_out_stays_done(riding, client):
    first, *rest = stops(riding.ridden)
    client.post(riding.link, {"stop": first.pk, "outcome": "handed_over"})
    client.post(riding.link, {"do": "drop"})
    client.post(riding.link, {"do": "take_up"})
    now_first, *now_rest = stops(riding.ridden)
    assert now_first.is_done
    assert fresh(riding.ridden).state == RunState.UNDER_WAY
    assert all(stop.is_on_the_way for stop in now_rest)
    assert len(now_rest) == len(rest)


def test_the_desk_puts_the_stops_back_when_someone_does_not_come(riding, as_):
    dee = riding.town.dee
    where = reverse("deliveries:drop", args=["riverside", riding.plan.pk, riding.ridden.pk])
    page = as_(dee).post(where, follow=True).content.decode()
    assert "You can undo this for ten minutes" in page
    assert {stop.ask.state for stop in stops(riding.ridden)} == {"ready"}


def test_one_stop_is_handed_back_and_the_others_stay(riding, client):
    first, *rest = stops(riding.ridden)
    client.post(riding.link, {"stop": first.pk, "do": "hand_back"})
    first.ask.refresh_from_db()
    assert first.ask.state == "ready"
    assert [stop.pk for stop in stops(riding.ridden) if stop.is_to_do] == [stop.pk for stop in rest]
    assert first.ask.code not in client.get(riding.link).content.decode().split("<ol")[1]


def test_an_ask_withdrawn_meanwhile_is_gone_from_the_run(riding, client):
    exchange.withdraw_ask(riding.town.groceries, by=riding.town.nia, now=NOW)
    page = client.get(riding.link).content.decode().split("<ol")[1]
    assert riding.town.groceries.code not in page


def test_signed_in_a_helper_finds_their_runs_and_nobody_elses(riding, as_, client):
    helper = riding.ridden.helper
    other = riding.town.hugo if helper == riding.town.hana else riding.town.hana
    here = reverse("deliveries:my_run", args=["riverside", riding.ridden.pk])
    mine = reverse("deliveries:my_runs", args=["riverside"])
    assert here in as_(helper).get(mine).content.decode()
    assert "bell 3B" in as_(helper).get(here).content.decode()
    as_(helper).post(here, {"do": "set_out"})
    assert fresh(riding.ridden).state == RunState.UNDER_WAY
    assert here not in as_(other).get(mine).content.decode()
    assert as_(other).get(here).status_code == 404
    assert as_(None).get(here).status_code == 404


def test_the_rules_say_no_to_anyone_else(riding):
    stop = stops(riding.ridden)[0]
    for who in (riding.town.eve, riding.town.otto):
        with pytest.raises(Refused, match="Only the helper whose run this is"):
            actions.mark_stop(riding.ridden, stop, outcome="handed_over", by=who, now=NOW)
        with pytest.raises(Refused, match="Only the helper whose run this is"):
            actions.drop_run(riding.ridden, by=who, now=NOW)


def test_the_front_desk_sees_what_is_on_the_road_and_what_is_late(riding, clock, django_assert_num_queries):
    town = riding.town
    with django_assert_num_queries(2):
        before = queries.tonight(town.riverside, now=NOW)
    assert (before.stops_left, before.stops_done, before.late, before.under_way) == (4, 0, (), 0)
    first = stops(riding.ridden)[0]
    actions.mark_stop(riding.ridden, first, outcome="handed_over", by=None, now=NOW)
    after = queries.tonight(town.riverside, now=NOW.replace(hour=22))
    assert (after.stops_left, after.stops_done, len(after.late), after.under_way) == (3, 1, 3, 1)
    assert queries.tonight(town.hillside, now=NOW).runs == ()


def test_the_journal_tells_what_happened_to_the_run(riding, client):
    for pressed in ("set_out", "drop", "take_up"):
        client.post(riding.link, {"do": pressed})
    verbs = [entry.verb for entry in journal.about(riding.ridden)]
    assert verbs == ["run.set_out", "run.dropped", "run.taken_up_again"]
    assert {"plan.made", "plan.planned", "plan.published"} <= {entry.verb for entry in journal.about(riding.plan)}


def test_the_run_page_asks_few_questions_and_is_light(riding, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        page = client.get(riding.link)
    assert len(page.content) < 60_000


def test_a_run_behind_its_link_stays_out_of_search_engines(riding, client):
    assert "noindex" in client.get(riding.link)["X-Robots-Tag"]


def test_a_sign_no_database_keeps_does_not_stop_a_note(riding, client):
    stop = stops(riding.ridden)[0]
    client.post(riding.link, {"stop": stop.pk, "outcome": Outcome.NOT_HOME, "note": "bell\x00broken"})
    stop.ask.refresh_from_db()
    assert "bellbroken" in stop.ask.notes


def test_whoever_leaves_the_network_leaves_their_stops_to_others_and_the_link_dies(riding, client):
    helper = riding.ridden.helper
    held = [stop.ask for stop in stops(riding.ridden) if stop.is_to_do]
    networks.move(helper.membership, standing="left", by=riding.town.sol, now=NOW)
    assert client.get(riding.link).status_code == 404
    for ask in held:
        ask.refresh_from_db()
        assert ask.state == "ready"
