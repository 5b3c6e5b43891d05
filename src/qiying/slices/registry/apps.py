from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "qiying.slices.registry"
    label = "registry"
    verbose_name = _("register of the zone")

    def ready(self) -> None:
        from qiying.kernel import nav, trail  # noqa: PLC0415
        from qiying.kernel.access import STAFF, Role  # noqa: PLC0415
        from qiying.slices.registry import handlers  # noqa: F401, PLC0415  registers them
        from qiying.slices.registry.models.topics import TOPICS  # noqa: PLC0415

        trail.name_topics(TOPICS)
        keepers, everybody = [Role.ADMINISTRATOR, Role.DESK], [*STAFF, Role.ENTERPRISE]
        nav.item("firms", _("Firms"), "registry:firms", "building-2", STAFF, order=20)
        nav.item("firms", _("Grids and portfolios"), "registry:grids", "users", STAFF, order=30)
        nav.item("space", _("Map"), "map:page", "map", everybody, order=10)
        nav.item("space", _("Boundaries"), "registry:areas", "spline", STAFF, order=20)
        nav.item("space", _("Sites"), "registry:sites", "factory", STAFF, order=30)
        nav.item("rules", _("Units"), "registry:units", "landmark", STAFF, order=90)
        nav.item(
            "rules", _("Work calendar"), "registry:calendars", "calendar-days", STAFF, order=100
        )
        nav.item("system", _("Imports"), "registry:imports", "file-up", keepers, order=30)
        at_zone = ("registry:zone", "settings", [Role.ADMINISTRATOR])
        nav.item("system", _("The zone"), *at_zone, order=20, first_for=[Role.ADMINISTRATOR])
