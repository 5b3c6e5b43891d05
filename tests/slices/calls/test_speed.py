"""Wordings, mentions, the sheet of the day, leaders in charge, workload, the hall."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.kernel.models import Message, Notification
from qiying.slices.calls import operations
from qiying.slices.calls.models import Call, DailySheet, Mention, Note, Task, Wording
from qiying.slices.calls.operations._mentions import find_named
from qiying.slices.calls.queries import colleagues, daily, hall, units, wordings
from qiying.slices.calls.views import speed
from tests.slices.calls import steps
from tests.slices.world import World


def client_of(world: World, who: str, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(world.user(who), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = language
    return client


# --- wordings ---


def write(world: World, who: str = "safety", **more: Any) -> Wording:
    unit = world.units["ZONE_SAFE"]
    given = {
        "name": "已整改",
        "step": "answer",
        "text": "{firm}：{number} 已整改。",
        "unit_id": unit,
    }
    return operations.write_wording(world.actor(who), now=world.now, **{**given, **more})


def put_in_force(world: World, row: Wording, who: str = "safety-lead") -> Wording:
    return operations.approve_wording(world.actor(who), row.public_id, now=world.now)


def test_a_wording_is_offered_with_its_places_filled_in_once_somebody_put_it_in_force(
    world: World,
) -> None:
    call, row = steps.working(world), write(world)
    safety = world.actor("safety")
    with tenancy.reading(safety):
        call = Call.objects.select_related("enterprise", "lead_unit").get(pk=call.pk)
        assert wordings.offered(safety, call, "answer") == []
    put_in_force(world, row)
    with tenancy.reading(safety):
        (found,) = wordings.offered(safety, call, "answer")
        assert found.text == f"宏达：{call.number} 已整改。"
        assert wordings.offered(safety, call, "message") == []


def test_nobody_puts_the_own_words_in_force(world: World) -> None:
    row = write(world, "safety-lead")
    with pytest.raises(Refused):
        put_in_force(world, row)
    with pytest.raises(Denied):
        put_in_force(world, row, "safety")


def test_a_new_version_retires_the_old_one(world: World) -> None:
    first = put_in_force(world, write(world))
    second = write(world, key=first.key, text="第二版 {due}")
    assert second.number == 2
    put_in_force(world, second)
    with tenancy.reading(world.system):
        states = dict(Wording.objects.values_list("number", "state"))
    assert states == {1: "retired", 2: "approved"}


def test_a_use_counts_once_per_call_and_person(world: World) -> None:
    call, row = steps.working(world), put_in_force(world, write(world))
    for _ in range(2):
        operations.use_wording(world.actor("safety"), row.public_id, call.pk, now=world.now)
    operations.use_wording(world.actor("safety-lead"), row.public_id, call.pk, now=world.now)
    with tenancy.reading(world.system):
        assert Wording.objects.get().uses == 2


def test_words_of_another_unit_are_not_seen(world: World) -> None:
    row = put_in_force(world, write(world))
    with pytest.raises(NotFound), tenancy.reading(world.actor("emb")):
        wordings.get_wording(world.actor("emb"), row.public_id)


@pytest.mark.parametrize("text", ["{name}", "{firm", "{firm.__class__}", "{}"])
def test_only_places_that_can_be_filled_in_are_taken(world: World, text: str) -> None:
    with pytest.raises(Invalid):
        write(world, text=text)


def test_who_writes_for_all_units_is_the_desk(world: World) -> None:
    assert write(world, "desk", unit_id=None).unit_id is None
    for who, unit in (("safety", None), ("safety", world.units["EMB"]), ("analyst", None)):
        with pytest.raises(Denied):
            write(world, who, unit_id=unit)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("approved_by_id = written_by_id", "wording_by_another"),
        ("state = 'approved'", "wording_approved_by"),
        ("state = 'best'", "wording_state_known"),
    ],
)
def test_the_database_refuses_words_in_force_by_their_writer(
    world: World, change: str, name: str
) -> None:
    write(world)
    refused = pytest.raises(IntegrityError, match=name)
    with tenancy.acting(world.system), refused, transaction.atomic():
        connection.cursor().execute(f"UPDATE calls_wording SET {change}")  # noqa: S608


# --- mentions ---


def note(world: World, who: str, call: Call, text: str) -> list[int]:
    steps.take(world, who, call, "note", text=text)
    with tenancy.reading(world.system):
        last = Note.objects.filter(call=call, kind="note").order_by("-id").first()
    assert last is not None
    return operations.name_colleagues(world.system, last.pk, now=world.now)


def test_who_is_named_is_told_once(world: World) -> None:
    call = steps.working(world)
    found = note(world, "desk", call, "请@safety看看，也请 @supervisor 知悉")
    assert set(found) == {world.user("safety").pk, world.user("supervisor").pk}
    with tenancy.reading(world.system):
        last = Note.objects.filter(call=call, kind="note").latest("id")
        told = Notification.objects.filter(kind="calls.mentioned")
        assert {n.person_id for n in told} == set(found)
    assert operations.name_colleagues(world.system, last.pk, now=world.now) == []


def test_who_may_not_see_the_call_is_not_told(world: World) -> None:
    """Another unit, the firm, its rival, the administrator, and the unit complained of."""
    call = steps.working(world, co=())
    assert note(world, "desk", call, "@emb @boss @rival @admin @grid @town") == []
    world.person("accused", Role.SUPERVISOR, unit="FIN")
    complaint = steps.raise_call(world, complained_unit_id=world.units["FIN"], nature="complaint")
    assert note(world, "desk", complaint, "@accused") == []
    with tenancy.reading(world.system):
        assert not Mention.objects.exists()


def test_of_two_names_the_longer_counts_and_of_two_alike_none(world: World) -> None:
    world.person("王伟", Role.DESK)
    world.person("王伟民", Role.DESK)
    everybody = [world.user("王伟"), world.user("王伟民")]
    assert [p.name for p in find_named("@王伟民看一下", everybody)] == ["王伟民"]
    twin = world.user("王伟")
    other = type(twin)(pk=99999, username="other", name="王伟")
    assert find_named("@王伟 看一下", [twin, other]) == []
    assert [p.pk for p in find_named("@other 看", [twin, other])] == [99999]


def test_only_colleagues_who_may_read_are_offered(world: World) -> None:
    call = steps.working(world, co=())
    answer = client_of(world, "desk").get(f"/calls/case/{call.public_id}/people/named/?q=").json()
    names = {row["name"] for row in answer["people"]}
    assert names.isdisjoint({"emb", "boss", "rival", "town", "admin"})
    assert (
        client_of(world, "emb").get(f"/calls/case/{call.public_id}/people/named/").status_code
        == 404
    )


# --- the sheet of the day, leaders in charge ---

EIGHT = datetime(2026, 11, 17, 0, 5, tzinfo=UTC)
"""Tuesday, five past eight in Shanghai."""


def sheets(world: World, kind: str = "calls.daily") -> set[int]:
    with tenancy.reading(world.system):
        rows = Notification.objects.filter(kind=kind)
        return set(rows.values_list("person_id", flat=True))


def test_the_sheet_comes_at_eight_on_working_days_and_once(world: World) -> None:
    steps.working(world)
    steps.submitted(world)
    assert operations.send_daily(world.system, now=EIGHT - timedelta(minutes=10)) == 0
    assert operations.send_daily(world.system, now=EIGHT) > 0
    assert operations.send_daily(world.system, now=EIGHT + timedelta(minutes=1)) == 0
    told = sheets(world)
    assert {world.user("desk").pk, world.user("safety").pk} <= told
    assert world.user("boss").pk not in told
    saturday = EIGHT + timedelta(days=4)
    assert operations.send_daily(world.system, now=saturday) == 0


def test_who_switched_it_off_gets_none_and_who_chose_ten_gets_it_at_ten(world: World) -> None:
    steps.working(world)
    operations.choose_daily(world.actor("safety"), is_on=False, hour=8, now=world.now)
    operations.choose_daily(world.actor("safety-lead"), is_on=True, hour=10, now=world.now)
    operations.send_daily(world.system, now=EIGHT)
    assert not sheets(world) & {world.user("safety").pk, world.user("safety-lead").pk}
    operations.send_daily(world.system, now=EIGHT + timedelta(hours=2))
    assert world.user("safety-lead").pk in sheets(world)
    with pytest.raises(Invalid):
        operations.choose_daily(world.actor("safety"), is_on=True, hour=3, now=world.now)


def test_nobody_is_told_of_an_empty_day(world: World) -> None:
    operations.send_daily(world.system, now=EIGHT)
    assert sheets(world) == set()


def test_the_leader_in_charge_gets_the_units_as_a_message(world: World) -> None:
    steps.working(world)
    leader, unit = world.user("leader").pk, world.units["ZONE_SAFE"]
    operations.put_in_charge(world.actor("admin"), unit, leader, now=world.now)
    operations.send_daily(world.system, now=EIGHT)
    assert sheets(world, "calls.daily.charge") == {leader}
    with tenancy.reading(world.system):
        message = Message.objects.get(effect_key__startswith="calls.daily.charge")
        assert message.recipient == world.user("leader").phone
        assert "1" in message.params["text"]
        assert DailySheet.objects.get(is_of_charge=True).figures["open"] == 1


def test_one_leader_is_in_charge_of_a_unit_and_the_past_stays(world: World) -> None:
    unit, admin = world.units["ZONE_SAFE"], world.actor("admin")
    world.person("leader2", Role.ZONE_LEADER)
    operations.put_in_charge(admin, unit, world.user("leader").pk, now=world.now)
    operations.put_in_charge(admin, unit, world.user("leader2").pk, now=world.later(days=3))
    with tenancy.reading(world.system):
        found = daily.charges(world.system, on=world.now.date())
        assert [c.person_id for c in found] == [world.user("leader2").pk]
    for who, person in (("admin", "desk"), ("desk", "leader")):
        with pytest.raises((Invalid, Denied)):
            operations.put_in_charge(world.actor(who), unit, world.user(person).pk, now=world.now)


def test_a_leader_reads_the_same_overdue_calls_as_on_the_morning_sheet(world: World) -> None:
    """What is posted for supervision has another light and is overdue all the same."""
    call, unit = steps.working(world, co=()), world.units["ZONE_SAFE"]
    with tenancy.acting(world.system):
        Call.objects.filter(pk=call.pk).update(supervision_level=3)
    leader, later = world.actor("leader"), call.due_at + timedelta(days=1)
    with tenancy.reading(leader):
        (line,) = daily.charge_lines(leader, frozenset({unit}), now=later)
        sheet = next(u for u in units.unit_lines(leader, now=later) if u.unit_id == unit)
    assert (line.overdue, line.open) == (sheet.red, sheet.total) == (1, 1)


def test_my_day_counts_down_to_the_step_that_i_owe(world: World) -> None:
    """A call that is to be accepted goes red with its acceptance, days before its answer is due."""
    call, desk = steps.submitted(world), world.actor("desk")
    with tenancy.reading(desk):
        (waiting,) = daily.first(daily.waiting_calls(desk, now=world.now))
        reddening = daily.first(daily.reddening_calls(desk, now=world.now))
    assert waiting.owed_at == call.step_due_at < call.due_at  # type: ignore[attr-defined]
    assert [c.pk for c in reddening] == [call.pk]


# --- workload ---


def test_the_load_counts_parts_by_person_and_those_of_nobody(world: World) -> None:
    """Whoever signed has it in hand until somebody else is named; what nobody signed is nobody's."""
    first, _signed, _sent = steps.working(world), steps.working(world), steps.dispatched(world)
    task = steps.task(world, first, "ZONE_SAFE")
    person = world.user("safety-lead").pk
    operations.assign_person(world.actor("safety-lead"), task, person_id=person, now=world.now)
    supervisor = world.actor("supervisor")
    with tenancy.reading(supervisor):
        found = {u.name: u for u in colleagues.workload(supervisor, now=world.now)}
    unit = next(u for u in found.values() if u.unit_id == world.units["ZONE_SAFE"])
    loads = {r.name: (r.parts, r.weight) for r in unit.rows}
    assert loads == {"safety": (1, 3), "safety-lead": (1, 3)}
    assert unit.nobody is not None
    assert unit.nobody.parts == 1


