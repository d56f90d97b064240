"""A passkey, or digits from an app with codes on paper: how they are set up, used, kept and lost."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from manyhands.kernel.sealing import Broken
from manyhands.kit.refusals import Refused
from manyhands.people import factors, queries
from manyhands.people.models import Authenticator, Passkey, RecoveryCode
from tests.cast import PASSWORD
from tests.people.authenticators import SoftPasskey, digits_shown

NOON = datetime(2026, 6, 4, 12, 0, tzinfo=UTC)
SIGN_IN, STEP, AGAIN = reverse("people:sign_in"), reverse("people:sign_in_step"), reverse("people:again")
ADD_APP, ADD_PASSKEY = reverse("people:add_app"), reverse("people:add_passkey")
CHANGE = reverse("people:change_second_step")
PASSKEY_SIGN_IN = reverse("people:sign_in_passkey")


@pytest.fixture
def dee(town):
    town.dee.set_password(PASSWORD)
    town.dee.save()
    return town.dee


@pytest.fixture
def at_localhost(settings):
    settings.PUBLIC_URL = "http://localhost:8000"


def sign_in(client, person, **more):
    return client.post(SIGN_IN, {"login": person.login, "password": PASSWORD, **more})


def signed_in(client) -> str | None:
    return client.session.get("_auth_user_id")


def with_app(person, *, now=NOON) -> tuple[str, list[str]]:
    secret = factors.fresh_secret(person)
    spelled = factors.spelled(person, secret)
    paper = factors.take_up_authenticator(person, secret=secret, typed=digits_shown(spelled, now), now=now)
    return spelled, paper


@pytest.mark.parametrize(
    ("moment", "shown"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_the_digits_are_those_of_the_standard(moment, shown):
    """RFC 6238, appendix B, the last six of its eight digits."""
    assert factors.digits(b"12345678901234567890", moment // 30) == shown


def test_digits_work_once_and_a_clock_may_be_half_a_minute_off(dee):
    spelled, _paper = with_app(dee)
    for minutes, late in enumerate((30, -30, 0), start=1):
        now = NOON + timedelta(minutes=5 * minutes)
        shown = digits_shown(spelled, now + timedelta(seconds=late))
        assert factors.prove_by_digits(dee, shown, now=now)
        assert not factors.prove_by_digits(dee, shown, now=now)
    later = NOON + timedelta(hours=1)
    assert not factors.prove_by_digits(dee, digits_shown(spelled, later + timedelta(seconds=90)), now=later)


def test_the_secret_is_sealed_for_one_person(dee, town):
    spelled, _paper = with_app(dee)
    kept = bytes(Authenticator.objects.get().secret)
    import base64

    plain = base64.b32decode(spelled.replace(" ", ""))
    assert plain not in kept
    Authenticator.objects.create(person=town.eve, secret=kept, made_at=NOON)
    with pytest.raises(Broken):
        factors.prove_by_digits(town.eve, "123456", now=NOON)


def test_setting_up_the_app_from_page_to_paper(client, dee):
    client.force_login(dee)
    page = client.get(ADD_APP).content.decode()
    spelled = re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', page).group(1)
    assert "<svg" in page
    assert client.get(ADD_APP).content.decode().count(spelled) == 1  # the same after looking away
    assert client.post(ADD_APP, {"code": "000000"}).status_code == 400
    page = client.post(ADD_APP, {"code": digits_shown(spelled, timezone.now())}).content.decode()
    paper = re.findall(r"<code>(\w{5}-\w{5})</code>", page)
    assert len(set(paper)) == factors.RECOVERY_CODES
    assert queries.has_authenticator(dee)
    # Neither the secret while it is set up nor the paper lies in the session or a table.
    kept = str(list(RecoveryCode.objects.values())) + json.dumps(dict(client.session))
    assert not any(code.replace("-", "") in kept for code in paper)
    assert spelled.replace(" ", "") not in kept


def test_a_password_alone_does_not_get_past_the_second_step(client, dee):
    spelled, _paper = with_app(dee)
    assert sign_in(client, dee, next="/account/").url == STEP
    assert signed_in(client) is None
    assert client.get(reverse("people:account")).status_code == 302
    assert client.post(STEP, {"code": "000000"}).status_code == 400
    assert client.post(STEP, {"code": digits_shown(spelled, timezone.now())}).url == "/account/"
    assert signed_in(client) == str(dee.pk)


def test_a_code_on_paper_stands_in_for_the_phone_once(client, dee):
    _spelled, paper = with_app(dee)
    sign_in(client, dee)
    assert client.post(STEP, {"code": paper[3].lower()}).status_code == 302
    assert queries.recovery_codes_left(dee) == factors.RECOVERY_CODES - 1
    again = Client()
    sign_in(again, dee)
    assert again.post(STEP, {"code": paper[3]}).status_code == 400


def test_digits_cannot_be_guessed_in_a_row(client, dee):
    spelled, _paper = with_app(dee)
    sign_in(client, dee)
    for _ in range(10):
        client.post(STEP, {"code": "000000"})
    answer = client.post(STEP, {"code": digits_shown(spelled, timezone.now())})
    assert answer.status_code == 400
    assert "try again in" in answer.content.decode()


def test_half_a_sign_in_is_over_after_ten_minutes(client, dee):
    with_app(dee)
    sign_in(client, dee)
    session = client.session
    session["half_way"] = {**session["half_way"], "at": timezone.now().timestamp() - 601}
    session.save()
    assert client.get(STEP).url == SIGN_IN


def test_new_paper_kills_the_old_and_needs_the_step_first(client, dee):
    spelled, paper = with_app(dee)
    client.force_login(dee)  # a session that proved nothing, as from a stolen password
    assert client.post(CHANGE, {"do": "paper"}).url.startswith(AGAIN)
    assert client.post(CHANGE, {"do": "drop_app"}).url.startswith(AGAIN)
    assert client.get(ADD_APP).url.startswith(AGAIN)
    assert queries.has_authenticator(dee)
    shown = digits_shown(spelled, timezone.now())
    assert client.post(AGAIN, {"do": "step", "need": "step", "step-code": shown, "next": "/account/second-step/"}).url
    fresh = re.findall(r"<code>(\w{5}-\w{5})</code>", client.post(CHANGE, {"do": "paper"}).content.decode())
    assert len(fresh) == 10
    assert not factors.prove_by_paper(dee, paper[0], now=NOON)
    client.post(CHANGE, {"do": "drop_app"})
    assert not queries.has_second_step(dee)
    assert not RecoveryCode.objects.exists()


# ── Passkeys ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def options_on(client, url) -> dict:
    page = client.get(url).content.decode()
    return json.loads(re.search(r'id="passkey-options" type="application/json">(.*?)</script>', page).group(1))


def make_passkey(person, passkey: SoftPasskey) -> Client:
    client = Client()
    client.force_login(person)
    answer = client.post(ADD_PASSKEY, {"credential": passkey.create(options_on(client, ADD_PASSKEY))})
    assert answer.status_code == 302, answer.content.decode()
    return client


@pytest.mark.usefixtures("at_localhost")
def test_a_passkey_is_made_and_signs_in_without_a_name_or_a_password(client, dee):
    passkey = SoftPasskey()
    make_passkey(dee, passkey)
    answer = client.post(
        PASSKEY_SIGN_IN + "?next=/account/",
        {"credential": passkey.get(options_on(client, PASSKEY_SIGN_IN)), "next": "/account/"},
    )
    assert answer.url == "/account/"
    assert signed_in(client) == str(dee.pk)


@pytest.mark.usefixtures("at_localhost")
def test_what_a_passkey_said_cannot_be_said_again(client, dee):
    passkey = SoftPasskey()
    make_passkey(dee, passkey)
    said = passkey.get(options_on(client, PASSKEY_SIGN_IN))
    client.post(PASSKEY_SIGN_IN, {"credential": said})
    client.post(reverse("people:sign_out"))
    client.get(PASSKEY_SIGN_IN)
    assert client.post(PASSKEY_SIGN_IN, {"credential": said}).status_code == 400
    assert Client().post(PASSKEY_SIGN_IN, {"credential": said}).status_code == 400
    assert signed_in(client) is None


@pytest.mark.usefixtures("at_localhost")
@pytest.mark.parametrize(
    "wrong",
    [
        SoftPasskey("https://evil.example"), SoftPasskey("http://localhost:9999"), SoftPasskey(verifies=False),
    ],
    ids=["another page", "another port", "nobody asked for a finger"],
)  # fmt: skip
def test_a_passkey_of_another_page_or_without_its_holder_is_not_taken(client, dee, wrong):
    client.force_login(dee)
    assert client.post(ADD_PASSKEY, {"credential": wrong.create(options_on(client, ADD_PASSKEY))}).status_code == 400
    assert not Passkey.objects.exists()
    right = SoftPasskey()
    make_passkey(dee, right)
    right.origin, right.verifies = wrong.origin, wrong.verifies
    stranger = Client()
    assert (
        stranger.post(PASSKEY_SIGN_IN, {"credential": right.get(options_on(stranger, PASSKEY_SIGN_IN))}).status_code
        == 400
    )
    assert signed_in(stranger) is None


@pytest.mark.usefixtures("at_localhost")
@pytest.mark.parametrize(
    "nonsense", ["", "{}", "null", "[]", '"x"', '{"id": 3}', "not json", '{"rawId":"AAAA","id":"AAAA","response":{}}']
)
def test_nonsense_in_place_of_a_passkey_is_a_calm_no(client, dee, nonsense):
    client.get(PASSKEY_SIGN_IN)
    assert client.post(PASSKEY_SIGN_IN, {"credential": nonsense}).status_code == 400
    client.force_login(dee)
    client.get(ADD_PASSKEY)
    assert client.post(ADD_PASSKEY, {"credential": nonsense}).status_code == 400


@pytest.mark.usefixtures("at_localhost")
def test_a_copied_key_that_counts_backwards_is_not_taken(client, dee):
    passkey = SoftPasskey(counts=True)
    make_passkey(dee, passkey)
    for uses, taken in ((0, True), (4, True), (2, False)):
        passkey.uses = uses
        stranger = Client()
        stranger.post(PASSKEY_SIGN_IN, {"credential": passkey.get(options_on(stranger, PASSKEY_SIGN_IN))})
        assert (signed_in(stranger) is not None) == taken, uses


@pytest.mark.usefixtures("at_localhost")
def test_one_cannot_prove_oneself_with_anothers_passkey(town, dee):
    mine, theirs = SoftPasskey(), SoftPasskey()
    make_passkey(dee, mine)
    make_passkey(town.eve, theirs)
    client = Client()
    client.force_login(dee)
    options = options_on(client, AGAIN + "?need=step")
    theirs_said = theirs.get(options)
    client.post(AGAIN, {"do": "passkey", "need": "step", "credential": theirs_said, "next": "/account/"})
    assert "proved_at" not in client.session
    options = options_on(client, AGAIN + "?need=step")
    assert client.post(
        AGAIN, {"do": "passkey", "need": "step", "credential": mine.get(options), "next": "/account/"}
    ).url
    assert "proved_at" in client.session


@pytest.mark.usefixtures("at_localhost")
def test_the_same_passkey_is_kept_once_and_can_be_done_without(dee):
    passkey = SoftPasskey()
    client = make_passkey(dee, passkey)
    assert client.post(ADD_PASSKEY, {"credential": passkey.create(options_on(client, ADD_PASSKEY))}).status_code == 400
    kept = Passkey.objects.get()
    client.post(CHANGE, {"do": str(kept.pk)})
    assert not Passkey.objects.exists()
    assert not queries.has_second_step(dee)


def test_over_plain_http_the_page_offers_the_app_instead(client, dee):
    client.force_login(dee)
    page = client.get(reverse("people:second_step")).content.decode()
    assert "only to pages over https" in page
    assert client.get(ADD_PASSKEY).url == reverse("people:second_step")
    assert Client().get(PASSKEY_SIGN_IN).url == SIGN_IN


def test_wrong_digits_take_up_nothing(dee):
    secret = factors.fresh_secret(dee)
    with pytest.raises(Refused, match="clock"):
        factors.take_up_authenticator(dee, secret=secret, typed="", now=NOON)
    assert not queries.has_second_step(dee)
