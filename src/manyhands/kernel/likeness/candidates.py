"""Who is compared with whom: people who share something, so that not everyone is compared with everyone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from manyhands.kernel.likeness.evidence import door_of
from manyhands.kernel.likeness.people import Ready

MOST = 40  # who share a mark; a mark more people share is no mark
MANY_PEOPLE, FEW = 10_000, 12  # among so many, fewer where nothing but one name is shared


def pairs(people: Sequence[Ready], *, most: int = MOST) -> Iterator[tuple[int, int]]:
    """Pairs of positions in ``people`` that share at least one mark, each once, the lower first.

    Takes time in proportion to the people, not to their square: no mark pairs more than ``most`` of them.
    """
    marked: dict[tuple[str, ...], list[int]] = {}
    for at, each in enumerate(people):
        for mark in set(_marks(each)):
            marked.setdefault(mark, []).append(at)
    seen: set[int] = set()
    many = len(people)
    of_a_name = FEW if many > MANY_PEOPLE else most
    for mark, those in marked.items():
        if not 1 < len(those) <= (of_a_name if len(mark) == 2 and mark[0] in {"sound", "word"} else most):
            continue
        for first, one in enumerate(those):
            for two in those[first + 1 :]:
                pair = one * many + two
                if pair not in seen:
                    seen.add(pair)
                    yield one, two


def _marks(each: Ready) -> Iterator[tuple[str, ...]]:
    for phone in each.phones:
        yield "phone", phone
    for email in each.emails:
        yield "email", email
        if len(local := email.partition("@")[0]) >= 5:
            yield "mailbox", local
    if door := door_of(each):
        yield "door", door
    if each.born:
        yield "born", each.born
    if each.postcode:
        yield "postcode", each.postcode
    sounds = sorted(each.sounds)
    where = [("in", part) for part in (each.postcode, each.place, each.street) if part]
    if each.number:
        where.append(("at", each.number))
    if len(each.born) >= 4:
        where += [("year", each.born[:4]), ("day", each.born[4:])]
    for at, sound in enumerate(sounds):
        yield "sound", sound
        for kind, part in where:
            yield "sound", sound, kind, part
        for other in sounds[at + 1 :]:
            yield "sounds", sound, other
    for name in each.names:
        for word in name.words:
            if len(word) > 3:
                yield "word", word
        if len(name.words) > 1:
            for kind, part in where:
                yield "initials", name.initials, kind, part
        yield "joined", name.joined
    if each.postcode and each.street:
        yield "street", each.street, each.postcode
