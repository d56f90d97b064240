"""A backup is whole or it says so: how archives are written and read, kept and thrown away, made and put back."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest

from manyhands.config import env
from manyhands.config.backups import archive, databases, keys, making, nightly, shelf
from manyhands.config.backups.archive import Unreadable
from manyhands.config.backups.databases import CannotCopy
from manyhands.kit.ring import asking, slots, the_ring
from tests import sealed
from tests.serving import Server, own_database

KEY, NOW = b"k" * 32, datetime(2026, 11, 27, 3, 30, tzinfo=UTC)
MANIFEST = {"tables": {"people_person": 3}, "migrations": []}


def written(plain: bytes, key: bytes = KEY) -> bytes:
    file = io.BytesIO()
    header = archive.new_header(key=key, made_at=NOW, version="0.1.0", kind="sqlite")
    writer = archive.Writer(file, key=key, header=header)
    for start in range(0, len(plain), 70_000):
        writer.write(plain[start : start + 70_000])
    writer.finish(MANIFEST)
    return file.getvalue()


def read(sealed: bytes, key: bytes = KEY) -> tuple[bytes, dict]:
    reader = archive.Reader(io.BytesIO(sealed), key=key)
    plain = b"".join(reader.pieces())
    return plain, reader.manifest


def pieces_of(sealed: bytes) -> list[bytes]:
    """The lines in clear, then each piece with its length and kind."""
    start = sealed.index(b"\n", sealed.index(b"\n") + 1) + 1
    parts = [sealed[:start]]
    while start < len(sealed):
        end = start + 5 + int.from_bytes(sealed[start : start + 4], "big")
        parts.append(sealed[start:end])
        start = end
    return parts


PLAIN = random.Random(3).randbytes(1_000_000)


@pytest.mark.parametrize("plain", [b"", b"x", b"\0" * 3_000_000, PLAIN], ids=["nothing", "one", "even", "odd"])
def test_what_is_written_comes_back(plain):
    back, manifest = read(written(plain))
    assert back == plain
    assert manifest["tables"] == MANIFEST["tables"]
    assert manifest["size"] == len(plain)


def test_the_same_data_never_looks_the_same():
    one, other = written(PLAIN), written(PLAIN)
    assert pieces_of(one)[1] != pieces_of(other)[1]


def test_only_the_header_is_in_clear():
    sealed = written(b"Rosa Morales, 412 Elm St " * 100)
    assert b"Rosa" not in sealed
    assert b"people_person" not in sealed


def test_every_single_changed_bit_is_noticed():
    sealed = written(PLAIN[:2000])
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1 << place % 8
        with pytest.raises(archive.Unreadable):
            read(bytes(changed))


def test_a_file_cut_off_anywhere_is_noticed():
    sealed = written(PLAIN)
    ends = {sum(map(len, pieces_of(sealed)[:count])) for count in range(1, len(pieces_of(sealed)))}
    for end in ends | {0, 10, 100, len(sealed) - 1, len(sealed) // 2}:
        with pytest.raises(archive.Unreadable):
            read(sealed[:end])


def test_pieces_left_out_moved_doubled_or_added_are_noticed():
    head, *pieces = pieces_of(written(PLAIN))
    assert len(pieces) >= 4
    for wrong in (
        [pieces[1], pieces[0], *pieces[2:]],
        [pieces[0], *pieces[2:]],
        [pieces[0], pieces[0], *pieces[1:]],
        [*pieces, pieces[-1]],
        [pieces[-1]],
    ):
        with pytest.raises(archive.Unreadable):
            read(head + b"".join(wrong))


def test_a_piece_of_another_backup_is_noticed():
    head, *pieces = pieces_of(written(PLAIN))
    other = pieces_of(written(PLAIN))[1:]
    with pytest.raises(archive.Unreadable):
        read(head + other[0] + b"".join(pieces[1:]))


def test_another_key_is_told_from_damage():
    with pytest.raises(archive.Unreadable, match="another key"):
        read(written(PLAIN), key=b"o" * 32)


@pytest.mark.parametrize(
    "not_ours", [b"", b"PK\x03\x04", b"manyhands backup 2\n{}\n", b"manyhands backup 1\nnothing\n"]
)
def test_what_is_no_backup_is_said_to_be_none(not_ours):
    with pytest.raises(archive.Unreadable):
        read(not_ours)


def test_a_large_database_does_not_fill_the_memory(tmp_path):
    path, size = tmp_path / "large", 60_000_000
    tracemalloc.start()
    with path.open("wb") as file:
        header = archive.new_header(key=KEY, made_at=NOW, version="0.1.0", kind="sqlite")
        writer = archive.Writer(file, key=KEY, header=header)
        for _ in range(size // 1_000_000):
            writer.write(bytes(1_000_000))
        writer.finish(MANIFEST)
    with path.open("rb") as file:
        assert sum(len(piece) for piece in archive.Reader(file, key=KEY).pieces()) == size
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 8_000_000


def test_a_year_of_nights_leaves_seven_days_four_weeks_and_three_months():
    nights = [NOW - timedelta(days=back) for back in range(365)]
    keep = shelf.to_keep(nights, days=7, weeks=4, months=3)
    ages = sorted((NOW - night).days for night in keep)
    assert ages[:7] == list(range(7))
    # Fridays' newest: the Sundays before, then the last day of each month.
    assert ages[7:] == [12, 19, 27, 58]
    assert min(nights, key=lambda night: abs(night - NOW)) in keep


def test_the_rule_applied_every_night_keeps_reaching_back():
    shelf_now: set[datetime] = set()
    for day in range(400):
        night = NOW + timedelta(days=day)
        shelf_now = shelf.to_keep(shelf_now | {night}, days=7, weeks=4, months=3)
        assert night in shelf_now
        assert len(shelf_now) <= 14
    oldest = max(NOW + timedelta(days=399) - kept for kept in shelf_now)
    assert timedelta(days=55) <= oldest <= timedelta(days=93)


def test_the_newest_is_kept_even_if_it_is_the_only_one_and_the_rule_says_nothing_of_it():
    assert shelf.to_keep([NOW], days=0, weeks=0, months=1) == {NOW}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("BACKUP_KEEP", "7", "it must be three numbers: days, weeks, months, such as 7,4,3"),
        ("BACKUP_KEEP", "0,0,0", "it must be three numbers"),
        ("BACKUP_AT", "night", "it must be a time of day, such as 03:30"),
    ],
)
def test_a_wrong_setting_of_backups_is_named(tmp_path, name, value, sentence):
    with pytest.raises(env.SettingWrong, match=sentence):
        env.read({"MANYHANDS_DATA_DIR": str(tmp_path), f"MANYHANDS_{name}": value})


@pytest.mark.parametrize(("keys", "backups"), [("a", "a"), ("a", "a/b"), ("b/a", "b")])
def test_keys_and_backups_never_lie_in_one_another(tmp_path, keys, backups):
    with pytest.raises(env.SettingWrong, match="never lie together"):
        env.read(
            {
                "MANYHANDS_DATA_DIR": str(tmp_path),
                "MANYHANDS_KEYS_DIR": str(tmp_path / keys),
                "MANYHANDS_BACKUP_DIR": str(tmp_path / backups),
            }
        )


def test_a_database_survives_being_written_as_an_address():
    for url in (
        "sqlite:////var/lib/x y.sqlite3",
        "postgres://ro%40sa:p%2Fss@db.example:5433/a%20id",
        "postgres:///aid",
    ):
        database = env.read_database(url)
        assert env.read_database(databases.as_url(database)) == database


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="A sealed house needs Linux.")
def test_a_shut_house_is_backed_up_and_reads_its_backup_once_it_is_open(tmp_path, settings):
    settings.KEYS_DIR = tmp_path / "keys"
    ring = the_ring()
    sealed.seal(ring)
    (key, letter), (other, _letter) = keys.key_for_new(), keys.key_for_new()
    assert key != other
    header = archive.new_header(key=key, made_at=NOW, version="0.1.0", kind="sqlite", letter=letter)
    path = tmp_path / "made.backup"
    with path.open("wb") as file:
        writer = archive.Writer(file, key=key, header=header)
        writer.write(PLAIN)
        writer.finish({"tables": {}})
    with pytest.raises(CannotCopy, match="open it first"):
        keys.key_to(path)
    with sealed.holding(ring.folder):
        asking.open_with_passphrase(ring.folder, sealed.PASSPHRASE)
        assert keys.key_to(path) == key
        # Back in the locked cabinet it can be read too; another house reads nothing of it.
        root = ring.root_from(slots.open_with_passphrase(ring.ways_in(), sealed.PASSPHRASE))
    ring.change_slots(root, ring.unattended_slot)
    assert keys.key_to(path) == key
    settings.KEYS_DIR = tmp_path / "other keys"
    with pytest.raises(Unreadable, match="another key"):
        read(path.read_bytes(), key=keys.key_to(path))


# From here on with a real house of its own.


@pytest.fixture
def house(tmp_path):
    """A house with data and no server running; its commands run as the host would run them."""
    folder = tmp_path / "data"
    folder.mkdir()
    with own_database(folder) as database:
        server = Server(folder, database, demo=False)
        server.run("createnetwork", "elm", "Elm Street", "--steward", "Sol")
        yield server


def backups_of(server) -> list:
    return sorted((server.folder.parent / "data-backups").glob("*.backup"))


def count(server) -> str:
    return server.python("from manyhands.networks.models import Network\nprint(*Network.objects.order_by('slug').values_list('slug', flat=True))").strip()  # fmt: skip


def test_a_backup_is_put_back_where_there_is_nothing(house, tmp_path):
    house.run("backup")
    (made,) = backups_of(house)
    assert made.stat().st_mode & 0o077 == 0
    with own_database(tmp_path, empty=True) as elsewhere:
        house.run("restore", str(made), "--into", elsewhere)
        house.env["MANYHANDS_DATABASE_URL"] = elsewhere
        assert count(house) == "elm"


def test_a_live_database_is_replaced_only_with_a_yes_and_kept_aside(house):
    house.run("backup")
    house.run("createnetwork", "oak", "Oak Street", "--steward", "Ola")
    (made,) = backups_of(house)
    refused = house.run("restore", str(made), check=False)
    assert refused.returncode == 1
    assert "--yes-replace" in refused.stderr
    assert count(house) == "elm oak"

    done = house.run("restore", str(made), "--yes-replace")
    assert count(house) == "elm"
    assert "is kept in" in done.stdout
    house.run("backup")  # what lies aside is in nobody's way
    assert house.run("drill").returncode == 0


def test_a_damaged_backup_touches_nothing(house):
    house.run("backup")
    (made,) = backups_of(house)
    made.write_bytes(made.read_bytes()[:-40])
    done = house.run("restore", str(made), "--yes-replace", check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == "This backup was cut off, or is damaged. Take an older one."
    assert count(house) == "elm"


def rewritten(house, path, **changed):
    """The same backup, as another version would have written it."""
    key = bytes.fromhex(house.python("from manyhands.kit import ring\nprint(ring.index_key('backup').hex())"))
    with path.open("rb") as file:
        reader = archive.Reader(file, key=key)
        plain = b"".join(reader.pieces())
    header = archive.new_header(
        key=key, made_at=reader.header.made_at, version=changed.get("version", reader.header.version), kind=reader.header.kind
    )  # fmt: skip
    with path.open("wb") as file:
        writer = archive.Writer(file, key=key, header=header)
        writer.write(plain)
        writer.finish({**reader.manifest, **changed.get("manifest", {})})


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"version": "99.0.0"}, "This backup is of Manyhands 99.0.0"),
        ({"manifest": {"migrations": [["exchange", "0999_not_yet_thought_of"]]}}, "of a newer state of Manyhands"),
        ({"manifest": {"tables": {"people_person": 12345}}}, "Table people_person has"),
    ],
)
def test_what_cannot_be_put_back_is_refused_before_anything_is_touched(house, changed, sentence):
    house.run("backup")
    (made,) = backups_of(house)
    rewritten(house, made, **changed)
    done = house.run("restore", str(made), "--yes-replace", check=False)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert count(house) == "elm"


def test_the_backup_of_another_kind_of_database_is_refused(house, tmp_path):
    house.run("backup")
    (made,) = backups_of(house)
    kind = env.read_database(house.env["MANYHANDS_DATABASE_URL"])["kind"]
    other = "postgres:///nowhere" if kind == "sqlite" else f"sqlite:///{tmp_path / 'x.sqlite3'}"
    done = house.run("restore", str(made), "--into", other, check=False)
    assert done.returncode == 1
    assert "Put it back into its own kind" in done.stderr


def test_nothing_of_the_scratch_copy_stays(house):
    house.run("backup")
    house.run("drill")
    assert list((house.folder / "scratch").glob("*")) == []
    assert [path.suffix for path in (house.folder.parent / "data-backups").iterdir() if path.suffix == ".part"] == []


def test_what_a_killed_backup_left_is_swept_by_the_next(house):
    left = house.folder / "scratch" / "tmpkilled"
    left.mkdir(parents=True)
    (left / "copy.sqlite3").write_bytes(b"everything in clear")
    (house.folder.parent / "data-backups").mkdir(exist_ok=True)
    half = house.folder.parent / "data-backups" / "manyhands-20260101T000000Z.part"
    half.write_bytes(b"half")
    house.run("backup")
    house.run("drill")
    assert not half.exists()
    if env.read_database(house.env["MANYHANDS_DATABASE_URL"])["kind"] == "sqlite":
        assert not left.exists()


def test_missing_tools_of_postgresql_are_named(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(databases.CannotCopy, match="apt install postgresql-client"):
        databases.tool("pg_dump", at_least=15)


def test_old_tools_of_postgresql_are_named(tmp_path, monkeypatch):
    tool = tmp_path / "pg_dump"
    tool.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 13.2'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(databases.CannotCopy, match="pg_dump is older than the database"):
        databases.tool("pg_dump", at_least=15)


def test_the_password_of_the_database_stands_on_no_command_line():
    database = env.read_database("postgres://rosa:sesame@db.example/aid")
    assert databases.surroundings(database)["PGPASSWORD"] == "sesame"


def test_the_server_is_not_restored_under_its_own_feet(tmp_path):
    from tests.serving import serving

    folder = tmp_path / "data"
    folder.mkdir()
    with serving(folder) as server:
        server.run("backup")
        (made,) = backups_of(server)
        done = server.run("restore", str(made), "--yes-replace", check=False)
        assert done.returncode == 1
        assert done.stderr.strip() == "The server is running on this data. Stop it first."


def test_the_lock_of_the_shelf_ends_with_the_process(tmp_path):
    path = tmp_path / "lock"
    code = f"import os, sys; from manyhands.config.backups.making import held\nfrom pathlib import Path\nwith held(Path({str(path)!r})): print('held', flush=True); sys.stdin.read()"
    process = subprocess.Popen([os.sys.executable, "-c", f"import os; os.environ['DJANGO_SETTINGS_MODULE']='manyhands.config.settings'\n{code}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert process.stdout.readline() == b"held\n"
    with pytest.raises(BlockingIOError), making.held(path, wait=False):
        pass
    process.kill()
    process.communicate()
    with making.held(path, wait=False):
        pass


@pytest.fixture
def shelf_of_mine(tmp_path, settings):
    from dataclasses import replace

    settings.ENV = replace(settings.ENV, backup_dir=tmp_path / "shelf", demo=False)
    return tmp_path / "shelf"


def put(folder, made_at):
    folder.mkdir(exist_ok=True)
    (folder / shelf.name_for(made_at)).write_bytes(b"x")


def drilled(at, found=()):
    shelf.note_drill({"at": at.isoformat(), "backup": "b", "backup_made_at": None, "seconds": 1, "looked_at": {}, "found": list(found), "last_good": None})  # fmt: skip


def test_a_backup_of_last_night_that_was_tried_is_no_reason_to_complain(shelf_of_mine):
    put(shelf_of_mine, NOW)
    drilled(NOW)
    assert nightly.complaints(now=NOW + timedelta(hours=47)) == []


def test_after_two_days_without_a_drill_it_is_red(shelf_of_mine):
    put(shelf_of_mine, NOW + timedelta(days=3))
    drilled(NOW)
    assert nightly.complaints(now=NOW + timedelta(hours=49)) == [
        "No backup was tried out in the last 48 hours. Run `manyhands drill`."
    ]


def test_after_two_days_without_a_backup_it_is_red(shelf_of_mine):
    put(shelf_of_mine, NOW)
    drilled(NOW + timedelta(hours=48))
    found = nightly.complaints(now=NOW + timedelta(hours=49))
    assert found == ["The last backup is of 2026-11-27 03:30 UTC. Run `manyhands backup` and see what it says."]


def test_a_drill_that_went_wrong_and_a_backup_that_failed_are_told(shelf_of_mine):
    put(shelf_of_mine, NOW)
    drilled(NOW, ["The restored database is damaged."])
    shelf.note_try(at=NOW + timedelta(hours=1), failed="There is not enough room.")
    first, second = nightly.complaints(now=NOW + timedelta(hours=2))
    assert first == "The last backup could not be made: There is not enough room."
    assert second.startswith("The last drill went wrong: The restored database is damaged.")


@pytest.mark.django_db
def test_the_night_is_due_once_a_day_and_a_failed_one_again_after_an_hour(shelf_of_mine, town):
    assert nightly.is_due(now=NOW)
    put(shelf_of_mine, NOW)
    assert not nightly.is_due(now=NOW + timedelta(hours=23))
    assert nightly.is_due(now=NOW + timedelta(hours=24))
    shelf.note_try(at=NOW + timedelta(hours=24), failed="")
    assert not nightly.is_due(now=NOW + timedelta(hours=24, minutes=30))
    assert nightly.is_due(now=NOW + timedelta(hours=25))


@pytest.mark.django_db
def test_an_empty_house_makes_no_backup_by_itself(shelf_of_mine):
    assert not nightly.is_due(now=NOW)


def test_the_note_of_a_drill_that_was_damaged_counts_as_none(shelf_of_mine):
    drilled(NOW)
    (shelf_of_mine / "drill.json").write_text(json.dumps({"at": "yesterday"}))
    assert shelf.last_drill() is None
