"""A presumed owner is marked on its decision; a hand-over keeps the day of each stage."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("mandate", "0004_words")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="decision",
            name="is_owner_presumed",
            field=models.BooleanField(default=False, verbose_name="owner presumed"),
        ),
        migrations.AddField(
            model_name="handover",
            name="stages",
            field=models.JSONField(default=dict, verbose_name="days of the stages"),
        ),
    ]
