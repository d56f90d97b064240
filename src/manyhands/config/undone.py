"""What was to be done later and was not, in sentences a host can act on."""

from __future__ import annotations

from datetime import timedelta

UNWORKED_AFTER = timedelta(minutes=15)


def complaints() -> list[str]:
    """Jobs that failed, jobs nobody works on, notices nobody got."""
    from manyhands.jobs import queries
    from manyhands.notices import queries as notices
    from manyhands.notices.states import WhyNot

    found = []
    untold = notices.untold(queries.moment())
    if too_many := untold.filter(why_not=WhyNot.TOO_MANY).count():
        found.append(
            f"{too_many} text messages did not go out: there were more than a day may have. If people asked for them, "
            "set MANYHANDS_TEXTS_A_DAY higher; if nobody did, somebody is playing with the sign-in page."
        )
    if others := untold.exclude(why_not=WhyNot.TOO_MANY).count():
        found.append(f"{others} notices could not be sent. Look at MANYHANDS_MAIL_URL and MANYHANDS_TEXT_URL.")
    if failed := queries.failed().count():
        found.append(f"{failed} jobs failed for good. `manyhands jobs` lists them.")
    if late := queries.late(queries.moment(), by=UNWORKED_AFTER).count():
        found.append(
            f"{late} jobs have waited for more than 15 minutes. Is `manyhands serve` or `manyhands work` running?"
        )
    return found
