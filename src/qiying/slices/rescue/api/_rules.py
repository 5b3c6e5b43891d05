"""The zone's rules: read with their history, set, and the own matter entered."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from pydantic import ConfigDict

from qiying.kernel import tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.web import actor_of
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.api._fields import Code
from qiying.slices.rescue.rules import (
    GRADE,
    KEEPERS,
    LIMITS,
    NIGHT_FACTORS,
    READERS,
    SOURCE_EN,
    SOURCE_ZH,
)

router = Router(tags=["rescue"])


class LimitsOut(Schema):
    """Minutes, working days, hours of the day, metres, per cent: as the names say."""

    answer_within_min: int
    arrive_within_min: int
    repair_answer_days: int
    tier1_min: int
    tier2_min: int
    tier3_min: int
    alarm_every_min: int
    site_radius_m: int
    night_hour: int
    night_from_hour: int
    night_until_hour: int
    confirm_after_days: int
    warranty_days: int
    public_percent: int
    remind_days: int
    apply_days: int
    certificate_days: int
    publish_gain: int
    improve_iterations: int
    speed_kmh: int
    night_factor: Decimal


class RulesVersionOut(Schema):
    """Who set the rules when and why; times in UTC."""

    set_at: datetime
    set_by: str
    reason: str
    changed: list[str]


class RulesOut(Schema):
    """The rules in force; ``matter_codes`` are the matters whose calls open a rescue."""

    limits: LimitsOut
    matter_codes: list[str]
    source_zh: str
    source_en: str
    grade: str
    versions: list[RulesVersionOut]


def _limit(name: str) -> Any:
    least, most = LIMITS[name]
    return Field(None, ge=least, le=most)


class RulesIn(Schema):
    """What shall be otherwise from now on; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    answer_within_min: int | None = _limit("answer_within_min")
    arrive_within_min: int | None = _limit("arrive_within_min")
    repair_answer_days: int | None = _limit("repair_answer_days")
    tier1_min: int | None = _limit("tier1_min")
    tier2_min: int | None = _limit("tier2_min")
    tier3_min: int | None = _limit("tier3_min")
    alarm_every_min: int | None = _limit("alarm_every_min")
    site_radius_m: int | None = _limit("site_radius_m")
    night_hour: int | None = _limit("night_hour")
    night_from_hour: int | None = _limit("night_from_hour")
    night_until_hour: int | None = _limit("night_until_hour")
    confirm_after_days: int | None = _limit("confirm_after_days")
    warranty_days: int | None = _limit("warranty_days")
    public_percent: int | None = _limit("public_percent")
    remind_days: int | None = _limit("remind_days")
    apply_days: int | None = _limit("apply_days")
    certificate_days: int | None = _limit("certificate_days")
    publish_gain: int | None = _limit("publish_gain")
    improve_iterations: int | None = _limit("improve_iterations")
    speed_kmh: int | None = _limit("speed_kmh")
    night_factor: Decimal | None = Field(
        None, ge=NIGHT_FACTORS[0], le=NIGHT_FACTORS[1], max_digits=3, decimal_places=2
    )
    matter_codes: list[Code] | None = Field(None, max_length=60)
    source_zh: str | None = Field(None, min_length=1, max_length=300)
    source_en: str | None = Field(None, max_length=300)
    grade: Code | None = None
    reason: str = Field(min_length=1, max_length=300)


@router.get("/rules", response=RulesOut, summary="The rules of Industry 120")
@roles(*READERS, Role.ADMINISTRATOR)
def get_rules(request: HttpRequest) -> RulesOut:
    return _rules(actor_of(request))


def _rules(actor: Actor) -> RulesOut:
    with tenancy.reading(actor):
        versions = queries.versions_of_rules(actor)
        rule = queries.rule_in_force(actor)
    row = versions[0][0] if versions else None
    limits = {name: getattr(rule, name) for name in LimitsOut.model_fields}
    return RulesOut(
        limits=LimitsOut(**limits),
        matter_codes=row.matter_codes if row else [],
        source_zh=row.source_zh if row else SOURCE_ZH,
        source_en=row.source_en if row else SOURCE_EN,
        grade=row.grade if row else GRADE,
        versions=[
            RulesVersionOut(
                set_at=v.set_at,
                set_by=str(v.set_by) if v.set_by else "",
                reason=v.reason,
                changed=sorted(queries.changes_of_rules(before, v)),
            )
            for v, before in versions
        ],
    )


@router.post("/rules", response={201: RulesOut}, summary="Set the rules of Industry 120")
@roles(*KEEPERS)
@idempotent
def set_rules(request: HttpRequest, body: RulesIn) -> tuple[int, RulesOut]:
    """They hold from now on; promises already given stay as they were."""
    actor = actor_of(request)
    given = {k: v for k, v in body.dict(exclude_unset=True).items() if v is not None}
    if "matter_codes" in given:
        given["matter_codes"] = tuple(given["matter_codes"])
    operations.set_rules(actor, now=timezone.now(), **given)
    return 201, _rules(actor)


@router.post(
    "/rules/own-matter", response={201: RulesOut}, summary="Enter and mark the own matter"
)
@roles(Role.ADMINISTRATOR)
@idempotent
def enter_own_matter(request: HttpRequest) -> tuple[int, RulesOut]:
    """The zone's matter of equipment rescue; entered already, nothing is done twice."""
    actor = actor_of(request)
    operations.enter_own_matter(actor, now=timezone.now())
    return 201, _rules(actor)
