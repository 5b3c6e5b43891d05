"""Icons, names, keys and hints of the steps on the pages of the staff."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.slices.calls.views.watch_words import WATCH_HINTS, WATCH_ICONS

ICONS: Mapping[str, str] = {
    "accept": "check",
    "ask_info": "message-circle-question-mark",
    "supply_info": "message-circle",
    "decline": "ban",
    "propose_decline": "ban",
    "approve_decline": "ban",
    "refuse_decline": "undo-2",
    "classify": "map-pin-pen",
    "dispatch": "send",
    "redispatch": "send",
    "add_co": "user-plus",
    "recall": "undo-2",
    "sign": "pen-line",
    "assign_person": "user-check",
    "dispute": "undo-2",
    "adjudicate": "gavel",
    "contact": "phone",
    "stage_report": "clipboard-pen",
    "task_done": "clipboard-check",
    "propose_pause": "circle-pause",
    "approve_pause": "circle-pause",
    "refuse_pause": "circle-x",
    "resume": "play",
    "schedule": "calendar-days",
    "answer": "file-check",
    "review_pass": "shield-check",
    "review_return": "undo-2",
    "attempt_callback": "phone-missed",
    "supersede_attempt": "pencil",
    "callback_confirm": "thumbs-up",
    "callback_reject": "thumbs-down",
    "close_unreached": "phone-off",
    "reopen": "rotate-ccw",
    "archive": "archive",
    "mark": "tag",
    "unmark": "eraser",
    **WATCH_ICONS,
    "note": "lock",
    "message": "send",
}
TITLES: Mapping[str, Promise] = {
    "note": _("Note for colleagues, the firm never sees it"),
    "message": _("Message to the firm"),
}
"""Names that say more than the label of the step."""
KEYS: Mapping[str, str] = {
    "accept": "a",
    "classify": "l",
    "dispatch": "d",
    "redispatch": "d",
    "assign_person": "a",
    "sign": "s",
    "adjudicate": "d",
    "contact": "c",
    "answer": "r",
    "task_done": "r",
    "review_pass": "p",
    "review_return": "b",
    "attempt_callback": "f",
    "callback_confirm": "y",
    "callback_reject": "b",
    "approve_pause": "p",
    "approve_decline": "p",
    "refuse_decline": "b",
    "note": "i",
    "message": "m",
}
"""Single keys that open the form of a step."""
HINTS: Mapping[str, Promise] = {
    "mark": _(
        "Secret: shown to no outsider and handed on by no network. Before a court: no mediation. "
        "Collective: supervisors and zone leaders hear of it at once."
    ),
    "dispatch": _("Another lead than the one proposed needs a reason."),
    "redispatch": _("Parts of units that are not named again are taken back; the promise stays."),
    "recall": _("The answer does not wait for this unit any more."),
    "ask_info": _("The clock stands still until the firm has answered."),
    "propose_decline": _(
        "A supervisor or zone leader decides; the clock runs on and the firm can still answer."
    ),
    "dispute": _("The clock runs on and the first receiver keeps the call until it is decided."),
    "adjudicate": _("The unit named here cannot return the call."),
    "schedule": _("No further ahead than the zone allows; it counts as not solved until then."),
    "answer": _("The desk reviews the answer before the firm reads it."),
    "review_pass": _("The firm reads the answer and is called back about it."),
    "callback_reject": _("A new round begins with a new deadline."),
    "close_unreached": _("It is closed, and does not count as verified."),
    "contact": _("The first contact that reaches the firm counts for the response rate."),
    "supersede_attempt": _("An outcome is never edited: the correction stands beside it."),
    **WATCH_HINTS,
    "propose_pause": _("Somebody else decides; until then the clock runs."),
    "approve_pause": _("On that day the clock runs on by itself and the unit is told."),
}
