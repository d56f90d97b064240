"""In a real browser: pages are readable and in one piece, and the small helpers help without being needed."""

from __future__ import annotations

import mimetypes
import re
import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from csp.utils import build_policy
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import expect, sync_playwright

from manyhands.kit import gallery
from manyhands.kit.gallery import AskExample

pytestmark = pytest.mark.browser
HOME = "http://127.0.0.1:1"  # never asked: every request is answered inside the test

SHELL = '{% extends "kit/base.html" %}{% load kit %}{% block main %}<h1>Page</h1>'
FORM = """<form method="post" action="/sent/" data-behaviour="autosave" id="ask">{% csrf_token %}{% autosave_note %}
{% for field in form %}{% field field %}{% endfor %}<button class="button">Send</button></form>"""


class Town:
    """Answers a browser without a server: pages rendered beforehand, files from where they lie."""

    def __init__(self):
        self.pages = {}
        self.posted = []
        self.policy = build_policy()

    def page(self, path, body, **context):
        context |= {"csrf_token": "token"}
        request = RequestFactory().get(path)
        self.pages[path] = [Template(SHELL + body + "{% endblock %}").render(RequestContext(request, context))]
        return HOME + path

    def answer(self, route):
        request = route.request
        path = urlsplit(request.url).path
        if request.method == "POST":
            self.posted.append((path, parse_qs(request.post_data or "", keep_blank_values=True)))
        if path.startswith(settings.STATIC_URL):
            file = Path(finders.find(path.removeprefix(settings.STATIC_URL)))
            kind = {".js": "text/javascript"}.get(file.suffix) or mimetypes.guess_type(file.name)[0]
            route.fulfill(body=file.read_bytes(), content_type=kind)
        elif path in self.pages:
            several = self.pages[path]
            body = several.pop(0) if len(several) > 1 else several[0]
            route.fulfill(
                body=body, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": self.policy}
            )
        else:
            route.fulfill(status=404, body="")


@pytest.fixture
def town():
    town = Town()
    for language in ("en", "ar"):
        with translation.override(language):
            town.page(
                f"/gallery/{language}/",
                "{% for e in examples %}<h2>{{ e.name }}</h2>{{ e.html }}{% endfor %}",
                examples=gallery.examples(RequestFactory().get("/kit/")),
            )
    town.page("/sent/", "<p>Thank you</p>")
    return town


@pytest.fixture(scope="module")
def browser():
    system = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as engine:
        browser = engine.chromium.launch(
            executable_path=system, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_(town, browser):
    """Opens an address in a fresh window and fails the test when the browser had something to complain about."""
    complaints, windows = [], []

    def opened(address, **how):
        window = browser.new_context(**how)
        windows.append(window)
        window.route("**/*", town.answer)
        page = window.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address, wait_until="load")
        if how.get("java_script_enabled", True):
            expect(page.locator("html.js")).to_be_attached()
        return page

    yield opened
    for window in windows:
        window.close()
    assert complaints == []


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_component_is_in_one_piece_for_every_reader(open_, width, light, language):
    page = open_(f"{HOME}/gallery/{language}/", viewport={"width": width, "height": 800}, color_scheme=light)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response
    assert len(found["passes"]) > 20
    assert [(broken["id"], [node["target"] for node in broken["nodes"]]) for broken in found["violations"]] == []


