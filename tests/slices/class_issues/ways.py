"""A class issue carried to a state by the real operations, as tests need it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from qiying.kernel import files, tenancy
from qiying.kernel.access import Actor
from qiying.slices.calls import operations as calls
from qiying.slices.calls.models import Call
from qiying.slices.class_issues import operations
from qiying.slices.class_issues.models import Issue, Member
from tests.slices.calls.steps import RESCUE_ROLES, SAFETY
from tests.slices.world import World

FIRMS = ("甲厂", "乙厂", "丙厂", "丁厂")
TROUBLE = (
    "园区十千伏线路电压忽高忽低，配电房报警停机",
    "十千伏线路电压忽高忽低，配电房一天报警三次",
    "线路电压忽高忽低，配电房报警，机床停机",
    "十千伏线路电压忽高忽低，配电房报警，空压机停机",
)
OTHER = "仓库门口消防通道被货车占用，请来检查"


def call(world: World, firm: str, text: str = "", **more: Any) -> Call:
    """A call of a firm's own person, at the firm's place."""
    number = FIRMS.index(firm)
    given: dict[str, Any] = {
        "title": "",
        "text": text or TROUBLE[number],
        "matter_code": SAFETY,
        "longitude": 119.205 + number / 4000,
        "latitude": 29.005,
        "accuracy_m": 10.0,
        "position_source": "device",
    }
    return calls.receive(
        world.actor(f"boss-{firm}"),
        enterprise_id=world.firms[firm],
        now=world.now,
        **{**given, **more},
    )


def three(world: World) -> list[Call]:
    """Three firms with one problem, days apart."""
    found = []
    for firm in FIRMS[:3]:
        found.append(call(world, firm))
        world.later(days=2)
    return found


def look(world: World, who: str = "") -> Any:
    actor = world.actor(who) if who else world.system
    return operations.look(actor, now=world.now)


def only(world: World, **wanted: Any) -> Issue:
    with tenancy.reading(world.system):
        return Issue.objects.get(**wanted)


def fresh(world: World, issue: Issue) -> Issue:
    return only(world, pk=issue.pk)


def members(world: World, issue: Issue) -> dict[int, Member]:
    """The live members by call."""
    with tenancy.reading(world.system):
        return {m.call_id: m for m in Member.objects.filter(issue=issue, is_live=True)}


def take(world: World, who: str, issue: Issue, step: str, **inputs: Any) -> Issue:
    return operations.take(world.actor(who), issue.pk, step, now=world.now, **inputs)


def photo(world: World, who: str, name: str = "done.pdf") -> int:
    """A loose file of somebody: the protocol of acceptance."""
    upload = SimpleUploadedFile(name, b"%PDF-1.4\n" + name.encode(), "application/pdf")
    return files.store(world.actor(who), upload, purpose="evidence", now=world.now).pk


def owner(world: World, name: str = "safety", unit: str = "ZONE_SAFE") -> dict[str, int]:
    return {"owner_unit": world.units[unit], "owner": world.user(name).pk}


PLAN: Mapping[str, Any] = {
    "root_cause": "老旧变压器容量不足",
    "measure": "更换两台变压器并改造线路",
    "within": 20,
}


def candidate(world: World) -> Issue:
    three(world)
    look(world)
    return only(world)


def dismissed(world: World) -> Issue:
    inputs = {"code": "not_one_problem", "text": "三件事原因不同"}
    return take(world, "desk", candidate(world), "dismiss", **inputs)


def raised(world: World) -> Issue:
    found = candidate(world)
    return take(world, "desk", found, "raise", title="十千伏线路电压不稳", **owner(world))


def planned(world: World, **more: Any) -> Issue:
    return take(world, "safety", raised(world), "plan", **{**PLAN, **more})


def in_progress(world: World, **more: Any) -> Issue:
    return take(world, "safety", planned(world, **more), "start")


def landed(world: World) -> Issue:
    issue = in_progress(world)
    world.later(days=3)
    files_ = [photo(world, "safety")]
    return take(world, "safety", issue, "land", text="两台新变压器已投运", attachments=files_)


def effective(world: World) -> Issue:
    issue = landed(world)
    before = world.now
    world.later(days=31)
    found = take(world, "supervisor", issue, "find_effective", text="现场核查，电压平稳")
    world.now = before
    return found


def not_effective(world: World) -> Issue:
    return take(world, "supervisor", landed(world), "find_not_effective", text="仍有波动")


def closed(world: World) -> Issue:
    issue = landed(world)
    world.later(days=31)
    take(world, "analyst", issue, "find_effective", text="现场核查，电压平稳")
    return take(world, "supervisor", issue, "close", text="销号")


def merged(world: World) -> Issue:
    first = candidate(world)
    cards = list(members(world, first))
    with tenancy.reading(world.system):
        number = Call.objects.get(pk=cards[0]).number
    take(world, "desk", first, "split", calls=[number], text="另一回事")
    second = only(world, found_by="split")
    return take(world, "desk", second, "merge", other=first.number, text="还是一回事")


MAKE: Mapping[str, Callable[[World], Issue]] = {
    "candidate": candidate,
    "dismissed": dismissed,
    "merged": merged,
    "raised": raised,
    "planned": planned,
    "in_progress": in_progress,
    "landed": landed,
    "effective": effective,
    "not_effective": not_effective,
    "closed": closed,
}


def actor_in(world: World, role: str) -> Actor:
    """Somebody who holds this role where it counts."""
    names = {
        "enterprise": "boss-甲厂",
        "grid_officer": "grid",
        "desk": "desk2",
        "handler": "safety",
        "unit_leader": "safety-lead",
        "callback": "caller",
        "supervisor": "supervisor",
        "zone_leader": "leader",
        "analyst": "analyst",
        "auditor": "auditor",
        "administrator": "admin",
        **dict.fromkeys(RESCUE_ROLES, "admin"),
    }
    return world.system if role == "system" else world.actor(names[role])
