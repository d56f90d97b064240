"""Every page, for whoever may see it: readable, light, narrow, without JavaScript, in three languages, from right to left."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.architecture.access import ACCESS
from tests.journeys.conftest import PATIENCE_MS, be

# A warning raised inside the browser driver's own loop would hang it instead of failing a test.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

HEAVIEST_BYTES = 100_000
# Pages of the demo town, by who looks at them. Private links and keys are asked of the served house itself.
FIND = """
import json
from datetime import timedelta
from django.urls import reverse
from django.utils import timezone
from manyhands.deliveries import actions as deliveries, planning, queries as runs
from manyhands.exchange.models import Helper
from manyhands.kernel import routing
from manyhands.networks import actions as networks
from manyhands.people import actions as people, queries as people_queries
from manyhands.privacy import actions as privacy
from manyhands.exchange import queries
from manyhands.exchange.models import Ask, Offer, Category, Cause
from manyhands.networks.models import Network
from manyhands.people.models import Person
from manyhands.places.models import Area
town = Network.objects.get(slug="fairhaven")
nia = next(person for person in Person.objects.all() if person.name == "Nia Brook")
ready = Ask.objects.filter(network=town, state="ready").first()
met = Ask.objects.filter(network=town, state="met").first()
offer = Offer.objects.filter(network=town).first()
from manyhands.safety import actions as safety, queries as safety_queries
from manyhands.safety.models import Report
by_name = {person.name: person for person in Person.objects.all()}
told = Report.objects.first()
if told is None:
    safety.choose(town, people=[by_name["Dalia Reyes"], by_name["Ben Archer"]], outside="A line: 555 0100", by=None, now=timezone.now())
    told = safety.report(town, words="He came back at night.", about=by_name["Ben Archer"], about_words="", not_these=[],
        written_by=nia, to_host=False, now=timezone.now())
    safety.answer(told, words="Thank you. We look into it.", by=by_name["Dalia Reyes"], now=timezone.now())
def at(name, *arguments):
    return reverse(name, args=[*arguments])
now = timezone.now()
dalia, ben = (next(each for each in Person.objects.all() if each.name == name) for name in ("Dalia Reyes", "Ben Archer"))
def planned(*asks):
    helper = Helper.objects.get(membership__person=ben, network=town)
    span = (now, now + timedelta(hours=3))
    plan = deliveries.make_plan(network=town, asks=asks, helpers=[deliveries.Availability(helper, *span, 9)],
        starts_at=span[0], ends_at=span[1], by=dalia, now=now)
    run = plan.runs.get()
    found = routing.retime(planning.evening(plan, now=now).problem, [routing.Order(str(run.pk), [ask.code for ask in asks])])
    assert deliveries.keep_plan(plan, found, broken=(), now=now)
    return plan, run
two = [ask for ask in Ask.objects.filter(network=town, state="ready").exclude(pk=ready.pk).select_related("place")
    if ask.place.is_on_map][:2]
draft, drafted = planned(two[0])
live, running = planned(two[1])
deliveries.publish_plan(live, by=dalia, now=now)
running.refresh_from_db()
where = two[0].place
hub = deliveries.save_hub(town, hub=None, by=dalia, now=now, name="The hall", place_text="Quay St", area=None,
    lat=where.lat, lon=where.lon, opens=None, closes=None, loading_minutes=10, is_used=True)
privacy.ask_to_open(what="addresses", network=town, reason="Many holes to fill tonight", by=ben, now=now)
from manyhands.doubles import actions as doubles
twice = doubles.put_together(nia, ready.asking.asked_by, network=town, by=dalia, now=now)
third = doubles.put_together(met.asking.asked_by, offer.offered_by, network=town, by=dalia, now=now)
if third.state == "open":
    doubles.join(third, seen=third.standing, by=dalia, now=now)
