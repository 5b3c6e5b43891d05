"""The labelled objects lie where they say, and the engine of jurisdiction gives every answer."""

import json
from collections import Counter
from importlib.resources import files
from typing import Any

import pytest
import shapely

from qiying.demo import plane
from qiying.demo.geography import EXTENDED_ON, FOUNDED_ON, WALL_REFORM_ON, build_geography
from qiying.demo.labels import Label, build_labels
from qiying.demo.organisations import build_organisations
from qiying.engines.jurisdiction import (
    Area,
    Case,
    Geometry,
    Handover,
    Matter,
    Regime,
    Unit,
    World,
    check,
    decide,
)

LABELS = build_labels(7)


@pytest.fixture(scope="module")
def world() -> World:
    """The demonstration zone as the engine sees it, with the register as packaged."""
    geography = build_geography(7)
    packaged = files("qiying.slices.mandate") / "seeds" / "matters.json"
    raw = json.loads(packaged.read_text("utf-8"))
    rows: list[dict[str, Any]] = raw if isinstance(raw, list) else raw["matters"]
    return World(
        matters=tuple(matter(row) for row in rows),
        units=tuple(Unit(unit.code, unit.kind) for unit in build_organisations(7).units),
        areas=(
            *(Area(b.code, b.kind, b.area.parts, b.since, b.until) for b in geography.boundaries),
            *(
                Area(t.code, "township", t.area.parts, FOUNDED_ON, unit=t.code)
                for t in geography.townships
            ),
            *(
                Area(e.code, "neighbourhood", e.area.parts, EXTENDED_ON)
                for e in geography.neighbourhoods
            ),
        ),
        handovers=tuple(
            Handover(e.code, e.handed_over_on, e.township) for e in geography.neighbourhoods
        ),
        regime=Regime(reform_on=WALL_REFORM_ON),
        register_version="packaged",
        boundaries_version="seed 7",
        zone="ZONE",
    )


def matter(row: dict[str, Any]) -> Matter:
    return Matter(
        code=row["code"],
        status=row["status"],
        basis=row["basis"],
        lead_inside=tuple(row["inside"]["lead"]),
        lead_outside=tuple(row["outside"]["lead"]),
        co_inside=tuple(row["inside"]["co"]),
        co_outside=tuple(row["outside"]["co"]),
        lead_before_reform=(row["lead_before_reform"],) if row["lead_before_reform"] else (),
        is_resident_matter=row["is_resident_matter"],
    )


def case(label: Label) -> Case:
    return Case(
        matter=label.matter,
        object_kind=label.object_kind,
        geometry=Geometry.from_json(label.geometry),
        accuracy_m=label.accuracy_m,
        on=label.on,
        belongs_to_zone=label.belongs_to_zone,
        owner=label.owner,
        is_danger=label.is_danger,
        responder=label.responder,
    )


def test_there_are_two_hundred_and_every_rule_is_among_them() -> None:
    assert len(LABELS) == 200
    assert [label.number for label in LABELS] == list(range(1, 201))
    assert set(Counter(label.rule for label in LABELS)) == set(range(9))


def test_each_rule_of_place_has_cases_on_both_sides() -> None:
    for rule in (0, 2, 7):
        sides = {label.side for label in LABELS if label.rule == rule}
        assert "inside" in sides
    assert {label.side for label in LABELS if label.rule == 7} >= {"inside", "outside"}
    assert {label.side for label in LABELS if label.rule == 6} == {"band", "crossing", "uncertain"}
    assert any(label.rule == 3 for label in LABELS)
    assert any(label.matter == "M016" and label.rule == 7 for label in LABELS)
    spots = {(json.dumps(label.geometry), label.matter): label.rule for label in LABELS}
    assert len(spots) > 150


def test_points_lie_on_the_side_that_their_label_says() -> None:
    walls = shapely.union_all([plane.polygon(wall.area) for wall in build_geography(7).walls()])
    for label in LABELS:
        if label.on < WALL_REFORM_ON or label.geometry["type"] != "Point":
            continue
        at = plane.point(tuple(label.geometry["coordinates"]))
        if label.side in {"inside", "outside"}:
            assert walls.contains(at) == (label.side == "inside"), label.built
            assert walls.boundary.distance(at) > 20.0, label.built
        if label.side == "band":
            assert walls.boundary.distance(at) == pytest.approx(5.0, abs=0.1)


@pytest.mark.parametrize("label", LABELS, ids=lambda label: f"{label.number}-{label.rule}")
def test_the_engine_agrees_with_each_label(label: Label, world: World) -> None:
    asked = case(label)
    decision = decide(world, asked)
    assert check(world, asked, decision) == ()
    assert (decision.lead, decision.needs_confirmation) == (label.lead, label.needs_confirmation)
    if label.side is not None:
        assert decision.side.value == label.side
    if label.candidates:
        assert set(decision.candidates) == set(label.candidates)
    assert set(label.co_includes) <= set(decision.co)
    assert decision.rule.value == f"J{label.rule}"


def test_labels_do_not_change() -> None:
    build_labels.cache_clear()
    assert build_labels(7) == LABELS
