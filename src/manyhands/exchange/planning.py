"""Who could bring what: asks, helpers and offers as the matcher sees them, and its answers in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Count, Q
from django.utils.translation import gettext, gettext_lazy

from manyhands.exchange import finding, languages, queries, rules
from manyhands.exchange.models import Ask, Claim, Helper, Offer
from manyhands.exchange.states import AskState, ClaimState
from manyhands.kernel import matching
from manyhands.kernel.geo import Mode, Point
from manyhands.kernel.matching import Against, For, Window
from manyhands.networks.models import Network
from manyhands.networks.queries import kept_apart_from, may_see, same_as
from manyhands.people import queries as people
from manyhands.people.models import ContactPoint
from manyhands.places.models import Place
from manyhands.privacy.queries import in_danger

AHEAD = timedelta(days=7)  # how long something wanted "from Monday on" is reckoned to be wanted
FARTHEST = timedelta(days=60)
LATELY = timedelta(days=7)
NEVER: Window = (0, 1)

Thing = TypeVar("Thing", Ask, Helper, Offer)


@dataclass(frozen=True, slots=True)
class Fitting(Generic[Thing]):
    """One suggestion: what fits, and why, as sentences in the reader's language."""

    thing: Thing
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fits(Generic[Thing]):
    """What fits, the best first, and what does not, each with why."""

    ranked: tuple[Fitting[Thing], ...]
    left_out: tuple[Fitting[Thing], ...]


def helpers_for(ask: Ask, *, now: datetime, limit: int = 6) -> Fits[Helper]:
    """Which helpers fit an ask. How far one in danger lives from it is not said: from three asks it could be found."""
    apart = kept_apart_from(ask.asking.asked_by_id, ask.network)
    helpers = {
        str(helper.pk): helper
        for helper in queries.by_name(queries.helpers_of(ask.network))
        if helper.membership.person_id not in apart
    }
    since, until = _window_of(ask) or (now, now)
    problem = matching.Problem(
        asks=(_ask(ask, now),),
        helpers=tuple(_helpers(helpers.values(), since=since, until=until, now=now)),
        remembered=frozenset((str(ask.pk), key) for key in _who_was_there_before(ask)),
    )
    found = matching.suggest(problem, str(ask.pk), limit=limit)
    careful = in_danger(ask.network)
    hidden = frozenset(key for key, helper in helpers.items() if helper.membership.person_id in careful)
    return _fits(found, helpers, lambda pair: pair.helper_id, without_distance=hidden)


@dataclass(frozen=True, slots=True)
class AllAtOnce:
    """For each ask the helper who is best for everyone together, with why; and the asks that have nobody, with why."""

    pairs: tuple[tuple[Ask, Fitting[Helper]], ...]
    left_out: tuple[Fitting[Ask], ...]


def everyone_at_once(asks: Sequence[Ask], network: Network, *, now: datetime) -> AllAtOnce:
    """All these asks and all helpers of the network in one matching. It is a suggestion; nothing is given to anybody.

    Where a helper or an asker is in danger, how far the two are from each other is not said.
    """
    helpers = {str(helper.pk): helper for helper in queries.helpers_of(network)}
    windows = [window for ask in asks if (window := _window_of(ask))]
    apart = {ask.pk: kept_apart_from(ask.asking.asked_by_id, network) for ask in asks}
    problem = matching.Problem(
        asks=tuple(_ask(ask, now) for ask in asks),
        helpers=tuple(
            _helpers(
                helpers.values(),
                since=min((start for start, _end in windows), default=now),
                until=max((end for _start, end in windows), default=now),
                now=now,
            )
        ),
        blocked=frozenset(
            (str(ask.pk), key)
            for ask in asks
            if apart[ask.pk]
            for key, helper in helpers.items()
            if helper.membership.person_id in apart[ask.pk]
        ),
        remembered=_who_knows_whom(asks, network),
    )
    found = matching.match_all(problem)
    careful = in_danger(network)
    by_key = {str(ask.pk): ask for ask in asks}
    names = {key: helper.membership.person.short_name for key, helper in helpers.items()}
    hidden = {key for key, helper in helpers.items() if helper.membership.person_id in careful}
    quiet = {key for key, ask in by_key.items() if ask.asking.asked_by_id in careful}
    pairs = {}
    for pair in found.pairs:
        told = [
            r for r in pair.reasons if "km" not in r.facts or not (pair.helper_id in hidden or pair.ask_id in quiet)
        ]
        said = tuple(filter(None, (_said(reason, None) for reason in told)))
        pairs[pair.ask_id] = (by_key[pair.ask_id], Fitting(helpers[pair.helper_id], said))
    left = {}
    for out in found.unmatched:
        reason = out.reason
        if "km" in reason.facts and (out.ask_id in quiet or reason.facts.get("helper") in hidden):
            left[out.ask_id] = Fitting(by_key[out.ask_id], (gettext("Everyone who could do it is too far away."),))
        elif _tells_who_is_apart(reason):
            left[out.ask_id] = Fitting(by_key[out.ask_id], (gettext("Nobody fits right now."),))
        else:
            left[out.ask_id] = Fitting(by_key[out.ask_id], _why_nobody(matching.named(reason, names)))
    return AllAtOnce(
        tuple(pairs[key] for key in by_key if key in pairs), tuple(left[key] for key in by_key if key in left)
    )


