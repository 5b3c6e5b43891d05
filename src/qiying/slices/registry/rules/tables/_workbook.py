"""Workbooks, after a look at how far they unfold: a few bytes can claim a billion cells."""

import io
import re
import zipfile
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineWorkbook

from qiying.kernel.errors import Invalid
from qiying.slices.registry.rules.tables._table import MOST_COLUMNS, MOST_ROWS, Grid

MOST_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 3000
SLACK = 100
_TAG = re.compile(rb"<(?:\w+:)?(row|c)\b([^>]*)>")
_PLACE = re.compile(rb'\br="([A-Z]*)(\d+)"')
_PIECE = 1024 * 1024


def read_workbook(content: bytes, sheet: str) -> Grid:
    if content[:2] == b"PK":
        _require_bounded(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = book.sheet_names
        if not names or (sheet and sheet not in names):
            raise Invalid("registry.file.sheet", name=sheet[:40], known=", ".join(names)[:200])
        chosen = book.get_sheet_by_name(sheet or names[0])
        if chosen.total_height > MOST_ROWS + SLACK:
            raise Invalid("registry.file.rows", limit=MOST_ROWS)
        if chosen.total_width > MOST_COLUMNS:
            raise Invalid("registry.file.columns", limit=MOST_COLUMNS)
        cells = tuple(tuple(row) for row in chosen.to_python(skip_empty_area=False))
        merged = tuple((*a, *b) for a, b in chosen.merged_cell_ranges or ())
    except (CalamineError, OSError, ValueError, KeyError) as error:
        raise Invalid("registry.file.damaged") from error
    return Grid(cells, merged, sheet=sheet or names[0])


def _require_bounded(content: bytes) -> None:
    """Refuse what unpacks too far, and sheets whose corner cells lie too far apart."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > MOST_UNPACKED:
                raise Invalid("registry.file.size", limit=MOST_UNPACKED // 1024 // 1024)
            for part in parts:
                if "worksheets/" in part.filename and part.filename.endswith(".xml"):
                    _require_small(archive, part)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        raise Invalid("registry.file.damaged") from error


def _require_small(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    row = column = 0
    for tag, attributes in _tags(archive, part):
        place = _PLACE.search(attributes)
        if tag == b"row":
            row, column = (int(place.group(2)) if place else row + 1), 0
        elif attributes.endswith(b"/"):
            column += 1  # formatted, but without content
            continue
        else:
            column = _column(place.group(1)) if place else column + 1
            if row > MOST_ROWS + SLACK:
                raise Invalid("registry.file.rows", limit=MOST_ROWS)
            if column > MOST_COLUMNS:
                raise Invalid("registry.file.columns", limit=MOST_COLUMNS)


def _tags(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[tuple[bytes, bytes]]:
    """Tags of rows and cells, read piece by piece; what the size in the index hid is counted."""
    rest, total = b"", 0
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            total += len(piece)
            if total > MOST_UNPACKED:
                raise Invalid("registry.file.size", limit=MOST_UNPACKED // 1024 // 1024)
            text = rest + piece
            cut = text.rfind(b"<") if text.rfind(b"<") > text.rfind(b">") else len(text)
            for found in _TAG.finditer(text, 0, cut):
                yield found.group(1), found.group(2)
            rest = text[cut:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
