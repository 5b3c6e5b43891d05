from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    name = "qiying.kernel"
    label = "kernel"
    verbose_name = _("kernel")

    def ready(self) -> None:
        from qiying.kernel import jobs  # noqa: F401, PLC0415  registers the queue's tasks
