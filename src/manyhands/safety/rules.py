"""Every "may I?" about reports: None, or why not."""

from __future__ import annotations

from django.utils.translation import gettext as _

from manyhands.networks.models import Network
from manyhands.networks.queries import may
from manyhands.networks.states import Role
from manyhands.people.models import Person
from manyhands.safety import queries
from manyhands.safety.models import Report
from manyhands.safety.states import MOVES, ReportState

FEWEST = 2


def why_not_choose(person: Person | None, network: Network, *, chosen: int) -> str | None:
    """Say who reads reports here."""
    if person is not None and not may(person, network, Role.STEWARD):
        return _("Only a steward of this network can change how it works.")
    if 0 < chosen < FEWEST:
        return _("Choose at least two: one alone could be the one it is about.")
    return None


def why_not_read(person: Person | None, report: Report) -> str | None:
    if not queries.visible_to(person).filter(pk=report.pk).exists():
        return _("This report is not yours to read.")
    return None


def why_not_move(report: Report, state: str) -> str | None:
    if state not in MOVES[report.state]:
        return _("That is not possible from here.")
    return None


def why_not_write(report: Report) -> str | None:
    if report.state == ReportState.WITHDRAWN:
        return _("This report was taken back. You can write a new one.")
    return None


def why_not_protect(report: Report, *, needs_both: bool) -> str | None:
    """Set aside whom it is about, or keep the two apart."""
    if not report.about or (needs_both and not report.written_by):
        return _("The report names nobody whom this house knows. Please ask who it is.")
    return None
