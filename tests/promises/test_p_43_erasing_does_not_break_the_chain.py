"""P-43: a hundred people are taken out of the journal; the chain closes, the counts are the same, nobody is named."""

from __future__ import annotations

import uuid

from manyhands.journal import actions, queries
from manyhands.journal.models import Entry
from manyhands.people.models import Person
from tests.cast import NOW
from tests.journal.test_the_chain_of_what_happened import seal


def test_a_hundred_people_are_taken_out(town):
    people = [Person(pk=uuid.uuid4(), name=f"Canary {number}") for number in range(120)]
    for number, person in enumerate(people):
        actions.record("person.noted", person, by=person, now=NOW)
        actions.record("ask.noted", town.groceries, by=person, now=NOW, n=number)
        actions.record(
            "ask.claimed", town.groceries, by=town.dee, now=NOW, network=town.riverside.pk, helper=str(person.pk)
        )
    seal()
    head = queries.head_of(town.riverside.pk, name="riverside", on=NOW.date())
    counts = sorted(Entry.objects.values_list("chain", "verb", "at"))

    gone, staying = people[:100], people[100:]
    taken = actions.blank([actions.reference(person) for person in gone], by=None, now=NOW)
    seal()

    # person.noted: by, subject, details; ask.noted: by; ask.claimed: details
    assert taken == 100 * 5
    for chain in queries.chains():
        assert queries.walk(chain).faults == ()
    assert queries.walk(town.riverside.pk, witness=head).faults == ()  # the witness still stands
    assert sorted(Entry.objects.exclude(verb="journal.blanked").values_list("chain", "verb", "at")) == counts
    told = str(list(Entry.objects.values_list("by", "subject", "details")))
    assert not [person for person in gone if str(person.pk) in told]
    assert all(told.count(str(person.pk)) == 4 for person in staying)
