"""A report says the same as PDF and as DOCX, and its lines break where Chinese may break."""

import io
import re
from datetime import UTC, datetime

import pytest
from django.utils import translation
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from qiying.kernel import documents
from qiying.kernel.documents import (
    Box,
    Drawing,
    Figure,
    Heading,
    Paragraph,
    Report,
    Stroke,
    Table,
    Words,
)
from qiying.kernel.documents import _lines as breaking
from qiying.kernel.documents._drawing import to_png
from qiying.kernel.errors import Refused
from qiying.kernel.printing import chinese_font

BARS = Drawing(
    120,
    20,
    (Box(40, 4, 60, 6, (60, 110, 190)), Stroke(40, 0, 40, 20), Words(38, 7, "甲县", 9, "R")),
)
ROWS = [(str(n), f"第{n}县", f"{90 - n / 2:.2f}") for n in range(1, 91)]
REPORT = Report(
    title="县域高质量发展评价报告",
    blocks=(
        Heading("总体情况"),
        Paragraph("九十个单位的平均得分为 61.27 分，最高 89.50 分。"),
        Paragraph("数据为虚构，仅供演示。", is_note=True),
        Heading("位次", level=2),
        Table(("位次", "单位", "得分"), ROWS, "表1 综合得分", (1, 3, 2), words=2),
        Heading("图"),
        Figure(BARS, "图1 得分", "甲县 60 分"),
        Heading("方法"),
        Heading("附录"),
    ),
    issuer="发展研究院",
    made_at=datetime(2026, 11, 23, 4, tzinfo=UTC),
    foot="试算",
)


def letters(text: str) -> str:
    """The words as they are read: without spaces, and without the noughts of two-byte letters."""
    return "".join(text.replace("\0", "").split())


@pytest.fixture(scope="module")
def pdf() -> PdfReader:
    with translation.override("zh-hans"):
        return PdfReader(io.BytesIO(documents.to_pdf(REPORT)))


def test_the_pdf_holds_every_word_with_contents_bookmarks_and_headings_on_each_page(
    pdf: PdfReader,
) -> None:
    pages = [letters(page.extract_text()) for page in pdf.pages]

    whole = "".join(pages)
    for row in ROWS:
        assert letters("".join(row[1:])) in whole
    assert "最高89.50分" in whole
    assert "制发单位：发展研究院" in pages[0]
    assert [item.title for item in pdf.outline if not isinstance(item, list)] == [
        "总体情况",
        "图",
        "方法",
        "附录",
    ]
    with_rows = [page for page in pages if re.search(r"第\d+县", page)]
    assert len(with_rows) > 1
    assert all("位次单位得分" in page for page in with_rows)
    assert pdf.metadata is not None
    assert pdf.metadata.title == REPORT.title


def test_the_contents_name_the_pages_on_which_headings_stand(pdf: PdfReader) -> None:
    contents = [letters(line) for line in pdf.pages[0].extract_text().splitlines()]
    pages = [letters(page.extract_text()) for page in pdf.pages]
    for heading in REPORT.headings:
        (line,) = [line for line in contents if line.startswith(heading.text)]
        number = int(line.removeprefix(heading.text))
        assert heading.text in pages[number - 1]


def test_the_docx_holds_the_same_words_in_the_same_order() -> None:
    with translation.override("zh-hans"):
        paper = Document(io.BytesIO(documents.to_docx(REPORT)))

    said = [line.text for line in paper.paragraphs if line.text]
    assert said[0] == REPORT.title
    assert said.index("总体情况") < said.index("位次") < said.index("图") < said.index("附录")
    (grid,) = paper.tables
    assert [tuple(cell.text for cell in row.cells) for row in grid.rows] == [
        ("位次", "单位", "得分"),
        *ROWS,
    ]
    assert len(paper.inline_shapes) == 1
    assert paper.core_properties.author == "发展研究院"


def test_a_figure_becomes_a_picture_of_its_size() -> None:
    font = chinese_font()
    assert font is not None
    picture = Image.open(io.BytesIO(to_png(BARS, font, dots=254)))
    assert picture.size == (1200, 200)
    assert picture.getpixel((700, 70)) == (60, 110, 190)
    assert picture.getpixel((1150, 70)) == (255, 255, 255)


@pytest.mark.parametrize("write", [documents.to_pdf, documents.to_docx])
def test_a_machine_without_a_chinese_font_is_told_so(
    monkeypatch: pytest.MonkeyPatch, write: object
) -> None:
    for module in ("_pdf", "_docx"):
        monkeypatch.setattr(f"qiying.kernel.documents.{module}.chinese_font", lambda: None)
    assert callable(write)
    with pytest.raises(Refused, match=r"print\.font"):
        write(REPORT)


def wide(text: str) -> float:
    return sum(1 if letter.isascii() else 2 for letter in text)


@given(
    st.text("甲乙丙，。（）“”、 ab12%.", max_size=120),
    st.integers(min_value=12, max_value=40),
    st.integers(min_value=0, max_value=4),
)
def test_lines_keep_every_letter_and_the_width(text: str, width: int, first: int) -> None:
    found = breaking.lines(text, width, wide, first)

    assert letters("".join(found)) == letters(text)
    assert all(wide(line) <= width for line in found[1:])


@given(
    st.lists(
        st.sampled_from(["甲", "乙，", "丙。", "“丁”", "（戊）、", "第12位", "3.5%"]), max_size=40
    ),
    st.integers(min_value=12, max_value=40),
)
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(
    pieces: list[str], width: int
) -> None:
    for line in breaking.lines("".join(pieces), width, wide):
        assert line[:1] not in breaking.NOT_FIRST
        assert line[-1:] not in breaking.NOT_LAST


def test_a_number_is_not_torn_from_its_digits() -> None:
    assert breaking.lines("得分为61.27分，位次第3", 12, wide) == ["得分为61.27", "分，位次第3"]
