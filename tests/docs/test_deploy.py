"""The files a host copies are well formed, keep what they promise, and name only what is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from manyhands.config import env

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SETTINGS = {env.PREFIX + setting.name for setting in env.SETTINGS}
UNITS = [DEPLOY / "manyhands.service", DEPLOY / "manyhands.service.d" / "root-key.conf"]


class Unit(ConfigParser):
    """A unit file; a key that comes again adds to what it said before."""

    def __init__(self, path: Path) -> None:
        super().__init__(interpolation=None, strict=False, delimiters=("=",), comment_prefixes=("#", ";"))
        self.optionxform = str
        self.read_string(path.read_text())


@pytest.mark.parametrize(
    "path", sorted(path for path in DEPLOY.rglob("*") if path.is_file()), ids=lambda path: path.name
)
def test_only_settings_that_exist_are_named(path):
    named = set(re.findall(r"MANYHANDS_[A-Z_]+", path.read_text()))
    assert {name for name in named if name.removesuffix("_FILE") not in SETTINGS and name not in SETTINGS} == set()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("CapabilityBoundingSet", ""),
        ("LimitCORE", "0"),
        ("MemorySwapMax", "0"),
        ("UMask", "0077"),
        ("StateDirectoryMode", "0700"),
        ("IPAddressAllow", "localhost"),
        ("StateDirectory", "manyhands manyhands-keys manyhands-backups"),
    ],
)
def test_the_service_is_shut_off_from_what_it_does_not_need(key, value):
    assert Unit(UNITS[0])["Service"][key] == value


def test_no_private_network_can_be_reached_from_the_service():
    from ipaddress import ip_address, ip_network

    denied = [ip_network(net) for net in Unit(UNITS[0])["Service"]["IPAddressDeny"].split()]
    for inside in ("10.0.0.1", "172.31.255.1", "192.168.1.1", "169.254.169.254", "100.64.0.9", "fd00::1", "fe80::1"):
        assert any(ip_address(inside) in net for net in denied), inside
    assert not any(ip_address("198.51.100.7") in net for net in denied)


def test_the_folders_of_the_service_are_those_manyhands_uses_by_default(tmp_path):
    """The three folders lie beside each other, and the settings file names the first."""
    said = dict(line.split("=", 1) for line in (DEPLOY / "manyhands.env").read_text().splitlines() if "=" in line and not line.startswith("#"))  # fmt: skip
    read = env.read({**said, "MANYHANDS_SECRET_KEY": "x" * 40})
    made = {Path("/var/lib") / name for name in Unit(UNITS[0])["Service"]["StateDirectory"].split()}
    assert {read.data_dir, read.keys_dir, read.backup_dir} == made
    assert read.https


def test_the_root_key_comes_as_a_credential_and_from_nowhere_in_the_units():
    service = Unit(UNITS[1])["Service"]
    name, source = service["LoadCredential"].split(":")
    assert service["Environment"] == f"MANYHANDS_ROOT_KEY_FILE=%d/{name}"
    assert Path(source).is_relative_to("/etc")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_systemd_itself_understands_the_service(tmp_path):
    # It looks whether the command is there; everything else is taken as it stands.
    unit = tmp_path / "manyhands.service"
    unit.write_text(re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", UNITS[0].read_text(), flags=re.MULTILINE))
    dropins = tmp_path / "manyhands.service.d"
    dropins.mkdir()
    shutil.copy(UNITS[1], dropins)
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "manyhands" in line]
    assert said == []
    wrong = tmp_path / "wrong.service"
    wrong.write_text(unit.read_text().replace("PrivateTmp=yes", "PrivateTmp=perhaps"))
    shown = subprocess.run(["systemd-analyze", "verify", str(wrong)], capture_output=True, text=True, check=False)
    assert "perhaps" in shown.stderr, "it would not have noticed"


def test_caddy_leads_to_the_port_of_the_server_and_hides_the_numbers():
    text = (DEPLOY / "Caddyfile").read_text()
    port = next(setting.default for setting in env.SETTINGS if setting.name == "PORT")
    assert f"reverse_proxy 127.0.0.1:{port}" in text
    assert "respond /metrics 404" in text
    assert text.count("{") == text.count("}")
    assert not re.search(r"^\s*log\b", text, re.MULTILINE), "addresses hold private links"


def test_the_container_runs_as_nobody_special_and_keeps_three_folders_apart():
    lines = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ").splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    words = [word for word, _rest in steps]
    assert set(words) <= {"FROM", "RUN", "WORKDIR", "COPY", "USER", "ENV", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}
    assert words[0] == "FROM"
    assert words.index("USER") < words.index("CMD")
    said = dict(steps)
    assert said["USER"] == "manyhands"
    given = dict(pair.split("=", 1) for pair in said["ENV"].split())
    read = env.read({**given, "MANYHANDS_SECRET_KEY": "x" * 40})
    for folder in (read.data_dir, read.keys_dir, read.backup_dir):
        assert f'"{folder}"' in said["VOLUME"]
    assert read.bind == "0.0.0.0"  # inside the container only; outside it is published on localhost
    assert (ROOT / "script" / "setup").is_file()
    assert "/health/" in said["HEALTHCHECK"]


def test_streaming_copies_the_database_and_never_the_keys():
    text = (DEPLOY / "litestream.yml").read_text()
    paths = re.findall(r"^\s*- path: (\S+)$", text, re.MULTILINE)
    assert paths == ["/var/lib/manyhands/manyhands.sqlite3"]
    assert "\t" not in text
    keys = re.findall(r"^ *(?:- )?([a-z-]+):", text, re.MULTILINE)
    assert set(keys) == {"dbs", "path", "replica", "type", "host", "user", "key-path", "sync-interval", "snapshot", "interval", "retention"}  # fmt: skip


def test_every_piece_of_postgresqls_log_goes_away_within_a_minute_and_over_nothing():
    said = dict(re.findall(r"^(\w+) = (.+)$", (DEPLOY / "postgresql-wal.conf").read_text(), re.MULTILINE))
    assert (said["wal_level"], said["archive_mode"]) == ("replica", "on")
    assert int(said["archive_timeout"]) <= 60
    assert said["archive_command"].startswith("'test ! -f ")
