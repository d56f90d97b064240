"""Private links: a link that opens one thing without a password.

The database keeps only a digest to find the thing by. The link itself is computed from the server's secret key and a
nonce stored beside the thing, so that it can be shown again, and dies when the nonce changes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

from django.conf import settings


def fresh_nonce() -> str:
    """Luck for a new link; storing it makes every older link to the same thing worthless."""
    return secrets.token_hex(16)


def token_for(purpose: str, key: UUID, nonce: str) -> str:
    """The secret part of the link: 26 letters and digits, safe in a URL and in a text message."""
    message = f"{purpose}:{key}:{nonce}".encode()
    mac = hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).digest()[:16]
    return base64.b32encode(mac).decode().rstrip("=").lower()


def digest(token: str) -> str:
    """What the database stores in place of the token."""
    return hashlib.sha256(token.strip().lower().encode()).hexdigest()
