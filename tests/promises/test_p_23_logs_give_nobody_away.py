"""P-23, logs: with everything logged, and pages that break in twenty places, no line holds a name, a number, an address,
a private link or a word that anybody wrote; and the reference a page shows is the one the log knows it by.
"""

from __future__ import annotations

import http.client
import json
import logging
import re
import urllib.parse
from importlib import import_module

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from manyhands.config.health import logs
from manyhands.exchange import queries as exchange_queries
from tests.architecture.access import ACCESS
from tests.serving import Server, own_database

CANARIES = ("Quetzalina", "Vexingham", "5550143377", "Zanzibarstrasse", "xylophone-allergy", "quetz@canary.example")
WORDS = " ".join(CANARIES)

# Where it breaks: questions and actions of every room, in the middle of a page.
BREAKS = (
    ("house:how_it_is", "manyhands.config.health.state", "matters"),
    ("house:health", "manyhands.config.health.state", "is_serving"),
    ("home:front", "manyhands.networks.queries", "open_to_all"),
    ("home:network", "manyhands.exchange.queries", "on_the_board"),
    ("home:now", "manyhands.home.queries", "what_presses"),
    ("networks:me", "manyhands.networks.here", "by_slug"),
    ("networks:members", "manyhands.networks.queries", "visible_to"),
    ("networks:invite", "manyhands.networks.actions", "invite_member"),
    ("networks:words", "manyhands.networks.queries", "wordings_of"),
    ("networks:settings", "manyhands.networks.queries", "by_slug"),
    ("places:areas", "manyhands.places.queries", "areas_of"),
    ("outlook:figures", "manyhands.outlook.queries", "category_names"),
    ("exchange:asking", "manyhands.exchange.queries", "asks_of"),
    ("exchange:asked", "manyhands.exchange.queries", "asks_of"),
    ("exchange:desk", "manyhands.exchange.queries", "visible_to"),
    ("exchange:ask_page", "manyhands.exchange.queries", "by_code"),
    ("exchange:claim", "manyhands.exchange.queries", "by_code"),
    ("exchange:mine", "manyhands.exchange.queries", "helper_of"),
    ("exchange:given", "manyhands.exchange.queries", "matches_of_offer"),
    ("exchange:board", "manyhands.exchange.queries", "on_the_board"),
    ("exchange:helping", "manyhands.exchange.queries", "helper_of"),
    ("deliveries:plans", "manyhands.deliveries.queries", "visible_to"),
)


