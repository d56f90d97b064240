"""Someone with an account signs in by e-mail or phone, however it is typed; nobody learns who has one."""

import pytest
from django.urls import reverse
from django.utils import timezone

from manyhands.kit.refusals import Refused
from manyhands.people import actions, queries
from tests.cast import PASSWORD

INVITED = "people:invited"


@pytest.fixture
def rosa(db):
    now = timezone.now()
    person = actions.note_person(name="Rosa Marín", now=now)
    return actions.open_sign_in(person, login="+1 (718) 555-0142", password=PASSWORD, region="US", by=person, now=now)


@pytest.mark.parametrize("typed", ["+17185550142", "+1 718 555 0142", " +1 (718) 555-0142 "])
def test_a_phone_is_recognised_however_it_is_typed(client, rosa, typed):
    answer = client.post(reverse("people:sign_in"), {"login": typed, "password": PASSWORD})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(rosa.pk)


def test_a_wrong_password_and_an_unknown_name_read_the_same(client, rosa):
    wrong = client.post(reverse("people:sign_in"), {"login": "+17185550142", "password": "not this one at all"})
    unknown = client.post(reverse("people:sign_in"), {"login": "+17185550143", "password": "not this one at all"})
    assert (wrong.status_code, unknown.status_code) == (400, 400)
    sentence = "That did not work"
    assert sentence in wrong.content.decode()
    assert sentence in unknown.content.decode()
    assert "+17185550142" in wrong.content.decode()  # what was typed is not lost


def test_after_signing_in_one_goes_on_to_the_page_one_wanted_but_never_elsewhere(client, rosa):
    said = {"login": "+17185550142", "password": PASSWORD}
    assert client.post(reverse("people:sign_in"), {**said, "next": "/account/"}).headers["Location"] == "/account/"
    client.logout()
    elsewhere = client.post(reverse("people:sign_in"), {**said, "next": "https://evil.example/"})
    assert elsewhere.headers["Location"] == "/"


def test_an_invitation_works_once(client, town):
    link = reverse(INVITED, args=[queries.invitation_token(actions.invite(town.eve, by=None, now=timezone.now()))])
    said = {"name": "Eve Elsewhere", "login": "eve@example.net", "password": "walnut bicycle harbour lamp"}
    assert client.post(link, said).status_code == 302
    assert client.session["_auth_user_id"] == str(town.eve.pk)
    client.logout()
    assert client.get(link).status_code == 404
    assert client.post(link, said).status_code == 404


def test_a_new_invitation_ends_the_one_before(client, town):
    now = timezone.now()
    old = queries.invitation_token(actions.invite(town.eve, by=None, now=now))
    new = queries.invitation_token(actions.invite(town.eve, by=None, now=now))
    assert client.get(reverse(INVITED, args=[old])).status_code == 404
    assert client.get(reverse(INVITED, args=[new])).status_code == 200


def test_a_short_password_is_refused_with_what_to_do_and_the_rest_stays(client, town):
    link = reverse(INVITED, args=[queries.invitation_token(actions.invite(town.eve, by=None, now=timezone.now()))])
    answer = client.post(link, {"name": "Eve", "login": "eve@example.net", "password": "short"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "at least 12" in page
    assert "eve@example.net" in page


def test_two_people_cannot_sign_in_with_the_same_phone(rosa):
    now = timezone.now()
    other = actions.note_person(name="Other", now=now)
    with pytest.raises(Refused, match="Someone already signs in with that"):
        actions.open_sign_in(other, login="718-555-0142", password=PASSWORD, region="US", by=other, now=now)


def test_signing_out_asks_the_browser_to_forget(client, rosa):
    client.force_login(rosa)
    answer = client.post(reverse("people:sign_out"))
    assert "_auth_user_id" not in client.session
    assert "cache" in answer.headers["Clear-Site-Data"]


def test_a_link_is_not_stored_as_it_is(db, town):
    invitation = actions.invite(town.eve, by=None, now=timezone.now())
    token = queries.invitation_token(invitation)
    invitation.refresh_from_db()
    assert token not in {invitation.token_digest, invitation.nonce}
