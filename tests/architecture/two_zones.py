"""Two zones with a row in every table that an address names, made by the real operations.

Everything that somebody wrote in a zone carries the zone's mark, so that a page of the other zone
can be searched for it; so do the names of its people.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from qiying.kernel import files, notifications, numbering, people, saved, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.models import User
from qiying.kernel.tenancy import TenantModel
from qiying.slices.calls.models import Call
from qiying.slices.mandate import operations as mandate
from qiying.slices.mandate import public as rulings
from qiying.slices.mandate import queries as register
from qiying.slices.registry import operations as registry
from qiying.slices.registry.operations import imports
from tests.architecture.cases_of_zones import make_casebook
from tests.architecture.doors_of_zones import (
    connect,
    hurry,
    open_channels,
    raise_class,
    record_visit,
)
from tests.architecture.indices_of_zones import evaluate
from tests.architecture.names import COMPLAINT, EVERYTHING
from tests.architecture.rescues_of_zones import call_for_rescue
from tests.architecture.talks import hold_council, settle_disputes
from tests.slices.calls import steps
from tests.slices.world import EAST, FOUNDED, HOME, INSIDE, World, box, credit_code, make_world

SINGLE: Mapping[str, str] = {
    Role.ENTERPRISE: "boss",
    Role.GRID_OFFICER: "grid",
    Role.DESK: "desk",
    Role.HANDLER: "safety",
    Role.UNIT_LEADER: "safety-lead",
    Role.CALLBACK: "caller",
    Role.SUPERVISOR: "supervisor",
    Role.ZONE_LEADER: "leader",
    Role.ANALYST: "analyst",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "admin",
    Role.DUTY_CHIEF: "chief",
    Role.TECHNICIAN: "zhao",
    Role.PROVIDER_MANAGER: "manager",
}
"""Who holds one role and nothing else."""
UNIT_OF = {Role.HANDLER: "ZONE_SAFE", Role.UNIT_LEADER: "ZONE_SAFE"}
ACCUSED = "accused"
"""Works in the unit that a call complains of, in both roles of a unit."""
ACCUSED_DESK = "accused-desk"
"""Holds every role of the zone, each of them in the unit that is complained of."""
SPENT = ("QY", "YJ", "XL", "LA", "TJ", "YT", "YS", "JY", "DX", "PX", "CX", "JJ", "JS", "GZ")


@dataclass
class Zone:
    """A zone, its mark, and the rows that addresses name."""

    world: World
    mark: str
    rows: dict[str, Any] = field(default_factory=dict)
    grievance: dict[str, Any] = field(default_factory=dict)
    """The same rows of the call that complains of a unit."""
    secret: str = ""

    @property
    def boss(self) -> Actor:
        return self.world.actor("boss")

    def texts(self) -> set[str]:
        """What no page of another zone may show: the mark, numbers and public ids."""
        found = {self.mark, self.rows["call"].number, self.rows["handover"].number}
        found |= {self.rows["public"].number, self.rows["class_issue"].number}
        found |= {self.rows[name].number for name in ("dispute", "settled", "topic")}
        with tenancy.reading(self.world.system):
            for model in tenant_models():
                if any(f.name == "public_id" for f in model._meta.fields):
                    found |= {str(i) for (i,) in model._default_manager.values_list("public_id")}
        return found

    def grievance_ids(self) -> set[str]:
        """What tells of the complaint besides its words."""
        call = self.grievance["call"]
        return {call.number, str(call.public_id), str(self.grievance["picture"].public_id)}


def tenant_models() -> list[type[TenantModel]]:
    """Every table that belongs to a tenant."""
    return [m for m in apps.get_models() if issubclass(m, TenantModel) and not m._meta.abstract]


def make_zone(code: str, mark: str, *, numbers_spent: int = 0) -> Zone:
    """A zone with a row in every table; ``numbers_spent`` lets its numbers differ from others'."""
    zone = Zone(make_world(code), mark)
    world = zone.world
    with tenancy.acting(world.system):
        for prefix in SPENT * numbers_spent:
            numbering.next_number(world.system, prefix, now=world.now)
        _staff(zone)
        for make in MAKERS:
            make(zone)
    return zone


