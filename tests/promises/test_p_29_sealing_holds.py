"""P-29: sealing takes less than two seconds and holds. Shut, only the public pages answer; asks are still taken in, and
none of them is lost once the house is open.
"""

from __future__ import annotations

import http.cookiejar
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from manyhands.config.shut import STAYS_OPEN
from manyhands.exchange import inbox
from manyhands.exchange.actions import inbox as inbox_actions
from manyhands.exchange.models import Ask, Letter
from manyhands.jobs.models import Job
from manyhands.kit.ring import Shut, asking, slots, the_ring
from manyhands.people.models import ContactPoint, Person
from tests import sealed
from tests.architecture.access import ACCESS, ROLES
from tests.architecture.test_who_finds_which_page import _person
from tests.serving import Server, own_database
from tests.working import work_off

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="A sealed house needs Linux.")


@pytest.fixture
def house(gathered_once, settings, tmp_path, request):
    """A town whose keys are its own, so that it can be sealed."""
    settings.KEYS_DIR = tmp_path / "keys"
    return request.getfixturevalue("town")


# Who is signed in makes no difference while the house is shut; the long form looks whether that is so.
WHO = ROLES if os.environ.get("PROMISES_LONG") else ("stranger", "sol")


def shut() -> None:
    sealed.seal(the_ring())
    assert not the_ring().is_open()


def back_to_the_cabinet() -> None:
    ring = the_ring()
    ring.change_slots(
        ring.root_from(slots.open_with_passphrase(ring.ways_in(), sealed.PASSPHRASE)), ring.unattended_slot
    )


def every_page(town) -> Iterator[tuple[str, str, str, dict]]:
    for name, row in sorted(ACCESS.items()):
        with transaction.atomic():
            arguments = row.own(town, row.prepare(town))
            transaction.set_rollback(True)
        yield name, row.method, reverse(name, kwargs=arguments), row.data


def said_about_people() -> set[str]:
    told = {name for name in (person.name for person in Person.objects.all()) if name}
    return (
        told
        | {point.value for point in ContactPoint.objects.all()}
        | {ask.words for ask in Ask.objects.all() if ask.words}
    )


@pytest.mark.django_db
def test_shut_only_what_needs_no_key_answers_whoever_comes(house):
    pages, secrets = list(every_page(house)), said_about_people()
    assert len(pages) > 100
    assert len(secrets) > 10
    clients = {}
    for role in (*WHO, "dee"):
        clients[role] = Client()
        if (person := _person(house, role)) is not None:
            clients[role].force_login(person)
    desk = reverse("exchange:desk", args=["riverside"])
    assert clients["dee"].get(desk).status_code == 200
    shut()
    wrong = []
    for name, method, path, data in pages:
        for role in WHO:
            with transaction.atomic():
                response = getattr(clients[role], method)(path, data)
                transaction.set_rollback(True)
            said = response.content.decode(errors="replace")
            # The private page of an ask from before needs keys, and is shut like all others.
            opens = name in STAYS_OPEN and name != "exchange:asking"
            right = response.status_code < 500 if opens else response.status_code == 503 and "Retry-After" in response
            if not right or any(secret in said for secret in secrets):
                wrong.append((name, role, response.status_code, [secret for secret in secrets if secret in said]))
    assert wrong == []
    # Nobody was signed out.
    back_to_the_cabinet()
    assert clients["dee"].get(desk).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["es", "ar"])
def test_the_page_of_a_shut_house_is_calm_in_every_language(house, client, language):
    shut()
    answer = client.get("/sign-in/", headers={"Accept-Language": language})
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "300", "no-store")
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in answer.content.decode()


def ask(client: Client, town, *, words: str, **more: object):
    need = town.groceries.category_id
    typed = {"needs": [need], "words": words, "place_text": "Elm & 3rd", "door": "bell 4", "reach": "+12025550147",
             "name": "Zara", "when": "any", **more}  # fmt: skip
    return client.post(reverse("exchange:ask", args=["riverside"]), typed)


