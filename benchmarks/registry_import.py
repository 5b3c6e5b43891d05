"""Firms from a file into the register, beside the same rows saved one by one by the ORM.

Ours reads a GB 18030 file, checks every cell, compares with the register, stores the preview,
judges again under lock, finds grid and township by position and writes rows, contacts and one
chained event a firm. The peer only looks each firm up and saves it and its contact, in one
transaction, without events, checks or geography.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from _database import fresh_database

FIRMS = 5_000
WITHIN_SECONDS = 30.0
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
HEADINGS = (
    "统一社会信用代码,企业名称,主体类型,行业代码,经度,纬度,职工人数,成立日期,联系人,联系电话"
)
SIDE = 0.02
"""Degrees; the grids are a board of five by five fields of this size."""


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure; `quick` takes a fifth of the firms and keeps the bar per firm."""
    count = FIRMS // 5 if quick else FIRMS
    with fresh_database():
        actor = lay_ground()
        peer = seconds(lambda: save_one_by_one(actor, count))
        first = seconds(lambda: bring_in(actor, count, generation=1))
        again = seconds(lambda: bring_in(actor, count, generation=1))
        changed = seconds(lambda: bring_in(actor, count, generation=2))
    bar = WITHIN_SECONDS * count / FIRMS
    return [
        row(f"import {count} new firms", first, peer, bar),
        row(f"import {count} unchanged firms again", again, peer, bar),
        row(f"import {count} changed firms", changed, peer, bar),
    ]


def row(name: str, ours: float, peer: float, bar: float) -> dict[str, Any]:
    """One line of the table; times in seconds of wall clock."""
    return {
        "name": name,
        "ours": ours,
        "peer": peer,
        "peer_name": "per-row ORM save, no checks",
        "ratio": peer / ours,
        "bar": f"≤ {bar:g} s",
        "holds": ours <= bar,
        "unit": "s",
    }


def seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def lay_ground() -> Any:
    """A tenant with a zone, a township and a board of grids."""
    from qiying.kernel.access import Role, stand_in  # noqa: PLC0415
    from qiying.kernel.people import create_tenant  # noqa: PLC0415
    from qiying.slices.registry import operations  # noqa: PLC0415

    tenant = create_tenant(kind="zone", code="BENCH", name_zh="测试区", name_en="Bench")
    actor = stand_in(tenant.pk, Role.ADMINISTRATOR)
    operations.set_zone(actor, now=NOW, name_zh="测试区", longitude=119.2, latitude=29.0)
    operations.create_unit(actor, now=NOW, code="T1", kind="township", name_zh="东乡")
    day = NOW.date()
    for key, kind, shape in [
        ("T1", "township", box(119.1, 28.9, 0.3)),
        *(
            (f"G{x}{y}", "grid", box(119.15 + x * SIDE, 28.95 + y * SIDE, SIDE))
            for x in range(5)
            for y in range(5)
        ),
    ]:
        operations.set_area(
            actor, now=NOW, kind=kind, key=key, name_zh=key, geometry=shape, valid_from=day
        )
    return actor


def box(lon: float, lat: float, size: float) -> dict[str, Any]:
    """A square in degrees with its south-west corner here."""
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def credit_code(number: int, letter: str) -> str:
    """A sound code; peer and ours get different ones."""
    from qiying.slices.registry.rules.credit_code import check_character  # noqa: PLC0415

    body = f"91330899M{letter}{number:07d}"
    return body + check_character(body)


def bring_in(actor: Any, count: int, *, generation: int) -> None:
    """Our way, from bytes to rows."""
    from qiying.slices.registry.operations import imports  # noqa: PLC0415

    lines = [HEADINGS]
    for n in range(count):
        place = f"{119.15 + n % 100 * 0.001:.4f},{28.95 + n // 100 % 100 * 0.001:.4f}"
        lines.append(
            f"{credit_code(n, 'A')},试验{n}号纸业有限公司,企业,2221,{place},"
            f"{n % 500 + generation},2020-01-02,王{n},1390000{n:04d}"
        )
    content = "\n".join(lines).encode("gb18030")
    reading = imports.read("enterprises", file_name="firms.csv", content=content)
    batch = imports.bring_in(actor, reading, now=NOW)
    assert batch.state == "applied"


def save_one_by_one(actor: Any, count: int) -> None:
    """The plain way: look up, fill, save."""
    from qiying.kernel import tenancy  # noqa: PLC0415
    from qiying.slices.registry.models import Contact, Enterprise  # noqa: PLC0415

    with tenancy.acting(actor):
        for n in range(count):
            code = credit_code(n, "P")
            firm = Enterprise.objects.filter(
                tenant_id=actor.tenant_id, credit_code=code
            ).first() or Enterprise(tenant_id=actor.tenant_id, credit_code=code)
            firm.name_zh, firm.entity_kind = f"试验{n}号纸业有限公司", "enterprise"
            firm.industry_code, firm.staff_count = "2221", n % 500
            firm.longitude = 119.15 + n % 100 * 0.001
            firm.latitude = 28.95 + n // 100 % 100 * 0.001
            firm.registered_on, firm.updated_at = date(2020, 1, 2), NOW
            firm.save()
            Contact(
                tenant_id=actor.tenant_id,
                enterprise=firm,
                name=f"王{n}",
                phone=f"1390000{n:04d}",
                is_primary=True,
            ).save()
