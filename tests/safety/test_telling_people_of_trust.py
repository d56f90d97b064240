"""Somebody who was hurt tells people of trust, and whom it is about learns nothing of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from manyhands.exchange import actions as exchange
from manyhands.exchange import exporting, planning
from manyhands.exchange import queries as exchange_queries
from manyhands.exchange.models import Claim
from manyhands.journal.models import Entry
from manyhands.kit.refusals import Refused
from manyhands.networks import actions as networks
from manyhands.networks.models import Membership
from manyhands.networks.states import Standing
from manyhands.notices.models import Notice
from manyhands.privacy import forgetting
from manyhands.privacy.models import Reveal, Unlock
from manyhands.safety import actions, queries
from manyhands.safety.models import Line, Reader, Report
from tests import cast
from tests.architecture.access import ACCESS, ROLES
from tests.architecture.test_who_finds_which_page import _person

pytestmark = pytest.mark.django_db

SECRET = "Zwiebelfisch"
REPORT = "/riverside/report/"


@pytest.fixture
def trusted(town):
    """Dee, Sol and Hana read reports of Riverside."""
    now = timezone.now()
    people = [town.dee, town.sol, town.hana.membership.person]
    actions.choose(town.riverside, people=people, outside="The line, 555 0100", by=town.sol, now=now)
    return people


def person(role: str, town):
    return _person(town, role)


def tell(town, client=None, path: str = REPORT, **said):
    return (client or Client()).post(path, {"words": f"{SECRET} happened", **said})


def only(town) -> Report:
    return Report.objects.get()


# ── Telling ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_in_two_minutes_without_an_account(town, trusted):
    page = Client().get(REPORT).content.decode()
    assert all(name in page for name in ("Dee D.", "Sol S.", "Hana H.", "555 0100"))
    answer = tell(town, about_words="whoever came on Tuesday")
    assert answer.status_code == 302
    thread = Client().get(answer.url).content.decode()
    assert SECRET in thread
    assert "Waiting to be read" in thread
    assert {reader.person for reader in only(town).readers.all()} == set(trusted)


def test_a_neighbour_chooses_among_those_who_came(town, trusted):
    exchange.claim_ask(town.groceries, helper=town.hugo, by=None, now=timezone.now())
    path = reverse("safety:report_behind_link", args=[exchange_queries.asking_token(town.asking)])
    assert "Hugo H." in Client().get(path).content.decode()
    hugo = town.hugo.membership.person
    assert tell(town, path=path, about=str(hugo.pk)).status_code == 302
    assert queries.person_of(only(town).about) == hugo
    assert queries.person_of(only(town).written_by) == town.nia


def test_a_helper_chooses_among_neighbours_they_came_to_and_the_desk(town, as_, trusted):
    exchange.claim_ask(town.groceries, helper=town.hana, by=None, now=timezone.now())
    page = as_(town.hana).get(REPORT).content.decode()
    assert all(name in page for name in ("Nia N.", "Sol S.", "Dee D."))
    assert "Hugo H." not in page
    tell(town, as_(town.hana), about=str(town.sol.pk))
    # Whoever writes it reads it behind their link; Sol, whom it is about, not at all.
    assert [reader.person for reader in only(town).readers.all()] == [town.dee]


def test_nobody_reads_it_whom_the_writer_ticked(town, trusted):
    tell(town, about_words="the steward", not_these=[str(town.sol.pk), str(town.dee.pk)])
    assert [reader.person for reader in only(town).readers.all()] == [town.hana.membership.person]


def test_where_all_of_trust_are_ticked_it_goes_to_the_host_and_says_so_first(town, trusted):
    everyone = {"not_these": [str(one.pk) for one in trusted], "about_words": "all of them"}
    answer = tell(town, **everyone)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "It would go to the host of this install" in page
    assert f"{SECRET} happened" in page  # nothing is lost
    assert not Report.objects.exists()
    assert tell(town, to_host="on", **everyone).status_code == 302
    assert [reader.person for reader in only(town).readers.all()] == [town.host]
    assert only(town).at_host


def test_without_people_of_trust_it_says_from_the_beginning_that_the_host_reads_it(town):
    assert "It would go to the host of this install" in Client().get(REPORT).content.decode()
    assert tell(town, about_words="x").status_code == 400
    assert tell(town, about_words="x", to_host="on").status_code == 302


def test_a_host_whom_it_is_about_does_not_read_it_either(town):
    with pytest.raises(Refused, match="turn to somebody outside"):
        actions.report(
            town.riverside, words="x", about=town.host, about_words="", not_these=[], written_by=None, to_host=True,
            now=timezone.now(),
        )  # fmt: skip


def test_one_alone_is_not_enough_to_be_trusted(town, as_):
    answer = as_(town.sol).post("/riverside/desk/trust/", {"people": [str(town.dee.pk)], "outside": ""})
    assert answer.status_code == 400
    assert "Choose at least two" in answer.content.decode()


def test_nobody_can_flood_it(town, trusted):
    answers = [tell(town, about_words="x").status_code for _ in range(8)]
    assert answers.count(302) == 6
    assert answers[-1] == 400


# ── What whom it is about can learn ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def about_sol(town, trusted):
    """Nia reported Sol, a steward who is also one of trust; Dee took it and answered. Hana was ticked as close to Sol."""
    now = timezone.now()
    made = actions.report(
        town.riverside, words=f"{SECRET} at my door", about=town.sol, about_words="",
        not_these=[town.hana.membership.person.pk], written_by=town.nia, to_host=False, now=now,
    )  # fmt: skip
    actions.answer(made, words=f"{SECRET}: thank you", by=town.dee, now=now)
    return made


@pytest.mark.parametrize("role", [role for role in ROLES if role != "dee"])
def test_no_page_of_anyone_else_shows_counts_or_opens_it(town, about_sol, role, monkeypatch):
    """Every url of the house, once with the report and once without it: the same but for what the time changes."""
    # One moment for both: some pages say how long ago something was.
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    browser, someone = Client(), person(role, town)

    def pages() -> dict[str, str]:
        found = {}
        for name, row in ACCESS.items():
            if (
                row.method != "get"
                or name in {"safety:thread", "safety:handle"}
                or ("safety" in name and name != "safety:reports")
            ):
                continue
            if row.prepare.__name__ != "<lambda>" or name.startswith(
                ("privacy:receipt", "people:invited", "exchange:repeat")
            ):
                continue
            if someone is not None:
                browser.force_login(someone)  # one of the pages leaves the house quickly
            answer = browser.get(reverse(name, kwargs=row.own(town, None)))
            if answer.headers.get("Content-Type", "").startswith("text/"):
                found[name] = re.sub(
                    r'name="(csrfmiddlewaretoken|once|submission)" value="[^"]*"', "", answer.content.decode()
                )
        return found

    before = pages()
    assert not [name for name, text in before.items() if SECRET in text]
    assert browser.get(reverse("safety:handle", args=[about_sol.pk])).status_code == 404
    with transaction.atomic():
        about_sol.delete()
        without = pages()
        transaction.set_rollback(True)
    assert len(before) > 15
    # The witness page shows how many things happened, of any kind: that number says nothing of this. The account lists
    # where one is signed in, which this test does all the time, an app is offered by a secret drawn anew, and the host
    # reads how large the disk and the database are.
    assert {name for name in before if before[name] != without[name]} - {
        "networks:heads",
        "house:how_it_is",
        "people:account",
        "people:add_app",
    } == set()


def test_the_journal_names_neither_whom_it_is_about_nor_who_wrote_it(town, about_sol):
    actions.set_aside(about_sol, aside=True, by=town.dee, now=timezone.now())
    actions.keep_apart(about_sol, apart=True, by=town.dee, now=timezone.now())
    mine = {f"person:{town.sol.pk}", str(town.sol.pk), str(town.nia.pk)}
    for entry in Entry.objects.filter(verb__startswith="report.") | Entry.objects.filter(verb="network.kept_apart"):
        assert not mine & {entry.by, entry.subject}
        assert not any(key in str(entry.details) for key in mine)
    moved = Entry.objects.filter(verb="membership.moved").latest("at")
    assert moved.by == "house"  # not who asked for it


def test_notices_go_to_readers_only_and_say_nothing(town, about_sol):
    told = Notice.objects.filter(kind="report")
    assert {notice.person for notice in told} == {town.dee}
    from manyhands.notices import letters

    words = letters.write(told.get())
    assert "report" not in f"{words.subject} {words.text}".lower()


def test_no_export_holds_it(town, about_sol):
    cast.two_agree(town.riverside, town.dee, town.sol, now=timezone.now())
    files = exporting.give_back(town.riverside, by=town.dee, now=timezone.now())
    assert not [name for name, data in files.items() if SECRET.encode() in data]
    assert not {"reports.csv", "readers.csv", "lines.csv", "aparts.csv"} & set(files)
    assert b"held" not in files["memberships.csv"]


def test_it_leaves_no_line_in_who_saw_and_nothing_that_takes_two(town, about_sol):
    browser = Client()
    browser.force_login(town.dee)
    assert SECRET in browser.get(reverse("safety:handle", args=[about_sol.pk])).content.decode()
    assert not Reveal.objects.filter(whose=town.sol).exists()
    assert not Unlock.objects.exists()


def test_the_disk_tells_neither_words_nor_people(town, about_sol):
    with connection.cursor() as cursor:
        rows = []
        for table in (Report._meta.db_table, Line._meta.db_table):
            cursor.execute(f"SELECT * FROM {table}")
            rows += [value for row in cursor.fetchall() for value in row]
    seen = b"".join(bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in rows)
    for secret in (SECRET, str(town.sol.pk), town.sol.pk.hex, str(town.nia.pk), town.nia.pk.hex):
        assert secret.encode() not in seen


def test_a_steward_cannot_put_themself_in_or_others_out_later(town, about_sol):
    actions.choose(
        town.riverside, people=[town.sol, town.hana.membership.person], outside="", by=town.sol, now=timezone.now()
    )
    assert queries.visible_to(town.sol).count() == 0
    assert queries.visible_to(town.dee).get() == about_sol


def test_whoever_left_or_was_removed_reads_no_more_and_its_writer_learns_when_nobody_does(town, about_sol):
    link = reverse("safety:thread", args=[queries.token_of(about_sol)])
    gone = "Nobody who could read this is here any more."
    assert queries.visible_to(town.dee).get() == about_sol
    assert gone not in Client().get(link).content.decode()
    hers = Membership.objects.get(network=town.riverside, person=town.dee)
    networks.move(hers, standing=Standing.LEFT, by=town.sol, now=timezone.now())
    assert queries.visible_to(town.dee).count() == 0
    assert not queries.is_trusted(town.dee)
    assert gone in Client().get(link).content.decode()
    assert queries.visible_to(town.sol).count() == 0, "the one it is about took her away, and still reads nothing"


# ── Looking after it ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_answers_go_back_and_forth_behind_the_link(town, about_sol):
    link = reverse("safety:thread", args=[queries.token_of(about_sol)])
    assert f"{SECRET}: thank you" in Client().get(link).content.decode()
    Client().post(link, {"do": "add", "words": "It happened again"})
    browser = Client()
    browser.force_login(town.dee)
    assert "It happened again" in browser.get(reverse("safety:handle", args=[about_sol.pk])).content.decode()


def test_set_aside_works_at_once_and_only_trust_lifts_it(town, trusted):
    now = timezone.now()
    hugo = town.hugo.membership.person
    claim = exchange.claim_ask(town.groceries, helper=town.hugo, by=None, now=now)
    made = actions.report(
        town.riverside, words="x", about=hugo, about_words="", not_these=[], written_by=town.nia, to_host=False, now=now
    )
    browser = Client()
    browser.force_login(town.dee)
    browser.post(reverse("safety:handle", args=[made.pk]), {"do": "aside"})
    claim.refresh_from_db()
    assert claim.state == "handed_back"
    for by in (hugo, town.sol):
        with pytest.raises(Refused, match="Somebody of trust"):
            networks.move(Membership.objects.get(pk=town.hugo.membership_id), standing="active", by=by, now=now)
    with pytest.raises(Refused):
        networks.bring_in(town.riverside, person=hugo, role="helper", by=town.sol, now=now)
    # Leaving and joining again is no way round either.
    networks.move(Membership.objects.get(pk=town.hugo.membership_id), standing="left", by=hugo, now=now)
    networks.join(hugo, network=town.riverside, now=now)
    with pytest.raises(Refused, match="Somebody of trust"):
        networks.welcome(Membership.objects.get(pk=town.hugo.membership_id), by=town.sol, now=now)
    actions.set_aside(made, aside=False, by=town.dee, now=now)
    assert not Membership.objects.get(pk=town.hugo.membership_id).is_held


def test_kept_apart_nothing_brings_them_together_and_nothing_says_why(town, trusted, as_):
    now = timezone.now()
    hugo = town.hugo.membership.person
    claim = exchange.claim_ask(town.groceries, helper=town.hugo, by=None, now=now)
    made = actions.report(
        town.riverside, words="x", about=hugo, about_words="", not_these=[], written_by=town.nia, to_host=False, now=now
    )
    actions.keep_apart(made, apart=True, by=town.dee, now=now)
    claim.refresh_from_db()
    assert claim.state == "handed_back"
    town.riverside.__dict__.pop("_apart", None)
    assert town.groceries not in exchange_queries.visible_to(hugo, town.riverside)
    assert as_(town.hugo).get(f"/riverside/open/{town.groceries.code}/").status_code == 404
    with pytest.raises(Refused, match="is not open any more"):
        exchange.claim_ask(town.groceries, helper=town.hugo, by=hugo, now=now)
    with pytest.raises(Refused, match="Please choose someone else"):
        exchange.claim_ask(town.groceries, helper=town.hugo, by=town.dee, now=now)
    _made, why_not = exchange.give_asks([(town.groceries, town.hugo)], by=town.dee, now=now)
    assert list(why_not) == [town.groceries.pk]
    fits = planning.helpers_for(town.groceries, now=now)
    assert town.hugo not in {each.thing for each in (*fits.ranked, *fits.left_out)}
    assert town.hana in {each.thing for each in (*fits.ranked, *fits.left_out)}
    actions.keep_apart(made, apart=False, by=town.dee, now=now)
    exchange.claim_ask(town.groceries, helper=town.hugo, by=None, now=now)
    assert Claim.objects.filter(helper=town.hugo, state="held").exists()


def test_kept_apart_their_offers_are_not_matched(town, trusted):
    now = timezone.now()
    networks.keep_apart(town.riverside, town.nia, town.pram.offered_by, apart=True, now=now)
    town.groceries.network.__dict__.pop("_apart", None)
    with pytest.raises(Refused, match="can’t be brought together"):
        exchange.propose_match(town.groceries, town.pram, by=town.dee, now=now)
    assert not planning.asks_for_offer(town.pram, now=now).ranked


def test_it_ends_with_what_came_of_it(town, about_sol):
    browser = Client()
    browser.force_login(town.dee)
    browser.post(reverse("safety:handle", args=[about_sol.pk]), {"do": "end", "outcome": "protected"})
    page = Client().get(reverse("safety:thread", args=[queries.token_of(about_sol)])).content.decode()
    assert "no longer help here" in page


def test_taken_back_its_words_are_gone(town, about_sol):
    Client().post(reverse("safety:thread", args=[queries.token_of(about_sol)]), {"do": "withdraw"})
    about_sol.refresh_from_db()
    assert (about_sol.words, about_sol.about, about_sol.written_by) == ("", "", "")
    assert not Line.objects.exists()


def test_half_a_year_after_it_ended_it_is_gone(town, about_sol):
    now = timezone.now()
    actions.end(about_sol, outcome="talked", by=town.dee, now=now)
    forgetting.sweep(now=now + timedelta(days=179))
    assert Report.objects.exists()
    forgetting.sweep(now=now + timedelta(days=181))
    assert not Report.objects.exists()
    assert not Reader.objects.exists()
    assert not Line.objects.exists()


@pytest.mark.parametrize("role", ["hugo", "sol", "otto", "host", "hana", "eve"])
def test_nobody_else_may_do_anything_with_it(town, about_sol, role):
    with pytest.raises(Refused, match="not yours to read"):
        actions.take(about_sol, by=person(role, town), now=timezone.now())
    browser = Client()
    browser.force_login(person(role, town))
    assert browser.post(reverse("safety:handle", args=[about_sol.pk]), {"do": "aside"}).status_code == 404