def test_large_enough_for_a_thumb(open_):
    page = open_(f"{HOME}/gallery/en/", viewport={"width": 390, "height": 800})
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, .button, .tile, .nav__link, .tab, .door, select, textarea,"
             + " input:not([type=hidden], [type=checkbox], [type=radio])")]
             .filter(each => each.offsetParent && each.getBoundingClientRect().height < 43.5)
             .map(each => each.outerHTML.slice(0, 90))"""
    )
    assert small == []


def test_without_javascript_nothing_is_promised_that_needs_it(open_):
    page = open_(f"{HOME}/gallery/en/", java_script_enabled=False)
    expect(page.locator("[data-behaviour=locate]")).to_be_hidden()
    expect(page.locator("[data-behaviour=copy]")).to_be_hidden()
    expect(page.locator(".map__tools").first).to_be_hidden()
    expect(page.locator(".map__sheet").first).to_be_visible()


def test_nothing_moves_for_those_who_asked_for_rest(open_):
    page = open_(f"{HOME}/gallery/en/", reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.querySelector('.button')).transitionDuration") in {"1e-05s", "0s"}


def test_paper_shows_no_buttons(open_):
    page = open_(f"{HOME}/gallery/en/")
    page.emulate_media(media="print")
    assert page.locator(".button:visible").count() == 0
    expect(page.get_by_text("Only on paper.")).to_be_visible()
    expect(page.get_by_text("Only on the screen.")).to_be_hidden()


def test_what_was_typed_survives_a_reload_but_never_a_phone_number(town, open_):
    page = open_(town.page("/ask/", FORM, form=AskExample()))
    page.get_by_label("Tell us in your own words").fill("Groceries for four")
    page.get_by_label("How do we reach you?").fill("718 555 0101")
    page.locator("label", has_text="A ride").click()
    page.reload()
    assert "718" not in page.evaluate("JSON.stringify(sessionStorage)")
    assert "Groceries" in page.evaluate("JSON.stringify(sessionStorage)")
    expect(page.get_by_label("Tell us in your own words")).to_have_value("Groceries for four")
    expect(page.get_by_label("A ride")).to_be_checked()
    expect(page.get_by_label("How do we reach you?")).to_have_value("")
    expect(page.get_by_text("We kept what you typed here earlier.")).to_be_visible()
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_label("Tell us in your own words")).to_have_value("")
    assert page.evaluate("sessionStorage.length") == 0


def test_what_was_sent_is_forgotten(town, open_):
    page = open_(town.page("/ask/", FORM, form=AskExample()))
    page.evaluate("document.querySelector('form[data-behaviour]').noValidate = true")
    page.get_by_label("Tell us in your own words").fill("Groceries for four")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/sent/")
    expect(page.locator("html.js")).to_be_attached()
    assert page.evaluate("sessionStorage.length") == 0
    assert town.posted[0][1]["words"] == ["Groceries for four"]


def test_a_form_that_came_back_keeps_what_the_server_says(town, open_):
    page = open_(town.page("/ask/", FORM, form=AskExample({"words": "From the server", "kind": "food"})))
    page.evaluate("sessionStorage.setItem('autosave:ask:/ask/', JSON.stringify({words: ['Older']}))")
    page.reload()
    expect(page.locator("html.js")).to_be_attached()
    expect(page.get_by_label("Tell us in your own words")).to_have_value("From the server")


ROWS = """<form method="post" action="/sent/" data-behaviour="bulk shortcuts"><label class="js-only">
<input type="checkbox" data-bulk-all>All</label><output data-bulk-count>0</output>
<table class="table">{% for n in "12345" %}<tr data-item><td><input type="checkbox" name="ask" value="{{ n }}"
 aria-label="Ask {{ n }}" data-bulk-item><a href="/sent/">Ask {{ n }}</a></td></tr>{% endfor %}</table>
