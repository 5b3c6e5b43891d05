"""Co-handlers: each with a task, a due time and a weight of its own, and lateness of its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from qiying.kernel import tenancy
from qiying.kernel.errors import Denied, Invalid, Problem
from qiying.kernel.models import Event
from qiying.slices.calls import handlers, operations, queries
from qiying.slices.calls.models import Call, Lapse, Round, Task
from qiying.slices.calls.operations import CoUnit
from qiying.slices.calls.queries import colleagues
from qiying.slices.calls.queries.rates import rates_table
from qiying.slices.registry import operations as registry
from tests.slices.calls import steps
from tests.slices.calls.steps import take
from tests.slices.world import World


def part(world: World, call: Call, unit: str = "EMB") -> Task:
    with tenancy.reading(world.system):
        return Task.objects.select_related("duty").get(pk=steps.task(world, call, unit))


def round_of(world: World, call: Call) -> Round:
    with tenancy.reading(world.system):
        return Round.objects.get(call=call, number=steps.fresh(world, call).current_round)


def co(world: World, unit: str = "EMB", **more: Any) -> CoUnit:
    return CoUnit(world.units[unit], **more)


def dispatch(world: World, *co_units: CoUnit) -> Call:
    call, lead = steps.triage(world), world.units["ZONE_SAFE"]
    return take(world, "desk", call, "dispatch", lead_unit_id=lead, co_units=co_units)


def working(world: World, *co_units: CoUnit) -> Call:
    call = dispatch(world, *co_units)
    return take(world, "safety", call, "sign", task_id=steps.task(world, call, "ZONE_SAFE"))


# --- what the desk gives ---


def test_each_co_handler_has_its_own_task_due_time_and_weight(world: World) -> None:
    noon, evening = world.now + timedelta(hours=26), world.now + timedelta(hours=31)
    call = dispatch(
        world,
        co(world, "EMB", duty="查验台账", due_at=noon, weight=30),
        co(world, "ETB", duty="核查设备", due_at=evening, weight=20),
        co(world, "FIN"),
    )
    emb, etb, fin = (part(world, call, unit) for unit in ("EMB", "ETB", "FIN"))
    told = [(t.duty.text if t.duty else "", t.due_at, t.set_due_at, t.weight) for t in (emb, etb)]
    assert told == [("查验台账", noon, noon, 30), ("核查设备", evening, evening, 20)]
    assert (fin.duty, fin.set_due_at, fin.weight) == (None, None, None)
    assert fin.due_at == part(world, dispatch(world, co(world)), "EMB").due_at
    desk = world.actor("desk")
    with tenancy.reading(desk):
        found = queries.dossier(desk, call)
        shares = found.shares_of(found.round)
        event = Event.objects.get(topic="calls.dispatched", subject_id=call.pk)
    lead = part(world, call, "ZONE_SAFE")
    assert [shares[t.pk] for t in (lead, emb, etb, fin)] == [25, 30, 20, 25]
    assert [(p["unit"], p["weight"]) for p in event.data["parts"]] == [
        (world.units["EMB"], 30),
        (world.units["ETB"], 20),
    ]
    assert event.data["parts"][0]["due"] == noon.isoformat()


@pytest.mark.parametrize("step", ["dispatch", "redispatch", "add_co", "adjudicate"])
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"weight": 0}, "calls.co_weight"),
        ({"weight": 100}, "calls.co_weight"),
        ({"weight": -5}, "calls.co_weight"),
        ({"due_at": timedelta(0)}, "calls.co_due"),
        ({"due_at": timedelta(days=-1)}, "calls.co_due"),
        ({"due_at": timedelta(days=40)}, "calls.co_due"),
        ({"duty": "长" * 4001}, "input.too_long"),
        ({"duty": "坏\x00字"}, "input.control"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_written(
    world: World, step: str, wrong: dict[str, Any], code: str
) -> None:
    who, call, inputs = ready(world, step)
    given = {n: world.now + v if n == "due_at" else v for n, v in wrong.items()}
    before = states(world, call)
    with pytest.raises(Invalid) as found:
        take(world, who, call, step, co_units=[co(world, "ETB", **given)], **inputs)
    assert found.value.fields == {"co_units": code}
    assert states(world, call) == before


def ready(world: World, step: str) -> tuple[str, Call, dict[str, Any]]:
    """A call on which the step can be taken, by whom, and what else it needs."""
    fire = world.units["FIRE"]
    if step == "dispatch":
        return "desk", steps.triage(world), {"lead_unit_id": world.units["ZONE_SAFE"]}
    if step == "redispatch":
        return "desk", working(world, co(world)), {"lead_unit_id": fire, "text": "改派"}
    if step == "add_co":
        return "desk", working(world, co(world)), {"text": "要人"}
    return "supervisor", steps.disputed(world), {"unit_id": fire, "text": "依据清单"}


def states(world: World, call: Call) -> list[tuple[int, str]]:
    with tenancy.reading(world.system):
        return list(Task.objects.filter(call=call).order_by("id").values_list("id", "state"))


@pytest.mark.parametrize("step", ["dispatch", "redispatch", "add_co", "adjudicate"])
def test_in_every_step_a_part_is_given_whole(world: World, step: str) -> None:
    who, call, inputs = ready(world, step)
    due_at = world.now + timedelta(hours=5)
    row = co(world, "ETB", duty="核查设备", due_at=due_at, weight=15)
    call = take(world, who, call, step, co_units=[row], **inputs)
    found = part(world, call, "ETB")
    assert (found.due_at, found.set_due_at, found.weight) == (due_at, due_at, 15)
    assert found.duty is not None
    assert found.duty.text == "核查设备"


def test_the_time_of_the_answer_itself_is_the_last_that_can_be_named(world: World) -> None:
    call = steps.triage(world)
    promised_at = round_of(world, call).promised_at
    lead = world.units["ZONE_SAFE"]
    late = [co(world, due_at=promised_at + timedelta(minutes=1))]
    with pytest.raises(Invalid):
        take(world, "desk", call, "dispatch", lead_unit_id=lead, co_units=late)
    call = take(
        world,
        "desk",
        call,
        "dispatch",
        lead_unit_id=lead,
        co_units=[co(world, due_at=promised_at)],
    )
    assert part(world, call).due_at == promised_at


def test_the_lead_is_no_co_handler_of_its_own_call(world: World) -> None:
    lead = world.units["ZONE_SAFE"]
    for step in ("dispatch", "redispatch", "add_co", "adjudicate"):
        who, call, inputs = ready(world, step)
        leading = inputs.get("lead_unit_id") or inputs.get("unit_id") or lead
        with pytest.raises(Invalid) as found:
            take(world, who, call, step, co_units=[CoUnit(leading)], **inputs)
        assert found.value.fields == {"co_units": "calls.co_lead"}, step


def test_a_co_handler_that_joins_counts_with_the_weights_given_before(world: World) -> None:
    call = working(world, co(world, "EMB", weight=60), co(world, "FIN"))
    with pytest.raises(Invalid) as found:
        take(world, "desk", call, "add_co", co_units=[co(world, "ETB", weight=39)], text="要人")
    assert found.value.fields == {"co_units": "calls.co_weight"}
    take(world, "desk", call, "add_co", co_units=[co(world, "ETB", weight=38)], text="要人")
    with pytest.raises(Invalid):
        take(world, "desk", call, "add_co", co_units=[co(world, "HUD")], text="再要人")
    take(world, "desk", call, "recall", task_id=steps.task(world, call, "EMB"), text="不需要了")
    take(world, "desk", call, "add_co", co_units=[co(world, "HUD", weight=60)], text="再要人")
    with tenancy.reading(world.system):
        rows = Task.objects.filter(call=call, weight__isnull=False).exclude(state="withdrawn")
        assert sorted(rows.values_list("weight", flat=True)) == [38, 60]


def test_who_is_named_again_keeps_the_part_and_cannot_be_given_another(world: World) -> None:
    due_at = world.now + timedelta(days=2)
    call = working(world, co(world, "EMB", due_at=due_at, weight=40), co(world, "ETB"))
    again = {"lead_unit_id": world.units["FIRE"], "text": "改派"}
    later = [co(world, "EMB", due_at=due_at + timedelta(days=1))]
    with pytest.raises(Invalid) as found:
        take(world, "desk", call, "redispatch", co_units=later, **again)
    assert found.value.fields == {"co_units": "calls.co_kept"}
    rows = [co(world, "EMB"), co(world, "FIN", weight=60)]
    with pytest.raises(Invalid) as found:
        take(world, "desk", call, "redispatch", co_units=rows, **again)
    assert found.value.fields == {"co_units": "calls.co_weight"}
    rows = [co(world, "EMB"), co(world, "FIN", weight=59)]
    call = take(world, "desk", call, "redispatch", co_units=rows, **again)
    kept = part(world, call, "EMB")
    assert (kept.due_at, kept.weight) == (due_at, 40)


def test_only_the_desk_and_the_supervisor_give_parts(world: World) -> None:
    call = working(world)
    row = [co(world, due_at=world.now + timedelta(days=1), weight=10)]
    for who in ("safety", "safety-lead", "boss", "caller", "leader", "auditor", "admin"):
        with pytest.raises(Problem) as found:
            take(world, who, call, "add_co", co_units=row, text="要人")
        assert found.value.status in {403, 404}, who
    with pytest.raises(Denied):
        take(world, "safety", call, "redispatch", lead_unit_id=world.units["FIRE"], text="不办")


def test_a_call_whose_promise_ran_out_can_still_be_shared(world: World) -> None:
    call = working(world)
    world.later(days=20)
    far = [co(world, due_at=world.now + timedelta(days=9))]
    with pytest.raises(Invalid):
        take(world, "desk", call, "add_co", co_units=far, text="要人")
    due_at = world.now + timedelta(hours=3)
    take(world, "desk", call, "add_co", co_units=[co(world, due_at=due_at)], text="要人")
    assert part(world, call).due_at == due_at


# --- what becomes of it ---


def test_calendar_matter_and_urgency_do_not_move_what_the_desk_set(world: World) -> None:
    due_at = world.now + timedelta(hours=20)
    call = working(world, co(world, "EMB", due_at=due_at), co(world, "ETB"))
    usual = part(world, call, "ETB").due_at
    registry.set_calendar(
        world.keeper,
        2026,
        now=world.now,
        notice="国务院办公厅通知",
        rest_days=[date(2026, 11, 17), date(2026, 11, 18)],
        work_days=[],
    )
    assert operations.rederive(world.system, now=world.now) >= 1
    assert part(world, call, "EMB").due_at == due_at
    assert part(world, call, "ETB").due_at > usual
    assert operations.rederive(world.system, now=world.now) == 0
    take(world, "desk", call, "classify", matter_code="M017", urgency="urgent")
    assert part(world, call, "EMB").due_at == due_at
    take(world, "desk", call, "classify", matter_code="M016", urgency="normal")
    assert part(world, call, "EMB").due_at == due_at


def test_it_gives_way_to_an_earlier_answer_and_comes_back_with_a_later_one(world: World) -> None:
    due_at = world.now + timedelta(days=3)
    call = working(world, co(world, due_at=due_at))
    take(world, "desk", call, "classify", matter_code="M016", urgency="urgent")
    found = part(world, call)
    assert found.due_at == max(round_of(world, call).promised_at, found.sign_due_at) < due_at
    assert found.set_due_at == due_at
    take(world, "desk", call, "classify", matter_code="M016", urgency="normal")
    assert part(world, call).due_at == due_at
    assert operations.rederive(world.system, now=world.now) == 0


def test_a_pause_moves_it_as_it_moves_the_other_clocks(world: World) -> None:
    due_at = world.now + timedelta(days=1, hours=2)
    call = working(world, co(world, due_at=due_at))
    promised_at = round_of(world, call).promised_at
    expected = {"expected_to_at": world.now + timedelta(days=10)}
    take(world, "safety", call, "propose_pause", reason="firm_asked", text="停产检修", **expected)
    take(world, "supervisor", call, "approve_pause", pause_id=steps.pause(world, call))
    assert part(world, call).due_at > due_at + timedelta(days=5)
    world.later(days=2)
    take(world, "boss", call, "resume", text="已复产")
    # Monday ten o'clock to Wednesday ten o'clock: two working days
    assert part(world, call).due_at == due_at + timedelta(days=2)
    assert round_of(world, call).promised_at > promised_at
    assert operations.rederive(world.system, now=world.now) == 0


def test_a_late_co_handler_is_late_itself_and_does_not_stain_the_lead(world: World) -> None:
    due_at = world.now + timedelta(hours=4)
    call = working(world, co(world, "EMB", due_at=due_at), co(world, "ETB"))
    world.now = due_at + timedelta(minutes=1)
    operations.note_overdue(world.system, now=world.now)
    with tenancy.reading(world.system):
        lapse = Lapse.objects.get(call=call, clock="task")
    assert (lapse.unit_id, lapse.due_at) == (world.units["EMB"], due_at)
    for who, unit in (("emb", "EMB"), ("etb", "ETB")):
        row = steps.task(world, call, unit)
        take(world, who, call, "sign", task_id=row)
        take(world, who, call, "task_done", task_id=row, text="已完成")
    take(world, "safety", call, "contact")
    answer = {"result": "solved", "text": "已更换", "evidence": "换装记录单"}
    take(world, "safety", call, "answer", **answer)
    world.later(days=30)
    system, start = world.system, date(2026, 11, 1)
    with tenancy.reading(system):
        table = rates_table(system, start=start, end=date(2027, 1, 1), now=world.now)
    round_ = next(r for r in table.rounds if r.call == call.pk)
    late = {t.unit: t.settled_at is not None and t.settled_at > t.due_at for t in round_.co_tasks}
    assert late == {"EMB": True, "ETB": False}
    assert round_.answered_at is not None
    assert round_.answered_at < round_.due_at
    assert round_.unit == "ZONE_SAFE"


def test_a_weight_of_a_quarter_or_more_weighs_in_the_hand_of_its_unit(world: World) -> None:
    for weight in (None, 10, 25, 60, 99):
        dispatch(world, co(world, weight=weight))
    supervisor = world.actor("supervisor")
    with tenancy.reading(supervisor):
        units = colleagues.workload(supervisor, now=world.now)
    found = next(u for u in units if u.unit_id == world.units["EMB"])
    assert found.weight == 1 + 1 + 1 + 2 + 4


def test_who_joins_with_the_decision_of_a_dispute_is_told(world: World) -> None:
    call = steps.disputed(world)
    fire, etb = world.units["FIRE"], co(world, "ETB", duty="核查设备")
    take(world, "supervisor", call, "adjudicate", unit_id=fire, text="依据", co_units=[etb])
    with tenancy.reading(world.system):
        event = Event.objects.get(topic="calls.adjudicated", subject_id=call.pk)
    assert event.data["co"] == [world.units["ETB"]]
    handlers.tell(event)


# --- the last line: the database ---


def test_the_database_keeps_what_a_unit_was_given(world: World) -> None:
    call = working(world, co(world, "EMB", due_at=world.now + timedelta(days=1), weight=60))
    row = part(world, call)
    for change in (
        {"weight": 10},
        {"weight": None},
        {"set_due_at": world.now + timedelta(days=2)},
        {"set_due_at": None},
        {"duty_id": None if row.duty_id else note_of(world, call)},
    ):
        with pytest.raises(IntegrityError), tenancy.acting(world.system), transaction.atomic():
            Task.objects.filter(pk=row.pk).update(**change)


def note_of(world: World, call: Call) -> int:
    take(world, "desk", call, "note", text="内部")
    with tenancy.reading(world.system):
        event = Event.objects.filter(topic="calls.noted", subject_id=call.pk).latest("sequence")
        return int(event.data["note"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"weight": 0},
        {"weight": 100},
        {"weight": 41},
        {"is_lead": True, "weight": 10},
        {"set_due_at": timedelta(0)},
        {"set_due_at": timedelta(minutes=-1)},
    ],
)
def test_the_database_takes_no_part_that_does_not_fit(world: World, wrong: dict[str, Any]) -> None:
    call = working(world, co(world, "EMB", weight=59))
    lead = part(world, call, "ZONE_SAFE")
    given = {n: world.now + v if isinstance(v, timedelta) else v for n, v in wrong.items()}
    values: dict[str, Any] = {
        "is_lead": False,
        "sent_at": world.now,
        "sign_due_at": world.now,
        "due_at": world.now,
        **given,
    }
    with pytest.raises(IntegrityError), tenancy.acting(world.system), transaction.atomic():
        Task.objects.create(
            tenant_id=world.tenant.pk,
            call_id=call.pk,
            round_id=lead.round_id,
            unit_id=world.units["ETB"],
            **values,
        )


# --- several at once ---


@pytest.mark.django_db(transaction=True)
def test_of_two_who_give_away_more_than_the_whole_one_is_told(
    transactional_db: None, request: pytest.FixtureRequest
) -> None:
    world: World = request.getfixturevalue("world")
    call = working(world)
    units = ("EMB", "ETB", "FIN", "HUD")

    def work(number: int) -> str:
        row = [co(world, units[number], weight=60)]
        try:
            take(world, ("desk", "desk2")[number % 2], call, "add_co", co_units=row, text="要人")
        except Problem as problem:
            return str(problem.fields) if isinstance(problem, Invalid) else problem.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(units)) as pool:
        found = list(pool.map(work, range(len(units))))
    assert found.count("") == 1
    assert set(found) == {"", "{'co_units': 'calls.co_weight'}"}


def test_a_due_time_in_another_zone_of_the_clock_is_the_same_moment(world: World) -> None:
    shanghai = datetime.fromisoformat("2026-11-17T12:00:00+08:00")
    call = dispatch(world, co(world, due_at=shanghai))
    assert part(world, call).due_at == shanghai
