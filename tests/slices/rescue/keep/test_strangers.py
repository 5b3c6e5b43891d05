"""The registers are closed to other zones, to firms, technicians and other providers' managers."""

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.models import Event
from qiying.slices.rescue import operations
from qiying.slices.rescue.models import Provider, Shift, Technician
from tests.slices.rescue.keep.test_pages import kept, signed_in
from tests.slices.rescue.people import peopled
from tests.slices.rescue.steps import confirmed, machine, seats
from tests.slices.world import World

pytestmark = pytest.mark.django_db
Posts = dict[str, list[Mapping[str, Any]]]
OWN_NAME = "只在一区的厂"
"""A firm that one of two zones knows."""


def rows_of(world: World) -> dict[str, list[Any]]:
    """Every row of Industry 120 in a zone, and its events."""
    models = [*apps.get_app_config("rescue").get_models(), Event]
    with tenancy.reading(world.system):
        return {m.__name__: list(m._default_manager.order_by("pk").values()) for m in models}


def furnished(world: World) -> Posts:
    """Addresses of rows of every register with what would change them."""
    chief, now = world.actor("chief"), world.now
    provider = seats(world, confirmed(world))[0].technician.provider_id
    world.now = now
    # the job has run for some minutes meanwhile, its settlement is drawn up after them
    drawn = operations.draw_up(chief, provider, now=now + timedelta(hours=9), month=now.date())
    due = now.date() + timedelta(days=20)
    row = machine(world)
    seen = operations.plan_inspection(chief, row.pk, now=now, due_on=due)
    plan = operations.plan_retrofit(
        chief,
        now=now,
        enterprise_id=world.firms["宏达"],
        title="余热回收",
        figure="汽耗",
        unit="t/t",
        target_percent=Decimal(10),
    )
    with tenancy.reading(world.system):
        shift = Shift.objects.order_by("-id").first()
        contract = Provider.objects.get(pk=provider)
    assert shift is not None
    change = {"do": "change", "name": "改名", "criticality": "spare", "state": "stopped"}
    reading = {"phase": "before", "on": now.date(), "value": "4", "source": "表"}
    licence = {"do": "licence", "item": "锅炉修理", "number": "X", "from_on": now.date()}
    table = "编码,项目,计量单位,单价（元）,是否配件,夜间加价\nW9,工时,小时,9,否,是\n"
    prices = {"from_on": due, "file": SimpleUploadedFile("p.csv", table.encode("utf-8-sig"))}
    return {
        f"equipment/{row.public_id}/": [
            change,
            {"do": "scrap", "text": "淘汰"},
            {"do": "inspect", "kind": "regular", "due_on": due},
        ],
        f"inspections/{seen.pk}/": [
            {"do": "book", "body": "检验中心", "booked_on": due},
            {"do": "close", "done_on": now.date(), "has_passed": "yes", "body": "检验中心"},
        ],
        f"providers/{contract.public_id}/": [licence],
        f"providers/{contract.public_id}/prices/": [prices],
        f"roster/{shift.pk}/drop/": [{}],
        f"settlements/{drawn.public_id}/": [
            {"do": "check"},
            {"do": "pay", "voucher": "V1"},
            {"do": "return", "text": "不对"},
        ],
        f"retrofits/{plan.public_id}/": [
            {"do": "read", **reading},
            {"do": "start", "on": now.date()},
            {"do": "finish", "on": now.date()},
        ],
    }


def sentences(answer: Any) -> list[str]:
    """What a page of refusal says."""
    return re.findall(r"<(?:h1|p)[^>]*>([^<]*)<", answer.content.decode())


def answers(world: World, who: str, posts: Posts) -> dict[str, set[int]]:
    """What somebody's browser gets at each address, asked for and sent to.

    A shift that is not theirs is as gone as one that never was; left out when it is.
    """
    client, found = signed_in(world, who), {}
    gone = client.post("/rescue/roster/2000000000/drop/")
    assert any(sentences(gone))
    for path, bodies in posts.items():
        url = f"/rescue/{path}"
        if path.endswith("/drop/"):
            answer = client.post(url)
            assert answer.status_code == gone.status_code
            assert sentences(answer) == sentences(gone)
            continue
        codes = {client.post(url, body).status_code for body in bodies}
        found[path] = {*codes, client.get(url).status_code}
    return found


@pytest.mark.parametrize("who", ["chief", "admin", "manager"])
def test_rows_of_another_zone_are_not_there_and_nothing_changes(world: World, who: str) -> None:
    there = peopled("yl")
    posts = furnished(there)
    before = rows_of(there), rows_of(world)
    found = answers(world, who, posts)
    allowed = {404} if who == "chief" else {403, 404}
    assert {path: codes for path, codes in found.items() if codes - allowed} == {}
    assert (rows_of(there), rows_of(world)) == before


@pytest.mark.parametrize("who", ["boss", "rival", "zhao"])
def test_a_firm_and_a_technician_change_nothing_in_the_registers(world: World, who: str) -> None:
    posts = furnished(world)
    before = rows_of(world)
    found = answers(world, who, posts)
    assert {path: codes for path, codes in found.items() if codes - {403, 404}} == {}
    assert rows_of(world) == before


def test_a_manager_of_another_provider_finds_neither_contract_nor_money_nor_shifts(
    world: World,
) -> None:
    posts = furnished(world)
    world.person("other", Role.PROVIDER_MANAGER)
    backup = kept(world, Provider, name_zh="乙机电")
    person = world.user("other").pk
    operations.name_manager(world.system, backup.pk, now=world.now, person_id=person)
    with tenancy.reading(world.system):
        foreign = Shift.objects.exclude(technician__provider=backup).order_by("id").first()
    assert foreign is not None
    posts = {p: b for p, b in posts.items() if p.startswith(("settlements/", "providers/"))}
    posts[f"roster/{foreign.pk}/drop/"] = [{}]
    before = rows_of(world)
    found = answers(world, "other", posts)
    assert {path: codes for path, codes in found.items() if codes - {403, 404}} == {}
    assert rows_of(world) == before


def test_forms_take_no_key_and_no_name_of_another_zone(world: World) -> None:
    there = peopled("yl")
    there.firm(OWN_NAME)
    client = signed_in(world, "chief")
    provider, person = kept(there, Provider, name_zh="甲维修"), kept(there, Technician)
    day = (world.now + timedelta(days=30)).date()
    shift = {"technician": person.pk, "on": day, "starts": "22:00", "ends": "06:00"}
    plan = {"title": "余热", "figure": "汽耗", "unit": "t", "target_percent": "10"}
    asked: dict[str, dict[str, Any]] = {
        "roster/": {**shift, "kind": "night"},
        "settlements/draw/": {"provider": provider.pk, "month": f"{day:%Y-%m}", "budget": ""},
        "equipment/new/": {
            "firm": OWN_NAME,
            "kind_code": "paper",
            "name": "新机",
            "criticality": "spare",
        },
        "retrofits/new/": {"firm": OWN_NAME, **plan},
    }
    before = rows_of(there), rows_of(world)
    found = {
        path: client.post(f"/rescue/{path}", body).status_code for path, body in asked.items()
    }
    assert set(found.values()) == {422}, found
    assert (rows_of(there), rows_of(world)) == before
