"""Someone drops out of a plan, something comes in: the desk sees what would change before it does."""

import html
import re

import pytest
from django.urls import reverse

from manyhands.deliveries import otherwise, planning, queries
from manyhands.deliveries.models import Run, Stop
from manyhands.exchange.models import Ask
from tests import cast
from tests.cast import NOW
from tests.deliveries.conftest import laid_out, worked_out


def address(plan, name="happening"):
    return reverse(f"deliveries:{name}", args=[plan.network.slug, plan.pk])


def marked(page):
    return re.search(r'name="mark" value="([\w.]+)"', page.content.decode())[1]


def test_someone_drops_out_and_it_is_seen_before_it_is_so(evening, as_):
    dee, plan = evening.town.dee, evening.plan
    run = Run.objects.filter(plan=plan, stops__isnull=False).first()
    before = list(Stop.objects.filter(plan=plan).values_list("ask__code", "run_id", "position"))
    page = as_(dee).get(address(plan), {"run": str(run.pk)})
    shown = page.content.decode()
    assert "What would change" in shown
    assert "The two side by side" in shown
    for stop in run.stops.all():
        assert stop.ask.code in shown
    assert list(Stop.objects.filter(plan=plan).values_list("ask__code", "run_id", "position")) == before

    sent = as_(dee).post(address(plan), {"run": str(run.pk), "mark": marked(page)})
    assert sent.url == address(plan, "plan")
    assert not Run.objects.filter(pk=run.pk).exists()
    assert Stop.objects.filter(plan=plan).count() == len(before)
    assert all(stop.run_id or stop.reason for stop in queries.stops_in(plan))


def test_an_ask_that_came_in_gets_a_run_or_a_reason(evening, as_):
    dee, plan = evening.town.dee, evening.plan
    late = cast.ask(evening.town.riverside, lat=40.7035, lon=-73.9515, name="Nia 9", now=NOW)
    assert late.code in as_(dee).get(address(plan)).content.decode()
    page = as_(dee).get(address(plan), {"ask": late.code})
    assert "new in a run" in page.content.decode()
    as_(dee).post(address(plan), {"ask": late.code, "mark": marked(page)})
    assert Stop.objects.get(plan=plan, ask=late).run is not None
    assert late.code not in re.sub(r"(?s)<header.*?</header>", "", as_(dee).get(address(plan)).content.decode())


@pytest.mark.parametrize("mark", ["", "somethingelse", "1.2", "99999999999.2", "²⁰.1"])
def test_what_was_not_shown_is_not_done_but_shown(evening, as_, mark):
    dee, plan = evening.town.dee, evening.plan
    run = Run.objects.filter(plan=plan, stops__isnull=False).first()
    answer = as_(dee).post(address(plan), {"run": str(run.pk), "mark": mark})
    again = answer.content.decode()
    assert answer.status_code == 409
    assert "Things have moved meanwhile" in again
    assert "What would change" in again
    assert Run.objects.filter(pk=run.pk).exists()


def test_what_was_shown_holds_though_the_evening_has_begun(evening, as_, clock):
    dee, plan = evening.town.dee, evening.plan
    clock.now = NOW.replace(hour=17, minute=40)
    run = Run.objects.filter(plan=plan, stops__isnull=False).first()
    page = as_(dee).get(address(plan), {"run": str(run.pk)})
    clock.forward(minutes=7)
    assert marked(as_(dee).get(address(plan), {"run": str(run.pk)})) != marked(page), "a begun evening goes on"
    assert as_(dee).post(address(plan), {"run": str(run.pk), "mark": marked(page)}).url == address(plan, "plan")
    assert not Run.objects.filter(pk=run.pk).exists()


def test_what_was_shown_half_an_hour_ago_is_shown_again(evening, as_, clock):
    dee, plan = evening.town.dee, evening.plan
    run = Run.objects.filter(plan=plan, stops__isnull=False).first()
    page = as_(dee).get(address(plan), {"run": str(run.pk)})
    clock.forward(minutes=31)
    answer = as_(dee).post(address(plan), {"run": str(run.pk), "mark": marked(page)})
    assert answer.status_code == 409
    assert Run.objects.filter(pk=run.pk).exists()


