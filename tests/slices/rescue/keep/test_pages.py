"""Registers in a browser: who may open them, what a table brings in, what is refused in words."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qiying.kernel import tenancy
from qiying.slices.rescue import operations
from qiying.slices.rescue.models import (
    Equipment,
    InspectionDue,
    Retrofit,
    Settlement,
    Shift,
    Technician,
)
from tests.slices.rescue.steps import confirmed, machine, seats
from tests.slices.world import World

BACKEND = "django.contrib.auth.backends.ModelBackend"
pytestmark = pytest.mark.django_db
LISTS = (
    *("equipment/", "inspections/", "providers/", "roster/", "settlements/", "retrofits/"),
    "equipment/?q=%E7%BA%B8&tab=repeat",
    "roster/?week=nonsense&station=x&skill=%00",
    "settlements/?provider=abc&month=2026-99&state=none",
    "inspections/?tab=late&q=%27",
)


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.user(who), backend=BACKEND)
    return client


def known(world: World) -> tuple[str, str]:
    """The name of the firm and the class of a machine of the world."""
    with tenancy.reading(world.system):
        row = machine(world)
        return row.enterprise.name_zh, row.kind.code


def kept(world: World, model: Any, **where: Any) -> Any:
    with tenancy.reading(world.system):
        return model.objects.filter(**where).order_by("-id").first()


@pytest.mark.parametrize("path", LISTS)
def test_the_house_opens_every_register_whatever_is_asked(world: World, path: str) -> None:
    assert signed_in(world, "chief").get(f"/rescue/{path}").status_code == 200


@pytest.mark.parametrize("path", LISTS[:1])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_goes_out_as_a_file(world: World, path: str, kind: str) -> None:
    for name in ("equipment", "inspections", "settlements", "retrofits"):
        answer = signed_in(world, "chief").get(f"/rescue/{name}/?format={kind}")
        assert answer.status_code == 200
        assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize("who", ["boss", "zhao"])
def test_firms_and_technicians_do_not_open_the_registers(world: World, who: str) -> None:
    client = signed_in(world, who)
    assert {client.get(f"/rescue/{p}").status_code for p in LISTS[:6]} == {403}


def test_a_list_of_machines_takes_as_many_queries_with_one_machine_more(world: World) -> None:
    client = signed_in(world, "chief")
    client.get("/rescue/equipment/")

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/rescue/equipment/")
        return len(seen)

    before = count()
    for n in range(3):
        operations.register_machine(
            world.actor("chief"),
            now=world.now,
            enterprise_id=world.firms["宏达"],
            kind_code=known(world)[1],
            name=f"新机{n}",
        )
    assert count() == before


def bring(client: Client, text: str, **more: str) -> Any:
    file = SimpleUploadedFile("machines.csv", text.encode("utf-8-sig"), "text/csv")
    return client.post("/rescue/equipment/import/", {"file": file, **more})


def test_a_table_with_a_bad_line_writes_nothing_and_names_each_fault(world: World) -> None:
    _firm, kind = known(world)
    before = count_machines(world)
    rows = f"企业,设备类别,设备名称,制造年份,经度\n宏达,{kind},新机,2019,\n无此企业,XX,,19,200\n"
    answer = bring(signed_in(world, "chief"), rows)
    assert answer.status_code == 422
    assert count_machines(world) == before
    (line,) = answer.context["bad"]
    assert line["number"] == 3
    assert len(line["faults"]) >= 4


def count_machines(world: World) -> int:
    with tenancy.reading(world.system):
        return Equipment.objects.count()


def test_the_good_lines_are_written_when_asked_for_and_labelled(world: World) -> None:
    firm, kind = known(world)
    before = count_machines(world)
    rows = f"firm,class,name,serial number\n{firm},{kind},新机,S1\n{firm},{kind},同号,S1\n"
    answer = bring(signed_in(world, "chief"), rows, good_rows="on")
    assert answer.status_code == 303
    assert count_machines(world) == before + 1
    assert len(kept(world, Equipment).label) == 6


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"a,b\n1,2\n", b"PK\x03\x04broken"])
def test_a_file_that_is_no_table_of_machines_is_refused_in_words(
    world: World, content: bytes
) -> None:
    for name in ("m.csv", "m.xlsx", "m.exe"):
        file = SimpleUploadedFile(name, content)
        answer = signed_in(world, "chief").post("/rescue/equipment/import/", {"file": file})
        assert answer.status_code == 422


def test_a_second_shift_at_the_same_time_is_refused_with_a_clear_sentence(world: World) -> None:
    who = kept(world, Technician)
    day = (world.now + timedelta(days=30)).date()
    form = {"technician": who.pk, "on": day, "starts": "22:00", "ends": "06:00", "kind": "night"}
    client = signed_in(world, "chief")
    assert client.post("/rescue/roster/", {**form, "idempotency_key": "a"}).status_code == 303
    assert client.post("/rescue/roster/", {**form, "idempotency_key": "a"}).status_code == 303
    again = client.post("/rescue/roster/", {**form, "idempotency_key": "b"})
    assert again.status_code == 422
    made = kept(world, Shift)
    assert made.ends_at - made.starts_at == timedelta(hours=8)
    assert not made.is_published
    week = {"week": day}
    assert client.post("/rescue/roster/publish/", week).status_code == 303
    assert kept(world, Shift, pk=made.pk).is_published


def test_nobody_inspects_here_but_the_appointment_and_the_report_are_kept(world: World) -> None:
    chief = world.actor("chief")
    due = world.now.date() + timedelta(days=20)
    row = operations.plan_inspection(chief, machine(world).pk, now=world.now, due_on=due)
    client, url = signed_in(world, "chief"), f"/rescue/inspections/{row.pk}/"
    assert client.get(url).status_code == 200
    past = {"do": "book", "body": "检验中心", "booked_on": date(2020, 1, 1)}
    assert client.post(url, past).status_code == 422
    good = {**past, "booked_on": due}
    assert client.post(url, good).status_code == 303
    done = {"do": "close", "done_on": world.now.date(), "has_passed": "yes", "body": "检验中心"}
    assert client.post(url, done).status_code == 303
    assert kept(world, InspectionDue, pk=row.pk).has_passed
    assert signed_in(world, "leader").post(url, good).status_code == 403


def test_who_draws_a_settlement_up_does_not_check_it(world: World) -> None:
    job = confirmed(world)
    provider = seats(world, job)[0].technician.provider_id
    form = {"provider": provider, "month": f"{world.now:%Y-%m}", "budget": ""}
    first = signed_in(world, "chief").post("/rescue/settlements/draw/", form)
    assert first.status_code == 303, first.content.decode()[-800:]
    row = kept(world, Settlement)
    url = f"/rescue/settlements/{row.public_id}/"
    assert signed_in(world, "chief").post(url, {"do": "check"}).status_code == 422
    assert signed_in(world, "chief2").post(url, {"do": "check"}).status_code == 303
    assert signed_in(world, "chief2").post(url, {"do": "pay", "voucher": ""}).status_code == 422
    assert signed_in(world, "chief2").post(url, {"do": "pay", "voucher": "V1"}).status_code == 303
    assert kept(world, Settlement).state == "paid"
    assert signed_in(world, "chief").get(f"{url}?format=xlsx").status_code == 200


def test_the_effect_of_a_retrofit_follows_from_readings_only(world: World) -> None:
    firm, _kind = known(world)
    client = signed_in(world, "chief")
    plan = {
        "firm": firm, "title": "余热回收", "figure": "汽耗", "unit": "t/t",
        "is_less_better": "on", "target_percent": "10",
    }  # fmt: skip
    assert client.post("/rescue/retrofits/new/", plan).status_code == 303
    url = f"/rescue/retrofits/{kept(world, Retrofit).public_id}/"
    start = {"do": "start", "on": world.now.date()}
    assert client.post(url, start).status_code == 422
    read = {"do": "read", "phase": "before", "on": world.now.date(), "value": "4", "source": "表"}
    assert client.post(url, read).status_code == 303
    assert client.post(url, start).status_code == 303
    assert client.get(url).context["effect"] is None
    assert client.post(url, {**read, "phase": "after", "value": "3"}).status_code == 303
    assert client.get(url).context["effect"].better_percent == 25


def test_a_machine_is_registered_corrected_and_scrapped(world: World) -> None:
    firm, kind = known(world)
    client = signed_in(world, "chief")
    new = {"firm": firm, "kind_code": kind, "name": "新机", "criticality": "spare"}
    assert client.post("/rescue/equipment/new/", {**new, "firm": "无"}).status_code == 422
    assert client.post("/rescue/equipment/new/", new).status_code == 303
    row = kept(world, Equipment)
    url = f"/rescue/equipment/{row.public_id}/"
    change = {"do": "change", "name": "新名", "criticality": "spare", "state": "stopped"}
    assert client.post(url, change).status_code == 303
    assert kept(world, Equipment, pk=row.pk).name == "新名"
    assert signed_in(world, "leader").post(url, change).status_code == 403
    assert client.post(url, {"do": "scrap", "text": "淘汰"}).status_code == 303
    assert client.post(url, {"do": "scrap", "text": "淘汰"}).status_code == 422
