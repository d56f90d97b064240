"""Small numbers are hidden, and nobody can work them out from what is shown."""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manyhands.kernel.disclosure import Shown, Table, check, hide

TOWN = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def crossed(rows: list[list[int]]) -> Table:
    """A table of rows and columns with all its totals."""
    width = len(rows[0])
    counts = {("cell", r, c): rows[r][c] for r in range(len(rows)) for c in range(width)}
    counts |= {("row", r): sum(row) for r, row in enumerate(rows)}
    counts |= {("column", c): sum(row[c] for row in rows) for c in range(width)}
    counts["all"] = sum(map(sum, rows))
    sums = [(("row", r), [("cell", r, c) for c in range(width)]) for r in range(len(rows))]
    sums += [(("column", c), [("cell", r, c) for r in range(len(rows))]) for c in range(width)]
    sums += [("all", [("row", r) for r in range(len(rows))]), ("all", [("column", c) for c in range(width)])]
    return Table(counts, sums)


def linked(asks: list[tuple[int, int, int]]) -> Table:
    """Asks by kind and by month, each against the same outcomes: two tables that share their totals."""
    counts: dict = {"all": len(asks)}
    sums = []
    outcomes = range(3)
    counts |= {("outcome", o): sum(ask[2] == o for ask in asks) for o in outcomes}
    sums.append(("all", [("outcome", o) for o in outcomes]))
    for place, name, size in ((0, "kind", 3), (1, "month", 2)):
        for x in range(size):
            counts[name, x] = sum(ask[place] == x for ask in asks)
            counts |= {(name, x, o): sum(ask[place] == x and ask[2] == o for ask in asks) for o in outcomes}
            sums.append(((name, x), [(name, x, o) for o in outcomes]))
        sums.append(("all", [(name, x) for x in range(size)]))
        sums += [(("outcome", o), [(name, x, o) for x in range(size)]) for o in outcomes]
    return Table(counts, sums)


def test_large_numbers_are_all_shown():
    table = crossed([[10, 20], [30, 40]])
    assert hide(table, below=5).counts == table.counts


def test_a_nought_points_at_nobody_and_is_shown():
    assert hide(crossed([[0, 20], [30, 0]]), below=5).hidden == frozenset()


def test_one_small_number_takes_others_with_it():
    table = crossed([[2, 20, 30], [30, 40, 50], [60, 70, 80]])
    shown = hide(table, below=5)
    assert ("cell", 0, 0) in shown.hidden
    # A corner hidden alone could be subtracted; four at the corners of a rectangle can't.
    assert len(shown.hidden) == 4
    assert shown["all"] == table.counts["all"]
    assert check(table, shown, below=5) == []


def test_totals_are_kept_where_they_can_be():
    table = crossed([[3, 9, 2], [1, 8, 30], [12, 4, 11]])
    shown = hide(table, below=5)
    assert all(shown["column", column] == table.counts["column", column] for column in range(3))


def test_a_handful_in_all_shows_nothing_but_that():
    shown = hide(crossed([[1, 2], [0, 1]]), below=5)
    assert shown["all"] is None


def test_two_ones_do_not_hide_each_other():
    """Of a total of seven with a shown five, one and one would be plain if noughts were known."""
    table = Table({"all": 7, "a": 5, "b": 1, "c": 1}, [("all", ["a", "b", "c"])])
    shown = hide(table, below=5)
    assert check(table, shown, below=5) == []
    assert shown["a"] is None


@TOWN
@given(st.lists(st.lists(st.integers(0, 15), min_size=3, max_size=3), min_size=1, max_size=4), st.integers(2, 6))
def test_no_table_gives_a_hidden_number_away(rows, below):
    table = crossed(rows)
    assert check(table, hide(table, below=below), below=below) == []


@TOWN
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 2)), max_size=60), st.integers(2, 6))
def test_tables_that_share_totals_do_not_either(asks, below):
    table = linked(asks)
    assert check(table, hide(table, below=below), below=below) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), min_size=2, max_size=2), min_size=2, max_size=2))
def test_trying_every_table_there_is_does_not_find_it_either(rows):
    """Someone writes down every table that fits what is shown: each small number still takes several values."""
    below = 3
    table = crossed(rows)
    shown = hide(table, below=below)
    assert table.small(below=below) <= shown.hidden
    possible = {key: set() for key in table.small(below=below)}
    for cells in product(range(9), repeat=4):
        other = crossed([list(cells[:2]), list(cells[2:])]).counts
        if all(count is None or other[key] == count for key, count in shown.counts.items()):
            for key in possible:
                possible[key].add(other[key])
    assert all(len(values) >= below for values in possible.values())


def test_the_same_table_is_always_hidden_the_same_way():
    table = crossed([[3, 9, 2], [1, 8, 30], [12, 4, 11]])
    assert hide(table, below=5) == hide(table, below=5)


def test_the_check_finds_what_is_wrong():
    table = crossed([[2, 20], [30, 40]])
    assert len(check(table, Shown(table.counts), below=5)) == 1
    alone = Shown(table.counts | {("cell", 0, 0): None})
    assert check(table, alone, below=5) == ["('cell', 0, 0) is hidden, but can only be 2 to 2."]
    lie = Shown(hide(table, below=5).counts | {"all": 93})
    assert "all is shown as 93 and is 92." in check(table, lie, below=5)


@pytest.mark.parametrize(
    ("counts", "sums"),
    [({"a": -1}, ()), ({"all": 3, "a": 2}, [("all", ["a"])]), ({"all": 3}, [("all", ["a"])])],
)
def test_a_table_that_does_not_add_up_is_refused(counts, sums):
    with pytest.raises(ValueError):
        Table(counts, sums)


def periods(month: list[int], quarter: list[int]) -> Table:
    """The same counts for the last month and the last quarter; what lies between is anyone's subtraction."""
    counts: dict = {}
    sums = []
    for name, numbers in (("month", month), ("quarter", quarter)):
        counts |= {(name, kind): count for kind, count in enumerate(numbers)} | {(name, "all"): sum(numbers)}
        sums.append(((name, "all"), [(name, kind) for kind in range(len(numbers))]))
    for kind in [*range(len(month)), "all"]:
        counts["between", kind] = counts["quarter", kind] - counts["month", kind]
        sums.append((("quarter", kind), [("month", kind), ("between", kind)]))
    return Table(counts, sums, frozenset(key for key in counts if key[0] == "between"))


def test_two_periods_do_not_tell_what_lies_between_them():
    """Ten in the month and twelve in the quarter are both large; the two between are not."""
    table = periods([10, 30], [12, 60])
    shown = hide(table, below=5)
    assert None in (shown["month", 0], shown["quarter", 0])
    assert check(table, shown, below=5) == []


def test_periods_far_enough_apart_are_both_shown():
    table = periods([10, 30], [20, 60])
    shown = hide(table, below=5)
    assert shown.hidden == table.between


@TOWN
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=5), st.integers(2, 6))
def test_no_two_periods_give_a_small_number_away(numbers, below):
    table = periods([month for month, _ in numbers], [month + more for month, more in numbers])
    assert check(table, hide(table, below=below), below=below) == []


def test_a_sum_of_nothing_is_no_secret():
    table = Table({"all": 2, "met": 2, "not": 0, "whys": 0}, [("all", ["met", "not"]), ("not", ["whys"]), ("whys", [])])
    shown = hide(table, below=5)
    assert shown["not"] == 0
    assert None in (shown["all"], shown["met"])
