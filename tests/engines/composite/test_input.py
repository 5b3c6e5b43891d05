"""The two tables and the plan: loaded unchanged, and every fault named with its place."""

import doctest

import numpy as np
import pytest

from qiying.engines import composite as engine
from qiying.engines.composite import Origin, Unusable, judge, read_plan, read_tables
from tests.engines.composite.made import ASEM, ROOT, asem

META = [
    {
        "iCode": "x",
        "iName": "X",
        "Type": "Indicator",
        "Level": "1",
        "Parent": "i",
        "Denominator": "d",
    },
    {"iCode": "i", "iName": "Index", "Type": "Aggregate", "Level": "2", "Parent": ""},
    {"iCode": "d", "iName": "People", "Type": "Denominator"},
    {"iCode": "g", "iName": "Group", "Type": "Group"},
]
PLAN = 'version = 1\n[[step]]\ndo = "normalise"\n[[step]]\ndo = "aggregate"\n'


def row(unit: str, x: str, **more: str) -> dict[str, str]:
    return {"uCode": unit, "x": x, "d": "2", "g": "L", **more}


def faults_of(text: str) -> set[tuple[str, int, str]]:
    with pytest.raises(Unusable) as caught:
        read_plan(text)
    return {(f.code, f.row, f.column) for f in caught.value.faults}


def test_the_example_of_the_package_runs() -> None:
    assert doctest.testmod(engine).failed == 0
    assert sorted(engine.__all__, key=lambda n: (n != "VERSION", n)) == engine.__all__


def test_years_and_units_make_a_cube_and_an_absent_row_is_missing() -> None:
    cube = read_tables([row("a", "1", Time="2019"), row("b", "3", Time="2020")], META)
    assert cube.values.shape == (2, 2, 1)
    assert cube.provenance[0, 1, 0] == Origin.MISSING
    np.testing.assert_array_equal(cube.values[:, :, 0], [[1, np.nan], [np.nan, 3]])
    assert not cube.values.flags.writeable
    assert [node.code for node in cube.children("i")] == ["x"]


def test_every_bad_cell_is_named_with_its_row_and_column() -> None:
    rows = [row("a", "1"), row("a", "2"), row("b", "1,5"), row("c", "inf"), row("", "4")]
    with pytest.raises(Unusable) as caught:
        read_tables(rows, META)
    assert [(f.code, f.row, f.column) for f in caught.value.faults] == [
        ("repeated_unit", 2, "uCode"),
        ("no_number", 3, "x"),
        ("no_number", 4, "x"),
        ("no_unit", 5, "uCode"),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Type": "Thing"}, "unknown_type"),
        ({"Direction": "2"}, "unknown_direction"),
        ({"Level": "0"}, "unknown_level"),
        ({"Parent": "nowhere"}, "unknown_parent"),
        ({"Denominator": "nothing"}, "unknown_denominator"),
        ({"Weight": "-1"}, "negative_weight"),
        ({"Weight": "much"}, "no_number"),
        ({"iCode": "y"}, "no_column"),
    ],
)
def test_a_wrong_row_of_the_indicator_table_is_refused(change: dict[str, str], code: str) -> None:
    with pytest.raises(Unusable) as caught:
        read_tables([row("a", "1")], [{**META[0], **change}, *META[1:]])
    assert code in {fault.code for fault in caught.value.faults}


def test_a_plan_names_its_unknown_keys_steps_and_types() -> None:
    text = 'version = 2\nfoo = 1\n[[step]]\ndo = "fly"\n[[step]]\ndo = "treat"\nwinsorise = "5"\nx = 1'
    assert faults_of(text) == {
        ("unknown_key", 0, "foo"),
        ("unknown_version", 0, "version"),
        ("unknown_step", 1, "do"),
        ("unknown_key", 2, "x"),
        ("wrong_type", 2, "winsorise"),
    }
    assert {code for code, _, _ in faults_of("version =")} == {"no_toml"}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ('[[step]]\ndo = "treat"\n', "order"),
        ('[[step]]\ndo = "impute"\nmethod = "group_mean"\ngroup = "z"\n', "unknown_group"),
        ('[[factor]]\nat = "treat.winsorise"\nchoices = [1]\n', "step_absent"),
        ('[[factor]]\nat = "normalise.method"\nchoices = ["magic"]\n', "unknown_value"),
        ('[[factor]]\nat = "normalise.magic"\nchoices = [1]\n', "unknown_choice"),
        ('[[factor]]\nat = "weights"\n', "out_of_range"),
        ('[step.at]\ni = "magic"\n', "unknown_value"),
        ('[step.at]\nz = "amean"\n', "unknown_node"),
    ],
)
def test_a_plan_that_cannot_run_is_refused_before_it_runs(more: str, code: str) -> None:
    cube = read_tables([row("a", "1")], META)
    assert judge(read_plan(PLAN), cube) == ()
    assert code in {fault.code for fault in judge(read_plan(PLAN + more), cube)}


def test_the_shipped_plan_is_sound() -> None:
    plan = read_plan((ROOT / "examples" / "asem.toml").read_text(encoding="utf-8"))
    assert judge(plan) == ()
    assert [factor.size for factor in plan.factors] == [5, 2, 100, 2]
    assert plan.with_choice("treat.winsorise", 1).steps[3] != plan.steps[3]


@pytest.mark.skipif(not ASEM.exists(), reason="the public example tables are not kept here")
def test_the_public_example_tables_load_unchanged() -> None:
    cube = asem()
    assert cube.values.shape == (1, 51, 49)
    assert [len(cube.children(node.code)) for node in cube.aggregates] == [
        8,
        5,
        3,
        6,
        8,
        5,
        9,
        5,
        5,
        3,
        2,
    ]
