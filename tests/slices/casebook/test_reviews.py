"""Cases are judged by others."""

import pytest

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.errors import Denied, Invalid, NotFound
from qiying.slices.calls.models import Call
from qiying.slices.casebook import operations, queries
from qiying.slices.casebook.models import CaseReview
from tests.slices.casebook import steps
from tests.slices.casebook.refusals import breaks, refused
from tests.slices.world import World

pytestmark = pytest.mark.django_db


# --- review by others ---


@pytest.mark.parametrize("who", ["safety", "safety-lead", "desk"])
def test_handlers_their_unit_and_the_nominator_are_not_asked(
    world: World, settled: Call, who: str
) -> None:
    case = steps.submitted(world, settled)
    refused("casebook.reviewer_involved", lambda: steps.asked(world, case, who))


def test_the_database_refuses_a_handler_as_reviewer_and_as_decider(
    world: World, settled: Call
) -> None:
    case = steps.submitted(world, settled)
    handler = world.user("safety").pk
    with tenancy.reading(world.system):
        version = queries.current_version(case).pk
    breaks(
        world,
        "review",
        "INSERT INTO casebook_casereview (tenant_id, case_id, version_id, position, reviewer_id,"
        " assigned_at, points, comment, is_void) VALUES (%s, %s, %s, 1, %s, now(), '{}', '', false)",
        world.tenant.pk,
        case.pk,
        version,
        handler,
    )
    breaks(
        world,
        "decide",
        "UPDATE casebook_case SET decided_by_id = %s WHERE id = %s",
        handler,
        case.pk,
    )


def test_two_read_and_a_third_only_on_wide_disagreement(world: World, settled: Call) -> None:
    case = steps.asked(world, steps.submitted(world, settled), "judge1", "judge2")
    refused("casebook.reviewers_enough", lambda: steps.asked(world, case, "judge3"))
    steps.judge(world, case, "judge1", steps.WELL)
    steps.judge(world, case, "judge2", steps.POORLY)
    decider = world.actor("decider")
    refused(
        "casebook.reviews_missing",
        lambda: operations.accept(decider, case.pk, reason="", now=world.now),
    )
    steps.asked(world, case, "judge3")
    steps.judge(world, case, "judge3", steps.WELL)
    done = operations.accept(decider, case.pk, reason="", now=world.now)
    assert str(done.score) == "63.67"


def test_a_reviewer_sees_no_other_review_before_the_decision(world: World, settled: Call) -> None:
    case = steps.asked(world, steps.submitted(world, settled), "judge1", "judge2")
    steps.judge(world, case, "judge1")
    judge = world.actor("judge2")
    with tenancy.reading(judge):
        seen = queries.reviews_of(judge, case)
    assert [r.reviewer_id for r in seen] == [judge.person_id]


def test_a_review_is_given_once_and_kept(world: World, settled: Call) -> None:
    case = steps.reviewed(world, settled)
    refused("casebook.reviewed_already", lambda: steps.judge(world, case, "judge1"))
    breaks(
        world,
        "not changed",
        "UPDATE casebook_casereview SET total = 99 WHERE case_id = %s",
        case.pk,
    )
    breaks(world, "not changed", "DELETE FROM casebook_casereview WHERE case_id = %s", case.pk)


@pytest.mark.parametrize(
    "points",
    [{}, {**steps.WELL, "cost": 11}, {**steps.WELL, "cost": True}, {**steps.WELL, "x": 1}],
)
def test_points_outside_the_criteria_are_refused(
    world: World, settled: Call, points: dict[str, int]
) -> None:
    case = steps.asked(world, steps.submitted(world, settled), "judge1")
    with pytest.raises(Invalid):
        steps.judge(world, case, "judge1", points)


def test_who_was_not_asked_does_not_judge_and_a_reviewer_does_not_decide(
    world: World, settled: Call
) -> None:
    world.person("judge1", Role.SUPERVISOR)
    case = steps.asked(world, steps.submitted(world, settled), "judge1", "judge2")
    with pytest.raises(NotFound):
        steps.judge(world, case, "judge3")
    steps.judge(world, case, "judge1")
    steps.judge(world, case, "judge2")
    refused(
        "casebook.reviewer_decides",
        lambda: operations.accept(world.actor("judge1"), case.pk, reason="", now=world.now),
        Denied,
    )


def test_a_case_under_the_pass_mark_is_only_declined(world: World, settled: Call) -> None:
    case = steps.asked(world, steps.submitted(world, settled), "judge1", "judge2")
    for who in ("judge1", "judge2"):
        steps.judge(world, case, who, steps.POORLY)
    decider = world.actor("decider")
    refused(
        "casebook.pass_mark", lambda: operations.accept(decider, case.pk, reason="", now=world.now)
    )
    done = operations.decline(decider, case.pk, reason="证据不足", now=world.now)
    assert done.state == "declined"
    assert steps.nominate(world, settled, "desk2").number != case.number


def test_sent_back_makes_the_reviews_void(world: World, settled: Call) -> None:
    case = steps.reviewed(world, settled)
    operations.send_back(world.actor("decider"), case.pk, reason="成效不清", now=world.now)
    operations.submit(world.actor("desk"), case.pk, now=world.now)
    with tenancy.reading(world.system):
        assert queries.all_reviews(steps.fresh(world, case)) == []
        assert CaseReview.objects.filter(case=case, is_void=True).count() == 2
    steps.asked(world, case, "judge1")
