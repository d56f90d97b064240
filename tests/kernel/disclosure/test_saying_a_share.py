"""A share is said as people say it, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyhands.kernel.disclosure import Few, Fraction, NearlyAll, roughly


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (66, 100, Fraction(2, 3)),
        (50, 100, Fraction(1, 2)),
        (74, 100, Fraction(3, 4)),
        (12, 100, Fraction(1, 10)),
        (92, 100, Fraction(9, 10)),
        (4, 100, Few()),
        (7, 300, Few()),
        (97, 100, NearlyAll()),
        (100, 100, NearlyAll()),
        (0, 100, Few()),
        (12, 19, None),
        (0, 0, None),
    ],
)
def test_what_is_said(part, whole, said):
    assert roughly(part, whole, below=5) == said


@given(st.integers(1, 10_000), st.data())
def test_what_is_said_is_near_the_truth(whole, data):
    part = data.draw(st.integers(0, whole))
    said = roughly(part, whole, below=5)
    if isinstance(said, Fraction):
        assert abs(said.part / said.of - part / whole) <= 0.07
        assert min(part, whole - part) >= 5
    else:
        assert whole < 20 or min(part, whole - part) < max(5, whole / 20)


def test_more_than_all_is_refused():
    with pytest.raises(ValueError):
        roughly(3, 2, below=5)
