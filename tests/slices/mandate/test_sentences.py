"""Every rule that the engine publishes is said in both languages, whatever numbers it carries."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polib
import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

import qiying.slices.mandate as package
from qiying.engines import jurisdiction
from qiying.engines.jurisdiction import Case, Geometry, Rule
from qiying.slices.mandate import rules
from qiying.slices.mandate.models import sentences
from tests.slices.mandate.test_rules import DAY, row, square

HAN = re.compile(r"[\u4e00-\u9fff]")
UNITS = {
    "ZONE": "zone",
    "ETB": "department",
    "SOE": "company",
    "T1": "township",
    "FIRE": "department",
}
SAMPLES: Mapping[Rule, list[dict[str, Any]]] = {
    Rule.ROW: [{"status": "LOCK", "basis": "WALL"}],
    Rule.BEFORE_REFORM: [{"reform_on": "2024-06-28"}],
    Rule.DANGER: [{"responder": "FIRE"}],
    Rule.DEPARTMENT: [{}, {"side": "band", "distance_m": 3.2, "band_m": 20.0}],
    Rule.LOCKED: [{"distance_m": 120.0}],
    Rule.RESIDENTS: [{}, {"township": "T1"}, {"township": "T1", "neighbourhood": "n1"}],
    Rule.NOT_HANDED_OVER: [{"neighbourhood": "n1"}],
    Rule.LINEAR: [{"owner": "SOE"}, {"owner": "SOE", "share_inside": 0.4}],
    Rule.NEAR_WALL: [
        {"side": "band", "distance_m": -3.2, "band_m": 20.0},
        {"side": "uncertain", "distance_m": 30.0, "band_m": 20.0},
        {"side": "crossing", "distance_m": 0.0, "band_m": 20.0, "share_inside": 0.25},
    ],
    Rule.BASIS: [
        {"basis": "TOWNSHIP", "township": "T1"},
        {"basis": "TOWNSHIP"},
        {"basis": "WALL", "side": "inside", "belongs": True},
        {"basis": "WALL", "side": "outside"},
        {"basis": "ZONE", "side": "inside", "belongs": True},
        {"basis": "ZONE", "side": "outside", "belongs": False},
        {"basis": "ZONE", "side": "inside"},
    ],
    Rule.ADJUDICATION: [{}, {"working_days": 5}],
    Rule.RECUSAL: [{"unit": "ETB"}, {"unit": "ETB", "successor": "ZONE"}],
    Rule.NO_COMPANY: [{"unit": "SOE"}, {"unit": "SOE", "successor": "ZONE"}],
    Rule.DEPARTMENT_DUTY: [{"unit": "ETB"}],
    Rule.PRECEDENT: [{"id": "XL-1", "unit": "ZONE", "decided_on": "2025-01-02"}],
    Rule.ZONE_TOLD: [{"unit": "ZONE"}],
    Rule.SAME_CANDIDATES: [{}, {"unit": "ZONE"}],
}
NAMES = {"ZONE": "管委会", "ETB": "经信局", "SOE": "国企", "T1": "东溪街道", "FIRE": "消防大队"}


@pytest.mark.parametrize("rule", list(Rule))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_rule_of_the_engine_has_a_title_and_a_sentence(rule: Rule, language: str) -> None:
    with translation.override(language):
        assert str(sentences.TITLES[rule])
        for params in SAMPLES.get(rule, [{}]):
            said = sentences.sentence(rule, params, NAMES if language == "zh-hans" else {})
            assert "%(" not in said
            assert said.endswith("。" if language == "zh-hans" else ".")
            assert bool(HAN.search(said)) == (language == "zh-hans")


def test_every_sentence_is_used_by_some_variant() -> None:
    used = {sentences.variant(rule, params) for rule in Rule for params in SAMPLES.get(rule, [{}])}
    assert used == set(sentences.SENTENCES)


def _world() -> jurisdiction.World:
    bases = ["WALL", "ZONE", "DEPT", "TOWNSHIP", "LINEAR"]
    rows = [
        row(f"M{b}{s}", basis=b, status=s, co_inside=("ETB",), lead_before_reform="ZONE")
        for b in bases
        for s in ("CORE", "SHARE", "LOCK", "DEPT", "STRIP")
    ]
    return rules.build_world(
        matters=tuple(r.for_engine() for r in rows),
        units=UNITS,
        areas=(
            jurisdiction.Area("wall:a", "wall", square(119.0, 29.0, 0.02), DAY),  # type: ignore[arg-type]
            jurisdiction.Area(
                "planned:p", "planned", square(118.99, 28.99, 0.1), date(2014, 1, 1)
            ),  # type: ignore[arg-type]
            jurisdiction.Area(
                "neighbourhood:n", "neighbourhood", square(119.01, 29.01, 0.005), date(2014, 1, 1)
            ),  # type: ignore[arg-type]
            jurisdiction.Area(
                "township:t", "township", square(118.9, 28.9, 0.13), date(2014, 1, 1), unit="T1"
            ),  # type: ignore[arg-type]
        ),
        handovers=(jurisdiction.Handover("neighbourhood:n", date(2025, 1, 1), "T1"),),
        precedents=(jurisdiction.Precedent("XL-1", "MWALLSHARE", "ETB", DAY, area="wall:a"),),
        regime=jurisdiction.Regime(DAY, 20.0),
        zone="ZONE",
    )


WORLD = _world()


@given(
    code=st.sampled_from(sorted(WORLD.matter_by_code)),
    kind=st.sampled_from(list(rules.ObjectKind)),
    place=st.one_of(
        st.none(),
        st.tuples(st.floats(118.95, 119.1), st.floats(28.95, 29.1)),
        st.tuples(st.floats(118.9999, 119.0001), st.floats(29.0, 29.02)),
    ),
    on=st.sampled_from([date(2020, 1, 1), date(2024, 9, 1), date(2026, 1, 1)]),
    owner=st.sampled_from([None, "SOE"]),
    belongs=st.sampled_from([None, True, False]),
    recused=st.frozensets(st.sampled_from(["ZONE", "ETB", "T1"])),
    responder=st.sampled_from([None, "FIRE"]),
)
def test_whatever_the_engine_answers_can_be_said(
    code: str,
    kind: rules.ObjectKind,
    place: tuple[float, float] | None,
    on: date,
    owner: str | None,
    belongs: bool | None,
    recused: frozenset[str],
    responder: str | None,
) -> None:
    geometry = Geometry.point(*place) if place else None
    case = Case(
        code, kind, geometry, 5.0, on, belongs, owner, responder is not None, responder, recused
    )
    answer = jurisdiction.decide(WORLD, case).as_json()
    for reason in answer["reasons"]:
        said = sentences.sentence(Rule(reason["rule"]), reason["params"], NAMES)
        assert "%(" not in said
    by_rule = {reason["rule"]: reason["params"] for reason in answer["reasons"]}
    for passed in answer["rejected"]:
        basis = by_rule.get("J7", {})
        assert sentences.rejection(Rule(passed["rule"]), passed["unit"], basis)


@pytest.mark.parametrize(
    ("basis", "why"),
    [
        ({"basis": "ZONE", "side": "inside", "belongs": True}, "企业属开发区，该单位不主办"),
        ({"basis": "ZONE", "side": "outside", "belongs": False}, "企业不属开发区，该单位不主办"),
        ({"basis": "WALL", "side": "inside", "belongs": True}, "仅在墙外主办"),
        ({"basis": "WALL", "side": "outside"}, "仅在墙内主办"),
        ({"basis": "TOWNSHIP"}, "该事项由属地乡镇（街道）主办"),
    ],
)
def test_a_unit_is_passed_over_for_the_reason_that_the_row_goes_by(
    basis: dict[str, Any], why: str
) -> None:
    with translation.override("zh-hans"):
        assert sentences.rejection(Rule.BASIS, "经信局", basis) == f"经信局：{why}"


@pytest.mark.parametrize(
    ("side", "distance", "said"),
    [
        ("inside", 551.1, "墙内，距围墙 551 米"),
        ("outside", -991.7, "墙外，距围墙 992 米"),
        ("band", 19.97, "边界带内（内侧），距围墙 19.9 米"),
        ("band", 18.58, "边界带内（内侧），距围墙 18.6 米"),
        ("band", -3.0, "边界带内（外侧），距围墙 3 米"),
        ("crossing", 0.0, "跨界"),
        ("unknown", None, "无位置"),
    ],
)
def test_where_a_place_lies_is_said_without_signs_and_never_beyond_the_band(
    side: str, distance: float | None, said: str
) -> None:
    with translation.override("zh-hans"):
        assert sentences.where(side, distance, is_walled=True) == said
        planned = sentences.where("inside", 40.0, is_walled=False)
    assert planned == "规划范围内，距规划范围线 40 米"


def test_the_catalogue_of_the_slice_is_complete_and_keeps_every_placeholder() -> None:
    folder = Path(str(package.__file__)).parent / "locale/zh_Hans/LC_MESSAGES"
    catalogue = polib.pofile(str(folder / "django.po"))
    assert [e.msgid for e in catalogue if not e.translated()] == []
    holder = re.compile(r"%\((\w+)\)")
    for entry in catalogue:
        words = entry.msgstr_plural.get(0) or entry.msgstr
        assert set(holder.findall(entry.msgid)) == set(holder.findall(words)), entry.msgid
