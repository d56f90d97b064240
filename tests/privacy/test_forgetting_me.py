"""Somebody has everything about them forgotten, now, and gets a receipt."""

from __future__ import annotations

import pytest
from django.urls import reverse

from manyhands.exchange import actions as exchange
from manyhands.exchange import forgetting, queries
from manyhands.exchange.models import Ask, Offer
from manyhands.kit import ring
from manyhands.kit.refusals import Refused
from manyhands.networks import actions as networks
from manyhands.networks.models import Membership
from manyhands.people.models import ContactPoint, Person
from manyhands.privacy import actions as privacy
from manyhands.privacy.models import Erasure, Reveal
from tests import cast
from tests.cast import NOW


def _forget(client, town):
    return client.post(reverse("exchange:forget_asker", args=[queries.asking_token(town.asking)]))


def test_from_the_private_link_all_of_it_goes_at_once(town, client):
    nia, place = town.nia, town.groceries.place
    ring.key_of(nia.pk, make=True)
    old_link = reverse("exchange:asking", args=[queries.asking_token(town.asking)])
    answer = _forget(client, town)
    erasure = Erasure.objects.get()
    assert answer.headers["Location"] == reverse("privacy:receipt", args=[erasure.pk])
    ask = Ask.objects.get(pk=town.groceries.pk)
    place.refresh_from_db()
    assert (ask.words, ask.state, place.text, place.door, place.lat) == ("", "withdrawn", "", "", None)
    assert Person.objects.get(pk=nia.pk).name == ""
    assert not ContactPoint.objects.filter(person=nia).exists()
    with pytest.raises(ring.Gone):
        ring.key_of(nia.pk)
    assert client.get(old_link).status_code == 404
    page = client.get(answer.headers["Location"]).content.decode()
    assert erasure.before in page
    assert erasure.after in page
    assert erasure.before != erasure.after
    assert "Nia" not in page


def test_looking_at_the_question_forgets_nothing(town, client):
    page = client.get(reverse("exchange:forget_asker", args=[queries.asking_token(town.asking)]))
    assert "Forget everything about me?" in page.content.decode()
    assert not Erasure.objects.exists()


def test_a_giver_is_forgotten_from_their_link(town, client):
    client.post(reverse("exchange:forget_giver", args=[queries.offer_token(town.pram)]))
    offer = Offer.objects.get(pk=town.pram.pk)
    assert (offer.words, offer.state) == ("", "withdrawn")
    assert not ContactPoint.objects.filter(person=offer.offered_by).exists()


def test_a_helper_who_goes_hands_back_and_is_signed_out(town, as_):
    exchange.claim_ask(town.groceries, helper=town.hana, by=None, now=NOW)
    client = as_(town.hana)
    client.post(reverse("exchange:forget_me", args=["riverside"]))
    assert Ask.objects.get(pk=town.groceries.pk).state == "ready"
    person = Person.objects.get(pk=town.hana.membership.person_id)
    assert (person.name, person.login, person.has_usable_password()) == ("", None, False)
    assert Membership.objects.get(pk=town.hana.membership_id).standing == "left"
    assert client.get(reverse("networks:me", args=["riverside"])).status_code == 404


@pytest.mark.parametrize("who", ["sol", "host"])
def test_who_alone_looks_after_something_hands_it_over_first(town, who):
    person = getattr(town, who)
    with pytest.raises(Refused, match="Hand that over first"):
        forgetting.erase_person(person, by=person, now=NOW)
    assert Person.objects.get(pk=person.pk).name


@pytest.mark.parametrize("who", ["dee", "otto", "host", "eve"])
def test_nobody_has_somebody_else_forgotten(town, who):
    with pytest.raises(Refused, match="Only you yourself"):
        forgetting.erase_person(town.nia, by=getattr(town, who), now=NOW)
    assert Person.objects.get(pk=town.nia.pk).name


def test_a_steward_does_it_for_whoever_asked_them_to(town, as_):
    ring.key_of(town.nia.pk, make=True)
    page = reverse("exchange:forget_on_request", args=["riverside", town.groceries.code])
    assert as_(town.dee).post(page).status_code == 404
    answer = as_(town.sol).post(page)
    assert answer.headers["Location"] == reverse("privacy:receipt", args=[Erasure.objects.get().pk])
    assert Person.objects.get(pk=town.nia.pk).name == ""
    with pytest.raises(ring.Gone):
        ring.key_of(town.nia.pk)
    assert Person.objects.get(pk=town.sol.pk).name == "Sol Steward"


def test_a_steward_forgets_nobody_who_is_elsewhere_too_or_of_the_desk(town):
    networks.bring_in(town.hillside, person=town.nia, role="helper", by=None, now=NOW)
    for person in (town.nia, town.dee):
        with pytest.raises(Refused, match="Only you yourself"):
            forgetting.erase_person(person, by=town.sol, now=NOW)


def test_the_receipt_is_to_be_had_as_a_text(town, client):
    _forget(client, town)
    erasure = Erasure.objects.get()
    answer = client.get(reverse("privacy:receipt_as_text", args=[erasure.pk]))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="forgotten.txt"'
    text = answer.content.decode()
    assert all(said in text for said in (str(erasure.pk), erasure.before, erasure.after, "every older backup"))


def test_whoever_an_old_backup_brings_back_is_forgotten_again(town, client):
    """As after a restore: the rows are there, the key is not, and this database knows of no erasure."""
    ring.key_of(town.nia.pk, make=True)
    receipt = ring.forget(town.nia.pk, now=NOW)
    link = reverse("exchange:asking", args=[queries.asking_token(town.asking)])
    assert forgetting.erase_again(now=NOW) == 1
    assert forgetting.erase_again(now=NOW) == 0
    assert not ContactPoint.objects.filter(person=town.nia).exists()
    assert Ask.objects.get(pk=town.groceries.pk).state == "withdrawn"
    assert client.get(link).status_code == 404
    erasure = Erasure.objects.get()
    assert (erasure.before, erasure.after) == (receipt.before.hex(), receipt.after.hex())


def test_a_returning_phone_comes_back_to_nothing(town, client):
    _forget(client, town)
    again = cast.ask(town.riverside)
    assert again.asking.asked_by_id != town.groceries.asking.asked_by_id
    assert queries.open_asks_reached_at(town.riverside, ["+17185550123"]) == {"+17185550123": [again]}


def test_what_was_interrupted_before_the_key_died_is_finished_later(town):
    ring.key_of(town.nia.pk, make=True)
    forgetting.erase_person(town.nia, by=town.nia, now=NOW)
    assert ring.key_of(town.nia.pk)
    assert privacy.destroy_keys_left_over(now=NOW) == 1
    assert privacy.destroy_keys_left_over(now=NOW) == 0
    with pytest.raises(ring.Gone):
        ring.key_of(town.nia.pk)


def test_what_they_saw_of_others_stays_without_their_name(town, as_):
    exchange.claim_ask(town.groceries, helper=town.hana, by=None, now=NOW)
    as_(town.hana).get(reverse("exchange:mine", args=["riverside"]))
    hana = town.hana.membership.person
    forgetting.erase_person(hana, by=hana, now=NOW)
    assert Reveal.objects.filter(whose=town.nia, seen_by=hana).exists()
    page = as_(None).get(reverse("exchange:asking", args=[queries.asking_token(town.asking)])).content.decode()
    assert "Someone without a name, who took on" in page
