"""Units stand under the word of their own kind, and each heading counts what it holds."""

from typing import Any

import pytest
from django.urls import reverse

from qiying.kernel.access import Actor, Role
from qiying.kernel.models import Tenant
from qiying.slices.registry import operations
from tests.slices.registry.conftest import NOW
from tests.slices.registry.test_pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("zone")]
UNITS = (
    ("HEAD", "zone", "", "东区管委会"),
    ("OFFICE", "zone", "HEAD", "安全环保局"),
    ("SOE", "company", "HEAD", "建设发展有限公司"),
    ("COM", "community", "HEAD", "企业社区"),
)


def _size(branch: dict[str, Any]) -> int:
    return 1 + sum(_size(child) for child in branch["children"])


def test_a_company_of_the_zone_is_a_company_and_no_office(keeper: Actor, tenant: Tenant) -> None:
    ids: dict[str, int] = {}
    for code, kind, parent, name in UNITS:
        row = operations.create_unit(
            keeper, now=NOW, code=code, kind=kind, name_zh=name, parent_id=ids.get(parent)
        )
        ids[code] = row.pk
    client = signed_in(tenant, "desk", Role.DESK)
    groups = client.get(reverse("registry:units")).context["tree"]
    for group in groups:
        assert group["count"] == sum(_size(child) for child in group["children"]), group["label"]
    held = {str(g["label"]): [c["label"] for c in g["children"]] for g in groups}
    assert "建设发展有限公司" in held["国有公司"]
    assert "企业社区" in held["社区"]
    (head,) = [c for g in groups for c in g["children"] if c["label"] == "东区管委会"]
    assert [c["label"] for c in head["children"]] == ["安全环保局"]