def test_who_has_least_to_do_is_suggested_and_the_reason_is_said(world: World) -> None:
    busy, call = steps.working(world), steps.dispatched(world)
    task = steps.task(world, busy, "ZONE_SAFE")
    own = world.user("safety").pk
    operations.assign_person(world.actor("safety"), task, person_id=own, now=world.now)
    leader = world.actor("safety-lead")
    with tenancy.reading(leader):
        part = Task.objects.get(pk=steps.task(world, call, "ZONE_SAFE"))
        found = colleagues.suggestions(leader, part, call, now=world.now)
    assert [(s.name, s.weight, s.is_first) for s in found] == [
        ("safety-lead", 0, True),
        ("safety", 3, False),
    ]


# --- the hall, the keys ---


def test_the_hall_names_nobody(world: World) -> None:
    """No firm, no person, no address, no number and no words of a call; no complaint at all."""
    call = steps.working(world)
    steps.raise_call(
        world, title="投诉拖延", complained_unit_id=world.units["FIN"], nature="complaint"
    )
    for language in ("zh-hans", "en"):
        text = client_of(world, "leader", language).get("/calls/hall/").content.decode()
        for secret in (
            "宏达",
            "配电房",
            call.number,
            str(call.public_id),
            "投诉拖延",
        ):
            assert secret not in text, secret
    leader = world.actor("leader")
    with tenancy.reading(leader):
        found = hall.hall(leader, now=world.now)
    assert found.open_count == 1
    assert sum(c.count for c in found.cells) == 1
    (cell,) = found.cells
    assert (
        abs(cell.longitude / hall.CELL_DEGREES - round(cell.longitude / hall.CELL_DEGREES)) < 1e-6
    )


