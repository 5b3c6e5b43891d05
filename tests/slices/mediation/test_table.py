"""The table of steps: reachable, documented, each step for its capacities and no others."""

from datetime import timedelta
from typing import Any

import pytest

from qiying.config.environment import REPOSITORY
from qiying.kernel import problems, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, NotFound, Problem, Refused
from qiying.slices.mediation import handlers, operations, queries, rules
from qiying.slices.mediation.models import labels
from qiying.slices.mediation.models.notices import NOTICES, TOPICS
from qiying.slices.mediation.models.problems import PROBLEMS
from qiying.slices.mediation.rules import State
from tests.slices.mediation import steps
from tests.slices.world import World

WHO = {
    "enterprise": "boss",
    "grid_officer": "grid",
    "desk": "desk2",
    "handler": "safety",
    "unit_leader": "safety-lead",
    "callback": "caller",
    "supervisor": "supervisor",
    "zone_leader": "leader",
    "analyst": "analyst",
    "auditor": "auditor",
    "administrator": "admin",
    "mediator": "mediator",
}


def test_every_state_is_reached_and_every_step_has_words_and_a_function() -> None:
    assert rules.LIFECYCLE.reachable() == frozenset(State)
    names = {row.name for row in rules.TABLE}
    assert names == set(operations.STEPS) == set(labels.STEPS)
    assert set(labels.STATES) == set(labels.STATE_TONES) == set(State)
    assert set(queries.GUARDS) == rules.GUARDS
    assert {row.step.event for row in rules.TABLE} <= set(TOPICS)
    assert {t.kind for told in handlers.AUDIENCES.values() for t in told} <= set(NOTICES)
    assert set(PROBLEMS) <= problems.known_codes()


def test_the_documentation_shows_the_table_of_the_code() -> None:
    page = (REPOSITORY / "docs/slices/mediation.md").read_text(encoding="utf-8")
    assert "\n".join(rules.table_markdown()) in page


def test_every_sentence_of_law_has_words_a_source_and_a_grade() -> None:
    assert set(labels.LEGAL) == set(rules.FACTS)
    for fact in rules.FACTS.values():
        assert fact.grade in {"A", "B", "C", "D", "K"}
        assert fact.basis.zh
        assert fact.basis.en
    assert rules.FACTS["confirmation"].days == 30
    assert rules.FACTS["labour_fallback"].days == 15


def inputs_for(world: World, case: Any, step: str) -> dict[str, Any]:
    """Inputs that are right for a step, so that only state and part can stand in its way."""
    found = steps.docket(world, case)
    sessions, terms = found.rows.sessions, found.terms
    day = world.now.date()
    given: dict[str, Any] = {
        "party_id": found.parties[0].pk,
        "text": "说明",
        "decline_reason": "not_ours",
        "mediator_id": steps.mediator(world, "second"),
        "recusal": "other",
        "at": world.now + timedelta(days=1),
        "place": "调解室",
        "session_id": sessions[-1].pk if sessions else 0,
        "minutes": "记录",
        "present": [found.parties[0].pk],
        "form": "written",
        "terms": steps.terms(world, case),
        "on": day,
        "court": "澜川县人民法院",
        "confirmation": "confirmed",
        "term_id": terms[0].pk if terms else 0,
        "risk_to": "police",
    }
    return {k: v for k, v in given.items() if k in rules.ROWS[step].inputs.needed}


@pytest.mark.parametrize("state", sorted(State))
def test_each_step_is_open_to_its_capacities_in_its_states_and_to_nobody_else(
    world: World, state: str
) -> None:
    """Every step × everybody, in one state: right part and state may fail a guard, no other."""
    case = steps.MAKE[state](world)
    wrong = []
    for name in rules.ROWS:
        given = inputs_for(world, case, name)
        for who in WHO.values():
            if not _is_as_the_table_says(world, case, name, who, given):
                wrong.append((state, name, who))
    assert not wrong


def _is_as_the_table_says(
    world: World, case: Any, name: str, who: str, given: dict[str, Any]
) -> bool:
    actor, row = world.actor(who), rules.ROWS[name]
    may = bool(_capacities(world, case, actor) & row.by) and bool(row.step.roles & actor.roles)
    try:
        with_rollback(world, actor, case, name, given)
    except (NotFound, Denied):
        return not may or name in {"ask_another", "stop", "sign", "consent", "refuse"}
    except Refused as refusal:
        is_state = refusal.code == "lifecycle.state"
        return is_state == (case.state not in row.step.source)
    except Problem:
        return may and case.state in row.step.source
    return may and case.state in row.step.source


def _capacities(world: World, case: Any, actor: Actor) -> frozenset[str]:
    try:
        return queries_docket(world, case, actor).capacities
    except NotFound:
        return frozenset()


def queries_docket(world: World, case: Any, actor: Actor) -> queries.Docket:
    with tenancy.reading(actor):
        return queries.docket(actor, queries.get_case(actor, case.pk), now=world.now)


class _UndoError(Exception):
    """Takes back what a step wrote."""


def with_rollback(world: World, actor: Actor, case: Any, name: str, given: dict[str, Any]) -> None:
    try:
        with tenancy.acting(actor):
            operations.take(actor, case.pk, name, now=world.now, **given)
            raise _UndoError
    except _UndoError:
        return


def test_the_platform_takes_no_step(world: World) -> None:
    case = steps.registered(world)
    with pytest.raises(Denied):
        operations.take(world.system, case.pk, "decline", now=world.now)
    assert Role.SYSTEM not in frozenset().union(*(r.step.roles for r in rules.TABLE))
