"""来件渠道: the calls that came through 12345 get their orders, and every page has something on it.

No call is added: orders, referrals and links hang on calls that the stories told.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from qiying.demo.plan import Plan
from qiying.kernel import events, tenancy
from qiying.kernel.access import Actor, Role, stand_in, system
from qiying.kernel.people import people_with
from qiying.slices.calls import queries as calls
from qiying.slices.calls.models import Call
from qiying.slices.channels import operations
from qiying.slices.channels.models import Delivery, WorkOrder
from qiying.slices.registry import public as registry

MOST_ORDERS = 24
MAILS = (
    (
        "lin@shanchuan.example",
        "林工",
        "关于厂区北侧围墙外积水的反映",
        "连日下雨，北侧围墙外积水约二十厘米，叉车无法通行，请协调。",
    ),
    (
        "office@hexin.example",
        "和新办公室",
        "咨询技改补助申报材料",
        "请问今年技改补助需要哪些材料，在哪里提交？",
    ),
    ("no-reply@news.example", "行业周刊", "本周行业动态", "本周纸品价格走势……"),
)
REFERRERS = {
    "deputy": ("县人大代表", ("方敏华", "余建平", "江月芳")),
    "leader": ("分管副县长", ("汪志远",)),
}
SIGNALS = {
    "power": ("用电监测月报", ("M026", "M044", "M037")),
    "staff": ("社保参保人数变动", ("M066", "M068", "M099", "M011", "M067")),
    "alarm": ("消防物联网报警记录", ("M020", "M016", "M028", "M022", "M019")),
    "invoices": ("开票数据比对", ("M009", "M008", "M010", "M002")),
}
"""What the data showed, and the matters that it can lead to."""
MOST_SIGNALS = 4
LINES = (
    "诉求内容,信用代码,来件渠道,紧急程度,来源编号\n"
    "厂门口路灯连续三晚不亮,,窗口,一般,DZ-01\n"
    ",,窗口,一般,DZ-02\n"
    "蒸汽压力偏低,91330000MA0000000X,电话,紧急,DZ-03\n"
    "雨水井盖破损,,登门,一般,DZ-04\n"
)


def play_channels(plan: Plan, tenant_id: int) -> int:
    """Play it all at the end of the plan; how many orders there are."""
    with events.muted():
        platform = system(tenant_id)
        desk, second, supervisor = _staff(platform, plan.ends_at)
        now = plan.ends_at - timedelta(minutes=30)
        count = _orders(platform, desk, second, supervisor, plan, now)
        _referrals(platform, desk)
        _signals(platform, desk)
        _mails(platform, now)
        _files(desk, now)
        _systems(platform, desk, now)
        _same(platform, desk, now)
    return count


def _staff(platform: Actor, at: datetime) -> tuple[Actor, Actor, Actor]:
    """Two of the desk and a supervisor."""
    on = timezone.localdate(at)
    desk, others = (people_with(platform, role, on=on) for role in (Role.DESK, Role.SUPERVISOR))
    return (
        _actor(platform, desk[0].pk, Role.DESK),
        _actor(platform, desk[-1].pk, Role.DESK),
        _actor(platform, others[0].pk, Role.SUPERVISOR),
    )


def _actor(platform: Actor, person_id: int, role: str) -> Actor:
    found = stand_in(platform.tenant_id, role)
    return Actor(found.tenant_id, found.name, found.held, person_id=person_id)


def _hotline_calls(platform: Actor) -> Iterator[Call]:
    with tenancy.reading(platform):
        rows = calls.list_calls(platform, calls.Filters(), now=timezone.now())
        found = list(rows.filter(channel="hotline").order_by("-received_at", "-id")[:MOST_ORDERS])
    yield from found


def _orders(
    platform: Actor, desk: Actor, second: Actor, supervisor: Actor, plan: Plan, now: datetime
) -> int:
    count = 0
    for count, call in enumerate(_hotline_calls(platform), start=1):
        at = call.received_at
        row = operations.receive_order(
            desk,
            order_number=f"ZJ{at:%Y%m%d}{count:04d}",
            text="",
            call_id=call.pk,
            issued_at=at,
            now=at,
        )
        if call.state == "submitted":
            continue
        signed = operations.sign_order(desk, row.public_id, now=at + timedelta(minutes=40))
        _go_on(signed, call, (desk, second, supervisor), at, now, count)
    return count


def _go_on(
    row: WorkOrder,
    call: Call,
    people: tuple[Actor, Actor, Actor],
    at: datetime,
    now: datetime,
    count: int,
) -> None:
    """As far as the call itself has come."""
    desk, second, supervisor = people
    if call.state in {"closed", "archived", "callback"} and call.closed_at is not None:
        replied = min(call.closed_at + timedelta(minutes=20), now)
        operations.reply_order(desk, row.public_id, now=replied)
        if count % 5:
            later = min(replied + timedelta(hours=5), now)
            operations.revisit_order(second, row.public_id, is_content=True, now=later)
    elif call.state in {"working", "scheduled", "dispatched"} and count % 2 and row.due_at > now:
        soon = at + timedelta(hours=2)
        operations.ask_extension(
            desk, row.public_id, days=5, text="情况涉及多个单位，需会商后答复。", now=soon
        )
        operations.decide_extension(supervisor, row.public_id, is_approved=True, now=soon)


def _of(platform: Actor, most: int, **wanted: object) -> list[Call]:
    """The newest calls of some kind."""
    with tenancy.reading(platform):
        rows = calls.list_calls(platform, calls.Filters(), now=timezone.now()).filter(**wanted)
        return list(rows.order_by("-received_at", "-id")[:most])


def _referrals(platform: Actor, desk: Actor) -> None:
    """Who referred the calls that came from deputies and leaders."""
    found = _of(platform, 8, channel__in=["deputies", "leaders"])
    for number, call in enumerate(found or _of(platform, 3, complained_unit=None), start=1):
        kind = "leader" if call.channel == "leaders" else "deputy"
        office, names = REFERRERS[kind]
        row = operations.record_referral(
            desk,
            kind=kind,
            referrer=names[number % len(names)],
            office=office,
            reference=f"{call.received_at:%Y}-{number:03d}",
            text="",
            call_id=call.pk,
            now=call.received_at,
        )
        if call.closed_at is not None:
            at = call.closed_at + timedelta(hours=3)
            operations.reply_referral(
                desk, row.public_id, text="所提事项已办结并回访，现予答复。", now=at
            )


def _signals(platform: Actor, desk: Actor) -> None:
    """What made us go and look, before some of the visits that found something."""
    kinds = {matter: kind for kind, (_source, matters) in SIGNALS.items() for matter in matters}
    found = _of(platform, MOST_SIGNALS, is_proactive=True, matter_code__in=sorted(kinds))
    for call in found or _of(platform, MOST_SIGNALS, is_proactive=True):
        kind = kinds.get(call.matter_code, "power")
        source, _matters = SIGNALS[kind]
        operations.record_signal(
            desk, kind=kind, source=source, text="", call_id=call.pk, now=call.received_at
        )


def _mails(platform: Actor, now: datetime) -> None:
    for number, (address, name, subject, text) in enumerate(MAILS):
        content = (
            f"From: {name} <{address}>\nSubject: {subject}\nMessage-ID: <demo{number}@mail>\n"
            f"Content-Type: text/plain; charset=utf-8\n\n{text}\n"
        )
        operations.take_mail(platform, content.encode(), now=now - timedelta(hours=number + 1))


def _files(desk: Actor, now: datetime) -> None:
    reading = operations.read_file("calls", file_name="窗口登记.csv", content=LINES.encode())
    operations.prepare_batch(desk, reading, now=now - timedelta(hours=2))


def _systems(platform: Actor, desk: Actor, now: datetime) -> None:
    """The city's system, which is not there: what was handed on waits and fails."""
    keeper = stand_in(platform.tenant_id, Role.ADMINISTRATOR)
    endpoint = operations.add_endpoint(
        keeper,
        code="city",
        kind="open311",
        name="市 12345（演示，未接通）",
        url="https://city-hotline.invalid/open311/v2",
        now=now,
    )
    with tenancy.reading(platform):
        zone = registry.zone(platform)
        rows = calls.list_calls(platform, calls.Filters(), now=now)
        open_ = rows.filter(state__in=["triage", "dispatched", "working"], longitude__isnull=False)
        found = open_.exclude(matter_code="").filter(complained_unit=None).order_by("-id")[:2]
        picked = list(found)
    for call in picked:
        row = operations.forward_call(
            desk,
            call.pk,
            endpoint_id=endpoint.public_id,
            reason=f"地点在{zone.name_zh}围墙外，转市 12345 派单。",
            now=now,
        )
        operations.say(desk, row.public_id, text="企业再次来电，请尽快安排。", now=now)
    with tenancy.acting(platform):
        first = Delivery.objects.filter(tenant_id=platform.tenant_id, kind="request").first()
        if first is not None:
            first.tries, first.error = 4, "unreachable"
            first.next_at = now + timedelta(hours=4)
            first.save(update_fields=["tries", "error", "next_at"])


def _same(platform: Actor, desk: Actor, now: datetime) -> None:
    """Two open calls of one firm on one matter are the same problem."""
    with tenancy.reading(platform):
        rows = calls.list_calls(platform, calls.Filters(), now=now).filter(
            enterprise__isnull=False, complained_unit=None
        )
        seen: dict[tuple[int | None, str], int] = {}
        pair = None
        for call in rows.order_by("-received_at", "-id")[:400]:
            key = (call.enterprise_id, call.matter_code)
            if key in seen:
                pair = (seen[key], call.pk)
                break
            seen[key] = call.pk
    if pair is not None:
        operations.link_same(desk, *pair, now=now)
