"""A wrong or missing setting stops the start with a sentence that names it."""

import dataclasses
import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from manyhands.config import database, env, wellbeing
from manyhands.kit import writing_once
from manyhands.kit.ring import Ring

MANYHANDS = Path(sys.executable).with_name("manyhands")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "eighty", "MANYHANDS_PORT is “eighty”: it must be a whole number."),
        ("PORT", "99999", "MANYHANDS_PORT is 99999: it must be between 1 and 65535."),
        ("DEMO", "maybe", "MANYHANDS_DEMO is “maybe”: it must be yes or no."),
        ("THREADS", "0", "MANYHANDS_THREADS is 0: it must be between 1 and 256."),
        (
            "DATABASE_URL",
            "mysql://x",
            "MANYHANDS_DATABASE_URL can't be read: it must begin with sqlite:/// or postgres://.",
        ),
        ("DATABASE_URL", "postgres://h:port/x", "MANYHANDS_DATABASE_URL can't be read: its port must be a number."),
        (
            "SOURCE_URL",
            "javascript:alert(1)",
            "MANYHANDS_SOURCE_URL is “javascript:alert(1)”: it must begin with https://.",
        ),
        (
            "MAIL_URL",
            "mail.example.org",
            "MANYHANDS_MAIL_URL can't be read: it must be smtp://host, smtps://host or file:///folder.",
        ),
        (
            "TEXT_URL",
            "http://us:secret@gateway.example.org",
            "MANYHANDS_TEXT_URL can't be read: it must be https://gateway/path or file:///folder.",
        ),
        ("TEXT_URL", "gateway.example.org", "MANYHANDS_TEXT_URL can't be read: it must be https://gateway/path"),
        ("WORKERS", "33", "MANYHANDS_WORKERS is 33: it must be between 0 and 32."),
        ("SECRET_KEY", "short", "MANYHANDS_SECRET_KEY is shorter than 32 signs."),
        ("ROOT_KEY", "short", "MANYHANDS_ROOT_KEY is shorter than 32 signs."),
        ("SECRET_KEY_FILE", "/no/such/file", "MANYHANDS_SECRET_KEY_FILE names /no/such/file, which can't be read"),
        ("PROT", "80", "There is no setting MANYHANDS_PROT."),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, name, value, sentence):
    with pytest.raises(env.SettingWrong, match=r".") as wrong:
        env.read({"MANYHANDS_DATA_DIR": str(tmp_path), f"MANYHANDS_{name}": value})
    assert sentence in str(wrong.value)


