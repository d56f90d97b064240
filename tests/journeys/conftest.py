"""A real browser on a real server with the demo town."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tests.serving import Server, serving

QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("served"), demo=True) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = os.environ.get("CHROMIUM", "")
    if not chromium:
        pytest.fail("No Chromium was named in CHROMIUM. script/test finds or installs one.")
    with sync_playwright() as playwright:
        path = None if chromium == "playwright" else shutil.which(chromium)
        launched = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield launched
        launched.close()


@pytest.fixture
def phone(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """A phone 390 px wide with JavaScript turned off: what everyone must be able to do."""
    context = browser.new_context(
        base_url=server.url, viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="en"
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def desk(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """A dispatcher's screen, with JavaScript."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900}, locale="en")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


# A slow machine is no fault of a page.
PATIENCE_MS = 60_000


def press(button: Locator) -> None:
    """Press what leads to another page and wait to be there: a page left on its way may lose what was sent."""
    with button.page.expect_navigation():
        button.click()


def be(page: Page, name: str) -> None:
    """Sign in with one tap as someone of the demo town."""
    page.goto("/demo/")
    press(page.get_by_role("button", name=name))
