"""R8, and the bar on companies: who may not lead, and who takes the seat."""

from collections.abc import Callable

import pytest

from qiying.engines.jurisdiction import Case, ObjectKind, Rule, World, decide

MakeCase = Callable[..., Case]
OUTSIDE = (-2000, 0)


def recused(*units: str) -> frozenset[str]:
    return frozenset(units)


def test_a_recused_lead_gives_way_to_the_co_handler_that_may_lead(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("share", recused=recused("zone")))

    assert (decision.rule, decision.lead, decision.co) == (Rule.BASIS, "ecology", ())
    reason = next(row for row in decision.reasons if row.rule is Rule.RECUSAL)
    assert dict(reason.params) == {"unit": "zone", "successor": "ecology"}
    assert ("zone", Rule.RECUSAL) in [(row.unit, row.rule) for row in decision.rejected]


def test_a_stand_in_is_less_sure_than_the_lead_it_stands_in_for(
    world: World, case: MakeCase
) -> None:
    own = decide(world, case("share"))
    stand_in = decide(world, case("share", recused=recused("zone")))

    assert stand_in.confidence == pytest.approx(own.confidence * 0.8)


def test_when_nobody_is_left_the_county_adjudicates(world: World, case: MakeCase) -> None:
    decision = decide(world, case("share", recused=recused("zone", "ecology")))

    assert (decision.lead, decision.needs_adjudication) == (None, True)
    assert decision.candidates == ("west",)


def test_a_recused_co_handler_is_left_out(world: World, case: MakeCase) -> None:
    decision = decide(world, case("share", recused=recused("ecology")))

    assert (decision.lead, decision.co) == ("zone", ())


def test_the_zone_never_takes_over_a_departments_power(world: World, case: MakeCase) -> None:
    decision = decide(world, case("dept", recused=recused("emergency")))

    assert (decision.lead, decision.needs_adjudication) == (None, True)


def test_the_zone_never_takes_back_a_function_stripped_from_it(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("strip", recused=recused("west")))

    assert decision.lead == "civil"
    both = decide(world, case("strip", recused=recused("west", "civil")))
    assert (both.lead, both.needs_adjudication) == (None, True)


def test_a_community_never_takes_over_a_departments_duty(world: World, case: MakeCase) -> None:
    decision = decide(world, case("enrolment", recused=recused("education")))

    assert decision.lead == "west"


def test_a_recused_candidate_leaves_the_proposal(world: World, case: MakeCase) -> None:
    decision = decide(world, case("share", (-990, 0), recused=recused("west")))

    assert decision.candidates == ("zone", "ecology")
    assert "west" not in decision.co


def test_when_recusal_leaves_one_unit_on_both_sides_there_is_nothing_to_confirm(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("share", (-990, 0), recused=recused("zone", "west")))

    assert (decision.lead, decision.needs_confirmation) == ("ecology", False)


def test_a_recused_responder_is_passed_over(world: World, case: MakeCase) -> None:
    asked = case("share", is_danger=True, responder="west", recused=recused("west"))

    decision = decide(world, asked)

    assert (decision.rule, decision.lead) == (Rule.BASIS, "zone")
    assert "west" not in (*decision.co, *decision.candidates)


def test_a_recused_owner_gives_way_to_the_co_handlers(world: World, case: MakeCase) -> None:
    asked = case("pipe", OUTSIDE, owner="grid-company", recused=recused("grid-company"))

    assert decide(world, asked).lead == "west"


def test_a_recused_zone_gives_up_what_statute_places_on_it(world: World, case: MakeCase) -> None:
    decision = decide(world, case("lock", recused=recused("zone")))

    assert (decision.rule, decision.lead) == (Rule.LOCKED, "emergency")


def test_a_company_never_leads_what_statute_places_on_the_zone(
    world: World, case: MakeCase
) -> None:
    inside, outside = (decide(world, case("lock-works", at)) for at in ((-500, 0), OUTSIDE))

    assert (inside.rule, inside.lead) == (Rule.LOCKED, "zone")
    assert outside.lead == "emergency"
    assert ("soe", Rule.NO_COMPANY) in [(row.unit, row.rule) for row in outside.rejected]


def test_a_company_never_takes_over_a_departments_power(world: World, case: MakeCase) -> None:
    asked = case("dept", is_danger=True, responder="soe")

    decision = decide(world, asked)

    assert (decision.rule, decision.lead) == (Rule.DEPARTMENT, "emergency")
    assert Rule.NO_COMPANY in [reason.rule for reason in decision.reasons]


def test_a_company_may_lead_shared_and_core_matters(world: World, case: MakeCase) -> None:
    assert decide(world, case("works")).lead == "soe"
    assert decide(world, case("pipe", owner="soe")).lead == "soe"


def test_residents_keep_their_township_when_the_zone_is_recused(
    world: World, case: MakeCase
) -> None:
    home = ObjectKind.RESIDENTIAL_NEIGHBOURHOOD

    decision = decide(world, case("strip", object_kind=home, recused=recused("zone")))

    assert (decision.lead, decision.co) == ("west", ("civil",))
