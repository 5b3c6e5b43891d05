"""Rows that are gathered in one statement are the rows that the ORM reads, value by value."""

from datetime import timedelta

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from qiying.kernel import bundle, nav, tenancy
from qiying.kernel.access import Role, stand_in
from qiying.kernel.bundle import Part
from qiying.kernel.models import Event, Tenant
from qiying.slices.calls.models import Call, Note, Round, Task
from qiying.slices.calls.queries._dossier import PARTS
from tests.slices.calls import steps
from tests.slices.world import World


def values(row: models.Model) -> dict[str, object]:
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def test_gathered_rows_equal_those_of_the_orm(world: World) -> None:
    call = steps.closed(world)
    steps.take(world, "safety", steps.working(world), "note", text="另一件")
    with tenancy.reading(world.system):
        found = bundle.fetch(world.system, PARTS, {"call": call.pk})
        for part in PARTS:
            ids = [row.pk for row in found[part.model]]
            rows = part.model._default_manager.filter(pk__in=ids).order_by("id")
            assert [values(r) for r in found[part.model]] == [values(r) for r in rows]
        wanted = {"tenant_id": world.tenant.pk, "call_id": call.pk}
        for model in (Round, Task, Note):
            assert len(found[model]) == model._default_manager.filter(**wanted).count() > 0
        mine = Event.objects.filter(subject_type="calls.call", subject_id=call.pk)
        assert len(found[Event]) == mine.count() > 0
        assert {type(row) for row in found[Round]} == {Round}


def test_rows_of_another_tenant_are_not_gathered(world: World) -> None:
    call = steps.triage(world)
    other = Tenant.objects.create(kind="zone", code="other", name_zh="外区", name_en="Other")
    stranger = stand_in(other.pk, Role.DESK)
    with tenancy.reading(stranger):
        found = bundle.fetch(stranger, PARTS, {"call": call.pk})
    assert not any(found.values())


def test_a_kind_of_value_that_json_would_change_is_refused() -> None:
    with pytest.raises(TypeError):
        bundle._reader(models.DecimalField())
    with pytest.raises(TypeError):
        bundle._reader(models.BinaryField())


def test_one_statement_gathers_many_tables(world: World) -> None:
    call = steps.triage(world)
    parts = (Part(Round, "t.call_id = %(call)s"), Part(Task, "t.call_id = %(call)s"))
    with tenancy.reading(world.system), CaptureQueriesContext(connection) as asked:
        bundle.fetch(world.system, parts, {"call": call.pk})
    assert len(asked.captured_queries) == 1


def test_numbers_of_the_navigation_are_counted_in_one_statement(world: World) -> None:
    calls = [steps.triage(world) for _ in range(3)]
    late = world.now + timedelta(days=9999)
    with tenancy.reading(world.system):
        rows = {
            "all": Call.objects.visible_to(world.system).order_by()[:2],
            "none": Call.objects.none(),
            "late": Call.objects.visible_to(world.system).filter(due_at__gt=late),
            "triage": Call.objects.visible_to(world.system).filter(pk__in=[c.pk for c in calls]),
        }
        with CaptureQueriesContext(connection) as asked:
            found = nav.counted(rows)
    assert found == {"all": 2, "none": 0, "late": 0, "triage": 3}
    assert len(asked.captured_queries) == 1
