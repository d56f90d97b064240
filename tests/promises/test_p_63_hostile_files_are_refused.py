"""P-63: a hostile file is refused with a sentence, within 256 MB and five seconds of the processor: at the terminal, where an
evening is planned from files, and through the page. No upload of pictures exists; a picture is refused as no table.

The terminal's two ways in run in a process of their own, which forks for every file, so that memory is the whole
process's. For the page it is how far the test's own process grew.
"""

from __future__ import annotations

import codecs
import gzip
import io
import json
import os
import random
import resource
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.kernel.sheets.makers import workbook_of, xlsx_bytes, zipped
from tests.kernel.sheets.test_refusing_what_cannot_be_read import END, START, lying_zip

MOST_BYTES, MOST_SECONDS = 256_000_000, 5.0
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
PIXELS = 60_000


def huge_picture() -> bytes:
    """A PNG of 60,000 by 60,000 points in some kilobytes."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", PIXELS, PIXELS, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", head)
        + part(b"IDAT", zlib.compress(b"\0" * 1_000_000, 9))
        + part(b"IEND", b"")
    )


def nested_zip() -> bytes:
    inner = b"0" * 1_000_000
    for depth in range(8):
        inner = zipped({f"xl/{depth}-{copy}.xml": inner for copy in range(4)})
    return inner


HOSTILE = {
    "gzip bomb": lambda: gzip.compress(b"0," * 60_000_000),
    "gzip of gzip": lambda: gzip.compress(gzip.compress(b"0," * 10_000_000)),
    "zip bomb": lambda: workbook_of(START + b"<row/>" * 12_000_000 + END),
    "lying sizes": lying_zip,
    "nested zip": nested_zip,
    "zip-slip names": lambda: zipped({"../../../../tmp/p63-slipped.csv": b"Name\nAna\n", "/etc/p63-slipped": b"x"}),
    "zip-slip in a workbook": lambda: zipped({"xl/../../../tmp/p63-slipped.xml": b"x", "xl/workbook.xml": b"<workbook/>"}),
    "billion laughs": lambda: workbook_of(
        f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><worksheet><sheetData>&l9;</sheetData></worksheet>'.encode()
    ),
    "an entity from outside": lambda: workbook_of(
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c t="str"><v>&a;</v></c></row></sheetData></worksheet>'
    ),
    "a page that asks outside": lambda: workbook_of(
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><worksheet><sheetData/></worksheet>'
    ),
    "a million columns": lambda: b"a," * 1_000_000 + b"\n" + b"1," * 1_000_000,
    "a million columns in a workbook": lambda: workbook_of(START + b"<row>" + b"<c><v>1</v></c>" * 1_000_000 + b"</row>" + END),
    "one line of 15 MB": lambda: b"x" * 15_000_000,
    "the far corner": lambda: workbook_of(START + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + END),
    "a huge picture": huge_picture,
    "noise": lambda: random.Random(5).randbytes(200_000),
}  # fmt: skip
# Odd, and honest: these come in.
HONEST = {
    "GBK": "姓名,电话,需要\n王芳,718-555-0101,食物\n李明,718-555-0102,药品\n张伟,718-555-0103,食物\n".encode("gbk"),
    "UTF-16": codecs.BOM_UTF16_LE + "Name,Phone,Need\nZoë,718-555-0101,Food\n".encode("utf-16-le"),
    "UTF-16, the other way round": codecs.BOM_UTF16_BE + "Name,Phone,Need\nZoë,718-555-0101,Food\n".encode("utf-16-be"),
    "a workbook": xlsx_bytes([["Name", "Phone", "Need"], ["Zoë", "718-555-0101", "Food"]]),
}

# Forks for every file and way in, tells what each said and what it cost.
TRY_ALL = """
import contextlib, io, json, os, resource, sys
from pathlib import Path
from typer.testing import CliRunner
from manyhands.config.cli import app
from manyhands.kernel import sheets
import manyhands.deliveries.from_files, manyhands.kernel.routing
folder = Path(sys.argv[1])
(folder / "helpers.csv").write_text("Name,Transport,Max boxes,Latitude,Longitude\\nHugo,car,8,40.700,-73.950\\n")
WAYS = {
    "import": lambda file: ["import", str(file), "--dry-run", "--json"],
    "plan": lambda file: ["plan", str(file), "--helpers", str(folder / "helpers.csv"), "--out", str(folder / "runs"), "--seconds", "0.2", "--json"],
}
os.chdir(folder)
(folder / "warm.csv").write_text("Name,Need\\nAna,Food\\n")
for words in WAYS.values():
    CliRunner().invoke(app, words(folder / "warm.csv"))  # what is loaded once is not loaded for every file
for file in sorted(folder.glob("*.hostile")) + [Path("/dev/zero"), folder / "gigabyte"]:
    for way, words in WAYS.items():
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000, 2_000_000_000))
            result = CliRunner().invoke(app, words(file))
            said = repr(result.exception) if result.exception and not isinstance(result.exception, SystemExit) else result.stdout
            os.write(writing, json.dumps([result.exit_code, said[:600]]).encode())
            os._exit(0)
        os.close(writing)
        _pid, status, cost = os.wait4(child, 0)
        told = os.read(reading, 65536).decode()
        os.close(reading)
        print(json.dumps([file.name, way, status, told, cost.ru_maxrss * 1024, cost.ru_utime + cost.ru_stime]))
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> dict[str, bytes]:
    return {name: make() for name, make in HOSTILE.items()}


