"""What many people use, and what others know, is no password; a handful of words is."""

from __future__ import annotations

import gzip
from contextlib import suppress

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError

from manyhands.kit import passwords
from manyhands.kit.passwords import NotTriedFirst
from manyhands.networks.models import Network
from manyhands.people.models import Person

TRIED_FIRST = [
    "password1234", "Password2026!", "p@ssw0rd!!2024", "iloveyou1234", "qwertyuiop123", "passwordpassword",
    "monkeymonkey12", "123412341234", "abcdefghijkl", "aaaaaaaaaaaaaa", "qwerasdfzxcv", "letmein-letmein",
    "Football!2026", "Sunshine.2025", "dragon dragon dragon", "1q2w3e4r5t6y", "000000000000", "zyxwvutsrqpo",
    "12345678901234567890", "welcome12345", "professional", "pass-word-1234",
]  # fmt: skip
GOOD = [
    "walnut bicycle harbour lamp", "a long enough pass phrase", "correct horse battery staple", "elm street on tuesday",
    "Mi abuela cocina arroz", "سلام يا جيران اليوم", "purple-monkey-dishwasher", "qz7-Lk2!vRt9Wp", "8f3k29dkq0s8",
    "482039481726", "Lavender 19 teapot", "sol sol y mas sol",
]  # fmt: skip
JOIN = "/riverside/join/"


def _is_refused(password: str) -> bool:
    try:
        validate_password(password)
    except ValidationError:
        return True
    return False


def test_what_many_people_use_is_refused_also_dressed_up():
    assert [each for each in TRIED_FIRST if not _is_refused(each)] == []


def test_a_handful_of_words_is_taken_and_so_is_what_a_machine_drew():
    assert [each for each in GOOD if _is_refused(each)] == []


def test_far_more_than_the_three_thousand_most_common_that_are_long_enough_are_refused():
    """ASVS 6.2.4 counts those that fit the rule; of Django's own list only 190 are of twelve characters and more."""
    with gzip.open(CommonPasswordValidator().DEFAULT_PASSWORD_LIST_PATH, "rt", encoding="utf-8") as lines:
        common = [
            word
            for line in lines
            if (word := line.strip()).isascii() and word.isalpha() and len(word) > 3 and len(set(word)) > 2
        ]
    those = {dressed for word in common[:800] for dressed in _dressed(word) if len(dressed) >= 12}
    refuses = NotTriedFirst().validate
    taken = []
    for each in those:
        with suppress(ValidationError):
            refuses(each)
            taken.append(each)
    assert len(those) > 3000
    assert taken == []


def _dressed(word: str) -> list[str]:
    return [
        f"{word}12345678", f"{word.title()}-2026!!!", word * 3, f"!!{word}!!20262026", f"{word}-{word}-{word}",
        word.replace("o", "0").replace("a", "@").title() + "2026!!!!",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "password",
    [
        "riversideneighbours", "RiversideNeighbours77", "neo@example.org", "Example.org-2026", "manyhands2026", "hillside.riverside",
        "newcomer neo 77",
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_what_others_know_is_refused_with_a_sentence_that_helps(town, client, password):
    answer = client.post(JOIN, {"name": "Neo Newcomer", "login": "neo@example.org", "password": password})
    assert answer.status_code == 400
    assert "Add two or three words" in answer.content.decode()
    assert password not in answer.content.decode().replace('value="neo@example.org"', "")
    assert not [one for one in Person.objects.all() if one.login == "neo@example.org"]


@pytest.mark.django_db
def test_the_phone_one_signs_in_with_is_no_password_either(town, client):
    said = {"name": "Neo", "login": "(718) 555-0142", "password": "7185550142abc"}
    assert "Add two or three words" in client.post(JOIN, said).content.decode()


@pytest.mark.django_db
def test_a_password_may_speak_of_the_group_as_long_as_it_says_more(town, client):
    Network.objects.filter(slug="riverside").update(name="Good Food Helpers")
    said = {"name": "Neo", "login": "neo@example.org", "password": "good food on tuesday night"}
    assert client.post(JOIN, said).status_code == 302


@pytest.mark.django_db
def test_the_page_says_so_before_and_after(town, client):
    assert "Nothing that many people use" in client.get(JOIN).content.decode()
    answer = client.post(JOIN, {"name": "Neo", "login": "neo@example.org", "password": "password1234"})
    assert "Take three or four words in a row" in answer.content.decode()


def test_nothing_known_is_nothing_to_refuse(monkeypatch):
    monkeypatch.setattr(passwords, "_KNOWN", [])
    assert passwords.why_not_with("walnut bicycle", ["", "Walnut Street"]) is not None
    assert passwords.why_not_with("walnut bicycle", []) is None
