"""What is held about people, how much harm it could do, and for how long."""

from manyhands.kit.personal import FINDS, OPENS_A_DOOR, SPOKEN, sort_fields

HOLDS = (
    sort_fields(
        "people.Person",
        why="To know whom an ask, an offer or a sign-in belongs to.",
        keep_days=365,
        internal=("id", "is_host", "is_demo", "joined_at", "last_login"),
        personal=("name", "login", "login_index", "language", "password"),
        unsealed={"login_index": FINDS, "language": SPOKEN, "password": OPENS_A_DOOR},
    ),
    sort_fields(
        "people.ContactPoint",
        why="So that the one who brings something can say they are at the door.",
        keep_days=90,
        internal=("id", "person", "kind", "row"),
        personal=("value", "value_index", "typed", "note"),
        unsealed={"value_index": FINDS},
    ),
    sort_fields(
        "people.Invitation",
        why="To let someone set how they sign in, once.",
        keep_days=7,
        internal=("id", "person", "made_at", "expires_at", "used_at"),
        personal=("nonce", "token_digest"),
        unsealed={"nonce": OPENS_A_DOOR, "token_digest": OPENS_A_DOOR},
    ),
    sort_fields(
        "people.Device",
        why="So that people see where they are signed in, and can end it. No address and no traits of the browser.",
        keep_days=30,
        internal=("id", "person", "browser", "is_own", "begun_at", "seen_at"),
        personal=("name",),
    ),
    sort_fields(
        "people.SignInCode",
        why="To sign in without a password. Codes that are over are swept.",
        keep_days=1,
        internal=("id", "person", "tries_left", "made_at", "expires_at"),
    ),
    sort_fields(
        "people.Passkey",
        why="To sign in with a phone, a computer or a stick. Only the public half is here.",
        keep_days=365,
        internal=("id", "person", "digest", "credential", "uses", "made_at"),
    ),
    sort_fields(
        "people.Authenticator",
        why="The second step of whoever looks after others. The secret is sealed under the key ring.",
        keep_days=365,
        internal=("person", "secret", "last_step", "made_at"),
    ),
    sort_fields(
        "people.RecoveryCode",
        why="A way back in on paper, for when the phone is lost.",
        keep_days=365,
        internal=("id", "person", "digest"),
    ),
    sort_fields(
        "people.SecondStepDue",
        why="So that nobody who looks after a network is shut out without having been told in time.",
        keep_days=365,
        internal=("person", "told_at"),
    ),
)
