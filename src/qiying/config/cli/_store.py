"""Who reckons a table in bulk: DuckDB in this process, or Spark, by `QIYING_BULK`."""

import codecs
import csv
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import typer

from qiying.config.cli._given import ENCODINGS, FAILED
from qiying.config.cli._platform import text
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.engines.composite import Fault

BACKENDS = ("duckdb", "spark")
KINDS = (".csv", ".parquet")
BLOCK = 1 << 20
MOST_NAMED = 100_000
CORRUPT = "_corrupt"
SHUFFLES = "spark.sql.shuffle.partitions"
REJECTED = {"TOO MANY COLUMNS": "extra_cells", "MISSING COLUMNS": "missing_cells"}
Columns = dict[str, list[Any]]


class Store(Protocol):
    """Tables of one command; what an engine expresses over them is reckoned here."""

    def read(self, path: Path) -> Any:
        """The table of a file; Unusable with every row that is none."""

    def columns(self, expression: Any) -> Columns:
        """A small answer, by its columns."""

    def keep(self, expression: Any) -> Any:
        """Reckon once and hold the answer on disk."""

    def write(self, table: Any, path: Path, order: Sequence[str]) -> None:
        """Write a table as CSV or Parquet, whichever the name says."""


@contextmanager
def opened(out: Path) -> Iterator[Store]:
    """The backend of the setting, with a folder beside the answer for what memory cannot hold."""
    import ibis

    from qiying.config.environment import Environment

    chosen = Environment(os.environ).choice("BULK", BACKENDS)
    # Bringing selections together repeats a column's expression wherever it is used again.
    ibis.options.sql.fuse_selects = False
    work = Path(tempfile.mkdtemp(prefix=".work-", dir=out))
    try:
        with _plainly():
            store: Store = _spark(work) if chosen == "spark" else _duckdb(work)
            try:
                yield store
            finally:
                with suppress(AttributeError):
                    store.close()  # type: ignore[attr-defined]
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _plainly() -> Iterator[None]:
    """What a backend says of itself comes as one sentence."""
    import duckdb
    from ibis.common.exceptions import IbisError

    wrong: tuple[type[Exception], ...] = (duckdb.Error, IbisError)
    with suppress(ImportError):
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        wrong = (*wrong, PySparkException, Py4JError)
    try:
        yield
    except wrong as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        typer.echo(
            text(_("The tables could not be reckoned: %(reason)s"), reason=reason), err=True
        )
        raise typer.Exit(FAILED) from None


def _duckdb(work: Path) -> "Store":
    import ibis

    connection = ibis.duckdb.connect(work / "tables.duckdb", temp_directory=str(work))
    return _Duck(connection, work)


def _spark(work: Path) -> "Store":
    import ibis

    # Said at every answer, of what is not used here: frames of pandas made by Spark.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise typer.BadParameter(
            text(_("QIYING_BULK=spark needs pyspark: pip install 'qiying[spark]'."))
        ) from None
    shown = str(sys.stderr.isatty()).lower()
    builder = SparkSession.builder.appName("qiying")
    session = builder.config("spark.ui.showConsoleProgress", shown).getOrCreate()
    cluster = session.sparkContext
    if not cluster.getConf().contains(SHUFFLES):
        session.conf.set(SHUFFLES, 3 * cluster.defaultParallelism)
    return _Sparks(ibis.pyspark.connect(session), session, work)


class _Duck:
    """Tables in a file of DuckDB, which writes to disk what memory does not hold."""

    def __init__(self, connection: Any, work: Path) -> None:
        self.connection, self.work, self.count = connection, work, 0

    def read(self, path: Path) -> Any:
        from qiying.engines.composite import Unusable
        from qiying.engines.composite.bulk import ROW

        source = f"read_parquet({_quoted(_every(path))})"
        if path.suffix == ".csv":
            plain = as_utf8(path, self.work)
            cells = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in headings(path, plain))
            source = (
                f"read_csv({_quoted(str(plain))}, columns = {{{cells}}}, header = true, "
                "auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
                f"store_rejects = true, rejects_limit = {MOST_NAMED})"
            )
        numbered = f"SELECT row_number() OVER () AS {ROW}, * FROM {source}"  # noqa: S608 - quoted
        self._run(f"CREATE TABLE data AS {numbered}")
        if path.suffix == ".csv" and (faults := self._rejected(path.name)):
            raise Unusable(faults)
        return self.connection.table("data")

    def _rejected(self, name: str) -> "tuple[Fault, ...]":
        from qiying.engines.composite import Fault

        found = self._run(
            "SELECT DISTINCT line, error_type, coalesce(column_name, ''), csv_line "
            "FROM reject_errors ORDER BY line"
        ).fetchall()
        return tuple(
            Fault(REJECTED.get(kind, "no_row"), name, line - 1, column, words or "")
            for line, kind, column, words in found
        )

    def columns(self, expression: Any) -> Columns:
        found: Columns = self.connection.to_pyarrow(expression).to_pydict()
        return found

    def keep(self, expression: Any) -> Any:
        self.count += 1
        name = f"kept_{self.count}"
        self._run(f"CREATE TABLE {name} AS {self.connection.compile(expression)}")
        return self.connection.table(name)

    def write(self, table: Any, path: Path, order: Sequence[str]) -> None:
        form = "CSV, HEADER" if path.suffix == ".csv" else "PARQUET"
        query = self.connection.compile(table.order_by(list(order)))
        self._run(f"COPY ({query}) TO {_quoted(str(path))} (FORMAT {form})")

    def _run(self, statement: str) -> Any:
        return self.connection.con.execute(statement)

    def close(self) -> None:
        """Let the file go before its folder does."""
        self.connection.disconnect()


