"""A call carried to a state by the real operations, as tests need it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.slices.calls import operations
from qiying.slices.calls.models import Call, Pause, Task
from qiying.slices.calls.operations import CoUnit
from tests.slices.world import World

SAFETY = "M016"
"""Safety inspection: locked on the zone inside the wall, its safety office handles it."""


def raise_call(world: World, who: str = "boss", firm: str = "宏达", **more: Any) -> Call:
    given = {
        "title": "配电房异响",
        "text": "配电房有异响和焦味，请来看看。",
        "matter_code": SAFETY,
    }
    return operations.receive(
        world.actor(who), enterprise_id=world.firms[firm], now=world.now, **{**given, **more}
    )


def take(world: World, who: str, call: Call, step: str, **inputs: Any) -> Call:
    return operations.take(world.actor(who), call.pk, step, now=world.now, **inputs)


def task(world: World, call: Call, unit: str) -> int:
    """The task of a unit in the current round."""
    with tenancy.reading(world.system):
        rows = Task.objects.filter(
            call=call, round__number=fresh(world, call).current_round, unit_id=world.units[unit]
        ).exclude(state="withdrawn")
        return int(rows.values_list("id", flat=True).get())


def pause(world: World, call: Call) -> int:
    with tenancy.reading(world.system):
        rows = Pause.objects.filter(call=call, state="proposed")
        return int(rows.values_list("id", flat=True).get())


def fresh(world: World, call: Call) -> Call:
    with tenancy.reading(world.system):
        return Call.objects.get(pk=call.pk)


def submitted(world: World) -> Call:
    return raise_call(world)


def need_info(world: World) -> Call:
    return take(world, "desk", submitted(world), "ask_info", text="请补充照片")


def asked_in_vain(world: World) -> Call:
    """The firm was asked for information, and its working days ran out."""
    call = need_info(world)
    world.later(days=9)
    operations.lapse_infos(world.system, now=world.now)
    return fresh(world, call)


def refusal(world: World) -> Call:
    before = world.now
    call = asked_in_vain(world)
    inputs = {
        "text": "两次电话、一次书面要求补充照片，均未提供",
        "told_path": "可到服务台当面反映",
    }
    call = take(world, "desk", call, "propose_decline", **inputs)
    world.now = before
    return call


def declined(world: World) -> Call:
    inputs = {"code": "LEGAL_PATH", "text": "已进入仲裁", "told_path": "仲裁委"}
    return take(world, "desk", submitted(world), "decline", **inputs)


def withdrawn(world: World) -> Call:
    return take(world, "boss", submitted(world), "withdraw")


def triage(world: World) -> Call:
    return take(world, "desk", submitted(world), "accept")


def dispatched(world: World, *, co: tuple[str, ...] = ("EMB",)) -> Call:
    call = triage(world)
    units = [CoUnit(world.units[code]) for code in co]
    lead = world.units["ZONE_SAFE"]
    return take(world, "desk", call, "dispatch", lead_unit_id=lead, co_units=units)


def disputed(world: World) -> Call:
    return take(world, "safety", dispatched(world), "dispute", text="不归我们管")


def working(world: World, *, co: tuple[str, ...] = ("EMB",)) -> Call:
    call = dispatched(world, co=co)
    return take(world, "safety", call, "sign", task_id=task(world, call, "ZONE_SAFE"))


def scheduled(world: World) -> Call:
    day = (world.now + timedelta(days=10)).date()
    call = working(world, co=())
    return take(world, "safety", call, "schedule", milestone_on=day, text="分两步整改")


def suspended(world: World) -> Call:
    call = working(world, co=())
    inputs = {"reason": "awaiting_information", "text": "等企业提供图纸"}
    take(world, "safety", call, "propose_pause", **inputs)
    return take(world, "supervisor", call, "approve_pause", pause_id=pause(world, call))


def answered(world: World, *, result: str = "solved") -> Call:
    call = working(world, co=())
    take(world, "safety", call, "contact")
    return take(world, "safety", call, "answer", result=result, text="已更换开关")


def callback(world: World, *, result: str = "solved") -> Call:
    return take(world, "desk", answered(world, result=result), "review_pass")


def reopened(world: World) -> Call:
    return take(world, "caller", callback(world), "callback_reject", text="还有焦味")


def closed(world: World) -> Call:
    return take(world, "caller", callback(world), "callback_confirm", resolved="yes")


def archived(world: World) -> Call:
    call = closed(world)
    before = world.now
    world.later(days=31)
    call = take(world, "desk", call, "archive")
    world.now = before
    return call


MAKE: Mapping[str, Callable[[World], Call]] = {
    "submitted": submitted,
    "need_info": need_info,
    "refusal": refusal,
    "declined": declined,
    "withdrawn": withdrawn,
    "triage": triage,
    "dispatched": dispatched,
    "disputed": disputed,
    "working": working,
    "scheduled": scheduled,
    "suspended": suspended,
    "answered": answered,
    "callback": callback,
    "reopened": reopened,
    "closed": closed,
    "archived": archived,
}


RESCUE_ROLES = ("duty_chief", "technician", "provider_manager")
"""They hold nothing among calls, so that any person may stand in for them."""


def actor_in(world: World, role: str) -> Actor:
    """Somebody who holds this role where it counts for the calls made here."""
    names = {
        "enterprise": "boss",
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
