"""Icons and hints of the steps about time and supervision."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WATCH_ICONS: Mapping[str, str] = {
    "propose_extension": "calendar-plus",
    "approve_extension": "calendar-check",
    "refuse_extension": "calendar-x",
    "chase": "bell-ring",
    "supervise": "siren",
    "supervision_note": "notebook-pen",
    "record_interview": "message-square-text",
    "propose_removal": "shield-question-mark",
    "approve_removal": "shield-check",
    "refuse_removal": "shield-x",
    "convene_meeting": "users",
    "decide_meeting": "gavel",
    "waive_meeting": "ban",
    "report_milestone": "flag",
}
WATCH_HINTS: Mapping[str, Promise] = {
    "propose_extension": _(
        "Before the promise runs out, once, within the longest extension of zone or matter; "
        "somebody else decides. What is asked for on the last working day stretches no rate."
    ),
    "approve_extension": _(
        "The firm is told; the first due time stays on record and in the rates."
    ),
    "chase": _("The unit is told at once; on a standing rung the notice is counted there."),
    "supervise": _("Rungs that are passed over are written down with your reason."),
    "supervision_note": _("A note is owed at regular intervals."),
    "record_interview": _("Without minutes nobody can propose to end this rung."),
    "propose_removal": _("Somebody outside the unit decides."),
    "waive_meeting": _("Your reason stays on record beside the round."),
    "report_milestone": _("After the last day of the plan the answer is owed."),
}
