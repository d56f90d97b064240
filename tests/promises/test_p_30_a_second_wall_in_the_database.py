"""P-30, P-31: on PostgreSQL the database itself shows a page no row of another network, even where our own filter fails."""

from __future__ import annotations

import uuid

import pytest
from django.conf import settings
from django.db import Error, connection, transaction

from manyhands.config import walls
from manyhands.exchange.models import Match, Repeat
from manyhands.kit import wall
from tests import cast
from tests.architecture.access import ACCESS
from tests.architecture.test_who_finds_which_page import _call, _person
from tests.promises.plain_role import plain_role

if "postgres" not in settings.DATABASES["default"]["ENGINE"]:
    pytest.skip("SQLite has no second wall: this looked at nothing. Run on PostgreSQL.", allow_module_level=True)

TABLES = walls.walled()


@pytest.fixture
def plain(town):
    with plain_role():
        yield town


@pytest.mark.django_db
def test_the_database_has_both_policies_on_every_table():
    assert walls.missing(connection) == []
    with connection.cursor() as cursor:
        cursor.execute("DROP POLICY own_network ON exchange_ask")
        assert walls.missing(connection) == ['"exchange_ask"']
        cursor.execute("ALTER TABLE exchange_offer NO FORCE ROW LEVEL SECURITY")
        assert walls.missing(connection) == ['"exchange_ask"', '"exchange_offer"']
        cursor.execute("CREATE POLICY a_hole ON places_place USING (true)")
        assert set(walls.missing(connection)) == {'"exchange_ask"', '"exchange_offer"', '"places_place"'}


@pytest.mark.django_db
def test_bringing_up_to_date_mends_a_wall():
    with connection.cursor() as cursor:
        cursor.execute("DROP POLICY own_network ON exchange_ask")
    walls.build(connection)
    assert walls.missing(connection) == []


def _everything_has_rows(town: cast.Cast) -> None:
    """Rows of both networks in the tables the cast leaves empty."""
    for network, ask in ((town.riverside, town.groceries), (town.hillside, town.elsewhere)):
        Repeat.objects.create(network=network, first=ask, weekday=1, next_on=cast.NOW.date())
        offer = town.pram
        if network == town.hillside:
            offer.pk, offer.network = uuid.uuid4(), network
            offer.token_digest, offer.submission = uuid.uuid4().hex, uuid.uuid4()
            offer.save(force_insert=True)
        Match.objects.create(network=network, ask=ask, offer=offer, made_at=cast.NOW)
        network.wordings.create(word="ask", language="en", text="wish")


@pytest.mark.parametrize("table", TABLES, ids=lambda one: one.table.strip('"'))
def test_inside_one_network_no_row_of_another_is_read_changed_or_taken_out(table, town):
    _everything_has_rows(town)
    with plain_role():
        seen = {}
        for name, network in (("all", None), ("riverside", town.riverside.pk), ("hillside", town.hillside.pk)):
            with wall.within(network), connection.cursor() as asking:
                asking.execute(f"SELECT array_agg(ctid::text) FROM {table.table}")
                seen[name] = set(asking.fetchone()[0] or [])
        assert seen["riverside"] | seen["hillside"] == seen["all"]
        assert not seen["riverside"] & seen["hillside"]
        if seen["hillside"]:
            with wall.within(town.riverside.pk), connection.cursor() as writing:
                place = list(seen["hillside"])[:1]
                writing.execute(
                    f"UPDATE {table.table} SET {table.column} = {table.column} WHERE ctid = ANY(%s::tid[])", [place]
                )
                assert writing.rowcount == 0
                writing.execute(f"DELETE FROM {table.table} WHERE ctid = ANY(%s::tid[])", [place])
                assert writing.rowcount == 0
        with connection.cursor() as counting:
            counting.execute(f"SELECT count(*) FROM {table.table}")
            assert counting.fetchone()[0] == len(seen["all"])


def test_the_scene_has_rows_of_another_network_in_most_tables(town):
    _everything_has_rows(town)
    with connection.cursor() as cursor:
        filled = []
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table.table}")
            filled += [table.table] if cursor.fetchone()[0] > 1 else []
    assert len(filled) >= 11, filled


@pytest.mark.parametrize("table", TABLES, ids=lambda one: one.table.strip('"'))
def test_inside_one_network_no_row_can_be_put_into_another(table, plain):
    """PostgreSQL asks the wall before it asks for the other columns, so one column is enough to see who answers."""

    def put(value: object) -> str:
        with pytest.raises(Error) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table.table} ({table.column}) VALUES (%s)", [value])
        return refused.value.__cause__.sqlstate

    with wall.within(plain.riverside.pk):
        if table.parent:
            assert put(uuid.uuid4() if _is_uuid(table) else 999_999) == "42501"  # insufficient_privilege
        else:
            assert put(plain.hillside.pk) == "42501"
            assert put(plain.riverside.pk) == "23502", "its own network's row misses only its other columns"
    with wall.within(None):
        if not table.parent:
            assert put(plain.hillside.pk) == "23502"


def _is_uuid(table: walls.Walled) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data_type FROM information_schema.columns WHERE table_name = %s AND column_name = %s",
            [table.table.strip('"'), table.column.strip('"')],
        )
        return cursor.fetchone()[0] == "uuid"


def test_who_was_told_nothing_sees_nothing(plain):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('manyhands.network', '', false)")
        cursor.execute("SELECT count(*) FROM exchange_ask")
        assert cursor.fetchone()[0] == 0


def test_where_we_stand_is_said_again_after_a_transaction_took_it_back(plain):
    class Never(Exception):
        pass

    def networks() -> set[uuid.UUID]:
        # By hand: the wall in our own questions would find the same, and is not what is tried here.
        with connection.cursor() as cursor:
            cursor.execute("SELECT network_id FROM exchange_ask")
            return {row[0] for row in cursor.fetchall()}

    with wall.within(plain.riverside.pk):
        try:
            with transaction.atomic():
                assert networks() == {plain.riverside.pk}
                raise Never
        except Never:
            pass
        assert networks() == {plain.riverside.pk}
    assert networks() == {plain.riverside.pk, plain.hillside.pk}


@pytest.mark.parametrize("name", sorted(ACCESS))
def test_every_page_answers_the_same_with_the_second_wall_up(name, town, client):
    """Both walls at once: a page that leans on rows of another network would lose them here."""
    row = ACCESS[name]
    scene = row.prepare(town)
    with plain_role():
        for role in ("hana", "sol", "otto"):
            with transaction.atomic():
                response, _path = _call(client, _person(town, role), name, row, row.own(town, scene))
                assert (response.status_code != 404) == (role in row.who), role
                assert response.status_code < 500, role
                transaction.set_rollback(True)
