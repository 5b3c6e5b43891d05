"""Rule 8: what stays open goes to the county once, and is cited from then on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from qiying.engines.jurisdiction import Case, Params, Precedent, Rule, Side, World, decide

MakeCase = Callable[..., Case]
DECIDED = date(2025, 3, 1)


def with_precedent(world: World, **row: Any) -> World:
    given = {"id": "2025-7", "matter": "pipe", "unit": "zone", "decided_on": DECIDED, **row}
    return replace(world, precedents=(Precedent(**given),))


def test_an_open_case_has_no_lead_and_names_who_could_be_it(world: World, case: MakeCase) -> None:
    decision = decide(world, case("pipe"))

    assert (decision.lead, decision.co, decision.needs_adjudication) == (None, (), True)
    assert decision.candidates == ("soe", "economy")
    assert decision.confidence == 0.0


def test_the_county_has_five_working_days_unless_told_otherwise(
    world: World, case: MakeCase
) -> None:
    def days(params: Params) -> object:
        reasons = decide(world, case("pipe"), params).reasons
        found = next(row for row in reasons if row.rule is Rule.ADJUDICATION)
        return dict(found.params)["working_days"]

    assert (days(Params()), days(Params(adjudication_days=3))) == (5, 3)


def test_a_case_without_a_place_is_open_where_the_side_matters(
    world: World, case: MakeCase
) -> None:
    decision = decide(world, case("share", None))

    assert (decision.side, decision.distance_m, decision.lead) == (Side.UNKNOWN, None, None)


@pytest.mark.parametrize(
    ("matter", "more", "lead"),
    [
        ("dept", {}, "emergency"),
        ("enrolment", {}, "education"),
        ("core", {"belongs_to_zone": True}, "zone"),
        ("pipe", {"owner": "soe"}, "soe"),
    ],
)
def test_a_case_without_a_place_is_decided_where_the_side_does_not_matter(
    world: World, case: MakeCase, matter: str, more: dict[str, Any], lead: str
) -> None:
    assert decide(world, case(matter, None, **more)).lead == lead


def test_no_township_holds_what_lies_beyond_all_of_them(world: World, case: MakeCase) -> None:
    decision = decide(world, case("strip", (-9000, 0)))

    assert (decision.lead, decision.township) == (None, None)
    assert Rule.NO_TOWNSHIP in [reason.rule for reason in decision.reasons]


def test_without_any_wall_in_force_no_side_is_known(world: World, case: MakeCase) -> None:
    areas = tuple(area for area in world.areas if area.key != "wall")

    decision = decide(replace(world, areas=areas), case("share"))

    assert (decision.side, decision.lead) == (Side.UNKNOWN, None)


def test_a_precedent_decides_an_open_case_in_its_area(world: World, case: MakeCase) -> None:
    decision = decide(with_precedent(world, area="homes-in"), case("pipe", (-200, -200)))

    assert (decision.rule, decision.lead) == (Rule.ADJUDICATION, "zone")
    assert not decision.needs_adjudication
    cited = next(row for row in decision.reasons if row.rule is Rule.PRECEDENT)
    assert dict(cited.params)["id"] == "2025-7"


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        ({"area": "homes-in"}, {"at": (-500, 0)}),
        ({"area": "homes-in", "matter": "share"}, {}),
        ({"area": "homes-in"}, {"on": date(2025, 2, 28)}),
        ({"area": "homes-in"}, {"recused": frozenset({"zone"})}),
    ],
    ids=["another place", "another matter", "before it was decided", "its unit is recused"],
)
def test_a_precedent_speaks_for_its_matter_its_place_and_the_time_after_it_only(
    world: World, case: MakeCase, row: dict[str, Any], asked: dict[str, Any]
) -> None:
    given = {"at": (-200, -200), **asked}

    assert decide(with_precedent(world, **row), case("pipe", **given)).needs_adjudication


@pytest.mark.parametrize(("east", "is_open"), [(-549, False), (-551, True)])
def test_a_precedent_at_a_point_speaks_for_fifty_metres_around_it(
    world: World,
    case: MakeCase,
    spot: Callable[..., tuple[float, float]],
    east: float,
    is_open: bool,
) -> None:
    decision = decide(with_precedent(world, point=spot(-500, 0)), case("pipe", (east, 0)))

    assert decision.needs_adjudication == is_open


def test_the_latest_precedent_is_the_one_that_is_cited(world: World, case: MakeCase) -> None:
    older = Precedent("a", "pipe", "zone", date(2025, 1, 1), area="wall")
    newer = Precedent("b", "pipe", "west", date(2025, 6, 1), area="wall")

    for rows in ((older, newer), (newer, older)):
        assert decide(replace(world, precedents=rows), case("pipe")).lead == "west"


def test_a_precedent_has_no_say_where_a_rule_already_decides(world: World, case: MakeCase) -> None:
    settled = with_precedent(world, matter="share", unit="west", area="wall")

    assert decide(settled, case("share")).lead == "zone"
