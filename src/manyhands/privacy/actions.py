"""The one door to a contact detail: it asks the table, shows, and leaves a trace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from manyhands.journal import actions as journal
from manyhands.kit import codes, ring
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.networks import actions as networks
from manyhands.networks.models import Apart, Network
from manyhands.networks.queries import kept_apart_from, role_of, same_as
from manyhands.people.models import Person
from manyhands.privacy import policy, queries, rules, showing
from manyhands.privacy.forgetting import Clock, mark, shred
from manyhands.privacy.models import Care, Erasure, Hold, Keeping, Limits, Reveal, Unlock
from manyhands.privacy.showing import ASK_THE_DESK, NOTHING, Shown, Way, Whose
from manyhands.privacy.states import ABOUT_ONE, Bulk, Part, Why

AT_ONCE = 500
OPEN_FOR = timedelta(hours=24)  # after the second yes
DOOR_OPEN_FOR = timedelta(days=7)  # and no longer than the helper holds the ask
ANSWER_WITHIN = timedelta(days=3)
# Who has nobody to ask tells everyone, and waits.
ALONE_WAITS = timedelta(hours=24)

__all__ = [
    "ASK_THE_DESK",
    "NOTHING",
    "Clock",
    "Erasure",
    "Shown",
    "Way",
    "Whose",
    "answer",
    "ask_to_open",
    "destroy_key",
    "destroy_keys_left_over",
    "end_care",
    "erase",
    "hold",
    "keep",
    "keys_must_go",
    "limit",
    "mark",
    "protect_each",
    "release",
    "reveal",
    "reveal_one",
    "shred",
    "take_care",
]


def reveal(
    people: Sequence[Whose],
    *,
    why: Why,
    by: Person | None,
    network: Network,
    now: datetime,
    only: frozenset[Part] | None = None,
) -> list[Shown]:
    """Show some people's details to ``by``, as far as the table lets them, and write down that they were seen.

    ``by`` is ``None`` for the server's own terminal. ``only`` asks for less than the table gives. The answer stands in
    the order of the question. Two questions to the database, one where all of it was seen before on the same day.
    """
    ground = policy.GROUNDS[why]
    parts = ground.parts
    if ground.role is not None and by is not None:
        parts = policy.parts_shown(why, role_of(by, network))
    if only is not None:
        parts &= only
    found = [
        showing.held_back(parts) if whose.person.pk in hidden else showing.shown(whose, parts)
        for whose, hidden in _with_care(people, ground, parts, by=by, network=network, now=now)
    ]
    if why in policy.OF_MEMBERS and by is not None and (apart := kept_apart_from(by.pk, network)):
        # As of somebody who left none: that they are kept apart is written nowhere.
        found = [NOTHING if of.person.pk in apart else each for of, each in zip(people, found, strict=True)]
    if ground.leaves_trace:
        _trace(zip(people, found, strict=True), why=why, by=by, network=network, now=now)
    return found


def _with_care(
    people: Sequence[Whose],
    ground: policy.Ground,
    parts: frozenset[Part],
    *,
    by: Person | None,
    network: Network,
    now: datetime,
) -> Iterable[tuple[Whose, frozenset[UUID]]]:
    """Each of some people with who among all is held back from this look."""
    careful = queries.in_danger(network) if parts - ground.in_danger else frozenset()
    if not careful or not ground.by_two or by is None:
        for whose in people:
            yield whose, careful
        return
    # An ask's door opens by its code, a helper's own by whose it is.
    doors, homes = (
        (queries.doors_opened_to(by, network, now=now), set())
        if ground.role is None
        else (set(), queries.homes_opened_to(by, network, now=now))
    )
    for whose in people:
        yield whose, frozenset() if whose.about in doors or whose.person.pk in homes else careful


def reveal_one(
    person: Person,
    place: showing.Where | None = None,
    *,
    about: str = "",
    why: Why,
    by: Person | None,
    network: Network,
    now: datetime,
    only: frozenset[Part] | None = None,
) -> Shown:
    """The same for one person."""
    return reveal([Whose(person, place, about)], why=why, by=by, network=network, now=now, only=only)[0]


def _seen(shown: Shown) -> str:
    """What was really there to be seen: who left no phone has none to be seen."""
    there = []
    if shown.text or shown.door:
        there.append(Part.PLACE)
    if shown.is_on_map:
        there.append(Part.SPOT)
    if shown.ways:
        there.append(Part.REACH)
    # A name alone says little; with the rest it says whose it is.
    if there and shown.name:
        there.insert(0, Part.NAME)
    return ",".join(there)


def _trace(
    pairs: Iterable[tuple[Whose, Shown]], *, why: Why, by: Person | None, network: Network, now: datetime
) -> None:
    day = now.astimezone(network.zone).date()
    fresh: dict[tuple[UUID, str, str], Reveal] = {}
    for whose, shown in pairs:
        parts = _seen(shown)
        if not parts or (by is not None and whose.person.pk == by.pk):
            continue
        fresh.setdefault(
            (whose.person.pk, whose.about, parts),
            Reveal(
                network=network, seen_by=by, whose=whose.person, about=whose.about, why=why, parts=parts, day=day,
                seen_at=now,
            ),
        )  # fmt: skip
    if not fresh:
        return
    # Most pages were looked at before on the same day: then nothing is written, and no writer waits.
    known = Reveal.objects.filter(network=network, seen_by=by, why=why, day=day)
    if len(fresh) <= AT_ONCE:
        known = known.filter(whose__in={key[0] for key in fresh})
    for key in known.values_list("whose_id", "about", "parts"):
        fresh.pop(key, None)
    if fresh:
        Reveal.objects.bulk_create(fresh.values(), batch_size=AT_ONCE, ignore_conflicts=True)


# ── What takes two ───────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def ask_to_open(
    *, what: str, network: Network, reason: str, by: Person, now: datetime, about: str = "", whom: Person | None = None
) -> Unlock:
    """Ask for a second person's yes. Who is alone at the desk waits a day instead, and every member can read it.

    ``about`` and ``whom`` are the ask's code and the helper its door shall open to; or ``whom`` alone is the helper
    whose own door and phone shall open to ``by``, or whose extra care shall end.
    """
    refuse_if(rules.why_not_ask_to_open(by, network, what, about=about, whom=whom))
    if not reason.strip():
        raise Refused(_("Say what for: the other one decides by it."))
    is_alone = queries.others_of_the_desk(by, network) == 0
    if is_alone and what in {Bulk.HOME, Bulk.LESS_CARE}:
        raise Refused(_("That takes two of the desk, or the person themself on their own page."))
    # For one door the first question stands as long as it waits. A home opens to nobody but whoever asked.
    asker = by if what == Bulk.HOME else None
    if what in ABOUT_ONE and (found := queries.waiting_for(network, what, about, whom, now=now, by=asker)) is not None:
        return found
    opens_at = now + ALONE_WAITS if is_alone else None
    unlock = Unlock.objects.create(
        network=network, what=what, asked_by=by, reason=reason.strip()[:200], asked_at=now, opens_at=opens_at,
        ends_at=opens_at + _open_for(what) if opens_at is not None else now + ANSWER_WITHIN, about=about, whom=whom,
    )  # fmt: skip
    journal.record("unlock.asked", unlock, by=by, now=now, what=what, alone=is_alone)
    return unlock


@transaction.atomic
def answer(unlock: Unlock, *, yes: bool, by: Person, now: datetime) -> Unlock:
    """Agree to what takes two, or say no. Once answered it stays answered, whoever presses in the same second."""
    unlock = Unlock.objects.select_for_update(of=("self",)).select_related("network").get(pk=unlock.pk)
    refuse_if(rules.why_not_answer(by, unlock, now=now))
    unlock.answered_by, unlock.answered_at = by, now
    unlock.opens_at, unlock.ends_at = (now, now + _open_for(unlock.what)) if yes else (None, now)
    unlock.save(update_fields=["answered_by", "answered_at", "opens_at", "ends_at"])
    if yes and unlock.what == Bulk.LESS_CARE and unlock.whom is not None:
        _care_ends(unlock.whom, unlock.network, by=by, now=now)
    journal.record("unlock.agreed" if yes else "unlock.refused", unlock, by=by, now=now, what=unlock.what)
    return unlock


def _open_for(what: str) -> timedelta:
    return DOOR_OPEN_FOR if what == Bulk.DOOR else OPEN_FOR


# ── Somebody who would be in danger ──────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def take_care(person: Person, *, network: Network, by: Person, now: datetime, word: str = "") -> Care:
    """From now on nobody sees where somebody lives or how to reach them but by two of the desk.

    ``word`` is what the desk says first when it calls; without one a short code is drawn. Doing it again changes
    nothing but the word.
    """
    refuse_if(rules.why_not_take_care(by, person, network))
    care, made = Care.objects.get_or_create(
        network=network, person=person, defaults={"since": now, "word": word.strip()[:60] or codes.fresh_code()}
    )
    if not made and word.strip():
        care.word = word.strip()[:60]
        care.save(update_fields=["word"])
    network.__dict__.pop("_in_danger", None)
    # Whose it is stands in no journal: it is kept longer than the danger lasts.
    journal.record("care.taken", care, by=None if by.pk == person.pk else by, now=now, network=network.pk)
    return care


@transaction.atomic
def end_care(person: Person, *, network: Network, by: Person, now: datetime) -> None:
    """The person themself says that it is no longer needed; the desk asks :func:`ask_to_open` with two."""
    refuse_if(rules.why_not_end_care(by, person))
    _care_ends(person, network, by=None, now=now)


def _care_ends(person: Person, network: Network, *, by: Person | None, now: datetime) -> None:
    # The desk means the person, however often they are written down; they themself what they hold the link of.
    people = {person.pk} if by is None else same_as(person.pk, network)
    for care in Care.objects.filter(network=network, person__in=people):
        journal.record("care.ended", care, by=by, now=now, network=network.pk)
        care.delete()
    network.__dict__.pop("_in_danger", None)


@transaction.atomic
def protect_each(people: Iterable[UUID], *, network: Network, now: datetime) -> None:
    """Before some who are held for one person part: what protects one of them protects each, also alone.

    Extra care and being kept apart stay until they are lifted in the usual way, whoever takes people apart.
    """
    records = {person.pk: person for person in Person.objects.filter(pk__in=list(people))}
    careful = set(Care.objects.filter(network=network, person__in=records).values_list("person", flat=True))
    for key in sorted(records.keys() - careful) if careful else ():
        care = Care.objects.create(network=network, person=records[key], since=now, word=codes.fresh_code())
        journal.record("care.taken", care, by=None, now=now, network=network.pk)
    apart = {key: kept_apart_from(key, network) for key in records}
    others = Person.objects.in_bulk({other for found in apart.values() for other in found})
    rows = Apart.objects.filter(network=network).values_list("one", "other")
    said = {frozenset(row) for row in rows}
    for key, found in sorted(apart.items()):
        for other in sorted(each for each in found & others.keys() if frozenset((key, each)) not in said):
            networks.keep_apart(network, records[key], others[other], apart=True, now=now)
    network.__dict__.pop("_in_danger", None)


@transaction.atomic
def limit(network: Network, *, a_day: int, a_month: int, by: Person | None, now: datetime) -> Limits:
    """Set how many addresses one helper may open by themselves."""
    refuse_if(rules.why_not_limit(by, network))
    limits, _made = Limits.objects.update_or_create(network=network, defaults={"a_day": a_day, "a_month": a_month})
    journal.record("network.limited", network, by=by, now=now, network=network.pk, a_day=a_day, a_month=a_month)
    return limits


# ── What is kept, and for how long ───────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def keep(network: Network, *, by: Person | None, now: datetime, **days: int) -> Keeping:
    """Keep what is over for fewer days than the house. Raises ``Refused`` for more."""
    refuse_if(rules.why_not_limit(by, network))
    keeping = Keeping.objects.select_for_update().filter(network=network).first() or Keeping(network=network)
    for name, value in days.items():
        setattr(keeping, name, value)
    try:
        keeping.full_clean(exclude=["network"])
    except ValidationError:
        raise Refused(_("A network keeps things no longer than the house.")) from None
    keeping.save()
    journal.record("network.keeps", network, by=by, now=now, network=network.pk, **days)
    return keeping


@transaction.atomic
def hold(
    network: Network,
    *,
    reason: str,
    codes: Sequence[str],
    people: Sequence[UUID],
    since: date | None,
    until: date | None,
    review_on: date,
    may_tell: bool,
    by: Person,
    now: datetime,
) -> Hold:
    """Keep just these things from being forgotten, because the law demands it: at once, and for good with a second yes.

    ``codes`` are asks, ``people`` everything of these; a span narrows both, and alone means all asks of those days.
    """
    refuse_if(rules.why_not_limit(by, network))
    if not (codes or people or since or until):
        raise Refused(_("Say what has to be kept: asks by their codes, people, or days."))
    unlock = ask_to_open(what=Bulk.HOLD, network=network, reason=reason, by=by, now=now)
    held = Hold.objects.create(
        network=network, unlock=unlock, reason=reason.strip()[:300], codes=sorted(codes), since=since, until=until,
        people=sorted(map(str, people)), review_on=review_on, may_tell=may_tell,
    )  # fmt: skip
    journal.record("hold.asked", held, by=by, now=now, network=network.pk, codes=len(codes), people=len(people))
    return held


@transaction.atomic
def release(held: Hold, *, by: Person, now: datetime) -> Hold:
    """The law demands it no more: the next sweep forgets what is over."""
    refuse_if(rules.why_not_limit(by, held.network))
    held = Hold.objects.select_for_update(of=("self",)).select_related("network").get(pk=held.pk)
    if held.released_at is None:
        held.released_at, held.released_by = now, by
        held.save(update_fields=["released_at", "released_by"])
        journal.record("hold.released", held, by=by, now=now, network=held.network_id)
    return held


# ── Forgetting somebody ──────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def erase(person: Person, *, asks: int, offers: int, now: datetime, is_held: bool = False) -> Erasure:
    """Forget who saw them, and note that their key has to die. Call it in the transaction that blanks all the rest.

    ``is_held``: the law demands some of it, and the key lives until that ends.

    What they saw of others stays: those people may still read it, without a name.
    """
    Reveal.objects.filter(whose=person).delete()
    Care.objects.filter(person=person).delete()
    erasure, made = Erasure.objects.get_or_create(
        holder=person.pk, defaults={"at": now, "asks": asks, "offers": offers, "is_held": is_held}
    )
    if not made and erasure.is_held != is_held:
        erasure.is_held = is_held
        erasure.save(update_fields=["is_held"])
    return erasure


def destroy_key(erasure: Erasure, *, now: datetime) -> Erasure:
    """Destroy the key of somebody whose erasure is committed: then the backups of before hold nothing of them either.

    Doing it twice gives the same receipt. What was interrupted before this is finished by the next sweep. Where the law
    demands some of it, nothing is destroyed yet.
    """
    if erasure.is_held:
        return erasure
    receipt = ring.forget(erasure.holder, now=now)
    erasure.before, erasure.after = receipt.before.hex(), receipt.after.hex()
    erasure.save(update_fields=["before", "after"])
    return erasure


def destroy_keys_left_over(*, now: datetime) -> int:
    """Finish erasures that were interrupted between the two."""
    left = list(Erasure.objects.filter(after="", is_held=False))
    # All in one turn of the ring: a network that falls asleep leaves many.
    receipts = ring.forget_all([erasure.holder for erasure in left], now=now) if left else []
    for erasure, receipt in zip(left, receipts, strict=True):
        erasure.before, erasure.after = receipt.before.hex(), receipt.after.hex()
    Erasure.objects.bulk_update(left, ["before", "after"], batch_size=AT_ONCE)
    return len(left)


def keys_must_go(holders: Iterable[UUID], *, now: datetime) -> None:
    """Note that the keys of many have to die, in the transaction that blanks them. The next sweep sees to it."""
    fresh = [Erasure(holder=holder, at=now) for holder in holders]
    Erasure.objects.bulk_create(fresh, batch_size=AT_ONCE, ignore_conflicts=True)
