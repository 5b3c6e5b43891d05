"""Each rule of the decision model, on each side of its condition."""

from collections.abc import Callable
from datetime import date

import pytest

from qiying.engines.jurisdiction import Case, ObjectKind, Rule, Side, World, decide

MakeCase = Callable[..., Case]
INSIDE, OUTSIDE = (-500, 0), (-2000, 0)


def test_danger_sends_the_nearest_responder_and_the_owner_is_settled_afterwards(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("share", INSIDE, is_danger=True, responder="grid-company"))

    assert (decision.rule, decision.lead) == (Rule.DANGER, "grid-company")
    assert decision.co == ("zone", "ecology")
    assert decision.candidates == ("zone",)
    assert decision.confidence == 1.0


def test_without_danger_a_responder_has_no_say(world: World, case: MakeCase) -> None:
    assert decide(world, case("share", INSIDE, responder="grid-company")).lead == "zone"


def test_danger_without_a_known_responder_falls_to_the_owner(world: World, case: MakeCase) -> None:
    decision = decide(world, case("share", INSIDE, is_danger=True))

    assert (decision.rule, decision.lead) == (Rule.BASIS, "zone")
    assert Rule.NO_RESPONDER in [reason.rule for reason in decision.reasons]


@pytest.mark.parametrize(
    ("at", "co"), [(INSIDE, ("zone", "soe")), (OUTSIDE, ("west",)), ((2000, 0), ("east",))]
)
def test_a_statutory_department_leads_wherever_the_object_lies(
    world: World, case: MakeCase, at: tuple[float, float], co: tuple[str, ...]
) -> None:
    decision = decide(world, case("dept", at))

    assert (decision.rule, decision.lead, decision.co) == (Rule.DEPARTMENT, "emergency", co)


@pytest.mark.parametrize("at", [(-990, 0), (-1010, 0)])
def test_a_department_needs_no_confirmation_near_the_wall_and_both_sides_co_handle(
    world: World, case: MakeCase, at: tuple[float, float]
) -> None:
    decision = decide(world, case("dept", at))

    assert (decision.lead, decision.needs_confirmation) == ("emergency", False)
    assert decision.co == ("zone", "soe", "west")


def test_two_departments_by_side_need_confirmation_near_the_wall(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("dept-two", (-1010, 0)))

    assert (decision.rule, decision.lead) == (Rule.DEPARTMENT, "ecology")
    assert decision.needs_confirmation
    assert decision.candidates == ("emergency", "ecology")


def test_a_department_leads_a_residents_matter_too(world: World, case: MakeCase) -> None:
    home = case("dept", INSIDE, object_kind=ObjectKind.RESIDENTIAL_NEIGHBOURHOOD)

    assert decide(world, home).rule is Rule.DEPARTMENT


@pytest.mark.parametrize("at", [INSIDE, (-995, 0)])
def test_what_statute_places_on_the_zone_stays_with_it_inside_the_wall(
    world: World, case: MakeCase, at: tuple[float, float]
) -> None:
    decision = decide(world, case("lock", at, accuracy_m=1.0))

    assert (decision.rule, decision.lead) == (Rule.LOCKED, "zone")
    assert not decision.needs_confirmation


def test_a_locked_matter_outside_the_wall_goes_by_its_row(world: World, case: MakeCase) -> None:
    decision = decide(world, case("lock", OUTSIDE))

    assert (decision.rule, decision.lead) == (Rule.BASIS, "west")


def test_a_locked_matter_just_outside_the_wall_is_a_proposal(world: World, case: MakeCase) -> None:
    decision = decide(world, case("lock", (-1005, 0), accuracy_m=1.0))

    assert (decision.rule, decision.candidates) == (Rule.NEAR_WALL, ("zone", "west"))


def test_a_locked_matter_inside_but_inaccurate_is_a_proposal(world: World, case: MakeCase) -> None:
    decision = decide(world, case("lock", (-970, 0), accuracy_m=31.0))

    assert (decision.side, decision.rule) == (Side.UNCERTAIN, Rule.NEAR_WALL)


def test_a_locked_matter_in_a_neighbourhood_inside_the_wall_stays_with_the_zone(
    world: World, case: MakeCase
) -> None:
    home = case("lock", (-200, -200), object_kind=ObjectKind.RESIDENTIAL_NEIGHBOURHOOD)

    assert decide(world, home).rule is Rule.LOCKED


@pytest.mark.parametrize(
    "kind", [ObjectKind.RESIDENTIAL_NEIGHBOURHOOD, ObjectKind.RESIDENT_MATTER]
)
def test_residents_belong_to_the_township_even_inside_the_wall(
    world: World, case: MakeCase, kind: ObjectKind
) -> None:
    decision = decide(world, case("share", INSIDE, object_kind=kind))

    assert (decision.rule, decision.lead) == (Rule.RESIDENTS, "west")


def test_a_residents_matter_is_one_whatever_its_object(world: World, case: MakeCase) -> None:
    decision = decide(world, case("resident", INSIDE, object_kind=ObjectKind.WORKSHOP))

    assert (decision.rule, decision.lead) == (Rule.RESIDENTS, "west")


