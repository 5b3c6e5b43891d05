"""Rows, differences, worlds as text, hand-overs: pure functions on plain values."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.engines import jurisdiction
from qiying.engines.jurisdiction import Area, Case, Geometry, Handover, Precedent, Regime
from qiying.kernel.errors import Denied, Refused
from qiying.slices.mandate import rules

DAY = date(2024, 6, 28)


def row(code: str = "M900", **changes: Any) -> rules.Row:
    values: dict[str, Any] = {
        "code": code,
        "category": "06",
        "number": 1,
        "valid_from": DAY,
        "valid_to": None,
        "name_zh": "路灯",
        "name_en": "Street lights",
        "status": "SHARE",
        "basis": "WALL",
        "nature": "help",
        "power": "public_service",
        "duty": "social",
        "grade": "D",
        "time_kind": "working_days",
        "time_amount": 5,
        "lead_inside": ("ZONE",),
        "lead_outside": (rules.LOCAL_TOWNSHIP,),
    }
    return rules.Row(**{**values, **changes})


@given(
    name=st.text(max_size=20),
    amount=st.integers(1, 99),
    lead=st.sampled_from(["ZONE", "ETB", "LOCAL_TOWNSHIP"]),
)
def test_a_difference_names_exactly_the_fields_that_changed(
    name: str, amount: int, lead: str
) -> None:
    before = row()
    values = {"name_zh": name, "time_amount": amount, "lead_inside": (lead,)}
    after = before.changed(values)
    changed = {c.field for c in rules.difference(before, after)}
    assert changed == {k for k, v in values.items() if getattr(before, k) != v}


def test_periods_and_numbers_are_no_difference() -> None:
    later = row().changed({"number": 7, "valid_from": DAY + timedelta(days=9)})
    assert rules.difference(row(), later) == ()
    assert rules.digest_of_rows((row(),)) == rules.digest_of_rows((later,))


def test_the_digest_of_an_edition_does_not_depend_on_the_order_of_its_rows() -> None:
    rows = (row("M1"), row("M2", grade="A"))
    assert rules.digest_of_rows(rows) == rules.digest_of_rows(rows[::-1])
    assert rules.digest_of_rows(rows) != rules.digest_of_rows((row("M1"), row("M2")))


def test_moves_between_editions_are_the_changed_leads_inside() -> None:
    before = {"M1": row("M1"), "M2": row("M2"), "M3": row("M3")}
    after = {"M1": row("M1", lead_inside=(rules.LOCAL_TOWNSHIP,), status="STRIP"), "M2": row("M2")}
    (move,) = rules.moves(before, after)
    assert (move.code, move.lead_before, move.lead_after) == ("M1", "ZONE", "LOCAL_TOWNSHIP")


def test_a_row_is_refused_with_the_name_of_each_field_that_is_wrong() -> None:
    wrong = row(
        status="MAYBE",
        name_zh="",
        lead_inside=("NOBODY",),
        co_outside=("ETB", "ETB"),
        time_amount=0,
        is_public=True,
        is_resident_matter=True,
        valid_to=DAY,
    )
    errors = rules.row_errors(wrong, {"ZONE": "zone", "ETB": "department"})
    assert errors == {
        "status": "input.choice",
        "name_zh": "input.required",
        "lead_inside": "mandate.unit_unknown",
        "co_outside": "mandate.unit_twice",
        "time_amount": "input.number",
        "is_public": "mandate.never_public",
        "valid_to": "mandate.period",
    }


def square(west: float, south: float, size: float) -> list[list[tuple[float, float]]]:
    east, north = west + size, south + size
    return [[(west, south), (east, south), (east, north), (west, north)]]


def world() -> jurisdiction.World:
    return rules.build_world(
        matters=(row("M1").for_engine(), row("M2", basis="LINEAR").for_engine()),
        units={"ZONE": "zone", "ETB": "department", "T1": "township", "SOE": "company"},
        areas=(
            Area("wall:a", "wall", square(119.0, 29.0, 0.02), DAY),  # type: ignore[arg-type]
            Area("township:t", "township", square(118.9, 28.9, 0.3), DAY, unit="T1"),  # type: ignore[arg-type]
            Area("neighbourhood:n", "neighbourhood", square(119.1, 29.1, 0.01), DAY),  # type: ignore[arg-type]
        ),
        handovers=(Handover("neighbourhood:n", DAY, "T1"),),
        precedents=(
            Precedent("XL-1", "M1", "ETB", DAY, area="wall:a"),
            Precedent("XL-2", "M2", "ZONE", DAY, point=(119.01, 29.01)),
        ),
        regime=Regime(DAY, 20.0),
        zone="ZONE",
    )


@given(
    lon=st.floats(118.95, 119.15),
    lat=st.floats(28.95, 29.15),
    code=st.sampled_from(["M1", "M2"]),
    kind=st.sampled_from(list(rules.ObjectKind)),
)
def test_a_world_that_went_through_json_gives_the_same_answers(
    lon: float, lat: float, code: str, kind: rules.ObjectKind
) -> None:
    first = world()
    again = rules.world_from_plain(json.loads(json.dumps(rules.world_to_plain(first))))
    assert rules.world_digest(again) == rules.world_digest(first)
    case = Case(code, kind, Geometry.point(lon, lat), 5.0, DAY)
    back = Case.from_json(json.loads(json.dumps(case.as_json())))
    one = jurisdiction.decide(first, case)
    assert jurisdiction.decide(again, back).digest() == one.digest()


def test_a_worlds_name_changes_with_what_it_holds() -> None:
    plain = rules.world_to_plain(world())
    moved = {**plain, "regime": {**plain["regime"], "band_m": 25.0}}
    named = {**plain, "units": {**plain["units"], "X": "department"}}
    names = {rules.world_digest(rules.world_from_plain(p)) for p in (plain, moved, named)}
    assert len(names) == 3


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 6, 28), 3, date(2024, 9, 28)),
        (date(2024, 11, 30), 3, date(2025, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2024, 12, 31), 2, date(2025, 2, 28)),
    ],
)
def test_a_dual_run_ends_on_the_same_day_of_a_later_month(
    day: date, months: int, expected: date
) -> None:
    assert rules.months_after(day, months) == expected


def test_every_state_of_a_hand_over_can_be_reached_and_only_movers_move() -> None:
    table = rules.HANDOVER
    assert table.reachable() == table.states
    assert table.open_to("survey", frozenset({"desk"})) == ()
    assert table.open_to("survey", frozenset({"zone_leader"})) == ("list",)
    assert "dispute" in table.open_to("dual_run", frozenset({"supervisor"}))
    with pytest.raises(Refused):
        table.step("survey", "accept", frozenset({"zone_leader"}))
    with pytest.raises(Denied):
        table.step("survey", "list", frozenset({"handler"}))
