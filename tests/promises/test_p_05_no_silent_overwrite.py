"""P-05: two open one form and both save; the second sees both versions, field by field, and chooses. Nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from django.forms import BaseForm
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from manyhands.deliveries import actions as deliveries
from manyhands.deliveries.models import Stop
from manyhands.exchange import queries as exchange
from manyhands.exchange.models import Category
from manyhands.kit.versions import Versioned
from tests.architecture.access import ACCESS
from tests.architecture.access_deliveries import draft
from tests.cast import NOW, Cast


@dataclass(frozen=True)
class Edit:
    """A form that two can have open: where, who, and one field that both change."""

    at: Callable[[Cast], str]
    who: str
    field: str
    first: str
    second: str
    # Another field of the same form, which only the second of the two changes.
    other: tuple[str, str] = ("", "")
    extra: dict[str, Any] = field(default_factory=dict)


def _hub(town: Cast) -> str:
    hub = deliveries.save_hub(
        town.riverside, hub=None, by=town.dee, now=NOW, name="Hall", place_text="The hall", area=None, lat=40.7,
        lon=-73.95, opens=None, closes=None, loading_minutes=10, is_used=True,
    )  # fmt: skip
    return reverse("deliveries:hub", args=["riverside", hub.pk])


EDITS = {
    "networks:settings": Edit(
        lambda town: "/riverside/desk/settings/", "sol", "welcome", "Hello", "Welcome all", ("ask_days", "14")
    ),
    "networks:words": Edit(lambda town: "/riverside/desk/words/?language=en", "sol", "ask", "wish", "call"),
    "places:area": Edit(
        lambda town: reverse("places:area", args=["riverside", town.harbour.pk]), "sol", "other_names", "Docks", "Quay",
        ("name", "Old Harbour"),
    ),
    "exchange:listed": Edit(
        lambda town: reverse(
            "exchange:listed", args=["riverside", "category", Category.objects.filter(network=town.riverside).first().pk]
        ),
        "sol", "minutes", "7", "9", ("boxes", "3"),
    ),
    "deliveries:hub": Edit(_hub, "dee", "loading_minutes", "12", "20", ("name", "Big hall")),
    "exchange:helping": Edit(lambda town: "/riverside/me/helping/", "hana", "boxes", "2", "6", ("most_minutes", "60")),
    "exchange:helper_page": Edit(
        lambda town: reverse("exchange:helper_page", args=["riverside", town.hana.membership.pk]), "dee", "cap", "2", "3",
        ("boxes", "9"),
    ),
    "exchange:change_ask": Edit(
        lambda town: reverse("exchange:change_ask", args=[exchange.asking_token(town.asking), town.groceries.code]),
        "nobody", "words", "Bread", "Milk", ("people", "3"),
    ),
    "exchange:change_offer": Edit(
        lambda town: reverse("exchange:change_offer", args=[exchange.offer_token(town.pram)]),
        "nobody", "words", "A red pram", "A blue pram",
    ),
}  # fmt: skip
# Pages with a form filled in beforehand that two people don't change at once, and why.
NOT_AN_EDIT = {
    "exchange:put_right": "has the same in its own form: a mark of the whole ask, and both versions (test_the_ask_page)",
    "exchange:ask_page": "each press carries where the ask stood (test_the_ask_page)",
    "networks:members": "a role is one press, which says what stood there (below)",
    "people:invited": "makes the way in; its link works once",
    "exchange:repeat_ask": "begins something new, once a day at most",
    "deliveries:new_plan": "begins something new",
    "deliveries:move": "where a stop is put; the form says where it stood (below)",
}


def send(client: Client, path: str, said: dict[str, Any]) -> HttpResponse:
    """Send a form as somebody who opened it for themselves: no two openings have the same mark."""
    return client.post(path, {**said, "once": uuid4().hex})


def shown(page: str) -> dict[str, list[str]]:
    """What the form of a page that can be saved would send, as a browser reads it."""
    form = max(re.findall(r'<form(?=[^>]*method="post").*?</form>', page, re.DOTALL), key=len)
    found: dict[str, list[str]] = {}

    def attribute(tag: str, name: str) -> str | None:
        import html

        match = re.search(rf'\s{name}="([^"]*)"', tag)
        return html.unescape(match[1]) if match else None

    for tag in re.findall(r"<input[^>]*>", form):
        name, kind = attribute(tag, "name"), attribute(tag, "type") or "text"
        if name is None or kind == "submit" or (kind in {"checkbox", "radio"} and not re.search(r"\schecked", tag)):
            continue
        found.setdefault(name, []).append(attribute(tag, "value") or ("on" if kind == "checkbox" else ""))
    for tag, text in re.findall(r"(<textarea[^>]*>)(.*?)</textarea>", form, re.DOTALL):
        import html

        found[attribute(tag, "name")] = [html.unescape(text).removeprefix("\n")]
    for tag, inner in re.findall(r"(<select[^>]*>)(.*?)</select>", form, re.DOTALL):
        options = re.findall(r"<option[^>]*>", inner)
        chosen = [each for each in options if " selected" in each] or options[:1]
        found[attribute(tag, "name")] = [attribute(each, "value") or "" for each in chosen]
    return found


@pytest.fixture(params=sorted(EDITS))
def edit(request, town, client):
    """The page of one edit form, opened by someone who may."""
    one = EDITS[request.param]
    if one.who != "nobody":
        someone = getattr(town, one.who)
        client.force_login(getattr(getattr(someone, "membership", None), "person", someone))
    return one, one.at(town)


def test_the_second_who_saves_sees_both_and_chooses(edit, client):
    one, path = edit
    opened = shown(client.get(path).content.decode())
    assert opened["read"] != [""]
    other, others_value = one.other
    mine = {**opened, one.field: one.second, **({other: others_value} if other else {})}

    assert send(client, path, {**opened, one.field: one.first}).status_code == 302
    clash = send(client, path, mine)
    assert clash.status_code == 409
    page = clash.content.decode()
    assert one.first in page
    assert one.second in page
    assert shown(client.get(path).content.decode())[one.field] == [one.first], "nothing was saved yet"

    again = shown(page)
    assert again[f"keep-{one.field}"] == ["mine"], "what was typed is not given up without a word"
    assert again[one.field] == [one.second]
    if other:
        assert again[other] == [others_value], "what did not clash is lost"
    assert send(client, path, {**again, f"keep-{one.field}": "theirs"}).status_code == 302
    kept = shown(client.get(path).content.decode())
    assert kept[one.field] == [one.first]
    if other:
        assert kept[other] == [others_value]


def test_choosing_ones_own_saves_it(edit, client):
    one, path = edit
    opened = shown(client.get(path).content.decode())
    send(client, path, {**opened, one.field: one.first})
    again = shown(send(client, path, {**opened, one.field: one.second}).content.decode())
    assert send(client, path, again).status_code == 302
    assert shown(client.get(path).content.decode())[one.field] == [one.second]


def test_what_someone_else_changed_and_i_did_not_touch_is_not_put_back_unseen(edit, client):
    one, path = edit
    opened = shown(client.get(path).content.decode())
    send(client, path, {**opened, one.field: one.first})
    clash = send(client, path, opened)
    assert clash.status_code == 409
    again = shown(clash.content.decode())
    assert again[f"keep-{one.field}"] == ["theirs"]
    assert send(client, path, again).status_code == 302
    assert shown(client.get(path).content.decode())[one.field] == [one.first]


def test_the_same_typed_twice_is_no_clash(edit, client):
    one, path = edit
    opened = shown(client.get(path).content.decode())
    same = {**opened, one.field: one.first}
    assert send(client, path, same).status_code == 302
    assert send(client, path, same).status_code == 302


def test_a_third_change_in_between_is_shown_too(edit, client):
    one, path = edit
    opened = shown(client.get(path).content.decode())
    send(client, path, {**opened, one.field: one.first})
    again = shown(send(client, path, {**opened, one.field: one.second}).content.decode())
    newest = shown(client.get(path).content.decode())
    send(client, path, {**newest, one.field: opened[one.field][0] if opened[one.field] else ""})
    assert send(client, path, again).status_code == 409


@pytest.mark.parametrize("name", sorted(name for name, row in ACCESS.items() if row.method == "get"))
def test_every_form_that_begins_filled_in_carries_what_it_showed(name, town, client):
    """A new page with such a form is versioned, or says above why two can't change it at once."""
    row = ACCESS[name]
    scene = row.prepare(town)
    someone = next((who for who in ("sol", "dee", "hana", "host", "eve") if who in row.who), None)
    if someone and "stranger" not in row.who:
        person = getattr(town, someone)
        client.force_login(getattr(getattr(person, "membership", None), "person", person))
    response = client.get(reverse(name, kwargs=row.own(town, scene)))
    contexts = response.context or []
    forms = {
        id(value): value for context in contexts for layer in getattr(context, "dicts", [context])
        for value in layer.values() if isinstance(value, BaseForm)
    }.values()  # fmt: skip
    begun = [form for form in forms if form.initial and not isinstance(form, Versioned)]
    if name not in NOT_AN_EDIT and b'method="post"' in response.content:
        assert [type(form).__name__ for form in begun if _shows_a_thing(form)] == []


