"""P-61: whatever address the house is given to ask, it reaches nothing inside: a socket that listens there hears nobody.

Each trick is tried under the worst circumstances: the very server it names is among those that may be asked.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from manyhands.kit import outside

# PORT stands for a port at which we listen on every address of this machine.
ADDRESSES = """
https://127.0.0.1:PORT/  https://127.0.0.2:PORT/  https://127.1:PORT/  https://127.0.1:PORT/  https://0:PORT/
https://0.0.0.0:PORT/  https://2130706433:PORT/  https://017700000001:PORT/  https://0177.0.0.1:PORT/
https://0177.0.0.01:PORT/  https://0x7f000001:PORT/  https://0x7f.0.0.1:PORT/  https://0x7F.1:PORT/
https://127.0.0.1.:PORT/  https://localhost:PORT/  https://LOCALHOST:PORT/  https://localhost.:PORT/
https://localhost.localdomain:PORT/  https://ip6-localhost:PORT/  https://sub.localhost:PORT/
https://[::1]:PORT/  https://[::]:PORT/  https://[0:0:0:0:0:0:0:1]:PORT/  https://[::127.0.0.1]:PORT/
https://[::ffff:127.0.0.1]:PORT/  https://[::ffff:7f00:1]:PORT/  https://[0:0:0:0:0:ffff:127.0.0.1]:PORT/
https://[2002:7f00:1::]:PORT/  https://[2002:a9fe:a9fe::1]:PORT/  https://[64:ff9b::127.0.0.1]:PORT/
https://[64:ff9b::7f00:1]:PORT/  https://[64:ff9b:1::7f00:1]:PORT/  https://[2001:0:7f00:1::]:PORT/
https://[fe80::1%25lo]:PORT/  https://[fe80::1%lo]:PORT/  https://[fc00::1]:PORT/  https://[fec0::1]:PORT/
https://[ff02::1]:PORT/  https://[::1%25lo]:PORT/  https://[::ffff:169.254.169.254]/  https://[fd00:ec2::254]/
https://169.254.169.254/latest/meta-data/  https://2852039166/  https://0xa9fea9fe/  https://169.254.43518/
https://10.0.0.1:PORT/  https://172.16.0.1:PORT/  https://192.168.1.1:PORT/  https://100.64.0.1:PORT/
https://192.0.0.192:PORT/  https://198.18.0.1:PORT/  https://224.0.0.1:PORT/  https://240.0.0.1:PORT/
https://255.255.255.255:PORT/  https://168.63.129.16/metadata/  https://0.1.2.3:PORT/
https://good.example@127.0.0.1:PORT/  https://127.0.0.1:PORT@good.example:PORT/  https://good.example:PORT#@127.0.0.1:PORT/
https://good.example\\@127.0.0.1:PORT/  https://127.0.0.1:PORT\\.good.example/  https://good.example%2f@127.0.0.1:PORT/
https://good.example%00.127.0.0.1:PORT/  https://127%2e0%2e0%2e1:PORT/  https://①②⑦.⓪.⓪.①:PORT/
https://127。0。0。1:PORT/  https://ʟocalhost:PORT/  https://locаlhost:PORT/  https://127.0.0.1:0PORT/
https://127.0.0.1:PORT:80/  https://:PORT/  https:127.0.0.1:PORT/  https:///127.0.0.1:PORT/  https:////127.0.0.1:PORT/
//127.0.0.1:PORT/  127.0.0.1:PORT/  http://127.0.0.1:PORT/  HTTP://127.0.0.1:PORT/  hTTps://127.0.0.1:PORT/
file:///etc/passwd  ftp://127.0.0.1:PORT/  gopher://127.0.0.1:PORT/_x  dict://127.0.0.1:PORT/x  ldap://127.0.0.1:PORT/
unix:///tmp/x.sock  jar:https://127.0.0.1:PORT!/  data:text/plain,x  javascript:alert(1)  url:https://127.0.0.1:PORT/
https://mixed.example:PORT/  https://inside.example:PORT/  https://mapped.example:PORT/  https://nat64.example:PORT/
https://metadata.example/  https://cgnat.example:PORT/  https://[::ffff:0:127.0.0.1]:PORT/
"""
SPACED = ["https://127.0.0.1:PORT /", " https://127.0.0.1:PORT/", "https://good.example\t:PORT/", "https://127.0.0.1:PORT/\r\nHost: x",
          "https://good.example\n.127.0.0.1:PORT/", "ht\ntps://127.0.0.1:PORT/", "\x00https://127.0.0.1:PORT/", ""]  # fmt: skip
# Names whose owner points them inside.
NAMES = {
    "mixed.example": ["93.184.215.14", "127.0.0.1"],
    "inside.example": ["127.0.0.1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "metadata.example": ["169.254.169.254"],
    "cgnat.example": ["100.100.100.200"],
    "good.example": ["93.184.215.14"],
    "sub.localhost": ["127.0.0.1"],
}
really = socket.getaddrinfo


def directory(host, port, *more, **how):
    """The directory of names as an attacker would keep theirs; numbers and names of this machine are the system's."""
    found = NAMES.get(host, [host] if host.startswith(("localhost", "ip6-")) else None)
    if found is None:
        return really(host, port, *more, flags=socket.AI_NUMERICHOST, **how)
    if found == [host]:
        return really(host, port, *more, **how)
    return [
        (socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found
    ]


class Listening:
    """A socket on every address of this machine; ``heard`` is how many came."""

    def __init__(self) -> None:
        self.sockets = [socket.create_server(("0.0.0.0", 0))]  # what must not be reached
        self.port = self.sockets[0].getsockname()[1]
        with contextlib.suppress(OSError):
            self.sockets.append(socket.create_server(("::", self.port), family=socket.AF_INET6))
        for each in self.sockets:
            each.setblocking(False)

    def heard(self) -> int:
        count = 0
        for each in self.sockets:
            with contextlib.suppress(BlockingIOError):
                while True:
                    each.accept()[0].close()
                    count += 1
        return count


@pytest.fixture
def listening():
    ears = Listening()
    yield ears
    for each in ears.sockets:
        each.close()


def worst_door(url: str) -> list[outside.Door]:
    """As if the very server the address names, by anybody's reading, were one that may be asked."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        return []
    return [outside.Door(scheme, each, port) for scheme in ("https", "http") for each in {host, host.rstrip(".")}]


def test_ninety_odd_addresses_lead_nowhere_inside(listening, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", directory)
    dialled = []
    real = socket.socket.connect
    monkeypatch.setattr(socket.socket, "connect", lambda line, address: dialled.append(address) or real(line, address))
    tricks = [url.replace("PORT", str(listening.port)) for url in [*ADDRESSES.split(), *SPACED]]
    assert len(tricks) > 90
    for url in tricks:
        with pytest.raises(outside.NotAsked):
            outside.ask(url, doors=worst_door(url))
    assert (listening.heard(), dialled) == (0, [])
    # And these ears do hear: the same server, named by the host.
    near = outside.Door("http", "127.0.0.1", listening.port, is_near=True)
    monkeypatch.setattr(outside, "SECONDS", 0.2)
    with pytest.raises(outside.NoAnswer):
        outside.ask(f"http://127.0.0.1:{listening.port}/", doors=[near])
    assert listening.heard() == 1


def test_a_name_is_looked_up_once_and_that_address_dialled(monkeypatch):
    """The second answer of a name that turns inwards is never asked for."""
    looked, dialled = [], []

    def turning(host, port, **_how):
        looked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (("93.184.215.14", "127.0.0.1")[len(looked) > 1], port))]

    def dial(_line, address):
        dialled.append(address)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", turning)
    monkeypatch.setattr(socket.socket, "connect", dial)
    with pytest.raises(outside.NotAsked):
        outside.ask("https://turning.example/x", doors=[outside.door_of("https://turning.example/")])
    assert (looked, dialled) == (["turning.example"], [("93.184.215.14", 443)])


def test_only_those_on_the_list_are_asked():
    ours = outside.door_of("https://gateway.example/send")
    for url in ("https://other.example/", "https://gateway.example:8443/", "https://gateway.example.evil.example/"):
        with pytest.raises(outside.NotAsked, match="not among those"):
            outside.ask(url, doors=[ours])
    with pytest.raises(outside.NotAsked, match="only https"):
        outside.ask("http://gateway.example/", doors=[ours])


@pytest.mark.parametrize(
    ("written", "is_out"),
    [
        ("93.184.215.14", True), ("2606:2800:21f:cb07::1", True), ("64:ff9b::5db8:d70e", True),
        ("2002:5db8:d70e::1", True), ("::ffff:93.184.215.14", True), ("2002:a00:1::1", False), ("64:ff9b::a00:1", False),
        ("::ffff:10.0.0.1", False), ("::5db8:d70e", False), ("::1", False), ("::", False), ("fec0::1", False),
        ("2001:db8::1", False), ("192.88.99.1", False), ("192.0.0.192", False), ("168.63.129.16", False), ("203.0.113.1", False), ("224.0.1.1", False), ("ff0e::1", False),
    ],
)  # fmt: skip
def test_which_addresses_lie_out_in_the_world(written, is_out):
    assert outside.is_out_in_the_world(ipaddress.ip_address(written)) == is_out


@contextlib.contextmanager
def server(respond, wrap=lambda line: line):
    """A small server on this machine; ``respond(line)`` speaks to whoever comes."""
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as waiting:
        waiting.settimeout(5)

        def serve() -> None:
            with contextlib.suppress(OSError):
                line, _whence = waiting.accept()
                with wrap(line) as spoken:
                    heard.append(spoken.recv(65536))
                    respond(spoken)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield waiting.getsockname()[1], heard
        thread.join(5)


def near(port: int) -> outside.Door:
    return outside.Door("http", "127.0.0.1", port, is_near=True)


def test_an_answer_has_so_long_and_no_longer(monkeypatch):
    """Also one that says a little all the time."""
    monkeypatch.setattr(outside, "SECONDS", 0.4)

    def drip(line) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n")
        for _ in range(40):
            line.sendall(b"X: y\r\n")
            time.sleep(0.05)

    with server(drip) as (port, _heard):
        began = time.monotonic()
        with pytest.raises(outside.NoAnswer):
            outside.ask(f"http://127.0.0.1:{port}/", doors=[near(port)])
        assert time.monotonic() - began < 1.2


def test_an_answer_of_more_than_a_megabyte_is_not_taken():
    def pour(line) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (outside.MOST_BYTES + 2))

    with server(pour) as (port, _heard), pytest.raises(outside.NoAnswer):
        outside.ask(f"http://127.0.0.1:{port}/", doors=[near(port)])


def test_a_redirect_is_an_answer_and_not_a_way(listening):
    def turn(line) -> None:
        line.sendall(
            f"HTTP/1.1 302 x\r\nLocation: http://127.0.0.1:{listening.port}/\r\nContent-Length: 0\r\n\r\n".encode()
        )

    with server(turn) as (port, _heard):
        assert outside.ask(f"http://127.0.0.1:{port}/", doors=[near(port)]).status == 302
    assert listening.heard() == 0


def test_the_surroundings_send_nobody_through_a_proxy(listening, monkeypatch):
    for name in ("http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{listening.port}")
    with server(lambda line: line.sendall(b"HTTP/1.1 204 x\r\n\r\n")) as (port, _heard):
        assert outside.ask(f"http://127.0.0.1:{port}/", doors=[near(port)]).status == 204
    assert listening.heard() == 0


def papers(folder, name: str) -> tuple[str, str]:
    """A certificate for ``name`` signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
        .serial_number(7).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(folder / "cert.pem"), str(folder / "key.pem")


@pytest.mark.parametrize("asked", ["gateway.example", "other.example"])
def test_the_name_that_was_asked_for_is_the_name_that_is_proved(tmp_path, monkeypatch, asked):
    cert, key = papers(tmp_path, "gateway.example")
    monkeypatch.setenv("SSL_CERT_FILE", cert)
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, port, **_how: really("127.0.0.1", port, type=socket.SOCK_STREAM)
    )
    names = []
    safe = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    safe.load_cert_chain(cert, key)
    safe.sni_callback = lambda _line, name, _context: names.append(name)
    with server(
        lambda line: line.sendall(b"HTTP/1.1 200 OK\r\n\r\nyes"), lambda line: safe.wrap_socket(line, server_side=True)
    ) as (port, heard):
        url = f"https://{asked}:{port}/send?to=1"
        door = outside.Door("https", asked, port, is_near=True)
        if asked == "gateway.example":
            assert outside.ask(url, doors=[door], body=b"{}").body == b"yes"
            assert heard[0].startswith(b"POST /send?to=1 HTTP/1.1\r\nHost: gateway.example:%d\r\n" % port)
        else:
            with pytest.raises(outside.NotAsked):
                outside.ask(url, doors=[door])
    assert names == [asked]
