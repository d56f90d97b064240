"""What can be done about hubs, plans and runs: one file for each noun, all of it said from here."""

from manyhands.deliveries.actions.hubs import save_hub
from manyhands.deliveries.actions.plans import (
    Availability,
    Published,
    discard_plan,
    keep_plan,
    locked_plan,
    make_plan,
    note_failure,
    note_progress,
    plan_again,
    publish_plan,
    put_otherwise,
    put_stops,
    set_lock,
    stop_planning,
)
from manyhands.deliveries.actions.runs import (
    drop_run,
    finish_run,
    hand_back_stop,
    mark_stop,
    set_out,
    take_run_up_again,
    unmark_stop,
)

__all__ = [
    "Availability",
    "Published",
    "discard_plan",
    "drop_run",
    "finish_run",
    "hand_back_stop",
    "keep_plan",
    "locked_plan",
    "make_plan",
    "mark_stop",
    "note_failure",
    "note_progress",
    "plan_again",
    "publish_plan",
    "put_otherwise",
    "put_stops",
    "save_hub",
    "set_lock",
    "set_out",
    "stop_planning",
    "take_run_up_again",
    "unmark_stop",
]
