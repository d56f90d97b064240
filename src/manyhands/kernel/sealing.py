"""Sealing a text so that only the holder of a key reads it, and noticing every change to what was sealed.

A sealed text is ``version (1) | key generation (4) | nonce (12) | AES-256-GCM | tag (16)``: 33 bytes more.
It is bound to what it is about (network, table, column, row): moved elsewhere it no longer opens.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
BLIND_BYTES = 16
VERSION = 1
LETTER_STEP = 2048
_HEADER_BYTES = 5
_NONCE_BYTES = 12
_TAG_BYTES = 16
OVERHEAD = _HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES


class Broken(Exception):
    """It does not open: another key, another place, or it was changed. There is no half opening and no guess."""


def fresh_key() -> bytes:
    """A new key."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, plain: bytes, *, generation: int, about: bytes) -> bytes:
    """The text, readable only with the key and only as what it is about.

    The nonce is drawn here and is no argument: one nonce used twice under a key would give both texts away.
    """
    header = bytes([VERSION]) + generation.to_bytes(4, "big")
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return header + nonce + AESGCM(_whole(key)).encrypt(nonce, plain, header + about)


def open_(key: bytes, sealed: bytes, *, about: bytes) -> bytes:
    """The text as it was sealed, or :class:`Broken`."""
    sealed = bytes(sealed)
    if len(sealed) < OVERHEAD or sealed[0] != VERSION:
        raise Broken("This was not sealed by us.")
    header, nonce = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES : _HEADER_BYTES + _NONCE_BYTES]
    try:
        return AESGCM(_whole(key)).decrypt(nonce, sealed[_HEADER_BYTES + _NONCE_BYTES :], header + about)
    except InvalidTag:
        raise Broken("It was sealed with another key, for another place, or it was changed.") from None


def generation_of(sealed: bytes) -> int:
    """The generation of the key it was sealed with. Only opening it proves that nobody changed this number."""
    sealed = bytes(sealed)
    if len(sealed) < OVERHEAD or sealed[0] != VERSION:
        raise Broken("This was not sealed by us.")
    return int.from_bytes(sealed[1:_HEADER_BYTES], "big")


def blind(key: bytes, text: str) -> bytes:
    """What to look a text up by without storing it: 16 bytes that say nothing to whoever lacks the key.

    The same text gives the same bytes, so the caller first writes it the one way it is always written.
    """
    return hmac.new(_whole(key), text.encode(), hashlib.sha256).digest()[:BLIND_BYTES]


def derive(key: bytes, purpose: str) -> bytes:
    """Another key for one purpose; who holds it learns nothing about this one or about those of other purposes."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"manyhands|{purpose}".encode()).derive(
        _whole(key)
    )


def public_half(private: bytes) -> bytes:
    """What others seal letters with that only this key opens (X25519, RFC 7748)."""
    return X25519PrivateKey.from_private_bytes(_whole(private)).public_key().public_bytes_raw()


def seal_letter(public: bytes, plain: bytes, *, about: bytes) -> bytes:
    """A text that whoever seals it can't open again: ``sender's half of the moment (32) | sealed``.

    The text is filled up to the next of :data:`LETTER_STEP` bytes, so that its length tells little.
    """
    filled = len(plain).to_bytes(4, "big") + plain
    filled += b"\0" * (-len(filled) % LETTER_STEP)
    moment = X25519PrivateKey.generate()
    half = moment.public_key().public_bytes_raw()
    key = _letter_key(moment.exchange(X25519PublicKey.from_public_bytes(public)), half, public)
    return half + seal(key, filled, generation=1, about=about)


def open_letter(private: bytes, letter: bytes, *, about: bytes) -> bytes:
    """The text of a letter, or :class:`Broken`."""
    letter = bytes(letter)
    half, sealed = letter[:KEY_BYTES], letter[KEY_BYTES:]
    try:
        shared = X25519PrivateKey.from_private_bytes(_whole(private)).exchange(X25519PublicKey.from_public_bytes(half))
    except ValueError:
        raise Broken("This was not sealed by us.") from None
    filled = open_(_letter_key(shared, half, public_half(private)), sealed, about=about)
    return filled[4 : 4 + int.from_bytes(filled[:4], "big")]


def _letter_key(shared: bytes, half: bytes, public: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"manyhands|letter|" + half + public).derive(
        shared
    )


def _whole(key: bytes) -> bytes:
    # AES would also take shorter keys, silently.
    if len(key) != KEY_BYTES:
        raise ValueError(f"A key has {KEY_BYTES} bytes.")
    return key
