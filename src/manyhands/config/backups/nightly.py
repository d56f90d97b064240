"""What happens every night without anybody: a backup, then a drill that restores it; and what the host is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings

from manyhands.config.backups import shelf
from manyhands.config.backups.archive import Unreadable
from manyhands.config.backups.databases import CannotCopy
from manyhands.config.backups.drilling import Drill, drill
from manyhands.config.backups.making import Made, make
from manyhands.kit import ring

TRY_AGAIN_AFTER = timedelta(hours=1)
RED_AFTER = timedelta(hours=48)


def is_due(*, now: datetime) -> bool:
    """Whether the night's hour has passed since the last backup, or there is none of what is here."""
    if settings.DEMO or ((tried := shelf.last_try()) and now - tried.at < TRY_AGAIN_AFTER):
        return False
    newest = next(iter(shelf.kept()), None)
    if newest is None:
        from manyhands.networks import queries

        return queries.open_to_all().exists()
    return newest.made_at < _last_hour(now)


def _last_hour(now: datetime) -> datetime:
    """The newest moment, not after now, at which the clock showed the hour of the backup."""
    today = datetime.combine(now.astimezone(UTC).date(), settings.ENV.backup_at, tzinfo=UTC)
    return today if today <= now else today - timedelta(days=1)


def drill_is_due() -> bool:
    """Whether the newest backup was made while the house was shut, and can be tried out now that it is open."""
    newest, last = next(iter(shelf.kept()), None), shelf.last_drill()
    if settings.DEMO or newest is None or not ring.is_sealed():
        return False
    return (last is None or last["backup"] != newest.path.name) and ring.is_open()


def run(*, now: datetime) -> tuple[Made, Drill | None]:
    """Back up and drill, and write down if it could not be done. A shut house is drilled once it opens."""
    shelf.note_try(at=now, failed="")
    try:
        made = make(now=now)
    except (CannotCopy, Unreadable) as no:
        shelf.note_try(at=now, failed=str(no))
        raise
    return made, drill(now=now, path=made.path) if ring.is_open() else None


def complaints(*, now: datetime) -> list[str]:
    """What a host should know about backups and drills that are late or went wrong."""
    if settings.DEMO:
        return []
    found = []
    newest = next(iter(shelf.kept()), None)
    tried, last = shelf.last_try(), shelf.last_drill()
    if tried and tried.failed and (newest is None or newest.made_at < tried.at):
        found.append(f"The last backup could not be made: {tried.failed}")
    if newest is None:
        found.append("There is no backup yet. Run `manyhands backup`, or leave the server running for a night.")
    elif now - newest.made_at > RED_AFTER:
        found.append(f"The last backup is of {_day(newest.made_at)}. Run `manyhands backup` and see what it says.")
    if last is not None and last["found"]:
        found.append(f"The last drill went wrong: {last['found'][0]} Run `manyhands drill` once that is mended.")
    elif newest is not None and (last is None or now - last["at"] > RED_AFTER):
        found.append("No backup was tried out in the last 48 hours. Run `manyhands drill`.")
    return found


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
