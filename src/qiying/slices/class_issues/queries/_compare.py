"""Calls handed to the engine, and what it says of a class: recurrence, replay, likeness."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from qiying.engines import triage
from qiying.kernel import tenancy
from qiying.kernel.access import Actor, system
from qiying.slices.calls import public as calls
from qiying.slices.class_issues import rules
from qiying.slices.class_issues.models import Finding, Issue, Member
from qiying.slices.class_issues.models.labels import codes
from qiying.slices.class_issues.rules import How, Recurrence, Rule, State

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
MOST_LEARNED = 60
"""Members that a call is compared with when it is asked whether the problem came back."""


def to_engine(source: calls.Source, rule: Rule) -> triage.Call:
    """A call as the engine reads it."""
    call = triage.Call(
        key=str(source.id),
        text=source.words,
        at_day=(source.at - EPOCH) / timedelta(days=1),
        longitude=source.longitude,
        latitude=source.latitude,
        firm=str(source.enterprise_id or ""),
        matter=source.matter_code,
        unit=str(source.unit_id or ""),
    )
    return rules.in_place(call, str(source.grid_id or ""), rule)


def kindred(actor: Actor, issue: Issue, rule: Rule, rarity: triage.Rarity) -> triage.Kindred:
    """The members that came before the measure, to compare other calls with."""
    rows = Member.objects.filter(tenant_id=actor.tenant_id, issue=issue, is_live=True)
    ids = rows.exclude(how=How.RECURRENCE).order_by("id").values_list("call_id", flat=True)
    known = calls.sources(actor, ids=ids[:MOST_LEARNED])
    if issue.landed_at is not None:
        known = [s for s in known if s.at < issue.landed_at] or known
    return triage.Kindred([to_engine(s, rule) for s in known], rarity, rule.params)


def rule_of(issue: Issue) -> Rule:
    """The thresholds by which a class was found; those of its first finding."""
    row = Finding.objects.filter(tenant_id=issue.tenant_id, issue=issue).order_by("id").first()
    return rules.DEFAULTS if row is None else Rule.from_plain(row.params)


def rarity_of(actor: Actor, issue: Issue) -> triage.Rarity:
    """The rarity of words by which a class was found, so that both spans are counted alike."""
    row = Finding.objects.filter(tenant_id=issue.tenant_id, issue=issue).order_by("id").first()
    return calls.word_rarity_of(actor, row.training_id if row is not None else None).rarity


@dataclass(frozen=True, slots=True)
class Counted:
    """The recurrence of a class, and the calls that were counted."""

    recurrence: Recurrence
    call_ids: tuple[int, ...]


def recurrence_of(actor: Actor, issue: Issue, *, now: datetime) -> Counted | None:
    """Like calls in equal spans before and after the measure; None before it has landed.

    Every call is counted by one rule, whether it was made a member or not: same matter and unit,
    text and place near a member from before the measure. Counted for all readers alike.
    """
    if issue.landed_at is None or not issue.window_days:
        return None
    platform, span = system(actor.tenant_id), timedelta(days=issue.window_days)
    with tenancy.reading(actor):
        rule = rule_of(issue)
        known = kindred(platform, issue, rule, rarity_of(platform, issue))
        asked = calls.sources(
            platform,
            since=issue.landed_at - span,
            until=issue.landed_at + span,
            matter_code=issue.matter_code,
        )
    like = [s for s in asked if known.find(to_engine(s, rule)) is not None]
    found = rules.recurrence(
        (s.at for s in like),
        landed_at=issue.landed_at,
        window_days=issue.window_days,
        now=now,
    )
    return Counted(found, tuple(s.id for s in like))


@dataclass(frozen=True, slots=True)
class Joined:
    """A call that belongs to a class that is known already, and the member it is like."""

    issue_id: int
    source: calls.Source
    kin: triage.Kin


def joiners(actor: Actor, free: Iterable[calls.Source], now: datetime) -> list[Joined]:
    """Free calls that are kin of a raised class; a call joins the class it is most like."""
    best: dict[int, Joined] = {}
    asked = list(free)
    wanted = codes(rules.OPEN | {State.EFFECTIVE})
    issues = Issue.objects.filter(tenant_id=actor.tenant_id, state__in=wanted)
    for issue in issues.order_by("id"):
        same = [s for s in asked if s.matter_code == issue.matter_code]
        if not same:
            continue
        rule = rule_of(issue)
        known = kindred(actor, issue, rule, rarity_of(actor, issue))
        since = now - timedelta(days=rule.within_days)
        for source in same:
            kin = known.find(to_engine(source, rule)) if source.at >= since else None
            other = best.get(source.id)
            if kin is not None and (other is None or kin.share > other.kin.share):
                best[source.id] = Joined(issue.pk, source, kin)
    return list(best.values())


def held_calls(actor: Actor) -> dict[int, int]:
    """The calls that are in a live class, each with its class."""
    rows = Member.objects.filter(tenant_id=actor.tenant_id, is_live=True)
    return dict(rows.values_list("call_id", "issue_id"))


def candidate_ids(actor: Actor) -> list[int]:
    """The classes that wait to be judged."""
    rows = Issue.objects.filter(tenant_id=actor.tenant_id, state=State.CANDIDATE)
    return list(rows.values_list("pk", flat=True))


def dismissed_sets(actor: Actor) -> dict[int, frozenset[str]]:
    """The calls of each dismissed candidate."""
    rows = Member.objects.filter(
        tenant_id=actor.tenant_id, issue__state=State.DISMISSED, is_live=False
    )
    found: dict[int, set[str]] = {}
    for issue_id, call_id in rows.values_list("issue_id", "call_id"):
        found.setdefault(issue_id, set()).add(str(call_id))
    return {pk: frozenset(keys) for pk, keys in found.items()}


def find_followed(
    actor: Actor, source: calls.Source, rule: Rule, dismissed: Mapping[int, frozenset[str]]
) -> int | None:
    """The class that a new one follows: dismissed with this call, or closed before it came back."""
    again = [pk for pk, keys in dismissed.items() if str(source.id) in keys]
    if again:
        return max(again)
    closed = Issue.objects.filter(
        tenant_id=actor.tenant_id, state=State.CLOSED, matter_code=source.matter_code
    )
    for issue in closed.order_by("-closed_at", "-id")[:20]:
        known = kindred(actor, issue, rule_of(issue), rarity_of(actor, issue))
        if known.find(to_engine(source, rule)) is not None:
            return issue.pk
    return None


# --- replay ---


@dataclass(frozen=True, slots=True)
class Replayed:
    """A stored finding beside what the same calls say again."""

    finding_id: int
    number: str
    stored: str
    again: str
    is_changed: bool
    """Words, places or thresholds of the calls are not what they were: nothing to compare."""

    @property
    def holds(self) -> bool:
        return not self.is_changed and self.stored == self.again


def replay(actor: Actor, finding: Finding) -> Replayed:
    """Look again at the calls that a finding names, by its thresholds and its rarity of words."""
    rule = Rule.from_plain(finding.params)
    platform = system(actor.tenant_id)
    known = calls.word_rarity_of(platform, finding.training_id)
    asked = [
        to_engine(s, rule) for s in calls.sources(platform, ids=[int(k) for k in finding.block])
    ]
    unit = finding.result["unit"]
    block = [c for c in asked if c.matter == finding.result["matter"] and c.unit == unit]
    found = rules.look_in(block, known.rarity, rule, rarity_digest=finding.rarity)
    keys = tuple(finding.result["keys"])
    same = next((f for f in found if f.keys == keys), None)
    return Replayed(
        finding.pk,
        finding.issue.number,
        finding.digest,
        same.digest if same is not None else "",
        rules.inputs_digest(block, rule, finding.rarity) != finding.inputs,
    )


def list_findings(actor: Actor, number: str = "") -> list[Finding]:
    """Stored findings, of one class issue or of all, oldest first."""
    rows = Finding.objects.visible_to(actor).select_related("issue").order_by("id")
    return list(rows.filter(issue__number=number) if number else rows)
