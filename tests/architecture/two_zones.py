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

from qiying.kernel import (
    files,
    ical,
    notifications,
    numbering,
    people,
    saved,
    sign_in_oidc,
    tenancy,
    webhooks,
)
from qiying.kernel.access import Actor, Role
from qiying.kernel.models import SecondFactor, User, WebhookAttempt
from qiying.kernel.tenancy import TenantModel
from qiying.slices.calls.models import Call
from qiying.slices.channels import operations as channels
from qiying.slices.class_issues import operations as classes
from qiying.slices.class_issues.models import Issue
from qiying.slices.mandate import operations as mandate
from qiying.slices.mandate import public as rulings
from qiying.slices.mandate import queries as register
from qiying.slices.registry import operations as registry
from qiying.slices.registry.operations import imports
from tests.architecture.cases_of_zones import make_casebook
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
}
"""Who holds one role and nothing else."""
EVERYTHING = "everything"
"""Who holds every role of a zone."""
UNIT_OF = {Role.HANDLER: "ZONE_SAFE", Role.UNIT_LEADER: "ZONE_SAFE"}
ACCUSED = "accused"
"""Works in the unit that a call complains of, in both roles of a unit."""
ACCUSED_DESK = "accused-desk"
"""Holds every role of the zone, each of them in the unit that is complained of."""
COMPLAINT = "GRIEVANCE"
SPENT = ("QY", "YJ", "XL", "LA", "TJ", "YT", "YS", "JY", "DX", "PX", "CX")


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


def _connectors(zone: Zone) -> None:
    """A webhook with a message and an answer, a linked identity, a calendar, a second factor."""
    world, mark, now = zone.world, zone.mark, zone.world.now
    admin, everybody = world.actor("admin"), world.actor(EVERYTHING)
    hook = {"name": f"{mark} OA", "url": f"https://hook.example/{mark}"}
    zone.rows["webhook"], _ = webhooks.create(admin, topics=["calls.received"], now=now, **hook)
    zone.rows["delivery"] = webhooks.ping(admin, zone.rows["webhook"].public_id, now=now)
    WebhookAttempt.objects.create(
        tenant_id=admin.tenant_id, delivery=zone.rows["delivery"], at=now, status=503, took_ms=7
    )
    provider = sign_in_oidc.set_provider(
        world.system,
        "province",
        issuer="https://id.example",
        client_id=f"{mark}-client",
        client_secret=mark,
        name_zh="省统一身份认证",
        name_en="Provincial identity",
        vouches_second_factor=False,
        now=now,
    )
    person_id = everybody.person_id or 0
    zone.rows["link"] = sign_in_oidc.link(
        world.system, provider, f"{mark}-subject", person_id, now=now, by=None
    )
    sign_in_oidc.invite(admin, provider.pk, person_id, now=now)
    ical.open_feed(everybody, now=now)
    zone.rows["enrolled"] = world.user("emb")
    SecondFactor.objects.create(
        person=zone.rows["enrolled"], secret="sealed", created_at=now, confirmed_at=now
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
    _visit(zone)
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


def _speed(zone: Zone) -> None:
    """A bulk action with a mention, a wording in force that was used, a leader in charge, a sheet."""
    from qiying.slices.calls import operations as calls  # noqa: PLC0415  named like the slice

    world, mark, now = zone.world, zone.mark, zone.world.now
    call, everything = zone.rows["call"], world.actor(EVERYTHING)
    run = calls.begin_bulk(everything, "note", [call.pk], text=f"{mark} @{mark}", now=now)
    calls.run_bulk(everything, run.pk, now=now)
    of_desk = calls.begin_bulk(world.actor("desk"), "urge", [call.pk], text=mark, now=now)
    calls.run_bulk(world.actor("desk"), of_desk.pk, now=now)
    calls.name_colleagues(world.system, _named_note(zone), now=now)
    words = {"name": mark, "step": "answer", "text": f"{mark} {{firm}}"}
    row = calls.write_wording(world.actor("desk"), now=now, **words)
    calls.approve_wording(world.actor("supervisor"), row.public_id, now=now)
    calls.use_wording(world.actor("desk"), row.public_id, call.pk, now=now)
    calls.put_in_charge(world.keeper, world.units["ZONE_SAFE"], world.user("leader").pk, now=now)
    calls.choose_daily(everything, is_on=True, hour=11, now=now)
    calls.send_daily(world.system, now=now)
    zone.rows |= {"bulk": run, "desk_bulk": of_desk, "wording": row}


def _named_note(zone: Zone) -> int:
    """A note that names the desk officer."""
    from qiying.slices.calls import operations as calls  # noqa: PLC0415  named like the slice
    from qiying.slices.calls.models import Note  # noqa: PLC0415

    call, user = zone.rows["call"], zone.world.user("desk")
    calls.note(
        zone.world.actor("supervisor"), call.pk, text=f"@{user.username}", now=zone.world.now
    )
    return int(Note.objects.filter(call_id=call.pk).latest("id").pk)


def _visit(zone: Zone) -> None:
    from qiying.slices.calls import operations as calls  # noqa: PLC0415  named like the slice

    zone.rows["visit"] = calls.record_visit(
        zone.world.actor("grid"),
        enterprise_id=zone.world.firms["宏达"],
        text=f"{zone.mark} visit",
        now=zone.world.now,
    )


def _class_issue(zone: Zone) -> None:
    """Three firms with one problem, the class issue raised of it, its measure in progress."""
    world, mark = zone.world, zone.mark
    text = f"{mark} 自来水管爆裂，车间断水"
    for name in ("水一", "水二"):
        world.firm(name, INSIDE, name_en=f"{mark} {name}")
    for name in ("宏达", "水一", "水二"):
        call = steps.raise_call(world, EVERYTHING, name, title="", text=text, **AT_THE_MAIN)
    classes.look(world.system, now=world.now)
    with tenancy.reading(world.system):
        issue = Issue.objects.get(members__call_id=call.pk)
    owner = {"owner_unit": world.units["ZONE_SAFE"], "owner": world.user("safety").pk}
    for who, step, inputs in (
        ("desk", "raise", {"title": f"{mark} water main", "text": f"{mark} owner", **owner}),
        ("safety", "plan", {"root_cause": mark, "measure": f"{mark} new pipe", "within": 20}),
        ("safety", "start", {"text": f"{mark} begun"}),
    ):
        issue = classes.take(world.actor(who), issue.pk, step, now=world.now, **inputs)
    zone.rows["class_issue"] = issue


AT_THE_MAIN = {"longitude": INSIDE[0], "latitude": INSIDE[1], "position_source": "device"}


def take(zone: Zone, who: str, call: Call, step: str, **inputs: Any) -> Call:
    return steps.take(zone.world, who, call, step, **inputs)


def photo(name: str) -> SimpleUploadedFile:
    """A picture that passes for one."""
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "teal").save(out, "PNG")
    return SimpleUploadedFile(f"{name}.png", out.getvalue(), "image/png")


