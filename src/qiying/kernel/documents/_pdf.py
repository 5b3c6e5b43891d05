"""A report as PDF on A4 upright, with contents, bookmarks and page numbers."""

from typing import Any, Final

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, WrapMode
from fpdf.fonts import FontFace
from fpdf.outline import OutlineSection

from qiying.kernel.documents._drawing import Box, Drawing, Stroke, Words
from qiying.kernel.documents._lines import lines
from qiying.kernel.documents._values import Block, Figure, Heading, Paragraph, Report, Table
from qiying.kernel.errors import Refused
from qiying.kernel.printing import chinese_font, issue_lines

_GREY: Final = (90, 98, 110)
_RULE: Final = (190, 196, 204)
_HEAD: Final = FontFace(emphasis=None, fill_color=(240, 242, 245))
_MARGIN: Final = 24
_SIZES: Final = {1: 15.0, 2: 12.5}
_LEAST_FOR_CONTENTS: Final = 5


class _Paper(FPDF):
    foot = ""

    def footer(self) -> None:
        self.set_y(-14)
        self.set_text_color(*_GREY)
        self.set_font_size(8)
        self.cell(0, 5, self.foot)
        self.set_x(self.l_margin)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")
        self.set_text_color(0)


def to_pdf(report: Report) -> bytes:
    """Refused (``print.font``) on a machine without a Chinese font."""
    font = chinese_font()
    if font is None:
        raise Refused("print.font")
    paper = _Paper(orientation="portrait", format="A4")
    paper.set_margins(_MARGIN, 22)
    paper.set_auto_page_break(auto=True, margin=20)
    paper.set_title(report.title)
    paper.set_lang(report.language)
    if report.issuer:
        paper.set_author(report.issuer)
    if report.made_at is not None:
        paper.set_creation_date(report.made_at)
    paper.add_font("zh", "", font[0], collection_font_number=font[1])
    paper.set_font("zh", size=11)
    paper.foot = report.foot
    paper.add_page()
    _title(paper, report)
    for block in report.blocks:
        _block(paper, block, report.language)
    return bytes(paper.output())


def _title(paper: FPDF, report: Report) -> None:
    paper.ln(10)
    _write(paper, report.title, size=20, align="C")
    paper.ln(3)
    for line in (*report.about, *issue_lines(report.issuer, report.made_at)):
        _write(paper, line, size=10.5, align="C", colour=_GREY)
    paper.ln(4)
    if len(report.headings) >= _LEAST_FOR_CONTENTS:
        paper.insert_toc_placeholder(_contents, allow_extra_pages=True)


def _contents(paper: FPDF, outline: list[OutlineSection]) -> None:
    for section in outline:
        paper.set_font("zh", size=10.5)
        link = paper.add_link(page=section.page_number)
        indent = 6 * section.level
        paper.set_x(paper.l_margin + indent)
        paper.cell(paper.epw - indent - 14, 7, section.name, link=link)
        paper.cell(
            14, 7, str(section.page_number), align="R", link=link, new_x="LMARGIN", new_y="NEXT"
        )


def _block(paper: FPDF, block: Block, language: str) -> None:
    match block:
        case Heading():
            paper.ln(4)
            _keep_together(paper, 28)
            paper.set_font("zh", size=_SIZES[block.level])
            paper.start_section(block.text, level=block.level - 1)
            _write(paper, block.text, size=_SIZES[block.level])
            paper.ln(1.5)
        case Paragraph():
            _paragraph(paper, block, language)
        case Table():
            _table(paper, block)
        case Figure():
            _figure(paper, block)


def _paragraph(paper: FPDF, block: Paragraph, language: str) -> None:
    size = 9.0 if block.is_note else 11.0
    paper.set_font_size(size)
    paper.set_text_color(*(_GREY if block.is_note else (0,)))
    is_drawn_in = language.startswith("zh") and not block.is_note
    indent = paper.get_string_width("字字") if is_drawn_in else 0.0
    for n, line in enumerate(lines(block.text, paper.epw, paper.get_string_width, indent)):
        paper.set_x(paper.l_margin + (0 if n else indent))
        paper.cell(0, size * 0.62, line, new_x="LMARGIN", new_y="NEXT")
    paper.set_text_color(0)
    paper.ln(1.5)


def _table(paper: FPDF, block: Table) -> None:
    if block.caption:
        _keep_together(paper, 24)
        _write(paper, block.caption, size=9.5, align="C")
    count = len(block.headings)
    aligned: Any = ["LEFT" if n < block.words else "RIGHT" for n in range(count)]
    paper.set_font_size(9)
    paper.set_draw_color(*_RULE)
    with paper.table(
        headings_style=_HEAD,
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        col_widths=tuple(block.widths) or None,
        line_height=5.2,
        text_align=tuple(aligned),
        wrapmode=WrapMode.CHAR,
    ) as table:
        for cells in (block.headings, *block.rows):
            row = table.row()
            for cell in cells:
                row.cell(cell)
    paper.set_draw_color(0)
    paper.ln(3)


def _figure(paper: FPDF, block: Figure) -> None:
    drawing = block.drawing
    _keep_together(paper, drawing.height + 10)
    left, top = paper.l_margin + (paper.epw - drawing.width) / 2, paper.get_y()
    with paper.local_context():
        _draw(paper, drawing, left, top)
    paper.set_xy(paper.l_margin, top + drawing.height + 1)
    _write(paper, block.caption, size=9.5, align="C")
    if block.said:
        _write(paper, block.said, size=8.5, align="C", colour=_GREY)
    paper.ln(3)


def _draw(paper: FPDF, drawing: Drawing, left: float, top: float) -> None:
    for shape in drawing.shapes:
        match shape:
            case Box():
                paper.set_fill_color(*shape.fill)
                paper.rect(left + shape.x, top + shape.y, shape.width, shape.height, style="F")
            case Stroke():
                paper.set_draw_color(*shape.colour)
                paper.set_line_width(shape.width)
                paper.line(left + shape.x, top + shape.y, left + shape.to_x, top + shape.to_y)
            case Words():
                paper.set_font_size(shape.points)
                paper.set_text_color(*shape.colour)
                wide = paper.get_string_width(shape.text)
                shift = {"L": 0.0, "C": wide / 2, "R": wide}[shape.align]
                # letters sit upon their line: a third of their size below the middle
                low = top + shape.y + shape.points * 25.4 / 72 * 0.36
                paper.text(left + shape.x - shift, low, shape.text)
    paper.set_text_color(0)
    paper.set_draw_color(0)
    paper.set_line_width(0.2)


def _keep_together(paper: FPDF, height: float) -> None:
    if paper.will_page_break(height):
        paper.add_page()


def _write(
    paper: FPDF, text: str, *, size: float, align: str = "L", colour: tuple[int, ...] = (0,)
) -> None:
    paper.set_font_size(size)
    paper.set_text_color(*colour)
    for line in lines(text, paper.epw, paper.get_string_width):
        paper.cell(0, size * 0.62, line, align=align, new_x="LMARGIN", new_y="NEXT")
    paper.set_text_color(0)
