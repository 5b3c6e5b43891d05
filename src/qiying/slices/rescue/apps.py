from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RescueConfig(AppConfig):
    name = "qiying.slices.rescue"
    label = "rescue"
    verbose_name = _("Industry 120")
