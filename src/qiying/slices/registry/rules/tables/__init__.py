"""A file as a table: headings and numbered lines, whatever it was written with."""

from pathlib import PurePath

from qiying.kernel.errors import Invalid
from qiying.slices.registry.rules.tables._geojson import read_geojson
from qiying.slices.registry.rules.tables._table import (
    MOST_BYTES,
    SHAPE,
    Grid,
    Row,
    Table,
    from_grid,
)
from qiying.slices.registry.rules.tables._text import read_text
from qiying.slices.registry.rules.tables._workbook import read_workbook

__all__ = ["MOST_BYTES", "SHAPE", "Grid", "Row", "Table", "headed", "read", "read_grid"]


def read(name: str, content: bytes, *, sheet: str = "") -> Table:
    """Read a file by the ending of its name.

    Raises
    ------
    Invalid
        ``registry.file.type``, ``.size``, ``.empty``, ``.damaged``, ``.encoding``, ``.sheet``,
        ``.rows``, ``.columns`` or ``.collection``.
    """
    if PurePath(name).suffix.lower() in {".geojson", ".json"}:
        _require_small(content)
        table = read_geojson(content)
    else:
        table = headed(read_grid(name, content, sheet=sheet))
    if not table.rows:
        raise Invalid("registry.file.empty")
    return table


def headed(grid: Grid) -> Table:
    """The table of a sheet whose first line holds the headings."""
    return from_grid(grid.cells, encoding=grid.encoding, sheet=grid.sheet)


def read_grid(name: str, content: bytes, *, sheet: str = "") -> Grid:
    """Read separated text or a workbook as it stands, by the ending of its name; as ``read``."""
    _require_small(content)
    ending = PurePath(name).suffix.lower()
    if ending in {".csv", ".txt", ".tsv"}:
        return read_text(content)
    if ending in {".xlsx", ".xls"}:
        return read_workbook(content, sheet)
    raise Invalid("registry.file.type", name=ending or name[-40:])


def _require_small(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise Invalid("registry.file.size", limit=MOST_BYTES // 1024 // 1024)
