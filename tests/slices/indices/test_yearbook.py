"""Sheets of yearbooks: merged headings, cities between, blanks in names; columns confirmed by a person."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qiying.kernel import tenancy
from qiying.slices.indices import operations, queries
from qiying.slices.indices.models import Delivery, Value
from qiying.slices.indices.rules import Known, lay_out, lines_of, table_of
from tests.slices.indices.yearbook import workbook
from tests.slices.world import World

KNOWN = Known(
    [(1, "330102", "上城区", None, None), (2, "330122", "桐庐县", None, None)],
    {"C01": 1, "地区生产总值": 1, "C02": 2, "地区生产总值增长": 2, "C03": 3, "常住人口": 3},
)
CITIES = frozenset({"杭州市"})
CELLS = [
    ["表3-1 各县(市、区)主要指标（2024年）", "", "", "", ""],
    ["", "", "", "", "单位：亿元"],
    ["地区", "地区生产总值(亿元)", "", "常住人口", ""],
    ["", "总量", "增长(%)", "2023年", "2024年"],
    ["全 省", 1, 2, 3, 4],
    ["杭州市", 1, 2, 3, 4],
    ["上 城 区", 10.5, 2.1, 100, 101],
    ["桐庐县", "…", 3.1, 40, 41],
    ["注：初步数", "", "", "", ""],
]
MERGED = [(2, 0, 3, 0), (2, 1, 2, 2), (2, 3, 2, 4)]


@pytest.mark.parametrize("merged", [MERGED, []], ids=["workbook", "separated text"])
def test_headings_over_two_rows_name_each_column(merged: list[tuple[int, int, int, int]]) -> None:
    sheet = lay_out(CELLS, merged, KNOWN, cities=CITIES)
    assert sheet is not None
    found = [(c.at, c.title, c.year, c.indicator) for c in sheet.columns]
    assert found == [
        (1, "地区生产总值(亿元) / 总量", None, 1),
        (2, "地区生产总值(亿元) / 增长(%)", None, 2),
        (3, "常住人口", 2023, 3),
        (4, "常住人口", 2024, 3),
    ]
    assert (sheet.label, sheet.year, sheet.needs_year) == (0, 2024, False)
    assert [number for number, _name in sheet.left_out] == [5, 6]
    assert [number for number, _cells in sheet.rows] == [7, 8]


def test_a_sheet_becomes_values_with_the_years_of_its_headings() -> None:
    sheet = lay_out(CELLS, MERGED, KNOWN, cities=CITIES)
    assert sheet is not None
    codes = {1: "C01", 2: "C02", 3: "C03", 4: "C03"}
    lines, faults = lines_of(*table_of(sheet, codes), KNOWN)
    assert faults == []
    assert {(x.indicator_id, x.place_id, x.year, x.value) for x in lines} == {
        (1, 1, 2024, 10.5),
        (2, 1, 2024, 2.1),
        (2, 2, 2024, 3.1),
        (3, 1, 2023, 100.0),
        (3, 1, 2024, 101.0),
        (3, 2, 2023, 40.0),
        (3, 2, 2024, 41.0),
    }


def test_a_table_that_does_not_tell_its_year_asks_for_it() -> None:
    cells = [["地区", "常住人口"], ["上城区", 100], ["桐庐县", 40]]
    sheet = lay_out(cells, [], KNOWN, cities=CITIES)
    assert sheet is not None
    assert sheet.needs_year
    told = lay_out(cells, [], KNOWN, cities=CITIES, year=2022)
    assert told is not None
    assert not told.needs_year
    lines, faults = lines_of(*table_of(told, {1: "C03"}), KNOWN)
    assert (faults, {x.year for x in lines}) == ([], {2022})


def test_growth_of_a_thing_is_not_the_thing() -> None:
    cells = [["地区", "常住人口", ""], ["", "总量", "增长(%)"], ["上城区", 1, 2], ["桐庐县", 3, 4]]
    sheet = lay_out(cells, [(0, 1, 0, 2)], KNOWN, cities=CITIES, year=2022)
    assert sheet is not None
    assert [c.indicator for c in sheet.columns] == [3, None]


@pytest.mark.parametrize("cells", [[], [[]], [["甲", "乙"], [1, 2]], [[None, None]]])
def test_what_holds_no_place_is_no_sheet(cells: list[list[Any]]) -> None:
    assert lay_out(cells, [], KNOWN, cities=CITIES) is None


def test_a_name_that_is_no_place_is_a_fault_with_its_row() -> None:
    cells = [*CELLS[:7], ["某某新区", 1, 2, 3, 4], *CELLS[7:]]
    sheet = lay_out(cells, MERGED, KNOWN, cities=CITIES)
    assert sheet is not None
    _lines, faults = lines_of(*table_of(sheet, {1: "C01"}), KNOWN)
    assert [(f.row, f.code, f.value) for f in faults] == [(8, "indices.cell.place", "某某新区")]


# --- the page ---------------------------------------------------------------------------------


@pytest.fixture
def analyst(world: World) -> Client:
    operations.take_over(world.actor("analyst"), now=world.now)
    client = Client()
    client.force_login(world.user("analyst"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def upload(world: World, **more: Any) -> dict[str, Any]:
    with tenancy.reading(world.system):
        rows = [(p.name, p.city) for p in queries.places_now(world.system)]
        names = dict(queries.list_indicators(world.system).values_list("code", "name"))
    values = {names[code]: [float(n) for n in range(len(rows))] for code in ("C01", "C09")}
    file = SimpleUploadedFile("年鉴.xlsx", workbook(rows, values))
    return {"file": file, "kind": "statistics", "source": "虚构年鉴2026", **more}


def test_a_yearbook_is_brought_in_once_its_columns_are_confirmed(
    world: World, analyst: Client
) -> None:
    page = analyst.post(reverse("indices:new-delivery"), upload(world))
    form = page.context["form"]
    fields = {f"at-{c.at}": form[f"at-{c.at}"].value() for c in form.sheet.columns}
    assert list(fields.values()) == ["C01", "", "C09", ""]
    held = form["held"].value()
    with tenancy.reading(world.system):
        assert not Delivery.objects.exists()
    answer = analyst.post(reverse("indices:columns"), {"held": held, **fields})
    with tenancy.reading(world.system):
        row = Delivery.objects.get()
        assert (row.written, row.faults) == (180, [])
        assert set(Value.objects.values_list("year", flat=True)) == {2025}
    assert answer.status_code == 303
    assert str(row.public_id) in answer["Location"]


def test_two_columns_cannot_be_one_indicator_and_none_is_too_few(
    world: World, analyst: Client
) -> None:
    page = analyst.post(reverse("indices:new-delivery"), upload(world))
    form = page.context["form"]
    names = [f"at-{c.at}" for c in form.sheet.columns]
    held = {"held": form["held"].value()}
    for codes in (dict.fromkeys(names[:2], "C01"), {}, {names[0]: "XX"}):
        again = analyst.post(reverse("indices:columns"), {**held, **codes})
        assert again.status_code == 200
        assert again.context["form"].errors
    with tenancy.reading(world.system):
        assert not Delivery.objects.exists()


def test_a_sheet_that_was_tampered_with_is_not_taken(world: World, analyst: Client) -> None:
    page = analyst.post(reverse("indices:new-delivery"), upload(world))
    held = page.context["form"]["held"].value()
    for bad in ("", "x", held[:-2] + "zz"):
        answer = analyst.post(reverse("indices:columns"), {"held": bad, "at-1": "C01"})
        assert (answer.status_code, answer["Location"]) == (302, reverse("indices:new-delivery"))
    assert analyst.get(reverse("indices:columns")).status_code == 302


def test_a_machine_has_a_sheet_understood_and_brings_it_in(world: World, analyst: Client) -> None:
    cells = [["表1 主要指标（2025年）", ""], ["地区", "C09"], ["上城区", 5], ["不在名单", 6]]
    asked = {"cells": cells, "merged": [[0, 0, 0, 1]]}
    path = "/api/v1/indices/values/sheet"
    headers = {"X-Requested-With": "test"}
    found = analyst.post(path, asked, content_type="application/json", headers=headers).json()
    assert [(c["title"], c["indicator"]) for c in found["columns"]] == [("C09", "C09")]
    assert found["rows"] == [["上城区", 2025, 5], ["不在名单", 2025, 6]]
    body = {
        "name": "表",
        "kind": "statistics",
        "source": "虚构年鉴",
        "headings": found["headings"],
        "rows": found["rows"],
        "is_good_only": True,
    }
    made = analyst.post(
        "/api/v1/indices/values", body, content_type="application/json", headers=headers
    ).json()
    assert made["written"] == 1
    assert [f["code"] for f in made["faults"]] == ["indices.cell.place"]
    none = analyst.post(path, {"cells": [["a"]]}, content_type="application/json", headers=headers)
    assert none.status_code == 422
