"""What jobs hold about people: ids at most."""

from manyhands.kit.personal import sort_fields

HOLDS = (
    sort_fields(
        "jobs.Job",
        why="So that what is to be done later is done once.",
        keep_days=14,
        internal=(
            "id",
            "task",
            "arguments",
            "key",
            "priority",
            "state",
            "put_at",
            "run_at",
            "owner",
            "lease_until",
            "attempts",
            "first_tried_at",
            "last_tried_at",
            "last_error",
            "ended_at",
            "answer",
        ),
    ),
)
