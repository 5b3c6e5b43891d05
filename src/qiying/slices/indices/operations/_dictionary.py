"""The dictionary of indicators and the list of places."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any

from qiying.kernel import events
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid
from qiying.kernel.models import Tenant
from qiying.kernel.tenancy import operation
from qiying.kernel.words import clean
from qiying.slices.indices.models import Indicator, Place, Succession
from qiying.slices.indices.models.querysets import ANALYSTS
from qiying.slices.indices.operations._alone import alone
from qiying.slices.indices.rules import GRADES, MAX_NAME, MAX_TEXT, DataKind

SHORT = 40
CODE = re.compile(r"[A-Za-z0-9]{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class IndicatorIn:
    """An indicator as it is defined."""

    code: str
    name: str
    definition: str
    polarity: int
    source: str
    kind: str
    grade: str
    name_en: str = ""
    definition_en: str = ""
    unit: str = ""
    unit_en: str = ""
    calibre: str = ""


def seeds(name: str) -> Any:
    """A table that is delivered with the platform."""
    text = (files("qiying.slices.indices") / "seeds" / name).read_text("utf-8")
    return json.loads(text)


@operation
def take_over(actor: Actor, *, now: datetime) -> tuple[int, int]:
    """Add what the standard dictionary and list of places have and this zone has not.

    Returns how many indicators and places were new; nothing that is there is changed.
    """
    actor.require(*ANALYSTS, Role.SYSTEM)
    alone(actor, "dictionary")
    tenant = Tenant.objects.get(pk=actor.tenant_id)
    there = set(Indicator.objects.visible_to(actor).values_list("code", flat=True))
    new = [
        Indicator(tenant=tenant, defined_at=now, defined_by_id=actor.person_id, **row)
        for row in seeds("indicators.json")
        if row["code"] not in there
    ]
    Indicator.objects.bulk_create(new)
    places = _take_places(actor, tenant)
    if new or places:
        told: dict[str, Any] = {"indicators": len(new), "places": places}
        events.record("indices.dictionary_taken", subject=tenant, actor=actor, now=now, **told)
    return len(new), places


def _take_places(actor: Actor, tenant: Tenant) -> int:
    if Place.objects.visible_to(actor).exists():
        return 0
    table = seeds("places.json")
    rows = [Place(tenant=tenant, **_dated(row)) for row in table["places"]]
    Place.objects.bulk_create(rows)
    ended = {(p.adcode, p.valid_until): p for p in rows if p.valid_until}
    begun = {(p.adcode, p.valid_from): p for p in rows if p.valid_from}
    Succession.objects.bulk_create(
        Succession(
            tenant=tenant,
            before=ended[row["before"], _day(row["on"])],
            after=begun[row["after"], _day(row["on"])],
            on=_day(row["on"]),
            share=row["share"],
        )
        for row in table["successions"]
    )
    return len(rows)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    days = {k: row[k] and _day(row[k]) for k in ("valid_from", "valid_until")}
    return {**row, **days}


@operation
def define(actor: Actor, given: IndicatorIn, *, now: datetime) -> Indicator:
    """Define an indicator, or define it anew: then the version before stays, with its values."""
    actor.require(*ANALYSTS)
    values = _checked(given)
    alone(actor, "dictionary")
    rows = Indicator.objects.visible_to(actor)
    before = rows.filter(code=values["code"], is_current=True).first()
    if before is not None:
        before.is_current = False
        before.save(update_fields=["is_current"])
    row = Indicator.objects.create(
        tenant_id=actor.tenant_id,
        version=before.version + 1 if before else 1,
        defined_at=now,
        defined_by_id=actor.person_id,
        **values,
    )
    told: dict[str, Any] = {"code": row.code, "number": row.version}
    events.record("indices.indicator_defined", subject=row, actor=actor, now=now, **told)
    return row


def _checked(given: IndicatorIn) -> dict[str, Any]:
    code = given.code.strip().upper()
    faults: dict[str, str] = {}
    if not CODE.fullmatch(code):
        faults["code"] = "indices.code"
    if given.kind not in set(DataKind):
        faults["kind"] = "input.choice"
    if given.grade not in GRADES:
        faults["grade"] = "input.choice"
    if given.polarity not in {-1, 1}:
        faults["polarity"] = "input.choice"
    if faults:
        raise Invalid("input.invalid", faults)

    def words(name: str, limit: int, *, is_needed: bool = False) -> str:
        return clean(getattr(given, name), field=name, limit=limit, is_needed=is_needed)

    return {
        "code": code,
        "name": words("name", MAX_NAME, is_needed=True),
        "name_en": words("name_en", MAX_NAME),
        "definition": words("definition", MAX_TEXT, is_needed=True),
        "definition_en": words("definition_en", MAX_TEXT),
        "unit": words("unit", SHORT),
        "unit_en": words("unit_en", SHORT),
        "source": words("source", MAX_NAME, is_needed=True),
        "calibre": words("calibre", MAX_TEXT),
        "polarity": given.polarity,
        "kind": given.kind,
        "grade": given.grade,
    }