<label>Words <input name="words"></label><button class="button" data-key="p" name="do" value="plan">Plan these</button>
</form>{% shortcuts_help %}"""


def test_many_rows_are_picked_at_once(town, open_):
    page = open_(town.page("/rows/", ROWS))
    count = page.locator("[data-bulk-count]")
    page.get_by_label("All").check()
    expect(count).to_have_text("5")
    page.get_by_label("All").uncheck()
    page.get_by_label("Ask 2").click()
    page.get_by_label("Ask 4").click(modifiers=["Shift"])
    expect(count).to_have_text("3")
    expect(page.get_by_label("Ask 3")).to_be_checked()


def test_a_list_is_worked_through_by_keyboard(town, open_):
    page = open_(town.page("/rows/", ROWS))
    expect(page.locator(".keys dd", has_text="Plan these")).to_be_attached()
    for key in ("j", "j", "x", "j", "k", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-bulk-count]")).to_have_text("2")
    page.keyboard.press("?")
    expect(page.get_by_text("next, previous")).to_be_visible()
    page.keyboard.press("p")
    page.wait_for_url("**/sent/")
    assert town.posted == [("/sent/", {"ask": ["2", "3"], "words": [""], "do": ["plan"]})]


def test_enter_opens_the_row(town, open_):
    page = open_(town.page("/rows/", ROWS))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sent/")


def test_keys_stay_quiet_while_someone_types_or_turned_them_off(town, open_):
    page = open_(town.page("/rows/", ROWS))
    page.get_by_label("Words").fill("")
    page.keyboard.type("jxp?")
    expect(page.get_by_label("Words")).to_have_value("jxp?")
    expect(page.locator("[data-bulk-count]")).to_have_text("0")
    page.locator("[data-shortcuts-help] summary").click()
    page.get_by_label("Use single keys on this device").uncheck()
    page.locator("h1").click()
    page.keyboard.press("p")
    assert town.posted == []
    assert page.url.endswith("/rows/")


BOARD = """<div data-behaviour="drag"><div data-drop="ana" class="sheet"><div data-drag-item id="stop">Rosa
<form data-drag-form method="post" action="/sent/"><select name="run" aria-label="Run" data-drag-list><option value="ana">Ana</option>
<option value="jo">Jo</option></select><input type="hidden" name="position" data-drag-position><button class="button">Move</button>
</form></div></div><div data-drop="jo" class="sheet" id="jo">Jo<div data-drag-item>Stop one</div><p>Below</p></div></div>"""


def test_dragging_a_stop_sends_the_form_that_the_button_sends(town, open_):
    page = open_(town.page("/board/", BOARD))
    page.locator("#stop").wait_for()
    expect(page.locator("#stop")).to_have_attribute("draggable", "true")
    page.drag_and_drop("#stop", "#jo p", source_position={"x": 10, "y": 5})
    page.wait_for_url("**/sent/")
    assert town.posted == [("/sent/", {"run": ["jo"], "position": ["2"]})]


def test_the_select_and_its_button_do_it_too(town, open_):
    page = open_(town.page("/board/", BOARD), java_script_enabled=False)
    page.get_by_label("Run").select_option("jo")
    page.get_by_role("button", name="Move").click()
    page.wait_for_url("**/sent/")
    assert town.posted == [("/sent/", {"run": ["jo"], "position": [""]})]


def test_a_map_comes_closer_and_lights_up_its_list(town, open_):
    points, lines = gallery._runs()
    page = open_(
        town.page(
            "/map/",
            '{% map points=points lines=lines beside="list" %}<ul id="list"><li data-point="4F2KP">Formula</li></ul>',
            points=points,
            lines=lines,
        )
    )
    sheet = page.locator(".map__sheet")
    whole = sheet.get_attribute("viewBox")
    page.get_by_role("button", name="Closer").click()
    assert float(sheet.get_attribute("viewBox").split()[2]) < float(whole.split()[2])
    page.get_by_role("button", name="Show everything").click()
    assert [float(number) for number in sheet.get_attribute("viewBox").split()] == [float(n) for n in whole.split()]
    page.locator("[data-point]").hover()
    expect(page.locator('[data-keys="4F2KP"]')).to_have_class(re.compile("is-lit"))
    page.locator("h1").hover()
    expect(page.locator('[data-keys="4F2KP"]')).not_to_have_class(re.compile("is-lit"))
    page.locator('[data-keys="4F2KP"]').hover()
    expect(page.locator("[data-point]")).to_have_class("is-lit")


LOCATE = (
    '<form>{% locate %}<input type="hidden" id="id_lat" name="lat"><input type="hidden" id="id_lon" name="lon"></form>'
)


def test_the_device_says_where_we_are_roughly(town, open_):
    page = open_(
        town.page("/where/", LOCATE),
        geolocation={"latitude": 41.49931234, "longitude": -81.69444321},
        permissions=["geolocation"],
    )
    page.get_by_role("button", name="Use where I am").click()
    expect(page.get_by_role("status")).to_contain_text("Found.")
    assert page.locator("#id_lat").input_value() == "41.4993"
    assert page.locator("#id_lon").input_value() == "-81.6944"


def test_a_device_that_does_not_tell_leaves_us_a_way(town, open_):
    page = open_(town.page("/where/", LOCATE))
    page.get_by_role("button", name="Use where I am").click()
    expect(page.get_by_role("status")).to_contain_text("please write it above")


def test_a_part_renews_itself_until_it_is_done(town, open_):
    address = town.page("/plan/", '{% poll id="plan" every=0.05 %}<p>half</p>{% endpoll %}')
    town.page("/later/", '{% poll id="plan" every=0.05 %}<p data-done>all</p>{% endpoll %}')
    town.pages["/plan/"] += town.pages["/plan/"] + town.pages["/later/"]
    page = open_(address)
    expect(page.locator("#plan")).to_have_text("all")


def test_a_code_is_copied(town, open_):
    page = open_(
        town.page("/code/", '{% code "4F2KP" size="big" copy=True %}'),
        permissions=["clipboard-read", "clipboard-write"],
    )
    page.evaluate("navigator.clipboard.writeText('before')")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "4F2KP"


def test_the_print_button_prints(town, open_):
    page = open_(
        town.page("/papers/", '<button type="button" class="button js-only" data-behaviour="print">Print</button>')
    )
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")
