"""What is kept of forms that were sent: digests, for a day."""

from manyhands.kit.personal import sort_fields

HOLDS = (
    sort_fields(
        "once.Sent",
        why="So that a form sent twice over a bad line is done once.",
        keep_days=1,
        internal=("id", "who", "mark", "said", "status", "led_to", "sent_at"),
    ),
)
