"""What holds for every world and every case."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.engines.jurisdiction import (
    Case,
    Geometry,
    ObjectKind,
    Rule,
    Side,
    Status,
    UnitKind,
    World,
    decide,
)

UNCLEAR = (Side.BAND, Side.CROSSING, Side.UNCERTAIN)
Worlds = st.SearchStrategy[World]
Cases = Callable[..., st.SearchStrategy[Case]]


@given(st.data())
def test_there_is_exactly_one_lead_or_an_adjudication(
    worlds: Worlds, cases: Cases, data: Any
) -> None:
    decision = decide(data.draw(worlds), data.draw(cases()))

    assert (decision.lead is None) == decision.needs_adjudication
    assert decision.lead not in decision.co
    assert len(set(decision.co)) == len(decision.co)
    assert not (decision.needs_confirmation and decision.needs_adjudication)


@given(st.data())
def test_a_company_never_leads_a_locked_or_departmental_matter(
    worlds: Worlds, cases: Cases, data: Any
) -> None:
    world, case = data.draw(worlds), data.draw(cases())
    matter = world.matter_by_code[case.matter]

    lead = decide(world, case).lead

    if lead is not None and matter.status in (Status.LOCK, Status.DEPT):
        assert world.kind_by_unit[lead] is not UnitKind.COMPANY


@given(st.data())
def test_a_recused_unit_is_named_nowhere_but_among_the_rejected(
    worlds: Worlds, cases: Cases, data: Any
) -> None:
    case = data.draw(cases())

    decision = decide(data.draw(worlds), case)

    assert case.recused.isdisjoint({decision.lead, *decision.co, *decision.candidates})
    assert case.recused.isdisjoint(task.unit for task in decision.split_tasks)


@given(st.data())
def test_confirmation_is_asked_only_where_the_side_is_unclear(
    worlds: Worlds, cases: Cases, data: Any
) -> None:
    decision = decide(data.draw(worlds), data.draw(cases()))

    if decision.needs_confirmation:
        assert decision.side in UNCLEAR or decision.rule is Rule.DEPARTMENT
        assert decision.lead in decision.candidates


@given(st.data())
def test_the_same_question_has_the_same_answer(worlds: Worlds, cases: Cases, data: Any) -> None:
    world, case = data.draw(worlds), data.draw(cases())

    assert decide(world, case).digest() == decide(replace(world), case).digest()


@given(st.data())
def test_the_order_of_what_a_world_holds_does_not_matter(
    worlds: Worlds, cases: Cases, data: Any
) -> None:
    world, case = data.draw(worlds), data.draw(cases())
    names = ("matters", "units", "areas", "handovers", "precedents")
    shuffled = {name: tuple(data.draw(st.permutations(getattr(world, name)))) for name in names}

    assert decide(replace(world, **shuffled), case).digest() == decide(world, case).digest()


@given(st.data())
def test_what_has_been_asked_before_does_not_matter(
    worlds: Worlds, cases: Cases, data: Any
) -> None:
    world, case, other = data.draw(worlds), data.draw(cases()), data.draw(cases())
    fresh = decide(replace(world), case).digest()

    decide(world, other)

    assert decide(world, case).digest() == fresh


@given(st.data())
def test_inputs_are_not_changed(worlds: Worlds, cases: Cases, data: Any) -> None:
    world, case = data.draw(worlds), data.draw(cases())
    before = (case.as_json(), world.matters, world.areas, world.handovers, world.precedents)

    decide(world, case)

    assert before == (
        case.as_json(),
        world.matters,
        world.areas,
        world.handovers,
        world.precedents,
    )


@given(st.data())
def test_confidence_lies_between_nought_and_one(worlds: Worlds, cases: Cases, data: Any) -> None:
    decision = decide(data.draw(worlds), data.draw(cases()))

    assert 0.0 <= decision.confidence <= 1.0
    assert (decision.confidence > 0) == (decision.lead is not None)


@given(st.data())
def test_the_deciding_rule_is_among_the_reasons(worlds: Worlds, cases: Cases, data: Any) -> None:
    decision = decide(data.draw(worlds), data.draw(cases()))

    assert decision.rule in [reason.rule for reason in decision.reasons]


@given(st.data())
def test_every_unit_the_row_names_to_lead_is_chosen_or_rejected(
    worlds: Worlds, cases: Cases, data: Any
) -> None:
    world, case = data.draw(worlds), data.draw(cases())
    decision = decide(world, case)
    row = world.matter_by_code[case.matter]

    seen = {decision.lead, *decision.candidates, *(out.unit for out in decision.rejected)}

    assert seen >= {*row.lead_inside, *row.lead_outside} - {"LOCAL_TOWNSHIP"}


def test_the_complainants_address_is_no_input() -> None:
    names = {field.name for field in fields(Case)}

    assert names == {
        "matter",
        "object_kind",
        "geometry",
        "accuracy_m",
        "on",
        "belongs_to_zone",
        "owner",
        "is_danger",
        "responder",
        "recused",
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"matter": "strip"},
        {"object_kind": ObjectKind.RESIDENT_MATTER},
        {"geometry": Geometry.point(119.2001, 29.0)},
        {"geometry": None},
        {"accuracy_m": 6.0},
        {"on": date(2024, 5, 31)},
        {"belongs_to_zone": True},
        {"owner": "soe"},
        {"is_danger": True},
        {"responder": "west"},
        {"recused": frozenset({"zone"})},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_change_of_any_input_changes_the_digest(
    world: World, case: Callable[..., Case], changed: dict[str, Any]
) -> None:
    asked = case("share")

    assert decide(world, replace(asked, **changed)).digest() != decide(world, asked).digest()


@pytest.mark.parametrize("name", ["register_version", "boundaries_version"])
def test_a_new_version_changes_the_digest(
    world: World, case: Callable[..., Case], name: str
) -> None:
    newer = replace(world, **{name: "next"})

    assert decide(newer, case("share")).digest() != decide(world, case("share")).digest()