@pytest.mark.django_db
def test_what_is_asked_while_shut_becomes_an_ask_once_it_is_open(house, client):
    before = set(Ask.objects.values_list("pk", flat=True))
    shut()
    answer = ask(client, house, words="Bread and Wapiti", careful="on", repeat="2")
    assert answer.status_code == 302, answer.content.decode()
    told = client.get(answer.url)
    assert told.status_code == 200
    letter = Letter.objects.get()
    assert letter.codes[0] in told.content.decode()
    for secret in (b"Wapiti", b"Elm", b"bell 4", b"0147", b"Zara"):
        assert secret not in bytes(letter.sealed)
    # Neither their link nor the worker opens it before somebody opens the house.
    assert client.get(answer.url.replace("asked/", "")).status_code == 200
    with pytest.raises(Shut):
        inbox.read(now=timezone.now())
    with sealed.holding(the_ring().folder):
        opened = client.post("/host/open/", {"do": "passphrase", "passphrase": sealed.PASSPHRASE})
        assert "The house is open" in opened.content.decode()
        assert Job.objects.filter(task="manyhands.exchange.tasks.read_inbox").exists()
        work_off()
        assert not Letter.objects.exists()
        (new,) = Ask.objects.exclude(pk__in=before).filter(words__isnull=False, repeat_on=None)
        assert (new.code, new.words, new.asking.asked_by.name) == (letter.codes[0], "Bread and Wapiti", "Zara")
        assert (new.asking_id, new.asked_at, new.asking.submission) == (letter.pk, letter.put_at, letter.submission)
        page = client.get(answer.url.replace("asked/", ""))
        assert new.code in page.content.decode()
        assert inbox.read(now=timezone.now()) == 0


@pytest.mark.django_db
def test_sent_twice_it_is_one_letter_and_a_wrong_form_loses_nothing(house, client):
    shut()
    answer = ask(client, house, words="")
    assert answer.status_code == 302
    wrong = ask(client, house, words="Bread and Wapiti", place_text="", reach="555")
    assert wrong.status_code == 400
    assert "Bread and Wapiti" in wrong.content.decode()
    mark = str(Letter.objects.get().submission)
    again = ask(client, house, words="", submission=mark)
    assert "You had sent this already" in again.content.decode()
    assert Letter.objects.count() == 1


@pytest.mark.django_db
def test_the_key_process_dies_in_the_middle_and_nothing_is_lost_or_doubled(house, client, monkeypatch):
    shut()
    for number in range(4):
        assert ask(client, house, words=f"Thing {number}").status_code == 302
    codes, before = {code for letter in Letter.objects.all() for code in letter.codes}, Ask.objects.count()
    folder, whole, done = the_ring().folder, inbox_actions.done_with, []
    with sealed.holding(folder) as process:
        asking.open_with_passphrase(folder, sealed.PASSPHRASE)

        def dies_at_the_third(letter, **more):
            done.append(letter)
            if len(done) == 3:
                process.kill()
                process.wait()
                the_ring().index_key("journal")
            whole(letter, **more)

        monkeypatch.setattr("manyhands.exchange.actions.done_with", dies_at_the_third)
        with pytest.raises(Shut):
            inbox.read(now=timezone.now())
    assert (Letter.objects.count(), Ask.objects.count()) == (2, before + 2)
    monkeypatch.undo()
    with sealed.holding(folder):
        asking.open_with_passphrase(folder, sealed.PASSPHRASE)
        assert inbox.read(now=timezone.now()) == 2
        assert inbox.read(now=timezone.now()) == 0
    assert Ask.objects.count() == before + 4
    assert set(Ask.objects.filter(code__in=codes).values_list("code", flat=True)) == codes


