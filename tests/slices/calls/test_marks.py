"""What a call is beside its state: secret, before a court, collective."""

import pytest
from django.test import Client

from qiying.kernel import people, tenancy
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.kernel.models import Event, Notification
from qiying.slices.calls import handlers, queries
from qiying.slices.calls.models import Call
from tests.slices.calls import steps
from tests.slices.calls.steps import take
from tests.slices.calls.test_database import refused, sql
from tests.slices.casebook import steps as cases
from tests.slices.mediation import steps as disputes
from tests.slices.world import World


@pytest.fixture
def machine(world: World) -> Client:
    _row, secret = people.issue_key(world.keeper, "测试接口", now=world.now)
    return Client(headers={"X-API-Key": secret})


def marked(world: World, call: Call, mark: str, who: str = "desk") -> Call:
    return take(world, who, call, "mark", mark=mark, text="企业来件注明商业秘密")


def public_call(world: World) -> Call:
    call = steps.raise_call(world, matter_code="M069", object_kind="segment")
    return take(world, "desk", call, "accept")


def test_a_mark_says_why_and_whose_it_is_and_the_firm_does_not_read_it(world: World) -> None:
    call = marked(world, steps.working(world), "secret")
    assert call.marks == ["secret"]
    for who, is_read in (("desk", True), ("boss", False)):
        actor = world.actor(who)
        with tenancy.reading(actor):
            lines = queries.timeline(actor, queries.get_call(actor, call.pk))
        found = [line.text for line in lines if line.topic == "calls.marked"]
        assert found == (["企业来件注明商业秘密"] if is_read else [])


def test_a_mark_is_set_once_and_taken_off_by_a_supervisor_only(world: World) -> None:
    call = marked(world, steps.working(world), "litigation")
    with pytest.raises(Invalid) as found:
        marked(world, call, "litigation")
    assert found.value.fields == {"mark": "calls.marked_already"}
    with pytest.raises(Invalid) as found:
        marked(world, call, "famous")
    assert found.value.fields == {"mark": "input.choice"}
    with pytest.raises(Denied):
        take(world, "desk", call, "unmark", mark="litigation", text="已撤诉")
    with pytest.raises(Invalid) as found:
        take(world, "supervisor", call, "unmark", mark="secret", text="已撤诉")
    assert found.value.fields == {"mark": "calls.not_marked"}
    assert take(world, "supervisor", call, "unmark", mark="litigation", text="已撤诉").marks == []
    with pytest.raises(Refused, match="is_marked"):
        take(world, "supervisor", call, "unmark", mark="litigation", text="已撤诉")


def test_the_database_knows_the_marks(world: World) -> None:
    call = steps.working(world)
    with refused(world, "call_marks_known"):
        sql("UPDATE calls_call SET marks = '{famous}' WHERE id = %s", call.pk)


def test_a_secret_call_is_shown_to_no_outsider(world: World, machine: Client) -> None:
    call = public_call(world)
    assert machine.get(f"/api/v1/calls/{call.public_id}").status_code == 200
    marked(world, call, "secret")
    assert machine.get(f"/api/v1/calls/{call.public_id}").status_code == 404
    assert machine.get("/api/v1/calls/").json()["items"] == []
    take(world, "supervisor", call, "unmark", mark="secret", text="已解密")
    assert machine.get(f"/api/v1/calls/{call.public_id}").status_code == 200


def test_a_secret_call_stays_with_the_firm_and_whoever_works_on_it(world: World) -> None:
    call = marked(world, steps.working(world), "secret")
    for who in ("boss", "desk", "safety", "emb", "supervisor"):
        actor = world.actor(who)
        with tenancy.reading(actor):
            assert queries.find_call(actor, call.pk) is not None, who
    grid = world.actor("grid")
    with tenancy.reading(grid), pytest.raises(NotFound):
        queries.get_call(grid, call.pk)


def test_a_secret_call_becomes_no_typical_case_and_none_before_a_court_is_mediated(
    world: World,
) -> None:
    call = marked(world, steps.closed(world), "secret")
    world.later(days=40)
    with pytest.raises(Refused, match=r"casebook\.secret"):
        cases.nominate(world, call)
    other = marked(world, steps.working(world), "litigation")
    with pytest.raises(Refused, match="before_court"):
        disputes.open_case(world, call_id=other.pk)


def test_supervisors_and_leaders_hear_at_once_of_a_collective_call(world: World) -> None:
    call = steps.working(world)
    for mark, told in (("secret", set()), ("collective", {"supervisor", "leader"})):
        marked(world, call, mark)
        with tenancy.acting(world.system):
            event = Event.objects.filter(topic="calls.marked").latest("sequence")
            handlers.tell(event)
            rows = Notification.objects.filter(kind="calls.marked")
            names = set(rows.values_list("person__username", flat=True))
        assert names >= {f"lc-{name}" for name in told}, names
        assert bool(names) == bool(told)


def test_the_list_is_filtered_by_mark(world: World) -> None:
    plain, secret = steps.working(world), marked(world, steps.working(world), "secret")
    desk = world.actor("desk")
    for asked, shown in (("any", {secret.pk}), ("secret", {secret.pk}), ("litigation", set())):
        filters = queries.Filters.read({"mark": asked})
        with tenancy.reading(desk):
            found = {c.pk for c in queries.list_calls(desk, filters, now=world.now)}
        assert found == shown
        assert plain.pk not in found
