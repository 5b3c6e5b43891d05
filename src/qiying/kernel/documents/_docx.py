"""A report as DOCX: styles of a word processor, repeated headings, page numbers, pictures."""

import io
from collections.abc import Sequence
from typing import Any, Final

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor

from qiying.kernel.documents._drawing import to_png
from qiying.kernel.documents._values import Block, Figure, Heading, Paragraph, Report, Table
from qiying.kernel.errors import Refused
from qiying.kernel.printing import chinese_font, issue_lines

_GREY: Final = RGBColor(90, 98, 110)
_BODY, _HEADS = ("Times New Roman", "仿宋"), ("Arial", "黑体")
_PAGE, _MARGIN = (Mm(210), Mm(297)), Mm(24)
_WIDTH: Final = 162
"""Millimetres between the margins."""


def to_docx(report: Report) -> bytes:
    """Refused (``print.font``) on a machine without a Chinese font: its figures are pictures."""
    font = chinese_font()
    if font is None:
        raise Refused("print.font")
    paper = Document()
    _shape(paper, report)
    title = paper.add_paragraph(report.title, style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for line in (*report.about, *issue_lines(report.issuer, report.made_at)):
        _small(paper.add_paragraph(line), is_centred=True)
    for block in report.blocks:
        _block(paper, block, report.language, font)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _shape(paper: Any, report: Report) -> None:
    """Page, fonts, properties and foot."""
    section = paper.sections[0]
    section.page_width, section.page_height = _PAGE
    section.left_margin = section.right_margin = _MARGIN
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Caption"):
        latin, chinese = _HEADS if name in {"Title", "Heading 1", "Heading 2"} else _BODY
        style = paper.styles[name]
        style.font.name = latin
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), chinese)
        tongue = OxmlElement("w:lang")
        tongue.set(qn("w:val"), "en-US")
        tongue.set(qn("w:eastAsia"), "zh-CN")
        style.element.get_or_add_rPr().append(tongue)
    paper.styles["Normal"].font.size = Pt(12)
    paper.styles["Title"].font.size = Pt(20)
    line_below = paper.styles["Title"].element.pPr.find(qn("w:pBdr"))
    if line_below is not None:
        paper.styles["Title"].element.pPr.remove(line_below)
    about = paper.core_properties
    about.title, about.author, about.language = report.title, report.issuer, report.language
    about.comments = ""
    if report.made_at is not None:
        about.created = about.modified = report.made_at
    _foot(section.footer.paragraphs[0], report.foot)


def _foot(line: Any, words: str) -> None:
    run = line.add_run(f"{words}    " if words else "")
    run.font.size, run.font.color.rgb = Pt(8), _GREY
    for kind, inner in (("begin", None), (None, "PAGE"), ("end", None)):
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark.text = inner
        number = line.add_run()
        number.font.size = Pt(8)
        number._r.append(mark)


def _block(paper: Any, block: Block, language: str, font: tuple[Any, int]) -> None:
    match block:
        case Heading():
            paper.add_heading(block.text, level=block.level)
        case Paragraph():
            line = paper.add_paragraph(block.text)
            if block.is_note:
                _small(line)
            elif language.startswith("zh"):
                line.paragraph_format.first_line_indent = Pt(24)
        case Table():
            _table(paper, block)
        case Figure():
            drawing = block.drawing
            picture = io.BytesIO(to_png(drawing, font))
            width = Emu(int(Mm(min(drawing.width, _WIDTH))))
            shown = paper.add_picture(picture, width=width)
            shown._inline.docPr.set("descr", block.said or block.caption)
            line = paper.paragraphs[-1]
            line.alignment, line.paragraph_format.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, True
            _caption(paper, block.caption)
            if block.said:
                _small(paper.add_paragraph(block.said), is_centred=True)


def _table(paper: Any, block: Table) -> None:
    if block.caption:
        _caption(paper, block.caption)
    grid = paper.add_table(rows=0, cols=len(block.headings), style="Table Grid")
    grid.autofit = False
    shares = block.widths or [1.0] * len(block.headings)
    widths = [Mm(_WIDTH * share / sum(shares)) for share in shares]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    for number, cells in enumerate((block.headings, *block.rows)):
        row = grid.add_row()
        if number == 0:
            head = OxmlElement("w:tblHeader")
            row._tr.get_or_add_trPr().append(head)
        _cells(row.cells, cells, widths, block.words)
    paper.add_paragraph()


def _cells(places: Sequence[Any], cells: Sequence[str], widths: Sequence[Any], words: int) -> None:
    for n, (place, cell, width) in enumerate(zip(places, cells, widths, strict=True)):
        place.width = width
        line = place.paragraphs[0]
        line.paragraph_format.space_after = Pt(0)
        run = line.add_run(cell)
        run.font.size = Pt(9)
        if n >= words:
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _caption(paper: Any, words: str) -> None:
    line = paper.add_paragraph(words, style="Caption")
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.keep_with_next = False


def _small(line: Any, *, is_centred: bool = False) -> None:
    for run in line.runs:
        run.font.size, run.font.color.rgb = Pt(9), _GREY
    if is_centred:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
