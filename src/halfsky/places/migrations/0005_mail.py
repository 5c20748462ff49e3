"""The outbox moves here from the room of collection, with what waits in it: the table is taken over, not made anew."""

from django.db import migrations, models

FIELDS = [
    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
    ("to", models.EmailField(max_length=254)),
    ("subject", models.CharField(max_length=200)),
    ("body", models.TextField()),
    ("at", models.DateTimeField()),
    ("claimed_at", models.DateTimeField(null=True)),
    ("sent_at", models.DateTimeField(null=True)),
    ("tries", models.PositiveSmallIntegerField(default=0)),
    ("error", models.TextField(blank=True)),
]


class Migration(migrations.Migration):
    dependencies = [("places", "0004_accounts"), ("collect", "0005_surveys")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Mail",
                    fields=FIELDS,
                    options={
                        "db_table": "collect_mail",
                        "ordering": ["pk"],
                        "indexes": [models.Index(fields=["sent_at"], name="collect_mai_sent_at_b03434_idx")],
                    },
                )
            ]
        ),
        migrations.AlterModelTable("mail", None),
        migrations.RenameIndex(
            "mail", new_name="places_mail_sent_at_1266d2_idx", old_name="collect_mai_sent_at_b03434_idx"
        ),
        migrations.AddField(
            "mail", "link", models.ForeignKey(null=True, on_delete=models.CASCADE, related_name="mails", to="places.link")
        ),
    ]
