"""Look over the recent calls: new candidates, calls that join a class, calls after a measure.

Load → compare → open a transaction, lock, look what is taken by now, write: comparing holds no lock.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from qiying.engines import triage
from qiying.kernel import events, numbering, tenancy
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.errors import Refused
from qiying.slices.calls import public as calls
from qiying.slices.class_issues import queries, rules
from qiying.slices.class_issues.models import Finding, Issue, Look, Member
from qiying.slices.class_issues.operations._move import due
from qiying.slices.class_issues.queries import Joined
from qiying.slices.class_issues.rules import SCANNERS, Clock, Found, FoundBy, How, Rule, State

PREFIX = "LA"
EVERY = timedelta(minutes=30)
"""How often the platform looks by itself when calls came in."""
LOCK = 0x4C41


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look found before anything is written."""

    rule: Rule
    known: calls.WordRarity
    sources: Mapping[int, calls.Source]
    found: Sequence[Found]
    joined: Sequence[Joined]
    dismissed: Mapping[int, frozenset[str]]


def look(actor: Actor, *, now: datetime) -> Look:
    """Compare the calls of the last days and keep what enough different firms stand behind."""
    actor.require(*SCANNERS, Role.SYSTEM)
    try:
        seen = _see(actor, now)
    except rules.UnconfirmedError as error:
        raise Refused("class_issues.unconfirmed") from error
    return _keep(actor, seen, now=now)


def look_when_due(actor: Actor, *, now: datetime) -> int:
    """Look when calls came in since the last look, at most every half hour; how many were found."""
    with tenancy.reading(actor):
        last = queries.last_look(actor)
        if last is not None and now - last.at < EVERY:
            return 0
        newest = calls.sources(actor, since=now - timedelta(days=7), most=1)
        is_new = bool(newest) and (last is None or newest[-1].id != last.latest_call)
        # a day's look finds what was classified since, without a new call
        if not is_new and last is not None and now - last.at < timedelta(days=1):
            return 0
    done = look(actor, now=now)
    return done.found + done.joined


def _see(actor: Actor, now: datetime) -> Seen:
    """By the platform's own eyes, so that it does not matter who asked."""
    platform = system(actor.tenant_id)
    with tenancy.reading(platform):
        rule = queries.rule_in_force(platform)
        since = now - timedelta(days=rule.within_days)
        sources = calls.sources(platform, since=since, until=now + timedelta(microseconds=1))
        known = calls.word_rarity(platform)
        held = queries.held_calls(platform)
        waiting = set(queries.candidate_ids(platform))
        free = [s for s in sources if s.id not in held]
        joined = queries.joiners(platform, free, now)
        gone = {j.source.id for j in joined}
        dismissed = queries.dismissed_sets(platform)
    asked = [
        queries.to_engine(s, rule)
        for s in sources
        if s.id not in gone and (s.id not in held or held[s.id] in waiting)
    ]
    found = rules.look(asked, known.rarity, rule, rarity_digest=known.digest)
    return Seen(rule, known, {s.id: s for s in sources}, found, joined, dismissed)


@tenancy.operation
def _keep(actor: Actor, seen: Seen, *, now: datetime) -> Look:
    """Write what is still true: a call that somebody put elsewhere in between stays there."""
    _lock(actor)
    platform = system(actor.tenant_id)
    held = queries.held_calls(platform)
    joined = [j for j in seen.joined if j.source.id not in held]
    _join(platform, joined, now)
    held |= {j.source.id: j.issue_id for j in joined}
    waiting, new, more = set(queries.candidate_ids(platform)), 0, len(joined)
    for found in seen.found:
        inside = [k for k in found.keys if held.get(int(k)) in waiting]
        free = [int(k) for k in found.keys if int(k) not in held]
        if inside and free:
            issue_id = _most(held[int(k)] for k in inside)
            _grow(platform, issue_id, found, free, seen, now)
            more += len(free)
        elif not inside and len(free) == len(found.keys):
            if rules.is_again(found.keys, seen.dismissed.values()):
                continue
            issue_id = _found(platform, found, seen, now).pk
            new += 1
        else:
            continue
        held |= dict.fromkeys(free, issue_id)
    return Look.objects.create(
        tenant_id=actor.tenant_id,
        at=now,
        asked_by_id=actor.person_id,
        latest_call=max(seen.sources, default=0),
        calls=len(seen.sources),
        classes=len(seen.found),
        found=new,
        joined=more,
    )


