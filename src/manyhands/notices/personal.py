"""What notices hold about people: whom, never where or what."""

from manyhands.kit.personal import POINTS, sort_fields

HOLDS = (
    sort_fields(
        "notices.Notice",
        why="To tell each thing once, and to know what could not be told.",
        keep_days=14,
        # What it is about is an id or a code, and its link a page of ours: actions.tell refuses text.
        internal=("id", "kind", "about", "link", "key", "way", "state", "why_not", "made_at", "ended_at"),
        personal=("person",),
        unsealed={"person": POINTS},
    ),
)
