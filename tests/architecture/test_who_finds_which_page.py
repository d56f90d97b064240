"""Someone of another network, a stranger, or a helper without the claim can't tell "not yours" from "not there"."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.access import ACCESS, ROLES, Row
from tests.promises.test_p_24_no_page_talks_to_a_third_party import lapses

# Each page is looked at in every role, so each of its questions is read here too (tests/loud_wall.py).
pytestmark = pytest.mark.usefixtures("strict")


def every_url(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    """The full name of every url; one without a name is told by its pattern."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from every_url(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}" if pattern.name else f"unnamed {pattern.pattern}"


def test_every_url_has_a_row_and_every_row_a_url():
    assert set(every_url()) == set(ACCESS)


def _person(town, role: str):
    if role == "stranger":
        return None
    someone = getattr(town, role)
    return someone.membership.person if role in {"hugo", "hana"} else someone


def _body(response, path: str) -> str:
    """The page without what may differ from one call to the next: its own address and the marks of its forms."""
    text = response.content.decode().replace(path, "PATH")
    return re.sub(r'name="(csrfmiddlewaretoken|once)" value="[^"]+"', "", text)


def _call(client, someone, name: str, row: Row, arguments: dict):
    if someone is None:
        client.logout()
    else:
        client.force_login(someone)
    path = reverse(name, kwargs=arguments)
    response = getattr(client, row.method)(path, row.data)
    assert lapses(response) == []
    return response, path


@pytest.mark.parametrize("name", sorted(ACCESS))
def test_only_those_named_find_it(name, town, client):
    row = ACCESS[name]
    scene = row.prepare(town)
    found = {}
    for role in ROLES:
        with transaction.atomic():
            response, _path = _call(client, _person(town, role), name, row, row.own(town, scene))
            found[role] = response.status_code
            transaction.set_rollback(True)
    assert {role for role, status in found.items() if status != 404} == row.who, found
    assert all(status < 500 for status in found.values()), found


@pytest.mark.parametrize("name", sorted(name for name, row in ACCESS.items() if row.has_missing))
def test_what_is_not_there_is_a_404_for_everyone(name, town, client):
    row = ACCESS[name]
    scene = row.prepare(town)
    for role in ROLES:
        with transaction.atomic():
            response, _path = _call(client, _person(town, role), name, row, row.missing(town, scene))
            assert response.status_code == 404, role
            transaction.set_rollback(True)


@pytest.mark.parametrize("name", sorted(name for name, row in ACCESS.items() if row.foreign))
def test_what_is_anothers_looks_like_what_is_not_there(name, town, client):
    row = ACCESS[name]
    scene = row.prepare(town)
    assert row.foreign is not None
    for role in ROLES:
        if role == "otto":
            continue
        with transaction.atomic():
            foreign, foreign_path = _call(client, _person(town, role), name, row, row.foreign(town, scene))
            missing, missing_path = _call(client, _person(town, role), name, row, row.missing(town, scene))
            assert (foreign.status_code, missing.status_code) == (404, 404), role
            assert _body(foreign, foreign_path) == _body(missing, missing_path), role
            transaction.set_rollback(True)
