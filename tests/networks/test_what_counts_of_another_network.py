"""What lies in Hillside counts nothing in Riverside, also where nobody stands inside a wall.

The same people, codes, names and marks lie in both; each test asks one room's question of Riverside alone. It stands
outside the walls, so that only what the question itself says of a network holds. Leave that out and its test fails
(tests/promises/test_p_31_no_filter_by_network_is_idle.py).
"""

from __future__ import annotations

from datetime import timedelta
from itertools import chain, repeat
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from manyhands.deliveries.models import Plan, Run, Stop
from manyhands.doubles import actions as doubles
from manyhands.doubles import queries as twice
from manyhands.doubles.models import Pair
from manyhands.doubles.states import PairState
from manyhands.exchange import actions as exchange
from manyhands.exchange import finding, forgetting, hibernating, holding, queries
from manyhands.exchange.actions.asks import save_with_code
from manyhands.exchange.forms.keeping import HoldForm
from manyhands.exchange.models import Ask, Asking, Category, Cause, Helper, Letter, Offer
from manyhands.exchange.views.desk import LAST_MOVE
from manyhands.kit import codes, wall
from manyhands.networks import actions as networks
from manyhands.networks.models import Apart, Joined, Membership, Network
from manyhands.networks.queries import kept_apart_from, kept_apart_from_all_the_desk, same_as
from manyhands.networks.states import Standing
from manyhands.outlook import queries as outlook
from manyhands.people.models import Person
from manyhands.places import actions as places
from manyhands.places.models import Squares
from manyhands.privacy import actions as privacy
from manyhands.privacy import forgetting as clocks
from manyhands.privacy import queries as seeing
from manyhands.privacy.models import Care, Keeping, Reveal, Unlock
from manyhands.privacy.states import Bulk, Why
from manyhands.privacy.templatetags.seeing import holds
from manyhands.safety import queries as safety
from manyhands.safety.models import Trusted
from tests import cast
from tests.cast import NOW

LATER = NOW + timedelta(days=100)


@pytest.fixture(autouse=True)
def outside(db):
    with wall.everywhere():
        yield


def anew(network: Network) -> Network:
    """As it is now: what was asked of it is remembered while a request lasts."""
    return Network.objects.get(pk=network.pk)


def asks_in(network: Network, person: Person, **more) -> Ask:
    """An ask there by somebody who is known already."""
    made = cast.ask(network, name="Somebody", reach="718 555 0170", **more)
    Asking.objects.filter(pk=made.asking_id).update(asked_by=person)
    return Ask.objects.get(pk=made.pk)


def offers_in(network: Network, person: Person, **more) -> Offer:
    made = exchange.post_offer(network=network, kind="thing", words="A cot", name="Gus", now=NOW, **more)
    Offer.objects.filter(pk=made.pk).update(offered_by=person)
    return Offer.objects.get(pk=made.pk)


def pair_in(network: Network, one: Person, other: Person, **said) -> Pair:
    one, other = sorted((one, other), key=lambda person: str(person.pk))
    return Pair.objects.create(network=network, one=one, other=other, **{"found_at": NOW} | said)


def joined_in(network: Network, person: Person, into: Person, **said) -> Joined:
    return Joined.objects.create(network=network, person=person, into=into, **{"since": NOW} | said)


@pytest.fixture
def again(town) -> Person:
    """Nia again, under another spelling."""
    return cast.ask(town.riverside, "A ride", name="Nia Neighbor").asking.asked_by


@pytest.fixture
def third(town) -> Person:
    return cast.ask(town.riverside, "A ride", name="Zoltan Quist", reach="718 555 0177").asking.asked_by


def unlocked(town, what: str, *, whom: Person | None = None, about: str = "") -> None:
    """Two of Hillside's desk agreed that it opens there to Dee."""
    Unlock.objects.create(
        network=town.hillside, what=what, asked_by=town.dee, reason="x", asked_at=NOW, answered_by=town.otto,
        answered_at=NOW, opens_at=NOW, ends_at=NOW + timedelta(hours=1), whom=whom, about=about,
    )  # fmt: skip


