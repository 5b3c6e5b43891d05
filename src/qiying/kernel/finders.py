"""Serve named files of installed packages as static files, without copying them into the tree.

``QIYING_ASSETS`` maps a static name to (package, path inside it). Only what is named is served; a
file that a new release no longer carries is a system check error, not a broken page.
"""

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage


class _NamedFiles(FileSystemStorage):
    """A read-only storage whose names stand for files anywhere on disk."""

    prefix = ""

    def __init__(self, files: dict[str, Path]) -> None:
        super().__init__(location="/")
        self.files = files

    def path(self, name: str) -> str:
        return str(self.files[name])


class PackageAssetFinder(BaseFinder):
    """Finds the files that ``QIYING_ASSETS`` names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self.files: dict[str, Path] = {}
        self.missing: list[tuple[str, str, str]] = []
        for name, (package, inside) in getattr(settings, "QIYING_ASSETS", {}).items():
            path = _locate(package, inside)
            if path is None:
                self.missing.append((name, package, inside))
            else:
                self.files[name] = path
        self.storage = _NamedFiles(self.files)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return [
            Error(f"static file {name}: package {package} has no {inside}", id="qiying.E001")
            for name, package, inside in self.missing
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        found = self.files.get(path)
        if found is None:
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        for name in self.files:
            yield name, self.storage


def _locate(package: str, inside: str) -> Path | None:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(next(iter(spec.submodule_search_locations)), inside)
    return path if path.is_file() else None