def _shows_a_thing(form: BaseForm) -> bool:
    """Filled in from something kept, not merely with what most people answer."""
    return any(value not in {None, "", False} for value in form.initial.values() if not isinstance(value, list | dict))


def test_a_stop_that_someone_else_moved_meanwhile_is_asked_about(town, client):
    scene = draft(town)
    path = reverse("deliveries:move", args=["riverside", scene.plan.pk, scene.stop.pk])
    client.force_login(town.dee)
    opened = shown(client.get(path).content.decode())
    into_the_run = {**opened, "run": str(scene.run.pk), "position": "1"}
    assert send(client, path, {**opened, "run": ""}).status_code == 302
    clash = send(client, path, into_the_run)
    assert clash.status_code == 409
    assert f"Someone else took {scene.stop.ask.code} out of its run meanwhile." in clash.content.decode()
    assert Stop.objects.get(pk=scene.stop.pk).run is None, "nothing was moved yet"
    assert send(client, path, {**into_the_run, "confirmed": "yes"}).status_code == 409, "a yes to an older page"
    now_shown = re.search(r'name="stood" value="([^"]*)"', clash.content.decode())[1]
    assert send(client, path, {**into_the_run, "stood": now_shown, "confirmed": "yes"}).status_code == 302
    assert Stop.objects.get(pk=scene.stop.pk).run == scene.run

    # Moved by hand it is locked, and its position counts too.
    clash = send(client, path, {**into_the_run, "stood": now_shown})
    assert clash.status_code == 409
    assert f"Someone else moved {scene.stop.ask.code} meanwhile: it is now stop 1 of" in clash.content.decode()


def test_a_role_that_someone_else_gave_meanwhile_is_not_taken_back_unseen(town, client):
    hana = town.hana.membership
    path = reverse("networks:change_member", args=["riverside", hana.pk])
    client.force_login(town.sol)
    assert f'name="stood" value="{hana.role}"' in client.get("/riverside/desk/members/").content.decode()
    first, second = ({"do": "role", "stood": hana.role, "role": role} for role in ("dispatcher", "steward"))
    send(client, path, first)
    answer = client.post(path, second, follow=True)
    hana.refresh_from_db()
    assert hana.role == "dispatcher"
    assert "Someone else gave them a role meanwhile: dispatcher." in answer.content.decode()
