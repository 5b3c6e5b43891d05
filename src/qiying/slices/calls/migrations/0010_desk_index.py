from django.db import migrations, models

OPEN = [
    *("answered", "callback", "dispatched", "disputed", "need_info", "reopened"),
    *("scheduled", "submitted", "suspended", "triage", "working"),
]


class Migration(migrations.Migration):

    dependencies = [("calls", "0009_archive")]

    operations = [
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                fields=["tenant", "state", "step_due_at", "due_at", "id"],
                include=["yellow_at", "clock", "supervision_level", "complained_unit"],
                condition=models.Q(state__in=OPEN),
                name="call_desk",
            ),
        ),
    ]
