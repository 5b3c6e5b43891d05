from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediationConfig(AppConfig):
    name = "qiying.slices.mediation"
    label = "mediation"
    verbose_name = _("mediation")

    def ready(self) -> None:
        from qiying.kernel import notifications, problems, trail  # noqa: PLC0415
        from qiying.slices.mediation import handlers  # noqa: F401, PLC0415  registers what follows
        from qiying.slices.mediation.models.notices import NOTICES, TOPICS  # noqa: PLC0415
        from qiying.slices.mediation.models.problems import PROBLEMS  # noqa: PLC0415
        from qiying.slices.mediation.views import hang_up  # noqa: PLC0415

        problems.register(PROBLEMS)
        notifications.register(NOTICES)
        trail.name_topics(TOPICS)
        hang_up()
