"""A table as a PDF to be printed and signed, in the Chinese font of the machine.

No font comes with the platform: one of the system's is used, found by fontconfig. Without one
the reader is told which package is missing, instead of a page of empty boxes.
"""

import shutil
import subprocess
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.utils.translation import gettext
from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from qiying.kernel.errors import Refused
from qiying.kernel.exports import SHANGHAI, Sheet

FAMILIES = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei")
_WITHIN = 10
_HEAD = FontFace(emphasis=None, fill_color=(240, 242, 245))
_GREY = (90, 98, 110)


@cache
def chinese_font() -> tuple[Path, int] | None:
    """File and number in its collection of the first Chinese font that fontconfig knows."""
    tool = shutil.which("fc-list")
    if tool is None:
        return None
    for family in FAMILIES:
        ask = [tool, f"{family}:style=Regular", "--format", "%{file}|%{index}\n"]
        # The family is one of ours, never what somebody typed.
        said = subprocess.run(ask, capture_output=True, text=True, timeout=_WITHIN, check=False)  # noqa: S603
        for line in sorted(said.stdout.splitlines()):
            file, _bar, index = line.partition("|")
            if Path(file).is_file():
                return Path(file), int(index or 0) & 0xFFFF
    return None


class _Paper(FPDF):
    """A4 across, with the page's number below."""

    foot = ""

    def footer(self) -> None:
        self.set_y(-11)
        self.set_text_color(*_GREY)
        self.set_font_size(7.5)
        self.cell(0, 5, self.foot)
        self.set_x(self.l_margin)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")
        self.set_text_color(0)


def issue_lines(issuer: str, made_at: datetime | None) -> list[str]:
    """Who issued a paper (制发单位) and on which day; what is not known is left out."""
    lines = [gettext("Issued by: %(unit)s") % {"unit": issuer}] if issuer else []
    if made_at is not None:
        day = made_at.astimezone(SHANGHAI)
        lines.append(gettext("Date of issue: %(day)s") % {"day": f"{day:%Y-%m-%d}"})
    return lines


def to_pdf(
    sheet: Sheet, *, notes: Sequence[str] = (), widths: Sequence[int] = (), issuer: str = ""
) -> bytes:
    """The sheet on A4 across: title, where it came from, the table, notes, who issued it and when.

    ``widths`` are the columns' shares of the width. Refused (``print.font``) on a machine
    without a Chinese font.
    """
    font = chinese_font()
    if font is None:
        raise Refused("print.font")
    paper = _Paper(orientation="landscape", format="A4")
    paper.set_margins(12, 12)
    paper.set_auto_page_break(auto=True, margin=14)
    paper.set_title(sheet.title)
    paper.set_creation_date(sheet.made_at)
    paper.add_font("zh", "", font[0], collection_font_number=font[1])
    paper.set_font("zh", size=8)
    paper.foot = f"{sheet.made_by} · {_moment(sheet.made_at)}"
    paper.add_page()
    _line(paper, sheet.title, size=15)
    said = "    ".join(f"{label}: {value}" for label, value in sheet.filters)
    _line(paper, said, size=8.5, colour=_GREY)
    paper.ln(2)
    _table(paper, sheet, widths)
    paper.ln(2)
    for note in notes:
        _line(paper, note, size=8, colour=_GREY)
    if issuer:
        paper.ln(2)
        for line in issue_lines(issuer, sheet.made_at):
            _line(paper, line, size=10, align="R")
    return bytes(paper.output())


def _line(
    paper: FPDF, text: str, *, size: float, colour: tuple[int, ...] = (0,), align: str = "L"
) -> None:
    paper.set_font_size(size)
    paper.set_text_color(*colour)
    paper.multi_cell(0, size * 0.6, text, align=align, new_x="LMARGIN", new_y="NEXT")
    paper.set_text_color(0)


def _table(paper: FPDF, sheet: Sheet, widths: Sequence[int]) -> None:
    paper.set_font_size(8)
    with paper.table(
        headings_style=_HEAD,
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        col_widths=tuple(widths) or None,
        line_height=5,
        text_align=("LEFT", *("RIGHT" for _column in sheet.headings[1:])),
    ) as table:
        for cells in (sheet.headings, *sheet.rows):
            line = table.row()
            for cell in cells:
                line.cell(_text(cell))


def _text(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, datetime):
        return _moment(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def respond(
    sheet: Sheet, *, notes: Sequence[str] = (), widths: Sequence[int] = (), issuer: str = ""
) -> HttpResponse:
    """A download of the sheet as PDF."""
    body = to_pdf(sheet, notes=notes, widths=widths, issuer=issuer)
    response = HttpResponse(body, content_type="application/pdf")
    name = f"{sheet.title}-{sheet.made_at.astimezone(SHANGHAI):%Y%m%d-%H%M}.pdf"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
