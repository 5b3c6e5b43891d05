"""What follows by itself: members are told, promises run out, deadlines follow the calendar."""

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse

from qiying.kernel import events, notifications, people
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid
from qiying.kernel.tenancy import operation
from qiying.slices.calls import public as calls
from qiying.slices.class_issues import queries
from qiying.slices.class_issues.models import Issue, Member, Threshold
from qiying.slices.class_issues.operations._move import clean, due, number_between
from qiying.slices.class_issues.rules import (
    AFTER_LANDING,
    GRADE,
    KEEPERS,
    LIMITS,
    OWNERS,
    SOURCE_EN,
    SOURCE_ZH,
    Place,
)
from qiying.slices.registry import public as registry


@operation
def tell_members(actor: Actor, issue_id: int, *, now: datetime) -> int:
    """Tell every member's firm, and who handles a call that is still open; each call once.

    The calls keep their own course: a line is all that is written there.
    """
    actor.require(Role.SYSTEM)
    issue = queries.get_issue(actor, issue_id, for_update=True)
    rows = Member.objects.filter(tenant_id=actor.tenant_id, issue=issue, is_live=True)
    waiting = {m.call_id: m for m in rows.filter(told_at=None).order_by("id")}
    if issue.state not in AFTER_LANDING or not waiting:
        return 0
    cards = calls.cards(actor, list(waiting))
    for card in cards.values():
        _tell_firm(actor, issue, card, now)
        if card.is_open and card.lead_unit_id is not None:
            _tell_handlers(actor, issue, card, now)
        codes = {"number": issue.number}
        calls.add_line(actor, card.id, "class_issues.call_told", now=now, codes=codes)
    rows.filter(call_id__in=list(cards)).update(told_at=now)
    events.record(
        "class_issues.members_told", subject=issue, actor=actor, now=now, calls=len(cards)
    )
    return len(cards)


def _tell_firm(actor: Actor, issue: Issue, card: calls.CallCard, now: datetime) -> None:
    if card.enterprise_id is None:
        return
    on = now.astimezone(people.SHANGHAI).date()
    own = people.people_with(actor, Role.ENTERPRISE, enterprise_id=card.enterprise_id, on=on)
    officer = registry.enterprise(actor, card.enterprise_id).grid_officer_id
    notifications.notify(
        actor,
        {p.pk for p in own} | ({officer} if officer else set()),
        kind="class_issues.landed.firm",
        subject=issue,
        url=reverse("class_issues:told", args=[issue.public_id]),
        params={"number": issue.number, "call": card.number},
        effect_key=f"class_issues.told:{issue.pk}:{issue.attempt}",
        now=now,
    )


def _tell_handlers(actor: Actor, issue: Issue, card: calls.CallCard, now: datetime) -> None:
    on = now.astimezone(people.SHANGHAI).date()
    held = people.people_with(actor, *OWNERS, unit_id=card.lead_unit_id, on=on)
    notifications.notify(
        actor,
        {p.pk for p in held},
        kind="class_issues.landed.handler",
        subject=issue,
        url=reverse("calls:case", args=[card.public_id]),
        params={"number": issue.number, "call": card.number},
        effect_key=f"class_issues.told:{issue.pk}:{issue.attempt}:{card.id}",
        now=now,
    )


@operation
def note_overdue(actor: Actor, *, now: datetime) -> int:
    """Say once of each deadline that it ran out."""
    actor.require(Role.SYSTEM)
    rows = list(queries.overdue(actor, now).select_for_update(of=("self",)))
    for issue in rows:
        issue.overdue_noted_at = now
        issue.save(update_fields=["overdue_noted_at"])
        events.record(
            "class_issues.overdue", subject=issue, actor=actor, now=now, clock=issue.clock
        )
    return len(rows)


@operation
def rederive(actor: Actor, *, now: datetime) -> int:
    """Deadlines again from the calendar; how many moved."""
    actor.require(Role.SYSTEM, Role.ADMINISTRATOR)
    moved = 0
    for issue in queries.running(actor).select_for_update(of=("self",)):
        assert issue.clock_from_at is not None  # noqa: S101  a clock runs from somewhere
        due_at = due(actor, issue.clock_from_at, issue.clock_days)
        if due_at == issue.due_at:
            continue
        issue.due_at, moved = due_at, moved + 1
        issue.save(update_fields=["due_at"])
        told = {"due": due_at.isoformat()}
        events.record("class_issues.deadline_changed", subject=issue, actor=actor, now=now, **told)
    return moved


@operation
def set_thresholds(
    actor: Actor, *, now: datetime, reason: str, place: str, values: Mapping[str, int]
) -> Threshold:
    """Set the zone's thresholds from now on; what was decided by the former ones stays.

    ``values`` are all of ``rules.LIMITS``.
    """
    actor.require(*KEEPERS)
    if place not in set(Place):
        raise Invalid("input.invalid", {"place": "input.choice"})
    _complete(values)
    row = Threshold.objects.create(
        tenant_id=actor.tenant_id,
        set_at=now,
        set_by_id=actor.person_id,
        place=place,
        source_zh=SOURCE_ZH,
        source_en=SOURCE_EN,
        grade=GRADE,
        reason=clean(reason, name="reason", most=300),
        **{name: values[name] for name in LIMITS},
    )
    events.record(
        "class_issues.thresholds_set", subject=row, actor=actor, now=now, values=dict(values)
    )
    return row


def _complete(values: Mapping[str, int]) -> None:
    missing = set(LIMITS) - set(values)
    if missing:
        raise Invalid("input.invalid", dict.fromkeys(sorted(missing), "input.required"))
    for name, (least, most) in LIMITS.items():
        number_between(name, values[name], least, most)
