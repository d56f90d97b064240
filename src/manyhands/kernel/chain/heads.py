"""The head of a chain as a small text anyone can keep: on paper, in a mail, with a neighbouring network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

_TITLE = "Manyhands journal head"
_LINE = re.compile(r"^\s*(network|chain|date|entries|digest)\s*:\s*(.+?)\s*$", re.IGNORECASE)
# A digest is printed in groups of eight, so that people can compare it aloud.
_GROUP = 8
_WITNESS_AT_MOST = 100_000


class NotAHead(ValueError):
    """The text does not hold a head."""


@dataclass(frozen=True, slots=True)
class Head:
    """How long a chain is on a day, and the digest of its last entry."""

    network: str
    chain: UUID
    on: date
    entries: int
    digest: bytes

    @property
    def spaced(self) -> str:
        text = self.digest.hex()
        return " ".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))

    def as_text(self) -> str:
        return (
            f"{_TITLE}\n"
            f"network: {self.network}\n"
            f"chain: {self.chain}\n"
            f"date: {self.on.isoformat()}\n"
            f"entries: {self.entries}\n"
            f"digest: {self.spaced}\n"
        )


def read_head(text: str) -> Head:
    """Read a head back, also one that was typed from paper."""
    said = {
        found.group(1).lower(): found.group(2)
        for line in text[:_WITNESS_AT_MOST].splitlines()
        if (found := _LINE.match(line))
    }
    try:
        digest = bytes.fromhex("".join(said["digest"].split()))
        if len(digest) != 32:
            raise NotAHead("The digest has to be 64 figures and letters from a to f.")
        return Head(
            network=said.get("network", ""),
            chain=UUID(said["chain"]),
            on=date.fromisoformat(said["date"]),
            entries=int(said["entries"]),
            digest=digest,
        )
    except KeyError as missing:
        raise NotAHead(f"The line “{missing.args[0]}: …” is missing.") from None
    except NotAHead:
        raise
    except ValueError as error:
        raise NotAHead(f"A line can't be read: {error}.") from None