@pytest.mark.django_db
def test_what_cannot_become_an_ask_is_kept_with_its_reason_and_the_desk_takes_it_in(house, as_, client):
    shut()
    assert ask(client, house, words="Bread and Wapiti").status_code == 302
    assert ask(client, house, words="Changed on the way").status_code == 302
    first, second = Letter.objects.order_by("put_at")
    Letter.objects.filter(pk=second.pk).update(sealed=bytes(second.sealed)[:-1] + b"x")
    category = house.groceries.category
    type(category).objects.filter(pk=category.pk).update(is_used=False)
    back_to_the_cabinet()
    assert inbox.read(now=timezone.now()) == 0
    assert set(Letter.objects.values_list("why_kept", flat=True)) == {"form", "unreadable"}
    assert "came while the house was shut" in as_(house.dee).get("/riverside/desk/now/").content.decode()
    page = as_(house.dee).get("/riverside/desk/letters/").content.decode()
    assert first.codes[0] in page
    assert second.codes[0] in page
    assert "Bread and Wapiti" in page
    other = type(category).objects.filter(network=house.riverside, is_used=True).first()
    answer = as_(house.dee).post("/riverside/desk/letters/", {"letter": str(first.pk), "category": other.pk})
    assert answer.status_code == 302
    new = Ask.objects.get(code=first.codes[0])
    assert (new.words, new.category, new.asking_id) == ("Bread and Wapiti", other, first.pk)
    assert Letter.objects.get().pk == second.pk


@pytest.mark.django_db
def test_a_promised_code_is_given_to_nobody_else(house, client, monkeypatch):
    shut()
    ask(client, house, words="Bread")
    promised = Letter.objects.get().codes[0]
    back_to_the_cabinet()
    drawn = iter([promised, promised, "ZZZ999"])
    monkeypatch.setattr("manyhands.kit.codes.fresh_code", lambda: next(drawn))
    ask(client, house, words="Milk")
    assert Ask.objects.filter(code="ZZZ999").exists()
    assert inbox.read(now=timezone.now()) == 1
    assert Ask.objects.filter(code=promised).count() == 1


@pytest.mark.django_db
def test_one_press_of_a_steward_shuts_the_house(house, as_):
    sealed.seal(the_ring())
    folder = the_ring().folder
    with sealed.holding(folder) as process:
        asking.open_with_passphrase(folder, sealed.PASSPHRASE)
        for nobody in (house.dee, house.hugo, None):
            assert as_(nobody).post("/host/seal/").status_code == 404
        assert the_ring().is_open()
        page = as_(house.sol).get("/host/seal/")
        assert "Shut it now" in page.content.decode()
        began = time.monotonic()
        answer = as_(house.sol).post("/host/seal/")
        assert time.monotonic() - began < 2
        assert "This house is sealed" in answer.content.decode()
        process.wait(5)
        assert not the_ring().is_open()


@pytest.mark.django_db
def test_guessing_by_the_page_is_counted_by_where_it_comes_from(house, client):
    shut()
    folder = the_ring().folder
    with sealed.holding(folder):
        for _guess in range(10):
            said = client.post("/host/open/", {"do": "passphrase", "passphrase": "some other passphrase"})
            assert (said.status_code, "some other passphrase" in said.content.decode()) == (400, False)
            assert "does not open the house" in said.content.decode()
        right = {"do": "passphrase", "passphrase": sealed.PASSPHRASE}
        assert "Too many tries from here" in client.post("/host/open/", right).content.decode()
        assert not the_ring().is_open()
        # From anywhere else it opens: nobody can keep the stewards out.
        assert client.post("/host/open/", right, REMOTE_ADDR="198.51.100.7").status_code == 200
        assert the_ring().is_open()
    from manyhands.once.models import Sent

    assert not Sent.objects.exists()


