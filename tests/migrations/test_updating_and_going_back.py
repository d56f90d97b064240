"""A house of the first release, with its people's data, becomes one of today by starting; and there is a way back.

release_0_1_0.json is what the code of 0.1.0 wrote for the cast: made-up people, dumped by Django.
"""

from __future__ import annotations

import http.client
import json
from pathlib import Path

import pytest

from tests.serving import Server, own_database

pytestmark = pytest.mark.server

RELEASE = Path(__file__).with_name("release_0_1_0.json")
# What the private links of that release were sealed with, and where Nia's led.
SECRET = "of the first release, and only for this test"
WAS = json.loads(RELEASE.read_text())
OURS = ("people", "networks", "journal", "places", "exchange", "deliveries")
BEGIN = f"""
import json
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
ours = {OURS!r}
leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
foreign = [leaf for leaf in leaves if leaf[0] in ("auth", "contenttypes", "sessions")]
state = MigrationExecutor(connection).migrate([*foreign, *((app, "0001_initial") for app in ours)])
with transaction.atomic():
    rows = []
    for said in json.load(open({str(RELEASE)!r})):
        model = state.apps.get_model(said["model"])
        fields = [field for field in model._meta.concrete_fields if field.name in said["fields"]]
        values = {{field.attname: (field.target_field if field.is_relation else field).to_python(said["fields"][field.name]) for field in fields}}
        row = model(pk=model._meta.pk.to_python(said["pk"]), **values)
        model._base_manager.bulk_create([row])
        for field in model._meta.many_to_many:
            getattr(row, field.name).set(said["fields"].get(field.name, []))
if connection.vendor == "postgresql":
    from django.core.management.color import no_style
    models = [state.apps.get_model(label) for label in {{said["model"] for said in json.load(open({str(RELEASE)!r}))}}]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
"""
LOOK = """
import json
from manyhands.exchange.models import Ask, Claim, Offer
from manyhands.exchange import queries
from manyhands.journal.models import Entry
from manyhands.networks.models import Membership, Network
from manyhands.people.models import ContactPoint, Person
nia = next(ask for ask in Ask.objects.all() if ask.asking.network.slug == "riverside")
print(json.dumps({
    "people": sorted(person.name for person in Person.objects.all()),
    "reach": sorted(point.value for point in ContactPoint.objects.all()),
    "codes": sorted(Ask.objects.values_list("code", flat=True)),
    "words": sorted(ask.words for ask in Ask.objects.all()),
    "places": sorted(ask.place.text for ask in Ask.objects.all() if ask.place_id),
    "held": Claim.objects.filter(state="held").count(),
    "members": Membership.objects.count(),
    "networks": sorted(Network.objects.values_list("slug", flat=True)),
    "journal": Entry.objects.count(),
    "link": "/a/" + queries.asking_token(nia.asking) + "/",
}))
"""


def was(model: str, field: str) -> list:
    return sorted(said["fields"][field] for said in WAS if said["model"] == model)


@pytest.fixture
def first_release(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    with own_database(folder, empty=True) as database:
        server = Server(folder, database, demo=False)
        server.env["MANYHANDS_SECRET_KEY"] = SECRET
        server.python(BEGIN)
        yield server


def looked(server) -> dict:
    return json.loads(server.python(LOOK))


def same_as_then(found: dict) -> None:
    assert found["people"] == was("people.person", "name")
    assert found["reach"] == was("people.contactpoint", "value")
    assert found["codes"] == was("exchange.ask", "code")
    assert found["words"] == was("exchange.ask", "words")
    places = {said["pk"]: said["fields"]["text"] for said in WAS if said["model"] == "places.place"}
    assert found["places"] == sorted(places[key] for key in was("exchange.ask", "place"))
    assert found["held"] == 1
    assert found["members"] == len(was("networks.membership", "role"))
    assert found["networks"] == ["hillside", "riverside"]
    assert found["journal"] >= len(was("journal.entry", "verb"))


def test_the_first_release_becomes_todays_and_can_be_gone_back_to(first_release, tmp_path):
    server = first_release
    done = server.run("migrate")
    shelf = tmp_path / "data-backups"
    (before,) = shelf.glob("*.backup")
    assert str(before) in done.stdout
    now = looked(server)
    same_as_then(now)
    assert server.run("verify").returncode == 0

    # Nia's private link of then still opens, on a running server of today.
    server.start()
    try:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        line.request("GET", now["link"])
        page = line.getresponse()
        assert page.status == 200
        text = page.read().decode()
        assert any(code in text for code in was("exchange.ask", "code"))
        line.close()
    finally:
        server.kill()

    # The way back: what the update put away is the first release's, table by table and migration by migration.
    said = json.loads(
        server.python(f"""
import json
from pathlib import Path
from manyhands.config.backups.restoring import read_through
from manyhands.config.backups.keys import backup_key
header, manifest = read_through(Path({str(before)!r}), backup_key())
print(json.dumps(manifest))
""")
    )
    assert {name for app, name in said["migrations"] if app in OURS} == {"0001_initial"}
    counted = {}
    for row in WAS:
        counted[row["model"].replace(".", "_")] = counted.get(row["model"].replace(".", "_"), 0) + 1
    assert {name: said["tables"][name] for name in counted} == counted

    # And today's house takes it, too: it is brought up to date once more.
    with own_database(tmp_path, empty=True) as elsewhere:
        server.run("restore", str(before), "--into", elsewhere)
        server.env["MANYHANDS_DATABASE_URL"] = elsewhere
        same_as_then(looked(server))


def test_an_update_that_cannot_be_backed_up_does_not_begin(first_release, tmp_path):
    server = first_release
    (tmp_path / "in the way").write_text("")
    server.env["MANYHANDS_BACKUP_DIR"] = str(tmp_path / "in the way" / "backups")
    done = server.run("migrate", check=False)
    assert done.returncode == 1
    assert "manyhands migrate --without-backup" in done.stderr
    assert "Traceback" not in done.stderr
    applied = server.python("from django.db.migrations.recorder import MigrationRecorder as R\nprint(R.Migration.objects.filter(app__in=['people', 'exchange', 'journal']).count())")  # fmt: skip
    assert applied.strip() == "3"
    server.run("migrate", "--without-backup")
    same_as_then(looked(server))
