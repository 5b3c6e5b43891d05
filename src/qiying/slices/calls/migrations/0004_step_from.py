from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0003_open_tasks"),
    ]

    operations = [
        migrations.AddField(
            model_name="call",
            name="step_from_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
