"""The database itself refuses what must not be: overlapping versions, foreign tenants."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from qiying.kernel import tenancy
from qiying.kernel.access import Role, stand_in
from qiying.kernel.people import create_tenant
from qiying.slices.registry.models import Area

pytestmark = pytest.mark.django_db


def test_two_versions_of_one_area_cannot_be_in_force_together() -> None:
    tenant = create_tenant(kind="zone", code="z", name_zh="甲区", name_en="Zone A")
    actor = stand_in(tenant.pk, Role.ADMINISTRATOR)

    def add(start: date, end: date | None) -> None:
        Area.objects.create(
            tenant=tenant,
            kind="wall",
            key="W1",
            name_zh="一号围墙",
            geometry={},
            valid_from=start,
            valid_to=end,
        )

    with tenancy.acting(actor):
        add(date(2020, 1, 1), date(2024, 1, 1))
        add(date(2024, 1, 1), None)
        with pytest.raises(IntegrityError), transaction.atomic():
            add(date(2025, 1, 1), None)
    assert Area.objects.count() == 0
