"""Units from a file; a parent may stand in the same file, in any order."""

from typing import Any

from qiying.kernel import events, revisions
from qiying.slices.registry import queries
from qiying.slices.registry.models import Unit
from qiying.slices.registry.operations._fields import write as write_fields
from qiying.slices.registry.operations.imports._target import (
    Ground,
    Target,
    differs,
    sound,
    verdict,
)
from qiying.slices.registry.rules.lines import Line, fail

NAMES = ("code", "kind", "name_zh", "name_en", "phone", "address")


def judge(ground: Ground, lines: list[Line]) -> None:
    units = queries.unit_index(ground.actor)
    parents = {code: _code_of(unit.parent_id, units) for code, unit in units.items()}
    parents |= {
        line.clean["code"]: line.clean["parent"] for line in lines if "parent" in line.clean
    }
    present = units.keys() | {line.clean["code"] for line in lines}
    for line in lines:
        parent = line.clean.get("parent")
        if parent and parent not in present:
            fail(line, "parent", "registry.cell.unit", value=parent)
        elif parent and _is_loop(line.clean["code"], parents):
            fail(line, "parent", "registry.unit.loop")
    for line in sound(lines):
        row = units.get(line.clean["code"])
        parent = line.clean.get("parent")
        is_moved = row is not None and parent and _code_of(row.parent_id, units) != parent
        changed = row is not None and (bool(is_moved) or differs(row, _values(line)))
        verdict(line, is_known=row is not None, differs=changed)


def write(ground: Ground, lines: list[Line]) -> None:
    codes = [line.clean["code"] for line in lines]
    found = queries.list_units(ground.actor).filter(code__in=codes).select_for_update()
    known = {row.code: row for row in found}
    written: list[tuple[Unit, str, list[str]]] = []
    for line in lines:
        row = known.get(line.clean["code"])
        what = "changed" if row else "created"
        row = row or Unit(tenant_id=ground.actor.tenant_id)
        changed = write_fields(row, _values(line))
        row.save()
        written.append((row, what, changed))
    ids = dict(queries.list_units(ground.actor).values_list("code", "id"))
    for line, (row, _, changed) in zip(lines, written, strict=True):
        if "parent" in line.clean:
            changed.extend(write_fields(row, {"parent_id": ids[line.clean["parent"]]}))
            row.save(update_fields=["parent"])
    if written:
        revisions.bump(ground.actor, "registry")
    for row, what, changed in written:
        events.record(
            f"registry.unit_{what}",
            subject=row,
            actor=ground.actor,
            now=ground.now,
            batch=ground.batch,
            fields=changed,
        )


def _values(line: Line) -> dict[str, Any]:
    return {name: line.clean[name] for name in NAMES if name in line.clean}


def _code_of(unit_id: int | None, units: Any) -> str:
    if unit_id is None:
        return ""
    return next((code for code, unit in units.items() if unit.pk == unit_id), "")


def _is_loop(code: str, parents: dict[str, str]) -> bool:
    seen, above = {code}, parents.get(code, "")
    while above:
        if above in seen:
            return True
        seen.add(above)
        above = parents.get(above, "")
    return False


UNITS = Target(judge, write)
