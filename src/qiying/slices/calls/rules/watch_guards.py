"""Conditions on more time, supervision, joint meetings and milestones, over plain facts."""

from collections.abc import Callable, Mapping

from qiying.kernel.access import Role
from qiying.slices.calls.rules.facts import Facts
from qiying.slices.calls.rules.watch import (
    EXTENSIONS_MOST,
    MEETING_OPEN,
    MEETING_SETTLED,
    Level,
    MeetingState,
    SupervisionState,
)


def _before_due(facts: Facts) -> bool:
    return facts.now < facts.promised_at


def _no_extension_proposed(facts: Facts) -> bool:
    return facts.proposed_extensions == 0


def _extension_proposed(facts: Facts) -> bool:
    return facts.proposed_extensions > 0


def _extensions_left(facts: Facts) -> bool:
    return facts.granted_extensions < EXTENSIONS_MOST


def _extension_by_another(facts: Facts) -> bool:
    """Neither who asked nor who handles it, nor anybody of the unit, whatever else they hold."""
    person = facts.person_id
    if person is None or person == facts.extension_proposer_id or person in facts.handler_ids:
        return False
    return facts.lead_unit_id not in facts.own_units


def _second_extension_by_leader(facts: Facts) -> bool:
    return facts.granted_extensions == 0 or Role.ZONE_LEADER in facts.roles


def _evidence_given(facts: Facts) -> bool:
    return facts.has_evidence


def _below_the_top(facts: Facts) -> bool:
    return facts.supervision_level < Level.INTERVIEW


def _under_supervision(facts: Facts) -> bool:
    return facts.supervision_level > 0


def _not_supervised(facts: Facts) -> bool:
    return facts.supervision_level == 0


def _removal_possible(facts: Facts) -> bool:
    return facts.supervision_level > 0 and facts.supervision_state == SupervisionState.OPEN


def _interview_open(facts: Facts) -> bool:
    return facts.supervision_level == Level.INTERVIEW and not facts.is_interviewed


def _interview_held(facts: Facts) -> bool:
    return facts.supervision_level < Level.INTERVIEW or facts.is_interviewed


def _removal_proposed(facts: Facts) -> bool:
    return facts.supervision_level > 0 and facts.supervision_state == SupervisionState.REMOVING


def _removal_by_another(facts: Facts) -> bool:
    """Never who proposed it, and never anybody of the unit that is supervised."""
    if facts.person_id is None or facts.person_id == facts.removal_proposer_id:
        return False
    return not facts.own_units & {facts.supervised_unit_id, facts.lead_unit_id}


def _meeting_open(facts: Facts) -> bool:
    return facts.meeting_state in MEETING_OPEN


def _meeting_convened(facts: Facts) -> bool:
    return facts.meeting_state == MeetingState.CONVENED


def _meeting_settled(facts: Facts) -> bool:
    return not facts.is_meeting_owed or facts.meeting_state in MEETING_SETTLED


def _not_of_the_lead_unit(facts: Facts) -> bool:
    return facts.person_id is not None and facts.lead_unit_id not in facts.own_units


def _milestone_open(facts: Facts) -> bool:
    return facts.open_milestones > 0


WATCH_GUARDS: Mapping[str, Callable[[Facts], bool]] = {
    "before_due": _before_due,
    "no_extension_proposed": _no_extension_proposed,
    "extension_proposed": _extension_proposed,
    "extensions_left": _extensions_left,
    "extension_by_another": _extension_by_another,
    "second_extension_by_leader": _second_extension_by_leader,
    "evidence_given": _evidence_given,
    "below_the_top": _below_the_top,
    "under_supervision": _under_supervision,
    "not_supervised": _not_supervised,
    "interview_open": _interview_open,
    "interview_held": _interview_held,
    "removal_possible": _removal_possible,
    "removal_proposed": _removal_proposed,
    "removal_by_another": _removal_by_another,
    "meeting_open": _meeting_open,
    "meeting_convened": _meeting_convened,
    "meeting_settled": _meeting_settled,
    "not_of_the_lead_unit": _not_of_the_lead_unit,
    "milestone_open": _milestone_open,
}
