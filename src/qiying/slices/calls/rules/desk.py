"""Speed at the desk: what may be done to many calls at once, what of it may be taken back, and
how a wording for answers comes into force."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from qiying.kernel.access import Role
from qiying.kernel.lifecycle import Lifecycle, Step


class BulkAction(StrEnum):
    """What can be done to the rows of a list."""

    ASSIGN = "assign_person"
    SIGN = "sign"
    URGE = "urge"
    """The step ``chase`` of the ladder; the code is older than the step."""
    CLASSIFY = "classify"
    NOTE = "note"


class BulkState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    UNDONE = "undone"


AT_UNIT = frozenset({Role.HANDLER, Role.UNIT_LEADER})
BULK_ROLES: Mapping[BulkAction, frozenset[str]] = {
    BulkAction.ASSIGN: AT_UNIT,
    BulkAction.SIGN: AT_UNIT,
    BulkAction.URGE: frozenset({Role.DESK, Role.SUPERVISOR, Role.ZONE_LEADER}),
    BulkAction.CLASSIFY: frozenset({Role.DESK, Role.SUPERVISOR}),
    BulkAction.NOTE: frozenset(
        {
            Role.CALLBACK,
            Role.DESK,
            Role.HANDLER,
            Role.SUPERVISOR,
            Role.UNIT_LEADER,
            Role.ZONE_LEADER,
        }
    ),
}
BULK_USERS = tuple(sorted(frozenset[str]().union(*BULK_ROLES.values())))
MOST_AT_ONCE = 100
UNDO_WITHIN = timedelta(minutes=10)
UNDOABLE = frozenset({BulkAction.ASSIGN, BulkAction.SIGN, BulkAction.CLASSIFY, BulkAction.NOTE})
"""What nobody outside has acted on yet. A unit that was chased has been told."""

_EVERYBODY = frozenset(BULK_USERS)
BULK_ROW = Lifecycle(
    "bulk row",
    BulkState.WAITING,
    frozenset({BulkState.REFUSED, BulkState.UNDONE}),
    {
        "do": Step(frozenset({BulkState.WAITING}), BulkState.DONE, _EVERYBODY, "calls.bulk_done"),
        "refuse": Step(frozenset({BulkState.WAITING}), BulkState.REFUSED, _EVERYBODY, ""),
        "undo": Step(
            frozenset({BulkState.DONE}),
            BulkState.UNDONE,
            _EVERYBODY,
            "calls.bulk_undone",
            ("own_run", "undo_in_time", "not_moved_on"),
        ),
    },
)
"""One call of a bulk action."""


class TemplateState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    RETIRED = "retired"


WRITERS = frozenset({Role.DESK, Role.HANDLER, Role.UNIT_LEADER, Role.SUPERVISOR})
APPROVERS = frozenset({Role.UNIT_LEADER, Role.ZONE_LEADER, Role.SUPERVISOR})
TEMPLATE = Lifecycle(
    "wording",
    TemplateState.DRAFT,
    frozenset({TemplateState.RETIRED}),
    {
        "approve": Step(
            frozenset({TemplateState.DRAFT}),
            TemplateState.APPROVED,
            APPROVERS,
            "calls.wording_approved",
            ("not_the_writer",),
        ),
        "retire": Step(
            frozenset({TemplateState.DRAFT, TemplateState.APPROVED}),
            TemplateState.RETIRED,
            APPROVERS,
            "calls.wording_retired",
        ),
    },
)
"""One version of a wording: nobody approves the own one, and a new version retires the old."""
TEMPLATE_STEPS = (
    *("answer", "message", "ask_info", "decline", "stage_report", "contact"),
    *("schedule", "callback_confirm"),
)
"""Steps with words that can be prepared."""
PLACES = ("firm", "number", "due", "unit", "matter", "zone")
"""What a wording may leave open, written {firm}."""
MAX_WORDING = 2000
DIGEST_HOURS = range(6, 21)
DIGEST_HOUR = 8
"""When a day begins for somebody who chose nothing."""
