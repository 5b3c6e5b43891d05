"""12345's work orders: its steps, their guards, and what the database refuses by itself."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client

from qiying.kernel import people, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.slices.calls import public as calls
from qiying.slices.calls.models import CallBack, Round
from qiying.slices.channels import operations, queries
from qiying.slices.channels.models import Delivery, Extension, WorkOrder
from qiying.slices.channels.rules.tables import ORDER
from tests.slices.calls import steps
from tests.slices.world import World, make_world


def order_of(world: World, actor: Actor, number: str = "ZJ-1", **more: Any) -> WorkOrder:
    given = {"text": "厂区门口路灯不亮", "credit_code": "", "matter_code": "M078", **more}
    return operations.receive_order(actor, order_number=number, now=world.now, **given)


def answered(world: World, row: WorkOrder) -> None:
    """The call of an order, carried to a reviewed answer."""
    with tenancy.reading(world.system):
        call = queries.get_order(world.system, row.public_id).call
    lead = world.units["ZONE_SAFE"]
    steps.take(world, "desk", call, "dispatch", lead_unit_id=lead, text="请办理")
    steps.take(world, "safety", call, "sign", task_id=steps.task(world, call, "ZONE_SAFE"))
    steps.take(world, "safety", call, "contact")
    steps.take(world, "safety", call, "answer", result="solved", text="路灯已修好")
    steps.take(world, "desk", call, "review_pass")


def closed(world: World, row: WorkOrder) -> None:
    answered(world, row)
    with tenancy.reading(world.system):
        call = queries.get_order(world.system, row.public_id).call
    steps.take(world, "caller", call, "callback_confirm", resolved="yes")


def state(world: World, row: WorkOrder) -> str:
    with tenancy.reading(world.system):
        return queries.get_order(world.system, row.public_id).state


def call_state(world: World, row: WorkOrder) -> str:
    return calls.card(world.system, row.call_id).state


def test_an_order_becomes_a_call_of_the_channel_12345(world: World, hotline: Actor) -> None:
    row = order_of(world, hotline)
    file = calls.file_of(world.system, row.call_id)
    assert (row.state, file.channel, file.card.state) == ("issued", "hotline", "submitted")
    assert row.sign_due_at > row.issued_at


def test_the_same_number_twice_is_one_order_and_one_call(world: World, hotline: Actor) -> None:
    first, second = order_of(world, hotline), order_of(world, hotline)
    assert first.pk == second.pk
    with tenancy.reading(world.system):
        assert WorkOrder.objects.count() == 1


def test_a_number_of_another_system_is_refused(world: World, hotline: Actor, desk: Actor) -> None:
    order_of(world, desk)
    with pytest.raises(Refused, match="order_of_another"):
        order_of(world, hotline)


def test_another_key_sees_no_order(world: World, hotline: Actor) -> None:
    row = order_of(world, hotline)
    _key, secret = people.issue_key(world.keeper, "别的", now=world.now)
    other = people.actor_of_key(secret, now=world.now)
    assert other is not None
    with tenancy.reading(other), pytest.raises(NotFound):
        queries.get_order(other, row.public_id)


def test_another_zone_sees_no_order(world: World, desk: Actor) -> None:
    row = order_of(world, desk)
    there = make_world("yz")
    stranger = there.person("desk", "desk")
    with tenancy.reading(stranger), pytest.raises(NotFound):
        queries.get_order(stranger, row.public_id)


@pytest.mark.parametrize("who", ["boss", "leader", "analyst", "safety"])
def test_only_the_desk_signs(world: World, desk: Actor, who: str) -> None:
    row = order_of(world, desk)
    with pytest.raises((Denied, NotFound)):
        operations.sign_order(world.actor(who), row.public_id, now=world.now)


def test_signing_accepts_the_call_and_tells_12345(world: World, desk: Actor) -> None:
    row = operations.sign_order(desk, order_of(world, desk).public_id, now=world.now)
    assert (row.state, call_state(world, row)) == ("signed", "triage")
    with tenancy.reading(world.system):
        assert list(Delivery.objects.values_list("kind", flat=True)) == ["order_sign"]


def test_signing_twice_is_refused(world: World, desk: Actor) -> None:
    row = operations.sign_order(desk, order_of(world, desk).public_id, now=world.now)
    with pytest.raises(Refused, match=r"lifecycle\.state"):
        operations.sign_order(desk, row.public_id, now=world.now)


# --- 退单 ---


def test_a_return_with_a_reason_and_in_time_goes_back(
    world: World, desk: Actor, hotline: Actor
) -> None:
    row = order_of(world, hotline)
    operations.ask_return(desk, row.public_id, reason="not_ours", text="属县局", now=world.now)
    assert state(world, row) == "return_asked"
    operations.answer_return(hotline, row.public_id, is_accepted=True, now=world.now)
    assert (state(world, row), call_state(world, row)) == ("returned", "declined")


def test_a_return_after_the_limit_is_refused(world: World, desk: Actor) -> None:
    row = order_of(world, desk)
    with pytest.raises(Refused, match="return_in_time"):
        operations.ask_return(
            desk, row.public_id, reason="not_ours", text="晚了", now=world.later(days=4)
        )


def test_a_return_needs_words_and_a_known_reason(world: World, desk: Actor) -> None:
    row = order_of(world, desk)
    for reason, text in (("not_ours", " "), ("because", "x")):
        with pytest.raises(Invalid):
            operations.ask_return(desk, row.public_id, reason=reason, text=text, now=world.now)


def test_an_order_whose_call_is_with_a_unit_is_not_returned(world: World, desk: Actor) -> None:
    row = operations.sign_order(desk, order_of(world, desk).public_id, now=world.now)
    with tenancy.reading(world.system):
        call = queries.get_order(world.system, row.public_id).call
    steps.take(
        world, "desk", call, "dispatch", lead_unit_id=world.units["ZONE_SAFE"], text="请办理"
    )
    with pytest.raises(Refused, match="not_with_units"):
        operations.ask_return(desk, row.public_id, reason="not_ours", text="退", now=world.now)


def test_a_refused_return_stays_and_is_not_asked_again(
    world: World, desk: Actor, hotline: Actor
) -> None:
    row = order_of(world, hotline)
    operations.ask_return(desk, row.public_id, reason="not_ours", text="退", now=world.now)
    operations.answer_return(hotline, row.public_id, is_accepted=False, now=world.now)
    assert state(world, row) == "signed"
    with pytest.raises(Refused, match="not_returned_before"):
        operations.ask_return(desk, row.public_id, reason="not_ours", text="退", now=world.now)


# --- 延期 ---


def test_an_extension_is_approved_by_another_and_granted_by_12345(
    world: World, desk: Actor, supervisor: Actor, hotline: Actor
) -> None:
    row = order_of(world, hotline)
    operations.sign_order(desk, row.public_id, now=world.now)
    found = operations.ask_extension(desk, row.public_id, days=5, text="等备件", now=world.now)
    operations.decide_extension(supervisor, row.public_id, is_approved=True, now=world.now)
    operations.answer_extension(hotline, row.public_id, is_granted=True, now=world.now)
    with tenancy.reading(world.system):
        assert WorkOrder.objects.get().due_at == found.due_at > row.due_at


def test_an_extension_is_asked_once(world: World, desk: Actor) -> None:
    row = operations.sign_order(desk, order_of(world, desk).public_id, now=world.now)
    operations.ask_extension(desk, row.public_id, days=5, text="等备件", now=world.now)
    with pytest.raises(Refused, match="extension_once"):
        operations.ask_extension(desk, row.public_id, days=2, text="再等", now=world.now)


def test_an_extension_on_the_last_day_is_too_late(world: World, desk: Actor) -> None:
    row = operations.sign_order(desk, order_of(world, desk).public_id, now=world.now)
    with pytest.raises(Refused, match="extension_in_time"):
        operations.ask_extension(
            desk, row.public_id, days=2, text="晚了", now=row.due_at - timedelta(hours=2)
        )


@pytest.mark.parametrize("days", [0, 11])
def test_an_extension_has_one_to_ten_working_days(world: World, desk: Actor, days: int) -> None:
    row = operations.sign_order(desk, order_of(world, desk).public_id, now=world.now)
    with pytest.raises(Invalid):
        operations.ask_extension(desk, row.public_id, days=days, text="等", now=world.now)


def test_whoever_asked_for_an_extension_cannot_approve_it(world: World, desk: Actor) -> None:
    both = world.person("both", "desk")
    both = world.person("both", "supervisor")
    row = operations.sign_order(desk, order_of(world, desk).public_id, now=world.now)
    operations.ask_extension(both, row.public_id, days=5, text="等备件", now=world.now)
    with pytest.raises(Refused, match="not_the_asker"):
        operations.decide_extension(both, row.public_id, is_approved=True, now=world.now)


# --- 答复、回访 ---


def test_a_reply_needs_a_reviewed_answer(world: World, desk: Actor) -> None:
    row = operations.sign_order(desk, order_of(world, desk).public_id, now=world.now)
    with pytest.raises(Refused, match="answer_reviewed"):
        operations.reply_order(desk, row.public_id, now=world.now)
    answered(world, row)
    sent = operations.reply_order(desk, row.public_id, now=world.now)
    assert (sent.state, sent.reply_text, sent.is_on_time) == ("replied", "路灯已修好", True)
    with tenancy.reading(world.system):
        body = Delivery.objects.get(kind="order_reply").body
    assert body["text"] == "路灯已修好"


def test_a_content_caller_closes_the_order(world: World, desk: Actor, hotline: Actor) -> None:
    row = order_of(world, hotline)
    operations.sign_order(desk, row.public_id, now=world.now)
    answered(world, row)
    operations.reply_order(desk, row.public_id, now=world.now)
    operations.revisit_order(hotline, row.public_id, is_content=True, now=world.now)
    assert state(world, row) == "closed"


def test_discontent_opens_order_and_closed_call_and_asks_for_a_newer_answer(
    world: World, desk: Actor, hotline: Actor
) -> None:
    row = order_of(world, hotline)
    operations.sign_order(desk, row.public_id, now=world.now)
    closed(world, row)
    operations.reply_order(desk, row.public_id, now=world.now)
    operations.revisit_order(
        hotline, row.public_id, is_content=False, text="还是不亮", now=world.now
    )
    assert (state(world, row), call_state(world, row)) == ("rework", "reopened")
    with pytest.raises(Refused, match="answer_reviewed"):
        operations.reply_order(desk, row.public_id, now=world.now)


@pytest.mark.parametrize("who", ["hotline", "desk"])
def test_discontent_before_our_own_call_back_begins_the_next_round_without_a_call_back(
    world: World, desk: Actor, hotline: Actor, who: str
) -> None:
    row = order_of(world, hotline)
    operations.sign_order(desk, row.public_id, now=world.now)
    answered(world, row)
    operations.reply_order(desk, row.public_id, now=world.now)
    teller = {"hotline": hotline, "desk": desk}[who]
    operations.revisit_order(
        teller, row.public_id, is_content=False, text="还是不亮", now=world.now
    )
    assert (state(world, row), call_state(world, row)) == ("rework", "reopened")
    with tenancy.reading(world.system):
        first, second = Round.objects.filter(call_id=row.call_id).order_by("number")
        assert not CallBack.objects.filter(call_id=row.call_id).exists()
    assert (first.state, first.resolved, first.called_back_by_id) == ("rejected", "no", None)
    assert second.lead_unit_id == first.lead_unit_id


def test_discontent_on_paper_opens_a_closed_call_of_any_origin(world: World, desk: Actor) -> None:
    row = order_of(world, desk)
    operations.sign_order(desk, row.public_id, now=world.now)
    closed(world, row)
    operations.reply_order(desk, row.public_id, now=world.now)
    operations.revisit_order(desk, row.public_id, is_content=False, text="又坏了", now=world.now)
    assert (state(world, row), call_state(world, row)) == ("rework", "reopened")


def test_discontent_after_thirty_days_leaves_the_call_on_file_and_says_what_to_do(
    world: World, desk: Actor
) -> None:
    row = order_of(world, desk)
    operations.sign_order(desk, row.public_id, now=world.now)
    closed(world, row)
    operations.reply_order(desk, row.public_id, now=world.now)
    world.later(days=31)
    operations.revisit_order(desk, row.public_id, is_content=False, text="又坏了", now=world.now)
    assert (state(world, row), call_state(world, row)) == ("rework", "closed")
    page = page_of(world, row)
    assert "重新登记" in page


def page_of(world: World, row: WorkOrder) -> str:
    client = Client()
    with time_machine.travel(world.now, tick=False):
        client.force_login(world.user("desk"), backend="django.contrib.auth.backends.ModelBackend")
        client.cookies["django_language"] = "zh-hans"
        return client.get(f"/channels/orders/{row.public_id}/").content.decode()


def test_every_step_of_the_table_is_refused_to_strangers(world: World, desk: Actor) -> None:
    for name, step in ORDER.steps.items():
        assert "enterprise" not in step.roles, name


# --- by file ---


def test_replies_without_a_connection_leave_in_a_file_once(world: World, desk: Actor) -> None:
    operations.sign_order(desk, order_of(world, desk).public_id, now=world.now)
    assert len(operations.export_replies(desk, now=world.now)) == 1
    assert operations.export_replies(desk, now=world.now) == []


# --- the database ---


def _sql(world: World, statement: str) -> None:
    with tenancy.acting(world.system), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_refuses_a_return_without_reason_and_a_reply_without_words(
    world: World, desk: Actor
) -> None:
    order_of(world, desk)
    for statement in (
        "UPDATE channels_workorder SET state = 'return_asked', return_asked_at = now()",
        "UPDATE channels_workorder SET state = 'replied'",
        "UPDATE channels_workorder SET state = 'closed'",
    ):
        with pytest.raises(IntegrityError):
            _sql(world, statement)


def test_the_database_refuses_a_second_extension_and_one_decided_by_its_asker(
    world: World, desk: Actor
) -> None:
    row = operations.sign_order(desk, order_of(world, desk).public_id, now=world.now)
    operations.ask_extension(desk, row.public_id, days=5, text="等", now=world.now)
    with pytest.raises(IntegrityError):
        _sql(
            world,
            "UPDATE channels_extension SET state = 'approved', decided_at = now(), "
            "decided_by_id = asked_by_id",
        )
    with tenancy.acting(world.system):
        copy = Extension.objects.get()
        copy.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save(force_insert=True)
