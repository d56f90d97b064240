"""Reading rosters in the format of Curtois and Qu: sections of comma-separated lines, `#` begins a comment."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from manyhands.kernel.rostering.patterns.problem import Cover, Kind, Request, Weeks, Worker


def read(path: Path) -> Weeks:
    """The problem in the file. Raises ValueError, naming the line, where it is not of this format."""
    sections: dict[str, list[list[str]]] = defaultdict(list)
    section = ""
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("SECTION_"):
            section = text.removeprefix("SECTION_")
        elif not section:
            raise ValueError(f"{path.name}, line {number}: a line before the first SECTION.")
        else:
            sections[section].append([cell.strip() for cell in text.split(",")])
    try:
        return _problem(sections)
    except (IndexError, ValueError) as wrong:
        raise ValueError(f"{path.name} is not a roster in the format of Curtois and Qu: {wrong}") from None


def _problem(sections: dict[str, list[list[str]]]) -> Weeks:
    off = {row[0]: frozenset(int(day) for day in row[1:] if day) for row in sections["DAYS_OFF"]}
    requests = [
        Request(row[0], int(row[1]), row[2], int(row[3]), on)
        for name, on in (("SHIFT_ON_REQUESTS", True), ("SHIFT_OFF_REQUESTS", False))
        for row in sections[name]
    ]
    return Weeks(
        days=int(sections["HORIZON"][0][0]),
        kinds=tuple(
            Kind(row[0], int(row[1]), _listed(row[2]) if len(row) > 2 else frozenset()) for row in sections["SHIFTS"]
        ),
        workers=tuple(
            Worker(
                id=row[0],
                most={kind: int(most) for kind, _, most in (each.partition("=") for each in row[1].split("|") if each)},
                minutes=(int(row[3]), int(row[2])),
                row=(int(row[5]), int(row[4])),
                rest=int(row[6]),
                weekends=int(row[7]),
                off=off.get(row[0], frozenset()),
            )
            for row in sections["STAFF"]
        ),
        requests=tuple(requests),
        covers=tuple(Cover(int(row[0]), row[1], int(row[2]), int(row[3]), int(row[4])) for row in sections["COVER"]),
    )


def _listed(cell: str) -> frozenset[str]:
    return frozenset(kind for kind in cell.split("|") if kind)
