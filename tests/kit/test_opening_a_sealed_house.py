"""A sealed house opens by any passphrase or by enough shares, holds its keys in one process, and can be shut at once."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest

from manyhands.kernel import sealing
from manyhands.kit.ring import Ring, RingTrouble, Shut, Wrong, asking, holding, slots
from tests import sealed
from tests.cast import NOW

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="A sealed house needs Linux.")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ring(tmp_path) -> Ring:
    return Ring(tmp_path / "keys")


def slot(key: bytes, passphrase: str, name: str = "one") -> dict[str, bytes]:
    name = slots.PASSPHRASE + name
    return {name: slots.lock_with_passphrase(key, passphrase, name=name, cost=sealed.QUICK)}


# ── Slots ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_any_passphrase_opens_and_no_other():
    key = sealing.fresh_key()
    ways = slot(key, "the first passphrase", "one") | slot(key, "pässword of the second", "two")
    assert slots.open_with_passphrase(ways, "the first passphrase") == key
    # However the keyboard writes it: with the mark apart from its letter, with one space more.
    assert slots.open_with_passphrase(ways, "  pa\u0308ssword of  the second ") == key
    with pytest.raises(Wrong, match="does not open the house"):
        slots.open_with_passphrase(ways, "The first passphrase")


def test_a_slot_opens_under_its_own_name_and_cost_only():
    ways = slot(sealing.fresh_key(), "the first passphrase")
    (_name, lies), *_ = ways.items()
    with pytest.raises(Wrong):
        slots.open_with_passphrase({slots.PASSPHRASE + "other": lies}, "the first passphrase")
    assert lies[slots.SALT_BYTES :][:12] == sealed.QUICK.as_bytes()
    assert slots.Cost().as_bytes() == (262144).to_bytes(4, "big") + (4).to_bytes(4, "big") + (1).to_bytes(4, "big")


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaaaaaaaaaaaaaa", "   spaces      only   "])
def test_a_weak_passphrase_is_refused(weak):
    assert slots.why_not_passphrase(weak)
    assert slots.why_not_passphrase(slots.suggested_passphrase()) is None


def test_any_k_shares_open_and_no_fewer():
    key = sealing.fresh_key()
    lies, papers = slots.lock_with_shares(key, needed=3, of=5)
    ways = {slots.SHARES: lies}
    shares = [slots.read_share(ways, words) for words in papers]
    for three in ((0, 1, 2), (4, 2, 0), (1, 3, 4)):
        assert slots.open_with_shares(ways, [shares[at] for at in three]) == key
    assert slots.open_with_shares(ways, shares) == key
    for few in ([], shares[:1], shares[:2], [shares[0]] * 3):
        with pytest.raises(Wrong, match="too few"):
            slots.open_with_shares(ways, few)


def test_a_share_says_what_is_wrong_with_it():
    ways = {slots.SHARES: slots.lock_with_shares(sealing.fresh_key(), needed=2, of=3)[0]}
    _other, papers = slots.lock_with_shares(sealing.fresh_key(), needed=2, of=3)
    for words in (
        "not the words of a share",
        papers[0].rsplit(" ", 1)[0],
        papers[0].replace(papers[0].split()[7], "zebra"),
    ):
        with pytest.raises(Wrong, match="not the words of a share"):
            slots.read_share(ways, words)
    with pytest.raises(Wrong, match="older set"):
        slots.read_share(ways, papers[0])
    with pytest.raises(Wrong, match="no paper shares"):
        slots.read_share({}, papers[0])


# ── The two modes ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sealed_house_opens_nothing_by_itself(ring):
    amina = uuid4()
    ring.key_of(amina, make=True)
    assert ring.is_open()
    sealed.seal(ring)
    for one in (ring, Ring(ring.folder), Ring(ring.folder, "whatever the host hands in as its root key")):
        assert one.is_sealed()
        assert not one.is_open()
        with pytest.raises(Shut):
            one.key_of(amina)
        with pytest.raises(Shut):
            one.index_key("journal")
    assert [path.name for path in ring.folder.iterdir()] == ["ring.sqlite3"]


def test_nothing_in_the_folder_of_the_keys_opens_a_sealed_house(ring):
    amina = uuid4()
    key, old = ring.key_of(amina, make=True), ring.root_from()
    before = ring.file.read_bytes()
    sealed.seal(ring)
    lies = b"".join(path.read_bytes() for path in ring.folder.rglob("*") if path.is_file())
    new = ring.root_from(slots.open_with_passphrase(ring.ways_in(), sealed.PASSPHRASE))
    for secret in (key, old.key, new.key, new.secret):
        assert secret not in lies
        assert secret.hex().encode() not in lies
    # Nor does the old root key, which a copy of the folder from before would give.
    assert new.key != old.key
    assert slots.UNATTENDED.encode() in before
    assert slots.UNATTENDED.encode() not in lies
    with pytest.raises(RingTrouble, match="does not open"):
        ring.root_from(old.key)


def test_keys_and_indexes_are_the_same_after_each_change(ring):
    amina = uuid4()
    key, index = ring.key_of(amina, make=True), ring.index_key("journal")
    letter = sealing.seal_letter(ring.public_half("inbox"), b"bread", about=b"x")
    sealed.seal(ring)
    root = ring.root_from(slots.open_with_passphrase(ring.ways_in(), sealed.PASSPHRASE))
    ring.change_slots(root, lambda fresh: slot(fresh, "quite another passphrase"))
    with pytest.raises(Wrong):
        slots.open_with_passphrase(ring.ways_in(), sealed.PASSPHRASE)
    root = ring.root_from(slots.open_with_passphrase(ring.ways_in(), "quite another passphrase"))
    ring.change_slots(root, ring.unattended_slot)
    assert not ring.is_sealed()
    assert (ring.key_of(amina), ring.index_key("journal")) == (key, index)
    assert sealing.open_letter(ring.private_half("inbox"), letter, about=b"x") == b"bread"


def test_the_last_way_in_stays(ring):
    sealed.seal(ring)
    root = ring.root_from(slots.open_with_passphrase(ring.ways_in(), sealed.PASSPHRASE))
    with pytest.raises(RingTrouble, match="last way in"):
        ring.put_slots(root, add={}, remove=[sealed.NAME])
    assert slots.open_with_passphrase(ring.ways_in(), sealed.PASSPHRASE) == root.key
    ring.put_slots(root, add=slot(root.key, "quite another passphrase"), remove=[sealed.NAME])
    assert slots.open_with_passphrase(ring.ways_in(), "quite another passphrase") == root.key


SWITCH = """
import os, signal, sys
from pathlib import Path
from manyhands.kit.ring import Ring, keeping
from tests import sealed
at, seen = int(sys.argv[2]), 0
ring = Ring(Path(sys.argv[1]))
root = ring.root_from()
def step(*_):
    global seen
    seen += 1
    if seen == at:
        os.kill(os.getpid(), signal.SIGKILL)
