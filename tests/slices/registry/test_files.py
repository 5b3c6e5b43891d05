"""Files of every kind become the same table; what is hostile or broken is refused."""

import io
import json
import zipfile
from typing import Any

import pytest
import xlsxwriter
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from qiying.kernel.errors import Invalid
from qiying.kernel.models.identity import ROLE_LABELS
from qiying.slices.registry.models import labels
from qiying.slices.registry.rules import cells, tables
from qiying.slices.registry.rules.lines import _words

HEADINGS = ["统一社会信用代码", "企业名称"]
CELL = st.text(
    st.characters(codec="gb18030", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cf")),
    min_size=1,
    max_size=8,
).filter(lambda text: text[0] not in "#'\"")


def workbook(*sheets: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


@given(
    st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    st.sampled_from([",", "\t", ";"]),
)
def test_text_reads_back_in_every_encoding_and_separation(
    rows: list[tuple[str, str]], encoding: str, separator: str
) -> None:
    lines = [HEADINGS, *rows]
    quoted = [
        separator.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines
    ]
    table = tables.read("a.csv", "\r\n".join(quoted).encode(encoding))
    assert table.headings == tuple(HEADINGS)
    assert [tuple(map(cells.plain, row.cells)) for row in table.rows] == [
        tuple(map(cells.plain, row)) for row in rows
    ]
    assert [row.number for row in table.rows] == list(range(2, len(rows) + 2))


def test_remarks_above_the_table_and_blank_lines_keep_their_numbers() -> None:
    content = "# 表,企业\r\n\r\n名称,编号\r\n甲,1\r\n,\r\n乙,2\r\n".encode()
    table = tables.read("a.csv", content)
    assert table.headings == ("名称", "编号")
    assert [(row.number, row.cells) for row in table.rows] == [(4, ("甲", "1")), (6, ("乙", "2"))]


def test_a_workbook_gives_the_sheet_that_is_asked_for() -> None:
    content = workbook([["名称"], ["甲"]], [["name"], ["B"]])
    assert tables.read("a.xlsx", content).rows[0].cells == ("甲",)
    assert tables.read("a.xlsx", content, sheet="Sheet2").rows[0].cells == ("B",)
    with pytest.raises(Invalid) as caught:
        tables.read("a.xlsx", content, sheet="Sheet3")
    assert caught.value.code == "registry.file.sheet"


def test_features_become_lines_with_their_shape() -> None:
    shape = {"type": "Point", "coordinates": [119, 29]}
    data = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"key": "A"}, "geometry": shape},
            {"type": "Feature", "id": 7, "properties": {"name": "乙"}, "geometry": None},
        ],
    }
    table = tables.read("a.geojson", json.dumps(data).encode())
    assert table.headings == ("key", "name", "id", "geometry")
    assert table.rows[0].cells[-1] == shape
    assert table.rows[1].cells[-1] is None


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.pdf", b"%PDF-", "type"),
        ("a.csv", b"", "empty"),
        ("a.csv", "名称\n".encode(), "empty"),
        ("a.csv", b"\xff\x00\x81\x00\xff", "encoding"),
        ("a.csv", b"x" * (21 * 1024 * 1024), "size"),
        ("a.csv", (",".join(str(n) for n in range(300)) + "\n1").encode(), "columns"),
        ("a.csv", b"a\n" + b"1\n" * 50_001, "rows"),
        ("a.xlsx", b"PK\x03\x04 nothing", "damaged"),
        ("a.xlsx", b"no workbook", "damaged"),
        ("a.geojson", b"{", "damaged"),
        ("a.geojson", b'{"type": "Feature"}', "collection"),
        ("a.geojson", b'{"features": [1]}', "collection"),
        ("a.geojson", b'{"features": [{"type": "Feature", "properties": NaN}]}', "damaged"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_reason(
    name: str, content: bytes, problem: str
) -> None:
    with pytest.raises(Invalid) as caught:
        tables.read(name, content)
    assert caught.value.code == f"registry.file.{problem}"


def bomb(sheet: bytes) -> bytes:
    """A real workbook whose first sheet is replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["a"], [1]]))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            is_sheet = part.filename.endswith("sheet1.xml")
            new.writestr(part.filename, sheet if is_sheet else old.read(part))
    return out.getvalue()


@pytest.mark.parametrize(
    "cells_of_sheet",
    [
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c></row>'
        + b"<row/>" * 60_000
        + b"<row><c><v>1</v></c></row>",
        b"<row>" + b"<c><v>1</v></c>" * 300 + b"</row>",
    ],
)
def test_a_small_workbook_that_claims_a_vast_sheet_is_refused_before_it_unfolds(
    cells_of_sheet: bytes,
) -> None:
    head = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    with pytest.raises(Invalid) as caught:
        tables.read("a.xlsx", bomb(head + cells_of_sheet + b"</sheetData></worksheet>"))
    assert caught.value.code in {"registry.file.rows", "registry.file.columns"}


def test_an_archive_that_unpacks_too_far_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"xl/media/{number}", b"\x00" * (80 * 1024 * 1024))
    with pytest.raises(Invalid) as caught:
        tables.read("a.xlsx", out.getvalue())
    assert caught.value.code == "registry.file.size"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-01-02", "2024-01-02"),
        ("2024/1/2", "2024-01-02"),
        ("2024.1.2", "2024-01-02"),
        ("2024年1月2日", "2024-01-02"),
        ("20240102", "2024-01-02"),
        ("\uff12\uff10\uff12\uff14-\uff10\uff11-\uff10\uff12", "2024-01-02"),
    ],
)
def test_dates_are_read_as_they_are_written_here(text: str, day: str) -> None:
    assert cells.day(text) == day


@pytest.mark.parametrize("text", ["2024-13-01", "1/2/2024", "2024", "昨天"])
def test_what_is_not_surely_a_date_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        cells.day(text)


def test_numbers_flags_and_amounts_are_read_with_their_bounds() -> None:
    assert cells.whole("1,234", most=9999) == 1234
    assert cells.money("1.5万", times=10_000) == "15000.00"
    assert cells.flag("是") is True
    assert cells.flag(0.0) is False
    assert cells.plain(330825.0) == "330825"
    assert cells.plain("'=1") == "=1"
    for wrong in ("nan", "inf", "-1", "1.5", "", "一"):
        with pytest.raises(Invalid):
            cells.whole(wrong, most=10)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_word_that_our_pages_say_is_understood_in_a_file(language: str) -> None:
    lists = (
        (labels.UNIT_KINDS, _words.UNIT_WORDS),
        (labels.ENTITY_KINDS, _words.ENTITY_WORDS),
        (labels.FIRM_STATUSES, _words.STATUS_WORDS),
        (labels.SITE_KINDS, _words.SITE_WORDS),
        (labels.AREA_KINDS, _words.AREA_WORDS),
        (list(ROLE_LABELS.items())[:-2], _words.ROLE_WORDS),
    )
    with translation.override(language):
        for shown, known in lists:
            for code, label in shown:
                assert cells.choice(str(label), known) == code
