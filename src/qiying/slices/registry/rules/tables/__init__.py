"""A file as a table: headings and numbered lines, whatever it was written with."""

from pathlib import PurePath

from qiying.kernel.errors import Invalid
from qiying.slices.registry.rules.tables._geojson import read_geojson
from qiying.slices.registry.rules.tables._table import MOST_BYTES, SHAPE, Row, Table
from qiying.slices.registry.rules.tables._text import read_text
from qiying.slices.registry.rules.tables._workbook import read_workbook

__all__ = ["MOST_BYTES", "SHAPE", "Row", "Table", "read"]


def read(name: str, content: bytes, *, sheet: str = "") -> Table:
    """Read a file by the ending of its name.

    Raises
    ------
    Invalid
        ``registry.file.type``, ``.size``, ``.empty``, ``.damaged``, ``.encoding``, ``.sheet``,
        ``.rows``, ``.columns`` or ``.collection``.
    """
    if len(content) > MOST_BYTES:
        raise Invalid("registry.file.size", limit=MOST_BYTES // 1024 // 1024)
    ending = PurePath(name).suffix.lower()
    if ending in {".csv", ".txt", ".tsv"}:
        table = read_text(content)
    elif ending in {".xlsx", ".xls"}:
        table = read_workbook(content, sheet)
    elif ending in {".geojson", ".json"}:
        table = read_geojson(content)
    else:
        raise Invalid("registry.file.type", name=ending or name[-40:])
    if not table.rows:
        raise Invalid("registry.file.empty")
    return table
