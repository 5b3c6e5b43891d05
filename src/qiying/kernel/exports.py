"""Every list as CSV or XLSX, with the filter, the time and the person written into the file."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from unicodedata import east_asian_width
from urllib.parse import quote
from zoneinfo import ZoneInfo

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

SHANGHAI = ZoneInfo("Asia/Shanghai")
DANGEROUS = "=+-@\t\r\n＝＋－＠"
MAX_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to write: headings, rows, and the words for where it came from."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]
    filters: Sequence[tuple[str, str]]
    made_by: str
    made_at: datetime


def inert(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value[:1] and value[0] in DANGEROUS:
        return f"'{value}"
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else inert(value)


def _about(sheet: Sheet) -> list[tuple[str, str]]:
    made_at = sheet.made_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    filters = list(sheet.filters) or [(_("Filter"), _("none: every record you may see"))]
    return [
        (_("Table"), sheet.title),
        *filters,
        (_("Exported by"), sheet.made_by),
        (_("Exported at"), made_at),
    ]


def to_csv(sheet: Sheet) -> bytes:
    """UTF-8 with BOM, so that spreadsheets read Chinese; the filter stands above the table."""
    out = io.StringIO()
    writer = csv.writer(out)
    for label, value in _about(sheet):
        writer.writerow([f"# {label}", inert(str(value))])
    writer.writerow(list(sheet.headings))
    for row in sheet.rows:
        writer.writerow([_plain(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(sheet: Sheet) -> bytes:
    """Frozen head, filters, real dates and numbers, and a sheet that says the filter."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F0F2F5"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    table = book.add_worksheet(sheet.title[:28] or "1")
    widths = [_width(h) for h in sheet.headings]
    table.write_row(0, 0, list(sheet.headings), head)
    count = 0
    for count, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            _write_cell(table, count, column, cell, moment, day)
            widths[column] = min(60, max(widths[column], _width(str(_plain(cell)))))
    for column, width in enumerate(widths):
        table.set_column(column, column, width + 2)
    table.freeze_panes(1, 0)
    table.autofilter(0, 0, max(count, 1), max(len(sheet.headings) - 1, 0))
    about = book.add_worksheet(_("Filter"))
    about.set_column(0, 0, 18)
    about.set_column(1, 1, 60)
    for line, (label, value) in enumerate(_about(sheet)):
        about.write_string(line, 0, str(label), head)
        about.write_string(line, 1, str(inert(str(value))))
    book.close()
    return out.getvalue()


def _write_cell(table: Any, line: int, column: int, cell: Any, moment: Any, day: Any) -> None:
    if isinstance(cell, datetime):
        table.write_datetime(line, column, cell.astimezone(SHANGHAI).replace(tzinfo=None), moment)
    elif isinstance(cell, date):
        table.write_datetime(line, column, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001
    elif isinstance(cell, bool):
        table.write_boolean(line, column, cell)
    elif isinstance(cell, int | float | Decimal):
        table.write_number(line, column, cell)
    elif cell is not None:
        table.write_string(line, column, str(inert(str(cell))))


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def wanted(request: HttpRequest) -> str:
    """``csv`` or ``xlsx`` when the reader asked for the list as a file, else ""."""
    kind = request.GET.get("format", "")
    return kind if kind in {"csv", "xlsx"} else ""


def respond(sheet: Sheet, kind: str) -> HttpResponse:
    """A download of the sheet; ``kind`` is csv or xlsx."""
    if kind == "xlsx":
        body = to_xlsx(sheet)
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    else:
        body, content_type = to_csv(sheet), "text/csv; charset=utf-8"
    name = f"{sheet.title}-{sheet.made_at.astimezone(SHANGHAI):%Y%m%d-%H%M}.{kind}"
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
