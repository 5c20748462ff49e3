"""Mails of the same kind gather into one while they wait."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("places", "0005_mail")]
    operations = [
        migrations.AddField("mail", "digest", models.CharField(blank=True, max_length=160)),
        migrations.AddField("mail", "items", models.JSONField(default=list)),
        migrations.AddField("mail", "wait_until", models.DateTimeField(null=True)),
    ]
