"""The registers of Industry 120 by the interface: who may, what is refused, what stays whose."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.slices.rescue.models import InspectionDue, Provider, Shift, Technician
from tests.slices.rescue import steps
from tests.slices.rescue.keep.test_interface import ROOT, firm_id, post
from tests.slices.rescue.keep.test_pages import signed_in
from tests.slices.world import World

pytestmark = pytest.mark.django_db
NOWHERE = "00000000-0000-0000-0000-000000000000"
PRICE = {"code": "W9", "name_zh": "夜间工时", "unit_zh": "小时", "price_cny": "150.00"}


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    ask = getattr(client, method)
    headers = {"X-Requested-With": "test"}
    return ask(f"{ROOT}{path}", json.dumps(body or {}), "application/json", headers=headers)


def day(world: World, later: int = 0) -> str:
    return f"{world.now + timedelta(days=later):%Y-%m-%d}"


def provider(world: World, name: str = "甲维修") -> str:
    with tenancy.reading(world.system):
        return str(Provider.objects.get(tenant_id=world.tenant.pk, name_zh=name).public_id)


def technician(world: World, who: str = "zhao") -> str:
    with tenancy.reading(world.system):
        found = Technician.objects.get(tenant_id=world.tenant.pk, person=world.user(who))
        return str(found.public_id)


def machine(world: World) -> str:
    with tenancy.reading(world.system):
        return str(steps.machine(world).public_id)


def fields(answer: Any) -> set[str]:
    assert answer.status_code == 422, answer.content
    return {error["field"] for error in answer.json()["errors"]}


WRITES = [
    ("post", "/providers", {"name_zh": "丙", "from_on": "2026-11-01"}),
    ("put", "/providers/{provider}/contract", {"from_on": "2026-11-01"}),
    ("post", "/providers/{provider}/licences", {"item": "a", "number": "b", "from_on": "2026-11-01"}),
    ("post", "/providers/{provider}/prices", {"from_on": "2026-12-01", "items": [PRICE]}),
    ("put", "/providers/{provider}/managers", {"person": 1}),
    ("post", "/stations", {"code": "w", "name_zh": "西站", "longitude": 119, "latitude": 29}),
    ("post", "/technicians", {"person": 1, "provider": NOWHERE, "station": "north"}),
    ("post", "/technicians/{technician}/certificates", {"skill": "boiler", "from_on": "2026-11-01"}),
    ("post", "/technicians/{technician}/end", {}),
    ("post", "/roster/publish", {"start": "2026-11-16", "end": "2026-11-23"}),
    ("patch", "/machines/{machine}", {"place": "二车间"}),
    ("post", "/machines/{machine}/scrap", {"text": "卖了"}),
    ("post", "/machines/{machine}/inspections", {"due_on": "2026-12-01"}),
    ("post", "/providers/{provider}/settlements", {"month": "2026-11-01"}),
    ("post", "/retrofits", {"enterprise": NOWHERE, "title": "a", "figure": "b", "unit": "c",
                            "target_percent": "5"}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_whoever_keeps_no_register_writes_none(
    world: World, method: str, path: str, body: Any
) -> None:
    address = path.format(
        provider=provider(world), technician=technician(world), machine=machine(world)
    )
    for who in ("leader", "boss", "zhao"):
        assert send(signed_in(world, who), method, address, body).status_code == 403, who
    assert send(Client(), method, address, body).status_code in (401, 403)


LISTS = ("providers", "stations", "technicians", "inspections", "retrofits")


@pytest.mark.parametrize("name", LISTS)
def test_the_house_reads_each_register_and_a_firm_does_not(world: World, name: str) -> None:
    assert signed_in(world, "chief").get(f"{ROOT}/{name}").status_code == 200
    assert signed_in(world, "boss").get(f"{ROOT}/{name}").status_code == 403


def test_a_provider_is_signed_once_with_its_licences_and_prices(world: World) -> None:
    chief = signed_in(world, "chief")
    body = {"name_zh": "丙机电", "from_on": day(world), "classes": ["boiler"]}
    made = post(chief, "/providers", body, "p1")
    assert made.status_code == 201, made.content
    assert post(chief, "/providers", body, "p1")["Idempotent-Replay"] == "true"
    assert fields(post(chief, "/providers", body)) == {"name_zh"}
    assert fields(post(chief, "/providers", {**body, "name_zh": "丁", "classes": ["none"]})) == {
        "classes"
    }
    here = f"/providers/{made.json()['id']}"
    paper = {"item": "锅炉修理", "number": "TS-1", "from_on": day(world)}
    assert post(chief, f"{here}/licences", paper).json()["licences"][0]["number"] == "TS-1"
    over = {**paper, "until_on": day(world)}
    assert fields(post(chief, f"{here}/licences", over)) == {"until_on"}
    priced = post(chief, f"{here}/prices", {"from_on": day(world), "items": [PRICE]})
    assert [i["price_cny"] for i in priced.json()["prices"][0]["items"]] == ["150.00"]
    twice = {"from_on": day(world, 3), "items": [PRICE, PRICE]}
    assert fields(post(chief, f"{here}/prices", twice)) == {"items"}
    again = {"from_on": day(world), "until_on": day(world, 400), "public_percent": 40}
    kept = send(chief, "put", f"{here}/contract", again).json()
    assert (kept["name_zh"], kept["public_percent"]) == ("丙机电", 40)
    assert any(p["id"] == kept["id"] for p in chief.get(f"{ROOT}/providers").json()["items"])


def test_somebody_begins_proves_a_skill_and_leaves(world: World) -> None:
    chief = signed_in(world, "chief")
    world.person("new", Role.TECHNICIAN)
    person, firm = world.user("new").pk, provider(world)
    body = {"person": person, "provider": firm, "station": "north"}
    assert fields(post(chief, "/technicians", {**body, "station": "nowhere"})) == {"station"}
    made = post(chief, "/technicians", body)
    assert made.status_code == 201, made.content
    assert post(chief, "/technicians", body).status_code == 409
    here = f"/technicians/{made.json()['id']}"
    paper = {"skill": "boiler", "from_on": day(world)}
    held = post(chief, f"{here}/certificates", paper).json()["certificates"]
    assert [c["skill"] for c in held] == ["boiler"]
    odd = {**paper, "skill": "magic"}
    assert fields(post(chief, f"{here}/certificates", odd)) == {"skill"}
    listed = chief.get(f"{ROOT}/technicians?provider={firm}").json()["items"]
    assert made.json()["id"] in [t["id"] for t in listed]
    assert post(chief, f"{here}/end", {}).json()["left_on"] == day(world)
    assert post(chief, f"/technicians/{NOWHERE}/end", {}).status_code == 404
    lead = {"person": person}
    assert fields(send(chief, "put", f"/providers/{firm}/managers", lead)) == {"person_id"}


def test_a_manager_plans_the_own_people_only(world: World) -> None:
    manager = signed_in(world, "manager")
    start = world.now + timedelta(days=9)
    body = {
        "technician": technician(world, "zhao"),
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=8)).isoformat(),
        "station": "south",
    }
    made = post(manager, "/shifts", body)
    assert made.status_code == 201, made.content
    assert (made.json()["station"], made.json()["is_published"]) == ("south", False)
    assert post(manager, "/shifts", body).status_code == 409, "nobody is in two shifts at once"
    assert (
        post(manager, "/shifts", {**body, "technician": technician(world, "sun")}).status_code
        == 404
    )
    long = {**body, "ends_at": (start + timedelta(days=9)).isoformat()}
    assert fields(post(manager, "/shifts", long)) == {"ends_at"}
    week = {"start": day(world, 8), "end": day(world, 11)}
    assert post(manager, "/roster/publish", week).json() == {"published": 1}
    assert fields(post(manager, "/roster/publish", {**week, "end": week["start"]})) == {"end"}
    address = f"/shifts/{made.json()['id']}"
    assert send(signed_in(world, "leader"), "delete", address).status_code == 403
    assert send(manager, "delete", address).status_code == 204
    assert send(manager, "delete", address).status_code == 409
    with tenancy.reading(world.system):
        assert not Shift.objects.filter(pk=made.json()["id"]).exists()


def test_a_machine_is_corrected_and_scrapped(world: World) -> None:
    chief, here = signed_in(world, "chief"), f"/machines/{machine(world)}"
    first = send(chief, "patch", here, {"place": "二车间", "loss_per_hour_cny": "12.50"}).json()
    assert (first["place"], first["loss_per_hour_cny"]) == ("二车间", "12.50")
    stale = {"place": "三车间", "version": first["version"] - 1}
    assert send(chief, "patch", here, stale).status_code == 409
    assert fields(send(chief, "patch", here, {"state": "scrapped"})) == {"state"}
    assert fields(send(chief, "patch", here, {"criticality": "very"})) == {"criticality"}
    assert post(chief, f"{here}/scrap", {"text": "卖了"}).json()["state"] == "scrapped"
    assert post(chief, f"{here}/scrap", {"text": "卖了"}).status_code == 409


def test_an_inspection_is_planned_booked_and_closed(world: World) -> None:
    chief = signed_in(world, "chief")
    made = post(chief, f"/machines/{machine(world)}/inspections", {"due_on": day(world, 60)})
    assert made.status_code == 201, made.content
    here = f"/inspections/{made.json()['id']}"
    past = {"body": "省特检院", "booked_on": day(world, -1)}
    assert fields(post(chief, f"{here}/book", past)) == {"booked_on"}
    booked = post(chief, f"{here}/book", {**past, "booked_on": day(world, 20)}).json()
    assert booked["booked_on"] == day(world, 20)
    found = {"done_on": day(world), "has_passed": True, "next_on": day(world, 700)}
    assert post(chief, f"{here}/close", found).json()["has_passed"] is True
    assert post(chief, f"{here}/close", found).status_code == 409
    listed = chief.get(f"{ROOT}/inspections?enterprise={firm_id(world)}").json()["items"]
    assert day(world, 700) in [row["due_on"] for row in listed]
    assert chief.get(f"{ROOT}{here}").json()["done_on"] == day(world)
    with tenancy.reading(world.system):
        assert InspectionDue.objects.filter(done_on=None, due_on=day(world, 700)).count() == 1


def test_one_draws_a_month_up_and_another_finds_it_right(world: World) -> None:
    job = steps.confirmed(world)
    chief, other = signed_in(world, "chief"), signed_in(world, "chief2")
    with tenancy.reading(world.system):
        worker = Technician.objects.get(person=world.user(steps.holder(world, job)))
        owner = str(worker.provider.public_id)
    door, body = f"/providers/{owner}/settlements", {"month": day(world)}
    assert fields(post(chief, door, {**body, "budget_line": "none"})) == {"budget_line"}
    made = post(chief, door, body)
    assert made.status_code == 201, made.content
    assert [line["job"] for line in made.json()["lines"]] == [job.number]
    assert post(chief, door, body).status_code == 409, "nothing is left to settle"
    here = f"/settlements/{made.json()['id']}"
    assert post(chief, f"{here}/check", {}).status_code == 409, "not by whoever drew it up"
    assert post(other, f"{here}/pay", {"voucher": "V-1"}).status_code == 409
    assert post(other, f"{here}/check", {"version": 99}).status_code == 409
    assert post(other, f"{here}/check", {"version": 1}).json()["state"] == "checked"
    assert fields(post(other, f"{here}/pay", {"voucher": ""})) == {"voucher"}
    assert post(other, f"{here}/pay", {"voucher": "V-1"}).json()["state"] == "paid"
    assert post(other, f"{here}/return", {"text": "late"}).status_code == 409


def test_a_returned_settlement_gives_its_rescues_back(world: World) -> None:
    job = steps.confirmed(world)
    chief = signed_in(world, "chief")
    with tenancy.reading(world.system):
        worker = Technician.objects.get(person=world.user(steps.holder(world, job)))
        owner = str(worker.provider.public_id)
    door, body = f"/providers/{owner}/settlements", {"month": day(world)}
    here = f"/settlements/{post(chief, door, body).json()['id']}"
    back = post(chief, f"{here}/return", {"text": "单价不对"}).json()
    assert (back["state"], back["lines"]) == ("returned", [])
    assert post(chief, door, body).status_code == 201


def test_a_retrofit_is_measured_by_its_readings(world: World) -> None:
    desk = signed_in(world, "desk")
    body = {
        "enterprise": firm_id(world),
        "title": "换变频泵",
        "figure": "吨纸电耗",
        "unit": "kWh/t",
        "target_percent": "10",
    }
    assert fields(post(desk, "/retrofits", {**body, "public_cny": "5"})) == {"public_cny"}
    made = post(desk, "/retrofits", body)
    assert made.status_code == 201, made.content
    here = f"/retrofits/{made.json()['id']}"
    assert post(desk, f"{here}/start", {}).status_code == 409, "nothing to compare with"
    before = {"phase": "before", "on": day(world), "value": "500", "source": "电表"}
    assert post(desk, f"{here}/readings", before).json()["effect"] is None
    assert fields(post(desk, f"{here}/readings", {**before, "phase": "during"})) == {"phase"}
    assert post(desk, f"{here}/start", {}).json()["state"] == "under_way"
    assert post(desk, f"{here}/finish", {}).status_code == 409
    after = {**before, "phase": "after", "value": "425"}
    effect = post(desk, f"{here}/readings", after).json()["effect"]
    assert (effect["better_percent"], effect["is_reached"]) == ("15.00", True)
    assert post(desk, f"{here}/finish", {}).json()["state"] == "measured"
    listed = desk.get(f"{ROOT}/retrofits").json()["items"]
    assert [r["effect"]["is_reached"] for r in listed] == [True]


def test_what_breaks_again_under_warranty_is_a_rescue_of_its_own(world: World) -> None:
    job = steps.confirmed(world)
    boss = signed_in(world, "boss")
    here = f"/jobs/{job.public_id}/rework"
    assert fields(post(boss, here, {"text": ""})) == {"text"}
    assert post(signed_in(world, "rival"), here, {"text": "again"}).status_code == 404
    made = post(boss, here, {"text": "又停了"})
    assert made.status_code == 201, made.content
    assert made.json()["state"] == "reported"
    assert post(boss, here, {"text": "又停了"}).status_code == 409
