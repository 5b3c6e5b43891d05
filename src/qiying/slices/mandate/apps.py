from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MandateConfig(AppConfig):
    name = "qiying.slices.mandate"
    label = "mandate"
    verbose_name = _("powers and duties")
