from django.db import migrations, models

from manyhands.kit import sealed_fields as sealed

SEALED = ("text", "door", "lat", "lon")


def find_holders(apps, schema_editor):
    """Whose each place is, only the rooms above know; what nobody asked, offers or sets out at is the network's own."""
    Place = apps.get_model("places", "Place")
    holders = {}
    for room, name, place, person in (
        ("exchange", "Helper", "start", "membership__person"),
        ("exchange", "Helper", "end", "membership__person"),
        ("exchange", "Offer", "place", "offered_by"),
        ("exchange", "Ask", "place", "asking__asked_by"),
    ):
        holders.update(apps.get_model(room, name).objects.order_by().values_list(place, person))
    for key, network in list(Place.objects.values_list("pk", "network")):
        Place.objects.filter(pk=key).update(holder=holders.get(key, network))
    schema_editor.connection.check_constraints()


def seal(apps, schema_editor):
    sealed.seal_plain_rows(apps.get_model("places", "Place"), SEALED, holder="holder", network="network_id")
    schema_editor.connection.check_constraints()  # PostgreSQL changes no table while checks are put off


class Migration(migrations.Migration):
    dependencies = [
        ("places", "0001_initial"),
        ("people", "0003_seal"),
        ("exchange", "0001_initial"),
        ("deliveries", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint("place", "place_is_on_the_map_with_both_or_neither"),
        migrations.AddField("place", "holder", sealed.HolderField(null=True)),
        migrations.RunPython(find_holders, migrations.RunPython.noop),
        migrations.AlterField("place", "holder", sealed.HolderField()),
        *(migrations.RenameField("place", name, f"plain_{name}") for name in SEALED),
        migrations.AddField("place", "text", sealed.SealedCharField(blank=True, max_length=300)),
        migrations.AddField("place", "door", sealed.SealedCharField(blank=True, max_length=200)),
        migrations.AddField("place", "lat", sealed.SealedFloatField(blank=True, least=-90.0, most=90.0)),
        migrations.AddField("place", "lon", sealed.SealedFloatField(blank=True, least=-180.0, most=180.0)),
        migrations.RunPython(seal, migrations.RunPython.noop),
        *(migrations.RemoveField("place", f"plain_{name}") for name in SEALED),
        migrations.AddConstraint(
            "place",
            models.CheckConstraint(
                name="place_is_on_the_map_with_both_or_neither",
                condition=models.Q(lat=None, lon=None) | models.Q(lat__isnull=False, lon__isnull=False),
            ),
        ),
    ]
