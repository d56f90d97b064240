"""`manyhands export`: everything a network holds, in a folder."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from manyhands.config.cli import app
from manyhands.journal.models import Entry


@pytest.fixture
def folder(town, tmp_path, monkeypatch):
    monkeypatch.setattr("manyhands.config.cli.open_data", lambda: None)
    return tmp_path


def test_a_file_for_each_table_only_for_oneself(town, folder):
    result = CliRunner().invoke(app, ["export", "--network", "riverside", "--out", str(folder / "all"), "--json"])
    assert result.exit_code == 0
    files = [Path(file) for file in json.loads(result.stdout)["files"]]
    assert {"asks.csv", "helpers.csv", "areas.csv"} <= {file.name for file in files}
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert Entry.objects.get(verb="network.exported").by == "house"


def test_a_folder_that_cannot_be_written_gets_a_sentence(town, folder):
    (folder / "file").write_text("x")
    result = CliRunner().invoke(app, ["export", "--network", "riverside", "--out", str(folder / "file")])
    assert result.exit_code == 2
    assert "--out" in result.stderr


def test_which_network_must_be_said_where_there_are_several(town, folder):
    assert CliRunner().invoke(app, ["export", "--out", str(folder / "all")]).exit_code == 2
