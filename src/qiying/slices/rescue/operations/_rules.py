"""The zone's rules of Industry 120, and which matters of the register make a call a rescue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from qiying.kernel import events, revisions
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid
from qiying.kernel.tenancy import operation
from qiying.kernel.words import clean
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry
from qiying.slices.rescue import queries, rules
from qiying.slices.rescue.models import RescueRules
from qiying.slices.rescue.rules import (
    KEEPERS,
    LIMITS,
    NIGHT_FACTORS,
    OWN_MATTER,
    SOURCE_EN,
    SOURCE_ZH,
)

OWN_REASON = "园区自设事项“设备急救（工业120）”并标记为急救事项"


@dataclass(frozen=True, slots=True)
class Given:
    """What shall be otherwise; None stays as it is."""

    source_zh: str | None
    source_en: str | None
    grade: str | None
    matter_codes: tuple[str, ...] | None
    night_factor: Decimal | None
    limits: Mapping[str, int]

    @property
    def tidy_codes(self) -> list[str]:
        return sorted({code.strip() for code in self.matter_codes or () if code.strip()})


@operation
def set_rules(
    actor: Actor,
    /,
    *,
    now: datetime,
    source_zh: str | None = None,
    source_en: str | None = None,
    grade: str | None = None,
    reason: str = "",
    matter_codes: tuple[str, ...] | None = None,
    night_factor: Decimal | None = None,
    **limits: int,
) -> RescueRules:
    """Set the zone's rules from now on; what is not named stays as it is.

    Parameters
    ----------
    matter_codes
        All matters of the register whose calls open a rescue.
    night_factor
        How much dearer labour is at night, 1 to 3.
    limits
        Minutes, metres, hours, days and shares by the names of ``rules.LIMITS``.

    Raises
    ------
    Invalid
        A value outside its limits, an unknown grade, a matter that is not in force.
    """
    actor.require(*KEEPERS)
    given = Given(source_zh, source_en, grade, matter_codes, night_factor, limits)
    before = queries.rules_row(actor)
    _require_sound(actor, given, queries.today(now))
    kept = {
        **_values(given, before),
        "reason": clean(reason, field="reason", limit=300, is_needed=False),
    }
    return _put_in_force(actor, kept, before, now)


def _put_in_force(
    actor: Actor, kept: Mapping[str, Any], before: RescueRules | None, now: datetime
) -> RescueRules:
    row = RescueRules.objects.create(
        tenant_id=actor.tenant_id, set_at=now, set_by_id=actor.person_id, **kept
    )
    revisions.bump(actor, queries.RULES)
    changed = sorted(queries.changes_of_rules(before, row))
    events.record("rescue.rules_set", subject=row, actor=actor, now=now, changed=changed)
    return row


@operation
def enter_own_matter(actor: Actor, *, now: datetime) -> RescueRules:
    """Bring the zone's own matter of equipment rescue into the register and mark it.

    The register of law has none: rescue of machines is a service that a zone promises by itself.
    Entered or marked already, nothing is done twice.
    """
    actor.require(Role.ADMINISTRATOR)
    before, on = queries.rules_row(actor), queries.today(now)
    known = {card.code for card in mandate.matters(actor, on)}
    marked = tuple(before.matter_codes) if before else ()
    if before is not None and OWN_MATTER in marked and OWN_MATTER in known:
        return before
    if OWN_MATTER not in known:
        mandate.add_matter(actor, _own_row(actor, on), now=now, reason=OWN_REASON)
    codes = (*(c for c in marked if c in known), OWN_MATTER)
    return set_rules(actor, now=now, matter_codes=codes, reason=OWN_REASON)


def _own_row(actor: Actor, on: date) -> mandate.MatterRow:
    units = registry.units(actor)
    return mandate.MatterRow(
        number=1,
        valid_from=on,
        valid_to=None,
        lead_inside=("ZONE",),
        lead_outside=("ZONE",),
        co_inside=("COMMUNITY",) if "COMMUNITY" in units else (),
        lead_before_reform="ZONE",
        office_code="ZONE_SERVICE" if "ZONE_SERVICE" in units else "",
        **rules.OWN_MATTER_TEXT,
    )


def _values(given: Given, before: RescueRules | None) -> dict[str, Any]:
    """What is written: as it was where nothing was given."""
    old = before.rule if before else rules.DEFAULTS
    zh, en = (before.source_zh, before.source_en) if before else (SOURCE_ZH, SOURCE_EN)
    said_zh = zh if given.source_zh is None else given.source_zh
    said_en = en if given.source_en is None else given.source_en
    codes = before.matter_codes if before else []
    factor = old.night_factor if given.night_factor is None else given.night_factor
    return {
        **{name: getattr(old, name) for name in LIMITS},
        **given.limits,
        "night_factor": factor,
        "matter_codes": list(codes) if given.matter_codes is None else given.tidy_codes,
        "source_zh": clean(said_zh, field="source_zh", limit=300),
        "source_en": clean(said_en, field="source_en", limit=300, is_needed=False),
        "grade": given.grade or (before.grade if before else rules.GRADE),
    }


def _require_sound(actor: Actor, given: Given, on: date) -> None:
    faults = {k: "input.choice" for k in given.limits if k not in LIMITS}
    for name, (least, most) in LIMITS.items():
        if name in given.limits and not least <= given.limits[name] <= most:
            faults[name] = "input.choice"
    factor, (lowest, highest) = given.night_factor, NIGHT_FACTORS
    if factor is not None and not (factor.is_finite() and lowest <= factor <= highest):
        faults["night_factor"] = "input.choice"
    if given.grade and given.grade not in mandate.EVIDENCE:
        faults["grade"] = "input.choice"
    known = {card.code for card in mandate.matters(actor, on)} if given.tidy_codes else set()
    unknown = [code for code in given.tidy_codes if code not in known]
    if unknown:
        faults["matter_codes"] = "rescue.no_such_matter"
    if faults:
        raise Invalid("input.invalid", faults, matters=", ".join(unknown))
