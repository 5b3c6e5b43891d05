"""A document to be signed as a PDF on A4 upright: headings, paragraphs, a table, signature lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.http import HttpResponse
from fpdf import FPDF
from fpdf.enums import TableBordersLayout

from qiying.kernel.errors import Refused
from qiying.kernel.exports import SHANGHAI
from qiying.kernel.printing import chinese_font, issue_lines

_GREY = (90, 98, 110)


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with paragraphs, and perhaps a table whose first row holds the headings."""

    heading: str = ""
    paragraphs: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    widths: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """The document. ``signatures`` are labels, each followed by a line to sign on.

    ``issuer`` is who issued it (制发单位); it stands below with the day on which it was made.
    """

    title: str
    number: str
    parts: Sequence[Part]
    signatures: Sequence[str] = ()
    foot: str = ""
    made_at: datetime | None = None
    issuer: str = ""


class _Sheet(FPDF):
    foot = ""

    def footer(self) -> None:
        self.set_y(-13)
        self.set_text_color(*_GREY)
        self.set_font_size(8)
        self.cell(0, 5, self.foot)
        self.set_x(self.l_margin)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")
        self.set_text_color(0)


def to_pdf(letter: Letter) -> bytes:
    """Refused (``print.font``) on a machine without a Chinese font."""
    font = chinese_font()
    if font is None:
        raise Refused("print.font")
    sheet = _Sheet(orientation="portrait", format="A4")
    sheet.set_margins(22, 20)
    sheet.set_auto_page_break(auto=True, margin=18)
    sheet.set_title(letter.title)
    if letter.made_at is not None:
        sheet.set_creation_date(letter.made_at)
    sheet.add_font("zh", "", font[0], collection_font_number=font[1])
    sheet.set_font("zh", size=11)
    sheet.foot = letter.foot
    sheet.add_page()
    _write(sheet, letter.title, size=18, align="C")
    _write(sheet, letter.number, size=10, align="R", colour=_GREY)
    for part in letter.parts:
        _part(sheet, part)
    _signatures(sheet, letter.signatures)
    if letter.issuer:
        for line in issue_lines(letter.issuer, letter.made_at):
            _write(sheet, line, size=11, align="R")
    return bytes(sheet.output())


def _write(
    sheet: FPDF, text: str, *, size: float, align: str = "L", colour: tuple[int, ...] = (0,)
) -> None:
    sheet.set_font_size(size)
    sheet.set_text_color(*colour)
    sheet.multi_cell(0, size * 0.62, text, align=align, new_x="LMARGIN", new_y="NEXT")
    sheet.set_text_color(0)


def _part(sheet: FPDF, part: Part) -> None:
    sheet.ln(3)
    if part.heading:
        _write(sheet, part.heading, size=12.5)
        sheet.ln(1)
    for paragraph in part.paragraphs:
        _write(sheet, paragraph, size=11)
        sheet.ln(1)
    if part.rows:
        sheet.set_font_size(10)
        with sheet.table(
            borders_layout=TableBordersLayout.ALL,
            col_widths=tuple(part.widths) or None,
            line_height=6,
            text_align="LEFT",
            first_row_as_headings=False,
        ) as table:
            for cells in part.rows:
                row = table.row()
                for cell in cells:
                    row.cell(cell)


def _signatures(sheet: FPDF, labels: Sequence[str]) -> None:
    if not labels:
        return
    sheet.ln(6)
    for label in labels:
        _write(sheet, label, size=11)
        sheet.ln(7)


def respond(letter: Letter) -> HttpResponse:
    """A download of the document."""
    response = HttpResponse(to_pdf(letter), content_type="application/pdf")
    moment = letter.made_at.astimezone(SHANGHAI) if letter.made_at else None
    day = f"-{moment:%Y%m%d}" if moment else ""
    name = f"{letter.title}-{letter.number}{day}.pdf"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
