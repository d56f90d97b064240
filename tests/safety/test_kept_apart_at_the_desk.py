"""Somebody at the desk who is kept apart from a neighbour finds nothing of theirs, and no page says so."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from manyhands.exchange import actions as exchange
from manyhands.exchange import exporting, queries
from manyhands.exchange.actions import Do
from manyhands.exchange.models import Ask
from manyhands.home import queries as home
from manyhands.kit.refusals import Refused
from manyhands.networks import actions as networks
from manyhands.networks.states import Role
from manyhands.people import actions as people
from manyhands.privacy import actions as privacy
from manyhands.safety import actions as safety
from manyhands.safety.models import Report
from tests import cast
from tests.architecture.access import ACCESS
from tests.architecture.access_deliveries import published

pytestmark = pytest.mark.django_db

HERE = {"network": "riverside"}
DESK, NOW_PAGE = reverse("exchange:desk", kwargs=HERE), reverse("home:now", kwargs=HERE)
BOARD = reverse("exchange:board", kwargs=HERE)
SECRETS = "Zwiebelfisch|Blumentopf|555.?0166"
# Behind somebody's own link anyone reads what is theirs; the list of members stays whole.
THEIR_OWN = {"exchange:asking", "exchange:asked", "exchange:change_ask", "exchange:change_reach"}


@pytest.fixture
def told(town):
    """Somebody who asks and offers, told apart from everybody else in the cast; nobody is kept apart yet."""
    asked = cast.ask(town.riverside, name="Zwiebelfisch Zoe", reach="(718) 555-0166", words="Blumentopf", lat=40.7035)
    exchange.post_offer(
        network=town.riverside, kind="thing", words="Blumentopf too", name="Zwiebelfisch Zoe", reach="(718) 555-0166",
        category=cast.category(town.riverside, "Food"), place_text="Harbour", now=timezone.now(),
    )  # fmt: skip
    return asked


@pytest.fixture
def apart(town, told):
    """Dee, at the desk, is kept apart from them."""
    for zoe in {told.asking.asked_by, _offer(town).offered_by}:
        networks.keep_apart(town.riverside, town.dee, zoe, apart=True, now=timezone.now())
    return told


def _offer(town):
    return cast.those(queries.offers_visible_to(town.sol, town.riverside), words="Blumentopf too")[0]


def _read(answer) -> str:
    content = answer.getvalue() if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"".join(packed.read(name) for name in packed.namelist())
    return content.decode(errors="replace")


def _as(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _pages_of_the_house(town, person, told) -> dict[str, str]:
    """Every page anyone can look at, read by one person: its name -> what it says of whom they are kept apart from."""
    client, said = _as(person), {}
    code = re.compile(f"{SECRETS}|\\b{told.code}\\b")
    for name, row in ACCESS.items():
        if row.method != "get" or name.startswith("kit:") or name in THEIR_OWN:
            continue
        with transaction.atomic():
            url = reverse(name, kwargs=row.own(town, row.prepare(town)))
            found = sorted(set(code.findall(_read(client.get(url)))))
            if found:
                said[name] = ", ".join(found)
            transaction.set_rollback(True)
    return said


def test_no_page_of_the_house_says_anything_of_them_and_others_see_all(town, apart):
    assert _pages_of_the_house(town, town.dee, apart) == {}
    seen = _pages_of_the_house(town, town.sol, apart)
    assert {"exchange:desk", "exchange:board", "exchange:offers_desk", "home:now"} <= set(seen)


def test_the_page_of_the_ask_is_as_one_that_never_was(town, apart, as_):
    page = reverse("exchange:ask_page", kwargs={**HERE, "code": apart.code})
    never = reverse("exchange:ask_page", kwargs={**HERE, "code": "QQQQQ"})
    client = as_(town.dee)

    def bare(url: str, code: str) -> str:
        return re.sub(r'value="[^"]*"', "", client.get(url).content.decode()).replace(code, "")

    assert client.get(page).status_code == client.get(never).status_code == 404
    assert bare(page, apart.code) == bare(never, "QQQQQ")
    for name in ("put_right", "forget_on_request"):
        assert client.get(reverse(f"exchange:{name}", kwargs={**HERE, "code": apart.code})).status_code == 404
    assert client.post(page, {"do": "ready"}).status_code == 404
    assert as_(town.sol).get(page).status_code == 200


def test_every_number_fits_what_they_see(town, apart):
    dee, sol = _as(town.dee), _as(town.sol)
    listed = dee.get(DESK, {"tab": "all"}).context
    everything = sol.get(DESK, {"tab": "all"}).context
    assert {tab["name"]: tab["count"] for tab in listed["tabs"]} != {t["name"]: t["count"] for t in everything["tabs"]}
    ready = queries.visible_to(town.dee, town.riverside).filter(state="ready").count()
    assert home.what_presses(town.riverside, town.dee, now=timezone.now()).ready == ready
    assert home.what_presses(town.riverside, town.sol, now=timezone.now()).ready == ready + 1
    assert dee.get(BOARD).context["page"].paginator.count + 1 == sol.get(BOARD).context["page"].paginator.count
    front = reverse("home:network", kwargs=HERE)
    assert dee.get(front).context["open_count"] + 1 == sol.get(front).context["open_count"]


def test_no_search_no_suggestion_and_no_look_alike_finds_them(town, apart):
    dee, sol = _as(town.dee), _as(town.sol)
    for words in (apart.code, "Zwiebelfisch", "Blumentopf", "718 555 0166"):
        found = {
            who: {line.ask.code for line in each.get(DESK, {"q": words}).context["lines"]}
            for who, each in (("dee", dee), ("sol", sol))
        }
        assert apart.code in found["sol"], words
        assert apart.code not in found["dee"], words
    # The same again by another neighbour, beside it: who looks at that one is not shown this one.
    twin = cast.ask(town.riverside, name="Tilda Twin", reach="(718) 555-0167", words="Blumentopf", lat=40.7035)
    page = reverse("exchange:ask_page", kwargs={**HERE, "code": twin.code})
    assert apart.code in _read(sol.get(page))
    assert apart.code not in _read(dee.get(page))
    assert _offer(town).code not in _read(dee.get(page))
    # Nor is it named as the one that stays.
    exchange.mark_duplicate(twin, of=apart, by=town.sol, now=timezone.now())
    assert apart.code in _read(sol.get(page))
    assert apart.code not in _read(dee.get(page))


def test_a_plan_of_theirs_holds_none_and_a_plan_with_one_is_not_there(town, apart):
    new_plan = reverse("deliveries:new_plan", kwargs=HERE)
    dee, sol = _as(town.dee), _as(town.sol)
    there, here = sol.get(new_plan).context["ready"], dee.get(new_plan).context["ready"]
    assert there == here + 1
    assert dee.get(new_plan, {"ask": apart.code}).context["picked"] == 0
    scene = published(town)
    plans = reverse("deliveries:plans", kwargs=HERE)
    plan = reverse("deliveries:plan", kwargs={**HERE, "plan": scene.plan.pk})
    assert str(scene.plan.pk) in _read(dee.get(plans))
    stopped_at = scene.run.stops.first().ask.asking.asked_by
    networks.keep_apart(town.riverside, town.dee, stopped_at, apart=True, now=timezone.now())
    for name in ("plan", "unserved", "sheets", "labels", "table", "geojson", "links"):
        url = reverse(f"deliveries:{name}", kwargs={**HERE, "plan": scene.plan.pk})
        assert dee.get(url).status_code == 404, name
        assert sol.get(url).status_code == 200, name
    assert str(scene.plan.pk) not in _read(dee.get(plans)) + _read(dee.get(NOW_PAGE))
    assert plan in _read(sol.get(plans))


def test_what_they_moved_before_is_neither_named_nor_undone(town, told, as_):
    client = as_(town.dee)
    client.post(reverse("exchange:bulk", kwargs=HERE), {"ask": [told.code, town.groceries.code], "do": Do.WITHDRAW})
    moved = reverse("exchange:moved", kwargs=HERE)
    assert told.code in _read(client.get(moved))
    networks.keep_apart(town.riverside, town.dee, told.asking.asked_by, apart=True, now=timezone.now())
    page = client.get(moved)
    assert told.code not in _read(page)
    assert town.groceries.code in _read(page)
    client.post(moved, {"mark": page.context["last"]["mark"]})
    assert Ask.objects.get(pk=told.pk).state == "withdrawn"
    assert Ask.objects.get(pk=town.groceries.pk).state == "ready"


def test_no_export_and_no_sheet_they_bring_in_tells_of_them(town, apart):
    cast.two_agree(town.riverside, town.dee, town.sol, now=timezone.now())
    theirs = exporting.give_back(town.riverside, by=town.dee, now=timezone.now())
    assert [
        name for name, held in theirs.items() if re.search(f"{SECRETS}|{apart.code}|{apart.pk}", held.decode())
    ] == []
    assert town.groceries.code in theirs["asks.csv"].decode()
    everything = exporting.give_back(town.riverside, by=None, now=timezone.now())
    assert set(everything) == set(theirs)
    assert apart.code in everything["asks.csv"].decode()
    # The phone of somebody else in a sheet of theirs is found, this one is not.
    reached = ["+17185550166"]
    assert queries.open_asks_reached_at(town.riverside, reached) != {}
    assert queries.open_asks_reached_at(town.riverside, reached, town.dee) == {}


def test_it_asks_the_database_no_more_however_many_are_kept_apart(town, told):
    def questions() -> int:
        client = _as(town.dee)
        client.get(DESK)
        with CaptureQueriesContext(connection) as asked:
            client.get(DESK)
        return len(asked)

    networks.keep_apart(town.riverside, town.dee, told.asking.asked_by, apart=True, now=timezone.now())
    before = questions()
    for number in range(4):
        someone = cast.ask(town.riverside, name=f"Someone {number}").asking.asked_by
        networks.keep_apart(town.riverside, town.dee, someone, apart=True, now=timezone.now())
    assert questions() == before


def test_of_a_helper_they_are_kept_apart_from_they_read_no_phone_and_no_place(town, as_):
    hana = town.hana.membership.person
    exchange.change_helper(town.hana.membership, by=hana, now=timezone.now(), start_text="9 Willow Lane")
    people.change_contact(hana, reach="(718) 555-0177", region="US", by=hana, now=timezone.now())
    members = reverse("networks:members", kwargs=HERE)
    page = reverse("exchange:helper_page", kwargs={**HERE, "key": town.hana.membership_id})

    def leaks(who) -> list[str]:
        said = _read(as_(who).get(members)) + _read(as_(who).get(page))
        return [secret for secret in ("9 Willow Lane", "5550177", "555-0177", "marigold") if secret in said]

    assert leaks(town.dee) == ["9 Willow Lane", "5550177"]
    networks.keep_apart(town.riverside, town.dee, hana, apart=True, now=timezone.now())
    assert leaks(town.dee) == []
    assert leaks(town.sol) == ["9 Willow Lane", "5550177"]
    # What they save there leaves the place as it is.
    said = {"mode": "bike", "boxes": "9", "most_minutes": "60", "start_text": "Nowhere"}
    assert as_(town.dee).post(page, said).status_code == 302
    town.hana.refresh_from_db()
    assert (town.hana.boxes, town.hana.start.text) == (9, "9 Willow Lane")
    # Nor does a second one open it to them, or end the extra care with them.
    privacy.take_care(hana, network=town.riverside, by=hana, now=timezone.now(), word="marigold")
    assert leaks(town.dee) == []
    for what in ("home", "less_care"):
        with pytest.raises(Refused, match="not possible"):
            privacy.ask_to_open(
                what=what, network=town.riverside, reason="x", by=town.dee, now=timezone.now(), whom=hana
            )
    privacy.ask_to_open(
        what="home", network=town.riverside, reason="Quince", by=town.sol, now=timezone.now(), whom=hana
    )
    two_people = reverse("privacy:two_people", kwargs=HERE)
    assert "Quince" in _read(as_(town.sol).get(two_people))
    assert "Quince" not in _read(as_(town.dee).get(two_people))


# ── Nobody else at the desk ──────────────────────────────────────────────────────────────────────────────────────────


def test_what_nobody_at_the_desk_may_see_goes_to_the_helpers(town, told):
    exchange.look_again(told, by=town.dee, now=timezone.now())
    zoe = told.asking.asked_by
    networks.keep_apart(town.riverside, town.dee, zoe, apart=True, now=timezone.now())
    assert exchange.let_through_what_nobody_sees(now=timezone.now()) == 0  # Sol sees it
    networks.keep_apart(town.riverside, town.sol, zoe, apart=True, now=timezone.now())
    assert exchange.let_through_what_nobody_sees(now=timezone.now()) == 1
    assert Ask.objects.get(pk=told.pk).state == "ready"
    assert exchange.claim_ask(told, helper=town.hana, by=town.hana.membership.person, now=timezone.now())
    # Of nobody else: what others ask for is still looked at first.
    waits = cast.ask(town.riverside, ready=False)
    assert exchange.let_through_what_nobody_sees(now=timezone.now()) == 0
    assert Ask.objects.get(pk=waits.pk).state == "new"


def test_only_people_of_trust_read_that_nobody_else_is_at_the_desk(town, told, as_):
    hana, zoe = town.hana.membership.person, told.asking.asked_by
    safety.choose(town.riverside, people=[hana, town.sol], outside="", by=town.sol, now=timezone.now())
    made = safety.report(
        town.riverside, words="x", about=town.dee, about_words="", not_these=[], written_by=zoe, to_host=False,
        now=timezone.now(),
    )  # fmt: skip
    safety.keep_apart(Report.objects.get(pk=made.pk), apart=True, by=hana, now=timezone.now())
    page = reverse("safety:handle", args=[made.pk])
    assert "Nobody at the desk sees" not in _read(as_(hana).get(page))
    networks.give_role(_membership(town.riverside, town.hugo), role=Role.STEWARD, by=town.sol, now=timezone.now())
    networks.give_role(_membership(town.riverside, town.sol), role=Role.HELPER, by=town.sol, now=timezone.now())
    networks.move(_membership(town.riverside, town.hugo), standing="paused", by=_person(town.hugo), now=timezone.now())
    assert "Nobody at the desk sees" in _read(as_(hana).get(page))


def _person(who):
    return who.membership.person if hasattr(who, "membership") else who


def _membership(network, who):
    return network.memberships.get(person=_person(who))


def test_whoever_is_let_meet_again_sees_all_as_before(town, apart):
    for zoe in {apart.asking.asked_by, _offer(town).offered_by}:
        networks.keep_apart(town.riverside, town.dee, zoe, apart=False, now=timezone.now() + timedelta(minutes=1))
    assert apart.code in _read(_as(town.dee).get(DESK, {"tab": "all"}))
