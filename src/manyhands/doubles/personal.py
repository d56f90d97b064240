"""What a pair tells about people: that somebody may be somebody. Codes of reasons, never the phone or the name."""

from manyhands.kit.personal import POINTS, WHY_LIKE, sort_fields

HOLDS = (
    sort_fields(
        "doubles.Pair",
        why="So that somebody who is written down twice is found, and nobody is asked about the same two again.",
        keep_days=365,
        internal=("id", "network", "state", "found_at", "answered_at", "again_on"),
        personal=("one", "other", "answered_by", "bits", "signs"),
        unsealed={"one": POINTS, "other": POINTS, "answered_by": POINTS, "bits": WHY_LIKE, "signs": WHY_LIKE},
    ),
)
