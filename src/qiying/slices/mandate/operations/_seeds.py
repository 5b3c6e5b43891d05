"""The register that comes with the product: two editions, and the delegations between them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid
from qiying.slices.mandate import rules
from qiying.slices.mandate.operations._register import found_register, publish
from qiying.slices.mandate.operations._transfers import delegate

SEEDS = files("qiying.slices.mandate") / "seeds"
REASON = "139项事项清单建账"


@dataclass(frozen=True, slots=True)
class UnitSeed:
    """A unit that the register seats; a zone is set up with these codes."""

    code: str
    kind: str
    parent: str | None
    name_zh: str
    name_en: str
    short_zh: str


def read(name: str) -> Any:
    """One of the files that come with the register."""
    return json.loads((SEEDS / f"{name}.json").read_text(encoding="utf-8"))


def unit_seeds() -> tuple[UnitSeed, ...]:
    return tuple(UnitSeed(**plain) for plain in read("units"))


def rows_from(plain: Sequence[Mapping[str, Any]], valid_from: date) -> Iterator[rules.Row]:
    """The rows of a register file, in force from a day on; Invalid names the line that is not."""
    laws = read("laws")
    for line, item in enumerate(plain, start=1):
        try:
            yield rules.row_from_seed(item, laws, valid_from)
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid("mandate.file_line", line=line) from error


@tenancy.operation
def load_seeds(
    actor: Actor,
    *,
    founded_on: date,
    reform_on: date,
    now: datetime,
    with_delegations: bool = True,
) -> int:
    """Found the register in its two editions; how many matters it holds.

    Parameters
    ----------
    founded_on
        First day of the edition before the reform.
    reform_on
        First day of the edition of the reform.
    """
    rows = rows_from(read("matters"), reform_on)
    pairs = [_versions(row, founded_on, reform_on) for row in rows]
    count = found_register(actor, pairs, now=now, reason=REASON)
    if with_delegations:
        _delegations(actor, founded_on, reform_on, now)
    publish(
        actor,
        kind=rules.EditionKind.BEFORE_REFORM.value,
        name_zh="改革前权责清单（以规划范围为界）",
        name_en="Register before the reform (planning boundary)",
        effective_on=founded_on,
        now=now,
    )
    publish(
        actor,
        kind=rules.EditionKind.REFORM.value,
        name_zh="改革后权责清单（以工业围墙为界）",
        name_en="Register of the reform (industrial wall)",
        effective_on=reform_on,
        now=now,
    )
    return count


def _versions(row: rules.Row, founded_on: date, reform_on: date) -> tuple[rules.Row, ...]:
    """The versions of a matter: one where the reform changed nothing."""
    before = rules.before_reform(row, founded_on, reform_on)
    if not rules.difference(before, row):
        return (before.changed({"valid_to": None}),)
    return (before, row.changed({"number": 2}))


def _delegations(actor: Actor, founded_on: date, reform_on: date, now: datetime) -> None:
    terms = {"before_reform": (founded_on, reform_on), "reform": (reform_on, None)}
    for edition, plain in read("delegations").items():
        valid_from, valid_to = terms[edition]
        for item in plain:
            delegate(
                actor,
                matter_code=item["matter"],
                kind=item["kind"],
                from_unit_code=item["from_unit"],
                to_unit_code=item["to_unit"],
                document=item["document"],
                scope=(item["scope_zh"], item["scope_en"]),
                valid_from=_since(item, valid_from, valid_to),
                valid_to=valid_to,
                now=now,
            )


def _since(item: Mapping[str, str], first: date, end: date | None) -> date:
    """The day of the document within the edition's term; the first day where it lies outside."""
    day = date.fromisoformat(item["valid_from"]) if "valid_from" in item else first
    return day if first <= day and (end is None or day < end) else first
