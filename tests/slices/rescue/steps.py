"""A job carried to a state by the real operations, as tests need it."""

from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from itertools import count
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from qiying.kernel import tenancy
from qiying.kernel.models import Attachment
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.models import Equipment, Job, Offer, PriceItem, Seat
from tests.slices.world import World

PIXEL = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGOoqKgAAALUAWneSzH7AAAAAElFTkSuQmCC"
)
"""A picture of one point."""

_keys = count(1)


def machine(world: World, name: str = "3号纸机") -> Equipment:
    with tenancy.reading(world.system):
        return Equipment.objects.get(tenant_id=world.tenant.pk, name=name)


def report(world: World, who: str = "boss", name: str = "3号纸机", **more: Any) -> Job:
    given = {
        "enterprise_id": world.firms["宏达"],
        "title": "纸机停机",
        "channel": "button",
        "equipment_id": machine(world, name).pk if name else None,
        "urgency": "line_stopped",
    }
    return operations.report_job(world.actor(who), now=world.now, **{**given, **more})


def take(world: World, who: str, job: Job, step: str, /, **inputs: Any) -> Job:
    return operations.take(world.actor(who), job.pk, step, now=world.now, **inputs)


def fresh(world: World, job: Job) -> Job:
    with tenancy.reading(world.system):
        return queries.get_job(world.system, job.pk)


def seats(world: World, job: Job) -> list[Seat]:
    with tenancy.reading(world.system):
        return queries.seats_of(job)


def offers(world: World, job: Job) -> list[Offer]:
    with tenancy.reading(world.system):
        return queries.open_offers(job)


def name_of(world: World, technician: Any) -> str:
    """The test name behind a technician; the zones of the tests of access put a mark before it."""
    return str(technician.person.name).rsplit(" ", maxsplit=1)[-1]


def asked(world: World, job: Job) -> str:
    return name_of(world, offers(world, job)[0].technician)


def phone(world: World, **more: Any) -> dict[str, Any]:
    """What a phone at the machine adds."""
    place = {"longitude": 119.205, "latitude": 29.005, "accuracy_m": 12.0}
    return {"device_key": f"k{next(_keys)}", "sent_at": world.now, **place, **more}


def photo(world: World, who: str) -> int:
    """A loose file of somebody, as if uploaded before."""
    actor = world.actor(who)
    with tenancy.acting(actor):
        row = Attachment.objects.create(
            tenant_id=actor.tenant_id,
            purpose="rescue",
            name="修后.png",
            stored_as=default_storage.save(f"tests/{next(_keys)}.png", ContentFile(PIXEL)),
            content_type="image/png",
            size=len(PIXEL),
            sha256=sha256(PIXEL).hexdigest(),
            uploaded_by=actor.identity,
            uploaded_at=world.now,
        )
    return int(row.pk)


def prices(world: World, provider: str = "甲维修") -> dict[str, int]:
    with tenancy.reading(world.system):
        rows = PriceItem.objects.filter(
            tenant_id=world.tenant.pk, price_list__provider__name_zh=provider
        )
        return {row.code: row.pk for row in rows}


def reported(world: World, **more: Any) -> Job:
    return report(world, **more)


def proposed(world: World, **more: Any) -> Job:
    return take(world, "chief", reported(world, **more), "acknowledge", safety="stopped")


def offered(world: World, **more: Any) -> Job:
    return take(world, "chief", proposed(world, **more), "offer")


def answered(world: World, **more: Any) -> Job:
    job = offered(world, **more)
    return take(world, asked(world, job), job, "accept", device_key=f"k{next(_keys)}")


def holder(world: World, job: Job) -> str:
    return name_of(world, seats(world, job)[0].technician)


def under_way(world: World, **more: Any) -> Job:
    job = answered(world, **more)
    return take(world, holder(world, job), job, "set_out", **phone(world))


def on_site(world: World, **more: Any) -> Job:
    job = under_way(world, **more)
    world.later(minutes=9)
    return take(world, holder(world, job), job, "arrive", **phone(world))


def diagnosed(world: World, **more: Any) -> Job:
    job = on_site(world, **more)
    world.later(minutes=10)
    inputs = {"fault_code": "E12", "cause": "轴承烧毁"}
    return take(world, holder(world, job), job, "diagnose", **inputs, **phone(world))


def quoted(world: World, **more: Any) -> Job:
    job = diagnosed(world, **more)
    with tenancy.reading(world.system):
        technician = queries.seats_of(job)[0].technician
        assert technician is not None
        provider = technician.provider.name_zh
    items = prices(world, provider)
    lines = [
        {"item_id": items["W1"], "quantity": "2"},
        {"item_id": items["P1"], "quantity": "1"},
    ]
    return take(world, holder(world, job), job, "quote", lines=lines, **phone(world))


def digest(world: World, job: Job) -> str:
    with tenancy.reading(world.system):
        quote = queries.quote_of(job)
        assert quote is not None
        return quote.digest


def agreed(world: World, **more: Any) -> Job:
    job = quoted(world, **more)
    return take(world, "boss", job, "accept_quote", digest=digest(world, job))


def permit(world: World, job: Job, kind: str) -> Job:
    inputs = {
        "permit": kind,
        "checks": ["断电挂牌", "验电"],
        "issued_by": "安全员王工",
        "valid_until": world.now + timedelta(hours=4),
    }
    return take(world, "boss", job, "issue_permit", **inputs)


def working(world: World, **more: Any) -> Job:
    job = agreed(world, **more)
    for kind in job.permits:
        permit(world, job, kind)
    return take(world, holder(world, job), job, "begin", **phone(world))


def trial(world: World, **more: Any) -> Job:
    job = working(world, **more)
    world.later(minutes=50)
    who = holder(world, job)
    return take(world, who, job, "try_run", attachments=[photo(world, who)], **phone(world))


def done(world: World, **more: Any) -> Job:
    job = trial(world, **more)
    inputs = {"text": "更换轴承，试车正常", "signed_by": "陈主任"}
    return take(world, holder(world, job), job, "finish", **inputs, **phone(world))


def confirmed(world: World, **more: Any) -> Job:
    return take(world, "boss", done(world, **more), "confirm")


MAKE: Mapping[str, Callable[..., Job]] = {
    "reported": reported,
    "proposed": offered,
    "answered": answered,
    "under_way": under_way,
    "on_site": on_site,
    "diagnosed": diagnosed,
    "quoted": agreed,
    "working": working,
    "trial": trial,
    "done": done,
    "confirmed": confirmed,
}