def _staff(zone: Zone) -> None:
    world, mark = zone.world, zone.mark
    officer = world.person("grid", Role.GRID_OFFICER)
    registry.assign_grid(world.keeper, "G1", officer.person_id or 0, now=world.now)
    world.firm("宏达", name_en=f"{mark} Hongda", address=f"{mark} road 1")
    for role, name in SINGLE.items():
        if role != Role.GRID_OFFICER:
            firm = "宏达" if role == Role.ENTERPRISE else ""
            world.person(name, role, unit=UNIT_OF.get(Role(role), ""), firm=firm)
    for role in SINGLE:
        firm = "宏达" if role == Role.ENTERPRISE else ""
        world.person(EVERYTHING, role, unit=UNIT_OF.get(Role(role), ""), firm=firm)
        if role != Role.ENTERPRISE:
            world.person(ACCUSED_DESK, role, unit="FIN")
    far = world.firm("远航", EAST, name_en=f"{mark} Yuanhang")
    everything = world.user(EVERYTHING).pk
    registry.assign_firms(world.keeper, [far], everything, now=world.now)
    zone.rows["looked_after"] = registry.change_enterprise(
        world.keeper, far, now=world.now, name_zh=f"{mark}物流"
    )
    for role in (Role.HANDLER, Role.UNIT_LEADER):
        world.person(ACCUSED, role, unit="FIN")
    world.person("emb", Role.HANDLER, unit="EMB")
    world.person("desk2", Role.DESK)
    world.person("gone", Role.DESK)
    people.end_grant(world.system, _grant_of(zone, "gone"), now=timezone.now())
    for person in User.objects.filter(username__startswith=f"{world.tenant.code}-"):
        person.name = f"{mark} {person.name}"
        person.save(update_fields=["name"])


def _grant_of(zone: Zone, name: str) -> int:
    rows = people.list_grants(zone.world.system, on=timezone.localdate())
    return int(rows.filter(person=zone.world.user(name)).values_list("id", flat=True)[0])


def _ground(zone: Zone) -> None:
    """Firm, contact, site, unit, areas, a batch of imports."""
    world, mark, keeper = zone.world, zone.mark, zone.world.keeper
    firm = world.firms["宏达"]
    zone.rows["firm"] = registry.change_enterprise(
        keeper, firm, now=world.now, name_zh=f"{mark}纸业"
    )
    zone.rows["contact"] = registry.add_contact(
        keeper, firm, now=world.now, name=f"{mark} Wang", phone="13900009999", is_primary=True
    )
    zone.rows["site"] = registry.create_site(
        keeper,
        now=world.now,
        key=f"{mark}-S1",
        kind="parcel",
        name_zh=f"{mark}地块",
        geometry=box(119.204, 29.004, 0.001),
        enterprise_id=firm,
    )
    zone.rows["unit"] = registry.create_unit(
        keeper, now=world.now, code=f"U-{mark}", kind="department", name_zh=f"{mark}局"
    )
    for kind in ("grid", "neighbourhood", "wall"):
        zone.rows[kind] = registry.set_area(
            keeper,
            now=world.now,
            kind=kind,
            key=f"{kind[:2]}{mark}",
            name_zh=f"{mark}{kind}",
            geometry=box(119.24, 29.01, 0.004),
            valid_from=FOUNDED,
        )
    content = f"信用代码,企业名称,类别\n{credit_code(700)},{mark}新厂,企业\n".encode()
    reading = imports.read("enterprises", file_name=f"{mark}.csv", content=content)
    zone.rows["batch"] = imports.prepare(keeper, reading, now=world.now)


def _register(zone: Zone) -> None:
    """A matter of this zone only, a version to come, a delegation, a hand-over, an edition."""
    world, mark, keeper = zone.world, zone.mark, zone.world.keeper
    today = timezone.localdate(world.now)
    code = f"M-{mark}"
    card = next(c for c in register.matters(keeper, today) if c.is_public)
    values = {"code": code, "number": 1, "name_zh": f"{mark}检查", "name_en": f"{mark} check"}
    mandate.add_matter(keeper, card.changed(values), now=world.now, reason=mark)
    zone.rows["matter"] = code
    zone.rows["version"] = mandate.revise(
        keeper,
        code,
        effective_on=today + timedelta(days=30),
        values={"note_zh": f"{mark}说明"},
        reason=mark,
        now=world.now,
    )
    zone.rows["delegation"] = mandate.delegate(
        keeper,
        matter_code=code,
        kind="entrusted",
        from_unit_code="EMB",
        to_unit_code="ZONE",
        document=f"{mark}-1",
        valid_from=today - timedelta(days=30),
        now=world.now,
    )
    zone.rows["handover"] = mandate.open_handover(
        keeper, area_key=f"ne{mark}", to_unit_code="TE", now=world.now, community=(mark, mark)
    )
    mandate.publish(
        keeper,
        kind="revision",
        name_zh=f"{mark}版",
        name_en=f"{mark} edition",
        effective_on=today,
        now=world.now,
    )


