"""The register for machines: lists, writes, shapes, files; refusals are problem+json."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qiying.kernel import people, tenancy
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.models import Tenant
from qiying.slices.registry import operations
from qiying.slices.registry.models import Enterprise, ImportBatch
from tests.slices.registry.conftest import NOW, box, code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("zone")]
ROOT = "/api/v1/registry"


def keyed(tenant: Tenant, *roles: str, **more: Any) -> dict[str, str]:
    _, secret = people.issue_key(system(tenant.pk), "test", roles=roles, now=NOW, **more)
    return {"X-API-Key": secret}


@pytest.fixture
def desk(tenant: Tenant) -> dict[str, str]:
    return keyed(tenant, Role.DESK)


def send(client: Client, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
    call = getattr(client, method)
    return call(
        f"{ROOT}{path}", json.dumps(body), content_type="application/json", headers=headers
    )


def test_a_firm_is_registered_once_read_and_changed(client: Client, desk: dict[str, str]) -> None:
    body = {
        "credit_code": code(1),
        "name_zh": "甲公司",
        "kind": "enterprise",
        "longitude": 119.205,
        "latitude": 29.005,
    }
    headers = desk | {"Idempotency-Key": "k1"}
    first = send(client, "post", "/enterprises", body, headers)
    assert first.status_code == 201, first.content
    assert first.json()["grid"] == "G1"
    again = send(client, "post", "/enterprises", body, headers)
    assert again.content == first.content
    assert again.headers["Idempotent-Replay"] == "true"
    path = f"/enterprises/{first.json()['id']}"
    changed = send(client, "patch", path, {"staff_count": 12, "longitude": 119.225}, desk)
    assert (changed.json()["staff_count"], changed.json()["grid"]) == (12, "G2")
    assert client.get(ROOT + path, headers=desk).json()["staff_count"] == 12
    listed = client.get(f"{ROOT}/enterprises?q=甲&industry=", headers=desk).json()
    assert [row["name"] for row in listed["rows"]] == ["甲公司"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name_zh": "甲", "kind": "enterprise"}, "credit_code"),
        ({"credit_code": "1", "name_zh": "甲", "kind": "enterprise"}, "credit_code"),
        ({"credit_code": code(1), "name_zh": "", "kind": "enterprise"}, "name_zh"),
        ({"credit_code": code(1), "name_zh": "甲", "kind": "shop"}, "entity_kind"),
        ({"credit_code": code(1), "name_zh": None, "kind": "enterprise"}, "name_zh"),
        (
            {"credit_code": code(1), "name_zh": "甲", "kind": "enterprise", "longitude": 1},
            "longitude",
        ),
    ],
)
def test_wrong_values_are_named(
    client: Client, desk: dict[str, str], body: dict[str, Any], field: str
) -> None:
    answer = send(client, "post", "/enterprises", body, desk)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert field in {e["field"] for e in answer.json()["errors"]}


def test_strange_characters_are_refused_not_broken_by(
    client: Client, desk: dict[str, str]
) -> None:
    body = {"credit_code": code(1), "name_zh": "甲\x00", "kind": "enterprise"}
    assert send(client, "post", "/enterprises", body, desk).status_code == 422
    assert client.get(f"{ROOT}/enterprises?q=%00", headers=desk).status_code == 422
    assert client.get(f"{ROOT}/enterprises?cursor=zzz", headers=desk).status_code == 422


def test_each_reader_gets_what_is_open_to_it(
    client: Client, tenant: Tenant, keeper: Actor, stranger: Actor, desk: dict[str, str]
) -> None:
    firm = operations.create_enterprise(
        keeper, now=NOW, credit_code=code(1), name_zh="甲", entity_kind="enterprise"
    )
    operations.create_site(
        keeper,
        now=NOW,
        key="P1",
        kind="parcel",
        name_zh="地块",
        geometry=box(119.2, 29.0, 0.001),
        enterprise_id=firm.pk,
    )
    operations.seed_calendars(keeper, now=NOW)
    machine, other = (
        keyed(tenant, Role.MACHINE),
        {
            "X-API-Key": people.issue_key(
                system(stranger.tenant_id), "x", roles=[Role.DESK], now=NOW
            )[1]
        },
    )
    path = f"/enterprises/{firm.public_id}"
    for headers, status in ((desk, 200), (other, 404), ({}, 401)):
        assert client.get(ROOT + path, headers=headers).status_code == status
    assert client.get(f"{ROOT}/enterprises", headers=machine).status_code == 403
    assert client.get(f"{ROOT}/units", headers=other).json() == []
    assert {u["code"] for u in client.get(f"{ROOT}/units", headers=machine).json()} == {
        "ZONE",
        "T1",
    }
    shapes = client.get(f"{ROOT}/areas.geojson?kind=grid&on=2026-01-01", headers=machine)
    assert [f["properties"]["key"] for f in shapes.json()["features"]] == ["G1", "G2"]
    sites = client.get(f"{ROOT}/sites?enterprise={firm.public_id}", headers=desk).json()
    assert [site["key"] for site in sites] == ["P1"]
    years = client.get(f"{ROOT}/calendar", headers=machine).json()
    assert [row["year"] for row in years] == [2024, 2025, 2026]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_file_is_tried_then_written(
    client: Client, keeper: Actor, desk: dict[str, str], language: str
) -> None:
    content = f"credit code,name\n{code(1)},甲\nbad,乙\n".encode()
    headers = desk | {"Accept-Language": language}

    def post(**options: str) -> Any:
        file = SimpleUploadedFile("firms.csv", content)
        return client.post(
            f"{ROOT}/imports/enterprises", {"file": file, **options}, headers=headers
        )

    tried = post(dry_run="true").json()
    assert (tried["state"], tried["new"], tried["failed"]) == ("prepared", 1, 1)
    fault = tried["faults"][0]
    assert (fault["line"], fault["code"]) == (3, "registry.credit_code.length")
    assert ("18" in fault["detail"]) is True
    assert post().json()["state"] == "prepared"
    assert post(good_rows="true").json()["state"] == "applied"
    with tenancy.reading(keeper):
        assert Enterprise.objects.count() == 1
        assert ImportBatch.objects.count() == 3
    assert client.post(f"{ROOT}/imports/nothing", {}, headers=headers).status_code == 422


def test_a_file_that_is_sent_again_with_its_key_is_brought_in_once(
    client: Client, keeper: Actor, desk: dict[str, str]
) -> None:
    def post(name: str) -> Any:
        file = SimpleUploadedFile("firms.csv", f"credit code,name\n{code(1)},{name}\n".encode())
        headers = desk | {"Idempotency-Key": "f1"}
        return client.post(f"{ROOT}/imports/enterprises", {"file": file}, headers=headers)

    first, again = post("甲"), post("甲")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again.headers["Idempotent-Replay"]) == (first.content, "true")
    assert post("乙").json()["code"] == "idempotency.mismatch"
    with tenancy.reading(keeper):
        assert ImportBatch.objects.count() == 1
