"""P-44: one account alone exports nobody, in whatever order it calls."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from manyhands.exchange import exporting
from manyhands.kit.refusals import Refused
from manyhands.networks import actions as networks
from manyhands.networks.models import Membership
from manyhands.networks.states import Role
from manyhands.privacy import actions
from manyhands.privacy.models import Unlock
from tests import cast
from tests.cast import NOW


def _ask(town, by=None, now=NOW):
    return actions.ask_to_open(what="export", network=town.riverside, reason="Report", by=by or town.dee, now=now)


def test_one_account_tries_all_orders_of_calls(town):
    def ask():
        _ask(town)

    def agree():
        for unlock in Unlock.objects.all():
            actions.answer(unlock, yes=True, by=town.dee, now=NOW)

    def refuse():
        for unlock in Unlock.objects.all():
            actions.answer(unlock, yes=False, by=town.dee, now=NOW)

    def export():
        exporting.give_back(town.riverside, by=town.dee, now=NOW)
        pytest.fail("exported alone")

    for order in permutations([ask, agree, refuse, export, agree, export]):
        for call in order:
            try:
                with transaction.atomic():
                    call()
            except Refused:
                pass
        Unlock.objects.all().delete()


@pytest.mark.parametrize("who", ["eve", "host", "otto", "hana"])
def test_nobody_outside_the_desk_is_the_second_person(town, who):
    someone = town.hana.membership.person if who == "hana" else getattr(town, who)
    unlock = _ask(town)
    with pytest.raises(Refused, match="Only someone of the desk"):
        actions.answer(unlock, yes=True, by=someone, now=NOW)
    with pytest.raises(Refused, match="takes two"):
        exporting.give_back(town.riverside, by=town.dee, now=NOW)


def test_the_yes_is_for_the_one_who_asked_for_a_day_and_for_this_network(town):
    cast.two_agree(town.riverside, town.dee, town.sol)
    assert "asks.csv" in exporting.give_back(town.riverside, by=town.dee, now=NOW)
    with pytest.raises(Refused, match="takes two"):
        exporting.give_back(town.riverside, by=town.sol, now=NOW)
    with pytest.raises(Refused, match="takes two"):
        exporting.give_back(town.riverside, by=town.dee, now=NOW + timedelta(hours=24))
    with pytest.raises(Refused, match="takes two"):
        exporting.give_back(town.hillside, by=town.otto, now=NOW)


def test_an_answer_stands_and_an_old_question_is_over(town):
    unlock = _ask(town)
    actions.answer(unlock, yes=False, by=town.sol, now=NOW)
    with pytest.raises(Refused, match="answered already"):
        actions.answer(unlock, yes=True, by=town.sol, now=NOW)
    late = _ask(town)
    with pytest.raises(Refused, match="over"):
        actions.answer(late, yes=True, by=town.sol, now=NOW + timedelta(days=4))


def test_the_database_itself_knows_that_it_takes_two(town):
    unlock = _ask(town)
    with pytest.raises(IntegrityError), transaction.atomic():
        Unlock.objects.filter(pk=unlock.pk).update(answered_by=town.dee)


def test_who_is_alone_at_the_desk_waits_a_day_and_everyone_can_read_it(town, as_):
    membership = Membership.objects.get(network=town.riverside, person=town.dee)
    networks.give_role(membership, role=Role.HELPER, by=town.sol, now=NOW)
    unlock = _ask(town, by=town.sol)
    assert unlock.opens_at == NOW + timedelta(hours=24)
    with pytest.raises(Refused, match="takes two"):
        exporting.give_back(town.riverside, by=town.sol, now=NOW + timedelta(hours=23))
    assert exporting.give_back(town.riverside, by=town.sol, now=NOW + timedelta(hours=25))


def test_every_member_reads_who_opened_much_at_once(town, as_, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    cast.two_agree(town.riverside, town.dee, town.sol)
    page = as_(town.hana).get(reverse("networks:me", args=["riverside"])).content.decode()
    assert "Sol S. agreed" in page
    assert "The yearly report" not in page


def test_asking_and_agreeing_on_the_page(town, as_):
    here = reverse("privacy:two_people", args=["riverside"])
    as_(town.dee).post(here, {"what": "export", "reason": "Report"})
    unlock = Unlock.objects.get()
    page = as_(town.dee).get(here).content.decode()
    assert "Waits for a second person" in page
    assert ">Agree<" not in page
    answer = reverse("privacy:answer", args=["riverside", unlock.pk])
    assert ">Agree<" in as_(town.sol).get(here).content.decode()
    as_(town.sol).post(answer, {"answer": "yes"})
    assert "Sol S. agreed" in as_(town.dee).get(here).content.decode()
