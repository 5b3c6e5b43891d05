"""Run the benchmarks beside this file and print one table.

Each script has ``run(quick: bool) -> list[dict]``; a row is ``name``, ``ours``, ``peer``,
``peer_name``, ``ratio``, ``bar``, ``holds``, all measured in this run. Only ratios mean anything:
the machine is shared.
"""

import argparse
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

FOLDER = Path(__file__).resolve().parent
COLUMNS = ("name", "ours", "peer", "peer_name", "ratio", "bar", "holds")


def scripts(name: str | None) -> list[Path]:
    """Return the scripts to run, all or the one that was named."""
    found = [path for path in sorted(FOLDER.glob("*.py")) if not path.stem.startswith("_")]
    return [path for path in found if name in {None, path.stem}]


def run(path: Path, *, quick: bool) -> list[dict[str, Any]]:
    """Run one script and return its rows, checked for the columns that readers rely on."""
    spec = importlib.util.spec_from_file_location(f"benchmark_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(path.name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    rows: list[dict[str, Any]] = module.run(quick)
    for row in rows:
        if missing := set(COLUMNS) - set(row):
            raise KeyError(path.name, sorted(missing))
    return rows


def print_table(rows: list[dict[str, Any]]) -> None:
    """Print the rows for a person."""
    table = Table(*COLUMNS, title="benchmarks")
    for row in rows:
        table.add_row(*(_cell(row[column]) for column in COLUMNS))
    Console(width=None if sys.stdout.isatty() else 140).print(table)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:.4g}" if isinstance(value, float) else str("" if value is None else value)


def main() -> int:
    """Run what was asked for; the exit code says whether every bar holds."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("name", nargs="?", help="one benchmark only")
    parser.add_argument("--json", action="store_true", help="print a list of rows")
    parser.add_argument("--quick", action="store_true", help="smaller instances, same bars")
    arguments = parser.parse_args()
    chosen = scripts(arguments.name)
    if arguments.name and not chosen:
        parser.error("known benchmarks: " + ", ".join(path.stem for path in scripts(None)))
    rows = [row for path in chosen for row in run(path, quick=arguments.quick)]
    if arguments.json:
        json.dump(rows, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        print_table(rows)
    return 0 if all(row["holds"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
