"""The only way out of the house: asking another server something over https, so that nobody can turn it inwards.

Where it may go is a list its caller brings along. A name is looked up once, every address it has must lie out in the
world, and the one that was looked at is the one connected to. Redirects are not followed, an answer has five seconds
and a megabyte, and no proxy of the surroundings is asked.

A machine of the host's own (a phone on the desk that sends texts) is reached only where the host named it.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

SECONDS = 5.0
MOST_BYTES = 1_000_000
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*", re.ASCII)
_PATH = re.compile(r"[!-~]*", re.ASCII)
# Addresses that carry one of the old kind inside: where the wrapping begins, and at which bit the old one does.
_WRAPPED = [
    (ipaddress.ip_network(network), begins)
    for network, begins in (("64:ff9b::/96", 96), ("2002::/16", 16), ("::ffff:0:0/96", 96))
]
_WORLDWIDE_V6 = ipaddress.ip_network("2000::/3")
# Python 3.11 takes these for addresses of the world: protocols' own, once a way to 6to4, and two at which the machines
# of large providers answer their guests (RFC 6890 and 7526; Oracle's stands in the first).
_NOT_OUT = [ipaddress.ip_network(each) for each in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotAsked(Exception):
    """Nothing was sent: the address is none we may ask, or there is no way there. It says which, and names nothing."""


class NoAnswer(Exception):
    """It was sent, and no whole answer came in time. It may have been taken all the same."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What another server said: its status, and its text up to :data:`MOST_BYTES`."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Door:
    """A server that may be asked: scheme, host and port. ``is_near``: it may stand inside the host's own network."""

    scheme: str
    host: str
    port: int
    is_near: bool = False


def door_of(url: str, *, near: Collection[str] = ()) -> Door:
    """The server an address leads to, read strictly; :class:`NotAsked` for any address with something odd about it.

    ``near`` are the hosts ("phone.lan", "127.0.0.1") that may be asked though they stand inside, and without TLS.
    """
    if not _PATH.fullmatch(url) or "\\" in url:
        raise NotAsked("the address has signs that don't belong in one")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotAsked("the address can't be read") from None
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise NotAsked("the address carries more than where to go")
    host = parts.hostname or ""
    is_near = host in near
    if parts.scheme != "https" and not (parts.scheme == "http" and is_near):
        raise NotAsked("only https is spoken with others")
    if not _is_plain(host) or parts.netloc.lower() not in _spellings(host, port):
        raise NotAsked("the name of the server can't be read")
    return Door(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), is_near)


def _is_plain(host: str) -> bool:
    """A name as it stands in a directory, or an address in its one usual spelling; no other way to write a number."""
    try:
        return str(ipaddress.ip_address(host)) == host
    except ValueError:
        # A name whose last part is a number would be read as an address by some.
        return (
            bool(_NAME.fullmatch(host)) and len(host) < 254 and not re.fullmatch(r"0x.*|\d+", host.rpartition(".")[2])
        )


def _spellings(host: str, port: int | None) -> set[str]:
    written = f"[{host}]" if ":" in host else host
    return {f"{written}:{port}"} if port else {written}


def is_out_in_the_world(address: Address) -> bool:
    """Whether an address belongs to some server of the world: not to this machine, its network, or nobody."""
    if isinstance(address, ipaddress.IPv6Address):
        for network, begins in _WRAPPED:
            if address in network:
                return is_out_in_the_world(ipaddress.IPv4Address(int(address) >> (96 - begins) & 0xFFFFFFFF))
        if address.scope_id or address not in _WORLDWIDE_V6:
            return False
    elif any(address in network for network in _NOT_OUT):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def ask(
    url: str, *, doors: Collection[Door], method: str = "POST", body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> Answer:  # fmt: skip
    """Ask the server behind one of ``doors``; any status is an answer, a redirect too.

    Raises :class:`NotAsked` before anything was sent, and :class:`NoAnswer` after.
    """
    until = monotonic() + SECONDS
    door = door_of(url, near={door.host for door in doors if door.is_near})
    if door not in doors:
        raise NotAsked("this server is not among those that may be asked")
    connection = _Straight(door, _look_up(door, until), until)
    try:
        connection.connect()
    except OSError:
        connection.close()
        raise NotAsked("there is no way there") from None
    # Closes the line under whoever reads from it: however slowly the other side speaks, the time is up.
    alarm = threading.Timer(max(0.0, until - monotonic()), connection.cut)
    alarm.daemon = True
    alarm.start()
    try:
        parts = urlsplit(url)
        where = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, where, body, {"Accept-Encoding": "identity", **(headers or {})})
        answer = connection.getresponse()
        said = answer.read(MOST_BYTES + 1)
        if len(said) > MOST_BYTES or monotonic() >= until:
            raise NoAnswer("the answer was too long")
        return Answer(answer.status, said)
    except (OSError, http.client.HTTPException, ValueError):
        raise NoAnswer("no whole answer came") from None
    finally:
        alarm.cancel()
        connection.close()


def _look_up(door: Door, until: float) -> list[Address]:
    """The addresses to connect to, the best first. One that lies inside among a name's spoils all of them."""
    found: list[Address] = []

    def look() -> None:
        with contextlib.suppress(OSError, ValueError, UnicodeError):
            answers = socket.getaddrinfo(door.host, door.port, type=socket.SOCK_STREAM)
            found.extend(ipaddress.ip_address(answer[4][0]) for answer in answers)

    # The system's own directory keeps no time; whoever waits for it is left behind.
    looker = threading.Thread(target=look, daemon=True)
    looker.start()
    looker.join(max(0.0, until - monotonic()))
    addresses = list(found)
    if not addresses:
        raise NotAsked("the name of the server leads nowhere")
    if not door.is_near and not all(map(is_out_in_the_world, addresses)):
        raise NotAsked("the name of the server leads inside")
    return addresses


class _Straight(http.client.HTTPConnection):
    """A connection to an address that was looked at, under the name that was asked for."""

    def __init__(self, door: Door, addresses: list[Address], until: float) -> None:
        super().__init__(door.host, door.port)
        self.default_port = 443 if door.scheme == "https" else 80
        self.door, self.addresses, self.until = door, addresses, until

    def connect(self) -> None:
        self.sock = self._line()
        if self.door.scheme != "https":
            return
        safe = ssl.create_default_context()
        safe.minimum_version = ssl.TLSVersion.TLSv1_2
        self.sock = safe.wrap_socket(self.sock, server_hostname=self.door.host, do_handshake_on_connect=False)
        alarm = threading.Timer(max(0.0, self.until - monotonic()), self.cut)
        alarm.daemon = True
        alarm.start()
        try:
            self.sock.do_handshake()
        finally:
            alarm.cancel()

    def _line(self) -> socket.socket:
        for address in self.addresses:
            # By hand: the library's own way to connect asks the directory of names once more.
            line = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
            try:
                line.settimeout(max(0.01, self.until - monotonic()))
                line.connect((str(address), self.door.port))
            except OSError:
                line.close()
            else:
                return line
        raise OSError("no address answers")

    def cut(self) -> None:
        """End it from another thread."""
        with contextlib.suppress(OSError, AttributeError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
