"""The register that comes with the product holds together, row by row."""

import json
import re
from collections import Counter
from datetime import date
from importlib.resources import files

import pytest

from qiying.slices.mandate import rules

FOUNDED, REFORM = date(2014, 3, 1), date(2024, 6, 28)
SEEDS = files("qiying.slices.mandate") / "seeds"


def _read(name: str) -> list[dict[str, object]]:
    found = json.loads((SEEDS / f"{name}.json").read_text(encoding="utf-8"))
    assert isinstance(found, list)
    return found


LAWS = json.loads((SEEDS / "laws.json").read_text(encoding="utf-8"))
UNITS = {str(u["code"]): str(u["kind"]) for u in _read("units")}
ROWS = {row.code: row for row in (rules.row_from_seed(p, LAWS, REFORM) for p in _read("matters"))}
BEFORE = {code: rules.before_reform(row, FOUNDED, REFORM) for code, row in ROWS.items()}


def test_it_holds_the_139_matters_of_the_sheet_with_their_statuses() -> None:
    assert list(ROWS) == [f"M{n:03d}" for n in range(1, 140)]
    counted = Counter(row.status for row in ROWS.values())
    assert counted == {"STRIP": 65, "CORE": 27, "SHARE": 22, "DEPT": 14, "LOCK": 11}


@pytest.mark.parametrize("edition", [ROWS, BEFORE], ids=["reform", "before"])
def test_every_row_can_be_written(edition: dict[str, rules.Row]) -> None:
    errors = {code: rules.row_errors(row, UNITS) for code, row in edition.items()}
    assert {code: found for code, found in errors.items() if found} == {}


def test_what_is_shown_to_the_public_is_never_a_complaint_or_a_residents_matter() -> None:
    shown = [row for row in ROWS.values() if row.is_public]
    assert len(shown) >= 20
    assert not [r.code for r in shown if r.nature in {"complaint", "report"}]
    assert not [r.code for r in shown if r.is_resident_matter]
    disputes = {"M046", "M047", "M053", "M054", "M067", "M068"}
    assert not disputes & {r.code for r in shown}


def test_the_basis_follows_the_status_except_for_lines_and_departments() -> None:
    usual = {"CORE": "ZONE", "LOCK": "WALL", "SHARE": "WALL", "DEPT": "DEPT", "STRIP": "TOWNSHIP"}
    unusual = {c: r.basis for c, r in ROWS.items() if r.basis != usual[r.status]}
    lines = {code for code, basis in unusual.items() if basis == "LINEAR"}
    assert lines == {"M043", "M069", "M078", "M133", "M135"}
    for code in unusual.keys() - lines:
        # stripped, but to a department that leads on both sides, not to the township
        row = ROWS[code]
        assert (row.status, row.basis) == ("STRIP", "DEPT")
        assert row.lead_inside == row.lead_outside
        assert UNITS[row.lead_inside[0]] == "department"


def test_before_the_reform_the_zone_led_just_over_a_hundred_social_functions() -> None:
    led = [r for r in BEFORE.values() if r.duty == "social" and r.lead_inside[:1] == ("ZONE",)]
    assert len(led) == 102
    assert not [r.code for r in BEFORE.values() if len(r.lead_inside) > 1]


def test_a_departments_power_that_the_zone_carried_rests_on_a_delegation() -> None:
    seeds = json.loads((SEEDS / "delegations.json").read_text(encoding="utf-8"))
    delegated = {(d["matter"], d["to_unit"]) for d in seeds["before_reform"]}
    carried = {
        (code, "ZONE")
        for code, row in ROWS.items()
        if row.basis == "DEPT" and row.lead_before_reform == "ZONE"
    }
    assert delegated == carried
    for item in (*seeds["before_reform"], *seeds["reform"]):
        assert item["matter"] in ROWS
        assert {item["from_unit"], item["to_unit"]} <= UNITS.keys()


def test_no_delegation_begins_before_the_year_of_its_document() -> None:
    seeds = json.loads((SEEDS / "delegations.json").read_text(encoding="utf-8"))
    for item in seeds["before_reform"]:
        assert _year(item) == int(item["valid_from"][:4])
        assert FOUNDED < date.fromisoformat(item["valid_from"]) < REFORM
    assert {_year(item) for item in seeds["reform"]} == {REFORM.year}


def _year(item: dict[str, str]) -> int:
    """The year that a document's number names in brackets."""
    found = re.search("\u3014([0-9]{4})\u3015", item["document"])
    assert found is not None
    return int(found.group(1))


@pytest.mark.parametrize("on", [date(2020, 1, 1), date(2026, 11, 22)])
def test_the_linter_finds_nothing_in_either_edition(on: date) -> None:
    seeds = json.loads((SEEDS / "delegations.json").read_text(encoding="utf-8"))
    terms = [
        rules.Term(d["matter"], d["to_unit"], d["document"], FOUNDED, REFORM)
        for d in seeds["before_reform"]
    ]
    rows = [*BEFORE.values(), *(r.changed({"number": 2}) for r in ROWS.values())]
    assert rules.lint(rules.LintRegister(rows, UNITS, terms), on) == ()


def test_every_matter_can_be_found_by_words_of_both_languages() -> None:
    for row in ROWS.values():
        assert len(row.keywords_zh) >= 2, row.code
        assert row.keywords_en, row.code
        assert row.name_zh
        assert row.name_en


def test_a_cited_law_has_both_names_and_every_time_that_is_not_ours_has_a_source() -> None:
    for law in LAWS.values():
        assert law["zh"]
        assert law["en"]
    usual = {
        "enquiry": 1,
        "help": 5,
        "resource": 5,
        "complaint": 10,
        "report": 10,
        "suggestion": 10,
    }
    for row in ROWS.values():
        is_usual = (row.time_kind, row.time_amount) == ("working_days", usual[row.nature])
        assert is_usual or row.time_source, row.code
