"""Conditions of the table beyond state and role, over plain facts.

A guard is asked twice: when the buttons are drawn and when the step is taken. It sees facts only,
so both get the same answer.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from qiying.kernel.access import Role
from qiying.slices.calls.rules.codes import FOR_THE_FIRM, WITH_UNIT, DeclineCode, Mark, Resolved
from qiying.slices.calls.rules.facts import Facts
from qiying.slices.calls.rules.watch_guards import WATCH_GUARDS

ATTEMPTS_NEEDED = 3
DAYS_NEEDED = 2
MAX_PAUSES = 3
REOPEN_WITHIN = timedelta(days=30)


def _needs_no_approval(facts: Facts) -> bool:
    return facts.decline_code != DeclineCode.UNCOOPERATIVE


def _asked_in_vain(facts: Facts) -> bool:
    return facts.was_asked_in_vain


def _refusal_by_another(facts: Facts) -> bool:
    return facts.person_id is not None and facts.person_id != facts.refusal_proposer_id


def _undispatched_or_rushed(facts: Facts) -> bool:
    """What a unit was given is answered, not declined, unless no desk ever looked at it.

    A promise that ran out is not got rid of that way either.
    """
    return not facts.was_dispatched or (facts.was_rushed and facts.now <= facts.promised_at)


def _adjudication_stands(facts: Facts) -> bool:
    return Role.SUPERVISOR in facts.roles or not facts.is_adjudicated


def _not_adjudicated(facts: Facts) -> bool:
    return not facts.is_adjudicated


def _dispute_in_time(facts: Facts) -> bool:
    return facts.dispute_until is None or facts.now <= facts.dispute_until


def _not_the_disputant(facts: Facts) -> bool:
    """Neither who raised the dispute nor anybody of the unit for which it was raised."""
    if facts.disputing_unit_id in facts.own_units:
        return False
    return facts.disputant_id is None or facts.person_id != facts.disputant_id


def _co_tasks_settled(facts: Facts) -> bool:
    return facts.open_co_tasks == 0


def _not_the_answerer(facts: Facts) -> bool:
    """Neither who answered nor who signed for a part or has one in hand."""
    person = facts.person_id
    return person is None or (person != facts.answerer_id and person not in facts.worker_ids)


def _not_of_the_answering_unit(facts: Facts) -> bool:
    """Nobody of the lead, and nobody of a unit that helped."""
    return not facts.own_units & facts.answering_unit_ids


def _attempts_documented(facts: Facts) -> bool:
    attempts, days = facts.failed_attempts
    return attempts >= ATTEMPTS_NEEDED and days >= DAYS_NEEDED


def _no_pause_proposed(facts: Facts) -> bool:
    return facts.proposed_pauses == 0


def _pauses_left(facts: Facts) -> bool:
    return facts.pauses_used < MAX_PAUSES and not facts.is_paused_out


def _firm_was_awaited(facts: Facts) -> bool:
    if facts.roles & {Role.HANDLER, Role.UNIT_LEADER, Role.SUPERVISOR, Role.SYSTEM}:
        return True
    return facts.pause_reason in FOR_THE_FIRM


def _not_yet_rated(facts: Facts) -> bool:
    return not facts.is_rated


def _within_reopen_time(facts: Facts) -> bool:
    return facts.reopen_until is not None and facts.now <= facts.reopen_until


def _reopen_time_over(facts: Facts) -> bool:
    return not _within_reopen_time(facts)


def _is_co_task(facts: Facts) -> bool:
    return facts.is_co_task


def _call_with_units(facts: Facts) -> bool:
    return facts.state in WITH_UNIT


def _not_the_proposer(facts: Facts) -> bool:
    """Neither who proposed the pause nor who handles the call, nor anybody of the lead unit."""
    person = facts.person_id
    if person is not None and person in facts.handler_ids | {facts.pause_proposer_id}:
        return False
    return facts.lead_unit_id not in facts.own_units


def _firm_did_not_deny(facts: Facts) -> bool:
    """What the firm wrote itself is not overwritten by what somebody heard."""
    return facts.rating_resolved != Resolved.NO


def _marks_left(facts: Facts) -> bool:
    return len(facts.marks) < len(Mark)


def _is_marked(facts: Facts) -> bool:
    return bool(facts.marks)


GUARDS: Mapping[str, Callable[[Facts], bool]] = {
    "needs_no_approval": _needs_no_approval,
    "asked_in_vain": _asked_in_vain,
    "refusal_by_another": _refusal_by_another,
    "undispatched_or_rushed": _undispatched_or_rushed,
    "adjudication_stands": _adjudication_stands,
    "not_adjudicated": _not_adjudicated,
    "dispute_in_time": _dispute_in_time,
    "not_the_disputant": _not_the_disputant,
    "co_tasks_settled": _co_tasks_settled,
    "not_the_answerer": _not_the_answerer,
    "not_of_the_answering_unit": _not_of_the_answering_unit,
    "attempts_documented": _attempts_documented,
    "no_pause_proposed": _no_pause_proposed,
    "pauses_left": _pauses_left,
    "firm_was_awaited": _firm_was_awaited,
    "not_yet_rated": _not_yet_rated,
    "within_reopen_time": _within_reopen_time,
    "reopen_time_over": _reopen_time_over,
    "is_co_task": _is_co_task,
    "call_with_units": _call_with_units,
    "not_the_proposer": _not_the_proposer,
    "firm_did_not_deny": _firm_did_not_deny,
    "marks_left": _marks_left,
    "is_marked": _is_marked,
    **WATCH_GUARDS,
}


def blocked_by(guards: tuple[str, ...], facts: Facts) -> str:
    """The first guard that stands in the way, "" when none does."""
    return next((name for name in guards if not GUARDS[name](facts)), "")
