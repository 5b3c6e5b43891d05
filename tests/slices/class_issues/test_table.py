"""The lifecycle as a table: every step, every role, every guard."""

from pathlib import Path

import pytest

from qiying.kernel import problems, tenancy
from qiying.kernel.access import Role
from qiying.kernel.errors import Denied, NotFound, Problem, Refused
from qiying.slices.class_issues import operations, queries, rules
from qiying.slices.class_issues.models import Issue
from qiying.slices.class_issues.models.labels import EVENT_LABELS, STATE_LABELS, STEP_LABELS
from qiying.slices.class_issues.models.topics import TOPICS
from qiying.slices.class_issues.rules import INPUTS, LIFECYCLE, State
from tests.slices.class_issues import ways
from tests.slices.world import World

DOC = Path(__file__).parents[3] / "docs" / "slices" / "class_issues.md"
ROLES = sorted(set(Role) - {Role.MACHINE})


def test_every_state_is_reached_by_some_path_and_has_a_name() -> None:
    assert LIFECYCLE.reachable() == set(State) == LIFECYCLE.states == set(STATE_LABELS)


def test_every_step_has_inputs_a_label_an_operation_and_a_line_in_the_course() -> None:
    assert set(LIFECYCLE.steps) == set(INPUTS) == set(STEP_LABELS) == set(operations.STEPS)
    for row in LIFECYCLE.steps.values():
        assert row.event in EVENT_LABELS
        assert row.event in TOPICS
        for guard in row.guards:
            assert guard in rules.GUARDS
            code = f"class_issues.guard.{guard}"
            assert problems.sentence(code, {}) != code


def test_a_final_state_has_no_step() -> None:
    for state in LIFECYCLE.final:
        assert not [n for n, row in LIFECYCLE.steps.items() if state in row.source]


def test_the_documentation_shows_the_table_of_the_code() -> None:
    assert rules.table_markdown() in DOC.read_text(encoding="utf-8")


@pytest.mark.parametrize("state", sorted(ways.MAKE))
def test_a_step_is_open_to_its_roles_in_its_states_and_to_nobody_else(
    world: World, state: str
) -> None:
    """Asked with nothing that the step needs: what gets through the table fails at its inputs."""
    issue = ways.MAKE[state](world)
    assert issue.state == state
    for role in ROLES:
        for name, row in LIFECYCLE.steps.items():
            may = state in row.source and role in row.roles
            assert _gets_through(world, role, issue, name) == may, (name, role)


def _gets_through(world: World, role: str, issue: Issue, name: str) -> bool:
    """Whether the table lets this role try the step: then only its inputs are wrong."""
    actor = ways.actor_in(world, role)
    inputs = {n: _empty(n) for n in INPUTS[name].needed}
    try:
        with tenancy.acting(actor):
            operations.take(actor, issue.pk, name, now=world.now, **inputs)
            raise Undo
    except (Denied, NotFound):
        return False
    except Problem as problem:
        return not problem.code.startswith("lifecycle.")
    except Undo:
        return True


class Undo(Exception):  # noqa: N818  takes back what was tried
    pass


def _empty(name: str) -> object:
    if name in {"calls", "attachments"}:
        return []
    return 0 if name in {"owner", "owner_unit", "within", "more", "milestone"} else ""


def test_the_buttons_are_the_steps_that_can_be_taken(world: World) -> None:
    issue = ways.landed(world)
    for name, expected in {
        "supervisor": ["find_effective", "find_not_effective"],
        "safety": [],
        "auditor": [],
    }.items():
        actor = world.actor(name)
        with tenancy.reading(actor):
            found = queries.dossier(actor, issue)
            counted = queries.recurrence_of(actor, issue, now=world.now)
            opened = queries.steps_open(actor, found, counted, now=world.now)
        assert [s.name for s in opened] == expected
    assert opened == []


def test_a_step_on_an_older_version_is_refused(world: World) -> None:
    issue = ways.candidate(world)
    seen = issue.version
    world.later(hours=1)
    ways.call(world, "丁厂")
    ways.look(world)
    inputs = {"title": "电压不稳", **ways.owner(world)}
    with pytest.raises(Refused, match="moved_on"):
        operations.take(
            world.actor("desk"), issue.pk, "raise", now=world.now, version=seen, **inputs
        )
