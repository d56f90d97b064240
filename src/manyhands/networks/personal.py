"""What membership tells about people."""

from manyhands.kit.personal import POINTS, sort_fields

HOLDS = (
    sort_fields(
        "networks.Network",
        why="A network is public; its rules are its own business.",
        public=("id", "slug", "name", "welcome", "language", "time_zone", "country", "is_open", "closed_note",
                "is_demo", "asleep_since", "asleep_note"),
        internal=(
            "lat", "lon", "look_first", "welcome_helpers", "ask_days", "offer_days", "claim_cap", "blur_metres",
            "hide_below", "second_step", "made_at",
        ),
    ),
    sort_fields(
        "networks.Membership",
        why="To know who may do what. That someone belongs to a group can itself endanger them.",
        keep_days=90,
        internal=("id", "network", "role", "standing", "since", "is_held"),
        personal=("person",),
        unsealed={"person": POINTS},
    ),
    sort_fields(
        "networks.Apart",
        why="So that two people of whom one was hurt by the other are never brought together.",
        internal=("id", "network", "since"),
        dangerous=("one", "other"),
        unsealed={"one": POINTS, "other": POINTS},
    ),
    sort_fields(
        "networks.Joined",
        why="So that somebody who is written down twice is one person to the desk.",
        keep_days=365,
        internal=("id", "network", "since", "stood"),
        personal=("person", "into"),
        unsealed={"person": POINTS, "into": POINTS},
    ),
    sort_fields(
        "networks.Wording", why="The network's own words.", public=("id", "network", "word", "language", "text")
    ),
)  # fmt: skip