class Kept(logging.Handler):
    """Keeps every line as it would be written, in both formats."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += [logs.JsonLines().format(record), logs.PlainLines().format(record)]


@pytest.fixture
def kept():
    handler, root = Kept(), logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in ("django", "django.request", "django.security", "django.db.backends", "manyhands"))]  # fmt: skip
    before = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    for logger, level in before:
        logger.setLevel(level)


def told_on(lines: list[str], *more: str) -> list[str]:
    secrets = [*CANARIES, *more]
    return [line for line in lines for secret in secrets if secret.lower() in line.lower()]


def _broken(*_args, **_kwargs):
    name, phone = CANARIES[0], CANARIES[2]  # local values, too, must stay where they are
    try:
        raise KeyError(f"{name} {phone}")
    except KeyError as error:
        raise ValueError(f"could not reach {WORDS}") from error


def test_at_least_twenty_places_break():
    assert len(BREAKS) >= 20
    assert {page.split(":")[0] for page, _module, _name in BREAKS} >= {"home", "networks", "exchange", "deliveries", "places", "outlook", "house"}  # fmt: skip


@pytest.mark.parametrize(("page", "module", "name"), BREAKS, ids=[page for page, _m, _n in BREAKS])
def test_a_page_that_breaks_tells_a_reference_and_nobody(page, module, name, town, client, kept, monkeypatch):
    row = ACCESS[page]
    scene = row.prepare(town)
    role = next(role for role in ("sol", "dee", "hana", "host", "stranger") if role in row.who)
    if role != "stranger":
        someone = getattr(town, role)
        client.force_login(someone.membership.person if role == "hana" else someone)
    path = reverse(page, kwargs=row.own(town, scene))
    monkeypatch.setattr(import_module(module), name, _broken)
    client.raise_request_exception = False
    kept.lines.clear()
    response = getattr(client, row.method)(path, {**row.data, "q": WORDS}, REMOTE_ADDR="203.0.113.77")
    assert response.status_code == 500
    body = response.content.decode()
    assert not any(canary in body for canary in CANARIES)
    (reference,) = re.findall(r'class="code">([0-9A-Z]{5})<', body)
    lines = [json.loads(line) for line in kept.lines if line.startswith("{")]
    (line,) = [line for line in lines if line.get("reference") == reference]
    assert (line["error"], line["because"]) == ("ValueError", ["KeyError"])
    assert line["view"] == page
    assert any("_broken" in place for place in line["through"])
    private = [value for value in map(str, row.own(town, scene).values()) if value != "riverside" and len(value) > 6]
    assert told_on(kept.lines, "203.0.113.77", *private) == []


def test_wrong_doors_and_wrong_forms_give_nobody_away(town, client, kept):
    link = exchange_queries.asking_token(town.asking)
    client.raise_request_exception = False
    with CaptureQueriesContext(connection):  # so that every question to the database is logged, and what fills it in
        client.get(f"/a/{link}x/")
        client.get(f"/nothing/{CANARIES[0]}/?phone={CANARIES[2]}")
        client.get("/", HTTP_HOST=f"{CANARIES[1].lower()}.example")
        client.post("/sign-in/", {"login": CANARIES[5], "password": WORDS})
        client.post("/riverside/ask/", {"words": WORDS, "place_text": CANARIES[3], "name": CANARIES[0]})
        Client(enforce_csrf_checks=True).post("/riverside/ask/", {"words": WORDS})
    assert any("django.db.backends" in line for line in kept.lines)
    assert any("django.security" in line for line in kept.lines)
    assert told_on(kept.lines, link) == []


@pytest.mark.parametrize(
    "said",
    [
        lambda log: log.error(WORDS),
        lambda log: log.error("reached %s", WORDS),
        lambda log: log.error("reached", extra={"reference": WORDS}),
        lambda log: log.error("reached", extra={"request": WORDS, "status_code": WORDS}),
        lambda log: log.error("%d", WORDS),
    ],
)
def test_what_others_log_is_told_by_its_place_only(kept, said):
    said(logging.getLogger("some.library"))
    assert len(kept.lines) == 2
    assert told_on(kept.lines) == []


def test_our_own_messages_are_told_but_not_what_fills_them(kept):
    logging.getLogger("manyhands.exchange").warning("An ask could not be told to %s", WORDS, extra={"reference": "ask:12"})  # fmt: skip
    assert "An ask could not be told to %s" in kept.lines[0]
    assert json.loads(kept.lines[0])["reference"] == "ask:12"
    assert told_on(kept.lines) == []


@pytest.mark.server
def test_a_real_server_that_logs_everything_writes_nobody_down(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    with own_database(folder) as database:
        server = Server(folder, database, demo=False)
        server.env |= {"MANYHANDS_LOG_LEVEL": "DEBUG", "MANYHANDS_LOG_FORMAT": "json"}
        server.start()
        try:
            category = server.python('from tests import cast\ntown = cast.network("riverside", "Riverside", cast.person("Sol Steward"))\nprint(cast.category(town, "Food").pk)').strip()  # fmt: skip
            form = {"csrfmiddlewaretoken": "a" * 32, "submission": "8f14e45f-ceea-4671-a1d2-0123456789ab", "needs": category, "words": WORDS, "place_text": CANARIES[3], "when": "any", "reach": "", "people": "1"}  # fmt: skip
            status, where = _send(server, "POST", "/riverside/ask/", form)
            assert status == 302
            assert _send(server, "GET", where, None)[0] == 200
            assert _send(server, "GET", f"/a/{CANARIES[0]}/", None)[0] == 404
            assert _send(server, "POST", "/riverside/ask/", {**form, "csrfmiddlewaretoken": "b"})[0] == 403
            server.python("from django.db import connection\nwith connection.cursor() as c: c.execute('ALTER TABLE exchange_ask RENAME TO exchange_lost')")  # fmt: skip
            again = {**form, "submission": "8f14e45f-ceea-4671-a1d2-0123456789ac"}
            assert _send(server, "POST", "/riverside/ask/", again)[0] in {
                500,
                503,
            }  # SQLite calls it a failing database
        finally:
            server.kill()
    log = server.log.read_text()
    broken = [json.loads(line) for line in log.splitlines() if '"reference"' in line]
    assert [line["view"] for line in broken if line["level"] == "ERROR"][-1] == "exchange:ask"
    assert told_on(log.splitlines(), where.strip("/").split("/")[1]) == []


def _send(server, method: str, path: str, form) -> tuple[int, str]:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrf={'a' * 32}"}
    line.request(method, path, urllib.parse.urlencode(form) if form else None, headers)
    response = line.getresponse()
    response.read()
    line.close()
    return response.status, response.getheader("Location") or ""
