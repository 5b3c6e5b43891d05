"""Each check of the linter finds its fault, and nothing in a sound register."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from qiying.slices.mandate import rules
from tests.slices.mandate.test_rules import DAY, row, square

UNITS = {
    "ZONE": "zone",
    "SOE": "company",
    "COMMUNITY": "community",
    "ETB": "department",
    "T1": "township",
}
TOWN = (rules.LOCAL_TOWNSHIP,)


def codes_of(rows: Sequence[rules.Row], **parts: Any) -> list[str]:
    on = parts.pop("on", DAY)
    return [f.code for f in rules.lint(rules.LintRegister(rows, UNITS, **parts), on)]


def ground(kind: str, key: str, west: float, size: float) -> rules.Ground:
    return rules.Ground(kind, key, {"type": "Polygon", "coordinates": square(west, 29.0, size)})


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("orphan", {"lead_outside": (), "co_outside": ("ETB",), "status": "CORE"}),
        ("two_leads", {"lead_inside": ("ZONE", "ETB")}),
        ("lead_also_co", {"co_inside": ("ZONE",)}),
        ("unit_unknown", {"co_outside": ("GONE",)}),
        ("locked_away", {"status": "LOCK", "lead_inside": TOWN}),
        ("company_leads", {"status": "DEPT", "lead_outside": ("ETB",), "lead_inside": ("SOE",)}),
        ("shared_one_sided", {"lead_outside": ()}),
        ("core_elsewhere", {"status": "CORE", "lead_inside": ("ETB",)}),
        ("strip_kept", {"status": "STRIP"}),
        ("department_absent", {"status": "DEPT", "lead_outside": ("ETB",)}),
    ],
)
def test_a_faulty_row_is_found(code: str, changes: dict[str, Any]) -> None:
    assert code in codes_of([row(**changes)])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"status": "LOCK"},
        {"status": "LOCK", "lead_outside": ()},
        {"status": "CORE", "lead_inside": ("SOE",)},
        {"status": "CORE", "lead_inside": ("COMMUNITY",)},
        {"status": "STRIP", "lead_inside": TOWN},
        {"status": "DEPT", "lead_inside": ("ETB",), "lead_outside": ("ETB",)},
    ],
)
def test_a_sound_row_is_left_alone(changes: dict[str, Any]) -> None:
    assert codes_of([row(**changes)]) == []


def test_a_department_power_led_by_the_zone_needs_a_delegation_in_force() -> None:
    carried = row("M1", status="DEPT", lead_outside=("ETB",))
    term = rules.Term("M1", "ZONE", "doc", DAY, DAY + timedelta(days=400))
    assert codes_of([carried], terms=[term]) == []
    late = DAY + timedelta(days=400)
    (finding,) = rules.lint(rules.LintRegister([carried], UNITS, [term]), late)
    assert finding.code == "delegation_expired"
    assert dict(finding.params)["ended"] == late.isoformat()


def test_a_delegation_that_will_end_soon_is_a_warning() -> None:
    term = rules.Term("M1", "ZONE", "doc", DAY, DAY + timedelta(days=30))
    (finding,) = rules.lint(rules.LintRegister([row("M1")], UNITS, [term]), DAY)
    assert (finding.code, finding.severity) == ("delegation_ending", "warning")


def test_a_matter_missing_between_two_versions_is_found() -> None:
    first = row(valid_to=DAY + timedelta(days=10))
    later = row(valid_from=DAY + timedelta(days=20), number=2)
    assert codes_of([first, later], on=DAY + timedelta(days=15)) == ["no_version"]
    assert codes_of([first, later], on=DAY + timedelta(days=20)) == []


def test_areas_that_overlap_or_leave_holes_are_found() -> None:
    areas = [
        ground("planned", "p", 119.0, 0.10),
        ground("wall", "a", 119.01, 0.02),
        ground("wall", "b", 119.02, 0.02),
        ground("wall", "c", 119.09, 0.02),
        ground("township", "t1", 118.9, 0.15),
        ground("township", "t2", 119.04, 0.05),
    ]
    found = {
        f.code: dict(f.params) for f in rules.lint(rules.LintRegister([], UNITS, areas=areas), DAY)
    }
    assert set(found) == {
        "walls_overlap",
        "townships_overlap",
        "wall_outside_planned",
        "township_hole",
    }
    # 0.01° × 0.02° near 29° north: 973 m by 2,226 m
    assert found["walls_overlap"]["area_m2"] == pytest.approx(973 * 2226, rel=0.01)


def test_areas_that_fit_give_no_finding() -> None:
    areas = [
        ground("planned", "p", 119.0, 0.1),
        ground("wall", "a", 119.01, 0.02),
        ground("wall", "b", 119.03, 0.02),
        ground("township", "t1", 118.9, 0.5),
    ]
    assert rules.lint(rules.LintRegister([], UNITS, areas=areas), date(2026, 1, 1)) == ()


@pytest.mark.parametrize(
    ("state", "handed_over_on", "to_unit", "is_found"),
    [
        ("closed", DAY, "T1", False),
        ("closed", DAY, "", True),
        ("transfer", DAY, "ETB", True),
        ("survey", None, "", False),
        ("dispute", DAY, "", True),
    ],
)
def test_a_neighbourhood_handed_over_to_no_township_is_found(
    state: str, handed_over_on: date | None, to_unit: str, is_found: bool
) -> None:
    transfer = rules.Transfer("YJ-1", state, handed_over_on, to_unit)
    assert codes_of([], transfers=[transfer]) == (["handover_incomplete"] if is_found else [])


def test_every_check_has_a_severity() -> None:
    assert set(rules.CHECKS.values()) == {"error", "warning"}
