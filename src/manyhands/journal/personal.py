"""What the journal holds about people: references, never names."""

from manyhands.kit.personal import sort_fields

HOLDS = (
    sort_fields(
        "journal.Entry",
        why="So that everyone can see what was done and nobody can do it unseen.",
        internal=(
            "id", "at", "network", "by", "verb", "subject", "details", "chain", "by_salt", "subject_salt",
            "details_salt", "commitments", "body", "number", "digest",
        ),
    ),
    sort_fields(
        "journal.End",
        why="So that a past that was rewritten can be told from the one that was kept.",
        internal=("chain", "number", "digest"),
    ),
)  # fmt: skip
