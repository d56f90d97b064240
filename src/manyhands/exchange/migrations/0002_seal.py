from uuid import UUID

from django.db import migrations, models

from manyhands.kernel import sealing
from manyhands.kit import ring
from manyhands.kit import sealed_fields as sealed

SEALED = {
    "asking": ("for_name",),
    "ask": ("words", "notes", "row"),
    "offer": ("words", "row"),
    "helper": ("languages", "skills", "hours", "row"),
}
HOLDERS = {"asking": "asked_by_id", "ask": "holder", "offer": "offered_by_id", "helper": "holder"}
CONSENT = "asking_for_someone_has_consent"


def find_holders(apps, schema_editor):
    for name, person in (("Ask", "asking__asked_by"), ("Helper", "membership__person")):
        model = apps.get_model("exchange", name)
        for key, holder in list(model.objects.order_by().values_list("pk", person)):
            model.objects.filter(pk=key).update(holder=holder)
    schema_editor.connection.check_constraints()


def blind_the_names_of_rows(apps, schema_editor):
    """What a row of a file was called could be reckoned out from the row; from now on only the ring can."""
    Asking, Offer, Helper = (apps.get_model("exchange", name) for name in ("Asking", "Offer", "Helper"))
    found = [(Asking, *row) for row in Asking.objects.filter(source="file").values_list("pk", "network", "submission")]
    offers = Offer.objects.order_by().exclude(plain_row={})
    found += [(Offer, *row) for row in offers.values_list("pk", "network", "submission")]
    for model, key, network, name in found:
        model.objects.filter(pk=key).update(submission=_blinded(name, network))
    for key, network, row in list(Helper.objects.exclude(plain_row={}).values_list("pk", "network", "plain_row")):
        if "key" in row:
            Helper.objects.filter(pk=key).update(imported_as=_blinded(UUID(row["key"]), network))
    schema_editor.connection.check_constraints()


def _blinded(name, network):
    return UUID(bytes=sealing.blind(ring.index_key(f"index:{network}:row"), name.hex)[:16])


def seal(apps, schema_editor):
    for name, fields in SEALED.items():
        model = apps.get_model("exchange", name)
        sealed.seal_plain_rows(model, fields, holder=HOLDERS[name], network="network_id")
    schema_editor.connection.check_constraints()  # PostgreSQL changes no table while checks are put off


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial"), ("people", "0003_seal"), ("places", "0002_seal")]

    operations = [
        migrations.RemoveConstraint("asking", CONSENT),
        migrations.AddField("ask", "holder", sealed.HolderField(along="asking.asked_by_id", null=True)),
        migrations.AddField("helper", "holder", sealed.HolderField(along="membership.person_id", null=True)),
        migrations.RunPython(find_holders, migrations.RunPython.noop),
        migrations.AlterField("ask", "holder", sealed.HolderField(along="asking.asked_by_id")),
        migrations.AlterField("helper", "holder", sealed.HolderField(along="membership.person_id")),
        migrations.AddField("helper", "imported_as", models.UUIDField(db_index=True, editable=False, null=True)),
        *(migrations.RenameField(model, name, f"plain_{name}") for model, names in SEALED.items() for name in names),
        migrations.AddField("asking", "for_name", sealed.SealedCharField(blank=True, max_length=120)),
        migrations.AddField("ask", "words", sealed.SealedTextField(blank=True, max_length=2000)),
        migrations.AddField("ask", "notes", sealed.SealedTextField(blank=True)),
        migrations.AddField("ask", "row", sealed.SealedJSONField(blank=True, default=dict)),
        migrations.AddField(
            "offer", "words", sealed.SealedTextField(default="", max_length=2000), preserve_default=False
        ),
        migrations.AddField("offer", "row", sealed.SealedJSONField(blank=True, default=dict)),
        *(
            migrations.AddField("helper", name, sealed.SealedJSONField(blank=True, default=list))
            for name in ("languages", "skills", "hours")
        ),
        migrations.AddField("helper", "row", sealed.SealedJSONField(blank=True, default=dict)),
        migrations.RunPython(blind_the_names_of_rows, migrations.RunPython.noop),
        migrations.RunPython(seal, migrations.RunPython.noop),
        *(migrations.RemoveField(model, f"plain_{name}") for model, names in SEALED.items() for name in names),
        migrations.AddConstraint(
            "asking",
            models.CheckConstraint(name=CONSENT, condition=models.Q(for_name="") | models.Q(consent_at__isnull=False)),
        ),
    ]