# ── What opens ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_two_agreed_on_there_opens_nothing_here(town):
    ola, ask = {"person": town.dee, "network": town.riverside, "now": NOW}, town.groceries
    unlocked(town, Bulk.HOME, whom=town.hana.membership.person)
    unlocked(town, Bulk.EXPORT)
    unlocked(town, Bulk.DOOR, whom=town.hana.membership.person, about=ask.code)
    assert seeing.homes_opened_to(town.dee, town.hillside, now=NOW) == {town.hana.membership.person_id}
    assert seeing.homes_opened_to(**ola) == set()
    assert seeing.two_who_agreed(town.dee, town.hillside, Bulk.EXPORT, now=NOW) == {town.dee.pk, town.otto.pk}
    assert seeing.two_who_agreed(**ola, what=Bulk.EXPORT) == set()
    door = (Bulk.DOOR, ask.code, town.hana.membership.person)
    assert seeing.waiting_for(town.hillside, *door, now=NOW) is not None
    assert seeing.waiting_for(town.riverside, *door, now=NOW) is None


def test_who_left_is_trusted_no_more_though_they_belong_elsewhere(town):
    Trusted.objects.create(network=town.riverside, person=town.dee, since=NOW)
    assert safety.is_trusted(town.dee)
    cast.member(town.hillside, town.dee)
    Membership.objects.filter(network=town.riverside, person=town.dee).update(standing=Standing.LEFT)
    assert not safety.is_trusted(town.dee)


# ── Who is kept apart, and who is somebody else ──────────────────────────────────────────────────────────────────────


def test_who_is_kept_apart_there_meets_here(town):
    networks.keep_apart(town.hillside, town.nia, town.dee, apart=True, now=NOW)
    assert kept_apart_from(town.nia.pk, anew(town.hillside)) == {town.dee.pk}
    assert kept_apart_from(town.nia.pk, anew(town.riverside)) == frozenset()


def test_an_ask_the_whole_desk_is_kept_apart_from_goes_to_the_helpers_of_its_own_network(town):
    theirs = asks_in(town.hillside, town.nia, ready=False)
    ours = asks_in(town.riverside, town.nia, ready=False)
    Ask.objects.filter(pk__in=[theirs.pk, ours.pk]).update(state="new")
    for each in (town.sol, town.dee):
        networks.keep_apart(town.riverside, town.nia, each, apart=True, now=NOW)
    # Otto of Hillside's desk is kept apart from nobody; that helps no ask of Riverside.
    assert kept_apart_from_all_the_desk(anew(town.riverside)) == {town.nia.pk}
    exchange.let_through_what_nobody_sees(now=NOW)
    assert Ask.objects.get(pk=ours.pk).state == "ready"
    assert Ask.objects.get(pk=theirs.pk).state == "new"


def test_care_and_distance_said_there_are_not_handed_on_here(town, again):
    hugo = town.hugo.membership.person
    privacy.take_care(town.nia, network=town.hillside, by=town.nia, now=NOW)
    joined_in(town.riverside, again, town.nia)
    networks.keep_apart(anew(town.riverside), hugo, town.nia, apart=True, now=NOW)
    networks.keep_apart(anew(town.hillside), hugo, again, apart=True, now=NOW)
    privacy.protect_each([town.nia.pk, again.pk], network=anew(town.riverside), now=NOW)
    assert not Care.objects.filter(network=town.riverside).exists()
    pairs = {frozenset(row) for row in Apart.objects.filter(network=town.riverside).values_list("one", "other")}
    assert pairs == {frozenset((hugo.pk, town.nia.pk)), frozenset((hugo.pk, again.pk))}


def test_who_rests_behind_whom_there_does_not_say_who_is_parted_here(town, again, third):
    joined_in(town.riverside, again, town.nia)
    joined_in(town.riverside, third, town.nia)
    joined_in(town.hillside, town.nia, town.eve)
    networks.keep_apart(anew(town.riverside), again, town.nia, apart=True, now=NOW)
    assert same_as(town.nia.pk, anew(town.riverside)) == {town.nia.pk, third.pk}


