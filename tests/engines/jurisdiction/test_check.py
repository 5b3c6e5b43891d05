"""The independent checker: right decisions stand, every wrong one falls."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.engines.jurisdiction import (
    Breach,
    Case,
    Decision,
    Geometry,
    Reason,
    Rejected,
    Rule,
    Side,
    SplitTask,
    World,
    check,
    decide,
)

MakeCase = Callable[..., Case]
Cases = Callable[..., st.SearchStrategy[Case]]
Change = Callable[[Decision], dict[str, Any]]


@given(st.data())
def test_the_checker_finds_nothing_wrong_with_what_was_decided(
    worlds: st.SearchStrategy[World], cases: Cases, data: Any
) -> None:
    world, case = data.draw(worlds), data.draw(cases())

    assert check(world, case, decide(world, case)) == ()


@given(st.data())
def test_the_checker_notices_another_lead(
    worlds: st.SearchStrategy[World], cases: Cases, data: Any
) -> None:
    world, case = data.draw(worlds), data.draw(cases())
    decision = decide(world, case)
    other = data.draw(st.sampled_from([u.code for u in world.units if u.code != decision.lead]))

    wrong = replace(decision, lead=other, needs_adjudication=False, confidence=0.5)

    assert check(world, case, wrong)


MUTATIONS: dict[str, tuple[Change, Breach]] = {
    "another lead": (lambda d: {"lead": "civil"}, Breach.OUTCOME),
    "no lead": (lambda d: {"lead": None}, Breach.LEAD_OR_ADJUDICATION),
    "an adjudication beside a lead": (
        lambda d: {"needs_adjudication": True},
        Breach.LEAD_OR_ADJUDICATION,
    ),
    "a unit that does not exist": (lambda d: {"lead": "nobody"}, Breach.UNKNOWN_UNIT),
    "an unknown co-handler": (lambda d: {"co": (*d.co, "nobody")}, Breach.UNKNOWN_UNIT),
    "a co-handler too many": (lambda d: {"co": (*d.co, "civil")}, Breach.OUTCOME),
    "a co-handler too few": (lambda d: {"co": d.co[1:]}, Breach.OUTCOME),
    "a lead that also co-handles": (lambda d: {"co": (*d.co, d.lead)}, Breach.REPEATED_UNIT),
    "a co-handler named twice": (lambda d: {"co": (*d.co, *d.co)}, Breach.REPEATED_UNIT),
    "a recused co-handler": (lambda d: {"co": (*d.co, "education")}, Breach.RECUSED_UNIT),
    "a recused candidate": (lambda d: {"candidates": ("education",)}, Breach.RECUSED_UNIT),
    "another rule": (lambda d: {"rule": Rule.ROW}, Breach.OUTCOME),
    "another side": (lambda d: {"side": Side.OUTSIDE}, Breach.PLACE),
    "a side that is unclear": (lambda d: {"side": Side.BAND}, Breach.PLACE),
    "another distance": (lambda d: {"distance_m": d.distance_m + 1}, Breach.PLACE),
    "a distance of the other sign": (lambda d: {"distance_m": -d.distance_m}, Breach.PLACE),
    "no distance": (lambda d: {"distance_m": None}, Breach.PLACE),
    "another township": (lambda d: {"township": "east"}, Breach.PLACE),
    "a confirmation nobody needs": (lambda d: {"needs_confirmation": True}, Breach.OUTCOME),
    "a candidate nobody proposed": (lambda d: {"candidates": ("west",)}, Breach.OUTCOME),
    "too much confidence": (lambda d: {"confidence": d.confidence + 0.1}, Breach.CONFIDENCE),
    "too little confidence": (lambda d: {"confidence": d.confidence - 0.1}, Breach.CONFIDENCE),
    "the reasons left out": (lambda d: {"reasons": ()}, Breach.REASONS),
    "the deciding reason left out": (lambda d: {"reasons": d.reasons[:1]}, Breach.REASONS),
    "a reason told twice": (lambda d: {"reasons": (*d.reasons, *d.reasons)}, Breach.REASONS),
    "a better grade of evidence": (
        lambda d: {"reasons": (replace(d.reasons[0], grade="C"), *d.reasons[1:])},
        Breach.REASONS,
    ),
    "the lead among the rejected": (
        lambda d: {"rejected": (Rejected(d.lead, Rule.BASIS),)},
        Breach.REJECTED,
    ),
    "tasks where nothing is split": (
        lambda d: {"split_tasks": (SplitTask("zone", Side.INSIDE, 1.0, 1.0),)},
        Breach.SPLIT,
    ),
    "another register": (
        lambda d: {"versions": (d.versions[0], ("register", "x"), d.versions[2])},
        Breach.VERSIONS,
    ),
    "another case": (lambda d: {"case_digest": "0" * 64}, Breach.CASE),
    "another matter": (lambda d: {"matter": "strip"}, Breach.CASE),
}


@pytest.mark.parametrize(("change", "breach"), MUTATIONS.values(), ids=MUTATIONS)
def test_a_changed_decision_is_found_out(
    world: World, case: MakeCase, change: Change, breach: Breach
) -> None:
    asked = case("share", recused=frozenset({"education"}))
    decision = decide(world, asked)

    found = check(world, asked, replace(decision, **change(decision)))

    assert check(world, asked, decision) == ()
    assert breach in [violation.code for violation in found]


@pytest.mark.parametrize(
    "change",
    [
        lambda d: {"needs_confirmation": False},
        lambda d: {"candidates": d.candidates[:1]},
        lambda d: {"lead": d.candidates[1], "co": (d.candidates[0], "ecology")},
        lambda d: {"rule": Rule.BASIS, "reasons": (*d.reasons, Reason(Rule.BASIS))},
    ],
    ids=["not to be confirmed", "one candidate", "the other candidate", "by the side"],
)
def test_a_changed_proposal_is_found_out(world: World, case: MakeCase, change: Change) -> None:
    asked = case("share", (-990, 0))
    decision = decide(world, asked)

    found = check(world, asked, replace(decision, **change(decision)))

    assert [violation.code for violation in found] == [Breach.OUTCOME]


def test_a_company_at_the_head_of_a_locked_matter_is_found_out(
    world: World, case: MakeCase
) -> None:
    asked = case("lock-works", (-2000, 0))
    wrong = replace(decide(world, asked), lead="soe", co=("emergency",))

    found = [violation.code for violation in check(world, asked, wrong)]

    assert Breach.COMPANY_LEADS in found


@pytest.mark.parametrize(
    "change",
    [
        lambda tasks: tasks[:1],
        lambda tasks: (replace(tasks[0], unit="civil"), *tasks[1:]),
        lambda tasks: (replace(tasks[0], unit="east"), *tasks[1:]),
        lambda tasks: (replace(tasks[0], amount=tasks[0].amount * 2), *tasks[1:]),
        lambda tasks: (replace(tasks[0], side=Side.OUTSIDE), *tasks[1:]),
        lambda tasks: (),
    ],
    ids=["a part", "another unit", "the wrong side's unit", "a length", "a side", "all"],
)
def test_a_changed_split_of_a_line_is_found_out(
    world: World,
    case: MakeCase,
    line: Callable[..., Geometry],
    change: Callable[[tuple[SplitTask, ...]], tuple[SplitTask, ...]],
) -> None:
    asked = case("pipe", line((-1500, 0), (1300, 0)), owner="grid-company")
    decision = decide(world, asked)

    found = check(world, asked, replace(decision, split_tasks=change(decision.split_tasks)))

    assert {violation.code for violation in found} == {Breach.SPLIT}


def test_a_violation_says_what_was_found_and_what_was_expected(
    world: World, case: MakeCase
) -> None:
    asked = case("share")
    wrong = replace(decide(world, asked), lead="civil")

    (violation,) = check(world, asked, wrong)

    assert violation.found.split()[:2] == ["J7", "civil"]
    assert violation.expected.split()[:2] == ["J7", "zone"]


@pytest.mark.parametrize("east", [-1000.1, -999.9])
def test_on_the_line_itself_the_checker_lets_both_sides_stand(
    world: World, case: MakeCase, east: float
) -> None:
    asked = case("share", (east, 0), accuracy_m=0)

    assert check(world, asked, decide(world, asked)) == ()


def test_the_checker_refuses_a_matter_it_does_not_know(world: World, case: MakeCase) -> None:
    decision = decide(world, case("share"))

    with pytest.raises(ValueError, match="unknown matter"):
        check(world, case("nothing"), decision)
