from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClassIssuesConfig(AppConfig):
    name = "qiying.slices.class_issues"
    label = "class_issues"
    verbose_name = _("class issues")

    def ready(self) -> None:
        from qiying.kernel import notifications, problems, trail  # noqa: PLC0415
        from qiying.slices.calls import public as calls  # noqa: PLC0415
        from qiying.slices.class_issues import handlers  # noqa: F401, PLC0415  registers what follows from events
        from qiying.slices.class_issues.models.problems import PROBLEMS  # noqa: PLC0415
        from qiying.slices.class_issues.models.topics import (  # noqa: PLC0415
            CALL_LINES,
            NOTICES,
            TOPICS,
        )
        from qiying.slices.class_issues.views import shell  # noqa: PLC0415

        problems.register(PROBLEMS)
        notifications.register(NOTICES)
        trail.name_topics(TOPICS)
        for topic, words in CALL_LINES.items():
            calls.name_line(topic, words)
        shell.hang_up()