def _machine_room(zone: Zone) -> None:
    """A key, a grant, a kept filter, a loose file."""
    world, mark = zone.world, zone.mark
    zone.rows["key"], zone.secret = people.issue_key(world.system, mark, now=world.now)
    zone.rows["grant"] = _grant_of(zone, "analyst")
    zone.rows["view"] = saved.save(
        world.actor(EVERYTHING),
        page="/registry/firms/",
        name=mark,
        query=f"q={mark}",
        is_shared=True,
        now=world.now,
    )


def _calls(zone: Zone) -> None:
    """A call in the hands of units with everything a call can have, and a complaint."""
    world, mark = zone.world, zone.mark
    picture = files.store(zone.boss, photo(mark), purpose="photo", now=world.now)
    call = steps.raise_call(
        world, title=f"{mark} noise", text=f"{mark} burning smell", attachments=[picture.pk]
    )
    lead, co = world.units["ZONE_SAFE"], [steps.CoUnit(world.units["EMB"])]
    take(zone, "desk", call, "accept")
    take(zone, "desk", call, "dispatch", lead_unit_id=lead, co_units=co)
    take(zone, "safety", call, "sign", task_id=steps.task(world, call, "ZONE_SAFE"))
    take(zone, "safety", call, "contact", text=f"{mark} spoke")
    take(zone, "desk", call, "note", text=f"{mark} internal")
    take(zone, "safety", call, "propose_pause", reason="awaiting_information", text=f"{mark} plan")
    disputed = steps.raise_call(world, title=f"{mark} lamp", text=f"{mark} dark")
    take(zone, "desk", disputed, "accept")
    take(zone, "desk", disputed, "dispatch", lead_unit_id=lead)
    take(zone, "safety", disputed, "dispute", text=f"{mark} not ours")
    done = steps.raise_call(world, title=f"{mark} valve", text=f"{mark} leak")
    for who, step, inputs in _whole_way(zone, done, lead):
        take(zone, who, done, step, **inputs())
    zone.rows |= {"call": steps.fresh(world, call), "picture": picture}
    zone.rows["task"] = steps.task(world, call, "ZONE_SAFE")
    zone.rows["pause"] = steps.pause(world, call)
    zone.rows["public"] = steps.raise_call(
        world, title=f"{mark} road", text=f"{mark} hole", matter_code=zone.rows["matter"]
    )
    take(zone, "desk", zone.rows["public"], "accept")
    _watched(zone, call, lead)


def _watched(zone: Zone, call: Call, lead: int) -> None:
    """More time asked for, a rung, a plan of two days, a third round with its meeting."""
    world, mark = zone.world, zone.mark
    until_on = (world.now + timedelta(days=10)).date()
    asked = {"reason": "complex", "until_on": until_on, "text": f"{mark} longer"}
    take(zone, "safety", call, "propose_extension", **asked)
    take(zone, "leader", call, "supervise", level="post", text=f"{mark} hurry")
    for days in (4, 8):
        day = (world.now + timedelta(days=days)).date()
        take(zone, "safety", call, "schedule", milestone_on=day, text=f"{mark} day {days}")
    zone.rows["call"] = steps.fresh(world, call)
    third = steps.raise_call(world, title=f"{mark} gate", text=f"{mark} stuck")
    for who, step, inputs in _whole_way(zone, third, lead)[:2]:
        take(zone, who, third, step, **inputs())
    for _ in range(2):
        for who, step, inputs in _whole_way(zone, third, lead)[2:-1]:
            take(zone, who, third, step, **inputs())
        take(zone, "caller", third, "callback_reject", text=f"{mark} still stuck")
    given = {"meets_on": world.now.date(), "unit_ids": [world.units["EMB"]]}
    take(zone, "supervisor", third, "convene_meeting", **given, text=f"{mark} agenda")
    refused = steps.raise_call(world, title=f"{mark} wish", text=f"{mark} elsewhere")
    why = {"code": "OUT_OF_DUTY", "text": f"{mark} no", "told_path": f"{mark} bank"}
    take(zone, "desk", refused, "decline", **why)


