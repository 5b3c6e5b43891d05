"""What makes the desk quick in the demonstration: wordings, leaders in charge, notes that name people,
the sheets of this morning."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from qiying.demo.cast import Cast
from qiying.demo.packaged import read_toml
from qiying.demo.plan import Plan
from qiying.kernel import events, tenancy
from qiying.kernel.access import Role, system
from qiying.kernel.models import User
from qiying.slices.calls import operations as calls
from qiying.slices.calls.models import Call, Note
from qiying.slices.calls.rules import OPEN
from qiying.slices.registry import public as registry

_OF_THE_ZONE = "开发区"
"""In the name of a unit that the leaders of the zone lead; the county's have their own."""


def set_up_desk(plan: Plan, tenant_id: int) -> None:
    """Play it through the operations on the last day; nobody is told of what is old."""
    told = read_toml("desk")
    with events.muted():
        _put_in_charge(plan, tenant_id)
        _write_wordings(plan, tenant_id, told["wordings"])
        _name_colleagues(plan, tenant_id, told["notes"])


def _put_in_charge(plan: Plan, tenant_id: int) -> None:
    """Each unit of the zone has a leader in charge, in turn."""
    platform, cast = system(tenant_id), Cast(plan, tenant_id)
    leaders = cast.everyone(Role.ZONE_LEADER)
    with tenancy.acting(platform):
        cards = [u for u in registry.units(platform).values() if _OF_THE_ZONE in u.name_zh]
        for index, unit in enumerate(sorted(cards, key=lambda u: u.code)):
            leader = leaders[index % len(leaders)].person_id
            calls.put_in_charge(platform, unit.id, leader, now=plan.ends_at - timedelta(days=90))


def _write_wordings(plan: Plan, tenant_id: int, rows: list[Mapping[str, Any]]) -> None:
    cast, now = Cast(plan, tenant_id), plan.ends_at - timedelta(days=60)
    desk, supervisor = cast.everyone(Role.DESK)[0], cast.everyone(Role.SUPERVISOR)[0]
    for index, row in enumerate(rows):
        made = calls.write_wording(desk, now=now, **row)
        if index < len(rows) - 1:
            calls.approve_wording(supervisor, made.public_id, now=now + timedelta(days=1))


def _name_colleagues(plan: Plan, tenant_id: int, notes: list[str]) -> None:
    """Notes of the last minutes on open calls, each naming a supervisor who may read it."""
    cast, now = Cast(plan, tenant_id), plan.ends_at - timedelta(minutes=40)
    desk, supervisor = cast.everyone(Role.DESK)[0], cast.everyone(Role.SUPERVISOR)[0]
    name = User.objects.get(pk=supervisor.person_id or 0).username
    with tenancy.acting(desk):
        rows = Call.objects.visible_to(desk).filter(state__in=sorted(OPEN), complained_unit=None)
        for call, text in zip(rows.order_by("-received_at", "-id"), notes, strict=False):
            calls.note(desk, call.pk, text=text.format(name=f"@{name}"), now=now)
            note = Note.objects.filter(call=call).latest("id")
            calls.name_colleagues(system(tenant_id), note.pk, now=now)