class _Sparks:
    """Tables of a Spark session, on whichever machines it has."""

    def __init__(self, connection: Any, session: Any, work: Path) -> None:
        self.connection, self.session, self.work = connection, session, work
        self.count = 0

    def read(self, path: Path) -> Any:
        if path.suffix == ".parquet":
            return self._named(self.session.read.parquet(str(path)))
        plain = as_utf8(path, self.work)
        names = [f"`{name.replace('`', '``')}` string" for name in headings(path, plain)]
        frame = self.session.read.csv(
            str(plain),
            schema=", ".join([*names, f"{CORRUPT} string"]),
            columnNameOfCorruptRecord=CORRUPT,
            header=True,
            multiLine=True,
            escape='"',
        ).persist()
        self._refuse(frame, path.name)
        return self._named(frame)

    def _refuse(self, frame: Any, name: str) -> None:
        from qiying.engines.composite import Fault, Unusable

        bad = frame.filter(frame[CORRUPT].isNotNull()).limit(MOST_NAMED)
        found = [Fault("no_row", name, value=row[CORRUPT]) for row in bad.collect()]
        if found:
            raise Unusable(tuple(found))

    def columns(self, expression: Any) -> Columns:
        found: Columns = self.connection.to_pyarrow(expression).to_pydict()
        return found

    def keep(self, expression: Any) -> Any:
        return self._named(self._frame(expression).persist())

    def write(self, table: Any, path: Path, order: Sequence[str]) -> None:
        writer = self._frame(table.order_by(list(order))).write.mode("overwrite")
        if path.suffix == ".csv":
            writer.csv(str(path), header=True, escape='"')
        else:
            writer.parquet(str(path))

    def _frame(self, expression: Any) -> Any:
        return self.session.sql(self.connection.compile(expression))

    def _named(self, frame: Any) -> Any:
        self.count += 1
        frame.createOrReplaceTempView(f"qiying_{self.count}")
        return self.connection.table(f"qiying_{self.count}")


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


def _every(path: Path) -> str:
    return str(path / "**" / "*.parquet") if path.is_dir() else str(path)


def is_readable(path: Path) -> bool:
    """Whether a table is there and of a kind that is read in bulk."""
    return path.suffix in KINDS and path.exists()


def headings(path: Path, plain: Path) -> list[str]:
    """Names of the columns of a CSV; Unusable where one comes twice, in whatever case."""
    from qiying.engines.composite import Fault, Unusable
    from qiying.engines.composite.bulk import ROW

    with plain.open(encoding="utf-8-sig", newline="") as file:
        names = [name or f"_{n}" for n, name in enumerate(next(csv.reader(file), []), 1)]
    lower = [ROW, CORRUPT, *(name.lower() for name in names)]
    twice = sorted({name for name in names if lower.count(name.lower()) > 1})
    faults = [Fault("repeated_column", path.name, column=name) for name in twice]
    faults += [] if names else [Fault("no_rows", path.name)]
    if faults:
        raise Unusable(tuple(faults))
    return names


def as_utf8(path: Path, work: Path) -> Path:
    """The file itself where it is UTF-8, else a copy that is, made block by block."""
    if _decodes(path, "utf-8", None):
        return path
    copy = work / "utf8.csv"
    if _decodes(path, ENCODINGS[-1], copy):
        return copy
    raise typer.BadParameter(text(_("“%(path)s” cannot be read."), path=path))


def _decodes(path: Path, encoding: str, copy: Path | None) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as source, (copy or Path(os.devnull)).open("wb") as target:
            while block := source.read(BLOCK):
                words = decoder.decode(block)
                if copy:
                    target.write(words.encode())
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    except OSError:
        raise typer.BadParameter(text(_("“%(path)s” cannot be read."), path=path)) from None
    return True
