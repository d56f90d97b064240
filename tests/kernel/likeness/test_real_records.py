"""Real records: on the halves nothing was learned from, pairs are found far beyond the plain rule, and few are wrong."""

import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def bench():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[3] / "bench"))
        import people

        yield people
        for name in ("people", "people_town"):
            sys.modules.pop(name, None)


# The floors lie a little below what was measured: see docs/explanation/likeness.md.
@pytest.mark.parametrize(
    ("name", "precision", "recall"),
    [("people_historical", 0.97, 0.78), ("febrl 3", 0.99, 0.96), ("people_fake_1000", 0.97, 0.76)],
)
def test_held_out_people_are_found(bench, shared, name, precision, recall):
    data = bench.half(bench.SETS[name](shared / "data"), 1)
    true = bench.true_pairs(data)
    found = {frozenset((each.one, each.two)) for each in bench.find(data[0])}
    hit = len(found & true)
    assert hit / len(found) >= precision
    assert hit / len(true) >= recall
    assert hit / len(true) > 1.5 * len(bench.plain_rule(data[0]) & true) / len(true)
