"""A chain of entries in which every one vouches for all before it, so that a changed past shows.

An entry's digest is SHA-256 over the digest before it, its number and its body. The body holds when, in which network
and what (the verb) in the open; who did it, to what and the details enter only as keyed commitments: HMAC-SHA-256 under
a salt that is kept beside the words. With the salt and the words gone nobody can tell what they were, and the chain
still closes.
"""

from manyhands.kernel.chain.heads import Head, NotAHead, read_head
from manyhands.kernel.chain.links import (
    BEFORE_ALL,
    FIELDS,
    SALT_BYTES,
    body_of,
    canonical,
    commit,
    commitments_of,
    digest_of,
)
from manyhands.kernel.chain.verifying import Fault, Found, Row, What, verify

__all__ = [
    "BEFORE_ALL",
    "FIELDS",
    "SALT_BYTES",
    "Fault",
    "Found",
    "Head",
    "NotAHead",
    "Row",
    "What",
    "body_of",
    "canonical",
    "commit",
    "commitments_of",
    "digest_of",
    "read_head",
    "verify",
]
