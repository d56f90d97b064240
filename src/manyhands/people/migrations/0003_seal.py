import uuid

from django.db import migrations, models

from manyhands.kit import sealed_fields as sealed

SEALED = {"person": ("name", "login"), "contactpoint": ("value", "typed", "note")}


def mark_rows(apps, schema_editor):
    """One mark for all rows is what a new column begins with; each needs its own."""
    ContactPoint = apps.get_model("people", "ContactPoint")
    for key in list(ContactPoint.objects.values_list("pk", flat=True)):
        ContactPoint.objects.filter(pk=key).update(row=uuid.uuid4())
    schema_editor.connection.check_constraints()


def seal(apps, schema_editor):
    Person, ContactPoint = apps.get_model("people", "Person"), apps.get_model("people", "ContactPoint")
    sealed.seal_plain_rows(Person, SEALED["person"], holder="id", row="id", index={"login_index": "login"})
    sealed.seal_plain_rows(
        ContactPoint, SEALED["contactpoint"], holder="person_id", row="row", index={"value_index": "value"}
    )
    schema_editor.connection.check_constraints()  # PostgreSQL changes no table while checks are put off


class Migration(migrations.Migration):
    dependencies = [("people", "0002_signing_in_without_a_password")]

    operations = [
        migrations.RemoveConstraint("contactpoint", "contact_point_says_something"),
        migrations.RemoveIndex("contactpoint", "people_cont_kind_2fd80d_idx"),
        migrations.AddField("contactpoint", "row", models.UUIDField(default=uuid.uuid4, editable=False)),
        migrations.RunPython(mark_rows, migrations.RunPython.noop),
        migrations.AlterField("contactpoint", "row", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
        *(migrations.RenameField(model, name, f"plain_{name}") for model, names in SEALED.items() for name in names),
        migrations.AddField("person", "name", sealed.SealedCharField(blank=True, max_length=120, verbose_name="name")),
        migrations.AddField(
            "person",
            "login",
            sealed.SealedCharField(max_length=254, null=True, verbose_name="e-mail or phone you sign in with"),
        ),
        migrations.AddField("person", "login_index", sealed.BlindIndexField(of="login", unique=True)),
        migrations.AddField(
            "contactpoint", "value", sealed.SealedCharField(default="", max_length=254), preserve_default=False
        ),
        migrations.AddField("contactpoint", "value_index", sealed.BlindIndexField(of="value", db_index=True)),
        migrations.AddField(
            "contactpoint", "typed", sealed.SealedCharField(default="", max_length=254), preserve_default=False
        ),
        migrations.AddField("contactpoint", "note", sealed.SealedCharField(blank=True, max_length=200)),
        migrations.RunPython(seal, migrations.RunPython.noop),
        *(migrations.RemoveField(model, f"plain_{name}") for model, names in SEALED.items() for name in names),
        # In no version yet: there is nothing to seal.
        migrations.RemoveField("device", "name"),
        migrations.AddField(
            "device", "name", sealed.SealedCharField(blank=True, max_length=60, verbose_name="what you call it")
        ),
        migrations.AddConstraint(
            "contactpoint",
            models.CheckConstraint(condition=~models.Q(value=""), name="contact_point_says_something"),
        ),
    ]
