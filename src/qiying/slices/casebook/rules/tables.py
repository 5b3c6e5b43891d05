"""Who may take which step from where: the tables that operations, pages and docs share."""

from qiying.kernel.access import STAFF, Role
from qiying.kernel.lifecycle import Lifecycle, Step
from qiying.slices.casebook.rules.codes import CaseState, EntryState, SelectionState

NOMINATORS = frozenset({Role.DESK, Role.HANDLER, Role.UNIT_LEADER, Role.SUPERVISOR})
DECIDERS = frozenset({Role.SUPERVISOR, Role.ZONE_LEADER})
REVIEWERS = STAFF - {Role.GRID_OFFICER, Role.ADMINISTRATOR}
ORGANISERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
ENTRANTS = frozenset({Role.DESK, Role.HANDLER, Role.UNIT_LEADER, *ORGANISERS})
"""Who enters cases: units for themselves, organisers what counties send."""
CHOOSERS = frozenset({Role.ZONE_LEADER, Role.SUPERVISOR})

C, S, E = CaseState, SelectionState, EntryState


def _step(
    source: set[str],
    target: str | None,
    roles: frozenset[str],
    event: str,
    *guards: str,
) -> Step:
    return Step(frozenset(source), target, frozenset(roles), f"casebook.{event}", guards)


CASE = Lifecycle(
    "case",
    C.DRAFT,
    frozenset({C.DECLINED, C.WITHDRAWN, C.DROPPED}),
    {
        "write": _step({C.DRAFT}, None, NOMINATORS, "case_written", "own_nomination"),
        "reason": _step({C.DRAFT}, None, NOMINATORS, "finding_reasoned", "own_nomination"),
        "submit": _step(
            {C.DRAFT},
            C.REVIEW,
            NOMINATORS,
            "case_submitted",
            "own_nomination",
            "text_whole",
            "findings_settled",
            "closure_stands",
        ),
        "assign": _step(
            {C.REVIEW}, None, DECIDERS, "case_reviewer_named", "not_involved", "another_place_free"
        ),
        "review": _step({C.REVIEW}, None, REVIEWERS, "case_reviewed", "assigned", "not_involved"),
        "send_back": _step({C.REVIEW}, C.DRAFT, DECIDERS, "case_sent_back", "not_involved"),
        "accept": _step(
            {C.REVIEW},
            C.ACCEPTED,
            DECIDERS,
            "case_accepted",
            "reviews_complete",
            "not_involved",
            "not_a_reviewer",
            "closure_stands",
        ),
        "decline": _step(
            {C.REVIEW},
            C.DECLINED,
            DECIDERS,
            "case_declined",
            "reviews_complete",
            "not_involved",
            "not_a_reviewer",
        ),
        "publish": _step(
            {C.ACCEPTED},
            C.PUBLISHED,
            DECIDERS,
            "case_published",
            "findings_settled",
            "not_involved",
            "closure_stands",
            "window_over",
        ),
        "revise": _step({C.PUBLISHED}, C.DRAFT, NOMINATORS, "case_revised", "own_nomination"),
        "drop": _step({C.DRAFT}, C.DROPPED, NOMINATORS, "case_dropped", "own_nomination"),
        "withdraw": _step({C.ACCEPTED, C.PUBLISHED}, C.WITHDRAWN, DECIDERS, "case_withdrawn"),
    },
)
BACK_TO_PUBLISHED = frozenset({"drop", "decline"})
"""A revision that is dropped or declined leaves the published version standing."""

SELECTION = Lifecycle(
    "selection",
    S.DRAFT,
    frozenset({S.FINAL, S.CANCELLED}),
    {
        "announce": _step({S.DRAFT}, S.OPEN, ORGANISERS, "selection_announced", "rules_whole"),
        "enter": _step({S.OPEN}, None, ENTRANTS, "entry_submitted", "within_dates"),
        "close": _step({S.OPEN}, S.CHECKING, ORGANISERS, "selection_closed", "dates_over"),
        "seat": _step({S.DRAFT, S.OPEN, S.CHECKING}, None, ORGANISERS, "panelist_seated"),
        "recuse": _step(
            {S.CHECKING, S.REVIEWING}, None, REVIEWERS, "interest_declared", "is_panelist"
        ),
        "deal": _step(
            {S.CHECKING},
            S.REVIEWING,
            ORGANISERS,
            "selection_dealt",
            "entries_checked",
            "panel_suffices",
        ),
        "third": _step({S.REVIEWING}, None, ORGANISERS, "thirds_dealt", "panel_suffices"),
        "mark": _step({S.REVIEWING}, None, REVIEWERS, "entry_marked", "assigned"),
        "rank": _step(
            {S.REVIEWING}, S.RANKED, ORGANISERS, "selection_ranked", "all_marked", "thirds_read"
        ),
        "choose": _step(
            {S.RANKED},
            S.SHORTLISTED,
            CHOOSERS,
            "selection_shortlisted",
            "not_concerned",
            "within_quota",
            "deviations_reasoned",
        ),
        "publicise": _step({S.SHORTLISTED}, S.PUBLICITY, ORGANISERS, "selection_publicised"),
        "object": _step(
            {S.PUBLICITY}, None, STAFF | {Role.ENTERPRISE}, "objection_raised", "within_publicity"
        ),
        "settle": _step(
            {S.PUBLICITY}, None, CHOOSERS, "objection_settled", "not_concerned", "not_the_objector"
        ),
        "conclude": _step(
            {S.PUBLICITY},
            S.FINAL,
            ORGANISERS,
            "selection_concluded",
            "publicity_over",
            "objections_settled",
        ),
        "cancel": _step(
            {S.DRAFT, S.OPEN, S.CHECKING, S.REVIEWING, S.RANKED, S.SHORTLISTED},
            S.CANCELLED,
            ORGANISERS,
            "selection_cancelled",
        ),
    },
)

ENTRY = Lifecycle(
    "entry",
    E.SUBMITTED,
    frozenset({E.WITHDRAWN, E.EXCLUDED}),
    {
        "resubmit": _step({E.SUBMITTED, E.RETURNED}, E.SUBMITTED, ENTRANTS, "entry_resubmitted"),
        "complete": _step(
            {E.SUBMITTED},
            E.COMPLETE,
            ORGANISERS,
            "entry_complete",
            "not_the_entrant",
            "text_whole",
        ),
        "give_back": _step(
            {E.SUBMITTED, E.COMPLETE}, E.RETURNED, ORGANISERS, "entry_returned", "not_the_entrant"
        ),
        "withdraw": _step(
            {E.SUBMITTED, E.RETURNED, E.COMPLETE}, E.WITHDRAWN, ENTRANTS, "entry_withdrawn"
        ),
        "exclude": _step({E.COMPLETE}, E.EXCLUDED, CHOOSERS, "entry_excluded"),
    },
)
PUBLIC = frozenset({S.OPEN, S.PUBLICITY, S.FINAL})
"""States in which a selection shows something to firms."""
LISTED = frozenset({S.PUBLICITY, S.FINAL})
