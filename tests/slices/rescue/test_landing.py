"""After signing in everybody stands where the own work is, whatever the order of the navigation."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.slices.rescue.models import Provider
from tests.slices.world import World

pytestmark = pytest.mark.django_db
NOBODYS = {Role.SYSTEM, Role.MACHINE}
BEGINS_AT = {
    Role.ENTERPRISE: "calls:mine",
    Role.GRID_OFFICER: "calls:officer",
    Role.DESK: "calls:desk",
    Role.HANDLER: "calls:tasks",
    Role.UNIT_LEADER: "calls:tasks",
    Role.CALLBACK: "calls:callbacks",
    Role.SUPERVISOR: "calls:supervision",
    Role.ZONE_LEADER: "calls:board",
    Role.ANALYST: "indices:home",
    Role.AUDITOR: "kernel:audit",
    Role.ADMINISTRATOR: "registry:zone",
    Role.DUTY_CHIEF: "rescue:board",
    Role.TECHNICIAN: "rescue:duty",
    Role.PROVIDER_MANAGER: "rescue:providers",
}


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_no_role_is_forgotten() -> None:
    assert set(BEGINS_AT) == set(Role) - NOBODYS


@pytest.mark.parametrize("role", sorted(BEGINS_AT))
def test_everybody_begins_at_the_own_work(world: World, role: Role) -> None:
    unit = "ZONE_SAFE" if role in (Role.HANDLER, Role.UNIT_LEADER) else ""
    world.person("new", role, unit=unit, firm="宏达" if role == Role.ENTERPRISE else "")
    with time_machine.travel(world.now, tick=False):
        client = signed_in(world, "new")
        assert client.get("/").headers["Location"] == reverse(BEGINS_AT[role])
        assert client.get(reverse(BEGINS_AT[role])).status_code == 200


def test_a_providers_manager_comes_to_the_own_provider_at_once(world: World) -> None:
    with tenancy.reading(world.system):
        own = Provider.objects.get(name_zh="甲维修")
    with time_machine.travel(world.now, tick=False):
        reply = signed_in(world, "manager").get("/", follow=True)
    assert reply.redirect_chain[-1][0] == reverse("rescue:provider", args=[own.public_id])
    assert "甲维修" in reply.content.decode()


def test_who_also_keeps_the_house_sees_every_provider(world: World) -> None:
    world.person("manager", Role.ADMINISTRATOR)
    with time_machine.travel(world.now, tick=False):
        reply = signed_in(world, "manager").get(reverse("rescue:providers"))
    assert reply.status_code == 200
    assert all(name in reply.content.decode() for name in ("甲维修", "乙机电", "应急队"))
