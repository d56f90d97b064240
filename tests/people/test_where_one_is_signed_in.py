"""People see where they are signed in and can end it; nothing tells from where they came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from manyhands.people import devices
from manyhands.people.models import Device, Person
from manyhands.privacy import forgetting
from tests.cast import PASSWORD

ACCOUNT = reverse("people:account")
PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"


@pytest.fixture
def dee(town):
    town.dee.set_password(PASSWORD)
    town.dee.save()
    return town.dee


def browser(person, agent=PHONE, **more) -> Client:
    client = Client(headers={"user-agent": agent})
    answer = client.post(reverse("people:sign_in"), {"login": person.login, "password": PASSWORD, **more})
    assert answer.status_code == 302, answer.content.decode()
    return client


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def move_back(device: Device, **by) -> None:
    Device.objects.filter(pk=device.pk).update(**{name: getattr(device, name) - span for name, span in by.items()})


def test_one_browser_is_one_line_and_says_only_its_family(dee):
    client = browser(dee)
    client.get(ACCOUNT)
    (device,) = Device.objects.all()
    assert device.browser == "firefox"
    assert (device.seen_at.minute, device.seen_at.second) == (0, 0)
    page = client.get(ACCOUNT).content.decode()
    assert "Firefox" in page
    assert "Android" not in page
    assert "Android" not in str(list(Device.objects.values()))


def test_signing_out_another_browser_holds_from_its_next_page_on(dee):
    here, there = browser(dee), browser(dee, "Safari/1")
    (lost,) = Device.objects.filter(browser="safari")
    here.post(reverse("people:change_device", args=[lost.pk]), {"do": "end"})
    assert not is_in(there)
    assert is_in(here)
    assert there.get(ACCOUNT).url.startswith("/sign-in/")


def test_signing_out_everywhere_else_leaves_this_one(dee):
    here, *others = [browser(dee) for _ in range(3)]
    here.post(reverse("people:end_other_devices"))
    assert is_in(here)
    assert not any(is_in(other) for other in others)


def test_signing_out_here_ends_the_line_and_asks_the_browser_to_forget(dee):
    client = browser(dee)
    answer = client.post(reverse("people:sign_out"))
    assert "cache" in answer.headers["Clear-Site-Data"]
    assert not Device.objects.exists()
    other = browser(dee)
    (device,) = Device.objects.all()
    answer = other.post(reverse("people:change_device", args=[device.pk]), {"do": "end"})
    assert "cache" in answer.headers["Clear-Site-Data"]
    assert not is_in(other)


def test_a_name_helps_to_tell_one_from_another(dee):
    client = browser(dee)
    (device,) = Device.objects.all()
    client.post(reverse("people:change_device", args=[device.pk]), {"name": "Kitchen tablet", "is_own": "on"})
    device.refresh_from_db()
    assert (device.name, device.is_own) == ("Kitchen tablet", True)
    assert "Kitchen tablet" in client.get(ACCOUNT).content.decode()


@pytest.mark.parametrize(
    ("is_own", "idle", "stays"),
    [
        ("", timedelta(hours=11), True),
        ("", timedelta(hours=14), False),
        ("on", timedelta(days=13), True),
        ("on", timedelta(days=15), False),
    ],
)
def test_a_shared_browser_is_signed_out_over_night_and_an_own_one_after_two_weeks(dee, is_own, idle, stays):
    client = browser(dee, is_own=is_own)
    (device,) = Device.objects.all()
    assert device.is_own == bool(is_own)
    move_back(device, seen_at=idle)
    assert is_in(client) == stays


def test_nothing_lasts_longer_than_thirty_days(dee):
    client = browser(dee, is_own="on")
    (device,) = Device.objects.all()
    move_back(device, begun_at=timedelta(days=31))
    assert not is_in(client)


def test_a_helper_is_not_thrown_out_in_the_middle_of_a_run(dee):
    client = browser(dee)
    (device,) = Device.objects.all()
    for _ in range(3):
        move_back(Device.objects.get(), seen_at=timedelta(hours=10))
        assert is_in(client)
    device.refresh_from_db()
    assert timezone.now() - device.seen_at < timedelta(hours=1)


def test_what_is_over_is_swept(dee):
    now = timezone.now()
    devices.begin(dee, agent="", is_own=False, now=now - timedelta(hours=14))
    devices.begin(dee, agent="", is_own=True, now=now - timedelta(hours=14))
    devices.begin(dee, agent="", is_own=True, now=now - timedelta(days=31))
    assert devices.sweep(now=now) == 2
    assert Device.objects.get().is_own


def test_whoever_signed_in_today_stays_signed_in_however_long_they_have_been_known(town):
    now = timezone.now()
    known = Person.objects.create(
        name="Ned Known", login="ned@example.org", password=make_password(PASSWORD), joined_at=now - timedelta(days=300)
    )
    client = browser(known)  # they belong nowhere, and have nothing open yet: they come to ask
    forgetting.sweep(now=now)
    assert is_in(client)
    Person.objects.filter(pk=known.pk).update(joined_at=now - timedelta(days=900))
    forgetting.sweep(now=now)
    assert is_in(client)

    forgetting.sweep(now=now + timedelta(days=400))
    assert not Device.objects.filter(person=known).exists()
    assert Person.objects.get(pk=known.pk).login is None


def test_nobody_sees_or_ends_anothers(dee, town, client):
    browser(dee)
    (device,) = Device.objects.all()
    client.force_login(town.sol)
    assert client.post(reverse("people:change_device", args=[device.pk]), {"do": "end"}).status_code == 404
    assert Device.objects.filter(pk=device.pk).exists()
