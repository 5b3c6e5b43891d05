"""Lines of a file as values of a kind of record: headings understood, every cell checked."""

from qiying.slices.registry.rules.lines._columns import COLUMNS, Column, headings_of
from qiying.slices.registry.rules.lines._read import Line, Lines, fail, read_lines

__all__ = ["COLUMNS", "Column", "Line", "Lines", "fail", "headings_of", "read_lines"]
