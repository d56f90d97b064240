"""P-22: no key lies in a backup: neither what opens it nor the ring nor the secret of the server, in any spelling."""

from __future__ import annotations

import base64
import contextlib
import sqlite3
from pathlib import Path

import pytest

from manyhands.config.backups import archive
from tests.serving import Server, own_database

pytestmark = pytest.mark.server

SHORTEST = 12
SCENE = """
from tests import cast
from manyhands.kit import ring
ring.key_of(cast.gather().dee.pk, make=True)
"""


def spellings(secret: bytes) -> set[bytes]:
    """The ways in which the same bytes may have been written down."""
    found = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    for start in range(3):  # wherever it may stand within base64
        text = base64.b64encode(b"\0" * start + secret)[(0, 2, 3)[start] : -4 if len(secret) > SHORTEST else None]
        found |= {text, text.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def secrets_of(keys: Path, data: Path) -> set[bytes]:
    """Everything secret a house keeps: each small file of the keys' folder, each value of a ring, the server's secret."""
    found = {(data / "secret.key").read_bytes().strip()}
    for path in keys.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        if content.startswith(b"SQLite format 3"):
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as ring:
                tables = [name for (name,) in ring.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
                for table in tables:
                    for row in ring.execute(f'SELECT * FROM "{table}"'):
                        found |= {value for value in row if isinstance(value, bytes) and len(value) >= 24}
        elif SHORTEST <= len(content) < 4096:
            found |= {content, content.strip()}
    return found


def test_no_archive_holds_a_key(tmp_path):
    folder, keys, shelf = tmp_path / "data", tmp_path / "data-keys", tmp_path / "data-backups"
    folder.mkdir()
    with own_database(folder) as database:
        house = Server(folder, database, demo=False)
        house.run("createnetwork", "elm", "Elm Street", "--steward", "Sol")
        house.python(SCENE)
        for _ in range(2):
            house.run("backup", "--to", str(shelf / str(_)))
    secrets = secrets_of(keys, folder)
    assert len(secrets) >= 5  # the server's, the ring's opener, its slot, its epoch key, a wrapped key
    key = house_key(house)
    archives = sorted(shelf.rglob("*.backup"))
    assert len(archives) == 2
    for path in archives:
        with path.open("rb") as file:
            plain = b"".join(archive.Reader(file, key=key).pieces())
        assert b"elm" in plain  # it was opened indeed
        for haystack in (plain, path.read_bytes()):
            held = [secret for secret in secrets for spelled in spellings(secret) if spelled in haystack]
            assert held == []


def house_key(house) -> bytes:
    return bytes.fromhex(house.python("from manyhands.kit import ring\nprint(ring.index_key('backup').hex())"))


@pytest.mark.parametrize("secret", [b"k3y!" * 8, bytes(range(32))])
@pytest.mark.parametrize(
    "spell", [bytes, lambda s: s.hex().encode(), lambda s: b"x" + base64.b64encode(b"ab" + s + b"c")]
)
def test_a_key_that_did_lie_there_would_be_found(secret, spell):
    assert any(spelled in b"before" + spell(secret) + b"behind" for spelled in spellings(secret))
