"""What is held about who saw whom, and for how long: long enough to find out after harm was done."""

from manyhands.kit.personal import POINTS, sort_fields

HOLDS = (
    sort_fields(
        "privacy.Reveal",
        why="So that people can read who saw their details.",
        keep_days=730,
        internal=("id", "network", "about", "why", "parts", "day", "seen_at"),
        personal=("seen_by", "whose"),
        unsealed={"seen_by": POINTS, "whose": POINTS},
    ),
    sort_fields(
        "privacy.Limits",
        why="So that one account alone can't gather addresses.",
        public=("id", "network", "a_day", "a_month"),
    ),
    sort_fields(
        "privacy.Unlock",
        why="So that everyone can read who opened much at once, and who agreed.",
        keep_days=730,
        internal=("id", "network", "what", "about", "asked_at", "answered_at", "opens_at", "ends_at"),
        personal=("asked_by", "answered_by", "whom", "reason"),
        unsealed={"asked_by": POINTS, "answered_by": POINTS, "whom": POINTS},
    ),
    sort_fields(
        "privacy.Care",
        why="So that nobody finds somebody who would be in danger then.",
        keep_days=365,
        internal=("id", "network", "since"),
        dangerous=("person", "word"),
        unsealed={"person": POINTS},
    ),
    sort_fields(
        "privacy.Keeping",
        why="So that a network forgets sooner than the house.",
        public=("id", "network", "door_days", "words_days", "name_days"),
    ),
    sort_fields(
        "privacy.Hold",
        why="So that what the law demands is kept, and nothing beside it.",
        keep_days=730,
        internal=(
            "id",
            "network",
            "unlock",
            "codes",
            "since",
            "until",
            "review_on",
            "may_tell",
            "released_at",
        ),
        personal=("people", "released_by", "reason"),
        unsealed={"released_by": POINTS},
    ),
    sort_fields(
        "privacy.Forgotten",
        why="So that nothing is looked at twice once it is forgotten.",
        internal=("id", "model", "key", "at"),
    ),
    sort_fields(
        "privacy.Sweep",
        why="So that everyone can see that forgetting happens.",
        internal=("id", "day", "at", "counts"),
    ),
    sort_fields(
        "privacy.Erasure",
        why="So that who was forgotten has a receipt, and a key that should be gone is gone for certain.",
        internal=("id", "holder", "at", "asks", "offers", "is_held", "before", "after"),
    ),
)
