"""Calls in the connectors of the kernel: calendar, webhooks, map layers. Codes and ids only."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import ical, layers, webhooks
from qiying.kernel.access import Actor, Role
from qiying.slices.calls import queries
from qiying.slices.calls.models import CLOCK_LABELS
from qiying.slices.calls.models.topics import TOPICS
from qiying.slices.calls.rules import Clock
from qiying.slices.calls.views import staff

TOLD = (
    *("received", "classified", "accepted", "info_asked", "info_supplied", "declined"),
    "info_lapsed",
    *("withdrawn", "dispatched", "redispatched", "co_added", "recalled", "signed", "disputed"),
    *("adjudicated", "contacted", "stage_reported", "task_done", "pause_approved", "resumed"),
    *("scheduled", "deadline_changed", "extended", "answered", "review_passed"),
    *("review_returned", "callback_attempted", "callback_rejected", "closed", "rated"),
    *("reopened", "archived", "overdue", "urged", "supervised", "supervision_removed"),
)
"""What other systems may hear of, in the course of a call. Notes, messages, proposals and the
work of the house on its own wordings stay indoors."""
SHORT, LONG = timedelta(minutes=30), timedelta(hours=24)
WARN_BEFORE = {Clock.MILESTONE: LONG, Clock.TASK: timedelta(hours=4)}
LAYER: Promise = _("Open calls")


def register_connectors() -> None:
    """Tell the kernel what calls offer; called once at start-up."""
    ical.provider("calls")(_entries)
    topics = [f"calls.{name}" for name in TOLD]
    webhooks.publish([t for t in topics if t in TOPICS], _subject, subject_type="calls.call")
    layers.provider("calls", LAYER, geometry="Point", roles={*staff.MAP_READERS, Role.MACHINE})(
        _points
    )


def _entries(actor: Actor, _now: datetime) -> list[ical.Entry]:
    return [
        ical.Entry(
            uid=found.key,
            title=gettext("%(number)s: %(what)s due")
            % {"number": found.call.number, "what": CLOCK_LABELS[found.clock]},
            due_at=found.due_at,
            path=staff.call_url(actor, found.call),
            revised_at=found.call.updated_at,
            warn_before=WARN_BEFORE.get(Clock(found.clock), SHORT),
        )
        for found in queries.deadlines(actor)
    ]


def _subject(actor: Actor, call_id: int) -> webhooks.Subject | None:
    """A call for the outside; of a complaint only the id, and to the unit concerned nothing."""
    call = queries.find_call(actor, call_id)
    if call is None:
        return None
    accused = call.complained_unit_id
    return webhooks.Subject(
        id=str(call.public_id),
        path=reverse("calls:case", args=[call.public_id]),
        codes={"number": call.number, "state": call.state, "version": call.version},
        hidden_from=frozenset() if accused is None else frozenset({accused}),
        is_hidden=accused is not None,
    )


def _points(actor: Actor, window: layers.Window) -> list[layers.Item]:
    return [
        layers.Item(
            call.pk,
            str(call.public_id),
            {"type": "Point", "coordinates": [call.longitude, call.latitude]},
            {
                "number": call.number,
                "state": call.state,
                "urgency": call.urgency,
                "matter": call.matter_code,
                "received_at": call.received_at.isoformat(),
                "due_at": call.due_at.isoformat(),
                "url": staff.call_url(actor, call),
            },
        )
        for call in queries.open_points(actor, window)
    ]
