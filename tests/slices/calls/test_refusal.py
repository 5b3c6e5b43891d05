"""A call is not accepted for want of co-operation only when one proposes it and another approves."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from qiying.kernel import tenancy
from qiying.kernel.errors import Invalid, Problem, Refused
from qiying.kernel.models import Event
from qiying.slices.calls import handlers, queries
from qiying.slices.calls.models import Call, Round
from qiying.slices.calls.queries import desk, watch
from qiying.slices.calls.queries.watch import DeclinedFilters
from qiying.slices.calls.views.notices import notice_of
from tests.slices.calls import steps
from tests.slices.calls.steps import fresh, take
from tests.slices.world import World

pytestmark = pytest.mark.django_db
WHY = {"text": "两次电话、一次书面要求补充照片，均未提供", "told_path": "可到服务台当面反映"}


def proposed(world: World) -> Call:
    return take(world, "desk", steps.asked_in_vain(world), "propose_decline", **WHY)


def names(world: World, who: str, call: Call) -> dict[str, str]:
    """The buttons of somebody, each with what still stands in its way."""
    actor = world.actor(who)
    with tenancy.reading(actor):
        row = queries.get_call(actor, call.pk)
        return {s.name: s.blocked for s in queries.steps_open(actor, row, now=world.now)}


def test_the_desk_proposes_and_a_supervisor_with_no_other_role_approves(world: World) -> None:
    call = proposed(world)
    assert (call.state, call.step_clock) == ("refusal", "accept")

    done = take(world, "supervisor", call, "approve_decline", text="同意")

    assert (done.state, done.decline_code) == ("declined", "UNCOOPERATIVE")
    assert done.refusal_proposer_id == world.user("desk").pk
    assert done.refusal_approver_id == world.user("supervisor").pk
    with tenancy.reading(world.system):
        assert Round.objects.get(call=call).state == "stopped"
        found = watch.declined(world.system, DeclinedFilters(code="UNCOOPERATIVE"))
        assert [row.pk for row in found] == [call.pk]


def test_it_is_not_proposed_before_the_firm_was_asked_and_let_its_time_run_out(
    world: World,
) -> None:
    for call in (steps.submitted(world), steps.need_info(world)):
        assert "propose_decline" not in names(world, "desk", call)
        with pytest.raises(Refused):
            take(world, "desk", call, "propose_decline", **WHY)
    answered = steps.need_info(world)
    take(world, "boss", answered, "supply_info", text="照片如附")
    with pytest.raises(Refused, match="asked_in_vain"):
        take(world, "desk", answered, "propose_decline", **WHY)


def test_neither_the_desk_nor_whoever_proposed_it_decides(world: World) -> None:
    call = proposed(world)
    assert "approve_decline" not in names(world, "desk", call)
    for who in ("desk", "desk2", "safety", "boss"):
        with pytest.raises(Problem):
            take(world, who, call, "approve_decline")
    with tenancy.acting(world.system):
        Call.objects.filter(pk=call.pk).update(refusal_proposer=world.user("supervisor"))
    assert names(world, "supervisor", call)["approve_decline"] == "refusal_by_another"
    with pytest.raises(Refused, match="refusal_by_another"):
        take(world, "supervisor", call, "approve_decline")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"refusal_proposer": None}, "call_refusal_proposed"),
        (
            {"state": "declined", "decline_code": "UNCOOPERATIVE"},
            "call_uncooperative_approved",
        ),
        ({"state": "declined", "decline_code": "SECRET", "by": "desk"}, "call_refusal_by_another"),
    ],
)
def test_the_database_keeps_the_two_apart(
    world: World, changes: dict[str, object], name: str
) -> None:
    call = proposed(world)
    values = {k: v for k, v in changes.items() if k != "by"}
    if "by" in changes:
        values["refusal_approver"] = world.user(str(changes["by"]))
    raises = pytest.raises(IntegrityError, match=name)
    with tenancy.acting(world.system), raises, transaction.atomic():
        Call.objects.filter(pk=call.pk).update(**values)


def test_a_refused_proposal_leaves_the_call_and_its_clock_as_they_were(world: World) -> None:
    before = steps.asked_in_vain(world)
    call = take(world, "desk", before, "propose_decline", **WHY)
    with pytest.raises(Invalid):
        take(world, "leader", call, "refuse_decline", text="")
    back = take(world, "leader", call, "refuse_decline", text="照片并非受理所必需，先行派单")

    clocks = ("state", "due_at", "yellow_at", "step_due_at", "step_clock", "clock")
    assert [getattr(back, n) for n in clocks] == [getattr(before, n) for n in clocks]
    assert back.refusal_proposer_id is None
    assert take(world, "desk", back, "accept").state == "triage"


def test_the_firm_is_told_and_can_still_give_what_is_missing(world: World) -> None:
    call = proposed(world)
    boss = world.actor("boss")
    with tenancy.reading(boss), translation.override("en"):
        row = queries.get_call(boss, call.pk)
        notice = notice_of(row, queries.dossier(boss, row))
        assert notice is not None
        assert "can still be given" in str(notice.title)
    assert (notice.text, notice.path) == (WHY["text"], WHY["told_path"])

    supplied = take(world, "boss", call, "supply_info", text="照片如附")

    assert (supplied.state, supplied.refusal_proposer_id) == ("submitted", None)
    with pytest.raises(Refused):
        take(world, "supervisor", call, "approve_decline")
    assert fresh(world, call).state == "submitted"


def test_supervisors_see_it_on_their_desk_and_in_their_number_only_while_it_waits(
    world: World,
) -> None:
    boss_of_it = world.actor("supervisor")
    with tenancy.reading(boss_of_it):
        assert "refusal" not in {lane.key for lane in desk.lanes(boss_of_it, now=world.now)}
        before = desk.waiting_count(boss_of_it)
    call = proposed(world)
    with tenancy.reading(boss_of_it):
        (lane,) = [x for x in desk.lanes(boss_of_it, now=world.now) if x.key == "refusal"]
        assert [(card.id, card.said) for card in lane.rows] == [(call.pk, ["", WHY["text"]])]
        assert desk.waiting_count(boss_of_it) == before + 1


def test_each_of_those_concerned_is_told_once(world: World) -> None:
    call = proposed(world)
    take(world, "supervisor", call, "refuse_decline", text="继续办理")
    told = {}
    with tenancy.reading(world.system):
        row = queries.get_call(world.system, call.pk)
        for topic in ("calls.decline_proposed", "calls.decline_refused"):
            event = Event.objects.get(topic=topic, subject_id=call.pk)
            told[topic] = [a.find(world.system, row, event) for a in handlers.AUDIENCES[topic]]
    above, firm = told["calls.decline_proposed"]
    assert {world.user("supervisor").pk, world.user("leader").pk} <= above
    assert world.user("boss").pk in firm
    at_desk, firm = told["calls.decline_refused"]
    assert world.user("desk").pk in at_desk
    assert world.user("boss").pk in firm
