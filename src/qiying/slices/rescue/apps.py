from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RescueConfig(AppConfig):
    name = "qiying.slices.rescue"
    label = "rescue"
    verbose_name = _("Industry 120")

    def ready(self) -> None:
        from qiying.kernel import notifications, problems, trail  # noqa: PLC0415  models exist now
        from qiying.slices.calls import public as calls  # noqa: PLC0415
        from qiying.slices.rescue import handlers  # noqa: F401, PLC0415  registers what follows from events
        from qiying.slices.rescue.models.problems import PROBLEMS  # noqa: PLC0415
        from qiying.slices.rescue.models.topics import (  # noqa: PLC0415
            CALL_LINES,
            NOTICES,
            TOPICS,
        )
        from qiying.slices.rescue.views.chief.nav import register_chief  # noqa: PLC0415
        from qiying.slices.rescue.views.keep.nav import register_keep  # noqa: PLC0415
        from qiying.slices.rescue.views.phone.shared import register_phone  # noqa: PLC0415

        problems.register(PROBLEMS)
        notifications.register(NOTICES)
        trail.name_topics(TOPICS)
        for topic, words in CALL_LINES.items():
            calls.name_line(topic, words)
        register_chief()
        register_keep()
        register_phone()
