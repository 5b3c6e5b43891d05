"""Editions, their runs, and the release of a run by somebody else."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from qiying.kernel import events, numbering
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid, NotFound, Refused
from qiying.kernel.tenancy import operation
from qiying.kernel.words import clean
from qiying.slices.indices import queries
from qiying.slices.indices.models import Edition, Indicator, Run, Value
from qiying.slices.indices.models.querysets import ANALYSTS, APPROVERS
from qiying.slices.indices.rules import (
    MAX_NAME,
    MAX_PLAN,
    DataKind,
    RunState,
    content_hash,
    inputs_of,
    plan_from,
    read_tree,
    reckon,
)

EARLIEST, LATEST, MOST_YEARS = 1949, 2100, 30
NUMBER = "PJ"


@operation
def open_edition(
    actor: Actor,
    *,
    name: str,
    first_year: int,
    last_year: int,
    kinds: Sequence[str],
    tree: str,
    plan: str,
    now: datetime,
    name_en: str = "",
    note: str = "",
) -> Edition:
    """Open an edition; tree and plan are judged before it exists."""
    actor.require(*ANALYSTS, Role.SYSTEM)
    if not EARLIEST <= first_year <= last_year <= min(LATEST, first_year + MOST_YEARS):
        raise Invalid("input.invalid", {"last_year": "indices.years"})
    chosen = [kind.value for kind in DataKind if kind in set(kinds)]
    if not chosen or len(chosen) != len(set(kinds)):
        raise Invalid("input.invalid", {"kinds": "indices.kinds"})
    tree, plan = _judged(actor, tree, plan)
    row = Edition.objects.create(
        tenant_id=actor.tenant_id,
        number=numbering.next_number(actor, NUMBER, now=now),
        name=clean(name, field="name", limit=MAX_NAME),
        name_en=clean(name_en, field="name_en", limit=MAX_NAME, is_needed=False),
        first_year=first_year,
        last_year=last_year,
        kinds=chosen,
        tree=tree,
        plan=plan,
        note=clean(note, field="note", limit=200, is_needed=False),
        opened_at=now,
        opened_by_id=actor.person_id,
    )
    told: dict[str, Any] = {"first": first_year, "last": last_year, "kinds": len(chosen)}
    events.record("indices.edition_opened", subject=row, actor=actor, now=now, **told)
    return row


def _judged(actor: Actor, tree: str, plan: str) -> tuple[str, str]:
    """Tree and plan as they are kept, if both can be used."""
    tree = clean(tree, field="tree", limit=MAX_PLAN)
    plan = clean(plan, field="plan", limit=MAX_PLAN)
    read_tree(tree, frozenset(queries.list_indicators(actor).values_list("code", flat=True)))
    plan_from(plan)
    return tree, plan


@operation
def run_edition(actor: Actor, edition_id: int, *, now: datetime) -> Run:
    """Freeze the values in force, reckon, count again independently, keep all of it."""
    actor.require(*ANALYSTS, Role.SYSTEM)
    rows = Edition.objects.visible_to(actor).filter(pk=edition_id)
    edition = rows.select_for_update().first()
    if edition is None:
        raise NotFound("not_found")
    inputs = _inputs(actor, edition)
    results = reckon(plan_from(edition.plan), inputs)
    last = Run.objects.visible_to(actor).filter(edition=edition).order_by("-version").first()
    row = Run.objects.create(
        tenant_id=actor.tenant_id,
        edition=edition,
        version=last.version + 1 if last else 1,
        inputs=inputs,
        results=results,
        tree=edition.tree,
        plan=edition.plan,
        content_hash=content_hash(edition.tree, edition.plan, inputs, results),
        ran_at=now,
        ran_by_id=actor.person_id,
    )
    told: dict[str, Any] = {
        "number": row.version,
        "hash": row.content_hash,
        "units": len(inputs["units"]),
    }
    events.record("indices.run_made", subject=row, actor=actor, now=now, **told)
    return row


def _inputs(actor: Actor, edition: Edition) -> dict[str, Any]:
    """Values of the places that stand today; where two kinds have one, statistics go first."""
    indicators = {row.code: row for row in queries.list_indicators(actor)}
    tree = read_tree(edition.tree, indicators)
    places = list(queries.places_now(actor))
    if not places:
        raise Refused("indices.run.no_places")
    years = range(edition.first_year, edition.last_year + 1)
    values = _values(actor, edition, [b.code for b in tree])
    if not values:
        raise Refused("indices.run.no_values")
    about = {code: (row.name, row.polarity) for code, row in indicators.items()}
    return inputs_of(tree, about, years, [(p.adcode, p.name) for p in places], values)


def _values(
    actor: Actor, edition: Edition, codes: Sequence[str]
) -> dict[tuple[str, str, int], float]:
    wanted = Indicator.objects.visible_to(actor).filter(is_current=True, code__in=codes)
    found: dict[tuple[str, str, int], float] = {}
    for kind in reversed(edition.kinds):
        rows = Value.objects.visible_to(actor).filter(
            indicator__in=wanted,
            kind=kind,
            is_current=True,
            place__valid_until=None,
            year__range=(edition.first_year, edition.last_year),
        )
        fields = ("place__adcode", "indicator__code", "year", "value")
        found |= {(a, c, y): v for a, c, y, v in rows.values_list(*fields)}
    return found


@operation
def release(actor: Actor, run_id: int, *, now: datetime) -> Run:
    """Release a run to all staff; it takes somebody who did not make it."""
    actor.require(*APPROVERS)
    run = queries.get_run_by_id(actor, run_id, for_update=True)
    if run.state == RunState.RELEASED:
        raise Refused("indices.run.released")
    if not queries.may_release(actor, run):
        raise Refused("indices.run.own")
    run.state = RunState.RELEASED
    run.released_at, run.released_by_id = now, actor.person_id
    run.save(update_fields=["state", "released_at", "released_by"])
    told: dict[str, Any] = {"number": run.version, "hash": run.content_hash}
    events.record("indices.run_released", subject=run, actor=actor, now=now, **told)
    return run
