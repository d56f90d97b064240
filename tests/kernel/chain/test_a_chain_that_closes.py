"""Every entry vouches for all before it; what it was about can be blanked, and nothing else can change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyhands.kernel import chain
from manyhands.kernel.chain import BEFORE_ALL, Head, NotAHead, Row, What

RIVERSIDE = UUID(int=5)
NOW = datetime(2026, 6, 4, 15, tzinfo=UTC)


def links(how_many: int) -> list[Row]:
    rows, before = [], BEFORE_ALL
    for number in range(1, how_many + 1):
        values = (f"person:{number}", f"ask:{number}", {"n": number})
        salts = tuple(bytes([number, place]) * 8 for place in range(3))
        commitments = chain.commitments_of(salts, values)
        at = NOW + timedelta(minutes=number)
        body = chain.body_of(at=at, network=RIVERSIDE, verb="ask.claimed", commitments=commitments)
        before = chain.digest_of(before, number, body)
        rows.append(Row(number, at, RIVERSIDE, "ask.claimed", values, salts, commitments, body, before))  # type: ignore[arg-type]
    return rows


def faults(rows: list[Row], **more):
    return [(fault.what, fault.number) for fault in chain.verify(rows, chain=RIVERSIDE, **more).faults]


def test_a_chain_as_it_was_written_closes():
    rows = links(5)
    found = chain.verify(rows, chain=RIVERSIDE, length=5, end=rows[-1].digest)
    assert (found.entries, found.digest, found.blanked, found.faults) == (5, rows[-1].digest, 0, ())


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"verb": "ask.closed"}, (What.CHANGED, 3)),
        ({"at": NOW}, (What.CHANGED, 3)),
        ({"network": UUID(int=9)}, (What.MOVED, 3)),
        ({"values": ("person:9", "ask:3", {"n": 3})}, (What.CHANGED, 3)),
        ({"digest": bytes(32)}, (What.MOVED, 3)),
        ({"commitments": bytes(96)}, (What.CHANGED, 3)),
        ({"commitments": b""}, (What.CHANGED, 3)),
        ({"number": None}, (What.UNSEALED, 0)),
    ],
)
def test_whatever_is_changed_shows_where(change, where):
    rows = links(5)
    rows[2] = replace(rows[2], **change)
    assert where in faults(rows)


def test_what_is_missing_doubled_or_exchanged_shows():
    rows = links(5)
    assert (What.MISSING, 3) in faults(rows[:2] + rows[3:])
    assert (What.TWICE, 3) in faults([*rows[:3], rows[2], *rows[3:]])
    swapped = [*rows[:1], replace(rows[2], number=2), replace(rows[1], number=3), *rows[3:]]
    assert (What.MOVED, 2) in faults(swapped)
    assert faults(rows[:4], length=5, end=rows[4].digest) == [(What.END, 4)]


def test_an_opening_may_go_when_the_chain_says_so_and_not_otherwise():
    rows = links(4)
    blanked = replace(rows[1], values=("", "ask:2", {"n": 2}), salts=(None, *rows[1].salts[1:]))
    assert faults([rows[0], blanked, *rows[2:]]) == [(What.BLANKED, 0)]
    other_words = replace(blanked, values=("person:7", "ask:2", {"n": 2}))
    assert (What.CHANGED, 2) in faults([rows[0], other_words, *rows[2:]])


def test_a_chain_made_anew_closes_and_only_the_witness_knows():
    kept = links(3)
    head = Head("riverside", RIVERSIDE, date(2026, 6, 4), 3, kept[-1].digest or b"")
    anew, before = [], BEFORE_ALL
    for row in kept:
        body = chain.body_of(at=row.at, network=RIVERSIDE, verb="ask.expired", commitments=row.commitments)
        before = chain.digest_of(before, row.number or 0, body)
        anew.append(replace(row, verb="ask.expired", body=body, digest=before))
    assert faults(kept, witness=head) == []
    assert faults(anew) == []
    assert faults(anew, witness=head) == [(What.REWRITTEN, 3)]
    assert faults(kept[:2], witness=head) == [(What.REWRITTEN, 3)]


def test_a_head_is_read_back_also_from_paper():
    head = Head("riverside", RIVERSIDE, date(2026, 6, 4), 12, bytes(range(32)))
    assert chain.read_head(head.as_text()) == head
    assert chain.read_head(head.as_text().upper().replace("\n", "\r\n")).digest == head.digest
    assert chain.read_head("\ufeff# kept by Hana\n" + head.as_text().replace(" ", "  ")) == head


@pytest.mark.parametrize("line", ["chain", "date", "entries", "digest"])
def test_a_text_that_is_no_head_is_told(line):
    lines = Head("r", RIVERSIDE, date(2026, 6, 4), 12, bytes(32)).as_text().splitlines()
    with pytest.raises(NotAHead):
        chain.read_head("\n".join(each for each in lines if not each.startswith(line)))
    with pytest.raises(NotAHead):
        chain.read_head("\n".join(f"{line}: nonsense" if each.startswith(line) else each for each in lines))


SIMPLE = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SIMPLE, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


@given(VALUES, VALUES)
def test_two_values_have_one_text_only_if_they_are_the_same(one, other):
    if chain.canonical(one) == chain.canonical(other):
        assert one == other
    else:
        assert one is not other


def test_a_number_is_the_same_number_however_a_database_writes_it():
    assert {chain.canonical(value) for value in (1000, 1000.0, 1e3)} == {"1000"}
    assert chain.canonical(-0.0) == chain.canonical(0) == "0"
    assert chain.canonical(0.25) == "0.25"
    with pytest.raises(ValueError):
        chain.canonical(float("nan"))
    with pytest.raises(TypeError):
        chain.canonical(NOW)
