"""The zone's terms over the wire: what is in force with its source, and how one is set."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from qiying.kernel import tenancy
from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.language import is_chinese
from qiying.kernel.web import actor_of
from qiying.slices.calls import operations, rules
from qiying.slices.calls.models import ZoneTerm
from qiying.slices.calls.queries import limits
from qiying.slices.calls.queries.limits import MatterLimit, TermLine
from qiying.slices.calls.rules import TermClock
from qiying.slices.calls.rules.terms import TERM_KEEPERS

READERS = tuple(sorted(STAFF - {Role.GRID_OFFICER}))


class PeriodOut(Schema):
    """A number of working or calendar days, working hours, or hours around the clock."""

    kind: str
    amount: float


class PlannedOut(PeriodOut):
    valid_from: date


class ZoneTermOut(PeriodOut):
    """A term in force; ``case`` is an urgency, a nature or a rung, "" for all."""

    clock: str
    case: str
    source: str
    grade: str
    valid_from: date | None
    is_guarded: bool
    default: PeriodOut | None
    planned: list[PlannedOut]


class LawOut(PeriodOut):
    code: str
    source: str
    grade: str
    longest: float | None


class MatterTermOut(PeriodOut):
    """What an answer on a matter has when nothing is urgent, and every limit on it."""

    matter: str
    register_limit: PeriodOut | None
    register_source: str
    register_grade: str
    zone: PeriodOut | None
    laws: list[LawOut]
    is_locked: bool


class TermsOut(Schema):
    terms: list[ZoneTermOut]
    matters: list[MatterTermOut]


class TermIn(Schema):
    """Set one term from a day on; a reason is compulsory, the past is never changed."""

    clock: TermClock
    case: str = Field("", max_length=20)
    kind: str = Field(max_length=13)
    amount: int = Field(ge=1, le=1440)
    valid_from: date | None = None
    source: str = Field("", max_length=200)
    grade: str = Field("D", max_length=2)
    reason: str = Field(min_length=1, max_length=300)


class SetTermOut(PeriodOut):
    clock: str
    case: str
    valid_from: date
    set_at: datetime


@roles(*READERS)
def list_terms(request: HttpRequest) -> TermsOut:
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        return terms_of(actor, now)


def terms_of(actor: Actor, now: datetime) -> TermsOut:
    """Every term in force, and the matters whose answer has a limit of its own."""
    return TermsOut(
        terms=[_term(line) for line in limits.term_lines(actor, now=now)],
        matters=[_matter(one) for one in limits.matter_limits(actor, now=now)],
    )


@roles(*TERM_KEEPERS)
@idempotent
def set_term(request: HttpRequest, body: TermIn) -> tuple[int, SetTermOut]:
    row = _set(actor_of(request), body)
    return 201, SetTermOut(
        clock=row.clock,
        case=row.case,
        kind=row.rule_kind,
        amount=row.rule_amount,
        valid_from=row.valid_from,
        set_at=row.set_at,
    )


def _set(actor: Actor, body: TermIn) -> ZoneTerm:
    given = body.dict() | {"clock": body.clock.value}
    return operations.set_term(actor, now=timezone.now(), **given)


def _period(rule: Any) -> PeriodOut | None:
    return PeriodOut(kind=rule.kind, amount=rule.amount) if rule else None


def _term(line: TermLine) -> ZoneTermOut:
    basis = limits.basis_of(line)
    return ZoneTermOut(
        clock=line.key[0],
        case=line.key[1],
        kind=line.rule.kind,
        amount=line.rule.amount,
        source=basis.text(is_chinese=is_chinese()),
        grade=basis.grade,
        valid_from=line.setting.valid_from if line.setting else None,
        is_guarded=line.is_guarded,
        default=_period(line.shipped.rule if line.shipped else None),
        planned=[
            PlannedOut(kind=r.rule_kind, amount=r.rule_amount, valid_from=r.valid_from)
            for r in line.planned
        ],
    )


def _matter(found: MatterLimit) -> MatterTermOut:
    own = found.line.setting if found.line else None
    return MatterTermOut(
        matter=found.card.code,
        kind=found.rule.kind,
        amount=found.rule.amount,
        register_limit=_period(found.limit.rule if found.limit else None),
        register_source=found.source if found.limit else "",
        register_grade=found.grade if found.limit else "",
        zone=_period(own.setting.rule if own else None),
        laws=[_law(s) for s in found.laws],
        is_locked=found.is_locked,
    )


def _law(statute: rules.Statute) -> LawOut:
    return LawOut(
        kind=statute.rule.kind,
        amount=statute.rule.amount,
        code=statute.code,
        source=statute.basis.text(is_chinese=is_chinese()),
        grade=statute.basis.grade,
        longest=statute.longest.amount if statute.longest else None,
    )


def hang(router: Router) -> None:
    """Add these addresses to the router of the calls."""
    router.get("/terms", response=TermsOut, summary="Time limits of the zone")(list_terms)
    router.post("/terms", response={201: SetTermOut}, summary="Set a time limit of the zone")(
        set_term
    )
