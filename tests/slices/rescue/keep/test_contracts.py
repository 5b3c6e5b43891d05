"""A provider is signed, staffed and priced in a browser; what is wrong stands at its field."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from qiying.kernel import tenancy
from qiying.slices.rescue.models import Certificate, PriceItem, PriceList, Provider, Technician
from tests.slices.rescue.keep.test_pages import kept, signed_in
from tests.slices.world import World

pytestmark = pytest.mark.django_db
LINES = "L1，人工，小时，120\nP1,轴承,只,88.50,企业,否,Bearing,piece\n"


def contract(world: World, **more: Any) -> dict[str, Any]:
    day = world.now.date()
    return {
        "name_zh": "新签服务公司",
        "kind": "contracted",
        "contract": "HT-1",
        "from_on": day,
        "until_on": day + timedelta(days=365),
        **more,
    }


def page_of(world: World, row: Provider | None = None) -> str:
    return f"/rescue/providers/{(row or kept(world, Provider)).public_id}/"


def count(world: World, model: Any) -> int:
    with tenancy.reading(world.system):
        return int(model.objects.count())


def wrong(answer: Any, name: str = "") -> set[str]:
    """The fields at which a refused form says something."""
    assert answer.status_code == 422
    if not name:
        return set(answer.context["form"].errors)
    (step,) = (s for s in answer.context["steps"] if s["name"] == name)
    assert step["is_open"]
    return set(step["form"].errors)


def test_a_contract_is_signed_and_opens_its_page(world: World) -> None:
    client = signed_in(world, "chief")
    answer = client.post("/rescue/providers/new/", contract(world))
    assert answer.status_code == 303
    assert answer["Location"] == page_of(world)
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name_zh": ""}, "name_zh"),
        ({"name_zh": "长" * 101}, "name_zh"),
        ({"kind": "nonsense"}, "kind"),
        ({"from_on": "tomorrow"}, "from_on"),
        ({"until_on": "2001-01-01"}, "until_on"),
        ({"public_percent": "101"}, "public_percent"),
    ],
)
def test_a_wrong_contract_says_so_at_its_field(
    world: World, given: dict[str, str], field: str
) -> None:
    before = count(world, Provider)
    client = signed_in(world, "chief")
    assert wrong(client.post("/rescue/providers/new/", contract(world, **given))) == {field}
    assert count(world, Provider) == before


def test_a_name_that_is_signed_already_is_not_written_over(world: World) -> None:
    name = kept(world, Provider).name_zh
    client = signed_in(world, "chief")
    answer = client.post("/rescue/providers/new/", contract(world, name_zh=name))
    assert wrong(answer) == {"name_zh"}


def test_a_contract_written_anew_keeps_name_classes_and_areas(world: World) -> None:
    row = kept(world, Provider)
    form = {**contract(world), "do": "contract", "contract": "HT-2"}
    assert signed_in(world, "chief").post(page_of(world, row), form).status_code == 303
    now = kept(world, Provider, pk=row.pk)
    assert now.contract == "HT-2"
    assert (now.name_zh, now.classes, now.areas) == (row.name_zh, row.classes, row.areas)


def test_a_price_list_of_lines_becomes_the_next_version(world: World) -> None:
    row = kept(world, Provider)
    day = world.now.date() + timedelta(days=30)
    form = {"do": "prices", "from_on": day, "items": LINES}
    client = signed_in(world, "chief")
    assert client.post(page_of(world, row), form).status_code == 303
    made = kept(world, PriceList)
    assert (made.provider_id, made.from_on) == (row.pk, day)
    part = kept(world, PriceItem, price_list=made, code="P1")
    assert (part.price_cny, part.is_part, part.has_night_price) == (Decimal("88.50"), True, False)
    (step,) = (
        s for s in client.get(page_of(world, row)).context["steps"] if s["name"] == "prices"
    )
    assert "P1,轴承,只,88.50,企业,否,Bearing,piece" in step["form"]["items"].value()


@pytest.mark.parametrize(
    "items",
    [
        "",
        "L1,人工",
        "L1,人工,小时,abc",
        "L1,人工,小时,-1",
        "L1,人工,小时,1.234",
        "L1,人工,小时,NaN",
        "L1,人工,小时,1e99",
        "L1,人工,小时,1\nL1,人工,小时,2",
        "L1,人工,小时,1,别人",
        f"{'L' * 21},人工,小时,1",
        "L1,\x00,小时,1",
        'L1,"人工,小时,1',
    ],
)
def test_a_price_list_with_a_fault_writes_nothing_and_says_so_at_the_lines(
    world: World, items: str
) -> None:
    before = count(world, PriceList)
    form = {"do": "prices", "from_on": world.now.date(), "items": items}
    answer = signed_in(world, "chief").post(page_of(world), form)
    assert wrong(answer, "prices") == {"items"}
    assert count(world, PriceList) == before


@pytest.mark.parametrize("person", ["", "abc", "0", "99999999999999999999"])
def test_nobody_without_the_role_begins_to_work(world: World, person: str) -> None:
    before = count(world, Technician)
    form = {"do": "technician", "person_id": person, "station_id": person}
    answer = signed_in(world, "chief").post(page_of(world), form)
    assert wrong(answer, "technician") == {"person_id", "station_id"}
    assert count(world, Technician) == before


def test_a_technician_who_is_free_begins_to_work(world: World) -> None:
    row = kept(world, Technician)
    with tenancy.acting(world.system):
        Technician.objects.filter(person_id=row.person_id).update(left_on=world.now.date())
    form = {"do": "technician", "person_id": row.person_id, "station_id": row.station_id}
    url = page_of(world, kept(world, Provider, pk=row.provider_id))
    assert signed_in(world, "chief").post(url, form).status_code == 303
    assert kept(world, Technician).pk != row.pk


def test_a_certificate_that_ends_before_it_begins_says_so_at_its_field(world: World) -> None:
    row, before = kept(world, Technician), count(world, Certificate)
    skill = kept(world, Certificate).skill
    day = world.now.date()
    form = {"do": "certify", "technician": row.pk, "skill": skill, "from_on": day}
    url = page_of(world, kept(world, Provider, pk=row.provider_id))
    answer = signed_in(world, "chief").post(url, {**form, "until_on": day})
    assert wrong(answer, "certify") == {"until_on"}
    assert count(world, Certificate) == before


def test_who_only_reads_finds_no_form_and_writes_nothing(world: World) -> None:
    client, before = signed_in(world, "leader"), count(world, Provider)
    assert client.get("/rescue/providers/new/").status_code == 403
    assert client.post("/rescue/providers/new/", contract(world)).status_code == 403
    assert client.get(page_of(world)).context["steps"] == []
    form = {"do": "prices", "from_on": world.now.date(), "items": LINES}
    assert client.post(page_of(world), form).status_code == 403
    assert count(world, Provider) == before
