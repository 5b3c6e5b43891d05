from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

TOPICS = {
    "kernel.file_stored": _("File stored"),
    "kernel.granted": _("Role granted"),
    "kernel.grant_ended": _("Role ended"),
    "kernel.key_issued": _("API key issued"),
    "kernel.key_revoked": _("API key revoked"),
    "kernel.person_registered": _("Person registered"),
    "kernel.calendar_closed": _("Calendar address revoked"),
    "kernel.calendar_opened": _("Calendar address given"),
    "kernel.identity_invited": _("Invited to link an identity"),
    "kernel.identity_linked": _("Identity linked"),
    "kernel.identity_unlinked": _("Identity unlinked"),
    "kernel.identity_provider_closed": _("Identity provider closed"),
    "kernel.identity_provider_set": _("Identity provider set"),
    "kernel.second_factor_ended": _("Second factor given up"),
    "kernel.second_factor_reset": _("Second factor reset"),
    "kernel.second_factor_set": _("Second factor set"),
    "kernel.webhook_changed": _("Webhook changed"),
    "kernel.webhook_created": _("Webhook made"),
    "kernel.webhook_disabled": _("Webhook switched off after failures"),
    "kernel.webhook_paused": _("Webhook paused"),
    "kernel.webhook_pinged": _("Test message sent"),
    "kernel.webhook_removed": _("Webhook removed"),
    "kernel.webhook_resent": _("Message sent again"),
    "kernel.webhook_resumed": _("Webhook resumed"),
    "kernel.webhook_rotated": _("Secret of a webhook changed"),
}
"""Names of what the kernel records."""
NOTICES = {
    "kernel.webhook_disabled": _(
        "The webhook “%(name)s” received nothing for days and was switched off."
    ),
    "kernel.identity_linked": _(
        "Your account can now be entered by way of %(provider)s. If this was not you, end the link "
        "and tell the administrator."
    ),
}


class KernelConfig(AppConfig):
    name = "qiying.kernel"
    label = "kernel"
    verbose_name = _("kernel")

    def ready(self) -> None:
        from qiying.kernel import (  # noqa: PLC0415
            jobs,  # noqa: F401  registers the queue's tasks
            moments,
            nav,
            notifications,
            trail,
            webhooks,  # noqa: F401  listens to events
        )
        from qiying.kernel.access import Role  # noqa: PLC0415

        moments.set_up()
        administrator, auditor = [Role.ADMINISTRATOR], [Role.AUDITOR, Role.ADMINISTRATOR]
        from qiying.kernel.views_webhooks import audited  # noqa: PLC0415

        trail.name_topics(TOPICS)
        trail.name_subjects("kernel.webhookendpoint", audited)
        notifications.register(NOTICES)
        nav.item("system", _("People and roles"), "kernel:people", "users", administrator)
        nav.item("system", _("API keys"), "kernel:keys", "key-round", administrator, order=60)
        nav.item("system", _("Webhooks"), "kernel:webhooks", "webhook", administrator, order=62)
        nav.item("system", _("Sign-in"), "kernel:identities", "log-in", administrator, order=64)
        nav.item(
            "system",
            _("Audit trail"),
            "kernel:audit",
            "shield-check",
            auditor,
            order=70,
            first_for=[Role.AUDITOR],
        )