def _channels(zone: Zone) -> None:
    """A row in every table of the ways in and out; the complaint has an order, too."""
    world, mark, now = zone.world, zone.mark, zone.world.now
    desk, firm = world.actor("desk"), world.firms["宏达"]
    order = channels.receive_order(desk, order_number=f"{mark}-1", text=f"{mark} lamp", now=now)
    channels.sign_order(desk, order.public_id, now=now)
    channels.ask_extension(desk, order.public_id, days=3, text=f"{mark} parts", now=now)
    zone.rows["order"] = order
    back = channels.receive_order(desk, order_number=f"{mark}-2", text=f"{mark} dust", now=now)
    channels.ask_return(desk, back.public_id, reason="not_ours", text=f"{mark} no", now=now)
    zone.rows["order_back"] = back
    own = {"text": f"{mark} words", "enterprise_id": firm, "now": now}
    zone.rows["referral"] = channels.record_referral(
        desk, kind="leader", referrer=f"{mark} Zhang", reference=f"{mark}-R", **own
    )
    channels.record_signal(desk, kind="power", source=f"{mark} meter", **own)
    channels.record_sender(desk, f"{mark.lower()}@firm.example", firm, now=now)
    letter = f"From: {mark} <x@{mark.lower()}.example>\nSubject: {mark} mail\n\n{mark} rain\n"
    zone.rows["mail"] = channels.take_mail(world.system, letter.encode(), now=now)
    reading = channels.read_file(
        "calls", file_name=f"{mark}.csv", content=f"诉求内容\n{mark} dust\n".encode()
    )
    zone.rows["call_batch"] = channels.prepare_batch(desk, reading, now=now)
    endpoint = channels.add_endpoint(
        world.keeper,
        code="cty",
        kind="open311",
        name=f"{mark} city",
        url="https://8.8.8.8/open311/v2",
        now=now,
    )
    zone.rows["endpoint"] = endpoint
    public = zone.rows["public"]
    zone.rows["forward"] = channels.forward_call(
        desk, public.pk, endpoint_id=endpoint.public_id, reason=f"{mark} outside", now=now
    )
    channels.say(desk, zone.rows["forward"].public_id, text=f"{mark} hurry", now=now)
    channels.link_same(desk, public.pk, zone.rows["call"].pk, now=now)
    grievance = zone.grievance["call"]
    zone.grievance["order"] = channels.receive_order(
        desk, order_number=f"{COMPLAINT}-1", text="", call_id=grievance.pk, now=now
    )


MAKERS = (
    *(_ground, _register, _machine_room, _connectors, _calls, _complaint, make_casebook, _papers),
    *(_channels, _class_issue, _speed, settle_disputes, hold_council),
)
"""Who puts rows into a zone, in this order."""
