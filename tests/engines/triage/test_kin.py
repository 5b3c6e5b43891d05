"""Classes of like calls and why they are like, against comparing every pair."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiying.engines.triage import (
    Call,
    ClusterParams,
    Kindred,
    Model,
    Rarity,
    check_clusters,
    clusters,
    kin,
    nearest,
)

few = settings(max_examples=60)
HERE = (119.2, 29.0)


@pytest.fixture(scope="module")
def rarity(model: Model) -> Rarity:
    return Rarity.by(model)


def call(key: str, text: str, day: float = 0.0, **more: Any) -> Call:
    made = Call(key, text, day, *HERE, f"E{key}", "POWER", "zone")
    return replace(made, **more)


THREE = [
    call("a", "电压忽高忽低，设备报警", 1),
    call("b", "电压忽高忽低，变频器报警", 9),
    call("c", "电压忽高忽低，设备停了", 12),
]


@few
@given(
    st.lists(st.from_type(Call), max_size=14, unique_by=lambda c: c.key),
    st.sampled_from([1, 2, 3]),
    st.sampled_from([None, 0.0, 900.0]),
)
def test_comparing_every_pair_confirms_the_clusters(
    rarity: Rarity, kept: list[Call], core: int, within_m: float | None
) -> None:
    params = ClusterParams(core=core, alike=0.2, within_m=within_m, within_days=20)
    assert check_clusters(kept, clusters(kept, rarity, params), rarity, params) == ()


def test_the_checker_sees_each_single_falsehood(rarity: Rarity) -> None:
    (found,) = clusters(THREE, rarity)
    wrong = {
        "missed": [],
        "facts": [replace(found, firms=9)],
        "centre": [replace(found, centre=None)],
        "spread": [replace(found, spread_m=77.0)],
        "invented": [found, replace(found, keys=("a", "b"))],
    }
    for code, told in wrong.items():
        assert code in {v.code for v in check_clusters(THREE, told, rarity)}, code
    assert check_clusters(THREE, [found], rarity) == ()


def test_kin_is_told_in_numbers_and_in_shared_words(rarity: Rarity) -> None:
    found = kin(THREE[0], THREE[1], rarity)
    assert found.key == "b"
    assert 0.3 < found.share < 1
    assert (found.metres, found.days) == (0.0, 8)
    assert "电压忽高忽低" in found.shared
    assert kin(THREE[0], THREE[0], rarity).share == 1
    assert kin(THREE[0], call("x", ""), rarity).share == 0
    assert kin(THREE[0], replace(THREE[1], longitude=None, latitude=None), rarity).metres is None


def test_a_call_is_kin_when_text_and_place_are_near_and_matter_and_unit_the_same(
    rarity: Rarity,
) -> None:
    params = ClusterParams(alike=0.3, within_m=1500)
    new = call("n", "电压忽高忽低，空压机报警", 300)
    kindred = Kindred(THREE, rarity, params)
    found = kindred.find(new)
    assert found is not None
    assert found.days > 200, "how long ago is for the caller to judge"
    assert kindred.find(THREE[0]) == kin(THREE[0], THREE[0], rarity), "a member is kin of itself"
    assert "a" in kindred
    for other in (
        replace(new, text="包工头不发工资"),
        replace(new, text=""),
        replace(new, longitude=119.3),
        replace(new, matter="ROAD"),
        replace(new, unit="town"),
        replace(new, matter=""),
    ):
        assert kindred.find(other) is None
    placeless = replace(new, longitude=None, latitude=None)
    assert kindred.find(placeless) is not None


@few
@given(st.from_type(Call), st.lists(st.from_type(Call), max_size=8, unique_by=lambda c: c.key))
def test_the_nearest_of_kin_is_the_likest(rarity: Rarity, asked: Call, kept: list[Call]) -> None:
    found = nearest(asked, kept, rarity)
    shares = [kin(asked, other, rarity).share for other in kept if other.key != asked.key]
    assert (found is None) == (not shares)
    if found is not None:
        assert found.share == max(shares)


@few
@given(st.from_type(Call), st.lists(st.from_type(Call), max_size=8, unique_by=lambda c: c.key))
def test_comparing_with_every_member_confirms_who_is_kin(
    rarity: Rarity, asked: Call, kept: list[Call]
) -> None:
    params = ClusterParams(alike=0.25, within_m=900)
    near = []
    for member in kept:
        seen = kin(asked, member, rarity)
        is_same = bool(asked.matter) and (asked.matter, asked.unit) == (member.matter, member.unit)
        is_near = seen.metres is None or seen.metres <= 900
        if seen.share >= 0.25 and (asked.key == member.key or (is_same and is_near)):
            near.append(seen)
    expected = min(near, key=lambda k: (-k.share, k.key), default=None)
    assert Kindred(kept, rarity, params).find(asked) == expected