def test_a_plan_that_somebody_changed_while_it_was_worked_out_is_left_as_they_made_it(evening, as_, monkeypatch):
    dee, plan = evening.town.dee, evening.plan
    run = Run.objects.filter(plan=plan, stops__isnull=False).first()
    page = as_(dee).get(address(plan), {"run": str(run.pk)})
    looked = otherwise.look

    def and_someone_locks_a_stop(plan, **what):
        seen = looked(plan, **what)
        Stop.objects.filter(pk=Stop.objects.filter(plan=plan, run__isnull=False).first().pk).update(is_locked=True)
        return seen

    monkeypatch.setattr(otherwise, "look", and_someone_locks_a_stop)
    assert as_(dee).post(address(plan), {"run": str(run.pk), "mark": marked(page)}).status_code == 409
    assert Run.objects.filter(pk=run.pk).exists()


def test_an_ask_that_somebody_withdrew_while_it_was_worked_out_is_not_put_in(evening, as_, monkeypatch):
    dee, plan = evening.town.dee, evening.plan
    late = cast.ask(evening.town.riverside, lat=40.7035, lon=-73.9515, name="Nia 9", now=NOW)
    page = as_(dee).get(address(plan), {"ask": late.code})
    looked = otherwise.look

    def and_it_is_withdrawn(plan, **what):
        seen = looked(plan, **what)
        Ask.objects.filter(pk=late.pk).update(state="withdrawn", closed_at=NOW)
        return seen

    monkeypatch.setattr(otherwise, "look", and_it_is_withdrawn)
    answer = as_(dee).post(address(plan), {"ask": late.code, "mark": marked(page)})
    assert answer.status_code == 409
    assert not Stop.objects.filter(plan=plan, ask=late).exists()


def test_a_form_that_comes_twice_does_nothing_more(evening, as_):
    dee, plan = evening.town.dee, evening.plan
    run = Run.objects.filter(plan=plan, stops__isnull=False).first()
    sent = {"run": str(run.pk), "mark": marked(as_(dee).get(address(plan), {"run": str(run.pk)}))}
    first = as_(dee).post(address(plan), sent)
    stood = list(Stop.objects.filter(plan=plan).values_list("ask__code", "run_id", "position"))
    assert as_(dee).post(address(plan), sent).url == first.url
    assert list(Stop.objects.filter(plan=plan).values_list("ask__code", "run_id", "position")) == stood


def test_nothing_said_is_asked_about(evening, as_):
    page = as_(evening.town.dee).get(address(evening.plan), {"look": "1"})
    assert page.status_code == 400
    assert "Say first who dropped out" in page.content.decode()
    assert "Say first" not in as_(evening.town.dee).get(address(evening.plan)).content.decode()


def test_a_published_plan_is_not_changed_this_way_and_the_page_says_which_way(published, as_):
    answer = as_(published.town.dee).post(address(published.plan), {"run": "x"})
    shown = html.unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "can't be changed any more" in shown
    assert "open their run in the plan" in shown


def test_no_plan_is_lost_over_what_would_reach_more(town, clock, monkeypatch):
    def broken(*_given, **_more):
        raise ZeroDivisionError

    monkeypatch.setattr(planning.routing, "advise", broken)
    plan = worked_out(laid_out(town, [town.groceries]))
    assert plan.state == "draft"
    assert plan.summary["served"] == 1
    assert plan.summary["recruit"] == []


def test_the_plan_says_what_would_reach_more(town, clock, as_):
    nia = cast.ask(town.riverside, lat=40.7041, lon=-73.9522, name="Nia", now=NOW)
    Ask.objects.filter(pk=nia.pk).update(language="uk")
    plan = worked_out(laid_out(town, [town.groceries, nia]))
    shown = as_(town.dee).get(address(plan, "plan")).content.decode()
    assert "What would reach more" in shown
    assert "Ukrainian" in shown
    assert "would reach more: 1" in shown
    assert "%(" not in shown
