"""What import-linter cannot see: foreign keys, writes, the size of things, words in two languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

import qiying

ROOT = Path(qiying.__path__[0])
MAX_FILE, MAX_FUNCTION = 400, 40


def sources(pattern: str = "**/*.py") -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(ROOT.glob(pattern)):
        if "migrations" not in path.parts:
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_foreign_keys_point_down_and_never_back() -> None:
    """A slice may point at a slice it may import; the other end does not know."""
    from django.conf import settings  # noqa: PLC0415  settings are loaded by the plugin

    order = settings.SLICES
    for model in apps.get_models():
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if target is None or field.auto_created or model._meta.app_label not in order:
                continue
            here, there = model._meta.app_label, target._meta.app_label
            if there in order and here != there:
                assert order.index(there) < order.index(here), f"{model}.{field.name} points up"
            if here != there:
                assert field.remote_field.hidden, f"{model}.{field.name} needs related_name='+'"


def _room(path: Path) -> str:
    """The file of the slice's anatomy that a module belongs to, whether a file or a package."""
    return path.parts[2].removesuffix(".py") if len(path.parts) > 2 else ""


def test_only_the_data_modules_touch_managers() -> None:
    allowed = {"models", "queries", "operations"}
    for path, tree in sources("slices/**/*.py"):
        used = any(isinstance(n, ast.Attribute) and n.attr == "objects" for n in ast.walk(tree))
        assert not used or _room(path) in allowed, f"{path} reaches for .objects"


def test_only_operations_write() -> None:
    """``.update(`` and bulk writes on querysets stay where events are recorded."""
    writers = {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}
    for path, tree in sources("slices/**/*.py"):
        if _room(path) == "operations":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in writers:
                pytest.fail(f"{path}:{node.lineno} writes with {node.attr}")


def test_files_and_functions_stay_small() -> None:
    for path, tree in sources():
        lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
        assert lines <= MAX_FILE, f"{path} has {lines} lines"
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                assert size <= MAX_FUNCTION, f"{path}:{node.lineno} {node.name} has {size} lines"


def test_no_room_is_called_utils() -> None:
    banned = {"utils", "helpers", "common", "misc", "base"}
    assert not [p for p, _ in sources() if p.stem in banned]


def test_operations_take_the_actor_first() -> None:
    """What an operations module exports starts with the actor."""
    for path, tree in sources("slices/**/*.py"):
        if _room(path) != "operations":
            continue
        for node in tree.body:
            is_operation = isinstance(node, ast.FunctionDef) and any(
                "operation" in ast.unparse(d) for d in node.decorator_list
            )
            if is_operation:
                assert isinstance(node, ast.FunctionDef)
                first = (node.args.posonlyargs + node.args.args)[0]
                assert first.arg == "actor", f"{path} {node.name}"
