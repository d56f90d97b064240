"""Someone drops out of a plan, something comes in: the desk sees what would change before it does."""

import re

from django.urls import reverse

from manyhands.deliveries import queries
from manyhands.deliveries.models import Run, Stop
from manyhands.exchange.models import Ask
from tests import cast
from tests.cast import NOW
from tests.deliveries.conftest import laid_out, worked_out


def address(plan, name="happening"):
    return reverse(f"deliveries:{name}", args=[plan.network.slug, plan.pk])


def marked(page):
    return re.search(r'name="mark" value="(\w+)"', page.content.decode())[1]


def test_someone_drops_out_and_it_is_seen_before_it_is_so(evening, as_):
    dee, plan = evening.town.dee, evening.plan
    run = Run.objects.filter(plan=plan, stops__isnull=False).first()
    before = list(Stop.objects.filter(plan=plan).values_list("ask__code", "run_id", "position"))
    page = as_(dee).post(address(plan), {"run": str(run.pk)})
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
    page = as_(dee).post(address(plan), {"ask": late.code})
    assert "new in a run" in page.content.decode()
    as_(dee).post(address(plan), {"ask": late.code, "mark": marked(page)})
    assert Stop.objects.get(plan=plan, ask=late).run is not None
    assert late.code not in re.sub(r"(?s)<header.*?</header>", "", as_(dee).get(address(plan)).content.decode())


def test_what_was_shown_is_what_is_done_or_it_is_shown_again(evening, as_):
    dee, plan = evening.town.dee, evening.plan
    run = Run.objects.filter(plan=plan, stops__isnull=False).first()
    again = as_(dee).post(address(plan), {"run": str(run.pk), "mark": "somethingelse"}).content.decode()
    assert "Things have moved meanwhile" in again
    assert "What would change" in again
    assert Run.objects.filter(pk=run.pk).exists()


def test_nothing_said_is_asked_about(evening, as_):
    assert "Say first who dropped out" in as_(evening.town.dee).post(address(evening.plan)).content.decode()


def test_a_published_plan_is_not_changed_this_way(published, as_):
    shown = as_(published.town.dee).post(address(published.plan), {"run": "x"}).content.decode()
    assert "can’t be changed any more" in shown or "can&#x27;t be changed any more" in shown


def test_the_plan_says_what_would_reach_more(town, clock, as_):
    nia = cast.ask(town.riverside, lat=40.7041, lon=-73.9522, name="Nia", now=NOW)
    Ask.objects.filter(pk=nia.pk).update(language="uk")
    plan = worked_out(laid_out(town, [town.groceries, nia]))
    shown = as_(town.dee).get(address(plan, "plan")).content.decode()
    assert "What would reach more" in shown
    assert "Ukrainian" in shown
    assert "would reach more: 1" in shown
    assert "%(" not in shown