doubles.look(town, by=dalia, now=now)
asked, given = queries.asking_token(ready.asking), queries.offer_token(offer)
receipt = privacy.erase(people.note_person(name="Zoe Gone", reach="", now=now), asks=1, offers=0, now=now)
invited = people_queries.invitation_token(networks.invite_member(town, name="Ivo New", role="helper", by=None, now=now))
print(json.dumps({
    "nobody": [
        at("safety:report", "fairhaven"), at("safety:thread", safety_queries.token_of(told)), at("safety:report_behind_link", asked),
        at("home:front"), at("home:about"), at("home:demo"), at("home:network", "fairhaven"), at("exchange:ask", "fairhaven"),
        at("exchange:offer", "fairhaven"), at("exchange:board", "fairhaven"), at("outlook:figures", "fairhaven"),
        at("networks:join", "fairhaven"), at("people:sign_in"), at("kit:gallery"), at("house:open"),
        at("exchange:asking", queries.asking_token(queries.asking_of(nia))),
        at("exchange:care_of_asker", queries.asking_token(met.asking)),
        at("exchange:asking", queries.asking_token(met.asking)), at("exchange:given", given),
        at("exchange:who_saw", asked), at("exchange:giver_who_saw", given), at("exchange:care_of_giver", given),
        at("exchange:change_ask", asked, ready.code), at("exchange:change_reach", asked), at("exchange:repeat_ask", asked, ready.code),
        at("exchange:withdraw_ask", asked, ready.code), at("exchange:forget_asker", asked), at("exchange:asked", asked),
        at("exchange:change_offer", given), at("exchange:change_giver_reach", given), at("exchange:withdraw_offer", given),
        at("exchange:forget_giver", given), at("exchange:offered", given), at("deliveries:run", runs.run_token(running)),
        at("privacy:receipt", receipt.pk), at("people:invited", invited)],
    "Ben Archer": [at("exchange:open_asks", "fairhaven"), at("exchange:mine", "fairhaven"),
        at("exchange:helping", "fairhaven"), at("deliveries:my_runs", "fairhaven"), at("networks:me", "fairhaven"),
        at("exchange:claim", "fairhaven", ready.code), at("people:account"), at("people:second_step"),
        at("people:add_app"), at("people:again"), at("privacy:two_people", "fairhaven"),
        at("privacy:who_saw_me", "fairhaven"), at("exchange:forget_me", "fairhaven"), at("exchange:my_care", "fairhaven"), at("networks:heads", "fairhaven"),
        at("deliveries:my_run", "fairhaven", running.pk)],
    "Dalia Reyes": [at("safety:reports"), at("safety:handle", told.pk),
        at("home:now", "fairhaven"), at("exchange:desk", "fairhaven"), at("exchange:together", "fairhaven"), at("exchange:desk_ask", "fairhaven"),
        at("exchange:ask_page", "fairhaven", ready.code), at("exchange:ask_page", "fairhaven", met.code),
        at("exchange:offers_desk", "fairhaven"), at("deliveries:plans", "fairhaven"), at("deliveries:new_plan", "fairhaven"),
        at("exchange:import", "fairhaven"), at("exchange:export", "fairhaven"), at("exchange:letters", "fairhaven"), at("networks:members", "fairhaven"),
        at("deliveries:plan", "fairhaven", draft.pk), at("deliveries:plan", "fairhaven", live.pk),
        at("deliveries:happening", "fairhaven", draft.pk), at("deliveries:compare", "fairhaven"),
        at("deliveries:compare", "fairhaven") + f"?one={draft.pk}&other={live.pk}",
        at("deliveries:plan_run", "fairhaven", draft.pk, drafted.pk), at("deliveries:move", "fairhaven", draft.pk, draft.stops.get().pk),
        at("deliveries:publish", "fairhaven", draft.pk), at("deliveries:links", "fairhaven", live.pk),
        at("deliveries:sheets", "fairhaven", live.pk), at("deliveries:labels", "fairhaven", live.pk),
        at("deliveries:hubs", "fairhaven"), at("deliveries:new_hub", "fairhaven"), at("deliveries:hub", "fairhaven", hub.pk),
        at("exchange:helper_page", "fairhaven", drafted.helper.membership.pk), at("exchange:put_right", "fairhaven", ready.code),
        at("exchange:offer_page", "fairhaven", offer.code), at("exchange:desk_offer", "fairhaven"),
        at("doubles:pairs", "fairhaven"), at("doubles:pair", "fairhaven", twice.pk), at("doubles:joined", "fairhaven"),
        at("privacy:two_people", "fairhaven")],
    "Sol Mendes": [at("safety:trust", "fairhaven"),
        at("networks:settings", "fairhaven"), at("networks:words", "fairhaven"), at("places:areas", "fairhaven"),
        at("places:squares", "fairhaven"), at("exchange:keeping", "fairhaven"), at("exchange:sleep", "fairhaven"), at("house:seal"),
        at("exchange:lists", "fairhaven"), at("exchange:new_listed", "fairhaven", "category"),
        at("exchange:forget_on_request", "fairhaven", met.code), at("exchange:listed", "fairhaven", "category", Category.objects.filter(network=town).first().pk),
        at("places:area", "fairhaven", Area.objects.filter(network=town).first().pk)],
    "Hal Rowan": [at("networks:host"), at("house:how_it_is")],
}))
"""


# What no browser looks at here, and why.
NOT_LOOKED_AT = {
    "deliveries:geojson": "a file", "deliveries:table": "a file", "networks:head_text": "a file",
    "outlook:figures_csv": "a file", "privacy:receipt_as_text": "a file",
    "places:tile": "a picture; see tests/places",
    "house:health": "for machines", "house:metrics": "for machines", "deliveries:progress": "a piece of a page",
    "deliveries:unserved": "a piece of a page", "exchange:moved": "leads to the desk",
    "exchange:import_look": "needs a file; an evening's journey brings one",
    "people:add_passkey": "for the script of the account's page; see the journey with a passkey",
    "privacy:leave": "an empty page that takes the cookies along; see tests/privacy",
    "people:sign_in_code": "needs a code on its way; see tests/people",
    "people:sign_in_passkey": "for the script of the sign-in page",
    "people:sign_in_step": "needs a first step; see the journey with a passkey",
}  # fmt: skip


def test_every_page_is_looked_at_or_says_why_not():
    """So that a new page is never forgotten here."""
    named = set(re.findall(r'at\("([a-z_]+:[a-z_]+)"', FIND))
    pages = {name for name, row in ACCESS.items() if row.method == "get"}
    assert pages - named - set(NOT_LOOKED_AT) == set()
    assert set(NOT_LOOKED_AT) & named == set()
    assert set(NOT_LOOKED_AT) <= pages


@pytest.fixture(scope="module")
def pages(server) -> dict[str, list[str]]:
    return json.loads(server.python(FIND))


WHO = ["nobody", "Ben Archer", "Dalia Reyes", "Sol Mendes", "Hal Rowan"]


@contextlib.contextmanager
def looking(browser: Browser, server, who: str, **how) -> Iterator[Page]:
    """A page of a browser in which someone is signed in."""
    context = browser.new_context(base_url=server.url, locale="en", **how)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    if who != "nobody":
        be(page, who)
    yield page
    context.close()


def complaints_of_axe(page: Page) -> list[str]:
    """What axe finds serious or critical on a page, with the first place of each."""
    return [
        f"{violation['id']}: {violation['nodes'][0]['html'][:160]}"
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]


def speak(context: BrowserContext, server, language: str) -> None:
    context.add_cookies([{"name": "language", "value": language, "url": server.url}])


def fetched(server, path: str, cookies: str) -> tuple[int, int, str]:
    """Status, bytes that travelled (compressed, as every browser takes it) and text of one address."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request("GET", path, headers={"Cookie": cookies, "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        body = answer.read()
        text = gzip.decompress(body) if answer.getheader("Content-Encoding") == "gzip" else body
        return answer.status, len(body), text.decode(errors="replace")
    finally:
        connection.close()


