"""What an officer does with a candidate: raise it, dismiss it, merge it, split it; calls in and out."""

from collections.abc import Sequence
from datetime import datetime

from qiying.kernel import events, numbering
from qiying.kernel.access import Actor, system
from qiying.kernel.errors import Invalid
from qiying.kernel.tenancy import operation
from qiying.slices.calls import public as calls
from qiying.slices.class_issues import queries
from qiying.slices.class_issues.models import Issue, Member
from qiying.slices.class_issues.operations._look import PREFIX, tell_call
from qiying.slices.class_issues.operations._move import begin, clean, due, owner_of
from qiying.slices.class_issues.rules import (
    MAX_TITLE,
    WORKED_ON,
    Clock,
    Dismissal,
    FoundBy,
    How,
    State,
)


@operation
def raise_issue(
    actor: Actor,
    issue_id: int,
    *,
    now: datetime,
    title: str,
    owner_unit: int,
    owner: int,
    text: str = "",
    version: int | None = None,
) -> Issue:
    """Confirm a candidate: it gets a title, an owner unit and a person in charge by name."""
    move = begin(actor, issue_id, "raise", now=now, version=version)
    issue = move.issue
    issue.title = clean(title, name="title", most=MAX_TITLE)
    issue.owner_unit_id, issue.owner_id = owner_of(actor, owner_unit, owner, now)
    issue.raised_at = now
    move.say(text, is_needed=False)
    move.promise(Clock.PLAN, queries.rule_in_force(actor).plan_within)
    for row in _live(issue):
        tell_call(actor, row.call_id, issue, now)
    return move.end(unit=owner_unit, person=owner)


def _live(issue: Issue) -> list[Member]:
    rows = Member.objects.filter(tenant_id=issue.tenant_id, issue=issue, is_live=True)
    return list(rows.order_by("id"))


@operation
def dismiss(
    actor: Actor,
    issue_id: int,
    *,
    now: datetime,
    code: str,
    text: str,
    version: int | None = None,
) -> Issue:
    """Say that it is no class issue, and why; the same calls do not come back together."""
    move = begin(actor, issue_id, "dismiss", now=now, version=version)
    if code not in set(Dismissal):
        raise Invalid("input.invalid", {"code": "input.choice"})
    move.say(text)
    move.issue.dismissal = code
    move.promise(None)
    _let_go(move.issue)
    return move.end(code=code)


def _let_go(issue: Issue) -> None:
    Member.objects.filter(tenant_id=issue.tenant_id, issue=issue).update(is_live=False)


@operation
def merge(
    actor: Actor,
    issue_id: int,
    *,
    now: datetime,
    other: str,
    text: str,
    version: int | None = None,
) -> Issue:
    """Hand a candidate's calls over to another class, by its number."""
    move = begin(actor, issue_id, "merge", now=now, version=version)
    found = queries.find_by_number(actor, other)
    takes = WORKED_ON | {State.CANDIDATE}
    move.guard(
        other_takes_calls=found is not None and found.pk != issue_id and found.state in takes
    )
    assert found is not None  # noqa: S101  the guard
    taker = queries.get_issue(actor, found.pk, for_update=True)
    move.guard(other_takes_calls=taker.state in takes)
    move.say(text)
    rows = _live(move.issue)
    _let_go(move.issue)
    _hand_over(actor, rows, taker, now)
    events.record(
        "class_issues.took_over",
        subject=taker,
        actor=actor,
        now=now,
        number=move.issue.number,
        calls=len(rows),
    )
    move.issue.merged_into = taker
    move.promise(None)
    return move.end(number=taker.number)


