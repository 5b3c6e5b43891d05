"""Contracts in a browser: signing, prices from a table, people who come and go, stations."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from qiying.kernel.access import Role
from qiying.slices.rescue.models import (
    Certificate,
    Manager,
    PriceItem,
    PriceList,
    Provider,
    Station,
    Technician,
)
from tests.slices.rescue.keep.test_pages import kept, signed_in
from tests.slices.world import World

pytestmark = pytest.mark.django_db
HEADS = "编码,项目,计量单位,单价（元）,是否配件,夜间加价\n"


@pytest.fixture
def provider(world: World) -> Provider:
    found: Provider = kept(world, Provider, name_zh="甲维修")
    return found


def url_of(provider: Provider, more: str = "") -> str:
    return f"/rescue/providers/{provider.public_id}/{more}"


def test_a_provider_is_signed_once_and_its_contract_changed_on_its_page(world: World) -> None:
    client, today = signed_in(world, "chief"), world.now.date()
    form = {"name_zh": "新服务商", "kind": "contracted", "from_on": today, "public_percent": "101"}
    answer = client.post("/rescue/providers/new/", form)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["public_percent"]
    form["public_percent"] = "40"
    backwards = {**form, "until_on": today - timedelta(days=1)}
    assert client.post("/rescue/providers/new/", backwards).context["form"].errors["until_on"]
    assert client.post("/rescue/providers/new/", form).status_code == 303
    again = client.post("/rescue/providers/new/", form)
    assert again.status_code == 422
    assert again.context["form"].errors["name_zh"]
    row = kept(world, Provider)
    change = {"do": "contract", **form, "contract": "HT-2", "until_on": today + timedelta(days=9)}
    assert client.post(url_of(row), change).status_code == 303
    found = kept(world, Provider, pk=row.pk)
    assert (found.contract, found.public_percent, found.name_zh) == ("HT-2", 40, "新服务商")


@pytest.mark.parametrize("who", ["leader", "supervisor", "manager"])
def test_whoever_only_reads_providers_is_offered_no_form_and_refused(
    world: World, who: str
) -> None:
    client = signed_in(world, who)
    page = client.get("/rescue/providers/")
    assert "/rescue/providers/new/" not in page.content.decode()
    for path in ("providers/new/", "stations/new/"):
        assert client.get(f"/rescue/{path}").status_code == 403
        assert client.post(f"/rescue/{path}", {}).status_code == 403


def send(world: World, provider: Provider, rows: str, **more: Any) -> Any:
    file = SimpleUploadedFile("prices.csv", (HEADS + rows).encode("utf-8-sig"), "text/csv")
    form = {"from_on": world.now.date() + timedelta(days=10), "file": file, **more}
    return signed_in(world, "chief").post(url_of(provider, "prices/"), form)


def test_every_bad_line_of_a_price_list_is_named_with_its_reasons(
    world: World, provider: Provider
) -> None:
    before = kept(world, PriceList, provider=provider).pk
    rows = "W1,工时,小时,120,否,是\nW1,重复,次,5,,\n,无编码,次,abc,也许,\nW3,贵,次,-1,,\n"
    answer = send(world, provider, rows)
    assert answer.status_code == 422
    assert kept(world, PriceList, provider=provider).pk == before
    bad = answer.context["bad"]
    assert [line["number"] for line in bad] == [3, 4, 5]
    assert [len(line["faults"]) for line in bad] == [1, 2, 1]
    assert all(text for line in bad for _column, text in line["faults"])


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"a,b\n1,2\n", HEADS.encode()])
def test_a_file_that_is_no_price_list_is_refused_in_words(
    world: World, provider: Provider, content: bytes
) -> None:
    for name in ("p.csv", "p.xlsx", "p.exe"):
        file = SimpleUploadedFile(name, content)
        answer = send(world, provider, "", file=file)
        assert answer.status_code == 422
        assert answer.context["form"].errors["file"]


def test_the_newest_list_comes_as_a_table_that_can_be_sent_back(
    world: World, provider: Provider
) -> None:
    old = kept(world, PriceList, provider=provider)
    table = signed_in(world, "chief").get(url_of(provider, "prices/table/"))
    assert table.status_code == 200
    file = SimpleUploadedFile("back.csv", table.content, "text/csv")
    start = world.now.date() + timedelta(days=10)
    assert send(world, provider, "", file=file).status_code == 303
    new = kept(world, PriceList, provider=provider)
    assert (new.version, new.from_on) == (old.version + 1, start)
    assert kept(world, PriceList, pk=old.pk).until_on == start

    def items(row: PriceList) -> set[Any]:
        keys = ("code", "name_zh", "unit_zh", "price_cny", "is_part", "has_night_price", "name_en")
        one = kept(world, PriceItem, price_list=row)
        return {tuple(getattr(one, k) for k in keys)}

    assert items(new) == items(old)
    assert send(
        world, provider, "", file=SimpleUploadedFile("b.csv", table.content)
    ).status_code in (
        303,
        422,
    )


def test_somebody_is_added_certified_and_leaves_again(world: World, provider: Provider) -> None:
    world.person("wu", Role.TECHNICIAN)
    client, today = signed_in(world, "chief"), world.now.date()
    page = client.get(url_of(provider))
    (form,) = [s["form"] for s in page.context["steps"] if s["name"] == "technician"]
    offered = [word for _code, word in form.fields["person"].choices]
    assert any("wu" in str(word) for word in offered), offered
    assert not any("zhao" in str(word) for word in offered)
    wu, station = world.user("wu").pk, kept(world, Station).pk
    join = {"do": "technician", "person": wu, "station": station, "joined_on": today}
    assert client.post(url_of(provider), {**join, "station": ""}).status_code == 422
    assert client.post(url_of(provider), join).status_code == 303
    row = kept(world, Technician, person_id=wu)
    assert row.provider_id == provider.pk
    again = client.post(url_of(provider), {**join, "idempotency_key": "again"})
    assert again.status_code == 422
    proof = {"do": "certify", "technician": row.pk, "skill": "mechanical", "from_on": today}
    wrong = client.post(url_of(provider), {**proof, "until_on": today})
    assert wrong.status_code == 422
    assert client.post(url_of(provider), proof).status_code == 303
    assert kept(world, Certificate, technician=row) is not None
    leave = {"do": "leave", "technician": row.pk, "on": today - timedelta(days=1)}
    assert client.post(url_of(provider), leave).status_code == 422
    assert client.post(url_of(provider), {**leave, "on": today}).status_code == 303
    assert kept(world, Technician, pk=row.pk).left_on == today
    assert signed_in(world, "leader").post(url_of(provider), join).status_code == 403


def test_a_leader_of_a_providers_people_is_named(world: World, provider: Provider) -> None:
    world.person("zhou", Role.PROVIDER_MANAGER)
    client = signed_in(world, "chief")
    form = {"do": "manager", "person": world.user("zhou").pk}
    assert client.post(url_of(provider), {**form, "person": "999999"}).status_code == 422
    assert client.post(url_of(provider), form).status_code == 303
    assert kept(world, Manager, provider=provider, person=world.user("zhou")).is_current


def test_a_station_is_entered_with_its_place(world: World) -> None:
    client = signed_in(world, "chief")
    form = {"code": "east", "name_zh": "东站", "longitude": "191", "latitude": "29"}
    answer = client.post("/rescue/stations/new/", form)
    assert list(answer.context["form"].errors) == ["longitude"]
    assert client.post("/rescue/stations/new/", {**form, "longitude": "119.2"}).status_code == 303
    assert kept(world, Station, code="east").name_zh == "东站"


def test_the_phone_of_a_technician_leads_to_the_own_account(world: World) -> None:
    page = signed_in(world, "zhao").get("/rescue/duty/")
    assert '/account/"' in page.content.decode()


def test_the_short_code_of_a_station_may_be_chinese(world: World) -> None:
    form = {"code": "东一站", "name_zh": "东站", "longitude": "119.2", "latitude": "29"}
    answer = signed_in(world, "chief").post("/rescue/stations/new/", form)
    assert answer.status_code == 303
    assert kept(world, Station, code="东一站").name_zh == "东站"
