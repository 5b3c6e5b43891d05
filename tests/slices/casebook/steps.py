"""Cases and selections carried to a state by the real operations, as tests need it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from qiying.kernel import tenancy
from qiying.slices.calls.models import Call
from qiying.slices.casebook import operations, queries, rules
from qiying.slices.casebook.models import Case, Entry, Selection
from tests.slices.world import World

TEXTS: Mapping[str, str] = {
    "title": "配电房隐患一次办结",
    "background": "一家造纸企业的配电房夜间有异响和焦味，担心停产。",
    "difficulty": "供电设施产权复杂，涉及园区和供电两家单位。",
    "practice": "安全办牵头，当天到场，供电单位同步检测，隔离隐患后再恢复。",
    "effect": "隐患当日消除，企业未停产，回访表示满意。",
    "replicable": "一家牵头、同步检测、先隔离后恢复的做法可用于同类设施。",
}
WELL = {"importance": 8, "innovation": 7, "evidence": 9, "replicable": 8, "cost": 8}
POORLY = {"importance": 3, "innovation": 3, "evidence": 3, "replicable": 3, "cost": 3}


def nominate(world: World, call: Call, who: str = "desk", **texts: str) -> Case:
    return operations.nominate(
        world.actor(who), call.public_id, now=world.now, texts={**TEXTS, **texts}
    )


def submitted(world: World, call: Call) -> Case:
    case = nominate(world, call)
    return operations.submit(world.actor("desk"), case.pk, now=world.now)


def asked(world: World, case: Case, *names: str) -> Case:
    for name in names:
        person = world.user(name).pk
        operations.name_reviewer(world.actor("decider"), case.pk, person, now=world.now)
    return case


def judge(world: World, case: Case, who: str, points: Mapping[str, int] = WELL) -> None:
    operations.review(world.actor(who), case.pk, points=points, comment="有据可查", now=world.now)


def reviewed(world: World, call: Call) -> Case:
    case = asked(world, submitted(world, call), "judge1", "judge2")
    judge(world, case, "judge1")
    judge(world, case, "judge2")
    return case


def accepted(world: World, call: Call) -> Case:
    case = reviewed(world, call)
    return operations.accept(world.actor("decider"), case.pk, reason="可推广", now=world.now)


def published(world: World, call: Call) -> Case:
    case = accepted(world, call)
    return operations.publish(world.actor("decider"), case.pk, now=world.now)


def fresh(world: World, row: Any) -> Any:
    with tenancy.reading(world.system):
        return type(row).objects.get(pk=row.pk)


# --- selections ---

COUNTIES = ("东河县", "西岭县", "南塘区", "北屏市")


def announced(world: World, **more: Any) -> Selection:
    today = timezone.localdate(world.now)
    terms: dict[str, Any] = {
        "title_zh": "创新案例评选",
        "title_en": "Selection of innovative cases",
        "rules_zh": "面向各县（市、区）和基层单位征集。",
        "quota": 3,
        "opens_on": today,
        "closes_on": today + timedelta(days=10),
        "review_until": today + timedelta(days=40),
        "publicity_days": 5,
        "seed": 7,
    }
    row = operations.prepare(world.actor("supervisor"), now=world.now, **{**terms, **more})
    return operations.announce(world.actor("supervisor"), row.pk, now=world.now)


def enter(world: World, row: Selection, number: int = 1, who: str = "desk", **more: Any) -> Entry:
    given: dict[str, Any] = {
        "level": "county",
        "county": COUNTIES[number % len(COUNTIES)],
        "entrant": f"{COUNTIES[number % len(COUNTIES)]}发改局",
        "texts": {**TEXTS, "title": f"做法之{number}"},
    }
    return operations.enter(world.actor(who), row.pk, now=world.now, **{**given, **more})


def checked(world: World, row: Selection, count: int = 5) -> list[Entry]:
    found = [enter(world, row, number) for number in range(count)]
    for entry in found:
        operations.pass_check(world.actor("supervisor"), entry.pk, now=world.now)
    return found


def dealt(world: World, count: int = 5, **more: Any) -> Selection:
    row = announced(world, **more)
    checked(world, row, count)
    for name in ("judge1", "judge2", "judge3", "judge4"):
        operations.seat(world.actor("supervisor"), row.pk, world.user(name).pk, now=world.now)
    world.later(days=11)
    operations.close_entries(world.actor("supervisor"), row.pk, now=world.now)
    return operations.deal(world.actor("supervisor"), row.pk, now=world.now)


def mark_all(world: World, row: Selection, *, wide: int | None = None) -> None:
    """Each reading by its panelist; entry of blind number ``wide`` splits its first two."""
    with tenancy.reading(world.system):
        marks = [m for m in queries.marks_of(row) if m.marked_at is None]
        names = {world.user(n).pk: n for n in ("judge1", "judge2", "judge3", "judge4")}
        todo = [(names[m.seat.person_id], m.entry, m.position) for m in marks]
    for who, entry, position in todo:
        base = 4 + (entry.blind % 6)
        level = 2 if entry.blind == wide and position == 1 else base
        points = dict.fromkeys(WELL, min(level, 10))
        operations.mark(
            world.actor(who), entry.public_id, points=points, comment="言之有据", now=world.now
        )


def ranked(world: World, **more: Any) -> Selection:
    row = dealt(world, **more)
    mark_all(world, row)
    return operations.rank(world.actor("supervisor"), row.pk, now=world.now)


def shortlisted(world: World, **more: Any) -> Selection:
    row = ranked(world, **more)
    inside = row.ranking["inside"] + row.ranking["on_the_line"]
    return operations.choose(
        world.actor("decider"),
        row.pk,
        inside[: row.quota],
        met_on=timezone.localdate(world.now),
        minutes="会议研究通过。",
        now=world.now,
    )


def publicised(world: World, **more: Any) -> Selection:
    row = shortlisted(world, **more)
    return operations.publicise(world.actor("supervisor"), row.pk, now=world.now)


def final(world: World) -> Selection:
    row = publicised(world)
    assert row.state == rules.SelectionState.PUBLICITY
    world.later(days=15)
    return operations.conclude(world.actor("supervisor"), row.pk, now=world.now)
