"""Events keep the network address that they came from. On SQLite a new column makes the table anew, without its guards."""

from importlib import import_module

from django.db import migrations, models

_guards = import_module("halfsky.audit.migrations.0002_append_only")


def guard_again(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return  # PostgreSQL alters the table in place and keeps its trigger
    for statement in _guards.SQLITE:
        schema_editor.execute(statement.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS"))


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.AddField("event", "address", models.CharField(blank=True, max_length=45)),
        migrations.RunPython(guard_again, migrations.RunPython.noop),
    ]
