"""The table of steps: every state is reachable, every step is taken by its roles and no others."""

from datetime import timedelta
from typing import Any

import pytest

from qiying.config.environment import REPOSITORY
from qiying.kernel import tenancy
from qiying.kernel.access import Actor, Held, Role
from qiying.kernel.errors import Denied, NotFound, Problem, Refused
from qiying.slices.calls import operations, queries, rules
from qiying.slices.calls.models import STATE_LABELS, STATE_TONES, STEP_LABELS, Call, Pause, Task
from qiying.slices.calls.operations import CoUnit
from qiying.slices.calls.queries._timeline import TITLES
from qiying.slices.calls.rules import CallState, Entity, RoundState, TaskState
from tests.slices.calls import steps
from tests.slices.world import World

ROLES = [r for r in Role if r is not Role.MACHINE]


def test_every_state_is_reached_by_some_path() -> None:
    assert rules.CALL.reachable() == frozenset(CallState)
    assert rules.ROUND.reachable() == frozenset(RoundState)
    assert rules.TASK.reachable() == frozenset(TaskState)


def test_every_step_has_inputs_a_label_a_function_and_a_line_in_the_timeline() -> None:
    names = {row.name for row in rules.TABLE}
    assert names == set(rules.INPUTS) == set(operations.STEPS) == set(STEP_LABELS)
    topics = {row.step.event for row in rules.TABLE}
    assert topics <= set(TITLES)
    assert set(STATE_LABELS) == set(STATE_TONES) == set(CallState)


def test_every_guard_of_the_table_is_known() -> None:
    named = {g for row in rules.TABLE for g in row.step.guards}
    assert named == set(rules.GUARDS)


def test_a_final_state_has_no_step_but_words() -> None:
    for state in (CallState.DECLINED, CallState.WITHDRAWN, CallState.ARCHIVED):
        assert set(rules.CALL.open_to(state, frozenset(Role))) == {"note"}


def test_the_documentation_shows_the_table_of_the_code() -> None:
    page = (REPOSITORY / "docs/slices/calls.md").read_text(encoding="utf-8")
    assert "\n".join(rules.table_markdown()) in page


def inputs_for(world: World, call: Call, step: str) -> dict[str, Any]:
    """Inputs that are right for a step, so that only state and role can stand in its way."""
    given: dict[str, Any] = {
        "text": "说明",
        "code": "OUT_OF_DUTY",
        "told_path": "市场主体",
        "matter_code": "M017",
        "lead_unit_id": world.units["ZONE_SAFE"],
        "co_units": [CoUnit(world.units["ETB"])],
        "unit_id": world.units["ZONE_SAFE"],
        "person_id": world.user("safety").pk,
        "reason": "awaiting_information",
        "milestone_on": (world.now + timedelta(days=5)).date(),
        "result": "solved",
        "outcome": "no_answer",
        "resolved": "yes",
        "grade": 5,
        "callback_id": 0,
        "until_on": (world.now + timedelta(days=10)).date(),
        "talked_on": queries.local_day(world.now),
        "meets_on": (world.now + timedelta(days=2)).date(),
        "unit_ids": [world.units["ZONE_SAFE"]],
        "level": "supervise",
    }
    if step == "propose_extension":
        given["reason"] = "complex"
    if step == "redispatch":
        given["lead_unit_id"] = world.units["FIRE"]
    with tenancy.reading(world.system):
        task = (
            Task.objects.filter(call=call).exclude(state="withdrawn").order_by("-is_lead", "-id")
        )
        pause = Pause.objects.filter(call=call, state="proposed")
        given["task_id"] = task.values_list("id", flat=True).first() or 0
        given["pause_id"] = pause.values_list("id", flat=True).first() or 0
    names = {*rules.INPUTS[step].needed, "told_path"} & rules.INPUTS[step].names
    return {name: given[name] for name in names}


