"""The zone sets how long a step may take: dated, with a reason, inside the guards and the law."""

from datetime import date, datetime

from django.db import connection

from qiying.engines.worktime import Rule
from qiying.kernel import events, revisions
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.kernel.tenancy import operation
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import ZoneTerm
from qiying.slices.calls.operations._deadlines import derive
from qiying.slices.calls.operations._move import clean
from qiying.slices.calls.queries import local_day
from qiying.slices.calls.rules import TermKey
from qiying.slices.calls.rules.terms import TERM_GRADES, TERM_KEEPERS
from qiying.slices.mandate import public as mandate

FURTHEST_YEARS = 3


@operation
def set_term(
    actor: Actor,
    *,
    clock: str,
    case: str = "",
    kind: str,
    amount: int,
    reason: str,
    now: datetime,
    valid_from: date | None = None,
    source: str = "",
    grade: str = "D",
) -> ZoneTerm:
    """Set one term from a day on, today when none is said; what was before stays on record.

    ``kind`` is one of ``engines.worktime``; running clocks follow in ``apply_terms``.
    """
    actor.require(*TERM_KEEPERS)
    if actor.person_id is None:
        raise Denied("calls.person_needed")
    key, on = (clock, case), valid_from or local_day(now)
    rule = _sound(actor, key, kind, amount, on)
    _require_sound(on, local_day(now), grade)
    if (before := _before(actor, key, max(rules.first_moment(on), now))) == rule:
        raise Refused("calls.term_same")
    row = ZoneTerm.objects.create(
        tenant_id=actor.tenant_id,
        clock=clock,
        case=case,
        rule_kind=rule.kind,
        rule_amount=amount,
        valid_from=on,
        source=clean(source, name="source", is_needed=False, most=200),
        grade=grade,
        reason=clean(reason, name="reason", most=300),
        set_by_id=actor.person_id,
        set_at=now,
    )
    _record(actor, row, before, now)
    return row


def _record(actor: Actor, row: ZoneTerm, before: Rule | None, now: datetime) -> None:
    revisions.bump(actor, queries.TERMS_REVISION)
    events.record(
        "calls.term_set",
        subject=row,
        actor=actor,
        now=now,
        clock=row.clock,
        case=row.case,
        kind=row.rule_kind,
        amount=row.rule_amount,
        before_kind=before.kind if before else "",
        before=before.amount if before else 0,
        valid_from=row.valid_from.isoformat(),
    )


def _sound(actor: Actor, key: TermKey, kind: str, amount: int, on: date) -> Rule:
    """The rule, inside what a zone may set and what the law allows."""
    limit = _limit(actor, key, on)
    rule = _rule(key, kind, amount)
    _require_lawful(rule, key[1], limit)
    return rule


def _limit(actor: Actor, key: TermKey, on: date) -> rules.Limit | None:
    """The register's limit of a matter; Invalid for a term that there is not."""
    if not rules.is_known(key):
        raise Invalid("input.invalid", {"case": "input.choice"})
    if key in rules.SHIPPED:
        return None
    try:
        return queries.limit_of(mandate.matter(actor, key[1], on))
    except NotFound as error:
        raise Invalid("input.invalid", {"case": "input.choice"}) from error


def _rule(key: TermKey, kind: str, amount: int) -> Rule:
    if kind not in rules.kinds_of(key):
        raise Invalid("input.invalid", {"kind": "calls.term_kind"})
    most = rules.most_of(key, kind)
    if not 1 <= amount <= most:
        code = "calls.term_guarded" if rules.is_guarded(key) else "calls.term_most"
        raise Invalid("input.invalid", {"amount": code}, most=most)
    return rules.rule_of(kind, amount)


def _require_lawful(rule: Rule, matter: str, limit: rules.Limit | None) -> None:
    """A zone promises sooner than the law asks, never later, and counts as the law counts."""
    law = rules.within_the_law(rule, rules.laws_of(matter, limit))
    if law.kind != rule.kind:
        raise Invalid("input.invalid", {"kind": "calls.term_law_kind"})
    if law != rule:
        raise Invalid("input.invalid", {"amount": "calls.term_law"}, most=int(law.amount))


def _require_sound(on: date, today: date, grade: str) -> None:
    if grade not in TERM_GRADES:
        raise Invalid("input.invalid", {"grade": "input.choice"})
    if not today <= on <= today.replace(year=today.year + FURTHEST_YEARS, day=1):
        raise Invalid("input.invalid", {"valid_from": "calls.term_day"})


def _before(actor: Actor, key: TermKey, then: datetime) -> Rule | None:
    """What would be in force then.

    Two who set terms at once follow each other: the second sees what the first one set.
    """
    with connection.cursor() as cursor:
        name = f"calls.terms:{actor.tenant_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 23))", [name])
    return queries.read_book(actor).at(then).find(*key)


@operation
def apply_terms(actor: Actor, *, now: datetime) -> int:
    """Derive the running clocks again for the terms that came into force; how many calls moved.

    Each setting is applied once; rows that another sweeper holds are left to it.
    """
    actor.require(Role.SYSTEM)
    rows = ZoneTerm.objects.filter(
        tenant_id=actor.tenant_id, applied_at=None, valid_from__lte=local_day(now)
    )
    due = list(rows.order_by("id").select_for_update(skip_locked=True, of=("self",)))
    if not due:
        return 0
    moved = derive(actor, queries.read_book(actor).at(now), now=now)
    ZoneTerm.objects.filter(pk__in=[row.pk for row in due]).update(applied_at=now)
    for row in due:
        events.record(
            "calls.term_in_force",
            subject=row,
            actor=actor,
            now=now,
            clock=row.clock,
            case=row.case,
            moved=moved,
        )
    return moved
