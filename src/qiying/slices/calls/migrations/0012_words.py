"""A rejected call-back says that something is not solved, not that somebody is not content."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calls", "0011_guards")]
    operations = [
        migrations.AlterField(
            model_name="callback",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("confirmed", "reached, confirmed"),
                    ("rejected", "reached, not solved"),
                    ("no_answer", "no answer"),
                    ("wrong_number", "wrong number"),
                    ("declined_to_talk", "declined to talk"),
                ],
                max_length=20,
                verbose_name="outcome",
            ),
        ),
        migrations.AlterField(
            model_name="round",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "in hand"),
                    ("answered", "answered, to be reviewed"),
                    ("callback", "to be called back"),
                    ("closed", "closed"),
                    ("rejected", "not solved, says the firm"),
                    ("stopped", "stopped"),
                ],
                default="open",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
