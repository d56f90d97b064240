"""Two plans of one evening side by side, for the desk to choose between."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from manyhands.deliveries.models import Plan, Run, Stop
from manyhands.deliveries.reasons import Names
from manyhands.networks import actions as networks
from tests import cast
from tests.cast import NOW
from tests.deliveries.conftest import laid_out, worked_out

PAGE = "/riverside/desk/plans/compare/"


def read(client, address=PAGE, **said) -> str:
    answer = client.get(address, {name: str(value) for name, value in said.items()})
    assert answer.status_code == 200
    return answer.content.decode()


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def section(page: str, name: str) -> str:
    return words(re.search(rf'(?s)<section[^>]* id="{name}">.*?</section>', page)[0])


@pytest.fixture
def two(evening):
    """The evening's plan, and the same with an ask more and only the helper who has no run in it."""
    late = cast.ask(evening.town.riverside, lat=40.7035, lon=-73.9515, name="Nia 9", now=NOW)
    [busy] = Run.objects.filter(plan=evening.plan, stops__isnull=False).distinct()
    idle = next(helper for helper in (evening.town.hana, evening.town.hugo) if helper != busy.helper)
    return evening.plan, worked_out(laid_out(evening.town, [*evening.asks, late], [idle]))


def test_two_plans_stand_side_by_side_in_words(two, town, as_):
    one, other = two
    page = read(as_(town.dee), one=one.pk, other=other.pk)
    sums, helpers = section(page, "sums"), section(page, "helpers")
    for plan in two:
        reached = Stop.objects.filter(plan=plan, run__isnull=False).count()
        assert plan.summary["served"] == reached
    first, second = (plan.summary["served"] for plan in two)
    assert f"asks in a run {first} {second}" in sums
    assert f"asks not reached {4 - first} {5 - second}" in sums
    assert f"km in all {one.summary['metres'] / 1000:.1f} {other.summary['metres'] / 1000:.1f}" in sums
    for run in Run.objects.filter(plan__in=two, stops__isnull=False).distinct():
        assert f"{run.helper.membership.person.short_name}" in helpers
        assert f"{run.minutes} min, {run.stops.count()} stop" in helpers


def test_which_stops_differ_is_told_with_who_comes_or_why_nobody_does(two, town, as_):
    one, other = two
    said = section(read(as_(town.dee), one=one.pk, other=other.pk), "stops")
    late = next(stop for stop in other.stops.select_related("ask") if not one.stops.filter(ask=stop.ask).exists())
    reached = set(other.stops.filter(run__isnull=False).values_list("ask__code", flat=True))
    assert late.run is None or f"{late.ask.code} only in the second was not in this plan" in said
    kinds = set()
    for stop in one.stops.filter(run__isnull=False).select_related("ask", "run__helper__membership__person"):
        kind = "someone else comes" if stop.ask.code in reached else "only in the first"
        assert f"{stop.ask.code} {kind} {stop.run.helper.membership.person.short_name}" in said
        kinds.add(kind)
    assert kinds == {"someone else comes", "only in the first"}
    for reason in other.stops.filter(run=None, ask__in=one.stops.values("ask")):
        assert unescape(Names(Run.objects.filter(plan=other)).tell(reason.reason).why) in said


def test_a_plan_beside_itself_by_another_key_does_not_differ(evening, as_):
    again = worked_out(laid_out(evening.town, evening.asks))
    said = read(as_(evening.town.dee), one=evening.plan.pk, other=again.pk)
    assert "Both reach the same asks" in said
    stop = again.stops.filter(run__isnull=False).select_related("ask").first()
    for minutes, told in ((9, "Both reach the same asks"), (11, f"{stop.ask.code} another time")):
        Stop.objects.filter(pk=stop.pk).update(start_at=stop.start_at + timedelta(minutes=minutes))
        assert told in section(read(as_(evening.town.dee), one=evening.plan.pk, other=again.pk), "stops")


def test_the_list_and_the_plan_lead_there_where_there_is_another(evening, as_):
    dee, plan = as_(evening.town.dee), evening.plan
    at = f"/riverside/desk/plans/{plan.pk}/"
    assert PAGE not in read(dee, "/riverside/desk/plans/") + read(dee, at)
    assert "No evening has two plans" in read(dee)
    another = worked_out(laid_out(evening.town, evening.asks))
    assert PAGE in read(dee, "/riverside/desk/plans/")
    assert f'href="{PAGE}?one={plan.pk}"' in read(dee, at)
    page = read(dee, one=plan.pk)
    assert re.search(rf'value="{another.pk}" selected', page), "its newest other stands beside it at once"
    assert "The two side by side" in page


def test_another_evening_the_same_plan_or_nonsense_is_told_and_what_was_chosen_stays(two, town, as_):
    one, _other = two
    dee = as_(town.dee)
    day = timedelta(days=1)
    third, fourth = (worked_out(laid_out(town, [town.groceries], now=NOW + day), now=NOW + day) for _ in range(2))
    assert fourth.starts_at == third.starts_at
    for said, told in (
        ({"one": one.pk, "other": third.pk}, "The two are not of one evening."),
        ({"one": one.pk, "other": one.pk}, "These are one and the same plan."),
        ({"one": one.pk, "other": "x"}, "This plan is not here"),
        ({"one": one.pk, "other": ""}, "Choose a plan."),
    ):
        page = read(dee, **said)
        assert told in page
        assert "The two side by side" not in page
        assert re.search(rf'value="{one.pk}" selected', page)


def test_plans_at_work_and_of_others_kept_apart_are_not_there(two, town, as_):
    one, other = two
    Plan.objects.filter(pk=other.pk).update(state="working")
    assert "No evening has two plans" in read(as_(town.dee), one=one.pk, other=other.pk)
    Plan.objects.filter(pk=other.pk).update(state="draft")
    late = next(stop for stop in other.stops.all() if not one.stops.filter(ask=stop.ask).exists())
    networks.keep_apart(town.riverside, town.dee, late.ask.asking.asked_by, apart=True, now=NOW)
    page = read(as_(town.dee), one=one.pk, other=other.pk)
    assert str(other.pk) not in page.split("<main")[1]


def test_many_stops_and_helpers_stand_on_light_pages(two, town, as_, django_assert_max_num_queries):
    one, other = two
    stop = other.stops.filter(run__isnull=False).first()
    asks = []
    for number in range(300):
        ask = stop.ask
        fields = {f.attname: getattr(ask, f.attname) for f in type(ask)._meta.concrete_fields if f.name != "id"}
        asks.append(type(ask)(**fields | {"code": f"B{number:03}B"}))
    type(stop.ask).objects.bulk_create(asks)
    fields = {
        f.attname: getattr(stop, f.attname) for f in Stop._meta.concrete_fields if f.name not in {"id", "position"}
    }
    Stop.objects.bulk_create([Stop(**fields | {"ask_id": ask.pk, "position": 10 + n}) for n, ask in enumerate(asks)])
    with django_assert_max_num_queries(32):
        answer = as_(town.dee).get(PAGE, {"one": str(one.pk), "other": str(other.pk), "page": "3"})
    assert len(answer.content) < 100_000
    assert "only in the second" in answer.content.decode()
    assert f"other={other.pk}&amp;page=4" in answer.content.decode()