def test_at_the_terminal(hostile, tmp_path, record_property):
    for name, data in hostile.items():
        (tmp_path / f"{name}.hostile").write_bytes(data)
    with (tmp_path / "gigabyte").open("wb") as file:
        file.truncate(1_000_000_000)  # one line of a gigabyte that lies nowhere
    env = {**os.environ, "MANYHANDS_DATA_DIR": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "-c", TRY_ALL, str(tmp_path)],
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    tried = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(tried) == 2 * (len(HOSTILE) + 2), done.stderr[-2000:]
    bad = []
    for name, way, status, told, memory, seconds in tried:
        code, said = json.loads(told) if told else (None, "")
        sentence = json.loads(said).get("error", "") if said.lstrip().startswith("{") else said
        refused = status == 0 and code not in {0, None} and len(sentence.split()) > 5 and "Traceback" not in said
        if not refused or "/etc/passwd" in said or "root:" in said:
            bad.append((name, way, status, told))
        if memory > MOST_BYTES or seconds > MOST_SECONDS:
            bad.append((name, way, f"{memory // 1_000_000} MB", f"{seconds:.1f} s"))
    assert bad == []
    record_property("most_megabytes", max(each[4] for each in tried) / 1e6)
    print(
        f"\nat most {max(each[4] for each in tried) / 1e6:.0f} MB, {max(each[5] for each in tried):.1f} s of the processor"
    )
    assert not Path("/tmp/p63-slipped.csv").exists()
    assert not Path("/etc/p63-slipped").exists()


def grown(since_bytes: int) -> int:
    """By how many bytes this process was larger at its largest since its mark was set back."""
    return _status("VmHWM") - since_bytes


def _status(line: str) -> int:
    found = next(each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith(line))
    return int(found.split()[1]) * 1024


def set_back() -> int:
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


@pytest.mark.django_db
@pytest.mark.parametrize("name", HOSTILE)
def test_through_the_page(town, as_, hostile, name):
    client = as_(town.dee)
    upload = SimpleUploadedFile("list.csv", hostile[name])
    measured = Path("/proc/self/clear_refs").exists()
    before, began = set_back() if measured else 0, resource.getrusage(resource.RUSAGE_SELF)
    answer = client.post("/riverside/desk/import/", {"file": upload})
    spent = resource.getrusage(resource.RUSAGE_SELF)
    assert answer.status_code == 400
    problem = answer.content.decode()
    assert "error" in problem
    assert "root:" not in problem
    assert spent.ru_utime + spent.ru_stime - began.ru_utime - began.ru_stime < MOST_SECONDS
    assert not measured or grown(before) < MOST_BYTES


class Gigabyte(io.RawIOBase):
    """A form with one file in it: one line of a gigabyte, made while it is read."""

    HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\nContent-Type: text/csv\r\n\r\n'
    TAIL = b"\r\n--x--\r\n"
    SIZE = 1_000_000_000

    def __init__(self) -> None:
        super().__init__()
        self.at = 0
        self.length = len(self.HEAD) + self.SIZE + len(self.TAIL)

    def read(self, size: int = -1) -> bytes:
        wanted = min(size if size >= 0 else self.length, self.length - self.at)
        piece = self.HEAD[self.at : self.at + wanted]
        body_from = self.at + len(piece) - len(self.HEAD)
        fill = max(0, min(wanted - len(piece), self.SIZE - body_from))
        piece += b"x" * fill
        if len(piece) < wanted:
            start = max(0, body_from + fill - self.SIZE)
            piece += self.TAIL[start : start + wanted - len(piece)]
        self.at += len(piece)
        return piece


@pytest.mark.django_db
def test_a_line_of_a_gigabyte_through_the_page(town, as_):
    client, stream = as_(town.dee), Gigabyte()
    measured = Path("/proc/self/clear_refs").exists()
    before = set_back() if measured else 0
    began = resource.getrusage(resource.RUSAGE_SELF)
    how = {
        "wsgi.input": stream,
        "CONTENT_LENGTH": str(stream.length),
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
    }
    answer = client.generic("POST", "/riverside/desk/import/", b"", **how)
    spent = resource.getrusage(resource.RUSAGE_SELF)
    assert answer.status_code == 400
    assert "larger than 16 MB" in answer.content.decode()
    assert stream.at >= stream.SIZE
    assert spent.ru_utime + spent.ru_stime - began.ru_utime - began.ru_stime < MOST_SECONDS
    assert not measured or grown(before) < MOST_BYTES


@pytest.mark.django_db
@pytest.mark.parametrize("name", HONEST)
def test_odd_and_honest_files_come_in(town, as_, name):
    answer = as_(town.dee).post("/riverside/desk/import/", {"file": SimpleUploadedFile("list.csv", HONEST[name])})
    assert answer.status_code == 302
    page = as_(town.dee).get(answer.url).content.decode()
    assert "718" in page
    assert ("王芳" if name == "GBK" else "Zoë") in page
