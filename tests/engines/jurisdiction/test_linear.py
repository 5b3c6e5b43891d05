"""Rule 5: roads, pipes, rivers and lines belong to whoever owns or operates the segment."""

from collections.abc import Callable

import pytest

from qiying.engines.jurisdiction import Case, Geometry, ObjectKind, Rule, Side, World, decide

MakeCase = Callable[..., Case]
Draw = Callable[..., Geometry]


@pytest.mark.parametrize(
    ("at", "co"),
    [
        ((-500, 0), ("zone", "ecology")),
        ((-2000, 0), ("west", "ecology")),
        ((-990, 0), ("zone", "west", "ecology")),
    ],
)
def test_the_owner_leads_and_the_side_co_handles(
    world: World, case: MakeCase, at: tuple[float, float], co: tuple[str, ...]
) -> None:
    decision = decide(world, case("pipe", at, owner="grid-company"))

    assert (decision.rule, decision.lead, decision.co) == (Rule.LINEAR, "grid-company", co)
    assert not decision.needs_confirmation
    assert decision.split_tasks == ()


def test_across_the_wall_zone_and_townships_share_the_work_by_length(
    world: World, case: MakeCase, line: Draw
) -> None:
    pipe = line((-1500, 0), (1300, 0))

    decision = decide(world, case("pipe", pipe, owner="grid-company"))

    assert (decision.side, decision.lead) == (Side.CROSSING, "grid-company")
    assert decision.co == ("zone", "east", "west", "ecology")
    split = {(task.unit, task.side): task for task in decision.split_tasks}
    assert {key: round(task.amount) for key, task in split.items()} == {
        ("zone", Side.INSIDE): 2000,
        ("west", Side.OUTSIDE): 500,
        ("east", Side.OUTSIDE): 300,
    }
    assert sum(task.share for task in split.values()) == pytest.approx(1.0)


def test_the_part_of_a_recused_unit_stays_with_the_owner(
    world: World, case: MakeCase, line: Draw
) -> None:
    pipe = line((-1500, 0), (0, 0))

    decision = decide(world, case("pipe", pipe, owner="grid-company", recused=frozenset({"zone"})))

    assert [task.unit for task in decision.split_tasks] == ["grid-company", "west"]


def test_a_segment_of_an_unknown_owner_goes_to_adjudication(world: World, case: MakeCase) -> None:
    decision = decide(world, case("pipe"))

    assert (decision.rule, decision.lead) == (Rule.ADJUDICATION, None)
    assert Rule.NO_OWNER in [reason.rule for reason in decision.reasons]


def test_a_segment_of_a_matter_that_is_not_linear_goes_by_its_own_basis(
    world: World, case: MakeCase
) -> None:
    asked = case("share", object_kind=ObjectKind.SEGMENT, owner="grid-company")

    assert (decide(world, asked).rule, decide(world, asked).lead) == (Rule.BASIS, "zone")


def test_a_linear_matter_needs_no_line(world: World, case: MakeCase) -> None:
    lamp = case("pipe", object_kind=ObjectKind.PUBLIC_PLACE, owner="soe")

    assert decide(world, lamp).rule is Rule.LINEAR


def test_an_owner_beyond_all_townships_still_leads(
    world: World, case: MakeCase, line: Draw
) -> None:
    decision = decide(world, case("pipe", line((-9000, 0), (0, 0)), owner="grid-company"))

    units = {(task.unit, task.side) for task in decision.split_tasks}
    assert ("grid-company", Side.OUTSIDE) in units
