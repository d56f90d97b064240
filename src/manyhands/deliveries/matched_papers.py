"""A matching made from files, as tables: who with whom and why, who was left out and why, and rings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from manyhands.deliveries.matched_from_files import Town
from manyhands.deliveries.papers import LeftOut
from manyhands.kernel import matching
from manyhands.kernel.geo import StraightLines
from manyhands.kernel.matching.pairs import ways
from manyhands.kernel.sheets import Record, write_csv
from manyhands.kernel.sheets.saying import needs_in_words, place_in_words

if TYPE_CHECKING:
    from manyhands.kernel.matching.rings import Rings

MATCH_HEADINGS = (
    "row", "name", "phone", "email", "place", "what", "with row", "with", "their phone", "their email", "their place",
    "they have", "km", "minutes", "why",
)  # fmt: skip
LEFT_OUT_HEADINGS = ("row", "what", "reason", "why", "what would change it")
RING_HEADINGS = ("ring", "of", "order", "giver", "phone", "email", "gives", "to", "their phone", "their email", "km")
NOBODY_OFFERS = "nobody_offers"


@dataclass(frozen=True)
class MatchedPapers:
    """Everything that can be written about one matching. `headings` are those of the asks' sheet, as spelled."""

    town: Town
    found: matching.Matching
    headings: Sequence[str]

    @cached_property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Who has nobody, in the order of the sheet."""
        found = [LeftOut(aside.id, aside.code, aside.sentence, aside.change) for aside in self.town.set_aside]
        for out in self.found.unmatched:
            reason = matching.named(out.reason, self.town.names)
            code, said, change = str(reason.code), reason.sentence(), reason.change()
            if out.reason.code == matching.Against.NOBODY_SKILLED:
                # With offers, what is wanted stands where a skill stands with helpers.
                thing = self.town.what[out.ask_id]
                code, said, change = NOBODY_OFFERS, f"Nobody offers this: {thing}.", f"Find someone who gives: {thing}."
            found.append(LeftOut(out.ask_id, code, said, change))
        order = {id_: number for number, id_ in enumerate(self.town.asks)}
        return tuple(sorted(found, key=lambda left: (order[self._row(left.id)], left.id)))

    @cached_property
    def reasons(self) -> dict[str, int]:
        """How often each reason, the most frequent first."""
        return dict(Counter(left.code for left in self.left_out).most_common())

    def _row(self, id_: str) -> str:
        return self.town.row.get(id_, id_)

    def matches_csv(self) -> bytes:
        """One row per pair, in the order of the asks' sheet; no cell can be taken for a formula."""
        order = {id_: number for number, id_ in enumerate(self.town.asks)}
        pairs = sorted(self.found.pairs, key=lambda pair: (order[self._row(pair.ask_id)], pair.ask_id))
        return write_csv(MATCH_HEADINGS, [self._match(pair) for pair in pairs])

    def _match(self, pair: matching.Suggestion) -> list[str | float]:
        ask, other = self.town.asks[self._row(pair.ask_id)], self.town.others[pair.helper_id]
        one, two = self.town.problem.ask[pair.ask_id], self.town.problem.helper[pair.helper_id]
        seconds, metres = ways(StraightLines(), [two], [one])
        known = metres[0, 0] >= 0
        return [
            self._row(pair.ask_id),
            ask.name,
            ", ".join(ask.phones),
            ", ".join(ask.emails),
            place_in_words(ask.place),
            self.town.what[pair.ask_id],
            pair.helper_id,
            self.town.names[pair.helper_id],
            ", ".join(other.phones),
            ", ".join(other.emails),
            place_in_words(other.place),
            needs_in_words(other.needs) or ", ".join(other.skills),
            f"{metres[0, 0] / 1000:.1f}" if known else "",
            -(-int(seconds[0, 0]) // 60) if known else "",
            why(pair),
        ]

    def left_out_csv(self) -> bytes:
        """The asks without anyone, each with its reason, what would change it, and its cells as they came."""
        rows = []
        for left in self.left_out:
            raw = self.town.asks[self._row(left.id)].raw
            what = self.town.what.get(left.id, "")
            cells = [raw.get(heading, "") for heading in self.headings]
            rows.append([self._row(left.id), what, left.code, left.why, left.change, *cells])
        return write_csv([*LEFT_OUT_HEADINGS, *self.headings], rows)


def why(pair: matching.Suggestion) -> str:
    """What speaks for a pair, in one line, but for what a sheet does not know and what stands beside it anyway."""
    untold = {matching.For.NEW, matching.For.SKILLED}
    said = (reason.sentence().rstrip(".") for reason in pair.reasons if reason.code not in untold)
    return ". ".join(said)


def rings_csv(found: Rings, people: Mapping[str, Record]) -> bytes:
    """One row per gift, ring after ring; each is an offer that holds if all in the ring say yes."""
    rows: list[list[str | float]] = []
    for number, ring in enumerate(found.rings, 1):
        for order, gift in enumerate(ring, 1):
            giver, taker = people[gift.giver], people[gift.taker]
            far = "" if gift.metres is None else f"{gift.metres / 1000:.1f}"
            rows.append(
                [
                    number,
                    len(ring),
                    order,
                    giver.name,
                    giver.phone,
                    giver.email,
                    gift.what,
                    taker.name,
                    taker.phone,
                    taker.email,
                    far,
                ]
            )
    return write_csv(RING_HEADINGS, rows)


def alone_csv(found: Rings, people: Mapping[str, Record]) -> bytes:
    """Who both gives and wants and is in no ring, and why."""
    return write_csv(
        ("row", "name", "reason", "why", "what would change it"),
        [
            [people[each.id].number, people[each.id].name, each.code, each.sentence(), each.change()]
            for each in found.alone
        ],
    )
