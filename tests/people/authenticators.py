"""Stand-ins for what people hold in their hands: a passkey in software, and an app that shows digits."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

ORIGIN = "http://localhost:8000"
FLAG = AuthenticatorData.FLAG


class SoftPasskey:
    """Answers like a phone does, from its own key; ``origin`` is the page it believes to be on."""

    def __init__(self, origin: str = ORIGIN, *, verifies: bool = True, counts: bool = False) -> None:
        self.key, self.credential_id = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(32)
        self.origin, self.verifies, self.counts, self.uses = origin, verifies, counts, 0

    def _flags(self) -> FLAG:
        return FLAG.UP | FLAG.UV if self.verifies else FLAG.UP

    def _client_data(self, kind: str, options: dict) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(options["challenge"]), self.origin)

    def create(self, options: dict) -> str:
        options = options["publicKey"]
        data = AuthenticatorData.create(
            hashlib.sha256(options["rp"]["id"].encode()).digest(), self._flags() | FLAG.AT, 0,
            AttestedCredentialData.create(
                Aaguid.NONE, self.credential_id, ES256.from_cryptography_key(self.key.public_key())
            ),
        )  # fmt: skip
        return self._said(
            {
                "clientDataJSON": self._client_data("webauthn.create", options),
                "attestationObject": AttestationObject.create("none", data, {}),
            }
        )

    def get(self, options: dict) -> str:
        options = options["publicKey"]
        self.uses += self.counts
        data = AuthenticatorData.create(
            hashlib.sha256(options["rpId"].encode()).digest(), self._flags(), self.uses if self.counts else 0
        )
        client_data = self._client_data("webauthn.get", options)
        signature = self.key.sign(data + client_data.hash, ec.ECDSA(hashes.SHA256()))
        return self._said({"clientDataJSON": client_data, "authenticatorData": data, "signature": signature})

    def _said(self, response: dict) -> str:
        named = websafe_encode(self.credential_id)
        said = {name: websafe_encode(bytes(value)) for name, value in response.items()}
        return json.dumps(
            {"id": named, "rawId": named, "type": "public-key", "response": said, "clientExtensionResults": {}}
        )


def digits_shown(spelled: str, now: datetime) -> str:
    """What an app shows, worked out apart from our own code."""
    import base64
    import hmac
    import struct

    secret = base64.b32decode(spelled.replace(" ", ""))
    mac = hmac.new(secret, struct.pack(">Q", int(now.timestamp()) // 30), hashlib.sha1).digest()
    offset = mac[19] & 0xF
    return str((struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF) % 10**6).zfill(6)
