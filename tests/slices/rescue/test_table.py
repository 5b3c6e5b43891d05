"""The table of the lifecycle: everybody's steps, nothing out of reach, the page of the docs."""

import pytest

from qiying.config.environment import REPOSITORY
from qiying.kernel.access import Role
from qiying.kernel.errors import Problem
from qiying.slices.rescue import rules
from qiying.slices.rescue.models import labels, problems, topics
from qiying.slices.rescue.operations import STEPS


def test_every_step_has_its_work_and_says_what_it_asks_for() -> None:
    assert set(STEPS) == set(rules.LIFECYCLE.steps) == set(rules.INPUTS)


def test_every_state_can_be_reached_and_left() -> None:
    lifecycle = rules.LIFECYCLE
    assert lifecycle.reachable() == lifecycle.states == set(rules.State)
    left = {s for row in lifecycle.steps.values() if row.target for s in row.source}
    assert lifecycle.states - left <= lifecycle.final


def test_nothing_moves_a_job_that_is_over_but_rating_and_settling() -> None:
    for name, row in rules.LIFECYCLE.steps.items():
        if row.source & rules.FINAL:
            assert name == "rate"


@pytest.mark.parametrize("role", list(Role))
def test_a_role_takes_only_the_steps_of_its_rows(role: Role) -> None:
    for name, row in rules.LIFECYCLE.steps.items():
        state = sorted(row.source)[0]
        if role in row.roles:
            assert rules.LIFECYCLE.step(state, name, frozenset({role})) is row
        else:
            with pytest.raises(Problem):
                rules.LIFECYCLE.step(state, name, frozenset({role}))


def test_every_event_of_the_table_has_a_name() -> None:
    assert {row.event for row in rules.LIFECYCLE.steps.values()} <= set(topics.TOPICS)


def test_every_guard_has_a_sentence() -> None:
    guards = {g for row in rules.LIFECYCLE.steps.values() for g in row.guards}
    assert {f"rescue.guard.{g}" for g in guards} <= set(problems.PROBLEMS)


def test_every_code_has_its_words() -> None:
    pairs = (
        (rules.State, labels.STATES),
        (rules.State, labels.STATE_TONES),
        (rules.SeatState, labels.SEAT_STATES),
        (rules.Refusal, labels.REFUSALS),
        (rules.Why, labels.WHYS),
        (rules.Step, labels.STEPS),
        (rules.Dismissal, labels.DISMISSALS),
    )
    for codes, words in pairs:
        assert set(codes) == set(words)


def test_every_step_of_a_phone_is_known_to_its_track() -> None:
    assert {str(s) for s in rules.Step} >= rules.PHONE


def test_the_docs_show_the_table() -> None:
    page = (REPOSITORY / "docs/slices/rescue.md").read_text(encoding="utf-8")
    assert rules.table_markdown() in page
