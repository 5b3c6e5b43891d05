"""What goes in is checked and frozen; what comes out is plain."""

import json
import pickle
from collections.abc import Callable
from copy import deepcopy
from dataclasses import FrozenInstanceError, replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.engines.jurisdiction import (
    Area,
    AreaKind,
    Basis,
    Case,
    Geometry,
    Handover,
    Matter,
    Params,
    Precedent,
    Regime,
    Status,
    Unit,
    UnitKind,
    World,
    decide,
)

MakeCase = Callable[..., Case]
DAY = date(2025, 1, 1)
SQUARE = [[(119.0, 29.0), (119.1, 29.0), (119.1, 29.1), (119.0, 29.1)]]


def area(**changed: Any) -> Area:
    given = {"key": "a", "kind": AreaKind.WALL, "polygon": SQUARE, "valid_from": DAY}
    return Area(**{**given, **changed})


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: Unit("", UnitKind.ZONE), "empty"),
        (lambda: Unit("a", "village"), "village"),
        (lambda: Matter("", Status.CORE, Basis.ZONE, ("a",)), "empty"),
        (lambda: Matter("m", Status.CORE, Basis.ZONE), "nobody leads"),
        (lambda: Matter("m", Status.CORE, Basis.ZONE, "zone"), "is a string"),
        (lambda: Matter("m", Status.CORE, Basis.ZONE, ("a", "a")), "repeated"),
        (lambda: Matter("m", "KEPT", Basis.ZONE, ("a",)), "KEPT"),
        (lambda: Matter("m", Status.CORE, Basis.ZONE, ("a",), grade="Z"), "grade"),
        (lambda: area(key=""), "empty"),
        (lambda: area(valid_to=DAY), "after valid_from"),
        (lambda: area(unit="west"), "township"),
        (lambda: area(kind=AreaKind.TOWNSHIP), "township"),
        (lambda: area(polygon=[]), "coordinates"),
        (lambda: area(polygon=[[(119, 29), (119.1, 29)]]), "three positions"),
        (lambda: area(polygon=[[(119, 29), (119.1, 29.1), (119.1, 29), (119, 29.1)]]), "Self"),
        (lambda: area(polygon=[[(119, 290), (119.1, 29.1), (119.1, 29)]]), "out of range"),
        (lambda: Regime(DAY, -1.0), "band_m"),
        (lambda: Regime(DAY, float("nan")), "band_m"),
        (lambda: Precedent("p", "m", "u", DAY), "area key or a point"),
        (lambda: Precedent("p", "m", "u", DAY, "a", (119.0, 29.0)), "area key or a point"),
        (lambda: Geometry("Circle", (0.0, 0.0)), "unsupported"),
        (lambda: Geometry.point(float("nan"), 29), "not a longitude"),
        (lambda: Geometry.point(119, 91), "out of range"),
        (lambda: Geometry.line([(119, 29), (119, 29)]), "not a valid"),
        (lambda: Geometry.polygon(*area_bow_tie()), "not a valid"),
        (lambda: Params(touch_m=0), "touch_m"),
        (lambda: Params(successor_factor=1.5), "factors"),
    ],
)
def test_a_malformed_value_is_refused_with_what_is_wrong(
    build: Callable[[], object], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        build()


def area_bow_tie() -> list[list[tuple[float, float]]]:
    return [[(119.0, 29.0), (119.1, 29.1), (119.1, 29.0), (119.0, 29.1), (119.0, 29.0)]]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"accuracy_m": -1.0}, "accuracy_m"),
        ({"accuracy_m": float("inf")}, "accuracy_m"),
        ({"on": datetime(2025, 1, 1, 12)}, "time of day"),  # noqa: DTZ001
        ({"object_kind": "castle"}, "castle"),
    ],
)
def test_a_malformed_case_is_refused(case: MakeCase, changed: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        case("share", **changed)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda w: {"matters": (*w.matters, w.matters[0])}, "stands twice"),
        (lambda w: {"units": (*w.units, w.units[0])}, "stands twice"),
        (lambda w: {"units": w.units[1:], "zone": None}, "zone's unit"),
        (lambda w: {"units": (*w.units, Unit("z2", UnitKind.ZONE)), "zone": None}, "zone's unit"),
        (lambda w: {"zone": "west"}, "zone's unit"),
        (lambda w: {"units": w.units[:-1]}, "unknown unit"),
        (lambda w: {"units": (*w.units, Unit("LOCAL_TOWNSHIP", UnitKind.TOWNSHIP))}, "code"),
        (lambda w: {"areas": (*w.areas, w.areas[1])}, "overlap in time"),
        (lambda w: {"areas": (*w.areas, area(key="plan"))}, "one key, one kind"),
        (
            lambda w: {"areas": (area(key="x", kind=AreaKind.TOWNSHIP, unit="zone"),)},
            "not a township",
        ),
        (lambda w: {"handovers": (Handover("wall", DAY, "west"),)}, "unknown neighbourhood"),
        (lambda w: {"handovers": (Handover("homes-in", DAY, "zone"),)}, "no township"),
        (lambda w: {"handovers": (*w.handovers, *w.handovers)}, "stands twice"),
        (lambda w: {"precedents": (Precedent("p", "m", "zone", DAY, "wall"),)}, "matter"),
        (lambda w: {"precedents": (Precedent("p", "share", "u", DAY, "wall"),)}, "unit"),
        (lambda w: {"precedents": (Precedent("p", "share", "zone", DAY, "x"),)}, "area"),
        (lambda w: {"register_version": ""}, "versions"),
    ],
)
def test_a_world_that_contradicts_itself_is_refused(
    world: World, change: Callable[[World], dict[str, Any]], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        replace(world, **change(world))


def test_one_of_several_zone_units_can_be_named_the_zone(world: World) -> None:
    units = (*world.units, Unit("zone-office", UnitKind.ZONE))

    assert replace(world, units=units, zone="zone-office").zone == "zone-office"


def test_coordinates_given_as_lists_are_frozen() -> None:
    given = [[[119.0, 29.0], [119.1, 29.0], [119.1, 29.1], [119.0, 29.0]]]
    frozen = area(polygon=given)
    given[0][0][0] = 0.0

    assert frozen.polygon[0][0][0] == (119.0, 29.0)
    assert hash(frozen) == hash(area(polygon=frozen.polygon))


def test_values_cannot_be_changed(world: World, case: MakeCase) -> None:
    decision = decide(world, case("share"))

    for value, name in ((world, "zone"), (case("share"), "matter"), (decision, "lead")):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, "other")


def test_heights_are_dropped() -> None:
    assert Geometry("Point", (119.0, 29.0, 88.0)).coordinates == (119.0, 29.0)


@given(st.data())
def test_a_case_survives_json(cases: Callable[..., st.SearchStrategy[Case]], data: Any) -> None:
    given = data.draw(cases())

    plain = json.loads(json.dumps(given.as_json()))

    assert Case.from_json(plain) == given
    assert Case.from_json(plain).digest() == given.digest()


def test_a_case_with_a_field_too_many_is_refused(case: MakeCase) -> None:
    with pytest.raises(TypeError):
        Case.from_json({**case("share").as_json(), "complainant_address": "somewhere"})


def test_a_decision_is_plain_json(world: World, case: MakeCase) -> None:
    decision = decide(world, case("pipe", owner="soe"))

    plain = decision.as_json()

    assert json.loads(json.dumps(plain)) == plain
    assert len(decision.digest()) == 64


def test_a_world_can_be_pickled_and_copied_with_its_caches(world: World, case: MakeCase) -> None:
    wanted = decide(world, case("share")).digest()

    for copy in (pickle.loads(pickle.dumps(world)), deepcopy(world)):  # noqa: S301
        assert decide(copy, case("share")).digest() == wanted
