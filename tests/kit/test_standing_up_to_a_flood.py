"""A flood of anonymous posts: quiet times show nothing, a busy phone bank gets through, and nothing typed is lost."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from manyhands.exchange.models import Offer
from manyhands.kit import flood, look

NOON = datetime(2026, 6, 4, 12, 0, tzinfo=UTC)
PUZZLE_JS = Path(look.__file__).parent / "static/kit/js/puzzle.js"

pytestmark = pytest.mark.django_db


def posted(at: datetime = NOON, *, where="riverside", sender="203.0.113.9", someone=None, **typed) -> str | None:
    request = RequestFactory().post("/", typed, REMOTE_ADDR=sender)
    request.user = someone or AnonymousUser()
    return flood.why_not_take(request, "ask", where, now=at)


def form_at(at: datetime = NOON, *, sender="203.0.113.9", **typed) -> flood.Puzzle | None:
    request = RequestFactory().post("/", typed, REMOTE_ADDR=sender)
    request.user = AnonymousUser()
    return flood.puzzle_for(request, "ask", "riverside", now=at)


def solved(mark: str) -> str:
    return next(str(number) for number in range(10_000_000) if flood.solves(mark, str(number)))


@pytest.fixture
def flooded() -> None:
    for _ in range(flood.QUIET_FROM_ONE_PLACE):
        assert posted() is None
    assert posted() is not None


def test_a_phone_bank_behind_one_address_is_not_held_up_in_quiet_times():
    assert form_at() is None
    assert all(posted() is None for _ in range(40))


def test_under_flood_a_solved_puzzle_lets_it_through_and_works_once(flooded):
    mark = form_at().mark
    answer = solved(mark)
    assert posted(puzzle=mark, puzzle_answer="wrong") is not None
    assert posted(puzzle=mark, puzzle_answer=answer) is None
    assert posted(puzzle=mark, puzzle_answer=answer) is not None


def test_a_made_up_or_foreign_puzzle_opens_nothing(flooded):
    mark = form_at().mark
    for bad in ("", "1.2.3", "x" * 500, mark[:-1] + "x", "é.é.é"):
        assert posted(puzzle=bad, puzzle_answer="1") is not None
    elsewhere = flood._fresh_mark("ask", "hillside", now=NOON)
    assert posted(puzzle=elsewhere, puzzle_answer=solved(elsewhere)) is not None


def test_a_browser_without_scripts_waits_twenty_seconds_with_the_same_form(flooded):
    mark = form_at().mark
    assert "wait" in posted(NOON + timedelta(seconds=5), puzzle=mark, puzzle_answer="")
    assert form_at(NOON + timedelta(seconds=5), puzzle=mark).mark == mark
    assert posted(NOON + timedelta(seconds=20), puzzle=mark, puzzle_answer="") is None


def test_waiting_is_no_way_around_for_a_machine(flooded):
    marks = [form_at().mark for _ in range(flood.WAITERS_FROM_ONE_PLACE + 5)]
    later = NOON + timedelta(seconds=30)
    taken = [posted(later, puzzle=mark, puzzle_answer="") is None for mark in marks]
    assert sum(taken) == flood.WAITERS_FROM_ONE_PLACE
    # ... and the puzzle still is a way for whoever came too late with the waiting.
    assert posted(later, puzzle=marks[-1], puzzle_answer=solved(marks[-1])) is None


def test_another_address_is_not_held_up_and_after_ten_minutes_all_is_quiet(flooded):
    assert posted(sender="198.51.100.7") is None
    assert form_at(NOON + flood.WITHIN) is None
    assert posted(NOON + flood.WITHIN) is None


def test_from_many_addresses_together_it_is_a_flood_too():
    for number in range(flood.QUIET_HERE):
        assert posted(sender=f"10.0.{number // 200}.{number % 200}") is None
    assert posted(sender="10.9.9.9") is not None


def test_whoever_is_signed_in_notices_nothing(flooded, town):
    assert posted(someone=town.dee) is None


def test_the_form_of_an_offer_comes_again_with_what_was_typed_and_with_the_puzzle(client, town, monkeypatch):
    monkeypatch.setattr(flood, "QUIET_FROM_ONE_PLACE", 1)
    url = reverse("exchange:offer", args=["riverside"])
    said = {"kind": "thing", "place_text": "Elm St", "when": "any"}
    assert 'name="puzzle"' not in client.get(url).content.decode()
    before = Offer.objects.count()
    first = client.post(url, {**said, "words": "A cot", "submission": "11111111-1111-4111-8111-111111111111"})
    assert first.status_code == 302, first.content.decode()
    again = client.post(url, {**said, "words": "A warm coat", "submission": "22222222-2222-4222-8222-222222222222"})
    page = again.content.decode()
    assert again.status_code == 400
    assert "A warm coat" in page
    assert Offer.objects.count() == before + 1
    mark = re.search(r'name="puzzle" value="([^"]+)"', page).group(1)
    through = client.post(
        url,
        {
            **said, "words": "A warm coat", "submission": "22222222-2222-4222-8222-222222222222", "puzzle": mark,
            "puzzle_answer": solved(mark),
        },
    )  # fmt: skip
    assert through.status_code == 302
    assert Offer.objects.count() == before + 2


def test_asking_is_held_up_in_the_same_way_and_never_closed(client, town, monkeypatch):
    monkeypatch.setattr(flood, "QUIET_HERE", 1)
    assert posted(timezone.now(), where=town.riverside.pk) is None
    url = reverse("exchange:ask", args=["riverside"])
    page = client.get(url).content.decode()
    assert 'name="puzzle"' in page
    assert "about 20 seconds" in page


@pytest.mark.skipif(not shutil.which("node"), reason="Looks at our script with node, which is not here.")
def test_what_the_browser_works_out_is_what_we_check(tmp_path):
    """The script's SHA-256 is written out by hand; another engine's and ours must agree on every answer."""
    module = tmp_path / "puzzle.mjs"
    module.write_text(PUZZLE_JS.read_text())
    mark = "1780574400.00112233445566aa.0123456789abcdef0123456789abcdef"
    script = f"""
import {{ sha256 }} from "{module}";
import {{ createHash }} from "node:crypto";
for (let length = 0; length < 200; length++) {{
  const ours = [...sha256("a".repeat(length))].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  if (ours !== createHash("sha256").update("a".repeat(length)).digest("hex")) throw new Error(length);
}}
let number = 0;
while (sha256(`{mark}:${{number}}`)[0] >>> (32 - {flood.BITS}) !== 0) number++;
console.log(number);
"""
    runner = tmp_path / "run.mjs"
    runner.write_text(script)
    found = subprocess.run([shutil.which("node"), str(runner)], capture_output=True, text=True, check=True).stdout
    assert flood.solves(mark, found.strip())
    assert found.strip() == solved(mark)
