"""Topics, meetings and suggestions carried to a state by the real operations."""

from datetime import timedelta
from typing import Any

from qiying.kernel import tenancy
from qiying.slices.council import operations, queries
from qiying.slices.council.models import Meeting, Suggestion, Topic
from tests.slices.world import World

SCREEN = {"is_in_zone": True, "is_public_matter": True, "is_free": True}


def propose(world: World, who: str = "deputy", **more: Any) -> Topic:
    given = {"title": "园区夜间照明不足", "text": "东区三条道路夜间照明不足，建议补装。"}
    return operations.propose(world.actor(who), now=world.now, **{**given, **more})


def plan(world: World, *, days: int = 10) -> Meeting:
    at = world.now + timedelta(days=days)
    return operations.plan_meeting(
        world.actor("desk"), title="第四季度议事会", at=at, place="企业社区", now=world.now
    )


def take(world: World, who: str, row: Any, step: str, **inputs: Any) -> Any:
    entity = type(row).__name__.lower()
    return operations.take(world.actor(who), entity, row.pk, step, now=world.now, **inputs)


def member(world: World, name: str) -> int:
    with tenancy.reading(world.system):
        rows = queries.members(world.system)
    return next(m.pk for m in rows if m.person_id == world.user(name).pk)


def everybody(world: World) -> list[int]:
    with tenancy.reading(world.system):
        return [m.pk for m in queries.members(world.system)]


def fresh(world: World, row: Any) -> Any:
    with tenancy.reading(world.system):
        return queries.get_record(world.system, type(row).__name__.lower(), row.pk)


def scheduled(world: World) -> tuple[Topic, Meeting]:
    meeting = plan(world)
    topic = take(world, "desk", propose(world), "list", **SCREEN)
    topic = take(world, "desk", topic, "schedule", meeting_id=meeting.pk)
    take(world, "desk", meeting, "invite", members=everybody(world))
    return topic, meeting


def held(world: World) -> tuple[Topic, Meeting]:
    topic, meeting = scheduled(world)
    take(world, "desk", meeting, "notice")
    world.later(days=10, hours=1)
    present = [member(world, "deputy"), member(world, "boss")]
    return topic, take(world, "desk", meeting, "hold", present=present)


def deliberated(world: World) -> Topic:
    topic, _meeting = held(world)
    take(world, "deputy", topic, "speak", position="support", text="先装主路")
    return take(world, "desk", topic, "record", text="三种方案，多数倾向分步实施。")


def suggestion(world: World, who: str = "deputy") -> Suggestion:
    topic = deliberated(world)
    inputs = {"route": "suggestion", "text": "分两年补装照明。", "member_id": member(world, who)}
    take(world, "desk", topic, "route", **inputs)
    with tenancy.reading(world.system):
        return queries.list_suggestions(world.system).get()


def handed(world: World, who: str = "deputy", **more: Any) -> Suggestion:
    row = suggestion(world, who)
    return take(world, "desk", row, "hand", unit_id=world.units["POWER"], **more)


def working(world: World, who: str = "deputy", **more: Any) -> Suggestion:
    return take(world, "power", handed(world, who, **more), "sign")


def answered(world: World, who: str = "deputy", *, answer_class: str = "B") -> Suggestion:
    row = working(world, who)
    take(world, "power", row, "talk", text="与代表现场查看")
    return take(world, "power", row, "answer", answer_class=answer_class, text="已列入计划。")
