"""Everyone has a key; who is forgotten loses theirs for good, in every process; the ring is whole whatever happens."""

import hashlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from manyhands.kit import ring as house_ring
from manyhands.kit.ring import Gone, Missing, Ring, RingTrouble
from tests.cast import NOW

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ring(tmp_path) -> Ring:
    return Ring(tmp_path / "keys")


def again(ring: Ring) -> Ring:
    """The same ring as another process sees it."""
    return Ring(ring.folder)


def test_a_holder_keeps_their_key(ring):
    amina, ben = uuid4(), uuid4()
    key = ring.key_of(amina, make=True)
    assert len(key) == 32
    assert ring.key_of(amina) == ring.key_of(amina, make=True) == again(ring).key_of(amina) == key
    assert ring.key_of(ben, make=True) != key


def test_who_never_had_a_key_is_not_taken_for_forgotten(ring):
    with pytest.raises(Missing):
        ring.key_of(uuid4())


def test_many_keys_at_once(ring):
    people = [uuid4() for _ in range(1203)]
    made = ring.keys_of(people[:1100], make=True)
    assert set(made) == set(people[:1100])
    assert ring.keys_of(people) == again(ring).keys_of(people) == made
    assert len(set(made.values())) == 1100


def test_keys_made_ahead_are_handed_out_once(db):
    outside = house_ring.new_holder()
    with house_ring.keys_ahead(2):
        with house_ring.keys_ahead(1):
            inner = house_ring.new_holder()
        first, second, third = (house_ring.new_holder() for _ in range(3))
    assert len({outside, inner, first, second, third}) == 5
    assert set(house_ring.keys_of([outside, inner, first, second, third])) == {inner, first, second}


def test_a_forgotten_key_is_gone_for_good(ring):
    amina, ben = uuid4(), uuid4()
    ring.key_of(amina, make=True)
    kept = ring.key_of(ben, make=True)
    receipt = ring.forget([amina], now=NOW)[0]
    for one in (ring, again(ring)):
        for make in (False, True):
            with pytest.raises(Gone):
                one.key_of(amina, make=make)
        assert one.keys_of([amina, ben], make=True) == {ben: kept}
    assert (receipt.holder, receipt.at) == (amina, NOW)


def test_the_receipt_tells_the_ring_before_and_after(ring):
    people = [uuid4() for _ in range(3)]
    ring.keys_of(people, make=True)
    before = ring.digest()
    first = ring.forget([people[0]], now=NOW)[0]
    assert (first.before, first.after) == (before, ring.digest())
    second = ring.forget([people[1]], now=NOW)[0]
    assert (second.before, second.epoch) == (first.after, first.epoch + 1)
    # Asked again, the same receipt: nobody is forgotten twice.
    assert ring.forget([people[0]], now=NOW)[0] == first
    assert ring.digest() == second.after


def test_forgetting_many_is_one_epoch(ring):
    people = [uuid4() for _ in range(5)]
    ring.keys_of(people, make=True)
    receipts = ring.forget(people[:3], now=NOW)
    assert {receipt.epoch for receipt in receipts} == {2}
    assert set(ring.keys_of(people)) == set(people[3:])


def test_who_never_had_a_key_can_be_forgotten_too(ring):
    nobody = uuid4()
    ring.forget([nobody], now=NOW)
    with pytest.raises(Gone):
        ring.key_of(nobody, make=True)


def test_another_process_notices_at_once(ring):
    other, amina, ben = again(ring), uuid4(), uuid4()
    keys = ring.keys_of([amina, ben], make=True)
    assert other.keys_of([amina, ben]) == keys
    ring.forget([amina], now=NOW)
    with pytest.raises(Gone):
        other.key_of(amina)
    assert other.key_of(ben) == keys[ben]
    carl = other.key_of(uuid4(), make=True)
    assert len(carl) == 32


