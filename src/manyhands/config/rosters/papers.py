"""A roster on paper: who is asked for what, what stays empty and why, each person's share, and a calendar."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from manyhands.config.rosters.weeks import Weeks
from manyhands.kernel import rostering
from manyhands.kernel.rostering.reasons import hours
from manyhands.kernel.sheets import write_csv

ROSTER = ("shift", "date", "from", "until", "place", "role", "helper", "state", "contact", "row", "helper row")
GAPS = ("row", "shift", "date", "from", "role", "there", "minimum", "wanted", "reason", "why", "what would change it")
PEOPLE = ("row", "helper", "shifts", "hours", "hours before", "unpopular", "why nothing")
UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Papers:
    """Everything that can be written about one roster."""

    weeks: Weeks
    roster: rostering.Roster

    @cached_property
    def gaps(self) -> tuple[rostering.Gap, ...]:
        """The places that stay empty, with names of people and shifts in place of ids."""
        return rostering.gaps(self.weeks.problem, self.roster)

    @cached_property
    def reasons(self) -> dict[str, int]:
        """How often each reason, the most frequent first."""
        codes = [str(gap.reason.code) for gap in self.gaps] + [UNREADABLE] * len(self.weeks.aside)
        return dict(Counter(codes).most_common())

    def files(self) -> dict[str, bytes]:
        """Every paper by the name of its file."""
        return {
            "roster.csv": write_csv(ROSTER, self._roster_rows()),
            "gaps.csv": write_csv(GAPS, self._gap_rows()),
            "people.csv": write_csv(PEOPLE, self._people_rows()),
            "roster.html": self._html(),
            "roster.ics": self._calendar(),
        }

    def named(self, reason: rostering.Reason) -> rostering.Reason:
        """The reason with the names people know."""
        return rostering.named(reason, self.weeks.names, self.weeks.titles)

    def _when(self, shift: rostering.Shift) -> tuple[str, str, str]:
        start, end = self.weeks.moment(shift.start), self.weeks.moment(shift.end)
        return f"{start:%Y-%m-%d}", f"{start:%H:%M}", f"{end:%H:%M}"

    def _roster_rows(self) -> Iterable[list[str | float]]:
        weeks = self.weeks
        for shift in weeks.problem.shifts:
            ones = sorted(self.roster.of_shift.get(shift.id, ()), key=lambda one: (one.role, weeks.names[one.helper]))
            for one in ones:
                yield [
                    weeks.titles[shift.id],
                    *self._when(shift),
                    weeks.places[shift.id],
                    one.role,
                    weeks.names[one.helper],
                    str(one.state),
                    weeks.contacts[one.helper],
                    weeks.rows[shift.id, one.role],
                    int(one.helper),
                ]

    def _gap_rows(self) -> Iterable[list[str | float]]:
        for gap in self.gaps:
            shift, reason = self.weeks.problem.shift[gap.shift], self.named(gap.reason)
            yield [
                self.weeks.rows[gap.shift, gap.role],
                self.weeks.titles[gap.shift],
                *self._when(shift)[:2],
                gap.role,
                gap.there,
                gap.minimum,
                gap.wanted,
                str(reason.code),
                reason.sentence(),
                reason.change(),
            ]
        for aside in self.weeks.aside:
            yield [aside.row, "", "", "", "", "", "", "", UNREADABLE, aside.why, aside.change]

    def _people_rows(self) -> Iterable[list[str | float]]:
        why = rostering.idle(self.weeks.problem, self.roster)
        for helper in self.weeks.problem.helpers:
            mine = [self.weeks.problem.shift[one.shift] for one in self.roster.of_helper.get(helper.id, ())]
            yield [
                int(helper.id),
                self.weeks.names[helper.id],
                len(mine),
                hours(sum(shift.minutes for shift in mine)),
                hours(helper.had_minutes),
                sum(shift.unpopular for shift in mine),
                self.named(why[helper.id]).sentence() if helper.id in why else "",
            ]

    def _html(self) -> bytes:
        """One page to print and pin up: the days, and what is still wanted. Names only, no phones."""
        open_ = {(gap.shift, gap.role): gap for gap in self.gaps}
        days: dict[str, list[str]] = {}
        for shift in self.weeks.problem.shifts:
            date, begins, ends = self._when(shift)
            cells = []
            for role in shift.roles:
                names = [
                    _text(self.weeks.names[one.helper]) + ("" if one.state == rostering.State.CONFIRMED else " (?)")
                    for one in self.roster.of_shift.get(shift.id, ())
                    if one.role == role.name
                ]
                if gap := open_.get((shift.id, role.name)):
                    names.append(f"<b>{gap.wanted - gap.there} wanted</b>")
                cells.append((f"{_text(role.name)}: " if role.name else "") + ", ".join(names))
            line = f"<td>{begins}–{ends}</td><td>{_text(self.weeks.titles[shift.id])}</td><td>{'<br>'.join(cells)}</td>"
            days.setdefault(date, []).append(f"<tr>{line}</tr>")
        tables = "".join(
            f"<h2>{datetime.fromisoformat(day):%A %Y-%m-%d}</h2>"
            "<table><thead><tr><th>Time</th><th>Shift</th><th>Who</th></tr></thead>"
            f"<tbody>{''.join(lines)}</tbody></table>"
            for day, lines in days.items()
        )
        page = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="robots" content="noindex">'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Roster</title><style>'
            "body{font:1rem/1.45 system-ui,sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem}"
            "table{border-collapse:collapse;width:100%}th,td{text-align:start;padding:.3rem;vertical-align:top;"
            "border-bottom:1px solid #999}tr{break-inside:avoid}</style></head><body><main><h1>Roster</h1>"
            "<p>A question mark means: proposed, waits for a yes.</p>"
            f"{tables}</main></body></html>"
        )
        return page.encode("utf-8", "replace")

    def _calendar(self) -> bytes:
        """RFC 5545: one event a shift, on the clocks of the place; tentative until everyone in it said yes."""
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Manyhands//roster//EN"]
        for shift in self.weeks.problem.shifts:
            ones = self.roster.of_shift.get(shift.id, ())
            sure = bool(ones) and all(one.state == rostering.State.CONFIRMED for one in ones)
            names = ", ".join(self.weeks.names[one.helper] for one in ones)
            lines += [
                "BEGIN:VEVENT",
                f"UID:roster-{self.weeks.monday:%Y%m%d}-{shift.id}@manyhands.invalid",
                f"DTSTAMP:{self.weeks.moment(0):%Y%m%dT%H%M%SZ}",
                f"DTSTART:{self.weeks.moment(shift.start):%Y%m%dT%H%M%S}",
                f"DTEND:{self.weeks.moment(shift.end):%Y%m%dT%H%M%S}",
                f"SUMMARY:{_escaped(self.weeks.titles[shift.id])}",
                f"LOCATION:{_escaped(self.weeks.places[shift.id])}",
                f"DESCRIPTION:{_escaped(names)}",
                f"STATUS:{'CONFIRMED' if sure else 'TENTATIVE'}",
                "END:VEVENT",
            ]
        lines.append("END:VCALENDAR")
        return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode("utf-8", "replace")


def _text(words: str) -> str:
    return html.escape(words)


def _escaped(words: str) -> str:
    plain = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(plain.replace("\r", "").split("\n"))


def _folded(line: str) -> Iterable[str]:
    """No line of a calendar is longer than 75 bytes; the next ones begin with a blank."""
    part = ""
    for sign in line:
        if len((part + sign).encode("utf-8", "replace")) > 74:
            yield part
            part = " "
        part += sign
    yield part