def _lock(actor: Actor) -> None:
    """One look of a tenant writes at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, actor.tenant_id])


def _most(ids: Iterable[int]) -> int:
    """The class that most of the calls are in, the earliest of equals."""
    counts: dict[int, int] = defaultdict(int)
    for pk in ids:
        counts[pk] += 1
    return min(counts, key=lambda pk: (-counts[pk], pk))


def _found(actor: Actor, found: Found, seen: Seen, now: datetime) -> Issue:
    cluster, first = found.cluster, seen.sources[int(found.keys[0])]
    unit = cluster.unit.partition("@")[0]
    issue = Issue(
        tenant_id=actor.tenant_id,
        number=numbering.next_number(actor, PREFIX, now=now),
        state=State.CANDIDATE,
        matter_code=cluster.matter,
        unit_id=int(unit) if unit else None,
        found_by=FoundBy.ENGINE,
        found_at=now,
        updated_at=now,
        follows_id=queries.find_followed(actor, first, seen.rule, seen.dismissed),
        clock=Clock.JUDGE,
        clock_from_at=now,
        clock_days=seen.rule.judge_within,
        due_at=due(actor, now, seen.rule.judge_within),
        **_shape(cluster),
    )
    issue.save()
    _take_in(issue, [int(k) for k in found.keys], found.kin, How.FOUNDING, now)
    _store(issue, found, seen, now)
    events.record(
        "class_issues.found",
        subject=issue,
        actor=actor,
        now=now,
        calls=len(found.keys),
        firms=cluster.firms,
    )
    return issue


def _shape(cluster: triage.Cluster) -> dict[str, Any]:
    centre = cluster.centre
    return {
        "terms": list(cluster.terms[:6]),
        "centre": None if centre is None else [round(centre[0], 6), round(centre[1], 6)],
        "spread_m": cluster.spread_m,
    }


def _grow(
    actor: Actor, issue_id: int, found: Found, free: list[int], seen: Seen, now: datetime
) -> None:
    issue = queries.get_issue(actor, issue_id, for_update=True)
    _take_in(issue, free, found.kin, How.JOINED, now)
    for name, value in _shape(found.cluster).items():
        setattr(issue, name, value)
    issue.version, issue.updated_at = issue.version + 1, now
    issue.save()
    _store(issue, found, seen, now)
    events.record("class_issues.grown", subject=issue, actor=actor, now=now, calls=len(free))


def _take_in(
    issue: Issue, ids: Sequence[int], kin: Mapping[str, triage.Kin], how: How, now: datetime
) -> None:
    Member.objects.bulk_create(
        [
            Member(
                tenant_id=issue.tenant_id,
                issue=issue,
                call_id=pk,
                how=how,
                joined_at=now,
                kin=rules.kin_plain(kin[str(pk)]) if str(pk) in kin else None,
            )
            for pk in ids
        ]
    )


def _store(issue: Issue, found: Found, seen: Seen, now: datetime) -> None:
    Finding.objects.create(
        tenant_id=issue.tenant_id,
        issue=issue,
        at=now,
        engine=triage.VERSION,
        params=seen.rule.plain(),
        training_id=seen.known.training_id,
        rarity=seen.known.digest,
        block=list(found.block),
        result=rules.cluster_plain(found.cluster),
        inputs=found.inputs,
        digest=found.digest,
    )


def _join(actor: Actor, joined: Sequence[Joined], now: datetime) -> None:
    """Calls that are like a class that was raised already: they come in, or show that it is back."""
    by_issue: dict[int, list[Joined]] = defaultdict(list)
    for one in joined:
        by_issue[one.issue_id].append(one)
    for issue_id, ones in by_issue.items():
        issue = queries.get_issue(actor, issue_id, for_update=True)
        is_back = [o for o in ones if issue.landed_at and o.source.at >= issue.landed_at]
        in_time = [o for o in ones if o not in is_back]
        for group, how, topic in (
            (in_time, How.JOINED, "class_issues.grown"),
            (is_back, How.RECURRENCE, "class_issues.recurred"),
        ):
            if not group:
                continue
            kin = {str(o.source.id): o.kin for o in group}
            _take_in(issue, [o.source.id for o in group], kin, how, now)
            events.record(topic, subject=issue, actor=actor, now=now, calls=len(group))
            for one in group:
                tell_call(actor, one.source.id, issue, now)
        issue.version, issue.updated_at = issue.version + 1, now
        issue.save(update_fields=["version", "updated_at"])


def tell_call(actor: Actor, call_id: int, issue: Issue, now: datetime) -> None:
    """A line in the call's own course: it is part of a class issue now."""
    codes = {"number": issue.number}
    platform = system(actor.tenant_id)
    calls.add_line(platform, call_id, "class_issues.call_joined", now=now, codes=codes)
