"""Boundaries, hand-overs and the reform count from their own days."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from qiying.engines.jurisdiction import (
    Area,
    AreaKind,
    Case,
    Handover,
    ObjectKind,
    Rule,
    Side,
    World,
    decide,
)

MakeCase = Callable[..., Case]
EVE, REFORM = date(2024, 5, 31), date(2024, 6, 1)
BETWEEN = (-2000, 0)  # inside the planned boundary, outside the wall
HOMES = ObjectKind.RESIDENTIAL_NEIGHBOURHOOD


@pytest.mark.parametrize("matter", ["share", "core", "dept", "strip", "resident"])
def test_until_the_eve_of_the_reform_the_zone_leads_all_that_it_carried(
    world: World, case: MakeCase, matter: str
) -> None:
    before = decide(world, case(matter, BETWEEN, on=EVE))
    after = decide(world, case(matter, BETWEEN, on=REFORM))

    assert (before.rule, before.lead, before.side) == (Rule.BEFORE_REFORM, "zone", Side.INSIDE)
    assert (after.lead, after.side) != ("zone", Side.INSIDE)


def test_what_the_zone_did_not_carry_goes_by_the_row_before_the_reform_too(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("works", BETWEEN, on=EVE))

    assert (decision.rule, decision.lead, decision.side) == (Rule.BASIS, "soe", Side.INSIDE)


def test_outside_the_planned_boundary_the_row_holds_before_the_reform(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("strip", (-4000, 0), on=EVE))

    assert (decision.rule, decision.lead) == (Rule.BASIS, "west")


def test_near_the_planned_boundary_a_person_confirms_before_the_reform(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("share", (-2990, 0), on=EVE))

    assert (decision.rule, decision.lead) == (Rule.NEAR_WALL, "zone")
    assert decision.candidates == ("zone", "west")


def test_near_the_planned_boundary_the_other_candidate_is_who_leads_outside(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("dept", (-3005, 0), on=EVE))

    assert (decision.lead, decision.candidates) == ("emergency", ("zone", "emergency"))


def test_danger_comes_first_before_the_reform_too(world: World, case: MakeCase) -> None:
    decision = decide(world, case("strip", on=EVE, is_danger=True, responder="west"))

    assert (decision.rule, decision.lead) == (Rule.DANGER, "west")


def test_the_planned_boundary_has_no_say_after_the_reform(world: World, case: MakeCase) -> None:
    decision = decide(world, case("share", (-2990, 0), on=REFORM))

    assert (decision.side, decision.needs_confirmation) == (Side.OUTSIDE, False)


@pytest.mark.parametrize(
    ("on", "rule", "lead"),
    [
        (date(2024, 5, 31), Rule.BEFORE_REFORM, "zone"),
        (date(2024, 8, 31), Rule.NOT_HANDED_OVER, "zone"),
        (date(2024, 9, 1), Rule.RESIDENTS, "west"),
    ],
)
def test_a_neighbourhood_stays_with_the_zone_until_the_day_of_its_handover(
    world: World, case: MakeCase, on: date, rule: Rule, lead: str
) -> None:
    decision = decide(world, case("strip", (-200, -200), on=on, object_kind=HOMES))

    assert (decision.rule, decision.lead) == (rule, lead)


def test_a_handover_before_the_reform_takes_residents_from_the_zone(
    world: World, case: MakeCase
) -> None:
    early = replace(world, handovers=(Handover("homes-in", date(2024, 2, 1), "west"),))
    asked = case("resident", (-200, -200), on=EVE)

    assert decide(world, asked).lead == "zone"
    assert (decide(early, asked).rule, decide(early, asked).lead) == (Rule.RESIDENTS, "west")


def test_a_handover_concerns_residents_only(world: World, case: MakeCase) -> None:
    decision = decide(world, case("share", (-200, -200), on=date(2024, 8, 1)))

    assert (decision.rule, decision.lead) == (Rule.BASIS, "zone")


def test_the_receiving_township_leads_even_where_another_holds_the_ground(
    world: World, case: MakeCase
) -> None:
    moved = replace(world, handovers=(Handover("homes-in", date(2024, 9, 1), "east"),))

    decision = decide(moved, case("resident", (-200, -200)))

    assert (decision.lead, decision.township) == ("east", "west")


def test_a_neighbourhood_without_a_handover_is_the_townships_after_the_reform(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("resident", (1600, 1600), on=REFORM, object_kind=HOMES))

    assert (decision.rule, decision.lead) == (Rule.RESIDENTS, "east")


def test_the_wall_in_force_on_the_day_of_the_incident_decides(
    world: World, case: MakeCase, box: Callable[..., list[list[tuple[float, float]]]]
) -> None:
    moved = date(2025, 7, 1)
    first = next(area for area in world.areas if area.key == "wall")
    second = Area("wall", AreaKind.WALL, box(-400, -400, 400, 400), moved)
    areas = [area for area in world.areas if area.key != "wall"]
    shrunk = replace(world, areas=(*areas, replace(first, valid_to=moved), second))

    assert decide(shrunk, case("share", on=date(2025, 6, 30))).lead == "zone"
    assert decide(shrunk, case("share", on=moved)).lead == "west"


def test_the_township_in_force_on_the_day_of_the_incident_leads(
    world: World, case: MakeCase
) -> None:
    merged = date(2025, 1, 1)
    west = next(area for area in world.areas if area.key == "west")
    others = [area for area in world.areas if area.key != "west"]
    both = (replace(west, valid_to=merged), replace(west, valid_from=merged, unit="east"))
    world = replace(world, areas=(*others, *both))

    assert decide(world, case("strip", on=date(2024, 12, 31))).lead == "west"
    assert decide(world, case("strip", on=merged)).lead == "east"


def test_the_edition_before_the_reform_gives_the_zone_every_function_it_carried(
    world: World, case: MakeCase
) -> None:
    carried = {row.code for row in world.matters if row.lead_before_reform == ("zone",)}

    led = {
        row.code
        for row in world.matters
        if decide(world, case(row.code, on=EVE)).rule is Rule.BEFORE_REFORM
    }

    assert led == carried