@pytest.mark.parametrize(
    "kind",
    [
        ObjectKind.ENTERPRISE_PREMISES,
        ObjectKind.WORKSHOP,
        ObjectKind.ENTERPRISE_DORMITORY,
        ObjectKind.PORT_YARD,
        ObjectKind.CONSTRUCTION_SITE,
        ObjectKind.PUBLIC_PLACE,
        ObjectKind.SEGMENT,
    ],
)
def test_no_other_object_is_a_residents_not_even_an_enterprise_dormitory(
    world: World, case: MakeCase, kind: ObjectKind
) -> None:
    decision = decide(world, case("share", INSIDE, object_kind=kind))

    assert (decision.rule, decision.lead) == (Rule.BASIS, "zone")


def test_near_the_wall_a_residents_matter_needs_no_confirmation(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("resident", (-1005, 0)))

    assert (decision.lead, decision.needs_confirmation) == ("west", False)


def test_a_departments_duty_is_not_pushed_down_to_the_township(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("enrolment", INSIDE))

    assert (decision.rule, decision.lead) == (Rule.RESIDENTS, "education")
    assert decision.co == ("enterprise-community", "west")
    assert Rule.DEPARTMENT_DUTY in [reason.rule for reason in decision.reasons]


@pytest.mark.parametrize("at", [INSIDE, OUTSIDE, (-1005, 0)])
def test_a_stripped_function_goes_to_the_township_on_every_side(
    world: World, case: MakeCase, at: tuple[float, float]
) -> None:
    decision = decide(world, case("strip", at))

    assert (decision.rule, decision.lead) == (Rule.BASIS, "west")
    assert not decision.needs_confirmation


def test_the_township_is_the_one_that_holds_the_object(world: World, case: MakeCase) -> None:
    assert decide(world, case("strip", (499, 0))).lead == "west"
    assert decide(world, case("strip", (501, 0))).lead == "east"


@pytest.mark.parametrize("at", [INSIDE, OUTSIDE])
@pytest.mark.parametrize(("belongs", "lead"), [(True, "zone"), (False, "economy")])
def test_the_zones_own_business_follows_the_enterprise_not_the_wall(
    world: World, case: MakeCase, at: tuple[float, float], belongs: bool, lead: str
) -> None:
    decision = decide(world, case("core", at, belongs_to_zone=belongs))

    assert (decision.rule, decision.lead) == (Rule.BASIS, lead)


@pytest.mark.parametrize(("at", "lead"), [(INSIDE, "zone"), (OUTSIDE, "economy")])
def test_where_no_enterprise_is_named_the_side_decides_the_zones_own_business(
    world: World, case: MakeCase, at: tuple[float, float], lead: str
) -> None:
    assert decide(world, case("core", at)).lead == lead


@pytest.mark.parametrize(
    ("at", "lead", "side"), [(INSIDE, "zone", Side.INSIDE), (OUTSIDE, "west", Side.OUTSIDE)]
)
def test_a_matter_of_the_wall_goes_by_the_side(
    world: World, case: MakeCase, at: tuple[float, float], lead: str, side: Side
) -> None:
    decision = decide(world, case("share", at))

    assert (decision.rule, decision.lead, decision.side) == (Rule.BASIS, lead, side)
    assert decision.co == ("ecology",)


def test_the_zone_is_told_of_its_own_firms_outside_the_wall(world: World, case: MakeCase) -> None:
    told = decide(world, case("share", OUTSIDE, belongs_to_zone=True))
    silent = decide(world, case("share", OUTSIDE, belongs_to_zone=False))

    assert Rule.ZONE_TOLD in [reason.rule for reason in told.reasons]
    assert Rule.ZONE_TOLD not in [reason.rule for reason in silent.reasons]
    assert told.lead == silent.lead == "west"


def test_of_two_units_in_a_lead_cell_the_first_leads_and_the_second_co_handles(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("works", INSIDE))

    assert (decision.lead, decision.co) == ("soe", ("zone",))


def test_a_matter_that_does_not_arise_on_a_side_is_left_to_adjudication(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("budget", OUTSIDE))

    assert (decision.lead, decision.rule) == (None, Rule.ADJUDICATION)
    assert Rule.NOT_ARISING in [reason.rule for reason in decision.reasons]


def test_a_reason_carries_the_source_the_article_and_the_grade_of_its_row(
    world: World, case: MakeCase
) -> None:
    reasons = decide(world, case("share", INSIDE)).reasons

    assert [(reason.rule, reason.source, reason.article, reason.grade) for reason in reasons] == [
        (Rule.ROW, "浙江省水污染防治条例", "36", "A"),
        (Rule.BASIS, "浙江省水污染防治条例", "36", "A"),
    ]


def test_the_unit_of_the_other_side_is_rejected_by_the_rule_that_decided(
    world: World, case: MakeCase
) -> None:
    rejected = decide(world, case("share", INSIDE)).rejected

    assert [(row.unit, row.rule) for row in rejected] == [("west", Rule.BASIS)]


def test_a_decision_names_the_versions_it_stands_on(world: World, case: MakeCase) -> None:
    versions = dict(decide(world, case("share", on=date(2025, 1, 1))).versions)

    assert (versions["register"], versions["boundaries"]) == ("register-7", "walls-3")


def test_an_unknown_matter_owner_or_responder_is_refused(world: World, case: MakeCase) -> None:
    for wrong in (case("nothing"), case("pipe", owner="x"), case("share", responder="x")):
        with pytest.raises(ValueError, match="unknown"):
            decide(world, wrong)
