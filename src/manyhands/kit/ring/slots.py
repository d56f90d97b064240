"""What opens a sealed house: passphrases, any one of which does, and paper shares, of which so many do.

Each slot holds the root key once more, sealed. A slot carries its own cost, so that a house made years ago opens still.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import argon2
from argon2.low_level import hash_secret_raw
from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.wordlist import WORDLIST

from manyhands.kernel import sealing
from manyhands.kit.ring.troubles import RingTrouble, Wrong

UNATTENDED, PASSPHRASE, SHARES = "unattended", "passphrase:", "shares"
LEAST_SIGNS = 16
MOST_PASSPHRASES = 8
MOST_SHARES = 16  # as many as SLIP-39 can tell apart
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at a passphrase costs whoever has the file: memory in KiB, passes over it, lanes."""

    memory: int = 256 * 1024
    passes: int = 4
    lanes: int = 1

    def as_bytes(self) -> bytes:
        return b"".join(number.to_bytes(4, "big") for number in (self.memory, self.passes, self.lanes))


@dataclass(frozen=True, slots=True)
class Asked:
    """Of so many shares, so many open; `mark` tells this set of papers from any other."""

    needed: int
    of: int
    mark: int


def lock_with_passphrase(root: bytes, passphrase: str, *, name: str, cost: Cost | None = None) -> bytes:
    """A slot that this passphrase opens: salt, cost, sealed root key."""
    cost = cost or Cost()
    salt = secrets.token_bytes(SALT_BYTES)
    key = _stretched(passphrase, salt, cost)
    return salt + cost.as_bytes() + sealing.seal(key, root, generation=1, about=_about(name))


def open_with_passphrase(slots: Mapping[str, bytes], passphrase: str) -> bytes:
    """The root key, from whichever passphrase slot this opens; :class:`Wrong` where none."""
    for name, slot in slots.items():
        if not name.startswith(PASSPHRASE):
            continue
        salt, told, sealed = slot[:SALT_BYTES], slot[SALT_BYTES : SALT_BYTES + 12], slot[SALT_BYTES + 12 :]
        cost = Cost(*(int.from_bytes(told[at : at + 4], "big") for at in (0, 4, 8)))
        try:
            return sealing.open_(_stretched(passphrase, salt, cost), sealed, about=_about(name))
        except sealing.Broken:
            continue
    raise Wrong("This passphrase does not open the house. Look at every sign, and at the language of the keyboard.")


def why_not_passphrase(passphrase: str) -> str | None:
    """Why this is too weak against whoever has the disk and all the time in the world."""
    written = _written(passphrase)
    if len(written) < LEAST_SIGNS or len(set(written)) < 6:
        return f"A passphrase needs {LEAST_SIGNS} signs or more. Seven words that belong to no sentence are good."
    return None


def suggested_passphrase() -> str:
    """Seven words drawn by lot from 1024: seventy bits."""
    return " ".join(secrets.choice(WORDLIST) for _ in range(7))


def lock_with_shares(root: bytes, *, needed: int, of: int) -> tuple[bytes, list[str]]:
    """A slot that ``needed`` of the papers open together, and the words for each paper. The words are kept nowhere."""
    if not 2 <= needed <= of <= MOST_SHARES:
        raise RingTrouble(f"At least 2 shares must be needed, at most all of them, and there can be {MOST_SHARES}.")
    secret = sealing.fresh_key()
    papers = generate_mnemonics(1, [(needed, of)], secret)[0]
    asked = bytes([needed, of]) + Share.from_mnemonic(papers[0]).identifier.to_bytes(2, "big")
    key = sealing.derive(secret, "shares slot")
    return asked + sealing.seal(key, root, generation=1, about=_about(SHARES) + asked), papers


def asked_by(slots: Mapping[str, bytes]) -> Asked | None:
    """How many shares open this house, if any do."""
    slot = slots.get(SHARES)
    return Asked(slot[0], slot[1], int.from_bytes(slot[2:4], "big")) if slot else None


def read_share(slots: Mapping[str, bytes], words: str) -> Share:
    """A share from its words, or :class:`Wrong` with what is wrong with it."""
    asked = asked_by(slots)
    if asked is None:
        raise Wrong("This house has no paper shares.")
    try:
        share = Share.from_mnemonic(" ".join(_written(words).lower().split()))
    except MnemonicError:
        raise Wrong("These are not the words of a share: a word is missing, or one is spelled differently.") from None
    if share.identifier != asked.mark:
        raise Wrong("This share is of an older set of papers, or of another house. It opens nothing here any more.")
    return share


def open_with_shares(slots: Mapping[str, bytes], shares: Iterable[Share]) -> bytes:
    """The root key, from enough shares; :class:`Wrong` where they are too few or do not belong together."""
    given = {share.index: share for share in shares}
    asked = asked_by(slots)
    if asked is None or len(given) < asked.needed:
        raise Wrong("These are too few shares.")
    try:
        secret = combine_mnemonics([given[index].mnemonic() for index in sorted(given)[: asked.needed]])
        key = sealing.derive(secret, "shares slot")
        slot = slots[SHARES]
        return sealing.open_(key, slot[4:], about=_about(SHARES) + slot[:4])
    except (MnemonicError, sealing.Broken, ValueError):
        raise Wrong("These shares do not open the house together. Give all of them once more.") from None


@dataclass(frozen=True, slots=True)
class Root:
    """The root key, and the secret that keys for a purpose come from: that one stays when the root key is changed."""

    key: bytes
    secret: bytes

    def derive(self, label: str) -> bytes:
        """The key for "epoch" or for "purpose|<which>"."""
        return sealing.derive(self.secret if label.startswith("purpose|") else self.key, label)

    def sealed_secret(self) -> bytes:
        return sealing.seal(sealing.derive(self.key, "secret"), self.secret, generation=1, about=b"kept|secret")


def root_of(key: bytes, sealed_secret: bytes | None) -> Root:
    """What a root key opens. A ring whose root key was never changed has no secret beside it."""
    if sealed_secret is None:
        return Root(key, key)
    return Root(key, sealing.open_(sealing.derive(key, "secret"), sealed_secret, about=b"kept|secret"))


def read(file: Path) -> tuple[dict[str, bytes], bytes | None]:
    """Every slot of a ring and its sealed secret, from the file as it is now."""
    import sqlite3

    try:
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=20)
        try:
            slots = dict(connection.execute("SELECT name, wrapped FROM slots"))
            kept = connection.execute("SELECT value FROM kept WHERE name = 'secret'").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise RingTrouble(f"The key ring at {file} can't be read: {error}.") from None
    return slots, kept[0] if kept else None


def _stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    return hash_secret_raw(
        _written(passphrase).encode(), salt, time_cost=cost.passes, memory_cost=cost.memory, parallelism=cost.lanes,
        hash_len=sealing.KEY_BYTES, type=argon2.Type.ID,
    )  # fmt: skip


def _written(text: str) -> str:
    """The one way a passphrase is written, whatever keyboard it comes from."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _about(name: str) -> bytes:
    return b"slot|" + name.encode()
