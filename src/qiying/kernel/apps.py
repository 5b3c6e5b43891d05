from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

TOPICS = {
    "kernel.file_stored": _("File stored"),
    "kernel.granted": _("Role granted"),
    "kernel.grant_ended": _("Role ended"),
    "kernel.key_issued": _("API key issued"),
    "kernel.key_revoked": _("API key revoked"),
    "kernel.person_registered": _("Person registered"),
}
"""Names of what the kernel records."""


class KernelConfig(AppConfig):
    name = "qiying.kernel"
    label = "kernel"
    verbose_name = _("kernel")

    def ready(self) -> None:
        from qiying.kernel import jobs, nav, trail  # noqa: F401, PLC0415  jobs register the queue's tasks
        from qiying.kernel.access import Role  # noqa: PLC0415

        administrator, auditor = [Role.ADMINISTRATOR], [Role.AUDITOR, Role.ADMINISTRATOR]
        trail.name_topics(TOPICS)
        nav.item("system", _("People and roles"), "kernel:people", "users", administrator)
        nav.item("system", _("API keys"), "kernel:keys", "key-round", administrator, order=60)
        nav.item("system", _("Audit trail"), "kernel:audit", "shield-check", auditor, order=70)
