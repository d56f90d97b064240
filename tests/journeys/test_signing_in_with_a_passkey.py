"""A steward makes a passkey in a real browser, signs out, and comes back with nothing but a touch."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PATIENCE_MS, press
from tests.serving import Server, own_database

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

SCENE = """
from tests import cast
from manyhands.people.models import Person
cast.network("riverside", "Riverside", cast.person("Sol Steward"))
sol = Person.objects.get()
sol.set_password(cast.PASSWORD)
sol.save()
"""


@pytest.fixture
def at_localhost(tmp_path) -> Iterator[Server]:
    """Browsers lend passkeys to a page of the machine itself only under this name."""
    with own_database(tmp_path) as database:
        server = Server(tmp_path, database, demo=False)
        server.url = server.env["MANYHANDS_PUBLIC_URL"] = f"http://localhost:{server.port}"
        server.start()
        try:
            server.python(SCENE)
            yield server
        finally:
            server.kill()


@pytest.fixture
def page(browser, at_localhost) -> Iterator[Page]:
    context = browser.new_context(base_url=at_localhost.url, locale="en")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    phone = context.new_cdp_session(page)
    phone.send("WebAuthn.enable")
    phone.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    yield page
    context.close()


def test_a_passkey_is_made_and_opens_the_way_in_and_the_stewards_pages(page):
    page.goto("/sign-in/")
    page.get_by_label("E-mail or phone").fill("sol@example.org")
    page.get_by_label("Password").fill("a long enough pass phrase")
    press(page.get_by_role("button", name="Sign in", exact=True))
    page.goto("/account/second-step/")
    press(page.get_by_role("link", name="Make a passkey"))
    press(page.get_by_role("button", name="Make it now"))
    expect(page.get_by_text("Your passkey is kept")).to_be_visible()
    page.goto("/account/")
    press(page.get_by_role("button", name="Sign out", exact=True))

    page.goto("/sign-in/")
    press(page.get_by_role("link", name="Sign in with a passkey"))
    press(page.get_by_role("button", name="Use my passkey"))
    page.goto("/riverside/desk/settings/")
    expect(page).to_have_url(re.compile("/riverside/desk/settings/$"))
    expect(page.get_by_role("heading", name="How it works here")).to_be_visible()
