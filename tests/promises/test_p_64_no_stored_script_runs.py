"""P-64: whatever people write, no page runs it.

Two hundred scripts stand in every field that holds words or names, and every page that whoever finds it sees is taken
apart: it has no script, handler, address of a script or element that is not ours. Then every form of every page is sent
with them. tests/journeys/test_nothing_people_wrote_runs.py lets a real browser look.

Short: each field of each form is sent a few of them; ``PROMISES_LONG=1``: all two hundred.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import count
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.architecture.access import ACCESS, ROLES
from tests.architecture.test_who_finds_which_page import _person
from tests.promises.scripts_people_might_send import stuff, two_hundred

pytestmark = pytest.mark.django_db

SCRIPTS = two_hundred()
TIMES_EACH_FORM = len(SCRIPTS) if os.environ.get("PROMISES_LONG") else 2
LEADS = {"href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href", "ping", "cite", "background"}
NEVER = {"iframe", "object", "embed", "base", "applet", "frame", "frameset", "marquee", "math", "video", "audio", "source", "template", "style", "xmp", "plaintext", "listing"}  # fmt: skip


class Taken(HTMLParser):
    """A page taken apart: what is wrong with it, and its forms."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.forms: list[tuple[str, str, list[dict[str, str]]]] = []
        self.texts: list[str] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag in NEVER or not re.fullmatch(r"[a-z][a-z0-9]*", tag):
            self.wrong.append(f"<{tag}>")
        if tag == "script" and not (said.get("src", "").startswith("/static/") or "json" in said.get("type", "")):
            self.wrong.append(f"<script {said}>")
        if tag == "meta" and "http-equiv" in said:
            self.wrong.append(f"<meta {said}>")
        for name, value in said.items():
            if (
                name.startswith("on")
                or name in {"srcdoc", "style"}
                or "xss" in name
                or not re.fullmatch(r"[a-z:A-Z0-9-]+", name)
            ):
                self.wrong.append(f"<{tag} {name}={value[:40]!r}>")
            plain = re.sub(r"[\x00-\x20\u2028]", "", value).lower()
            if name in LEADS and not (
                plain.startswith(
                    (
                        "/",
                        "#",
                        "?",
                        "data:image/",
                        "https://www.gnu.org",
                        "http://testserver/",
                        "tel:",
                        "mailto:",
                        "sms:",
                        "geo:",
                    )
                )
                or plain == ""
            ):
                self.wrong.append(f"<{tag} {name}={value[:60]!r}>")
            if name in LEADS and plain.startswith("//"):
                self.wrong.append(f"<{tag} {name}={value[:60]!r}>")
        if tag == "form":
            self.forms.append((said.get("method", "get").lower(), said.get("action", ""), []))
        if self.forms and tag in {"input", "textarea", "button", "select"} and said.get("name"):
            self.forms[-1][2].append({"tag": tag, **said})
            self._select = said["name"] if tag == "select" else ""
        if self.forms and tag == "option" and self._select and said.get("value"):
            self.forms[-1][2][-1].setdefault("choice", said["value"])

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def taken_apart(text: str) -> Taken:
    page = Taken()
    page.feed(text)
    page.close()
    return page


def test_the_look_sees_what_it_looks_for():
    missed = [
        script for script in SCRIPTS if re.search(r"<[a-zA-Z<]", script) and not taken_apart(f"<p>{script}</p>").wrong
    ]
    # Some stay within a comment, and one is a script to nobody.
    assert all(
        re.search(r"<!--|application/json|<form|<link|<input|<a |<details|<noscript|<body|<img", script)
        for script in missed
    )
    assert len(missed) < 25, missed


def every_page(town):
    """Each page somebody finds, as them: url name, client, answer."""
    browser = Client()
    for name, row in sorted(ACCESS.items()):
        role = next((role for role in ("sol", "dee", "hana", "hugo", "host", *ROLES) if role in row.who), None)
        if row.method != "get" or role is None:
            continue
        with transaction.atomic():
            browser.cookies.clear()
            if (someone := _person(town, role)) is not None:
                browser.force_login(someone)
            scene = row.prepare(town)
            yield name, browser, lambda row=row, scene=scene, name=name: reverse(name, kwargs=row.own(town, scene))
            transaction.set_rollback(True)


