from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MandateConfig(AppConfig):
    name = "qiying.slices.mandate"
    label = "mandate"
    verbose_name = _("powers and duties")

    def ready(self) -> None:
        from qiying.kernel import problems, trail  # noqa: PLC0415  models exist from here on
        from qiying.slices.mandate import views  # noqa: PLC0415
        from qiying.slices.mandate.models.problems import PROBLEMS  # noqa: PLC0415
        from qiying.slices.mandate.models.topics import TOPICS  # noqa: PLC0415

        trail.name_topics(TOPICS)
        problems.register(PROBLEMS)
        views.hang_up()