def offers_for(ask: Ask, *, now: datetime, limit: int = 5, person: queries.Someone = None) -> Fits[Offer]:
    """Which open offers fit an ask: of its kind, or of no kind named. For ``person`` without what they may not see."""
    apart = kept_apart_from(ask.asking.asked_by_id, ask.network)
    may_fit = finding.offers_that_may_fit(ask).exclude(offered_by__in=apart)
    may_fit = may_fit.filter(may_see(person, ask.network, by="offered_by"))
    offers = {str(offer.pk): offer for offer in may_fit[: finding.MOST_WEIGHED]}
    problem = matching.Problem(
        asks=(_ask(ask, now, for_helper=False),), helpers=tuple(_offer(offer) for offer in offers.values())
    )
    found = matching.suggest(problem, str(ask.pk), limit=limit)
    return _fits(found, offers, lambda pair: pair.helper_id, OF_AN_OFFER)


def asks_for_offer(offer: Offer, *, now: datetime, limit: int = 8, person: queries.Someone = None) -> Fits[Ask]:
    """Which waiting asks an offer fits. For ``person`` without what they may not see."""
    apart = kept_apart_from(offer.offered_by_id, offer.network)
    may_fit = finding.asks_that_may_fit(offer).exclude(asking__asked_by__in=apart)
    may_fit = may_fit.filter(may_see(person, offer.network, by="asking__asked_by"))
    asks = {str(ask.pk): ask for ask in may_fit[: finding.MOST_WEIGHED]}
    problem = matching.Problem(
        asks=tuple(_ask(ask, now, for_helper=False) for ask in asks.values()), helpers=(_offer(offer),)
    )
    found = matching.suggest_for_helper(problem, str(offer.pk), limit=limit)
    return _fits(found, asks, lambda pair: pair.ask_id, OF_AN_OFFER)


def asks_for_helper(helper: Helper, asks: Sequence[Ask], *, now: datetime) -> Fits[Ask]:
    """These asks as they fit one helper, the best first.

    Distances go to the middle of the square everyone sees: whoever moves their own start measures out no door.
    """
    by_key = {str(ask.pk): ask for ask in asks}
    wanted = [window for ask in asks if (window := _window_of(ask))]
    problem = matching.Problem(
        asks=tuple(replace(_ask(ask, now), place=_roughly(ask.place, helper.network)) for ask in asks),
        helpers=tuple(
            _helpers(
                [helper],
                since=min((start for start, _end in wanted), default=now),
                until=max((end for _start, end in wanted), default=now),
                now=now,
            )
        ),
        remembered=frozenset((key, str(helper.pk)) for key in _known_to(helper, asks)),
    )
    found = matching.suggest_for_helper(problem, str(helper.pk), limit=max(1, len(by_key)))
    return _fits(found, by_key, lambda pair: pair.ask_id, TO_THE_HELPER)


# ── What the matcher sees ────────────────────────────────────────────────────────────────────────────────────────────


def _point(place: Place) -> Point | None:
    return None if place.lat is None or place.lon is None else Point(place.lat, place.lon)


def _roughly(place: Place, network: Network) -> Point | None:
    square = queries.square_of(place, network)
    return None if square is None else Point(square.lat, square.lon)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _window_of(thing: Ask) -> tuple[datetime, datetime] | None:
    start, end = thing.wanted_from, thing.wanted_until
    if start is None and end is None:
        return None
    if start is None:
        assert end is not None
        start = min(thing.asked_at, end - timedelta(hours=1))
    return start, end or start + AHEAD


