"""Rule 6: too near the boundary, across it, or too inaccurate to say."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from qiying.engines.jurisdiction import (
    Case,
    Geometry,
    Precedent,
    Rule,
    Side,
    World,
    decide,
)

MakeCase = Callable[..., Case]
Draw = Callable[..., Geometry]


@pytest.mark.parametrize(
    ("east", "side", "needs_confirmation"),
    [
        (-979.0, Side.INSIDE, False),
        (-981.0, Side.BAND, True),
        (-1019.0, Side.BAND, True),
        (-1021.0, Side.OUTSIDE, False),
    ],
)
def test_within_twenty_metres_of_the_wall_a_person_confirms(
    world: World, case: MakeCase, east: float, side: Side, needs_confirmation: bool
) -> None:
    decision = decide(world, case("share", (east, 0)))

    assert (decision.side, decision.needs_confirmation) == (side, needs_confirmation)


@pytest.mark.parametrize(("east", "lead"), [(-990, "zone"), (-1010, "west")])
def test_a_proposal_names_both_candidates_and_leads_by_the_apparent_side(
    world: World, case: MakeCase, east: float, lead: str
) -> None:
    decision = decide(world, case("share", (east, 0)))

    assert (decision.rule, decision.lead) == (Rule.NEAR_WALL, lead)
    assert decision.candidates == ("zone", "west")
    assert set(decision.co) == {"zone", "west", "ecology"} - {lead}


def test_the_first_receiver_keeps_the_case_meanwhile(world: World, case: MakeCase) -> None:
    reasons = decide(world, case("share", (-990, 0))).reasons

    assert Rule.FIRST_RECEIVER in [reason.rule for reason in reasons]


@pytest.mark.parametrize(
    ("accuracy_m", "side"), [(99.5, Side.INSIDE), (100.5, Side.UNCERTAIN), (5000, Side.UNCERTAIN)]
)
def test_an_accuracy_worse_than_the_distance_makes_the_side_uncertain(
    world: World, case: MakeCase, accuracy_m: float, side: Side
) -> None:
    decision = decide(world, case("share", (-900, 0), accuracy_m=accuracy_m))

    assert decision.side is side
    assert decision.needs_confirmation == (side is Side.UNCERTAIN)


@pytest.mark.parametrize(("belongs", "lead"), [(True, "zone"), (False, "economy")])
def test_near_the_wall_the_zones_own_business_is_proposed_by_the_enterprise(
    world: World, case: MakeCase, belongs: bool, lead: str
) -> None:
    decision = decide(world, case("core", (-1005, 0), belongs_to_zone=belongs))

    assert (decision.rule, decision.lead) == (Rule.NEAR_WALL, lead)
    assert decision.candidates == ("zone", "economy")


def test_where_both_sides_name_one_unit_there_is_nothing_to_confirm(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("strip", (-1005, 0)))

    assert not decision.needs_confirmation
    assert Rule.SAME_CANDIDATES in [reason.rule for reason in decision.reasons]


def test_a_matter_that_arises_on_one_side_only_is_proposed_to_that_side(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("budget", (-1005, 0)))

    assert (decision.lead, decision.candidates) == ("zone", ("zone",))
    assert decision.needs_confirmation


@pytest.mark.parametrize(("west", "east", "lead"), [(-1060, -960, "west"), (-1040, -940, "zone")])
def test_a_plot_across_the_wall_is_proposed_to_the_side_that_holds_most_of_it(
    world: World, case: MakeCase, plot: Draw, west: float, east: float, lead: str
) -> None:
    decision = decide(world, case("share", plot(west, -50, east, 50)))

    assert (decision.side, decision.distance_m) == (Side.CROSSING, 0.0)
    assert (decision.lead, decision.candidates) == (lead, ("zone", "west"))


def test_a_line_across_the_wall_is_proposed_to_the_side_that_holds_most_of_it(
    world: World, case: MakeCase, line: Draw
) -> None:
    assert decide(world, case("share", line((-1300, 0), (-800, 0)))).lead == "west"
    assert decide(world, case("share", line((-1200, 0), (-700, 0)))).lead == "zone"


def test_a_plot_that_only_touches_the_wall_does_not_cross_it(
    world: World, case: MakeCase, plot: Draw
) -> None:
    decision = decide(world, case("share", plot(-1000, -50, -900, 50), accuracy_m=0))

    assert (decision.side, decision.lead) == (Side.BAND, "zone")


@pytest.mark.parametrize(
    ("sides", "side"),
    [
        ((-900, -50, -800, 50), Side.INSIDE),
        ((-990, -50, -800, 50), Side.BAND),
        ((-1200, -50, -1010, 50), Side.BAND),
        ((-1200, -50, -1100, 50), Side.OUTSIDE),
        ((-1200, -1200, 1200, 1200), Side.CROSSING),
    ],
)
def test_a_plot_is_measured_from_its_nearest_point(
    world: World,
    case: MakeCase,
    plot: Draw,
    sides: tuple[float, float, float, float],
    side: Side,
) -> None:
    assert decide(world, case("share", plot(*sides))).side is side


def test_a_locked_matter_of_a_plot_across_the_wall_is_a_proposal(
    world: World, case: MakeCase, plot: Draw
) -> None:
    decision = decide(world, case("lock", plot(-1040, -50, -940, 50)))

    assert (decision.rule, decision.candidates) == (Rule.NEAR_WALL, ("zone", "west"))


def test_the_nearer_the_wall_the_less_the_confidence(world: World, case: MakeCase) -> None:
    sure = [
        decide(world, case("share", (east, 0), accuracy_m=0)).confidence
        for east in (-500, -985, -990, -999)
    ]

    assert sure == sorted(sure, reverse=True)
    assert len(set(sure)) == 4
    assert sure[0] == 1.0


def test_a_precedent_turns_the_proposal_and_is_cited(
    world: World, case: MakeCase, spot: Callable[..., tuple[float, float]]
) -> None:
    row = Precedent("2025-3", "share", "west", date(2025, 3, 1), point=spot(-990, 10))
    asked = case("share", (-990, 0))

    before, after = decide(world, asked), decide(replace(world, precedents=(row,)), asked)

    assert (before.lead, after.lead) == ("zone", "west")
    assert after.needs_confirmation
    assert Rule.PRECEDENT in [reason.rule for reason in after.reasons]


def test_the_width_of_the_band_is_the_regimes(world: World, case: MakeCase) -> None:
    wide = replace(world, regime=replace(world.regime, band_m=120.0))
    none = replace(world, regime=replace(world.regime, band_m=0.0))

    assert decide(wide, case("share", (-900, 0))).side is Side.BAND
    assert decide(none, case("share", (-999, 0), accuracy_m=0.5)).side is Side.INSIDE