def test_the_start_stops_with_the_sentence_and_no_traceback(tmp_path):
    surroundings = {**os.environ, "MANYHANDS_DATA_DIR": str(tmp_path), "MANYHANDS_PORT": "eighty"}
    done = subprocess.run([MANYHANDS, "serve"], env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == "Manyhands can't start. MANYHANDS_PORT is “eighty”: it must be a whole number."


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    blocked = tmp_path / "a file"
    blocked.write_text("")
    with pytest.raises(env.SettingWrong, match="can't be written"):
        env.read({"MANYHANDS_DATA_DIR": str(blocked / "below")})


def test_the_secret_is_made_once_and_kept_from_others(tmp_path):
    first = env.read({"MANYHANDS_DATA_DIR": str(tmp_path)}).secret_key
    assert env.read({"MANYHANDS_DATA_DIR": str(tmp_path)}).secret_key == first
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_a_start_that_was_stopped_half_way_leaves_no_half_a_secret(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        with pytest.raises(env.SettingWrong, match="No space left"):
            env.read({"MANYHANDS_DATA_DIR": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []
    assert len(env.read({"MANYHANDS_DATA_DIR": str(tmp_path)}).secret_key) > 32


def test_a_disk_without_links_keeps_a_secret_too(tmp_path, monkeypatch):
    def no_links(_draft, _file):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("os.link", no_links)
    first = env.read({"MANYHANDS_DATA_DIR": str(tmp_path)}).secret_key
    assert env.read({"MANYHANDS_DATA_DIR": str(tmp_path)}).secret_key == first
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_removing_a_secret_removes_what_a_killed_process_left_of_it(tmp_path):
    for name in ("a.key", ".a.key.0123456789abcdef", "b.key"):
        (tmp_path / name).write_text("x")
    writing_once.remove(tmp_path / "a.key")
    writing_once.remove(tmp_path / "a.key")
    assert [path.name for path in tmp_path.iterdir()] == ["b.key"]


def test_the_keys_lie_beside_the_data_and_never_in_it(tmp_path):
    read = env.read({"MANYHANDS_DATA_DIR": str(tmp_path / "house")})
    assert read.keys_dir == tmp_path / "house-keys"
    read = env.read({"MANYHANDS_DATA_DIR": str(tmp_path), "MANYHANDS_KEYS_DIR": str(tmp_path / "elsewhere")})
    assert read.keys_dir == tmp_path / "elsewhere"


def complaints_of(settings, *, data: Path, keys: Path) -> str:
    settings.ENV, settings.KEYS_DIR = dataclasses.replace(settings.ENV, data_dir=data, keys_dir=keys), keys
    return "\n".join(wellbeing.complaints())


@pytest.mark.django_db
def test_keys_inside_the_data_are_complained_about(tmp_path, settings):
    inside, beside = tmp_path / "data" / "keys", tmp_path / "keys"
    assert f"The key ring ({inside}) lies inside" in complaints_of(settings, data=tmp_path / "data", keys=inside)
    assert "lies inside" in complaints_of(settings, data=tmp_path / "data", keys=tmp_path / "data")
    told = complaints_of(settings, data=beside / "data", keys=beside)
    assert f"The data lies inside the folder of the key ring ({beside})" in told
    assert "key" not in complaints_of(settings, data=tmp_path / "data", keys=beside)


@pytest.mark.django_db
def test_keys_others_can_read_are_complained_about(tmp_path, settings):
    data, keys = tmp_path / "data", tmp_path / "keys"
    assert "can reach" not in complaints_of(settings, data=data, keys=keys)
    keys.chmod(0o750)
    (keys / "unattended.key").chmod(0o604)
    told = complaints_of(settings, data=data, keys=keys)
    assert f"Others on this machine can reach {keys}. Run: chmod go= {keys}" in told
    assert f"chmod go= {keys}/unattended.key" in told
    assert f"chmod go= {keys}/ring.sqlite3" not in told


def test_a_start_without_its_keys_stops_with_a_sentence(tmp_path):
    assert Ring(tmp_path / "keys").is_open()
    (tmp_path / "keys" / "unattended.key").unlink()
    surroundings = {**os.environ, "MANYHANDS_DATA_DIR": str(tmp_path), "MANYHANDS_KEYS_DIR": str(tmp_path / "keys")}
    done = subprocess.run([MANYHANDS, "serve"], env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Bring it back, or set MANYHANDS_ROOT_KEY." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_postgres_address_is_read_in_full():
    read = env.read({"MANYHANDS_SECRET_KEY": "x" * 40, "DATABASE_URL": "postgres://rosa:p%40ss@db.example:5433/aid"})
    assert read.database == {
        "kind": "postgres", "name": "aid", "user": "rosa", "password": "p@ss", "host": "db.example", "port": "5433",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("version", "safe"),
    [((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 50, 6), False), ((3, 50, 7), True),
     ((3, 51, 2), False), ((3, 51, 3), True), ((3, 53, 4), True)],
)  # fmt: skip
def test_only_a_mended_sqlite_may_log_ahead(version, safe):
    assert database.safe_in_wal(version) is safe


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("smtps://us:p%40ss@mail.example.org", (465, "us", "p@ss", True, False)),
        ("smtp://mail.example.org", (587, "", "", False, True)),
        ("smtp://localhost:25", (25, "", "", False, False)),
    ],
)
def test_mail_never_goes_out_in_the_clear(tmp_path, url, told):
    mail = env.read({"MANYHANDS_DATA_DIR": str(tmp_path), "MANYHANDS_MAIL_URL": url}).mail
    assert mail is not None
    names = ("EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_SSL", "EMAIL_USE_TLS")
    assert tuple(mail[name] for name in names) == told


def test_mail_and_texts_are_off_until_they_are_set(tmp_path):
    here = env.read({"MANYHANDS_DATA_DIR": str(tmp_path), "MANYHANDS_PUBLIC_URL": "https://help.example.org"})
    assert (here.mail, here.texts, here.mail_from) == (None, None, "manyhands@help.example.org")


def test_the_address_told_follows_the_port_unless_one_is_set(tmp_path):
    here = {"MANYHANDS_DATA_DIR": str(tmp_path), "MANYHANDS_PORT": "8123"}
    assert env.read(here).public_url == "http://127.0.0.1:8123"
    assert (
        env.read(here | {"MANYHANDS_PUBLIC_URL": "https://help.example.org/"}).public_url == "https://help.example.org"
    )
