"""Events keep by which algorithm they are sealed. On SQLite a new column makes the table anew, without its guards."""

from importlib import import_module

from django.db import migrations, models

_before = import_module("halfsky.audit.migrations.0003_address")


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_address")]
    operations = [
        migrations.AddField("event", "algorithm", models.CharField(default="sha256", max_length=8)),
        migrations.RunPython(_before.guard_again, migrations.RunPython.noop),
    ]
