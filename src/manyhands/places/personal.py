"""What places tell about people: a home address is the most dangerous thing we hold."""

from manyhands.kit.personal import POINTS, sort_fields

HOLDS = (
    sort_fields(
        "places.Area",
        why="The parts of town are public.",
        public=("id", "network", "name", "other_names", "within", "lat", "lon"),
    ),
    sort_fields(
        "places.Squares",
        why="So that nobody is found by the square they are shown in. Of a list of homes nothing else is kept.",
        internal=("id", "network", "settled", "least", "version", "measured_at", "grid", "cut"),
    ),
    sort_fields(
        "places.Place",
        why="So that the one who brings something finds the door.",
        keep_days=30,
        internal=("id", "network", "holder", "exactness", "is_found"),
        personal=("area",),
        dangerous=("text", "door", "lat", "lon"),
        unsealed={"area": POINTS},
    ),
)
