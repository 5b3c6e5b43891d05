"""Compile message catalogues with Babel, so that no gettext tools are needed."""

from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def stale(package: Path = PACKAGE) -> Iterator[tuple[Path, Path]]:
    """Yield the source and the target of each catalogue whose compiled form is missing or older."""
    for source in sorted(package.glob("**/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            yield source, target


def compile_stale(package: Path = PACKAGE) -> int:
    """Compile what is stale and return how many catalogues that was."""
    waiting = list(stale(package))
    if not waiting:
        return 0
    from babel.messages.mofile import write_mo  # noqa: PLC0415  rarely needed, slow to load
    from babel.messages.pofile import read_po  # noqa: PLC0415

    for source, target in waiting:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as file:
            write_mo(file, catalogue)
        fresh.replace(target)
    return len(waiting)


if __name__ == "__main__":
    compile_stale()
