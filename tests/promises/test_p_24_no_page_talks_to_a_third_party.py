"""P-24: no page asks anything of another server, and every answer carries the rules that keep it so.

Each url is looked at over https as somebody who finds it; ``PROMISES_LONG=1`` looks as every role. The same rules are held up to every answer of tests/architecture/test_who_finds_which_page.py (every url,
every role, over http), and tests/journeys/test_pages_hold_up.py writes down what a real browser asks for.
"""

from __future__ import annotations

import os
import re
import runpy
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from manyhands.config import settings as settings_module
from manyhands.config.health import metrics
from tests.architecture.access import ACCESS, ROLES, Row
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db

ROLES_EACH = len(ROLES) if os.environ.get("PROMISES_LONG") else 1
NOTHING_BUT_OURS = {"'self'", "'none'", "data:"}
MUST_BE = {
    "default-src": {"'none'"}, "object-src": {"'none'"}, "base-uri": {"'none'"}, "frame-ancestors": {"'none'"},
    "form-action": {"'self'"}, "script-src": {"'self'"}, "style-src": {"'self'"},
}  # fmt: skip


def lapses(answer) -> list[str]:
    """What an answer's headers leave open, in words; nothing where they are as they must be."""
    found = []
    rules = {
        name: set(sources)
        for name, *sources in (rule.split() for rule in answer.headers.get("Content-Security-Policy", "").split(";"))
    }
    report_to = rules.pop("report-uri", set())
    found += [f"{name} is {rules.get(name)}" for name, sources in MUST_BE.items() if rules.get(name) != sources]
    found += [f"{name} lets in {sources}" for name, sources in rules.items() if not sources <= NOTHING_BUT_OURS]
    found += [f"reports go to {where}" for where in report_to if not re.fullmatch(r"/[a-z]+/", where)]
    for header, value in {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # With "no-referrer" browsers say that forms come from "null", and every form would be refused as forged.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }.items():
        if answer.headers.get(header) != value:
            found.append(f"{header}: {answer.headers.get(header)}")
    if not {"no-store", "private"} <= set(answer.headers.get("Cache-Control", "").split(", ")):
        found.append("may be kept")
    for sense in ("camera", "microphone", "payment", "usb"):
        if f"{sense}=()" not in answer.headers.get("Permissions-Policy", ""):
            found.append(f"lends out the {sense}")
    found += [f"{header} is there" for header in ("Access-Control-Allow-Origin", "Server") if header in answer.headers]
    where = answer.headers.get("Location", "")
    if re.match(r"[a-z]+:|//|\\", where, re.IGNORECASE):
        found.append(f"leads to {where}")
    return found


class Loads(HTMLParser):
    """What a browser would ask for because of a page, or send a form to."""

    LOADING = {
        "src",
        "srcset",
        "poster",
        "data",
        "background",
        "action",
        "formaction",
        "ping",
        "manifest",
        "xlink:href",
    }

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in self.LOADING or (name == "href" and tag in {"link", "base", "use", "image"}):
                self.asked.append(value or "")
        said = dict(attrs)
        if tag == "meta" and (said.get("http-equiv") or "").lower() == "refresh":
            self.asked.append((said.get("content") or "").partition("url=")[2] or "/")


def asked_of_strangers(text: str) -> list[str]:
    page = Loads()
    page.feed(text)
    return [where for where in page.asked if where and not re.match(r"/(?!/)|[#?]|data:image/", where)]


def test_the_look_sees_what_it_looks_for():
    page = '<img src="https://cdn.example/x.png"><form action="//b.example"></form><link href="http://c.example/x.css">'
    assert len(asked_of_strangers(page + '<img src="/ours.png"><a href="https://elsewhere.example">')) == 3

    bare = HttpResponse(headers={"Content-Security-Policy": "default-src 'none'; img-src 'self' https://cdn.example"})
    assert {"img-src lets in", "may be kept", "lends out the camera", "Referrer-Policy: None"} <= {
        lapse.split(" {")[0] for lapse in lapses(bare)
    }


@pytest.fixture
def over_https(settings, monkeypatch) -> None:
    """The settings of a host with MANYHANDS_HTTPS, read by the very file that reads them on a server."""
    monkeypatch.setenv("MANYHANDS_HTTPS", "yes")
    read = runpy.run_path(str(Path(settings_module.__file__)))
    for name, value in read.items():
        if name.startswith(("SESSION_COOKIE", "CSRF_COOKIE", "LANGUAGE_COOKIE", "SECURE_")) or name == "ENV":
            setattr(settings, name, value)
    settings.PUBLIC_URL = "https://testserver"


def client() -> Client:
    made = Client()
    made.defaults["wsgi.url_scheme"] = "https"
    made.defaults["HTTP_X_FORWARDED_PROTO"] = "https"
    return made


def looks(row: Row) -> Iterator[str]:
    """Whose eyes to look with: one who finds it if anybody does, or in the long form everybody."""
    yield from sorted(ROLES, key=lambda role: role not in row.who)[:ROLES_EACH]


def test_every_answer_carries_the_rules(town, over_https):
    from tests.architecture.test_who_finds_which_page import _person

    looked, found, browser = 0, [], client()
    for name, row in sorted(ACCESS.items()):
        for role in looks(row):
            with transaction.atomic():
                browser.cookies.clear()
                if (someone := _person(town, role)) is not None:
                    browser.force_login(someone)
                path = reverse(name, kwargs=row.own(town, row.prepare(town)))
                answer = getattr(browser, row.method)(path, row.data)
                transaction.set_rollback(True)
            told = lapses(answer)
            if answer.headers.get("Strict-Transport-Security") != "max-age=31536000; includeSubDomains":
                told.append("can be asked without https")
            for cookie in answer.cookies.values():
                # One that is taken back says nothing that a script could read.
                hidden = cookie["httponly"] or (not cookie.value and cookie["max-age"] == 0)
                if not (cookie.key.startswith("__Host-") and cookie["secure"] and hidden):
                    told.append(f"its cookie {cookie.key} lies open")
                if cookie["samesite"] not in {"Lax", "Strict"} or cookie["domain"] or cookie["path"] != "/":
                    told.append(f"its cookie {cookie.key} travels")
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                told += asked_of_strangers(answer.content.decode())
            found += [f"{name} as {role}: {each}" for each in told]
            looked += 1
    assert found == []
    assert looked == len(ACCESS) * ROLES_EACH


def test_what_goes_wrong_carries_them_too(town, over_https, monkeypatch):
    browser = client()
    browser.raise_request_exception = False
    answers = [browser.get("/no/such/page/"), browser.get("/", HTTP_HOST="elsewhere.example")]
    monkeypatch.setattr("manyhands.networks.queries.open_to_all", lambda *_args, **_more: 1 / 0)
    answers.append(browser.get("/"))
    forged = Client(enforce_csrf_checks=True)
    answers.append(forged.post("/sign-in/", {"login": "x"}))
    assert [answer.status_code for answer in answers] == [404, 400, 500, 403]
    assert [lapses(answer) for answer in answers] == [[]] * 4


def test_styles_and_pictures_carry_them_but_may_be_kept():
    answer = Client().get("/static/kit/css/base.css")
    answer.close()
    assert answer.status_code == 200
    assert lapses(answer) == ["may be kept"]
    assert "max-age" in answer.headers["Cache-Control"]


def test_a_form_still_counts_as_ours_over_https(town, over_https):
    """The strict rules do not shut out people themselves: with the cookies and the origin of a browser, signing in works."""
    town.dee.set_password(PASSWORD)
    town.dee.save()
    browser = Client(enforce_csrf_checks=True)
    how = {"secure": True, "HTTP_X_FORWARDED_PROTO": "https", "HTTP_ORIGIN": "https://testserver"}
    mark = re.search(r'csrfmiddlewaretoken" value="(\w+)"', browser.get("/sign-in/", **how).content.decode())
    said = {"login": "dee@example.org", "password": PASSWORD, "csrfmiddlewaretoken": mark[1]}
    answer = browser.post("/sign-in/", said, **how)
    assert answer.status_code == 302
    assert {"__Host-session", "__Host-csrf"} <= set(browser.cookies)
    assert browser.get("/riverside/desk/", **how).status_code == 200
    strangers = browser.post("/sign-in/", said, **{**how, "HTTP_ORIGIN": "https://elsewhere.example"})
    assert strangers.status_code == 403


def test_signing_out_clears_what_the_browser_kept(town):
    browser = Client()
    browser.force_login(town.dee)
    assert browser.post("/sign-out/").headers["Clear-Site-Data"] == '"cache", "storage"'


def test_what_a_browser_reports_is_counted_and_not_read(monkeypatch):
    from django.http import HttpRequest

    before = metrics.BLOCKED._value.get()
    with monkeypatch.context() as patch:
        patch.setattr(HttpRequest, "body", property(lambda request: pytest.fail("the report was read")))
        answer = Client(enforce_csrf_checks=True).post(
            "/blocked/", '{"csp-report": {"document-uri": "/a/secret/"}}', content_type="application/csp-report"
        )
    assert answer.status_code == 204
    assert metrics.BLOCKED._value.get() == before + 1
    assert b"manyhands_blocked_total" in metrics.as_text()[0]
    assert b"secret" not in metrics.as_text()[0]
