
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('oversight', '0002_yearly_meetings_feeds'),
    ]

    operations = [
        migrations.AlterField(
            model_name='agendaitem',
            name='kind',
            field=models.CharField(choices=[('earlier', 'Earlier'), ('warning', 'Warning'), ('task', 'Task'), ('other', 'Other')], default='other', max_length=8),
        ),
    ]
