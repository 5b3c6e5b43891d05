"""The casebook of the demonstration: a library of typical cases, two selections.

Everything goes through the operations: nominated from calls that this load closed, checked, judged
by people who had no hand in them, published, cited by handlers of later calls.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from qiying.demo.chance import stream
from qiying.demo.packaged import read_toml
from qiying.demo.plan import Plan
from qiying.kernel import people, tenancy
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.models import User
from qiying.slices.calls import public as calls
from qiying.slices.calls.models import Call
from qiying.slices.casebook import operations, queries
from qiying.slices.casebook.models import Case

_TEXTS = ("title", "background", "difficulty", "practice", "effect", "replicable")
_REASON = "一般词语，不指向具体的人或单位"
_MOST_LOOKED_AT = 60
_PER_MATTER = 3
_MOST_CITED = 10


@dataclass(frozen=True, slots=True)
class Office:
    """Who does the work of the casebook."""

    platform: Actor
    nominator: Actor
    organiser: Actor
    checker: Actor
    decider: Actor
    judges: tuple[Actor, ...]


def open_casebook(plan: Plan, tenant_id: int) -> Office:
    """The people of the office, by their posts."""
    staff = plan.organisations

    def actor(role: str, place: int = 0) -> Actor:
        return _actor(tenant_id, staff.staff(role)[place].username, plan.ends_at)

    names = [p.username for p in staff.people if any(_may_judge(post.role) for post in p.posts)]
    taken = {staff.staff(r)[0].username for r in ("desk", "supervisor", "zone_leader")}
    judges = [staff.staff("analyst")[0].username, staff.staff("auditor")[0].username]
    judges += [name for name in names if name not in taken and name not in judges]
    return Office(
        platform=system(tenant_id),
        nominator=actor("desk"),
        organiser=actor("supervisor"),
        checker=actor("administrator"),
        decider=actor("zone_leader"),
        judges=tuple(_actor(tenant_id, name, plan.ends_at) for name in judges[:10]),
    )


def _may_judge(role: str) -> bool:
    return role in (Role.ANALYST, Role.AUDITOR, Role.CALLBACK, Role.UNIT_LEADER)


def _actor(tenant_id: int, username: str, now: datetime) -> Actor:
    person = User.objects.get(username=username)
    return next(a for a in people.actors_of(person, now=now) if a.tenant_id == tenant_id)


def fill_library(plan: Plan, office: Office) -> None:
    """Nominate a verified closure for each text, publish all but two, let later calls cite them."""
    texts = read_toml("cases")["cases"]
    published = []
    for place, (text, call) in enumerate(_chosen(plan, office, texts)):
        case = _nominated(office, call, text, plan)
        if place < len(texts) - 2:
            published.append(_published(office, case, plan, place))
        elif place == len(texts) - 2:
            _under_review(office, case, plan)
    _cite(plan, office, list(zip(published, texts, strict=False)))


def _chosen(
    plan: Plan, office: Office, texts: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Mapping[str, Any], calls.ClosureCard]]:
    """For each text a verified closure of its matters, the nearest matter first.

    When there is none, any that no other text has a better claim to.
    """
    wanted = {matter for text in texts for matter in text["matters"]}
    found = _closures(plan, office, wanted)
    settled = [c for c in found if c.is_verified and not c.complained_unit_id]
    for text in texts:
        order = list(text["matters"])
        fitting = sorted(
            (c for c in settled if c.call.matter_code in order),
            key=lambda c: order.index(c.call.matter_code),
        )
        spare = [c for c in settled if c.call.matter_code not in wanted]
        chosen = next(iter([*fitting, *spare, *settled]), None)
        if chosen is None:
            return
        settled.remove(chosen)
        yield text, chosen


def _closures(plan: Plan, office: Office, wanted: Set[str]) -> list[calls.ClosureCard]:
    """The latest closures of each wanted matter, then the latest of all."""
    until = plan.ends_at - timedelta(days=70)
    with tenancy.reading(office.platform):
        rows = Call.objects.visible_to(office.platform).filter(
            closure_type="solved", is_confirmed=True, closed_at__lt=until, complained_unit=None
        )
        latest = list(rows.order_by("-closed_at", "-id").values_list("id", "matter_code"))
        by_matter = {m: [pk for pk, code in latest if code == m] for m in sorted(wanted)}
        near = [pk for ids in by_matter.values() for pk in ids[:_PER_MATTER]]
        rest = [pk for pk, _code in latest if pk not in near]
        ids = near + rest[: max(0, _MOST_LOOKED_AT - len(near))]
        return [calls.closure(office.platform, pk) for pk in ids]


def _nominated(
    office: Office, card: calls.ClosureCard, text: Mapping[str, Any], plan: Plan
) -> Case:
    closed_at = card.call.closed_at or plan.begins_at
    now = max(closed_at + timedelta(days=32), plan.ends_at - timedelta(days=50))
    words = {part: str(text[part]) for part in _TEXTS}
    case, found = operations.nominate_and_look(
        office.nominator, card.call.public_id, texts=words, now=now
    )
    for key in sorted({f.key for f in found}):
        operations.give_reason(office.nominator, case.pk, key, reason=_REASON, now=now)
    return case


def _submitted(office: Office, case: Case) -> datetime:
    now = case.nominated_at + timedelta(days=1)
    operations.submit(office.nominator, case.pk, now=now)
    return now


def _readers(office: Office, case: Case, now: datetime) -> list[Actor]:
    """Two judges who had no hand in the call."""
    with tenancy.reading(office.platform):
        allowed = {p.pk for p in queries.may_review(office.platform, case, now.date())}
    found = [j for j in office.judges if j.person_id in allowed]
    for judge in found[:2]:
        operations.name_reviewer(office.decider, case.pk, judge.person_id or 0, now=now)
    return found[:2]


def _under_review(office: Office, case: Case, plan: Plan) -> None:
    now = _submitted(office, case)
    first, _second = _readers(office, case, now)
    _judge(plan, first, case, now + timedelta(days=1))


def _judge(plan: Plan, judge: Actor, case: Case, now: datetime) -> None:
    chance = stream(plan.seed, f"case {case.number} {judge.person_id}")
    with tenancy.reading(judge):
        criteria = queries.get_case(judge, case.pk).criteria
    points = {row["code"]: int(chance.integers(7, 10)) for row in criteria}
    operations.review(
        judge, case.pk, points=points, comment=read_toml("cases")["selection"]["comment"], now=now
    )


def _published(office: Office, case: Case, plan: Plan, place: int) -> Case:
    now = _submitted(office, case)
    for judge in _readers(office, case, now):
        now += timedelta(days=1)
        _judge(plan, judge, case, now)
    decided = now + timedelta(days=1)
    operations.accept(office.decider, case.pk, reason="做法清楚，可复制", now=decided)
    at = decided + timedelta(days=1, hours=place)
    return operations.publish(office.decider, case.pk, now=at)


Told = Sequence[tuple[Case, Mapping[str, Any]]]


def _cite(plan: Plan, office: Office, published: Told) -> None:
    """Handlers of calls that are in hand follow a case on a matter of its text, else the nearest."""
    since = plan.ends_at - timedelta(days=40)
    with tenancy.reading(office.platform):
        rows = Call.objects.visible_to(office.platform).filter(
            received_at__gte=since, lead_unit__isnull=False, complained_unit=None
        )
        later = list(rows.order_by("received_at", "id").only("id", "public_id", "matter_code"))
        near = [c for c in later if any(c.matter_code in text["matters"] for _, text in published)]
        rest = [c for c in later if c not in near]
        looked_at = [*near, *rest][: _MOST_CITED * 4]
        pairs = [_pair(office, call, published) for call in looked_at]
    for case, call, unit_id in [p for p in pairs if p is not None][:_MOST_CITED]:
        on = plan.ends_at.date()
        handlers = people.people_with(office.platform, Role.HANDLER, unit_id=unit_id, on=on)
        if handlers:
            handler = _actor(office.platform.tenant_id, handlers[0].username, plan.ends_at)
            at = plan.ends_at - timedelta(days=3)
            note = "按案例做法办理"
            operations.cite(
                handler, case.public_id, call_public_id=call.public_id, note=note, now=at
            )


def _pair(office: Office, call: Call, published: Told) -> tuple[Case, Call, int] | None:
    card = calls.closure(office.platform, call.pk)
    if not card.unit_ids or not published:
        return None
    same = [case for case, text in published if call.matter_code in text["matters"]]
    case = same[0] if same else published[call.pk % len(published)][0]
    return case, call, card.unit_ids[0]
