from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "qiying.slices.channels"
    label = "channels"
    verbose_name = _("channels")

    def ready(self) -> None:
        from qiying.kernel import notifications, problems, trail  # noqa: PLC0415
        from qiying.slices.channels import handlers  # noqa: F401, PLC0415  registers what follows
        from qiying.slices.channels.models.notices import NOTICES  # noqa: PLC0415
        from qiying.slices.channels.models.problems import PROBLEMS  # noqa: PLC0415
        from qiying.slices.channels.models.topics import TOPICS  # noqa: PLC0415
        from qiying.slices.channels.views.hooks import hang_up  # noqa: PLC0415

        problems.register(PROBLEMS)
        notifications.register(NOTICES)
        trail.name_topics(TOPICS)
        hang_up()
