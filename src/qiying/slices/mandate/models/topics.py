"""Names of what is recorded about powers and duties, for the audit trail."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TOPICS: dict[str, Promise | str] = {
    "mandate.decided": _("Jurisdiction decided"),
    "mandate.delegated": _("Power delegated"),
    "mandate.delegation_ended": _("Delegation ended"),
    "mandate.edition_published": _("Edition published"),
    "mandate.handover_opened": _("Hand-over opened"),
    "mandate.handover_counted": _("Hand-over: lists counted"),
    "mandate.handover_listed": _("Hand-over: lists made"),
    "mandate.handover_agreed": _("Hand-over: agreement signed"),
    "mandate.handover_announced": _("Hand-over announced"),
    "mandate.handover_transferred": _("Hand-over: transferred"),
    "mandate.handover_dual_run": _("Hand-over: run by both"),
    "mandate.handover_accepted": _("Hand-over accepted"),
    "mandate.handover_closed": _("Hand-over finished"),
    "mandate.handover_disputed": _("Hand-over disputed"),
    "mandate.handover_settled": _("Hand-over dispute settled"),
    "mandate.handover_extended": _("Hand-over extended"),
    "mandate.matter_added": _("Matter added"),
    "mandate.matter_revised": _("Matter revised"),
    "mandate.precedent_recorded": _("Precedent recorded"),
    "mandate.register_founded": _("Register founded"),
    "mandate.version_withdrawn": _("Version withdrawn"),
}
