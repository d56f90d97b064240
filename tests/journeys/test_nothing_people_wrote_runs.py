"""In a real browser: scripts in every field that holds words, and no dialog opens, no rule of a page is tried (P-64)."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack

import pytest

from tests.journeys.test_pages_hold_up import FIND, WHO, looking
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

STUFF = """
from tests.promises.scripts_people_might_send import stuff, two_hundred
print(stuff(two_hundred(), set()))
"""


@pytest.mark.skipif(
    os.environ.get("PROMISES_LONG") != "1",
    reason="A browser looks only in the long form; the short one takes the pages apart (tests/promises/test_p_64...).",
)
def test_no_dialog_opens_and_no_rule_is_tried(browser, tmp_path):
    happened, looked, with_scripts = [], 0, 0
    with serving(tmp_path, demo=True) as server, ExitStack() as open_pages:
        pages = json.loads(server.python(FIND))
        # Everyone signs in before their names change.
        seen = {who: open_pages.enter_context(looking(browser, server, who)) for who in WHO}
        assert int(server.python(STUFF)) > 300
        for who, page in seen.items():
            page.on("dialog", lambda dialog: (happened.append(dialog.message), dialog.dismiss()))
            page.on("console", lambda said: happened.append(said.text) if "Security Policy" in said.text else None)
            page.on("pageerror", lambda error: happened.append(str(error)))
            page.on("request", lambda request: happened.append(request.url) if "xss" in request.url else None)
            for address in pages[who]:
                page.goto(address)
                looked += 1
                with_scripts += "xss" in page.locator("body").inner_text()
    assert happened == []
    assert looked > 40
    assert with_scripts > looked // 2