def test_holding_two_for_one_here_moves_nobody_there(town, again, third):
    theirs = joined_in(town.hillside, again, third)
    cast.member(town.hillside, town.nia)
    cast.member(town.riverside, again)
    networks.hold_for_one(anew(town.riverside), keep=town.nia, other=again, by=town.sol, now=NOW)
    theirs.refresh_from_db()
    assert theirs.into == third
    assert Joined.objects.get(network=town.riverside).into == town.nia
    # Nia helps in Hillside alone: here it is still her other self who does.
    assert Membership.objects.get(network=town.riverside, person=again).standing == Standing.ACTIVE


def test_taking_one_out_here_takes_nobody_out_there(town, again, third):
    joined_in(town.riverside, again, town.nia)
    theirs = joined_in(town.hillside, town.nia, third, stood=Standing.ACTIVE)
    # Both were members there: Riverside's dispatcher says so all the same.
    networks.take_out(anew(town.riverside), person=town.nia, by=town.dee, now=NOW)
    assert list(Joined.objects.all()) == [theirs]


def test_who_rests_there_because_of_a_report_is_taken_out_here(town, again):
    for network in (town.riverside, town.hillside):
        cast.member(network, again)
    Membership.objects.filter(network=town.hillside, person=again).update(standing=Standing.LEFT, is_held=True)
    joined_in(town.riverside, again, town.nia, stood=Standing.ACTIVE)
    networks.take_out(anew(town.riverside), person=again, by=town.sol, now=NOW)
    assert not Joined.objects.exists()
    # Whom they came back as here is not back there.
    assert Membership.objects.get(network=town.hillside, person=again).standing == Standing.LEFT


# ── Who may be written down twice ────────────────────────────────────────────────────────────────────────────────────


def test_what_was_found_or_said_of_two_there_is_found_and_said_anew_here(town, again):
    theirs = pair_in(town.hillside, town.nia, again, state=PairState.DIFFERENT)
    assert doubles.look(anew(town.riverside), by=None, now=NOW) == 1
    ours = Pair.objects.get(network=town.riverside)
    doubles.join(ours, seen=ours.standing, by=town.dee, now=NOW)
    theirs.refresh_from_db()
    assert theirs.state == PairState.DIFFERENT


def test_pairs_that_wait_there_are_neither_counted_nor_cleared_here(town, again, third):
    waiting = pair_in(town.hillside, town.nia, again, bits=50, found_at=NOW - timedelta(days=1))
    other = pair_in(town.hillside, town.dee, town.otto, bits=50, found_at=NOW - timedelta(days=1))
    assert doubles.look(anew(town.riverside), by=None, now=NOW) == 1
    ours = Pair.objects.get(network=town.riverside)
    doubles.join(ours, seen=ours.standing, by=town.dee, now=NOW)
    assert set(Pair.objects.filter(network=town.hillside)) == {waiting, other}


def test_nobody_there_is_compared_with_whom_is_here(town):
    offers_in(town.hillside, town.eve, place_text="Hilltop")
    found = set(twice.people_of(town.riverside))
    assert not found & {town.eve, town.ola.membership.person, town.otto}
    assert {town.nia, town.dee, town.pram.offered_by} <= found


@pytest.mark.parametrize("how", ["asks", "offers", "helps"])
def test_where_somebody_lives_is_not_known_here_from_there(town, how):
    where = {"lat": 40.712, "lon": -73.935}
    if how == "asks":
        asks_in(town.hillside, town.dee, **where)
    elif how == "offers":
        offers_in(town.hillside, town.dee, place_text="7 Mill Road", **where)
    else:
        membership = networks.bring_in(town.hillside, person=town.dee, role="helper", by=None, now=NOW)
        exchange.change_helper(membership, by=None, now=NOW, start_text="7 Mill Road", **where)
    cast.member(town.hillside, town.dee)
    there, here = (
        next(each for each in twice.everybody(network) if each.key == town.dee.pk)
        for network in (town.hillside, town.riverside)
    )
    assert (there.street, there.place) != ("", "")
    assert (here.street, here.number, here.place) == ("", "", "")


