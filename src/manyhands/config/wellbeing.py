"""What may be wrong with an install, in sentences a host can act on."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.utils import timezone

from manyhands.config import undone
from manyhands.config.backups import nightly

if TYPE_CHECKING:
    from manyhands.kit.ring import Ring

SWAPS = Path("/proc/swaps")
LEAST_FREE_BYTES = 500 * 1024 * 1024


def complaints() -> list[str]:
    """Everything found wrong; an empty list where all is well."""
    try:
        messages = checks.run_checks(include_deployment_checks=True, databases=["default"])
        # Of Django's own advice only what is serious: the rest is about servers without Caddy in front.
        found = [str(message.msg) for message in messages if message.is_serious() or _is_ours(message)]
        found += _database()
    except DatabaseError as error:
        found = [f"The database can't be reached: {str(error).strip().splitlines()[0]}"]
    found += _data_folder()
    found += _keys_folder()
    found += nightly.complaints(now=timezone.now())
    return found


def _is_ours(message: checks.CheckMessage) -> bool:
    return (message.id or "").startswith("manyhands.")


def _database() -> list[str]:
    from manyhands.config.cli import pending_migrations

    found = []
    if pending := pending_migrations():
        found.append(f"The database needs {pending} changes. Run `manyhands migrate`.")
    else:
        from manyhands.journal.queries import missing_guards

        if missing := missing_guards():
            found.append(
                f"The database no longer refuses to change what happened ({', '.join(sorted(missing))}). "
                "Run `manyhands verify`, then restore the newest backup or call who looks after the software."
            )
        found += undone.complaints()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            if cursor.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                found.append("The database file is damaged. Stop the server and restore the newest backup.")
    return found


def _keys_folder() -> list[str]:
    from manyhands.kit import ring

    found = []
    data, keys = settings.ENV.data_dir, settings.KEYS_DIR
    if keys.is_relative_to(data):
        found.append(
            f"The key ring ({keys}) lies inside the data folder, so a backup of the data holds the keys too. "
            "Set MANYHANDS_KEYS_DIR to a folder outside it."
        )
    elif data.is_relative_to(keys):
        found.append(f"The data lies inside the folder of the key ring ({keys}). Set MANYHANDS_KEYS_DIR to another.")
    try:
        ring.is_open()
        if ring.is_sealed():
            found += _sealed(ring.the_ring())
    except ring.RingTrouble as trouble:
        return [*found, str(trouble)]
    if sys.platform != "win32":
        found += [
            f"Others on this machine can reach {path}. Run: chmod go= {path}"
            for path in [keys, *sorted(keys.iterdir())]
            if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        ]
    return found


def keys_mode() -> str | None:
    """Which of the two modes is on, and what it does not protect against; nothing where the ring can't be read."""
    from manyhands.kit import ring

    try:
        if not ring.is_sealed():
            return "Keys: locked cabinet. Whoever takes this machine, on or off, can read everything."
        if not ring.is_open():
            return "Keys: sealed and shut. Nobody can read anything; open the house with `manyhands keys open`."
    except ring.RingTrouble:
        return None
    return "Keys: sealed, and open now. Whoever rules this machine while it is open can read everything."


def _sealed(ring: Ring) -> list[str]:
    """What would make a sealed house less than that."""
    from manyhands.kit.ring import asking, root

    found = []
    stands = asking.standing(ring.folder)
    if stands.is_open and stands.may_reach_swap and len(SWAPS.read_text().splitlines() if SWAPS.exists() else []) > 1:
        found.append("The system may write the key into its swap. Set LimitMEMLOCK=infinity for the server.")
    if settings.ROOT_KEY:
        found.append("MANYHANDS_ROOT_KEY is set, and this house is sealed: it opens nothing any more. Take it out.")
    if (ring.folder / root.UNATTENDED).exists():
        found.append("A key from before the house was sealed is left over. Run `manyhands keys mode`: it deletes it.")
    return found


def _data_folder() -> list[str]:
    found = []
    folder = settings.ENV.data_dir
    if folder.exists():
        if shutil.disk_usage(folder).free < LEAST_FREE_BYTES:
            found.append(f"Less than 500 MB are free where the data lies ({folder}). Make room.")
        key = folder / "secret.key"
        if sys.platform != "win32" and key.exists() and key.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            found.append(f"Others on this machine can read {key}. Run: chmod 600 {key}")
        if not os.access(folder, os.W_OK):
            found.append(f"The folder {folder} can't be written.")
    return found
