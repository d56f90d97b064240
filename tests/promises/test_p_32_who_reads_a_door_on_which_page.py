"""P-32: on every page, in every file, for every role: a door or a phone stands there for those listed, and nobody else.

The pages are all those of the access table that are looked at, with all that the scene of each page puts there. What
was answered is searched for the neighbours' own street, door and phone. A new page that shows one fails here until it
stands in the list; a listed page that shows it no more fails too.
"""

from __future__ import annotations

import io
import re
import zipfile

from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.architecture.access import ACCESS
from tests.architecture.test_who_finds_which_page import _person

# Street, door, phone of neighbours (cast.py), and where helpers set out.
DETAILS = re.compile(r"412 Elm|bell 3B|555.?01\d\d|gil@example")
LOOK = ("stranger", "hugo", "hana", "dee", "host")
DESK, WHOEVER_HAS_THE_LINK = frozenset({"dee"}), frozenset(LOOK)
MADE_UP = {"kit:gallery"}  # its examples are nobody's

MAY_READ: dict[str, frozenset[str]] = {
    "deliveries:my_run": frozenset({"hana"}),  # whose run it is
    "deliveries:run": WHOEVER_HAS_THE_LINK,
    "deliveries:sheets": DESK,
    "deliveries:table": DESK,
    "exchange:ask_page": DESK,
    "exchange:asking": WHOEVER_HAS_THE_LINK,
    "exchange:change_ask": WHOEVER_HAS_THE_LINK,
    "exchange:offer_page": DESK,
    "exchange:put_right": DESK,
}


def _text(answer) -> str:
    content = answer.getvalue() if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"".join(packed.read(name) for name in packed.namelist())
    return content.decode(errors="replace")


def _clients(town) -> dict[str, Client]:
    found = {}
    for role in LOOK:
        found[role] = Client()
        if (person := _person(town, role)) is not None:
            found[role].force_login(person)
    return found


def test_a_door_stands_where_the_list_says_and_nowhere_else(town):
    clients, read = _clients(town), {}
    for name, row in ACCESS.items():
        if row.method != "get" or name in MADE_UP:
            continue
        with transaction.atomic():
            url = reverse(name, kwargs=row.own(town, row.prepare(town)))
            for role in LOOK:
                if DETAILS.search(_text(clients[role].get(url))):
                    read.setdefault(name, set()).add(role)
            transaction.set_rollback(True)
    assert read == MAY_READ
