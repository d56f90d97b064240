"""Goes through a roster again from the problem alone; shares nothing with what made it but the words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from manyhands.kernel.rostering.problem import Assignment, Helper, Problem, Roster, Shift, State


def check(problem: Problem, roster: Roster) -> list[str]:
    """Every promise the roster breaks, a sentence each; [] where all hold.

    What was said yes to stays even against a rule; a rule is broken only where a proposal takes part in it.
    """
    unknown = [
        f"{one.helper} is put into {one.shift}, and one of them is not in the problem."
        for one in roster.assignments
        if one.helper not in problem.helper or one.shift not in problem.shift
    ]
    return unknown or list(_broken(problem, roster))


def _broken(problem: Problem, roster: Roster) -> Iterator[str]:
    given = {one[:3] for one in roster.assignments if one.state == State.CONFIRMED}
    for shift_id, _role, helper_id in sorted(problem.confirmed - given):
        yield f"{helper_id} said yes to {shift_id} and is not in it."
    for shift_id, _role, helper_id in sorted(given - problem.confirmed):
        yield f"{helper_id} is put down as having said yes to {shift_id}."
    for (helper_id, shift_id), times in Counter((one.helper, one.shift) for one in roster.assignments).items():
        if times > 1:
            yield f"{helper_id} is in {shift_id} {times} times."
    by_shift, by_helper = defaultdict(list), defaultdict(list)
    for one in roster.assignments:
        by_shift[one.shift].append(one)
        by_helper[one.helper].append(one)
    for shift in problem.shifts:
        yield from _shift_holds(problem, shift, by_shift[shift.id])
    for helper in problem.helpers:
        yield from _helper_holds(problem, helper, by_helper[helper.id])
    yield from _score_holds(problem, roster)


def _shift_holds(problem: Problem, shift: Shift, ones: list[Assignment]) -> Iterator[str]:
    proposed = {one.helper for one in ones if one.state == State.PROPOSED}
    here = {one.helper for one in ones}
    for role in shift.roles:
        count = sum(one.role == role.name for one in ones)
        if count > role.wanted and any(one.role == role.name and one.helper in proposed for one in ones):
            yield f"{shift.id} has {count} people as {role.name or 'helpers'} and wants {role.wanted}."
        for one in ones:
            if one.role == role.name and one.helper in proposed and role.skills - problem.helper[one.helper].skills:
                yield f"{one.helper} lacks a skill for {role.name or 'the work'} in {shift.id}."
    if any(one.role not in {role.name for role in shift.roles} for one in ones):
        yield f"{shift.id} has someone in a role it does not have."
    new = {who for who in here if problem.helper[who].newcomer}
    if len(new) > problem.newcomers * len(here - new) and new & proposed:
        yield f"{shift.id} has {len(new)} newcomers beside {len(here - new)} experienced people."
    for pair in problem.apart:
        if pair <= here and pair & proposed:
            yield f"{' and '.join(sorted(pair))} are to be kept apart and are both in {shift.id}."
    for pair in problem.together:
        if len(pair & here) == 1 and pair & proposed:
            yield f"{' and '.join(sorted(pair))} go together, and only one is in {shift.id}."


def _helper_holds(problem: Problem, helper: Helper, ones: list[Assignment]) -> Iterator[str]:
    mine = sorted(((problem.shift[one.shift], one.state) for one in ones), key=lambda pair: pair[0].start)
    for shift, state in mine:
        if state == State.CONFIRMED:
            continue
        if helper.free and not any(free.start <= shift.start and shift.end <= free.end for free in helper.free):
            yield f"{helper.id} is not free for all of {shift.id}."
        if shift.id in helper.never:
            yield f"{helper.id} is not to be asked for {shift.id}."
    for number, (first, first_state) in enumerate(mine):
        for second, second_state in mine[number + 1 :]:
            close = second.start < first.end + helper.rest
            if close and State.PROPOSED in (first_state, second_state):
                yield f"{helper.id} has less than {helper.rest} minutes between {first.id} and {second.id}."
    yield from _limits_hold(helper, mine)


def _limits_hold(helper: Helper, mine: list[tuple[Shift, State]]) -> Iterator[str]:
    """Sums over days, weeks, rows and months; what is all confirmed may exceed them."""
    for name, most, length in (("day", helper.day_minutes, 1), ("week", helper.week_minutes, 7)):
        for block in sorted({shift.day // length for shift, _state in mine}):
            within = [(shift, state) for shift, state in mine if shift.day // length == block]
            total = sum(shift.minutes for shift, _state in within)
            if most is not None and total > most and any(state == State.PROPOSED for _shift, state in within):
                yield f"{helper.id} works {total} minutes in {name} {block}, at most {most} are allowed."
    days = sorted({shift.day for shift, _state in mine})
    for first in days:
        row = helper.days_in_row
        if row is not None and all(first + more in days for more in range(row + 1)):
            sure = {shift.day for shift, state in mine if state == State.CONFIRMED}
            if not sure.issuperset(range(first, first + row + 1)):
                yield f"{helper.id} works more than {row} days in a row from day {first}."
    nights = [(shift.day, shift.id, state) for shift, state in mine if shift.at_night]
    weekends = [(shift.weekend, str(shift.weekend), state) for shift, state in mine if shift.weekend is not None]
    for name, limit, counted, length in (
        ("nights", helper.nights, nights, 28),
        ("weekends", helper.weekends, weekends, 4),
    ):
        for first in sorted({when for when, _key, _state in counted}):
            inside = [(key, state) for when, key, state in counted if first <= when < first + length]
            keys = {key for key, _state in inside}
            agreed = {key for key, state in inside if state == State.CONFIRMED}
            if limit is not None and len(keys) > limit and keys - agreed:
                yield f"{helper.id} has more than {limit} {name} in four weeks."


def _score_holds(problem: Problem, roster: Roster) -> Iterator[str]:
    minimum = wanted = 0
    for shift in problem.shifts:
        for role in shift.roles:
            count = sum(one.shift == shift.id and one.role == role.name for one in roster.assignments)
            below = max(0, role.minimum - count)
            minimum += shift.weight * below
            wanted += shift.weight * (max(0, role.wanted - count) - below)
    kept = {one[:3] for one in roster.assignments}
    changes = sum(one not in kept for one in problem.proposed)
    if (minimum, wanted, changes) != (roster.score.minimum, roster.score.wanted, roster.score.changes):
        yield f"The roster says it lacks {roster.score}; counted again it is {minimum}, {wanted}, {changes}."
    strain = 0
    for helper in problem.helpers:
        had, unpopular = helper.had_minutes, helper.had_unpopular
        for one in roster.assignments:
            if one.helper != helper.id:
                continue
            shift = problem.shift[one.shift]
            strain -= 3 * helper.wishes.get(shift.id, 0)
            if shift.unpopular:
                unpopular += 1
                strain += 4 * unpopular
        lengths = [problem.shift[one.shift].minutes for one in roster.assignments if one.helper == helper.id]
        for _quarter in range(sum(-(-length // 15) for length in lengths)):
            strain += 1 + had // 240
            had += 15
    if strain != roster.score.strain:
        yield f"The roster says its strain is {roster.score.strain}; counted again it is {strain}."