ring._connected().set_trace_callback(step)
whole = ring.drop_opener
ring.drop_opener = lambda: (step(), whole(), step())
sealed.seal(ring)
print(seen)
"""


def test_a_switch_that_is_killed_leaves_one_mode_or_the_other(tmp_path):
    def switch(folder: Path, at: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", SWITCH, str(folder), str(at)], cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip

    def house(name: str) -> tuple[Path, bytes, object]:
        ring, amina = Ring(tmp_path / name), uuid4()
        return ring.folder, ring.key_of(amina, make=True), amina

    folder, _key, _amina = house("whole")
    steps = int(switch(folder, 0).stdout)
    assert steps > 10
    found = set()
    for at in (2, steps // 2, steps - 4, steps - 2, steps - 1, steps):
        folder, key, amina = house(str(at))
        assert switch(folder, at).returncode == -signal.SIGKILL
        ring = Ring(folder)
        found.add(ring.is_sealed())
        if ring.is_sealed():
            ring.change_slots(
                ring.root_from(slots.open_with_passphrase(ring.ways_in(), sealed.PASSPHRASE)), ring.unattended_slot
            )
        assert ring.key_of(amina) == key
    assert found == {True, False}


# ── The key process ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_opens_it_opens_it_for_everyone(ring):
    amina = uuid4()
    key = ring.key_of(amina, make=True)
    sealed.seal(ring)
    with sealed.holding(ring.folder):
        assert not ring.is_open()
        with pytest.raises(Wrong, match="does not open the house"):
            asking.open_with_passphrase(ring.folder, "some other passphrase")
        assert not ring.is_open()
        assert asking.open_with_passphrase(ring.folder, sealed.PASSPHRASE).is_open
        other = Ring(ring.folder)
        assert ring.key_of(amina) == other.key_of(amina) == key
        ben = other.key_of(uuid4(), make=True)
        assert len(ben) == 32
        ring.forget([amina], now=NOW)
        assert other.keys_of([amina]) == {}


def test_shares_are_given_one_after_the_other(ring):
    papers = sealed.seal(ring, needed=3, of=5)
    with sealed.holding(ring.folder):
        assert asking.give_share(ring.folder, papers[4]).shares_given == 1
        assert asking.give_share(ring.folder, papers[4]).shares_given == 1
        with pytest.raises(Wrong, match="not the words"):
            asking.give_share(ring.folder, "bread milk")
        assert asking.give_share(ring.folder, papers[0]).shares_given == 2
        assert not ring.is_open()
        stands = asking.give_share(ring.folder, papers[2].upper())
        assert (stands.is_open, stands.shares_given) == (True, 0)
        assert ring.is_open()


def test_shares_can_be_taken_back(ring):
    papers = sealed.seal(ring, needed=2, of=3)
    with sealed.holding(ring.folder):
        asking.give_share(ring.folder, papers[0])
        asking.take_shares_back(ring.folder)
        assert not asking.give_share(ring.folder, papers[1]).is_open


WORKER = """
import sys
from pathlib import Path
from uuid import UUID
from manyhands.kit.ring import Ring
ring = Ring(Path(sys.argv[1]))
print(ring.key_of(UUID(sys.argv[2])).hex(), flush=True)
sys.stdin.read()
"""


def test_sealing_ends_everyone_who_holds_keys_at_once(ring):
    amina = uuid4()
    key = ring.key_of(amina, make=True)
    sealed.seal(ring)
    with sealed.holding(ring.folder) as process:
        asking.open_with_passphrase(ring.folder, sealed.PASSPHRASE)
        worker = subprocess.Popen([sys.executable, "-c", WORKER, str(ring.folder), str(amina)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # fmt: skip
        assert worker.stdout.readline().strip() == key.hex() == ring.key_of(amina).hex()
        began = time.monotonic()
        assert asking.seal(ring.folder)
        # Whoever asked for it is spared, and has nothing any more.
        with pytest.raises(Shut):
            ring.key_of(amina)
        with worker:
            assert (worker.wait(5), process.wait(5)) == (-signal.SIGKILL, -signal.SIGKILL)
        assert time.monotonic() - began < 2
    assert not asking.seal(ring.folder)


def test_a_killed_key_process_takes_the_keys_along(ring):
    amina = uuid4()
    ring.key_of(amina, make=True)
    sealed.seal(ring)
    with sealed.holding(ring.folder) as process:
        asking.open_with_passphrase(ring.folder, sealed.PASSPHRASE)
        ring.key_of(amina)
        process.kill()
        process.wait()
        for ask in (lambda: ring.key_of(amina), lambda: ring.index_key("journal"), ring.forgotten):
            with pytest.raises(Shut):
                ask()
        assert (ring._keys, ring._derived, ring._epoch_key, ring._root) == ({}, {}, b"", None)
    with sealed.holding(ring.folder):
        assert not ring.is_open()
        asking.open_with_passphrase(ring.folder, sealed.PASSPHRASE)
        assert ring.is_open()


def test_a_forked_child_asks_on_a_line_of_its_own(ring):
    amina = uuid4()
    key = ring.key_of(amina, make=True)
    sealed.seal(ring)
    with sealed.holding(ring.folder):
        asking.open_with_passphrase(ring.folder, sealed.PASSPHRASE)
        assert ring.key_of(amina) == key
        child = os.fork()
        if not child:
            right = False
            try:
                right = ring.key_of(amina) == key
            finally:
                os._exit(0 if right else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert ring.key_of(amina) == key


def test_nobody_else_gets_keys_or_takes_the_place(ring, monkeypatch):
    sealed.seal(ring)
    with sealed.holding(ring.folder) as process:
        asking.open_with_passphrase(ring.folder, sealed.PASSPHRASE)
        door = ring.folder / holding.DOOR
        assert (door.stat().st_mode & 0o777, (door / holding.SOCKET).stat().st_mode & 0o777) == (0o700, 0o600)
        # No core file, and its memory is not ours to read, though it runs as the same user.
        limits = Path(f"/proc/{process.pid}/limits")
        assert Path(f"/proc/{process.pid}/mem").stat().st_uid == 0
        if os.access(limits, os.R_OK):
            assert any(line.split()[4:6] == ["0", "0"] for line in limits.read_text().splitlines() if "core" in line)
        # A process of another user who answers in its place is not believed.
        monkeypatch.setattr(asking, "peer_of", lambda _line: (process.pid, os.geteuid() + 1))
        with pytest.raises(RingTrouble, match="another user"):
            asking.Line(ring.folder)


def test_a_stranger_on_the_line_is_turned_away(tmp_path, monkeypatch):
    holder = holding.Holder(tmp_path / "ring.sqlite3")
    monkeypatch.setattr(holding, "peer_of", lambda _line: (os.getpid(), os.geteuid() + 1))
    turns = iter([False, True])
    monkeypatch.setattr(holding, "_over", lambda _parent: next(turns))
    with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as stranger:
        monkeypatch.chdir(tmp_path)
        listening.bind("door")
        listening.listen()
        stranger.connect("door")
        holding._serve(listening, holder, None)
        stranger.settimeout(5)
        assert stranger.recv(1) == b""
    assert not holder.lines


def test_a_flood_of_guesses_waits_outside(tmp_path):
    holder = holding.Holder(tmp_path / "ring.sqlite3", _trying=holding.MOST_TRYING)
    a, b = socket.socketpair()
    with a, b:
        assert holder.answer({"do": "open", "passphrase": "x"}, holding.Line(a, 0, None)) == {"busy": True}
        assert holder.answer({"do": "look"}, holding.Line(a, 0, None))["open"] is False
        assert "wrong" in holder.answer({"do": "dance"}, holding.Line(a, 0, None))
