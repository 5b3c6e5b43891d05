from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    name = "qiying.config"
    label = "config"
    verbose_name = _("composition root")

    def ready(self) -> None:
        from qiying.config import checks  # noqa: F401, PLC0415  registers the system checks
