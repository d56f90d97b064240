"""What can be done about reports. No entry of the journal says whom one is about, or who wrote it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from manyhands.exchange import actions as exchange
from manyhands.journal import actions as journal
from manyhands.kit import links
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.networks import actions as networks
from manyhands.networks.models import Network
from manyhands.networks.queries import with_those_joined
from manyhands.notices import actions as notices
from manyhands.people.models import Person
from manyhands.safety import queries, rules
from manyhands.safety.models import Line, Outside, Reader, Report, Trusted
from manyhands.safety.states import ReportState


class OnlyTheHostIsLeft(Refused):
    """Everyone of trust is named: it would go to the host, which has to be said before it is sent."""


@transaction.atomic
def choose(network: Network, *, people: Collection[Person], outside: str, by: Person | None, now: datetime) -> None:
    """Say who reads reports here from now on; reports that were sent stay with whom they were sent to."""
    refuse_if(rules.why_not_choose(by, network, chosen=len(people)))
    Trusted.objects.filter(network=network).exclude(person__in=people).delete()
    for person in people:
        Trusted.objects.get_or_create(network=network, person=person, defaults={"since": now})
    Outside.objects.update_or_create(network=network, defaults={"text": outside.strip()[:300]})
    journal.record("trust.chosen", network, by=by, now=now, network=network.pk, people=len(people))


@transaction.atomic
def report(
    network: Network, *, words: str, about: Person | None, about_words: str, not_these: Iterable[UUID],
    written_by: Person | None, to_host: bool, now: datetime,
) -> Report:  # fmt: skip
    """Tell people of trust. ``not_these`` must not read it, nor whom it is about; with ``to_host`` the host may.

    Raises :class:`OnlyTheHostIsLeft` where nobody of trust is left and the host was not agreed to.
    """
    if not words.strip():
        raise Refused(_("Please say in a few words what happened."))
    closed_to = {*not_these, *(person.pk for person in (about, written_by) if person is not None)}
    closed_to |= with_those_joined(closed_to, network)
    readers, is_host = queries.readers_without(network, closed_to)
    if not readers:
        raise Refused(_("Nobody here is left who could read it. Please turn to somebody outside."))
    if is_host and not to_host:
        raise OnlyTheHostIsLeft(
            _("Nobody of trust is left who could read it. It would go to the host of this install.")
        )
    key, nonce = uuid4(), links.fresh_nonce()
    made = Report.objects.create(
        id=key, network=network, about=str(about.pk) if about else "", about_words="" if about else about_words.strip(),
        written_by=str(written_by.pk) if written_by else "", words=words.strip(), at_host=is_host, nonce=nonce,
        token_digest=links.digest(links.token_for("report", key, nonce)), made_at=now, moved_at=now,
    )  # fmt: skip
    Reader.objects.bulk_create(Reader(report=made, person=person) for person in readers)
    journal.record("report.made", made, by=None, now=now)
    for person in readers:
        notices.tell(person, kind="report", about=made.pk, link="/reports/", by=None, now=now)
    return made


def _locked(report: Report) -> Report:
    return Report.objects.select_for_update(of=("self",)).select_related("network").get(pk=report.pk)


def _moved(report: Report, state: str, *, now: datetime) -> None:
    refuse_if(rules.why_not_move(report, state))
    over = state in {ReportState.ENDED, ReportState.WITHDRAWN}
    report.state, report.moved_at, report.ended_at = state, now, now if over else None
    report.save(update_fields=["state", "moved_at", "ended_at"])


@transaction.atomic
def add(report: Report, *, words: str, now: datetime) -> Line:
    """Whoever wrote the report adds to it; what had ended is taken up again."""
    report = _locked(report)
    refuse_if(rules.why_not_write(report))
    if report.state == ReportState.ENDED:
        _moved(report, ReportState.TAKEN, now=now)
    return _line(report, words, is_answer=False, now=now)


@transaction.atomic
def answer(report: Report, *, words: str, by: Person, now: datetime) -> Line:
    """Somebody of trust answers, and looks after it if nobody did."""
    report = _locked(report)
    refuse_if(rules.why_not_read(by, report) or rules.why_not_write(report))
    _take(report, by=by, now=now)
    return _line(report, words, is_answer=True, now=now)


def _line(report: Report, words: str, *, is_answer: bool, now: datetime) -> Line:
    if not words.strip():
        raise Refused(_("Please write something first."))
    report.moved_at = now
    report.save(update_fields=["moved_at"])
    return Line.objects.create(
        network=report.network, report=report, words=words.strip()[:4000], is_answer=is_answer, at=now
    )


def _take(report: Report, *, by: Person, now: datetime) -> None:
    Reader.objects.filter(report=report, person=by).update(takes_it=True)
    if report.state == ReportState.NEW:
        _moved(report, ReportState.TAKEN, now=now)
        journal.record("report.taken", report, by=by, now=now)


@transaction.atomic
def take(report: Report, *, by: Person, now: datetime) -> None:
    """Say that one looks after it: the other readers and whoever wrote it see that somebody does."""
    report = _locked(report)
    refuse_if(rules.why_not_read(by, report))
    _take(report, by=by, now=now)


@transaction.atomic
def end(report: Report, *, outcome: str, by: Person, now: datetime) -> None:
    """Close it, and say what came of it. What protects stays until it is lifted."""
    report = _locked(report)
    refuse_if(rules.why_not_read(by, report))
    report.outcome = outcome
    report.save(update_fields=["outcome"])
    _moved(report, ReportState.ENDED, now=now)
    journal.record("report.ended", report, by=by, now=now)


@transaction.atomic
def withdraw(report: Report, *, now: datetime) -> None:
    """Whoever wrote it takes it back: its words go at once, and so does who wrote it about whom."""
    report = _locked(report)
    _moved(report, ReportState.WITHDRAWN, now=now)
    report.words = report.about = report.about_words = report.written_by = ""
    report.save(update_fields=["words", "about", "about_words", "written_by"])
    report.lines.all().delete()
    journal.record("report.withdrawn", report, by=None, now=now)


@transaction.atomic
def set_aside(report: Report, *, aside: bool, by: Person, now: datetime) -> None:
    """Let whom it is about rest until it is looked into, with all they hold handed back; or let them back."""
    report = _locked(report)
    refuse_if(rules.why_not_read(by, report) or rules.why_not_protect(report, needs_both=False))
    membership = queries.membership_of_the_one_meant(report)
    if membership is None:
        raise Refused(_("They are not a member here, so there is nothing to pause."))
    networks.hold(membership, is_held=aside, now=now)
    _take(report, by=by, now=now)


@transaction.atomic
def keep_apart(report: Report, *, apart: bool, by: Person, now: datetime) -> None:
    """Let nothing bring the two together any more, and end what does now; or end that."""
    report = _locked(report)
    refuse_if(rules.why_not_read(by, report) or rules.why_not_protect(report, needs_both=True))
    one, other = queries.person_of(report.about), queries.person_of(report.written_by)
    if one is None or other is None:
        raise Refused(_("They are not here any more."))
    networks.keep_apart(report.network, one, other, apart=apart, now=now)
    if apart:
        exchange.part(report.network, one, other, now=now)
    _take(report, by=by, now=now)
