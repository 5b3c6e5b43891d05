from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasebookConfig(AppConfig):
    name = "qiying.slices.casebook"
    label = "casebook"
    verbose_name = _("typical cases")

    def ready(self) -> None:
        from qiying.kernel import notifications, problems, trail  # noqa: PLC0415  models exist now
        from qiying.slices.casebook import handlers, views  # noqa: F401, PLC0415
        from qiying.slices.casebook.models.problems import PROBLEMS  # noqa: PLC0415
        from qiying.slices.casebook.models.topics import NOTICES, TOPICS  # noqa: PLC0415

        problems.register(PROBLEMS)
        notifications.register(NOTICES)
        trail.name_topics(TOPICS)
        views.hang_up()