def _ask(ask: Ask, now: datetime, *, for_helper: bool = True) -> matching.Ask:
    """``for_helper``: it takes somebody's skill and language; a pram speaks none."""
    wanted = _window_of(ask)
    return matching.Ask(
        id=str(ask.pk),
        place=_point(ask.place),
        languages=frozenset([ask.language] if for_helper and ask.language else []),
        skills=frozenset([ask.skill] if for_helper and ask.skill else []),
        windows=((_seconds(wanted[0]), _seconds(wanted[1])),) if wanted else (),
        waiting=max(0, int((now - ask.asked_at).total_seconds() // 3600)),
        weight=3 if ask.is_urgent else 1,
    )


def _helpers(
    helpers: Iterable[Helper], *, since: datetime, until: datetime, now: datetime
) -> Iterable[matching.Helper]:
    helpers = list(helpers)
    lately = dict(
        Claim.objects.filter(helper__in=[h.pk for h in helpers], claimed_at__gte=now - LATELY)
        .order_by()
        .values_list("helper")
        .annotate(Count("pk"))
    )
    for helper in helpers:
        holding = getattr(helper, "holding", None)
        holding = queries.holding(helper) if holding is None else holding
        yield matching.Helper(
            id=str(helper.pk),
            place=_point(helper.start),
            languages=frozenset(helper.languages),
            skills=frozenset(helper.skills),
            shifts=usual_hours(helper, since=since, until=until),
            open_places=max(0, rules.cap_of(helper) - holding),
            mode=Mode(helper.mode),
            days_since_helped=None if helper.last_helped_at is None else max(0, (now - helper.last_helped_at).days),
            asked_lately=lately.get(helper.pk, 0),
        )


def usual_hours(helper: Helper, *, since: datetime, until: datetime) -> tuple[Window, ...]:
    """When a helper is usually free between two moments, two months at most. None noted: any time."""
    zone = helper.network.zone
    first, last = since.astimezone(zone).date(), min(until, since + FARTHEST).astimezone(zone).date()
    windows = []
    for ahead in range(-1, (last - first).days + 1):
        day = first + timedelta(days=ahead)
        for free in helper.hours:
            if free.get("day") != day.weekday():
                continue
            start = datetime.combine(day, _clock(free.get("from"), time.min), zone)
            end = datetime.combine(day, _clock(free.get("until"), time.max), zone)
            if end <= start:  # into the night: "22:00" until "02:00"
                end = datetime.combine(day + timedelta(days=1), _clock(free.get("until"), time.max), zone)
            windows.append((_seconds(start), _seconds(end)))
    # Hours were noted, but none around then: that is not the same as any time.
    return tuple(windows) or ((NEVER,) if helper.hours else ())


def _clock(text: object, otherwise: time) -> time:
    try:
        return time.fromisoformat(str(text))
    except ValueError:
        return otherwise


def _offer(offer: Offer) -> matching.Helper:
    windows: tuple[Window, ...] = ()
    if offer.free_from is not None or offer.free_until is not None:
        start = offer.free_from or offer.offered_at
        windows = ((_seconds(start), _seconds(offer.free_until or max(start, offer.expires_at))),)
    return matching.Helper(
        id=str(offer.pk),
        place=_point(offer.place),
        languages=frozenset([offer.language] if offer.language else []),
        skills=frozenset(),
        shifts=windows,
    )


def _who_was_there_before(ask: Ask) -> set[str]:
    """Helpers who brought something to the same person before: known by their phone or e-mail, or by the repeat."""
    asker = ask.asking.asked_by
    ways = [point.value for point in asker.contact_points.all() if point.kind != "other"]
    same = Q(ask__asking__asked_by__in=same_as(asker.pk, ask.network))
    if ways:
        same |= Q(ask__asking__asked_by__in=people.reached_at(ways).values("person"))
    claims = Claim.objects.filter(same, network=ask.network, state=ClaimState.DONE)
    good = claims.filter(ask__state__in=[AskState.MET, AskState.PARTLY_MET])
    return {str(key) for key in good.values_list("helper", flat=True).distinct()}


def _who_knows_whom(asks: Sequence[Ask], network: Network) -> frozenset[tuple[str, str]]:
    """Whom of those who ask which helpers brought something to before, however many there are in three questions."""
    askers: dict[Any, set[str]] = {}
    for ask in asks:
        for person in same_as(ask.asking.asked_by_id, network):
            askers.setdefault(person, set()).add(str(ask.pk))
    points = ContactPoint.objects.exclude(kind=ContactPoint.Kind.OTHER)
    marks: dict[Any, set[str]] = {}
    for person, mark in points.filter(person__in=askers).values_list("person", "value_index"):
        marks.setdefault(bytes(mark), set()).update(askers[person])
    there: dict[Any, set[str]] = {person: set(keys) for person, keys in askers.items()}
    for person, mark in points.filter(value_index__in=list(marks)).values_list("person", "value_index"):
        there.setdefault(person, set()).update(marks[bytes(mark)])
    claims = Claim.objects.filter(network=network, state=ClaimState.DONE, ask__asking__asked_by__in=there)
    good = claims.filter(ask__state__in=[AskState.MET, AskState.PARTLY_MET])
    known = good.values_list("helper", "ask__asking__asked_by").distinct()
    return frozenset((ask, str(helper)) for helper, person in known for ask in there[person])


def _known_to(helper: Helper, asks: Sequence[Ask]) -> set[str]:
    """Those of the asks whose asker this helper brought something to before."""
    done = Claim.objects.filter(helper=helper, state=ClaimState.DONE)
    there = done.filter(ask__state__in=[AskState.MET, AskState.PARTLY_MET])
    met = there.values("ask__asking__asked_by")
    ways = ContactPoint.objects.filter(person__in=met).exclude(kind=ContactPoint.Kind.OTHER).values("value_index")
    askers = {ask.asking.asked_by_id for ask in asks}
    known = set(ContactPoint.objects.filter(person__in=askers, value_index__in=ways).values_list("person", flat=True))
    return {str(ask.pk) for ask in asks if ask.asking.asked_by_id in known}


# ── Its answers in words ─────────────────────────────────────────────────────────────────────────────────────────────

# The desk reads about helpers what the matcher says. A helper reads the same about themselves, and an offer is no one.
TO_THE_HELPER: dict[For | Against, Any] = {
    For.NEAR: gettext_lazy("%(km).1f km from where you set out, about %(minutes)d min"),
    For.SPEAKS: gettext_lazy("You speak %(languages)s"),
    For.SKILLED: gettext_lazy("You can do what it needs: %(skills)s"),
    For.FREE_THEN: gettext_lazy("You are usually free then"),
    For.KNOWN: gettext_lazy("You were there before"),
    Against.SKILL: gettext_lazy("It needs someone who can do this: %(skills)s."),
    Against.LANGUAGE: gettext_lazy("It needs someone who speaks %(languages)s."),
    Against.NOT_FREE: gettext_lazy("It is wanted at a time when you are usually not free."),
    Against.TOO_FAR: gettext_lazy("It is %(km).1f km away."),
    Against.NO_PLACES: gettext_lazy("You hold as many as you can at once."),
}
OF_AN_OFFER: dict[For | Against, Any] = {
    For.NEAR: gettext_lazy("%(km).1f km apart"),
    For.FREE_THEN: gettext_lazy("The time fits"),
    Against.NOT_FREE: gettext_lazy("The time does not fit."),
}


def _fits(
    found: matching.Suggestions,
    things: dict[str, Any],
    which: Any,
    words: dict[For | Against, Any] | None = None,
    *,
    without_distance: frozenset[str] = frozenset(),
) -> Fits[Any]:
    """The matcher's answer with the things in place of their keys. ``words`` are said in place of the matcher's own."""

    def said(key: str, reasons: Iterable[matching.Reason]) -> tuple[str, ...]:
        if key in without_distance:
            reasons = [reason for reason in reasons if "km" not in reason.facts]
        return tuple(filter(None, (_said(reason, words) for reason in reasons)))

    return Fits(
        ranked=tuple(Fitting(things[which(pair)], said(which(pair), pair.reasons)) for pair in found.ranked),
        left_out=tuple(
            Fitting(things[which(out)], said(which(out), [out.reason]) or (gettext("It is too far for them."),))
            for out in found.left_out
        ),
    )


def _tells_who_is_apart(reason: matching.Reason | None) -> bool:
    """Whether it gives away that two people here are not to meet, which the desk need not know of them."""
    if reason is None:
        return False
    return reason.code in {"blocked", "nobody_allowed"} or _tells_who_is_apart(reason.detail)


def _why_nobody(reason: matching.Reason) -> tuple[str, ...]:
    """Why an ask has nobody, what is behind that, and what would change it."""
    behind = _said(reason.detail, None) if reason.detail else ""
    return tuple(filter(None, (_said(reason, None), behind, _worded(reason).change(gettext))))


def _worded(reason: matching.Reason) -> matching.Reason:
    """The reason with languages and skills as the reader calls them."""
    facts = dict(reason.facts)
    if "languages" in facts:
        facts["languages"] = ", ".join(languages.names_of(str(facts["languages"]).split(", ")))
    if "skills" in facts:
        facts["skills"] = ", ".join(gettext(skill) for skill in str(facts["skills"]).split(", "))
    return matching.Reason(reason.code, facts)


def _said(reason: matching.Reason, words: dict[For | Against, Any] | None) -> str:
    worded = _worded(reason)
    if words is None:
        return worded.sentence(gettext)
    return str(words[reason.code]) % worded.facts if reason.code in words else ""
