"""An ask's story: the journal in plain words, with the names of those who may be named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manyhands.exchange.models import Ask, Helper, Offer
from manyhands.exchange.states import AskState, OfferState, Outcome, RepeatState, WhyNotMet
from manyhands.journal import queries as journal
from manyhands.journal.models import Entry
from manyhands.networks.models import Network
from manyhands.networks.queries import Someone, may_see
from manyhands.people.models import Person

Details = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: when, who did it ("" for the house itself), and what, as a sentence."""

    at: datetime
    who: str
    what: str
    tone: str = ""


# What can be said about each thing that happens to an ask or an offer; %(name)s are filled in by `_facts`.
SENTENCES: dict[str, Any] = {
    "ask.posted": gettext_lazy("Asked."),
    "ask.ready": gettext_lazy("Looked at and made ready."),
    "ask.set_aside": gettext_lazy("Set aside to be looked at again."),
    "ask.changed": gettext_lazy("Changed: %(changed)s."),
    "ask.withdrawn": gettext_lazy("Withdrawn."),
    "ask.asked_again": gettext_lazy("Asked again."),
    "ask.still_needed": gettext_lazy("Still needed."),
    "ask.closed": gettext_lazy("Closed: %(state)s."),
    "ask.duplicate": gettext_lazy("Closed: says the same as %(of)s."),
    "ask.reopened": gettext_lazy("Opened again."),
    "ask.cause_told": gettext_lazy("What lies behind it was told."),
    "ask.claimed": gettext_lazy("Taken on by %(helper)s."),
    "ask.handed_back": gettext_lazy("Handed back by %(helper)s."),
    "ask.taken_up_again": gettext_lazy("Taken up again by %(helper)s."),
    "ask.on_the_way": gettext_lazy("On the way."),
    "ask.visited": gettext_lazy("%(helper)s was there: %(outcome)s."),
    "ask.visit_undone": gettext_lazy("The visit was marked by mistake and undone."),
    "ask.match_proposed": gettext_lazy("Put together with offer %(offer)s; both are asked."),
    "ask.match_agreed": gettext_lazy("Both agreed: offer %(offer)s."),
    "ask.match_ended": gettext_lazy("It did not work out with offer %(offer)s."),
    "ask.repeats": gettext_lazy("Comes round again from now on."),
    "ask.repeat_moved": gettext_lazy("The repeat is now: %(state)s."),
    "ask.came_round": gettext_lazy("Came round by its repeat."),
    "ask.expired": gettext_lazy("Expired: its time was over."),
    "offer.posted": gettext_lazy("Offered."),
    "offer.changed": gettext_lazy("Changed: %(changed)s."),
    "offer.moved": gettext_lazy("Now: %(state)s."),
    "offer.expired": gettext_lazy("Expired: its time was over."),
    "place.corrected": gettext_lazy("The place was put right."),
    "person.contact_changed": gettext_lazy("How to reach them was changed."),
    "person.renamed": gettext_lazy("Their name was changed."),
    "person.joined": gettext_lazy("Held to be somebody who was written down before."),
    "person.taken_out": gettext_lazy("Said to be someone else after all."),
}
# Told by the ask itself, so not told twice.
_KNOWN_ALREADY = {"place.noted", "person.noted"}
TONES = {
    "ask.posted": "new",
    "ask.claimed": "calm",
    "ask.on_the_way": "move",
    "ask.withdrawn": "over",
    "ask.duplicate": "over",
    "ask.expired": "over",
    "ask.handed_back": "wait",
    "ask.match_ended": "wait",
}
CHANGED: dict[str, Any] = {
    "words": gettext_lazy("the words"),
    "notes": gettext_lazy("the notes"),
    "category": gettext_lazy("what it is"),
    "wanted_from": gettext_lazy("when"),
    "wanted_until": gettext_lazy("when"),
    "people": gettext_lazy("how many people"),
    "boxes": gettext_lazy("boxes"),
    "minutes": gettext_lazy("minutes"),
    "skill": gettext_lazy("the skill it needs"),
    "language": gettext_lazy("the language"),
    "is_urgent": gettext_lazy("how urgent it is"),
    "kind": gettext_lazy("what it is"),
    "free_from": gettext_lazy("when"),
    "free_until": gettext_lazy("when"),
    "place": gettext_lazy("the place"),
}