def test_every_page_that_shows_them_shows_them_as_words(town):
    wrong, shown = [], Counter()
    for name, browser, address in every_page(town):
        path = address()
        assert stuff(SCRIPTS, set()) > 60
        answer = browser.get(path)
        assert answer.status_code < 500, name
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            text = answer.content.decode()
            page = taken_apart(text)
            wrong += [f"{name}: {each}" for each in page.wrong]
            shown[name] = len(set(re.findall(r"xss\d+", " ".join(page.texts))))
    assert wrong == []
    # They really were there: on most pages some, on some pages nearly all.
    assert sum(1 for number in shown.values() if number) > 50, shown
    assert max(shown.values()) > 150


def filled(fields: list[dict[str, str]], scripts) -> dict[str, str]:
    """A form filled in so that it goes through, but for a script in every line of it."""
    said: dict[str, str] = {}
    for field in fields:
        kind, name = field.get("type", "text"), field["name"]
        if field["tag"] == "textarea" or (
            field["tag"] == "input" and kind in {"text", "tel", "search", "email", "url"}
        ):
            said[name] = next(scripts)
        elif field["tag"] == "select":
            said[name] = field.get("choice", "")
        elif kind in {"checkbox", "radio"}:
            said.setdefault(name, field.get("value", "on"))
        elif field["tag"] == "button":
            said.setdefault(name, field.get("value", ""))
        elif kind not in {"file", "submit"}:
            said[name] = field.get("value", "")
    return said


def test_every_form_sent_with_them_shows_them_as_words(town):
    scripts = (SCRIPTS[number % len(SCRIPTS)] for number in count())
    wrong, sent, seen = [], 0, set()
    for name, browser, address in every_page(town):
        path = address()
        answer = browser.get(path)
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        for method, action, fields in taken_apart(answer.content.decode()).forms:
            names = frozenset(field["name"] for field in fields if field["tag"] != "button")
            lines = [
                field
                for field in fields
                if field["tag"] == "textarea"
                or (field.get("type", "text") in {"text", "tel", "search", "email", "url"} and field["tag"] == "input")
            ]
            if not lines or (name, names) in seen:
                continue
            seen.add((name, names))
            for _turn in range(TIMES_EACH_FORM):
                with transaction.atomic():
                    said = filled(fields, scripts)
                    back = getattr(browser, method)(action or path, said, follow=True)
                    transaction.set_rollback(True)
                assert back.status_code < 500, (name, said)
                sent += len(lines)
                if back.headers.get("Content-Type", "").startswith("text/html"):
                    wrong += [f"{name}, sent: {each}" for each in taken_apart(back.content.decode()).wrong]
    assert wrong == []
    assert len(seen) > 25
    assert sent >= len(SCRIPTS)


def test_addresses_made_of_them_show_them_as_words(client, town):
    for script in SCRIPTS[::4]:
        for path in ("/riverside/", "/", "/a/", "/riverside/desk/"):
            answer = client.get(path + script.replace("\x00", "%00"))
            assert answer.status_code in {404, 301, 302, 400}
            assert taken_apart(answer.content.decode()).wrong == []


def test_nothing_calls_words_safe_but_what_is_our_own():
    """Words of people reach a page through escaping templates only; what is marked safe is counted here, with where."""
    house = Path(__file__).resolve().parents[2] / "src" / "manyhands"
    in_code = re.compile(r"mark_safe\(|SafeString\(|\.__html__|safestring\.SafeData")
    in_templates = re.compile(r"\|\s*safe\b|autoescape off")
    found = Counter(
        str(p.relative_to(house))
        for kind, marks in (("*.py", in_code), ("*.html", in_templates), ("*.txt", in_templates))
        for p in house.rglob(kind)
        for _ in marks.findall(p.read_text())
    )
    assert found == {
        "deliveries/papers.py": 1, "kit/icons.py": 5, "kit/look.py": 1, "kit/templatetags/kit.py": 4,
        "kit/templatetags/marks.py": 1, "people/views/account.py": 1,
    }  # fmt: skip
