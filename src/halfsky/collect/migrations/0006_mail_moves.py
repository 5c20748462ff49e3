"""The outbox is of the room of places now (its migration takes the table over)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("collect", "0005_surveys"), ("places", "0005_mail")]
    operations = [migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Mail")])]
