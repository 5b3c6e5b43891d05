"""From how many like calls on a class is raised, and how long each step may take."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from pydantic import ConfigDict

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.api import roles
from qiying.kernel.web import actor_of
from qiying.slices.class_issues import operations, queries
from qiying.slices.class_issues.rules import KEEPERS, LIMITS, READERS, Place

router = Router(tags=["class-issues"])
Number = Annotated[int, Field(ge=0, le=100_000)]


class RuleOut(Schema):
    """The zone's thresholds in force; deadlines in working days, the rest in calendar days."""

    min_firms: int
    within_days: int
    place: str
    within_m: int
    alike_percent: int
    effect_days: int
    judge_within: int
    plan_within: int
    measure_within: int
    verify_within: int


class RuleIn(Schema):
    """All of the thresholds at once, and why they are changed."""

    model_config = ConfigDict(extra="forbid")

    min_firms: Number
    within_days: Number
    place: Place
    within_m: Number
    alike_percent: Number
    effect_days: Number
    judge_within: Number
    plan_within: Number
    measure_within: Number
    verify_within: Number
    reason: str = Field(min_length=1, max_length=300, pattern=r"^[^\x00]*$")


class RuleSettingOut(RuleOut):
    """A setting with its day, who set it and why, and the grade of its source."""

    set_at: datetime
    set_by: str
    reason: str
    grade: str


@router.get("/thresholds", response=RuleOut, summary="Thresholds in force")
@roles(*READERS, Role.ADMINISTRATOR)
def thresholds(request: HttpRequest) -> RuleOut:
    return RuleOut(**queries.rule_in_force(actor_of(request)).plain())


@router.put("/thresholds", response=RuleOut, summary="Set the thresholds from now on")
@roles(*KEEPERS)
def set_thresholds(request: HttpRequest, body: RuleIn) -> RuleOut:
    """What was decided by the former ones stays."""
    actor = actor_of(request)
    with tenancy.acting(actor):
        operations.set_thresholds(
            actor,
            now=timezone.now(),
            reason=body.reason,
            place=body.place,
            values={name: getattr(body, name) for name in LIMITS},
        )
        return RuleOut(**queries.rule_in_force(actor).plain())


@router.get(
    "/thresholds/settings",
    response=list[RuleSettingOut],
    summary="Every setting, the latest first",
)
@roles(*READERS, Role.ADMINISTRATOR)
def list_settings(request: HttpRequest) -> list[RuleSettingOut]:
    return [
        RuleSettingOut(
            **row.rule.plain(),
            set_at=row.set_at,
            set_by=str(row.set_by or ""),
            reason=row.reason,
            grade=row.grade,
        )
        for row in queries.thresholds(actor_of(request))
    ]
