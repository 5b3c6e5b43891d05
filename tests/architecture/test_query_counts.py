"""A list costs the same number of queries with many rows as with few."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, reset_queries, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qiying.kernel import people, saved, tenancy, webhooks
from qiying.kernel.revisions import Kept
from qiying.slices.mandate import operations as mandate
from qiying.slices.registry import operations as registry
from qiying.slices.registry.operations import imports
from tests.architecture.asking import Asker, text_of, values
from tests.architecture.routes import MACHINE_DOORS, Route, all_routes
from tests.architecture.two_zones import EVERYTHING, Zone, _whole_way, make_zone
from tests.slices.calls import steps
from tests.slices.world import FOUNDED, HOME, INSIDE, NOW, box, credit_code

FEW, MANY = 8, 17
"""Rows of every kind, then as many more: a page of 25 and one behind it."""
LISTS = [
    r
    for r in all_routes()
    if r.name not in MACHINE_DOORS
    and "GET" in r.methods
    and (not r.parameters or r.name in {"calls:firm-panel", "calls:officer-firm", "registry:firm"})
]
PARTS = (0, 1, 2, 3, 4, 5, 6, 7)
"""How far each call goes, in steps of the whole way."""


@pytest.fixture(scope="module")
def zone(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Zone]:
    log = logging.getLogger("django.request")
    before, log.level = log.level, logging.CRITICAL
    with (
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")),
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=True),
        transaction.atomic(),
    ):
        yield make_zone("here", "JIAZONE", numbers_spent=1)
        transaction.set_rollback(True)
    log.level = before
    Kept.forget_all()


def grow(zone: Zone, numbers: range) -> None:
    """One more of everything that stands in lists, each of its own firm, unit and person."""
    world = zone.world
    with tenancy.acting(world.system):
        for i in numbers:
            _ground(zone, i)
            _register(zone, i)
            _call(zone, i)
            people.issue_key(world.system, f"key {i}", now=world.now)
            hook = {"url": "https://hook.example/", "topics": ["calls.received"]}
            made, _ = webhooks.create(world.keeper, name=f"h{i}", now=world.now, **hook)
            webhooks.ping(world.keeper, made.public_id, now=world.now)
            more = {"query": f"q={i}", "is_shared": True, "now": world.now}
            saved.save(world.actor(EVERYTHING), page="/registry/firms/", name=f"v{i}", **more)


def _ground(zone: Zone, i: int) -> None:
    world, keeper, mark = zone.world, zone.world.keeper, f"{i:03d}"
    firm = world.firm(f"厂{mark}", INSIDE, address=f"road {i}")
    boss = world.person(f"boss{mark}", "enterprise", firm=f"厂{mark}")
    assert boss.person_id
    registry.assign_firms(keeper, [firm], world.user(EVERYTHING).pk, now=world.now)
    registry.add_contact(keeper, firm, now=world.now, name=f"Li {i}", phone="13900009999")
    code = f"U{mark}"
    unit = registry.create_unit(
        keeper, now=world.now, code=code, kind="department", name_zh=f"局{mark}"
    )
    world.units = {**world.units, code: unit.pk}
    world.person(f"hand{mark}", "handler", unit=code)
    made = {"now": world.now, "name_zh": f"地块{mark}", "geometry": box(119.204, 29.004, 0.001)}
    registry.create_site(keeper, key=f"S{mark}", kind="parcel", enterprise_id=firm, **made)
    made |= {
        "valid_from": FOUNDED,
        "unit_id": unit.pk,
        "geometry": box(119.25 + i / 1000, 29.02, 0.0008),
    }
    registry.set_area(keeper, key=f"N{mark}", kind="neighbourhood", **made)
    content = f"信用代码,企业名称,类别\n{credit_code(7000 + i)},新厂{i},企业\n".encode()
    reading = imports.read("enterprises", file_name=f"{i}.csv", content=content)
    imports.prepare(keeper, reading, now=world.now)


def _register(zone: Zone, i: int) -> None:
    world, keeper = zone.world, zone.world.keeper
    today = timezone.localdate(world.now)
    matter = {"matter_code": zone.rows["matter"], "now": world.now}
    mandate.delegate(
        keeper,
        kind="entrusted",
        from_unit_code=f"U{i:03d}",
        to_unit_code="ZONE",
        document=f"doc {i}",
        valid_from=today - timedelta(days=10 * i + 60),
        valid_to=today - timedelta(days=10 * i + 52),
        **matter,
    )
    mandate.record_precedent(
        keeper,
        lead_unit_code="EMB",
        place={"longitude": HOME[0], "latitude": HOME[1] + i / 10_000},
        reason=(f"理由{i}", f"reason {i}"),
        valid_from=today,
        **matter,
    )


def _call(zone: Zone, i: int) -> None:
    """A call that stops somewhere on the whole way; every second one is led by another unit."""
    world = zone.world
    call = steps.raise_call(world, EVERYTHING, f"厂{i:03d}", text=f"words {i}")
    for who, step, inputs in _whole_way(zone, call, world.units["ZONE_SAFE"])[: PARTS[i % 8]]:
        given = dict(inputs())
        if step == "dispatch":
            given |= {"text": "so it is"}
        steps.take(world, who, call, step, **given)
    if steps.fresh(world, call).state in {"dispatched", "working"}:
        steps.take(world, EVERYTHING, call, "supervise", level="chase", text=f"hurry {i}")


def count(asker: Asker, route: Route) -> tuple[int, str]:
    """How many statements the second of two equal requests needs, and the most frequent one."""
    for _ in range(2):
        reset_queries()  # Django keeps the last 9,000 of the process
        with CaptureQueriesContext(
            connection,
        ) as seen:
            answer = asker.ask("GET", route, values(asker.zone, route))
            text_of(answer)
    told = [q["sql"][:300] for q in seen.captured_queries]
    return len(told), max(told, key=lambda t: told.count(t.split("=")[0])) if told else ""


def test_no_list_asks_again_for_each_row(zone: Zone) -> None:
    grow(zone, range(FEW))
    asker = Asker(zone, EVERYTHING)
    few = {r.name: count(asker, r)[0] for r in LISTS}
    grow(zone, range(FEW, FEW + MANY))
    many = {r.name: count(asker, r) for r in LISTS}
    grown = {n: (few[n], c, sql) for n, (c, sql) in many.items() if c > few[n]}
    assert not grown
