"""Credit codes, industries and coordinates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from qiying.kernel.errors import Invalid
from qiying.slices.registry.rules import coordinates, credit_code, industry

BODIES = st.text(credit_code.ALPHABET, min_size=17, max_size=17)
LON = st.floats(97, 125)
LAT = st.floats(20, 45)


@given(BODIES)
def test_a_code_with_its_check_character_is_sound(body: str) -> None:
    assert credit_code.fault_of(body + credit_code.check_character(body)) is None


@given(BODIES, st.integers(0, 17), st.sampled_from(credit_code.ALPHABET))
def test_any_single_wrong_character_is_found(body: str, place: int, other: str) -> None:
    code = body + credit_code.check_character(body)
    wrong = code[:place] + other + code[place + 1 :]
    assert wrong == code or credit_code.fault_of(wrong) == "registry.credit_code.check"


def test_the_example_of_the_standard_is_sound_and_its_faults_are_named() -> None:
    assert credit_code.fault_of("91350100M000100Y43") is None
    assert credit_code.fault_of("91350100M000100Y4") == "registry.credit_code.length"
    assert credit_code.fault_of("91350100I000100Y43") == "registry.credit_code.characters"


def test_ninety_seven_divisions_stand_in_twenty_sections() -> None:
    assert list(industry.DIVISIONS) == [f"{n:02d}" for n in range(1, 98)]
    assert len({d.section for d in industry.DIVISIONS.values()}) == 20
    assert all(d.name_zh and d.name_en for d in industry.DIVISIONS.values())
    found = industry.division_of("2221")
    assert found is not None
    assert (found.section, found.name_zh) == ("C", "造纸和纸制品业")
    assert industry.fault_of(industry.normalise("C 2221")) is None
    assert industry.fault_of("98") == "registry.industry.unknown"
    assert industry.fault_of("2") == "registry.industry.form"


@given(LON, LAT)
def test_gcj02_is_undone_to_a_hundredth_of_a_metre(lon: float, lat: float) -> None:
    shifted_lon, shifted_lat = coordinates.to_gcj02([lon], [lat])
    back = coordinates.convert(float(shifted_lon[0]), float(shifted_lat[0]), "gcj02")
    assert Geod(ellps="WGS84").inv(lon, lat, *back)[2] < 0.01
    moved = Geod(ellps="WGS84").inv(lon, lat, float(shifted_lon[0]), float(shifted_lat[0]))[2]
    assert 0 < moved < 1200


@given(st.sampled_from([114, 117, 120, 123]), st.floats(-1.5, 1.5), LAT, st.booleans())
def test_gauss_kruger_returns_in_either_order_with_or_without_zone_number(
    meridian: int, off: float, lat: float, has_zone: bool
) -> None:
    forward = Transformer.from_crs(
        "EPSG:4490",
        f"+proj=tmerc +lat_0=0 +lon_0={meridian} +k=1 +x_0=500000 +ellps=GRS80 +units=m",
        always_xy=True,
    )
    easting, northing = forward.transform(meridian + off, lat)
    easting += (meridian / 3) * 1e6 if has_zone else 0
    system = f"gauss_kruger:{meridian}"
    one = coordinates.convert(easting, northing, system)
    other = coordinates.convert(northing, easting, system)
    assert one == other
    assert one == pytest.approx((meridian + off, lat), abs=1e-8)


@pytest.mark.parametrize(
    ("x", "y", "system", "problem"),
    [
        (119.2, 29.0, "epsg:4326", "registry.crs.unknown"),
        (119.2, 29.0, "gauss_kruger:119", "registry.crs.meridian"),
        (119.2, 29.0, "gauss_kruger:120", "registry.crs.range"),
        (39_500_000.0, 3_200_000.0, "gauss_kruger:120", "registry.crs.range"),
        (200.0, 29.0, "wgs84", "registry.crs.range"),
        (float("nan"), 29.0, "wgs84", "registry.crs.range"),
    ],
)
def test_a_number_that_cannot_belong_to_the_stated_system_is_refused(
    x: float, y: float, system: str, problem: str
) -> None:
    with pytest.raises(Invalid) as caught:
        coordinates.convert(x, y, system)
    assert caught.value.code == problem


def test_many_positions_are_converted_as_one_would_be() -> None:
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(118, 121, 200), rng.uniform(28, 30, 200)
    system = coordinates.parse("gcj02")
    many = np.column_stack(coordinates.to_wgs84(lon, lat, system))
    single = [coordinates.convert(x, y, "gcj02") for x, y in zip(lon, lat, strict=True)]
    assert np.allclose(many, single, rtol=0, atol=1e-12)
