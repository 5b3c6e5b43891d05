"""Every page opens in both languages for those who may, and does what it says."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qiying.kernel import tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.models import Tenant, User
from qiying.slices.registry import operations, queries
from qiying.slices.registry.models import Area, Contact, Enterprise, Site, Unit
from qiying.slices.registry.operations import imports
from tests.slices.registry.conftest import NOW, box, code, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("zone")]


def pages(keeper: Actor, firm: Enterprise) -> list[str]:
    site = operations.create_site(
        keeper,
        now=NOW,
        key="P1",
        kind="parcel",
        name_zh="一号地块",
        geometry=box(119.2, 29.0, 0.005),
        enterprise_id=firm.pk,
    )
    with tenancy.reading(keeper):
        area = Area.objects.filter(kind="grid").first()
        unit = Unit.objects.get(code="T1")
    assert area is not None
    names: list[tuple[str, list[Any]]] = [
        ("registry:firms", []),
        ("registry:firm-new", []),
        ("registry:firm", [firm.public_id]),
        ("registry:firm-edit", [firm.public_id]),
        ("registry:contact-new", [firm.public_id]),
        ("registry:units", []),
        ("registry:unit-new", []),
        ("registry:unit-edit", [unit.pk]),
        ("registry:zone", []),
        ("registry:grids", []),
        ("registry:areas", []),
        ("registry:area-new", []),
        ("registry:area", [area.pk]),
        ("registry:area-shape", [area.pk]),
        ("registry:sites", []),
        ("registry:site-new", []),
        ("registry:site", [site.pk]),
        ("registry:site-edit", [site.pk]),
        ("registry:site-shape", [site.pk]),
        ("registry:firm-place", [firm.public_id]),
        ("registry:calendars", []),
        ("registry:calendar", [2027]),
        ("registry:calendar-edit", [2027]),
        ("registry:imports", []),
        ("registry:import-new", []),
        ("map:page", []),
        ("map:layer", ["grid"]),
        ("map:layer", ["site"]),
    ]
    found = [reverse(name, args=args) for name, args in names]
    here = reverse("registry:firm", args=[firm.public_id])
    found += [f"{here}?tab={tab}" for tab in ("contacts", "sites", "history")]
    found += [f"{reverse('registry:units')}?unit=T1", f"{reverse('registry:areas')}?kind=grid"]
    return found


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(
    admin: Client, keeper: Actor, firm: Enterprise, language: str
) -> None:
    operations.seed_calendars(keeper, now=NOW)
    admin.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for address in pages(keeper, firm):
        response = admin.get(address)
        assert response.status_code == 200, address
        text = response.content.decode()
        if "html" in response.headers["Content-Type"]:
            assert " style=" not in text, address
            assert f'<html lang="{"en" if language == "en" else "zh-Hans"}"' in text, address


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_list_can_be_taken_away(admin: Client, firm: Enterprise, kind: str) -> None:
    for name in ("firms", "units", "grids", "areas", "sites"):
        response = admin.get(reverse(f"registry:{name}"), {"format": kind})
        assert response.status_code == 200
        assert "attachment" in response.headers["Content-Disposition"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_taken_away_can_be_brought_back_and_changes_nothing(
    admin: Client, keeper: Actor, firm: Enterprise, kind: str, language: str
) -> None:
    pages(keeper, firm)
    admin.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for page, target in (("firms", "enterprises"), ("units", "units")):
        content = admin.get(reverse(f"registry:{page}"), {"format": kind}).content
        reading = imports.read(target, file_name=f"a.{kind}", content=content)
        batch = imports.prepare(keeper, reading, now=NOW)
        assert batch.counts["unchanged"] == sum(batch.counts.values()) > 0, (page, batch.counts)


def test_the_list_is_filtered_by_its_address_and_costs_the_same_for_more_rows(
    admin: Client, keeper: Actor, firm: Enterprise, django_assert_max_num_queries: Any
) -> None:
    address = reverse("registry:firms")
    for query, is_there in (
        ("q=特种纸", True),
        ("q=lanchuan+spec", True),
        (f"q={code(1)[:12]}", True),
        ("q=13900000003", True),
        ("q=nothing", False),
        ("industry=22&kind=enterprise", True),
        ("industry=C&status=active", True),
        ("industry=A", False),
        ("grid=G1", True),
        ("grid=G2", False),
        ("only=unassigned", True),
        ("only=unplaced", False),
        ("only=nonsense&officer=x&industry=%00", True),
    ):
        text = admin.get(f"{address}?{query}").content.decode()
        assert (firm.name_zh in text) is is_there, query
    with django_assert_max_num_queries(60) as one:
        admin.get(address)
    for number in range(2, 22):
        operations.create_enterprise(
            keeper,
            now=NOW,
            credit_code=code(number),
            name_zh=f"企业{number}",
            entity_kind="enterprise",
            longitude=119.205,
            latitude=29.005,
        )
    with django_assert_max_num_queries(60) as many:
        admin.get(address)
    assert len(many) == len(one)


def test_a_firm_is_registered_and_corrected_on_its_form(admin: Client, keeper: Actor) -> None:
    values = {
        "credit_code": code(7),
        "name_zh": "乙公司",
        "entity_kind": "enterprise",
        "status": "active",
        "staff_count": "12",
        "capital_10k": "500",
        "longitude": "119.225",
        "latitude": "29.005",
        "belongs_to_zone": "on",
    }
    address = reverse("registry:firm-new")
    wrong = admin.post(address, values | {"credit_code": code(7)[:-1] + "!"})
    assert wrong.status_code == 422
    assert "aria-invalid" in wrong.content.decode()
    made = admin.post(address, values)
    assert made.status_code == 303
    with tenancy.reading(keeper):
        row = Enterprise.objects.select_related("grid").get()
        assert row.grid is not None
        assert (row.grid.key, row.capital_cny) == ("G2", 5_000_000)
    taken = admin.post(address, values)
    assert taken.status_code == 422
    edit = reverse("registry:firm-edit", args=[row.public_id])
    assert admin.post(edit, values | {"name_zh": "乙新公司"}).status_code == 303
    gone = reverse("registry:firm-retire", args=[row.public_id])
    assert admin.post(gone, {"status": "moved"}).status_code == 303
    with tenancy.reading(keeper):
        row.refresh_from_db()
    assert (row.name_zh, row.status) == ("乙新公司", "moved")


def test_contacts_are_kept_by_those_who_may_and_can_be_erased(
    admin: Client, tenant: Tenant, keeper: Actor, firm: Enterprise
) -> None:
    address = reverse("registry:contact-new", args=[firm.public_id])
    assert admin.post(address, {"name": "赵六", "phone": "0570-7000001"}).status_code == 303
    with tenancy.reading(keeper):
        row = Contact.objects.get(name="赵六")
    edit = reverse("registry:contact-edit", args=[firm.public_id, row.pk])
    stranger = signed_in(tenant, "officer", Role.GRID_OFFICER)
    assert stranger.post(edit, {"name": "钱七"}).status_code == 403
    assert admin.post(edit, {"name": "钱七", "is_primary": "on"}).status_code == 303
    with tenancy.reading(keeper):
        assert Contact.objects.get(is_primary=True).name == "钱七"
    assert admin.post(edit, {"do": "erase"}).status_code == 303
    with tenancy.reading(keeper):
        assert not Contact.objects.filter(id=row.pk).exists()


def test_portfolios_are_given_by_grid_and_by_firm(
    admin: Client, keeper: Actor, firm: Enterprise, officer: User
) -> None:
    assign = reverse("registry:grid-assign", args=["G1"])
    assert admin.post(assign, {"officer": "x"}).status_code == 422
    assert admin.post(assign, {"officer": officer.pk}).status_code == 303
    with tenancy.reading(keeper):
        firm.refresh_from_db()
    assert (firm.grid_officer_id, firm.is_officer_own) == (officer.pk, False)
    many = reverse("registry:firms-assign")
    assert admin.post(many, {"officer": officer.pk}).status_code == 422
    assert admin.post(many, {"officer": officer.pk, "id": [firm.pk]}).status_code == 303
    with tenancy.reading(keeper):
        firm.refresh_from_db()
    assert firm.is_officer_own is True


def test_an_enterprise_user_sees_the_own_firm_and_no_other(
    tenant: Tenant, keeper: Actor, firm: Enterprise
) -> None:
    other = operations.create_enterprise(
        keeper, now=NOW, credit_code=code(9), name_zh="别家", entity_kind="enterprise"
    )
    client = signed_in(tenant, "boss", Role.ENTERPRISE, enterprise_id=firm.pk)
    assert client.get(reverse("registry:firm", args=[firm.public_id])).status_code == 200
    assert client.get(reverse("registry:firm", args=[other.public_id])).status_code == 404
    assert client.get(reverse("registry:firms")).status_code == 403
    assert client.get(reverse("map:page")).status_code == 200


def test_a_boundary_gets_a_new_version_from_a_file_and_can_be_ended(
    admin: Client, keeper: Actor
) -> None:
    shape = json.dumps({"type": "Feature", "properties": {}, "geometry": box(119.2, 29.0, 0.02)})
    values = {
        "kind": "wall",
        "key": "W1",
        "name_zh": "一号围墙",
        "system": "wgs84",
        "valid_from": "2025-01-01",
    }
    address = reverse("registry:area-new")
    for content, status in ((b"{}", 422), (shape.encode(), 303)):
        upload = SimpleUploadedFile("w.geojson", content)
        assert admin.post(address, values | {"shape": upload}).status_code == status
    later = SimpleUploadedFile("w.geojson", shape.encode())
    data = values | {"valid_from": "2026-01-01", "shape": later}
    assert admin.post(address, data).status_code == 303
    with tenancy.reading(keeper):
        old, new = Area.objects.filter(kind="wall").order_by("valid_from")
    assert old.valid_to == new.valid_from
    assert admin.post(reverse("registry:area-end", args=[new.pk])).status_code == 303
    overlap = SimpleUploadedFile("w.geojson", shape.encode())
    data = values | {"key": "W2", "valid_from": "2025-02-01", "shape": overlap}
    assert admin.post(address, data).status_code == 422


def test_units_and_sites_are_kept_on_their_forms(admin: Client, keeper: Actor) -> None:
    unit = {"code": "ZONE_SAFE", "kind": "zone", "name_zh": "安全科"}
    assert admin.post(reverse("registry:unit-new"), unit).status_code == 303
    assert admin.post(reverse("registry:unit-new"), unit).status_code == 422
    with tenancy.reading(keeper):
        row = Unit.objects.get(code="ZONE_SAFE")
    edit = reverse("registry:unit-edit", args=[row.pk])
    assert admin.post(edit, unit | {"parent": row.pk}).status_code == 422
    assert admin.post(edit, unit | {"phone": "0570-7000002"}).status_code == 303
    assert admin.post(reverse("registry:unit-retire", args=[row.pk])).status_code == 303
    assert admin.post(reverse("registry:unit-retire", args=[row.pk])).status_code == 409
    site = {"key": "S1", "kind": "workshop", "name_zh": "一车间"}
    assert admin.post(reverse("registry:site-new"), site).status_code == 422
    placed = site | {"longitude": "119.2", "latitude": "29.0", "credit_code": code(99)}
    assert admin.post(reverse("registry:site-new"), placed).status_code == 422
    assert (
        admin.post(reverse("registry:site-new"), placed | {"credit_code": ""}).status_code == 303
    )
    with tenancy.reading(keeper):
        place = Site.objects.get()
    edit = reverse("registry:site-edit", args=[place.pk])
    assert admin.post(edit, site | {"name_zh": "二车间"}).status_code == 303
    assert admin.post(reverse("registry:site-retire", args=[place.pk])).status_code == 303


def test_the_zone_and_its_calendar_are_kept_on_their_forms(admin: Client, keeper: Actor) -> None:
    zone = {"name_zh": "新区", "band_m": "30", "longitude": "119.2", "latitude": "29.0"}
    assert admin.post(reverse("registry:zone"), zone).status_code == 303
    calendar = {
        "grade": "B",
        "rest_days": "2027-01-01, 2027-02-08",
        "work_days": "2027-02-13",
        "hours": "09:00-12:00，13:00-17:00",
    }
    address = reverse("registry:calendar-edit", args=[2027])
    assert admin.post(address, calendar).status_code == 303
    assert admin.post(address, calendar | {"rest_days": "2027-01-02"}).status_code == 422
    assert admin.post(address, calendar | {"rest_days": "soon"}).status_code == 422
    with tenancy.reading(keeper):
        assert queries.working_calendar(keeper).known_years == {2027}
        found = queries.find_zone(keeper)
    assert found is not None
    assert found.band_m == 30


def test_a_layer_that_did_not_change_is_not_sent_again(
    admin: Client, keeper: Actor, now: datetime
) -> None:
    address = reverse("map:layer", args=["grid"])
    first = admin.get(address)
    assert len(first.json()["features"]) == 2
    stamp = first.headers["ETag"]
    assert admin.get(address, headers={"If-None-Match": stamp}).status_code == 304
    with tenancy.reading(keeper):
        area = Area.objects.filter(kind="grid").first()
    assert area is not None
    operations.end_area(keeper, area.pk, on=now.date(), now=now)
    again = admin.get(address, headers={"If-None-Match": stamp})
    assert (again.status_code, len(again.json()["features"])) == (200, 1)
    past = admin.get(address, {"on": "2021-01-01"})
    assert len(past.json()["features"]) == 2
    assert admin.get(reverse("map:layer", args=["nothing"])).status_code == 404
    sites = reverse("map:layer", args=["site"])
    stamp = admin.get(sites).headers["ETag"]
    assert admin.get(sites, headers={"If-None-Match": stamp}).status_code == 304
