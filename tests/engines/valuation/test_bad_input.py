"""What cannot be used of a description is named with its place."""

from dataclasses import fields
from pathlib import Path

import pytest

from qiying.engines import valuation as engine
from qiying.engines.valuation import (
    Asset,
    Fault,
    Kind,
    Misstated,
    Problem,
    Royalty,
    read,
    schema,
)
from tests.engines.valuation.made import known

EXAMPLE = Path(engine.__path__[0]).parents[1] / "config" / "cli" / "valuation.toml"
WORDS = EXAMPLE.read_text(encoding="utf-8")
ROYALTY = Royalty("s", known(0.5, 0.4, 0.6), known(0.03, 0.02, 0.05))


def faults(words: str, *, is_toml: bool = True) -> tuple[Fault, ...]:
    with pytest.raises(Misstated) as caught:
        read(words, is_toml=is_toml)
    return caught.value.faults


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ("likely = 0.15", "likely = nan", "tax.likely", "not_a_number"),
        ("likely = 0.15", "likely = true", "tax.likely", "not_a_number"),
        ("likely = 0.15", "likely = 1.5", "tax.low", "not_between_0_and_0.9"),
        ("likely = 0.15", "likely = 0.15\nhigh = 0.1", "tax.likely", "not_between_low_and_high"),
        ('grade = "A"', 'grade = "Z"', "tax.grade", "not_one_of_A_B_C_K_D"),
        ('grade = "A"', "", "tax.grade", "missing"),
        ("valued_on = 2026-11-24", 'valued_on = "soon"', "valued_on", "not_a_date"),
        ("valued_on = 2026-11-24", "valued_at = 2026-11-24", "valued_at", "unknown_name"),
        ('stream = "presses"', 'stream = "none"', "assets[0].royalty.stream", "unknown_stream"),
        ('id = "P2"', 'id = "P1"', "assets[1]", "repeated_id"),
        ('kind = "invention"', "kind = 3", "assets[0].kind", "not_one_of_"),
        ('code = "trl"', 'code = "lrt"', "assets[0].facts[0].code", "unknown_fact"),
        ("value = 9", "value = 10", "assets[0].facts[0].value", "not_between_1_and_9"),
        ("firm_grade = 3", "firm_grade = 3.5", "loan.firm_grade", "not_a_whole_number"),
        ("firm_grade = 3", "firm_grade = 11", "loan.firm_grade", "not_between_1_and_10"),
        ("ends_on = 2027-11-20", "ends_on = 2020-11-20", "loan.ends_on", "not_after_valuation"),
        ("on = 2023-05-10", "on = 2027-05-10", "assets[0].history[0].on", "after_valuation"),
        (
            '[[overlaps]]\ngroup = "press"',
            '[[overlaps]]\ngroup = "x"',
            "overlaps[0].group",
            "unknown_g",
        ),
        (
            'overlap_group = "press"',
            'overlap_group = "y"',
            "assets[0].overlap_group",
            "no_overlap",
        ),
        ("income_cny = [42000000,", 'income_cny = ["4",', "streams[0].income_cny[0]", "not_a_num"),
        ('id = "P1"', "id = 1", "assets[0].id", "not_a_text"),
        ("[loan]", "[params]\ndraws = 5\n[loan]", "params.draws", "not_between_100_and"),
    ],
)
def test_a_fault_is_named_with_its_place(old: str, new: str, place: str, code: str) -> None:
    assert old in WORDS
    found = faults(WORDS.replace(old, new, 1))
    assert any(f.place == place and f.code.startswith(code) for f in found), found


def test_all_faults_are_told_at_once() -> None:
    words = WORDS.replace('grade = "A"', 'grade = "Z"', 1).replace(
        "firm_grade = 3", "firm_grade = 0"
    )
    assert {f.place for f in faults(words)} == {"tax.grade", "loan.firm_grade"}


@pytest.mark.parametrize("words", ["", "[]", "{", "7", '"x"', "[" * 100_000, '{"assets": 3}'])
def test_what_is_no_description_is_refused(words: str) -> None:
    assert faults(words, is_toml=False)


def test_an_asset_without_any_method_is_refused() -> None:
    with pytest.raises(Misstated, match="no_method"):
        Asset("A", "x", Kind.INVENTION, known(5.0))


def test_a_tree_may_not_lead_back() -> None:
    branch = engine.Branch("a", known(0.5))
    with pytest.raises(Misstated, match="leads_back"):
        engine.Tree((engine.Node("a"), engine.Node("b", branches=(branch,))))
    twice = (engine.Branch("c", known(0.6)), engine.Branch("c", known(0.6)))
    with pytest.raises(Misstated, match="probabilities_over_one"):
        engine.Node("b", branches=twice)


def test_the_schema_knows_every_name_of_a_description() -> None:
    found = schema()
    names = set(found["properties"])
    assert names == {field.name for field in fields(Problem)} | {"params"}
    shapes = [s for d in found["$defs"].values() for s in d["properties"].values()]
    named = {shape["$ref"].rpartition("/")[2] for shape in shapes if "$ref" in shape}
    assert named <= set(found["$defs"])