def _hand_over(actor: Actor, rows: Sequence[Member], taker: Issue, now: datetime) -> None:
    known = {m.call_id: m for m in Member.objects.filter(tenant_id=taker.tenant_id, issue=taker)}
    for row in rows:
        own = known.get(row.call_id)
        if own is None:
            own = Member(tenant_id=taker.tenant_id, issue=taker, call_id=row.call_id, kin=row.kin)
        own.how, own.joined_at, own.is_live = How.MERGED, now, True
        own.save()
        if taker.state in WORKED_ON:
            tell_call(actor, row.call_id, taker, now)
    taker.version, taker.updated_at = taker.version + 1, now
    taker.save(update_fields=["version", "updated_at"])


@operation
def split(
    actor: Actor,
    issue_id: int,
    *,
    now: datetime,
    calls: Sequence[str],
    text: str,
    version: int | None = None,
) -> Issue:
    """Make a candidate of its own of some of the calls, by their numbers; returns the new one."""
    move = begin(actor, issue_id, "split", now=now, version=version)
    rows = _members_named(actor, move.issue, calls)
    move.guard(left=len(_live(move.issue)) - len(rows))
    move.say(text)
    issue = move.issue
    days = queries.rule_in_force(actor).judge_within
    made = Issue.objects.create(
        tenant_id=actor.tenant_id,
        number=numbering.next_number(actor, PREFIX, now=now),
        state=State.CANDIDATE,
        matter_code=issue.matter_code,
        unit_id=issue.unit_id,
        terms=issue.terms,
        found_by=FoundBy.SPLIT,
        found_at=now,
        follows=issue,
        clock=Clock.JUDGE,
        clock_from_at=now,
        clock_days=days,
        due_at=due(actor, now, days),
        updated_at=now,
    )
    for row in rows:
        row.is_live = False
        row.save(update_fields=["is_live"])
        more = {"how": How.FOUNDING, "joined_at": now, "kin": row.kin}
        Member.objects.create(tenant_id=actor.tenant_id, issue=made, call_id=row.call_id, **more)
    move.end(number=made.number, calls=len(rows))
    return made


def _members_named(actor: Actor, issue: Issue, numbers: Sequence[str]) -> list[Member]:
    """The members whose calls have these numbers; Invalid when one is none or none is named."""
    rows = {row.call_id: row for row in _live(issue)}
    wanted = {n.strip().upper() for n in numbers}
    found = [c for c in calls.cards(actor, rows).values() if c.number in wanted]
    if not wanted or len(found) != len(wanted):
        raise Invalid("input.invalid", {"calls": "input.choice"})
    return [rows[c.id] for c in found]


@operation
def add_call(
    actor: Actor,
    issue_id: int,
    *,
    now: datetime,
    call: str,
    text: str,
    version: int | None = None,
) -> Issue:
    """Take a call in by hand, by its number: the same problem in other words."""
    move = begin(actor, issue_id, "add_call", now=now, version=version)
    card = calls.find_by_number(actor, call)
    platform = system(actor.tenant_id)
    is_free = card is not None and card.id not in queries.held_calls(platform)
    # complaints about a unit are no sources of classes, whoever asks
    is_free = is_free and card is not None and bool(calls.sources(platform, ids=[card.id]))
    move.guard(call_is_free=is_free)
    assert card is not None  # noqa: S101  the guard
    move.say(text)
    row, _made = Member.objects.update_or_create(
        tenant_id=actor.tenant_id,
        issue=move.issue,
        call_id=card.id,
        defaults={"how": How.ADDED, "joined_at": now, "is_live": True},
    )
    if move.issue.state in WORKED_ON:
        tell_call(actor, row.call_id, move.issue, now)
    return move.end(call=card.id)


@operation
def drop_call(
    actor: Actor,
    issue_id: int,
    *,
    now: datetime,
    call: str,
    text: str,
    version: int | None = None,
) -> Issue:
    """Take a call out again, by its number."""
    move = begin(actor, issue_id, "drop_call", now=now, version=version)
    (row,) = _members_named(actor, move.issue, [call])
    move.guard(left=len(_live(move.issue)) - 1)
    move.say(text)
    row.is_live = False
    row.save(update_fields=["is_live"])
    return move.end(call=row.call_id)