def test_what_somebody_has_there_is_not_shown_of_them_here(town):
    ola = town.ola.membership.person
    asks_in(town.hillside, ola)
    offers_in(town.hillside, ola, place_text="Harbour")
    exchange.claim_ask(town.elsewhere, helper=town.ola, by=None, now=NOW)
    there, here = (twice.known([ola], network)[ola.pk] for network in (town.hillside, town.riverside))
    assert (len(there.asks), len(there.offers), there.held) == (1, 1, 1)
    assert (there.membership, there.helper) == (town.ola.membership, town.ola)
    assert (here.asks, here.offers, here.held, here.membership, here.helper) == ([], [], 0, None, None)


# ── Codes and marks that are the same in both ────────────────────────────────────────────────────────────────────────


@pytest.fixture
def same_code(town) -> str:
    """Hillside has an ask under the code of Riverside's, for something else."""
    theirs = asks_in(town.hillside, town.eve, what="A ride")
    Ask.objects.filter(pk=theirs.pk).update(code=town.groceries.code)
    return town.groceries.code


def test_a_hold_of_a_code_keeps_this_networks_ask_and_whoever_asked_for_it(town, same_code):
    form = HoldForm(
        {"reason": "A court", "codes": same_code, "whole": "on", "review_on": "2026-12-01"},
        network=town.riverside, today=NOW.date(),
    )  # fmt: skip
    assert form.is_valid(), form.errors
    assert form.told()["people"] == [town.nia.pk]
    offers_in(town.hillside, town.nia, place_text="Harbour")
    how = {"since": None, "until": None, "review_on": LATER.date(), "may_tell": True, "by": town.sol, "now": NOW}
    privacy.hold(town.riverside, reason="A court", codes=[same_code], people=[], **how)
    kept = holding.held(NOW)
    assert set(kept["exchange.Ask"].values_list("pk", flat=True)) == {town.groceries.pk}
    privacy.hold(town.riverside, reason="A court", codes=[], people=[town.nia.pk], **how)
    kept = holding.held(NOW)
    assert set(kept["exchange.Offer"].values_list("pk", flat=True)) == set()
    assert (holds(town.riverside, NOW)["count"], holds(town.hillside, NOW)["count"]) == (2, 0)


def test_a_hold_of_a_member_keeps_what_they_are_here_and_not_what_they_are_there(town):
    hana = town.hana.membership.person
    cast.helper(town.hillside, hana, skills=["driver"])
    privacy.hold(
        town.riverside, reason="A court", codes=[], people=[hana.pk], since=None, until=None, review_on=LATER.date(),
        may_tell=True, by=town.sol, now=NOW,
    )  # fmt: skip
    kept = {model: set(keys.values_list("pk", flat=True)) for model, keys in holding.held(NOW).items()}
    assert kept["networks.Membership"] == {town.hana.membership_id}
    assert kept["exchange.Helper"] == {town.hana.pk}
    assert kept["places.Place"] == {town.hana.start_id}
    assert kept["people.Person"] == {hana.pk}
    forgetting.erase_person(hana, by=hana, now=NOW)
    skills = {
        each.membership.network: (each.skills, each.languages)
        for each in Helper.objects.filter(membership__person=hana)
    }
    assert skills == {town.riverside: ([], ["en", "es"]), town.hillside: ([], [])}


def test_what_was_seen_is_named_by_what_was_asked_for_in_its_own_network(town, same_code):
    def seen(network: Network) -> Reveal:
        return Reveal(network=network, whose=town.nia, about=same_code, why=Why.DESK, parts="place", day=NOW.date())

    ours, theirs = seen(town.riverside), seen(town.hillside)
    assert queries.things_of([ours]) == {(town.riverside.pk, same_code): "Food"}
    # Somebody who was seen in both reads of each what it was.
    both = seeing.told([ours, theirs], queries.things_of([ours, theirs]))
    assert [(f"“Food” ({same_code})" in each.words, f"“A ride” ({same_code})" in each.words) for each in both] == [
        (True, False), (False, True),
    ]  # fmt: skip