def test_a_process_of_its_own_notices_at_once(ring):
    amina = uuid4()
    ring.key_of(amina, make=True)
    code = f"""
import sys
from pathlib import Path
from uuid import UUID
from manyhands.kit.ring import Gone, Ring
ring = Ring(Path({str(ring.folder)!r}))
print(ring.key_of(UUID({str(amina)!r})).hex(), flush=True)
sys.stdin.readline()
try:
    print(ring.key_of(UUID({str(amina)!r})).hex(), flush=True)
except Gone:
    print("gone", flush=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout.readline().strip() == ring.key_of(amina).hex()
        ring.forget([amina], now=NOW)
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline().strip() == "gone"


def test_what_was_copied_before_does_not_open_what_is_there_now(ring):
    """The old epoch key opens nothing in the new ring, and the ring file holds no byte of the deleted key."""
    amina, ben = uuid4(), uuid4()
    ring.keys_of([amina, ben], make=True)
    with sqlite3.connect(ring.file) as old:
        rows = dict(old.execute("SELECT holder, wrapped FROM holders"))
        (epoch_key,) = old.execute("SELECT epoch_key FROM house").fetchone()
    old.close()
    ring.forget([amina], now=NOW)
    everything = b"".join(file.read_bytes() for file in ring.folder.iterdir())
    for secret in (rows[amina.bytes], rows[ben.bytes], epoch_key):
        assert secret[5:] not in everything


def test_an_old_copy_of_the_ring_still_opens_which_is_why_it_is_in_no_backup(ring, tmp_path):
    amina = uuid4()
    key = ring.key_of(amina, make=True)
    shutil.copytree(ring.folder, tmp_path / "old")
    ring.forget([amina], now=NOW)
    assert Ring(tmp_path / "old").key_of(amina) == key


def test_threads_share_the_ring(ring):
    people = [uuid4() for _ in range(20)]
    came_to: list[dict[UUID, bytes]] = []

    def work() -> None:
        came_to.append({person: ring.key_of(person, make=True) for person in people})

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came_to) == 6
    assert all(keys == came_to[0] for keys in came_to)


def test_a_child_opens_the_ring_anew(ring):
    amina, ben = uuid4(), uuid4()
    key = ring.key_of(amina, make=True)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, ring.key_of(amina) + ring.key_of(ben, make=True))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    said = os.read(reading, 64)
    os.close(reading)
    os.close(writing)
    assert said == key + ring.key_of(ben)


def test_several_processes_begin_one_ring(tmp_path):
    code = f"""
from pathlib import Path
from uuid import UUID
from manyhands.kit.ring import Ring
print(Ring(Path({str(tmp_path / "keys")!r})).key_of(UUID(int=7), make=True).hex())
"""
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(4)
    ]
    said = {process.communicate(timeout=60)[0] for process in started}
    assert all(process.returncode == 0 for process in started)
    assert len(said) == 1


def test_nobody_else_on_the_machine_can_read_it(ring):
    ring.key_of(uuid4(), make=True)
    assert stat.S_IMODE(ring.folder.stat().st_mode) == 0o700
    names = {file.name for file in ring.folder.iterdir()}
    assert names == {"ring.sqlite3", "unattended.key"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in ring.folder.iterdir()} == {0o600}


def test_without_its_key_file_the_ring_stays_shut_and_makes_no_new_one(ring):
    amina = uuid4()
    key = ring.key_of(amina, make=True)
    kept = (ring.folder / "unattended.key").read_text()
    (ring.folder / "unattended.key").unlink()
    with pytest.raises(RingTrouble, match="Bring it back"):
        again(ring).key_of(amina)
    (ring.folder / "unattended.key").write_text("another key, made up by somebody, that is long enough")
    with pytest.raises(RingTrouble, match="does not open"):
        again(ring).key_of(amina, make=True)
    (ring.folder / "unattended.key").write_text(kept)
    assert again(ring).key_of(amina) == key


def test_the_host_may_hand_the_key_in(tmp_path):
    given = "from the system's credentials, long enough"
    key = Ring(tmp_path / "keys", given).key_of(UUID(int=1), make=True)
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["ring.sqlite3"]
    assert Ring(tmp_path / "keys", given).key_of(UUID(int=1)) == key
    with pytest.raises(RingTrouble, match="does not open"):
        Ring(tmp_path / "keys", given + "!").key_of(UUID(int=1))


def test_a_ring_somebody_changed_is_told(ring):
    amina, ben = uuid4(), uuid4()
    ring.keys_of([amina, ben], make=True)
    with sqlite3.connect(ring.file) as thief:
        thief.execute(
            "UPDATE holders SET wrapped = (SELECT wrapped FROM holders WHERE holder = ?) WHERE holder = ?",
            [ben.bytes, amina.bytes],
        )
    thief.close()
    with pytest.raises(RingTrouble, match="does not open"):
        again(ring).key_of(amina)
    with pytest.raises(RingTrouble, match="does not open"):
        again(ring).rotate()
    assert len(again(ring).key_of(ben)) == 32
    ring.file.write_bytes(hashlib.sha256(b"rubbish").digest() * 400)
    with pytest.raises(RingTrouble, match="can't be used"):
        again(ring).key_of(ben)


def test_a_key_for_a_purpose_stays_the_same(ring):
    journal = ring.index_key("journal")
    ring.forget([uuid4()], now=NOW)
    assert journal == ring.index_key("journal") == again(ring).index_key("journal") != ring.index_key("backup")


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "a file").write_text("")
    with pytest.raises(RingTrouble, match="MANYHANDS_KEYS_DIR"):
        Ring(tmp_path / "a file" / "keys").is_open()


def test_the_house_has_one_ring(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "house"
    amina = uuid4()
    key = house_ring.key_of(amina, make=True)
    assert house_ring.is_open()
    assert house_ring.keys_of([amina]) == {amina: key} == Ring(tmp_path / "house").keys_of([amina])
    house_ring.rotate()
    assert house_ring.key_of(amina) == key
    house_ring.forget(amina, now=NOW)
    assert house_ring.keys_of([amina]) == {}
