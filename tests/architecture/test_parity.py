"""What a person can do on a page a machine can do too, and the other way round.

The doors of each slice are read, not run: which of its operations and lists its pages name, and
which its interface names. What only one of them names stands below with the reason.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import qiying.slices

SLICES = Path(qiying.slices.__file__).parent
PAGES, MACHINES = ("views", "forms"), ("api", "open311")
NAMES = sorted(p.name for p in SLICES.iterdir() if (p / "views").is_dir())

PAGE_ONLY: Mapping[str, Mapping[str, str]] = {
    "calls": {
        "queries.list_calls": "the interface asks the same filters page by page: page_of_calls",
    },
    "casebook": {
        "operations.nominate": "the interface calls nominate_and_look, which nominates",
    },
    "mandate": {
        "queries.list_versions": "the interface gives the whole register of a day: matters",
    },
    "channels": {
        "operations.names_of": "headings of an empty file to fill in; a machine knows the columns",
        "operations.take_update": "comes from machines only, by Open311 servicerequestupdates",
    },
    "rescue": {
        "queries.list_shifts": "the interface asks the same period page by page: keep.shift_rows",
    },
}
"""Slice → operation or list that pages alone name → why a machine does without."""

MACHINE_ONLY: Mapping[str, Mapping[str, str]] = {
    "casebook": {
        "operations.count_citations": "a number of the answer to a citation; pages show the list",
        "operations.nominate_and_look": "a page nominates and then shows the findings",
    },
    "channels": {
        "operations.firm_by_code": "a machine names the firm by its credit code, a page by a search",
    },
    "class_issues": {
        "operations.figures_plain": "the numbers of a comparison as JSON; pages draw them",
    },
    "mandate": {"operations.decide": "pages propose; the call that asks decides"},
    "registry": {
        "operations.change_enterprise_by_public_id": "the page names the firm by its row",
        "queries.list_faults": "the page shows every line of a file: list_lines",
    },
}
"""Slice → what the interface alone names → how a page does the same."""

OWED: Mapping[str, frozenset[str]] = {
    "mandate": frozenset(
        {
            *("operations.add_matter", "operations.revise", "operations.withdraw"),
            *("operations.publish", "operations.worlds", "operations.record_precedent"),
            *("operations.open_handover", "operations.advance_handover", "operations.count_list"),
            *("operations.delegate", "operations.end_delegation"),
        }
    ),
    "registry": frozenset(
        {
            *("operations.add_contact", "operations.change_contact", "operations.erase_contact"),
            *("operations.assign_firms", "operations.assign_grid", "operations.set_area"),
            *("operations.end_area", "operations.change_enterprise"),
            *("operations.retire_enterprise", "operations.create_site", "operations.change_site"),
            *("operations.retire_site", "operations.create_unit", "operations.change_unit"),
            *("operations.retire_unit", "operations.set_calendar", "operations.set_zone"),
            *("queries.list_batches", "queries.list_contacts", "queries.list_editions"),
            "queries.list_lines",
        }
    ),
}
"""The upkeep of base data, register and contracts, so far by page only: none may be added."""


def modules(slice_name: str, doors: tuple[str, ...]) -> Iterator[ast.Module]:
    for door in doors:
        folder = SLICES / slice_name / door
        for path in [folder.with_suffix(".py"), *sorted(folder.rglob("*.py"))]:
            if path.is_file():
                yield ast.parse(path.read_text(encoding="utf-8"))


@cache
def named(slice_name: str, doors: tuple[str, ...]) -> frozenset[str]:
    """``operations.enter``, ``queries.list_cases`` … as these doors name them."""
    found: set[str] = set()
    for tree in modules(slice_name, doors):
        origins = dict(imported(tree, f"qiying.slices.{slice_name}"))
        found |= {origin for origin in origins.values() if "." in origin}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                origin = origins.get(node.value.id)
                if origin:
                    found.add(f"{origin.partition('.')[0]}.{node.attr}")
    return frozenset(found)


def imported(tree: ast.Module, package: str) -> Iterator[tuple[str, str]]:
    """Name in the module → what it is in the slice, ``operations`` or ``queries.list_cases``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(package):
            inside = node.module.removeprefix(package).lstrip(".").partition(".")[0]
            for alias in node.names:
                origin = f"{inside}.{alias.name}" if inside else alias.name
                yield alias.asname or alias.name, origin


@cache
def capabilities(slice_name: str) -> frozenset[str]:
    """The operations of a slice, and the lists that can be asked of it."""
    found: set[str] = set()
    for kind in ("operations", "queries"):
        module = import_module(f"qiying.slices.{slice_name}.{kind}")
        for name in getattr(module, "__all__", ()):
            is_ours = name.startswith("list_") if kind == "queries" else name[0].islower()
            if is_ours and callable(getattr(module, name)):
                found.add(f"{kind}.{name}")
    return frozenset(found)


@pytest.mark.parametrize("slice_name", NAMES)
def test_what_a_page_can_do_a_machine_can_do(slice_name: str) -> None:
    lacking = named(slice_name, PAGES) - named(slice_name, MACHINES)
    lacking &= capabilities(slice_name)
    allowed = {*PAGE_ONLY.get(slice_name, ()), *OWED.get(slice_name, ())}
    assert lacking - allowed == set(), "build the endpoint, or say why a machine does without"
    assert allowed - lacking == set(), "it is there: take it from the list"


@pytest.mark.parametrize("slice_name", NAMES)
def test_what_a_machine_can_do_a_page_can_do(slice_name: str) -> None:
    lacking = named(slice_name, MACHINES) - named(slice_name, PAGES)
    lacking &= capabilities(slice_name)
    assert lacking == set(MACHINE_ONLY.get(slice_name, ()))


def test_the_doors_are_read_rightly() -> None:
    """So that an empty difference is not one of two empty sets."""
    for slice_name in NAMES:
        for doors in (PAGES, MACHINES):
            assert named(slice_name, doors) & capabilities(slice_name), (slice_name, doors)