def test_a_code_that_is_taken_there_is_free_here(town, monkeypatch):
    monkeypatch.setattr(codes, "fresh_code", chain([town.elsewhere.code], repeat("ZZZZ")).__next__)
    how = {"network": town.riverside, "typed": {}, "things": 1, "now": NOW}
    letter, _token = exchange.put_letter(**how, submission=uuid4())
    assert letter.codes == [town.elsewhere.code]


def test_what_can_not_be_saved_is_not_tried_again_for_a_code_that_is_taken_there(town, monkeypatch):
    """It is told as what it is, and not as one code after the other that was not free."""
    theirs = offers_in(town.hillside, town.eve, place_text="Harbour")
    monkeypatch.setattr(codes, "fresh_code", lambda: theirs.code)
    same = Offer.objects.get(pk=town.pram.pk)
    same.pk, same.token_digest = uuid4(), "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        save_with_code(same)


def test_one_mark_sent_to_two_networks_is_two_offers_and_two_letters(town):
    mark, said = uuid4(), {"kind": "thing", "words": "A cot", "name": "Gus", "place_text": "Harbour", "now": NOW}
    for network in (town.hillside, town.riverside):
        assert exchange.post_offer(network=network, submission=mark, **said).network == network
        exchange.put_letter(network=network, typed={}, things=1, submission=mark, now=NOW)
    assert Letter.objects.filter(submission=mark).count() == 2


def test_an_offer_of_anything_is_put_to_no_ask_there(town):
    offer = offers_in(town.riverside, town.eve, place_text="Harbour")
    assert list(finding.asks_that_may_fit(offer)) == [town.groceries]


def test_what_was_moved_last_there_is_not_told_here(town, as_):
    cast.member(town.hillside, town.sol, "dispatcher")
    client = as_(town.sol)
    session = client.session
    session[LAST_MOVE] = {
        "network": "hillside", "do": "ready", "moved": [], "mark": "x", "at": NOW.isoformat(), "refused": 0,
    }  # fmt: skip
    session.save()
    assert client.get("/hillside/desk/moved/").status_code == 200
    assert client.get("/riverside/desk/moved/").status_code == 302


# ── What is settled, counted and forgotten ───────────────────────────────────────────────────────────────────────────


def test_each_network_settles_its_own(town):
    homes = "\n".join(["lat,lon", *(f"{40.70 + n * 0.0001:.4f},-73.95" for n in range(80))]).encode()
    for network, least, settled in ((town.hillside, 30, "village"), (town.riverside, 40, "city")):
        places.settle_squares(network, settled=settled, least=least, by=None, now=NOW)
        privacy.keep(network, by=None, now=NOW, door_days=least - 20, words_days=60, name_days=300)
    places.measure_squares(town.riverside, data=homes, least=20, by=None, now=NOW)
    said = {each.network_id: (each.settled, each.least, each.version) for each in Squares.objects.all()}
    assert said == {town.hillside.pk: ("village", 30, 0), town.riverside.pk: ("city", 20, 1)}
    days = dict(Keeping.objects.values_list("network", "door_days"))
    assert days == {town.hillside.pk: 10, town.riverside.pk: 20}


def test_a_new_network_gets_lists_and_members_of_its_own(town):
    valley = cast.network("valley", "Valley", town.sol)
    for model in (Category, Cause):
        names = [
            set(model.objects.filter(network=each).values_list("name", flat=True)) for each in (valley, town.hillside)
        ]
        assert names[0] == names[1] != set()
    cast.member(valley, town.dee, "helper")
    assert Membership.objects.get(network=town.riverside, person=town.dee).role == "dispatcher"
    assert set(Membership.objects.filter(person=town.dee).values_list("network", flat=True)) == {
        valley.pk, town.riverside.pk,
    }  # fmt: skip


def test_the_first_list_of_homes_changes_no_other_networks_squares(town):
    homes = "\n".join(["lat,lon", *(f"{40.70 + n * 0.0001:.4f},-73.95" for n in range(80))]).encode()
    for network in (town.hillside, town.riverside):
        places.measure_squares(network, data=homes, least=20, by=None, now=NOW)
    assert set(Squares.objects.values_list("network", "version")) == {(town.hillside.pk, 1), (town.riverside.pk, 1)}