def _complaint(zone: Zone) -> None:
    """A call that complains of the finance bureau, in the hands of another unit."""
    world, mark = zone.world, zone.mark
    picture = files.store(zone.boss, photo(COMPLAINT), purpose="", now=world.now)
    call = steps.raise_call(
        world,
        title=f"{COMPLAINT} {mark} delay",
        text=f"{COMPLAINT} {mark} nobody answers",
        nature="complaint",
        complained_unit_id=world.units["FIN"],
        attachments=[picture.pk],
    )
    take(zone, "desk", call, "accept")
    take(zone, "desk", call, "dispatch", lead_unit_id=world.units["ZONE_SAFE"])
    take(zone, "safety", call, "sign", task_id=steps.task(world, call, "ZONE_SAFE"))
    text = f"{COMPLAINT} plan"
    take(zone, "safety", call, "propose_pause", reason="awaiting_information", text=text)
    ruling = rulings.ruling(world.system, call.decision_id)
    zone.grievance = {"call": call, "picture": picture, "decision": ruling.public_id}
    zone.grievance["task"] = steps.task(world, call, "ZONE_SAFE")
    zone.grievance["pause"] = steps.pause(world, call)


Inputs = Callable[[], Mapping[str, Any]]


def _whole_way(zone: Zone, call: Call, lead: int) -> list[tuple[str, str, Inputs]]:
    text = f"{zone.mark} done"
    return [
        ("desk", "accept", dict),
        ("desk", "dispatch", lambda: {"lead_unit_id": lead}),
        ("safety", "sign", lambda: {"task_id": steps.task(zone.world, call, "ZONE_SAFE")}),
        ("safety", "contact", dict),
        ("safety", "answer", lambda: {"result": "solved", "text": text}),
        ("desk", "review_pass", dict),
        ("caller", "callback_confirm", lambda: {"resolved": "yes", "text": text}),
    ]


def _papers(zone: Zone) -> None:
    """A decision, an adjudication, a visit, a notice."""
    world, mark = zone.world, zone.mark
    today = timezone.localdate(world.now)
    with tenancy.acting(world.actor("desk")) as _scope:
        ruling = rulings.decide(
            world.actor("desk"),
            matter_code=zone.rows["matter"],
            longitude=INSIDE[0],
            latitude=INSIDE[1],
            on=today,
            now=world.now,
        )
    zone.rows["decision"] = ruling.public_id
    mandate.record_precedent(
        world.keeper,
        matter_code=zone.rows["matter"],
        lead_unit_code="EMB",
        place={"longitude": HOME[0], "latitude": HOME[1]},
        reason=(f"{mark}理由", f"{mark} reason"),
        valid_from=today,
        now=world.now,
    )
    record_visit(zone)
    everybody = [world.user(name).pk for name in (*SINGLE.values(), EVERYTHING)]
    notifications.notify(
        world.system,
        everybody,
        kind="calls.received",
        subject=zone.rows["call"],
        url=f"/calls/{zone.rows['call'].public_id}/",
        params={"number": zone.rows["call"].number, "title": mark},
        effect_key="test",
        now=world.now,
    )
    mine = notifications.list_mine(world.actor(EVERYTHING))
    zone.rows["notice"] = mine.order_by("-id").first()


def take(zone: Zone, who: str, call: Call, step: str, **inputs: Any) -> Call:
    return steps.take(zone.world, who, call, step, **inputs)


def photo(name: str) -> SimpleUploadedFile:
    """A picture that passes for one."""
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "teal").save(out, "PNG")
    return SimpleUploadedFile(f"{name}.png", out.getvalue(), "image/png")


MAKERS = (
    *(_ground, _register, _machine_room, connect, _calls, _complaint, make_casebook, _papers),
    *(open_channels, raise_class, hurry, settle_disputes, hold_council, evaluate, call_for_rescue),
)
"""Who puts rows into a zone, in this order."""
