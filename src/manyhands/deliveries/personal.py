"""What plans tell about people, and how long they are kept after they are over."""

from manyhands.kit.personal import OPENS_A_DOOR, POINTS, REASON_OF_A_PLAN, WHEN, sort_fields

HOLDS = (
    sort_fields(
        "deliveries.Hub",
        why="To know where runs are loaded. Often somebody's home.",
        internal=("id", "network", "name", "opens", "closes", "loading_minutes", "is_used"),
        personal=("place",),
        unsealed={"place": POINTS},
    ),
    sort_fields(
        "deliveries.Plan",
        why="To share out an evening's asks so that as many as possible are met.",
        keep_days=90,
        internal=(
            "id", "network", "starts_at", "ends_at", "state", "seed", "seconds", "made_by", "made_at", "attempt",
            "started_at", "heartbeat_at", "progress", "best_so_far", "stop_asked", "summary", "published_at",
            "closed_at",
        ),
    ),
    sort_fields(
        "deliveries.Run",
        why="To tell one helper where to go, in which order, and to know when they are through.",
        keep_days=90,
        internal=(
            "id", "network", "plan", "number", "boxes", "hub", "is_locked", "metres", "load", "state", "link_dies_at",
            "set_out_at", "dropped_at", "finished_at",
        ),
        personal=(
            "helper", "available_from", "available_until", "departs_at", "hub_at", "hub_leave_at", "finish_at", "nonce",
            "token_digest",
        ),
        unsealed={
            "helper": POINTS, "nonce": OPENS_A_DOOR, "token_digest": OPENS_A_DOOR,
            **dict.fromkeys(
                ("available_from", "available_until", "departs_at", "hub_at", "hub_leave_at", "finish_at"), WHEN
            ),
        },
    ),
    sort_fields(
        "deliveries.Stop",
        why="To know which ask is brought when and by whom, and why one is not.",
        keep_days=90,
        internal=(
            "id", "plan", "run", "position", "is_locked", "late_minutes", "claim", "outcome", "marked_at", "dropped_at",
        ),
        personal=("ask", "arrive_at", "start_at", "leave_at", "reason"),
        unsealed={
            "ask": POINTS, "arrive_at": WHEN, "start_at": WHEN, "leave_at": WHEN, "reason": REASON_OF_A_PLAN,
        },
    ),
)  # fmt: skip
