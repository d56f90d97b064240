"""What is done by the clock, and how often: the one page where it is all read. `manyhands work` sees to it."""

from __future__ import annotations

from datetime import timedelta

from manyhands.config.backups import tasks as backups
from manyhands.doubles import tasks as doubles
from manyhands.exchange import tasks as exchange
from manyhands.jobs import tasks as jobs
from manyhands.jobs.timetable import every
from manyhands.kit import tasks as kit
from manyhands.notices import tasks as notices
from manyhands.once import tasks as once
from manyhands.people import tasks as people
from manyhands.privacy import tasks as privacy

TIMETABLE = (
    every(minutes=1, do=exchange.come_round),
    every(minutes=1, do=exchange.expire_what_is_due),
    every(minutes=1, do=exchange.read_inbox),
    every(minutes=5, do=exchange.let_through_what_nobody_sees),
    every(hours=1, do=exchange.take_off_the_form),
    every(minutes=5, do=exchange.sweep_kept_files),
    every(minutes=5, do=kit.sweep_limits),
    every(minutes=5, do=people.sweep_codes),
    every(hours=1, do=people.sweep_devices),
    every(hours=24, past=timedelta(hours=4), do=doubles.look_everywhere),
    every(hours=24, do=jobs.forget_what_is_over),
    every(hours=1, do=once.forget_what_is_over),
    every(hours=24, do=notices.forget_what_is_over),
    every(hours=1, do=exchange.forget_again),
    every(hours=1, do=privacy.forget_what_is_over),
    # It knows the host's hour itself, and when to try again.
    every(minutes=1, do=backups.back_up_at_night),
)
