"""One evening from end to end: someone asks on a poor phone, the desk plans, a helper carries, everyone sees what was met."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import be, press

# As in test_pages_hold_up.py: the driver's own warnings must not hang it.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]


def ask_for(page: Page, what: str, words: str) -> str:
    """Ask as a neighbour without an account; gives the code."""
    page.goto("/fairhaven/ask/")
    page.get_by_role("checkbox", name=what).first.check(force=True)
    page.get_by_label("Your own words", exact=False).first.fill(words)
    page.get_by_label(re.compile("Where")).first.fill("corner of Elm and Chapel, Elm Park")
    page.get_by_label(re.compile("reach you")).first.fill("+1 508 555 0188")
    press(page.get_by_role("button", name="Ask my neighbours"))
    return page.locator(".code").first.inner_text().strip().split()[0]


def test_asked_looked_at_taken_brought_and_seen_by_the_asker(
    phone: BrowserContext, desk: BrowserContext, browser, server
):
    neighbour = phone.new_page()
    code = ask_for(neighbour, "Food", "Bread and milk")
    press(neighbour.get_by_role("link", name="Is it being handled?"))
    private_link = neighbour.url
    assert "/a/" in private_link
    expect(neighbour.locator("main")).to_contain_text(code)

    dispatcher = desk.new_page()
    be(dispatcher, "Dalia Reyes")
    dispatcher.goto(f"/fairhaven/desk/asks/{code}/")
    press(dispatcher.get_by_role("button", name=re.compile("ready", re.IGNORECASE)).first)

    helping = browser.new_context(
        base_url=server.url, viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    helper = helping.new_page()
    be(helper, "Ben Archer")
    helper.goto(f"/fairhaven/open/{code}/")
    expect(helper.locator("main")).not_to_contain_text("0188")
    press(helper.get_by_role("button", name="I'll take it"))
    helper.goto("/fairhaven/mine/")
    card = helper.locator(f'[id="{code}"]')  # a code may begin with a digit
    expect(card).to_contain_text("0188")
    neighbour.goto(private_link)
    expect(neighbour.locator("main")).to_contain_text("Ben A.")
    press(card.get_by_role("button", name="Handed over"))
    helper.goto("/fairhaven/mine/")
    expect(helper.locator("main")).not_to_contain_text("0188")
    neighbour.goto(private_link)
    expect(neighbour.locator("main")).to_contain_text(re.compile("met|done|brought|thank", re.IGNORECASE))
    helping.close()


def test_an_evening_is_planned_published_ridden_and_counted(desk: BrowserContext, phone: BrowserContext):
    page = desk.new_page()
    be(page, "Dalia Reyes")
    page.goto("/fairhaven/desk/plans/new/")
    for box in page.locator("input[name=helper]").all():
        box.check()
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.get_by_role("link", name="Publish")).to_be_visible(timeout=90_000)
    expect(page.locator("main")).to_contain_text("reach a door")
    press(page.get_by_role("link", name="Publish"))
    press(page.get_by_role("button", name=re.compile("Publish")))
    expect(page.locator("h1")).to_contain_text("Links to send")
    link = re.search(r"/r/[a-z0-9]+/", page.content())
    assert link is not None

    helper = phone.new_page()
    helper.goto(link.group())
    expect(helper.locator("h1")).to_contain_text("Your run")
    helper.get_by_role("button", name="I’m setting out").click()
    expect(helper.locator("main")).to_contain_text(re.compile(r"0 of \d+"))
    helper.get_by_role("button", name="Handed over").first.click()
    expect(helper.locator("main")).to_contain_text(re.compile(r"1 of \d+"))
    helper.get_by_role("button", name="Undo").first.click()
    expect(helper.locator("main")).to_contain_text(re.compile(r"0 of \d+"))
    while helper.get_by_role("button", name="Left at the door").count():
        press(helper.get_by_role("button", name="Left at the door").first)
    press(helper.get_by_role("button", name="Close the run"))
    answer = helper.goto(link.group())
    assert answer is not None
    assert answer.status == 404  # the link died with the run


def test_the_desk_is_worked_with_the_keyboard(desk: BrowserContext):
    page = desk.new_page()
    be(page, "Dalia Reyes")
    page.goto("/fairhaven/desk/?tab=ready", wait_until="networkidle")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("[data-bulk-item]:checked").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/asks/**")
    expect(page.locator("main h1")).to_be_visible()


def test_someone_joins_says_what_they_carry_and_waits(phone: BrowserContext, desk: BrowserContext):
    page = phone.new_page()
    page.goto("/fairhaven/join/")
    page.get_by_label("Your name").fill("Wren Harker")
    page.get_by_label("Your e-mail or phone").fill("wren@example.org")
    page.get_by_label("Choose a password").fill("walnut bicycle harbour lamp")
    press(page.get_by_role("button", name="I would like to help"))
    expect(page.locator("main")).to_contain_text("welcome you soon")
    dispatcher = desk.new_page()
    be(dispatcher, "Dalia Reyes")
    dispatcher.goto("/fairhaven/desk/members/")
    row = dispatcher.locator("tr", has_text="Wren Harker")
    press(row.get_by_role("button", name="Welcome"))
    expect(dispatcher.locator("tr", has_text="Wren Harker")).to_contain_text("active")
    page.goto("/fairhaven/open/")
    expect(page.locator("main h1")).to_be_visible()


def test_bad_input_is_told_in_a_sentence_and_nothing_typed_is_lost(phone: BrowserContext):
    page = phone.new_page()
    page.goto("/fairhaven/ask/")
    page.get_by_label("Your own words", exact=False).first.fill("Something for the baby")
    press(page.get_by_role("button", name="Ask my neighbours"))
    expect(page.locator(".error-summary, [role=alert]").first).to_be_visible()
    expect(page.get_by_label("Your own words", exact=False).first).to_have_value("Something for the baby")
