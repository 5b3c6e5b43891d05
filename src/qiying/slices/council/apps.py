from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CouncilConfig(AppConfig):
    name = "qiying.slices.council"
    label = "council"
    verbose_name = _("deputies' council")

    def ready(self) -> None:
        from qiying.kernel import notifications, problems, trail  # noqa: PLC0415
        from qiying.slices.council import handlers  # noqa: F401, PLC0415  registers what follows
        from qiying.slices.council.models.notices import NOTICES, TOPICS  # noqa: PLC0415
        from qiying.slices.council.models.problems import PROBLEMS  # noqa: PLC0415
        from qiying.slices.council.views import hang_up  # noqa: PLC0415

        problems.register(PROBLEMS)
        notifications.register(NOTICES)
        trail.name_topics(TOPICS)
        hang_up()