def as_role(world: World, role: str) -> Actor:
    """One role only, held where it counts for the calls of these tests."""
    person = steps.actor_in(world, role)
    held = {
        "enterprise": Held(role, enterprise_id=world.firms["宏达"]),
        "handler": Held(role, unit_id=world.units["ZONE_SAFE"]),
        "unit_leader": Held(role, unit_id=world.units["ZONE_SAFE"]),
    }.get(role, Held(role))
    return Actor(world.tenant.pk, role, (held,), person_id=person.person_id)


@pytest.mark.parametrize("state", list(steps.MAKE))
def test_a_step_is_open_to_its_roles_in_its_states_and_to_nobody_else(
    world: World, state: str
) -> None:
    """Each is tried and taken back; where neither role nor state fits there is nothing to tell."""
    call = steps.MAKE[state](world)
    for step, row in rules.CALL.steps.items():
        if step in rules.ROW_STEPS:
            continue
        for role in ROLES:
            may, fits = role in row.roles, state in row.source
            if not may and not fits:
                continue
            verdict = attempt(world, as_role(world, role), call, step)
            where = (state, step, role, verdict)
            if not may:
                assert verdict in {"denied", "unseen"}, where
            elif not fits:
                assert verdict in {"moved on", "unseen"}, where
            else:
                assert verdict not in {"denied", "moved on"}, where


MOVED_ON = frozenset({"lifecycle.state", "calls.archived"})
"""What a state that does not fit is refused with; on file it is said in full."""


def attempt(world: World, actor: Actor, call: Call, step: str) -> str:
    """Take a step and take it back; what the actor was told."""
    try:
        with tenancy.acting(world.system):
            operations.take(actor, call.pk, step, now=world.now, **inputs_for(world, call, step))
            raise TakenBackError
    except TakenBackError:
        return "done"
    except Denied:
        return "denied"
    except NotFound:
        return "unseen"
    except Refused as problem:
        return "moved on" if problem.code in MOVED_ON else problem.code
    except Problem as problem:
        return problem.code


class TakenBackError(Exception):
    """Rolls a tried step back."""


def test_the_buttons_are_exactly_the_steps_that_can_be_taken(world: World) -> None:
    for state in ("submitted", "triage", "working", "answered", "callback", "closed"):
        call = steps.MAKE[state](world)
        for role in ROLES:
            actor = as_role(world, role)
            with tenancy.reading(actor):
                found = queries.find_call(actor, call.pk)
                if found is None:
                    continue
                shown = queries.steps_open(actor, found, now=world.now)
            free = {s.name for s in shown if not s.blocked and s.entity == Entity.CALL}
            for step in rules.CALL.steps:
                if step in rules.ROW_STEPS or step == "supersede_attempt":
                    continue
                done = attempt(world, actor, call, step) == "done"
                assert done == (step in free), (state, role, step)


def test_the_buttons_of_a_page_need_no_more_rows_than_the_page_has(world: World) -> None:
    call = steps.working(world)
    for who in ("safety", "emb", "desk", "supervisor", "boss"):
        actor = world.actor(who)
        with tenancy.reading(actor):
            found = queries.get_call(actor, call.pk)
            dossier = queries.dossier(actor, found)
            with_rows = queries.steps_open(actor, found, now=world.now, dossier=dossier)
            assert with_rows == queries.steps_open(actor, found, now=world.now)


def test_a_co_handler_may_sign_report_and_finish_its_own_part(world: World) -> None:
    call = steps.working(world, co=("EMB",))
    actor = world.actor("emb")
    with tenancy.reading(actor):
        shown = {s.name for s in queries.steps_open(actor, call, now=world.now)}
    assert shown == {"sign", "assign_person", "note", "message"}


def test_nobody_is_lead_twice(world: World) -> None:
    call = steps.triage(world)
    lead = world.units["ZONE_SAFE"]
    with pytest.raises(Problem):
        steps.take(world, "desk", call, "dispatch", lead_unit_id=lead, co_units=[CoUnit(lead)])
