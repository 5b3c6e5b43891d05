"""Separated text in the encodings that spreadsheets of this country write."""

import codecs
import csv
import io

from qiying.kernel.errors import Invalid
from qiying.slices.registry.rules.tables._table import Grid

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DELIMITERS = ",\t;|"
csv.field_size_limit(4 * 1024 * 1024)


def decode(content: bytes) -> tuple[str, str]:
    """The text and the encoding in which it reads without a fault; marks first, then UTF-8.

    GB 18030 accepts nearly any bytes, therefore it is asked last and its answer must be printable.
    """
    marked = next((name for mark, name in MARKS if content.startswith(mark)), "")
    for name in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, name
    raise Invalid("registry.file.encoding")


def read_text(content: bytes) -> Grid:
    text, encoding = decode(content)
    head = next((line for line in text.splitlines() if line and line[0] != "#"), "")
    delimiter = max(DELIMITERS, key=head.count)
    try:
        grid = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Invalid("registry.file.damaged") from error
    return Grid(tuple(tuple(line or [""]) for line in grid), encoding=encoding)
