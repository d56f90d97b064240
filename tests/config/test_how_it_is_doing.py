"""A host reads in sentences how the install is doing; machines get one word or, with a token, numbers; nobody else anything."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.utils import timezone

from manyhands.config import env
from manyhands.config.backups import shelf
from manyhands.config.health import metrics, state
from manyhands.jobs import queries as jobs
from manyhands.jobs.models import Job
from manyhands.jobs.states import JobState
from manyhands.notices.models import Notice

TOKEN = "t" * 40


@pytest.fixture
def my_shelf(tmp_path, settings):
    settings.ENV = replace(settings.ENV, backup_dir=tmp_path / "shelf", data_dir=tmp_path, demo=False)
    return tmp_path / "shelf"


def on_shelf(folder, made_at):
    folder.mkdir(exist_ok=True)
    (folder / shelf.name_for(made_at)).write_bytes(b"x" * 2000)


def drilled(at, found=(), last_good=None):
    shelf.note_drill({"at": at.isoformat(), "backup": "b", "backup_made_at": None, "seconds": 1, "looked_at": {}, "found": list(found), "last_good": last_good and last_good.isoformat()})  # fmt: skip


def page_of(client, host) -> str:
    client.force_login(host)
    response = client.get("/host/health/")
    assert response.status_code == 200
    return response.content.decode()


def test_a_host_reads_how_it_is_doing(client, town, my_shelf):
    now = timezone.now()
    on_shelf(my_shelf, now - timedelta(hours=3))
    drilled(now - timedelta(hours=3), last_good=now - timedelta(hours=3))
    page = page_of(client, town.host)
    for said in ("Manyhands 0.", "Up to date.", "it can be put back", "are free", "Last backup", "1 are kept"):
        assert said in page
    assert ">needs you<" not in page
    assert ">not yet<" not in page


def test_what_went_wrong_comes_with_the_next_step(client, town, my_shelf):
    now = timezone.now()
    on_shelf(my_shelf, now - timedelta(days=3))
    drilled(now - timedelta(days=1), ["The restored database is damaged."], last_good=now - timedelta(days=3))
    page = page_of(client, town.host)
    assert page.count(">needs you<") == 2
    assert "The last drill went wrong: The restored database is damaged." in page
    assert "<code>manyhands backup</code>" in page
    assert "<code>manyhands drill</code>" in page
    assert "The last good one:" in page


def test_a_drill_of_three_days_ago_is_red(client, town, my_shelf):
    now = timezone.now()
    on_shelf(my_shelf, now)
    drilled(now - timedelta(hours=49), last_good=now - timedelta(hours=49))
    tones = {matter.about: matter.tone for matter in state.matters(now=now)}
    assert tones["Last time a backup was tried out"] == state.STUCK
    assert tones["Last backup"] == state.GOOD


def test_a_fresh_house_is_not_scolded(town, my_shelf):
    assert {matter.tone for matter in state.matters(now=timezone.now())} == {state.GOOD, state.WAIT}


def test_a_clock_behind_the_last_backup_is_noticed(town, my_shelf):
    on_shelf(my_shelf, timezone.now() + timedelta(days=1))
    assert [matter.about for matter in state.matters(now=timezone.now()) if matter.tone == state.STUCK] == [
        "Last time a backup was tried out",
        "Clock",
    ]


def put(*, state=JobState.READY, due=timedelta(), **of):
    now = jobs.moment()
    return Job.objects.create(task="manyhands.kit.tasks.sweep_limits", arguments={"args": [], "kwargs": {}}, state=state, put_at=now - due, run_at=now - due, **of)  # fmt: skip


def matter(about):
    (found,) = (each for each in state.matters(now=timezone.now()) if each.about == about)
    return found


def test_the_line_says_how_long_the_oldest_job_waits(town, my_shelf):
    Job.objects.all().delete()
    assert matter("What is to be done later").says == "Nothing waits."
    put(due=timedelta(minutes=3, seconds=20))
    put(due=timedelta(minutes=1))
    put(due=-timedelta(hours=1))
    waiting = matter("What is to be done later")
    assert (waiting.tone, waiting.says) == (state.GOOD, "2 jobs wait, the oldest for 3 min.")
    put(due=timedelta(hours=3))
    assert matter("What is to be done later").tone == state.STUCK


def test_a_job_that_failed_for_good_needs_the_host(town, my_shelf):
    put(state=JobState.FAILED, ended_at=timezone.now())
    failed = matter("What is to be done later")
    assert (failed.tone, failed.says, failed.step) == (state.STUCK, "1 job failed for good.", "manyhands jobs")


def test_a_text_that_did_not_get_out_needs_the_host(town, my_shelf):
    assert matter("Mail and texts").tone == state.GOOD
    Notice.objects.create(person=town.host, kind="x", state="failed", why_not="refused", made_at=timezone.now())
    assert matter("Mail and texts").says == "1 did not get out."


def test_the_two_host_pages_lead_to_each_other(client, town, my_shelf):
    client.force_login(town.host)
    assert "/host/health/" in client.get("/host/").content.decode()
    assert 'href="/host/"' in client.get("/host/health/").content.decode()


def test_machines_learn_that_it_serves_and_nothing_else(client, db):
    response = client.get("/health/")
    assert (response.status_code, json.loads(response.content)) == (200, {"serving": True})


def test_machines_learn_that_it_does_not_serve(client, db, monkeypatch):
    def broken(*_args, **_kwargs):
        raise OperationalError("Rosa Morales, 412 Elm St")

    monkeypatch.setattr(state, "connection", SimpleNamespace(cursor=broken))
    response = client.get("/health/")
    assert (response.status_code, json.loads(response.content)) == (503, {"serving": False})


def test_without_a_token_set_there_are_no_numbers(client, db):
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer " + "u" * 40, "Bearer " + "t" * 39, "Basic " + TOKEN])
def test_with_another_token_there_are_no_numbers(client, db, settings, given):
    settings.ENV = replace(settings.ENV, metrics_token=TOKEN)
    assert client.get("/metrics", headers={"Authorization": given}).status_code == 404


def test_whoever_holds_the_token_counts_and_learns_no_name(client, town, my_shelf, settings):
    settings.ENV = replace(settings.ENV, metrics_token=TOKEN)
    on_shelf(my_shelf, timezone.now() - timedelta(hours=1))
    drilled(timezone.now())
    Job.objects.all().delete()
    put(due=timedelta(hours=1))
    put(state=JobState.FAILED, ended_at=timezone.now())
    response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    text = response.content.decode()
    assert response.status_code == 200
    asked = sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith("manyhands_asks{"))
    assert asked == 2  # the groceries, and the one elsewhere: both networks together
    (age,) = (float(line.split()[-1]) for line in text.splitlines() if line.startswith("manyhands_backup_age_seconds "))
    assert 3590 < age < 3700
    assert "manyhands_drill_good 1.0" in text
    assert 'manyhands_jobs{state="failed"} 1.0' in text
    assert 'manyhands_jobs{state="due"} 1.0' in text
    (waited,) = (float(line.split()[-1]) for line in text.splitlines() if line.startswith("manyhands_jobs_oldest_due"))
    assert 3590 < waited < 3700
    assert "manyhands_notices_untold 0.0" in text
    for name in ("riverside", "hillside", "Nia", "Hana", "Elm"):
        assert name not in text


def test_pages_are_measured_by_name_and_never_by_address(rf, db):
    measured = metrics.Measured(_answers)
    for path in ("/a/secretlink/", "/a/othersecret/", "/no/such/page/"):
        measured(rf.get(path))
    text = metrics.as_text()[0].decode()
    assert 'view="exchange:asking"' in text
    assert 'view="none"' in text
    assert "secret" not in text


def _answers(request):
    from django.http import HttpResponse
    from django.urls import Resolver404, resolve

    try:
        request.resolver_match = resolve(request.path)
    except Resolver404:
        return HttpResponse(status=404)
    return HttpResponse()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("METRICS_TOKEN", "short", "is shorter than 32 signs"),
        ("LOG_FORMAT", "xml", "it must be plain or json"),
        ("LOG_LEVEL", "LOUD", "it must be DEBUG, INFO, WARNING or ERROR"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, name, value, sentence):
    with pytest.raises(env.SettingWrong, match=sentence):
        env.read({"MANYHANDS_DATA_DIR": str(tmp_path), f"MANYHANDS_{name}": value})
