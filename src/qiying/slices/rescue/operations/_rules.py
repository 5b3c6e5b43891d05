"""The zone's rules of Industry 120, and which matters of the register make a call a rescue."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from qiying.kernel import events, revisions
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid
from qiying.kernel.tenancy import operation
from qiying.kernel.words import clean
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry
from qiying.slices.rescue import queries, rules
from qiying.slices.rescue.models import RescueRules
from qiying.slices.rescue.rules import KEEPERS, LIMITS, NIGHT_FACTORS, OWN_MATTER

OWN_REASON = "园区自设事项“设备急救（工业120）”并标记为急救事项"


@operation
def set_rules(
    actor: Actor,
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
    before = queries.rules_row(actor)
    old = before.rule if before else rules.DEFAULTS
    factor = old.night_factor if night_factor is None else night_factor
    kept = {name: getattr(old, name) for name in LIMITS}
    grade = grade or (before.grade if before else rules.GRADE)
    codes = _matters(matter_codes, before)
    _require_sound(actor, limits, factor, grade, matter_codes, queries.today(now))
    said_zh, said_en = _sources(source_zh, source_en, before)
    row = RescueRules.objects.create(
        tenant_id=actor.tenant_id,
        set_at=now,
        set_by_id=actor.person_id,
        **{**kept, **limits},
        night_factor=factor,
        matter_codes=codes,
        source_zh=clean(said_zh, field="source_zh", limit=300),
        source_en=clean(said_en, field="source_en", limit=300, is_needed=False),
        grade=grade,
        reason=clean(reason, field="reason", limit=300, is_needed=False),
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


def _require_sound(
    actor: Actor,
    limits: Mapping[str, int],
    factor: Decimal,
    grade: str,
    matter_codes: tuple[str, ...] | None,
    on: date,
) -> None:
    faults = {k: "input.choice" for k in limits if k not in LIMITS}
    for name, (least, most) in LIMITS.items():
        if name in limits and not least <= limits[name] <= most:
            faults[name] = "input.choice"
    least_factor, most_factor = NIGHT_FACTORS
    if not (factor.is_finite() and least_factor <= factor <= most_factor):
        faults["night_factor"] = "input.choice"
    if grade not in mandate.EVIDENCE:
        faults["grade"] = "input.choice"
    unknown = _unknown(actor, matter_codes, on)
    if unknown:
        faults["matter_codes"] = "rescue.no_such_matter"
    if faults:
        raise Invalid("input.invalid", faults, matters=", ".join(unknown))


def _unknown(actor: Actor, given: tuple[str, ...] | None, on: date) -> list[str]:
    """Matters that were named and are not in the register on that day."""
    if given is None:
        return []
    known = {card.code for card in mandate.matters(actor, on)}
    return [code for code in _tidy(given) if code not in known]


def _matters(given: tuple[str, ...] | None, before: RescueRules | None) -> list[str]:
    if given is not None:
        return _tidy(given)
    return list(before.matter_codes) if before else []


def _tidy(codes: tuple[str, ...]) -> list[str]:
    return sorted({code.strip() for code in codes if code.strip()})


def _sources(zh: str | None, en: str | None, before: RescueRules | None) -> tuple[str, str]:
    old = (before.source_zh, before.source_en) if before else (rules.SOURCE_ZH, rules.SOURCE_EN)
    return (old[0] if zh is None else zh), (old[1] if en is None else en)
