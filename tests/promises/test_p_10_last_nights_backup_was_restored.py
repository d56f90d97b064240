"""P-10: the newest backup has been restored, by the machine, within 24 hours; and whoever hosts sees when it was not."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from tests.serving import Server, own_database

pytestmark = pytest.mark.server


@pytest.fixture
def house(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    with own_database(folder) as database:
        server = Server(folder, database, demo=False)
        server.run("createnetwork", "elm", "Elm Street", "--steward", "Sol")
        server.shelf = tmp_path / "data-backups"
        yield server


def noted(house) -> dict:
    return json.loads((house.shelf / "drill.json").read_text())


def test_the_machine_backs_up_and_restores_by_itself(house):
    """What the clock does every minute does it: nobody gave a command for backups."""
    house.run("wake")
    (made,) = house.shelf.glob("*.backup")
    drill = noted(house)
    assert drill["found"] == []
    assert drill["backup"] == made.name
    assert drill["last_good"] == drill["at"]
    assert drill["looked_at"]["rows"] > 50
    assert drill["looked_at"]["networks"] == 1
    assert drill["looked_at"]["migrations_to_come"] == 0
    assert datetime.fromisoformat(drill["at"]) >= datetime.fromisoformat(drill["backup_made_at"])
    assert "backup" not in house.run("check", check=False).stderr

    house.run("wake")
    assert list(house.shelf.glob("*.backup")) == [made], "once a night is enough"


def test_a_backup_that_went_bad_is_told_everywhere(house):
    house.run("wake")
    (made,) = house.shelf.glob("*.backup")
    good = noted(house)
    sealed = bytearray(made.read_bytes())
    sealed[len(sealed) // 2] ^= 1
    made.write_bytes(sealed)

    done = house.run("drill", check=False)
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert noted(house)["found"]
    assert noted(house)["last_good"] == good["at"]
    checked = house.run("check", check=False)
    assert checked.returncode == 1
    assert "The last drill went wrong" in checked.stderr
