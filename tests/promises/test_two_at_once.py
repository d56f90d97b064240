"""Two people, or one with two tabs, press in the same second: both get an answer in words, and every promise holds.

On SQLite writers take turns, so this looks hardest at PostgreSQL.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections

from manyhands.exchange import actions as exchange
from manyhands.exchange.models import Helper
from manyhands.kit.refusals import Refused
from manyhands.networks import actions as networks
from manyhands.networks.models import Membership
from manyhands.networks.states import Role, Standing
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crowd() -> cast.Cast:
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("A SQLite database in memory has no second connection to be at once with: run on PostgreSQL.")
    return cast.gather()


def at_once(*presses: Callable[[], object]) -> list[object]:
    """Let every press begin together; what each came to, an exception included."""
    start, came_to = threading.Barrier(len(presses)), [None] * len(presses)

    def press(number: int, do: Callable[[], object]) -> None:
        try:
            start.wait()
            came_to[number] = do()
        except Exception as error:  # noqa: BLE001
            came_to[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=each) for each in enumerate(presses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came_to


def only_refusals(came_to: list[object]) -> bool:
    return all(isinstance(one, Refused) for one in came_to if isinstance(one, Exception))


def test_of_two_stewards_who_leave_at_once_one_stays(crowd):
    network = crowd.riverside
    for round_ in range(5):
        pair = [cast.person(f"Stew{round_}{side} Ard") for side in "ab"]
        members = [networks.bring_in(network, person=who, role=Role.STEWARD, by=None, now=NOW) for who in pair]
        Membership.objects.filter(network=network, role=Role.STEWARD).exclude(person__in=pair).update(
            standing=Standing.LEFT, role=Role.HELPER
        )
        came_to = at_once(
            *(
                lambda who=who, membership=membership: networks.move(
                    membership, standing=Standing.LEFT, by=who, now=NOW
                )
                for who, membership in zip(pair, members, strict=True)
            )
        )
        assert only_refusals(came_to), came_to
        assert Membership.objects.filter(network=network, role=Role.STEWARD, standing=Standing.ACTIVE).count() == 1


def test_two_tabs_tell_for_the_first_time_what_someone_can_carry(crowd):
    for round_ in range(5):
        someone = cast.person(f"Tab{round_} Two")
        membership = networks.bring_in(crowd.riverside, person=someone, role=Role.HELPER, by=None, now=NOW)
        came_to = at_once(
            *[lambda: exchange.change_helper(membership, by=someone, now=NOW, start_text="The hall")] * 4  # noqa: B023
        )
        assert only_refusals(came_to), came_to
        assert Helper.objects.filter(membership=membership).count() == 1


def test_joining_in_several_tabs_at_once_makes_one_member(crowd):
    for round_ in range(5):
        someone = cast.person(f"Join{round_} Er")
        came_to = at_once(*[lambda: networks.join(someone, network=crowd.riverside, now=NOW)] * 4)  # noqa: B023
        assert only_refusals(came_to), came_to
        assert Membership.objects.filter(network=crowd.riverside, person=someone).count() == 1


def test_a_hand_back_undone_while_another_takes_it_leaves_one_holder(crowd):
    hana, hugo = crowd.hana.membership.person, crowd.hugo.membership.person
    for round_ in range(5):
        ask = cast.ask(crowd.riverside, name=f"Nia {round_}")
        claim = exchange.claim_ask(ask, helper=crowd.hana, by=hana, now=NOW)
        exchange.hand_back(claim, by=hana, now=NOW)
        came_to = at_once(
            lambda: exchange.take_up_again(claim, by=hana, now=NOW),  # noqa: B023
            lambda: exchange.claim_ask(ask, helper=crowd.hugo, by=hugo, now=NOW),  # noqa: B023
        )
        assert only_refusals(came_to), came_to
        assert ask.claims.filter(state="held").count() == 1
        exchange.make_ready(ask, by=crowd.dee, now=NOW)


def test_whoever_is_removed_while_they_take_an_ask_on_holds_nothing(crowd):
    for round_ in range(5):
        someone = cast.person(f"Rem{round_} Oved")
        helper = cast.helper(crowd.riverside, someone)
        ask = cast.ask(crowd.riverside, name=f"Nia {round_}")
        came_to = at_once(
            lambda: exchange.claim_ask(ask, helper=helper, by=someone, now=NOW),  # noqa: B023
            lambda: networks.move(helper.membership, standing=Standing.LEFT, by=crowd.sol, now=NOW),  # noqa: B023
        )
        assert only_refusals(came_to), came_to
        assert Membership.objects.get(pk=helper.membership.pk).standing == Standing.LEFT
        assert not ask.claims.filter(state="held").exists()
