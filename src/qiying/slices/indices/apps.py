from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IndicesConfig(AppConfig):
    name = "qiying.slices.indices"
    label = "indices"
    verbose_name = _("evaluation of regions")

    def ready(self) -> None:
        from qiying.kernel import problems, trail  # noqa: PLC0415
        from qiying.slices.indices.models.problems import PROBLEMS, TOPICS  # noqa: PLC0415
        from qiying.slices.indices.views import hang_up  # noqa: PLC0415

        problems.register(PROBLEMS)
        trail.name_topics(TOPICS)
        hang_up()
