"""After signing in everybody stands before the own work."""

import pytest
from django.test import Client

from qiying.kernel.access import Role
from tests.slices.world import make_world

pytestmark = pytest.mark.django_db
BEGINS = {
    Role.DESK: "/calls/desk/",
    Role.ZONE_LEADER: "/calls/board/",
    Role.ADMINISTRATOR: "/registry/zone/",
    Role.AUDITOR: "/audit/",
    Role.ANALYST: "/indices/",
    Role.DUTY_CHIEF: "/rescue/board/",
    Role.CALLBACK: "/calls/callbacks/",
    Role.SUPERVISOR: "/calls/desk/",
}


@pytest.mark.parametrize("role", sorted(BEGINS))
def test_each_role_begins_where_its_work_is(role: Role) -> None:
    world = make_world()
    world.person("somebody", role)
    client = Client()
    client.force_login(world.user("somebody"), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/", follow=True)
    assert answer.redirect_chain[-1][0].split("?")[0] == BEGINS[role]