@pytest.mark.django_db
def test_several_people_give_their_shares_on_the_page(house):
    papers = sealed.seal(the_ring(), needed=2, of=3)
    with sealed.holding(the_ring().folder):
        said = Client().post("/host/open/", {"do": "share", "words": papers[1]}).content.decode()
        assert "1 of the 2 shares" in said
        assert "does not fit" in Client().post("/host/open/", {"do": "share", "words": "bread milk"}).content.decode()
        assert "The house is open" in Client().post("/host/open/", {"do": "share", "words": papers[0]}).content.decode()


@pytest.mark.django_db
def test_a_locked_cabinet_never_says_it_is_sealed(house, as_):
    for path in ("/host/open/", "/host/seal/", "/riverside/desk/settings/"):
        said = as_(house.sol).get(path).content.decode()
        assert "locked cabinet" in said, path
        assert "Keys: sealed" not in said
    assert "Locked cabinet" in as_(house.host).get("/host/health/").content.decode()


# ── A real server ────────────────────────────────────────────────────────────────────────────────────────────────────


class Browser:
    """Keeps cookies and fills forms in; no more."""

    def __init__(self, url: str) -> None:
        self.url = self.at = url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def get(self, path: str) -> tuple[int, str]:
        return self._open(self.url + path, None)

    def post(self, path: str, typed: dict[str, str]) -> tuple[int, str]:
        page = self.get(path)[1]
        for name in ("csrfmiddlewaretoken", "once", "submission"):
            if found := re.search(rf'name="{name}" value="([^"]+)"', page):
                typed[name] = found[1]
        return self._open(self.url + path, urllib.parse.urlencode(typed).encode())

    def _open(self, url: str, data: bytes | None) -> tuple[int, str]:
        deadline = time.monotonic() + 20
        while True:
            try:
                with self.opener.open(url, data, timeout=30) as answer:
                    self.at = answer.url
                    return answer.status, answer.read().decode()
            except urllib.error.HTTPError as answer:
                return answer.code, answer.read().decode()
            except OSError:
                # The worker it went to was just killed; a browser tries again by itself.
                if time.monotonic() > deadline:
                    raise


def eventually(look, *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, "It did not come about."
        time.sleep(0.1)


@pytest.mark.server
def test_a_served_house_is_shut_in_two_seconds_and_takes_asks_all_the_while(tmp_path):
    house = tmp_path / "house"
    house.mkdir()
    with own_database(house) as database:
        server = Server(house, database, demo=False)
        keys = tmp_path / "keys"
        server.env |= {"MANYHANDS_KEYS_DIR": str(keys)}
        server.run("createnetwork", "riverside", "Riverside")
        food = server.python(
            "from manyhands.kit.ring import the_ring\nfrom tests import sealed\nsealed.seal(the_ring())\n"
            "from manyhands.exchange.models import Category\nprint(Category.objects.first().pk)"
        ).strip()
        server.start("/riverside/")
        try:
            browser = Browser(server.url)
            assert browser.get("/sign-in/")[0] == 503
            typed = {"needs": food, "words": "Bread", "place_text": "Elm & 3rd", "when": "any"}
            assert "It lies locked" in browser.post("/riverside/ask/", dict(typed))[1]
            link = browser.at.removeprefix(server.url).removesuffix("asked/")
            assert "It lies locked" in browser.get(link)[1]
            sealed.until_it_listens(keys)
            opening = {"do": "passphrase", "passphrase": sealed.PASSPHRASE}
            assert "The house is open" in browser.post("/host/open/", dict(opening))[1]
            assert browser.get("/sign-in/")[0] == 200
            eventually(lambda: "It lies locked" not in browser.get(link)[1])
            assert browser.get(link)[0] == 200
            began = time.monotonic()
            assert asking.seal(keys)
            assert time.monotonic() - began < 2
            assert browser.get("/sign-in/")[0] == browser.get(link)[0] == 503
            assert "It lies locked" in browser.post("/riverside/ask/", dict(typed))[1]
        finally:
            server.kill()