def story_of(ask: Ask, *, person: Someone = None) -> list[Line]:
    """All that happened to an ask, oldest first, for the desk. Asks a handful of questions, however long it is.

    What ``person`` may not see is not named.
    """
    things = [ask, ask.place, ask.asking.asked_by]
    return _told(things, ask.asking.asked_by_id, str(_("the asker")), ask.network, person)


def story_of_offer(offer: Offer, *, person: Someone = None) -> list[Line]:
    """All that happened to an offer, oldest first, for the desk."""
    things = [offer, offer.place, offer.offered_by]
    return _told(things, offer.offered_by_id, str(_("the giver")), offer.network, person)


def _told(things: list[Any], owner: UUID, owner_word: str, network: Network, person: Someone) -> list[Line]:
    entries = [entry for entry in journal.about_many(things) if entry.verb not in _KNOWN_ALREADY]
    tell = _Teller(entries, owner, owner_word, network, person)
    return [Line(entry.at, tell.who(entry), tell.what(entry), tell.tone(entry)) for entry in entries]


class _Teller:
    """Knows the names behind the references of some entries."""

    def __init__(self, entries: list[Entry], owner: UUID, owner_word: str, network: Network, person: Someone) -> None:
        self.owner, self.owner_word = str(owner), owner_word
        people = {key for entry in entries if (key := _key(entry.by, "person"))}
        self.people = {str(person.pk): person for person in Person.objects.filter(pk__in=people)}
        helpers = Helper.objects.select_related("membership__person")
        offers, asks = may_see(person, network, by="offered_by"), may_see(person, network, by="asking__asked_by")
        self.helpers = _by_key(entries, "helper", lambda keys: helpers.filter(pk__in=keys))
        self.offers = _by_key(entries, "offer", lambda keys: Offer.objects.filter(offers, pk__in=keys))
        self.others = _by_key(entries, "of", lambda keys: Ask.objects.filter(asks, pk__in=keys))

    def who(self, entry: Entry) -> str:
        key = _key(entry.by, "person")
        if not key:
            return ""
        if key == self.owner:
            return self.owner_word
        person = self.people.get(key)
        if person is None:
            return _("someone who has left")
        return person.short_name or _("without a name")

    def what(self, entry: Entry) -> str:
        template = SENTENCES.get(entry.verb)
        if template is None:
            return _("Something else was noted: %(verb)s") % {"verb": entry.verb}
        told = str(template) % self._facts(entry.verb, entry.details)
        why = entry.details.get("why_not_met")
        if why in WhyNotMet.values:
            told = _("%(sentence)s Why: %(why)s.") % {"sentence": told, "why": WhyNotMet(why).label}
        return told

    def tone(self, entry: Entry) -> str:
        if entry.verb == "ask.closed":
            return "stuck" if entry.details.get("state") == AskState.NOT_MET else "good"
        if entry.verb == "ask.visited":
            good = {Outcome.HANDED_OVER, Outcome.LEFT_AT_DOOR, Outcome.PICKED_UP, Outcome.PARTLY}
            return "good" if entry.details.get("outcome") in good else "wait"
        return TONES.get(entry.verb, "")

    def _facts(self, verb: str, details: Details) -> dict[str, str]:
        helper = self.helpers.get(str(details.get("helper")))
        offer, other = self.offers.get(str(details.get("offer"))), self.others.get(str(details.get("of")))
        kinds: dict[str, Any] = {"ask.repeat_moved": RepeatState, "offer.moved": OfferState}
        states = kinds.get(verb, AskState)
        state, outcome = details.get("state"), details.get("outcome")
        changed = dict.fromkeys(str(CHANGED.get(name, name)) for name in details.get("changed", []))
        return {
            "helper": (helper.membership.person.short_name if helper else "") or _("a helper"),
            "offer": offer.code if offer else "",
            "of": other.code if other else _("another one"),
            "state": str(states(state).label) if state in states.values else "",
            "outcome": str(Outcome(outcome).label) if outcome in Outcome.values else "",
            "changed": ", ".join(changed) or _("nothing"),
        }


def _key(reference: str, kind: str) -> str:
    """The key in a journal's reference of this kind: "person:1234" -> "1234"."""
    return reference.removeprefix(f"{kind}:") if reference.startswith(f"{kind}:") else ""


def _by_key(entries: list[Entry], name: str, ask_for: Callable[[set[str]], Any]) -> dict[str, Any]:
    """The things some entries name in their details, by key: one question, or none."""
    keys = {str(entry.details[name]) for entry in entries if _is_key(entry.details.get(name))}
    return {str(thing.pk): thing for thing in ask_for(keys)} if keys else {}


def _is_key(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