def test_what_was_met_there_is_not_counted_here(town):
    Ask.objects.filter(pk=town.elsewhere.pk).update(state="met", closed_at=NOW + timedelta(hours=3))
    since, until = NOW.date(), NOW + timedelta(days=2)
    assert outlook.median_wait(town.hillside, since=since, until=until) == (1, timedelta(hours=3))
    assert outlook.median_wait(town.riverside, since=since, until=until) == (0, None)


def test_the_only_one_who_looks_after_a_network_stays_though_others_look_after_theirs(town):
    assert forgetting.why_not_erase(town.sol, town.sol) is not None
    cast.member(town.riverside, town.otto, "steward")
    assert forgetting.why_not_erase(town.sol, town.sol) is None


def _over(network: Network, helper: Helper, ask: Ask, by: Person) -> dict[str, object]:
    plan = Plan.objects.create(
        network=network, starts_at=NOW, ends_at=NOW + timedelta(hours=1), made_at=NOW, started_at=NOW, heartbeat_at=NOW
    )
    run = Run.objects.create(
        network=network, plan=plan, helper=helper, number=1, available_from=NOW, available_until=plan.ends_at, boxes=4
    )
    unlock = Unlock.objects.create(
        network=network, what=Bulk.EXPORT, asked_by=by, reason="x", asked_at=NOW, ends_at=NOW
    )  # fmt: skip
    return {"plan": plan, "run": run, "unlock": unlock, "stop": Stop.objects.create(plan=plan, ask=ask)}


def test_what_is_shredded_here_stays_there(town):
    ours = _over(town.riverside, town.hana, town.groceries, town.dee)
    theirs = _over(town.hillside, town.ola, town.elsewhere, town.otto)
    clocks.shred({town.riverside.pk}, now=LATER)
    assert [name for name, each in ours.items() if type(each).objects.filter(pk=each.pk).exists()] == []
    assert [name for name, each in theirs.items() if not type(each).objects.filter(pk=each.pk).exists()] == []


def test_who_looks_after_a_network_that_sleeps_helps_on_elsewhere(town):
    helper = cast.helper(town.hillside, town.sol, skills=["driver"])
    Ask.objects.filter(network=town.riverside).update(state="withdrawn", closed_at=NOW)
    unlock = privacy.ask_to_open(what=Bulk.SLEEP, network=town.riverside, reason="Over", by=town.sol, now=LATER)
    privacy.answer(unlock, yes=True, by=town.dee, now=LATER)
    hibernating.put_to_sleep(town.riverside, note="Ring the hall", by=town.sol, now=LATER)
    helper = Helper.objects.get(pk=helper.pk)
    assert (helper.skills, helper.start.text) == (["driver"], "The hall")


@pytest.mark.parametrize("by", ["into", "mate"])
def test_who_rests_here_is_kept_for_nobody_who_helps_there(town, third, by):
    """Hana left. Who would come back as her once they are taken out is no member here, or is the same there alone."""
    left = Membership.objects.filter(pk=town.hana.membership_id)
    left.update(standing=Standing.LEFT, since=NOW)
    joined_in(town.riverside, town.hana.membership.person, third, stood=Standing.ACTIVE)
    if by == "into":
        cast.member(town.hillside, third)
    else:
        joined_in(town.hillside, town.hugo.membership.person, third)
    assert town.hana in forgetting._helpers(LATER)


def test_who_is_held_for_one_goes_with_them_by_what_was_said_here(town, again, third):
    long_ago = LATER - timedelta(days=90)
    ours = joined_in(town.riverside, again, town.nia, since=long_ago)
    theirs = joined_in(town.hillside, town.nia, third, since=LATER)
    assert forgetting._gone_with(town.nia, anew(town.riverside), now=LATER) == [again]
    # Said here only now: that it was said there long ago is no reason to forget them in one go.
    Joined.objects.filter(pk=ours.pk).update(since=LATER)
    Joined.objects.filter(pk=theirs.pk).update(person=again, into=town.nia, since=long_ago)
    assert forgetting._gone_with(town.nia, anew(town.riverside), now=LATER) == []
