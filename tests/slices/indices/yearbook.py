"""A workbook as a yearbook prints it, over the list of places; its values are invented."""

import io
from collections.abc import Mapping, Sequence

import xlsxwriter

TITLE = "表3-1 各县(市、区)主要指标（2025年）"


def spread(name: str) -> str:
    """Short names are printed with blanks between their characters."""
    return "　".join(name) if len(name) <= 3 else name


def workbook(places: Sequence[tuple[str, str]], values: Mapping[str, Sequence[float]]) -> bytes:
    """Title, unit, two rows of merged headings, cities above their counties, a remark.

    ``places`` are names with their cities. The columns are the names of ``values`` under one common heading, then
    their growth, which no dictionary knows.
    """
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("3-1")
    wide = 2 * len(values)
    sheet.merge_range(0, 0, 0, wide, TITLE)
    sheet.write(1, wide, "单位：按各列")
    sheet.merge_range(2, 0, 3, 0, "地区")
    for at, name in enumerate(values):
        sheet.merge_range(2, 1 + 2 * at, 2, 2 + 2 * at, name)
        sheet.write(3, 1 + 2 * at, "总量")
        sheet.write(3, 2 + 2 * at, "比上年增长(%)")
    line, city = 4, ""
    for number, (place, of_city) in enumerate(places):
        if of_city != city:
            sheet.write_row(line, 0, [spread(of_city), *[1.0] * wide])
            line, city = line + 1, of_city
        sheet.write(line, 0, spread(place))
        for at, column in enumerate(values.values()):
            sheet.write_number(line, 1 + 2 * at, column[number])
            sheet.write_string(line, 2 + 2 * at, "…")
        line += 1
    sheet.write(line, 0, "注：虚构数据。")
    book.close()
    return file.getvalue()