@pytest.mark.parametrize("who", WHO)
def test_pages_are_light_and_ask_nothing_of_strangers(browser, server, pages, who):
    """A page with all that it loads at first: its styles, its pictures, its script and the behaviours it names."""
    with looking(browser, server, who) as page:
        cookies = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())
    problems = []
    for address in pages[who]:
        status, weight, text = fetched(server, address, cookies)
        parts = set(re.findall(r'<(?:link|script|img)[^>]*?(?:href|src)="([^"]+)"', text))
        behaviours = {name for names in re.findall(r'data-behaviour="([^"]+)"', text) for name in names.split()}
        parts |= {f"/static/kit/js/{name}.js" for name in behaviours}
        problems += [f"{address} asks {part}" for part in parts if not part.startswith(("/", "data:"))]
        for part in sorted(part for part in parts if part.startswith("/")):
            found, more, _text = fetched(server, part, cookies)
            weight += more
            if found != 200:
                problems.append(f"{address} names {part}, which is not there")
        if status != 200 or weight > HEAVIEST_BYTES or len(parts) < 5:
            problems.append(f"{address}: {status}, {weight} bytes with {len(parts)} parts")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("language", ["en", "es", "ar"])
@pytest.mark.parametrize("who", WHO)
def test_axe_finds_nothing_serious_and_nothing_sticks_out(browser, server, pages, who, language):
    problems = []
    with looking(browser, server, who, viewport={"width": 320, "height": 700}) as page:
        speak(page.context, server, language)
        for address in pages[who]:
            page.goto(address)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > 320:
                problems.append(f"{address} is {width} px wide")
            direction = page.evaluate("document.documentElement.dir")
            if direction != ("rtl" if language == "ar" else "ltr"):
                problems.append(f"{address} reads {direction}")
            # Spanish differs from English in words only: for it, that nothing sticks out is enough.
            if language != "es":
                problems += [f"{address}: {complaint}" for complaint in complaints_of_axe(page)]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("who", WHO)
def test_in_the_dark_axe_finds_nothing_serious_and_nothing_is_asked_of_strangers(browser, server, pages, who):
    """All a browser asks for goes to the house itself, and no page tries what its own rules forbid (P-24)."""
    problems, asked = [], []
    with looking(browser, server, who, viewport={"width": 1280, "height": 900}, color_scheme="dark") as page:
        page.context.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: problems.append(said.text) if "Security Policy" in said.text else None)
        for address in pages[who]:
            page.goto(address)
            problems += [f"{address}: {complaint}" for complaint in complaints_of_axe(page)]
    assert not problems, "\n".join(problems)
    assert len(asked) > len(pages[who])
    assert [url for url in asked if not url.startswith((f"{server.url}/", "data:", "blob:"))] == []


@pytest.mark.parametrize("who", WHO)
def test_pages_stand_without_javascript(browser, server, pages, who):
    with looking(browser, server, who, viewport={"width": 390, "height": 844}, java_script_enabled=False) as page:
        for address in pages[who]:
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, address
            assert page.locator("main h1").count() >= 1, address
