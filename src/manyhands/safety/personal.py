"""What reports hold about people: the least read and among the first forgotten things of the house."""

from manyhands.kit.personal import OPENS_A_DOOR, POINTS, sort_fields

HOLDS = (
    sort_fields(
        "safety.Trusted",
        why="So that whoever reports something can choose who must not read it.",
        internal=("id", "network", "since"),
        personal=("person",),
        unsealed={"person": POINTS},
    ),
    sort_fields("safety.Outside", why="For whoever trusts nobody inside.", public=("network", "text")),
    sort_fields(
        "safety.Report",
        why="So that people of trust can protect somebody.",
        keep_days=180,
        internal=("id", "network", "state", "outcome", "at_host", "made_at", "moved_at", "ended_at"),
        dangerous=("about", "about_words", "written_by", "words", "nonce", "token_digest"),
        unsealed={"nonce": OPENS_A_DOOR, "token_digest": OPENS_A_DOOR},
    ),
    sort_fields(
        "safety.Reader",
        why="So that nobody else reads it.",
        internal=("id", "report", "takes_it"),
        personal=("person",),
        unsealed={"person": POINTS},
    ),
    sort_fields(
        "safety.Line",
        why="So that people of trust and whoever reported can talk.",
        internal=("id", "network", "report", "is_answer", "at"),
        dangerous=("words",),
    ),
)
