"""What connects a zone of the tests with other systems, and what its people do in bulk."""

from typing import TYPE_CHECKING

from qiying.kernel import ical, sign_in_oidc, tenancy, webhooks
from qiying.kernel.models import SecondFactor, WebhookAttempt
from qiying.slices.calls import operations as calls
from qiying.slices.calls.models import Note
from qiying.slices.channels import operations as channels
from qiying.slices.class_issues import operations as classes
from qiying.slices.class_issues.models import Issue
from tests.architecture.names import COMPLAINT, EVERYTHING
from tests.slices.calls import steps
from tests.slices.world import INSIDE

if TYPE_CHECKING:
    from tests.architecture.two_zones import Zone


AT_THE_MAIN = {"longitude": INSIDE[0], "latitude": INSIDE[1], "position_source": "device"}


def connect(zone: "Zone") -> None:
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


def open_channels(zone: "Zone") -> None:
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


def raise_class(zone: "Zone") -> None:
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


def hurry(zone: "Zone") -> None:
    """A bulk action with a mention, a wording in force that was used, a leader in charge, a sheet."""
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


def _named_note(zone: "Zone") -> int:
    """A note that names the desk officer."""
    call, user = zone.rows["call"], zone.world.user("desk")
    calls.note(
        zone.world.actor("supervisor"), call.pk, text=f"@{user.username}", now=zone.world.now
    )
    return int(Note.objects.filter(call_id=call.pk).latest("id").pk)


def record_visit(zone: "Zone") -> None:
    zone.rows["visit"] = calls.record_visit(
        zone.world.actor("grid"),
        enterprise_id=zone.world.firms["宏达"],
        text=f"{zone.mark} visit",
        now=zone.world.now,
    )
