"""A row for each co-handler in the desk's forms, and what the units see of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils.timezone import localtime

from qiying.kernel import tenancy
from qiying.slices.calls.models import Call, Task
from qiying.slices.calls.operations import CoUnit
from tests.slices.calls import steps
from tests.slices.calls.desk.asking import At, case, form_of, send, text_of
from tests.slices.calls.steps import fresh, take, task
from tests.slices.world import World

WEIGHTS_WRONG = (
    "Weights are whole per cents from 1 to 99; all of them together leave the lead a share."
)
DUE_WRONG = (
    "due time is still to come and not after the time at which the answer to the firm is due."
)


def typed(at: datetime) -> str:
    """A moment as the field of a browser sends it."""
    return f"{localtime(at):%Y-%m-%dT%H:%M}"


def rows(world: World, **by_unit: dict[str, Any]) -> dict[str, Any]:
    """The entries of a form for these units, each ticked."""
    found: dict[str, Any] = {"co_units": [world.units[unit] for unit in by_unit]}
    for unit, row in by_unit.items():
        found |= {f"co{world.units[unit]}-{about}": said for about, said in row.items()}
    return found


def part(world: World, call: Call, unit: str) -> Task:
    with tenancy.reading(world.system):
        return Task.objects.select_related("duty").get(pk=task(world, call, unit))


def starting(world: World, step: str) -> tuple[str, Call, dict[str, Any]]:
    if step == "dispatch":
        return "desk", steps.triage(world), {"lead_unit_id": world.units["ZONE_SAFE"]}
    if step == "redispatch":
        return "desk", steps.working(world), {"lead_unit_id": world.units["FIRE"], "text": "改派"}
    if step == "add_co":
        return "desk", steps.working(world), {"text": "需要技术支持"}
    return (
        "supervisor",
        steps.disputed(world),
        {"unit_id": world.units["FIRE"], "text": "依据清单"},
    )


@pytest.mark.parametrize("step", ["dispatch", "redispatch", "add_co", "adjudicate"])
def test_each_form_gives_a_unit_its_task_due_time_and_weight(
    at: At, world: World, step: str
) -> None:
    who, call, fields = starting(world, step)
    etb = world.units["ETB"]
    drawn = text_of(form_of(at(who), call, step))
    for about in ("duty", "due", "weight"):
        assert f'name="co{etb}-{about}"' in drawn
    due_at = world.now + timedelta(hours=25)
    row = {"duty": "核查设备\n出具意见", "due": typed(due_at), "weight": "15"}
    assert send(at(who), world, call, step, **fields, **rows(world, ETB=row)).status_code == 303
    found = part(world, call, "ETB")
    assert (found.due_at, found.weight) == (due_at, 15)
    assert found.duty is not None
    assert found.duty.text == "核查设备\n出具意见"


def test_a_row_left_empty_follows_the_rule_and_the_form_says_which(at: At, world: World) -> None:
    call = steps.triage(world)
    empty = {"duty": "", "due": "", "weight": ""}
    desk, lead = at("desk"), world.units["ZONE_SAFE"]
    page = text_of(desk.get(case(call)))
    assert "What is left empty follows the rule: due 2026-11-19 17:30, an equal share." in page
    fields = {"lead_unit_id": lead, **rows(world, EMB=empty)}
    assert send(desk, world, call, "dispatch", **fields).status_code == 303
    found = part(world, call, "EMB")
    assert (found.set_due_at, found.weight, found.duty) == (None, None, None)
    assert typed(found.due_at) == "2026-11-19T17:30"


@pytest.mark.parametrize(
    ("row", "about", "words"),
    [
        ({"weight": "0"}, "weight", WEIGHTS_WRONG),
        ({"weight": "100"}, "weight", WEIGHTS_WRONG),
        ({"weight": "12.5"}, "weight", WEIGHTS_WRONG),
        ({"weight": "9" * 5000}, "weight", WEIGHTS_WRONG),
        ({"weight": "三成"}, "weight", WEIGHTS_WRONG),
        ({"due": "2026-11-15T09:00"}, "due", DUE_WRONG),
        ({"due": "2027-03-01T09:00"}, "due", DUE_WRONG),
        ({"due": "0001-01-01T00:00"}, "due", DUE_WRONG),
        ({"due": "9999-12-31T23:59"}, "due", DUE_WRONG),
        ({"due": "明天"}, "due", "Enter a valid date/time."),
        ({"duty": "坏\x00字"}, "duty", "character"),
        ({"duty": "长" * 501}, "duty", "at most 500"),
    ],
)
def test_what_is_wrong_stands_in_the_row_with_everything_that_was_typed(
    at: At, world: World, row: dict[str, str], about: str, words: str
) -> None:
    call = steps.triage(world)
    fields = {
        "lead_unit_id": world.units["ZONE_SAFE"],
        **rows(world, EMB={"duty": "查验台账", **row}, ETB={"weight": "20"}),
    }
    back = send(at("desk"), world, call, "dispatch", **fields)
    assert back.status_code == 422
    assert fresh(world, call).state == "triage"
    form = next(v.form for v in back.context["steps"] if v.form is not None)
    name = f"co{world.units['EMB']}-{about}"
    assert words in str(form.errors[name])
    page = text_of(back)
    assert f'id="dispatch-{call.pk}-{name}-error"' in page
    assert f'href="#dispatch-{call.pk}-{name}"' in page
    assert f'name="co{world.units["ETB"]}-weight" value="20"' in page


def test_too_much_given_away_is_said_at_the_units(at: At, world: World) -> None:
    call = steps.triage(world)
    fields = {
        "lead_unit_id": world.units["ZONE_SAFE"],
        **rows(world, EMB={"weight": "60"}, ETB={"weight": "40"}),
    }
    back = send(at("desk"), world, call, "dispatch", **fields)
    assert back.status_code == 422
    assert WEIGHTS_WRONG in text_of(back)


@pytest.mark.parametrize("step", ["dispatch", "redispatch", "adjudicate"])
def test_a_lead_that_is_ticked_as_co_handler_is_said_at_the_units(
    at: At, world: World, step: str
) -> None:
    who, call, fields = starting(world, step)
    leading = fields.get("lead_unit_id") or fields["unit_id"]
    back = send(at(who), world, call, step, **fields, co_units=[leading])
    assert back.status_code == 422
    form = next(v.form for v in back.context["steps"] if v.form is not None)
    assert form.errors["co_units"] == ["The lead cannot be a co-handler as well."]


def test_in_chinese_the_rows_and_their_errors_are_chinese(at: At, world: World) -> None:
    call = steps.triage(world)
    client = at("desk")
    client.cookies["django_language"] = "zh-hans"
    fields = {"lead_unit_id": world.units["ZONE_SAFE"], **rows(world, EMB={"weight": "0"})}
    page = text_of(send(client, world, call, "dispatch", **fields))
    assert "权重须为 1 至 99 的整数（百分比），各协办单位合计后须为主办单位留有份额。" in page
    for label in ("该单位协办任务", "权重（%）", "未填写的按规定执行"):
        assert label in page


def test_who_helps_already_keeps_its_part_in_a_redispatch(at: At, world: World) -> None:
    call = steps.working(world, co=("EMB", "ETB"))
    emb, etb = world.units["EMB"], world.units["ETB"]
    drawn = text_of(form_of(at("desk"), call, "redispatch"))
    assert f'name="co{emb}-due"' not in drawn
    assert drawn.count("keeps its part: due 2026-11-19 17:30, share 33%") == 2
    fields = {"lead_unit_id": world.units["FIRE"], "text": "改派", "co_units": [emb]}
    told = {f"co{emb}-weight": "90"}  # of an old page: there is no such entry
    assert send(at("desk"), world, call, "redispatch", **fields, **told).status_code == 303
    assert part(world, call, "EMB").weight is None
    with tenancy.reading(world.system):
        assert Task.objects.get(call=call, unit_id=etb).state == "withdrawn"


def test_who_helps_or_leads_already_is_not_offered_again(at: At, world: World) -> None:
    call = steps.working(world, co=("EMB",))
    drawn = text_of(form_of(at("desk"), call, "add_co"))
    for unit, is_offered in (("EMB", False), ("ZONE_SAFE", False), ("ETB", True)):
        box = f'name="co_units" value="{world.units[unit]}"'
        assert (box in drawn) == is_offered, unit
    back = send(at("desk"), world, call, "add_co", text="要人", co_units=[world.units["EMB"]])
    assert back.status_code == 422
    form = next(v.form for v in back.context["steps"] if v.form is not None)
    assert form.errors["co_units"]


def test_weights_of_those_who_help_count_in_the_form(at: At, world: World) -> None:
    call = steps.triage(world)
    lead, held = world.units["ZONE_SAFE"], [CoUnit(world.units["EMB"], weight=70)]
    take(world, "desk", call, "dispatch", lead_unit_id=lead, co_units=held)
    fields = {"text": "要人", **rows(world, ETB={"weight": "30"})}
    back = send(at("desk"), world, call, "add_co", **fields)
    assert back.status_code == 422
    assert WEIGHTS_WRONG in text_of(back)


def given(world: World) -> Call:
    call = steps.triage(world)
    due_at = world.now + timedelta(hours=6)
    row = CoUnit(world.units["EMB"], weight=30, duty="查验用电台账", due_at=due_at)
    lead = world.units["ZONE_SAFE"]
    other = CoUnit(world.units["ETB"])
    return take(world, "desk", call, "dispatch", lead_unit_id=lead, co_units=[row, other])


def test_the_page_shows_each_co_handlers_task_time_light_share_and_reports(
    at: At, world: World, clock: time_machine.Traveller
) -> None:
    call = given(world)
    row = task(world, call, "EMB")
    take(world, "emb", call, "sign", task_id=row)
    take(world, "emb", call, "stage_report", task_id=row, text="已查一半")
    world.later(hours=1)
    take(world, "emb", call, "stage_report", task_id=row, text="只差签章")
    world.later(hours=6)
    clock.move_to(world.now)
    page = text_of(at("safety").get(case(call)))
    for told in ("查验用电台账", "30%", "35%", "equal share", "已查一半", "只差签章"):
        assert told in page, told
    assert "2026-11-16 16:00<br>set by the desk" in page
    line = next(
        p for p in at("safety").get(case(call)).context["rounds"][0].tasks if p.task.pk == row
    )
    assert (line.light, line.is_late) == ("red", False)
    take(world, "emb", call, "task_done", task_id=row, text="完成")
    done = at("safety").get(case(call)).context["rounds"][0].tasks
    assert [(p.light, p.is_late) for p in done if p.task.pk == row] == [("", False)]


def test_a_co_handler_sees_its_own_part_first(at: At, world: World) -> None:
    call = given(world)
    mine = at("emb").get(case(call))
    assert [p.task.unit_id for p in mine.context["own_parts"]] == [world.units["EMB"]]
    page = text_of(mine)
    assert 'class="card gap own-part"' in page
    assert page.count("查验用电台账") >= 2
    for who in ("safety", "desk", "supervisor"):
        assert at(who).get(case(call)).context["own_parts"] == []
    plain = text_of(at("etb").get(case(call)))
    assert "The desk named no task of its own for your unit" in plain
    listed = text_of(at("emb").get("/calls/tasks/"))
    assert "查验用电台账" in listed
    assert "30%" in listed


def test_the_firm_reads_nothing_of_tasks_and_shares(at: At, world: World) -> None:
    call = given(world)
    page = text_of(at("boss").get(f"/calls/{call.public_id}/"))
    assert "查验用电台账" not in page
    assert "30%" not in page


def test_an_overdue_call_says_until_when_a_part_can_still_be_given(
    at: At, world: World, clock: time_machine.Traveller
) -> None:
    call = steps.working(world, co=())
    world.later(days=15)
    clock.move_to(world.now)
    drawn = text_of(form_of(at("desk"), call, "add_co"))
    assert (
        "The answer to the firm is overdue: a due time may be set until 2026-12-02 17:30" in drawn
    )
    fields = {"text": "要人", **rows(world, ETB={"due": "2026-12-02T12:00"})}
    assert send(at("desk"), world, call, "add_co", **fields).status_code == 303