def test_the_hall_counts_settled_months_only(world: World) -> None:
    start, end = hall.settled_months(datetime(2026, 11, 22, tzinfo=UTC))
    assert (start.isoformat(), end.isoformat()) == ("2025-10-01", "2026-10-01")


def test_keys_mean_steps_that_the_table_opens_to_the_role(world: World) -> None:
    desk, unit = speed.row_keys(world.actor("desk")), speed.row_keys(world.actor("safety"))
    assert desk["d"]["triage"] == "dispatch"
    assert desk["a"] == {"submitted": "accept"}
    assert unit["a"]["working"] == "assign_person"
    assert "d" not in unit
    assert speed.row_keys(world.actor("analyst")) == {}


def test_the_palette_offers_a_step_by_name_and_number(world: World) -> None:
    call = steps.triage(world)
    desk = world.actor("desk")
    hits = speed.find_actions(desk, f"dispatch {call.number[-3:]}", 6)
    assert [h.url for h in hits] == [f"/calls/case/{call.public_id}/?step=dispatch#do-dispatch"]
    assert speed.find_actions(world.actor("analyst"), f"dispatch {call.number}", 6) == []
    assert speed.find_actions(desk, "dispatch", 6) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("leader", "/calls/hall/"),
        ("desk", "/calls/wall/"),
        ("safety", "/calls/day/"),
        ("leader", "/calls/day/"),
        ("admin", "/calls/charges/"),
        ("supervisor", "/calls/workload/"),
        ("safety-lead", "/calls/wordings/"),
    ],
)
def test_the_pages_answer(world: World, who: str, path: str, language: str) -> None:
    put_in_force(world, write(world))
    steps.working(world)
    assert client_of(world, who, language).get(path).status_code == 200


def test_a_wording_handed_in_twice_is_one(world: World) -> None:
    client = client_of(world, "safety")
    unit = world.units["ZONE_SAFE"]
    sent = {
        "name": "回复",
        "step": "answer",
        "unit_id": unit,
        "text": "您好",
        "idempotency_key": "w",
    }
    for _ in range(2):
        assert client.post("/calls/wordings/", sent).status_code == 303
    with tenancy.reading(world.system):
        row = Wording.objects.get()
    assert client.post("/calls/wordings/", {"name": "x"}).status_code == 422
    leader = client_of(world, "safety-lead")
    assert leader.post(f"/calls/wordings/{row.public_id}/", {"do": "approve"}).status_code == 303
    aid = client_of(world, "safety").get(
        f"/calls/case/{steps.working(world).public_id}/aid/answer/"
    )
    assert "您好" in aid.content.decode()
