"""Referrals, signals, files, and calls about the same problem."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from qiying.kernel import law, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.slices.calls import public as calls
from qiying.slices.calls.models import Call
from qiying.slices.channels import operations, queries
from qiying.slices.channels.models import SameProblem
from tests.slices.calls import steps
from tests.slices.world import INSIDE, World, credit_code

# --- referrals and signals ---


def referral(world: World, **more: Any) -> Any:
    given = {
        "kind": "deputy",
        "referrer": "李代表",
        "text": "建议解决园区夜班公交",
        "reference": "代建2026-7",
        "enterprise_id": world.firms["宏达"],
    }
    return operations.record_referral(world.actor("desk"), now=world.now, **{**given, **more})


def test_a_deputys_suggestion_is_owed_a_reply_within_three_months(world: World) -> None:
    row = referral(world, referred_on=date(2026, 11, 16))
    assert (row.due_on, row.state) == (date(2027, 2, 16), "owed")
    assert calls.file_of(world.system, row.call_id).channel == "deputies"
    complex_ = referral(world, reference="8", referred_on=date(2026, 8, 31), is_complex=True)
    assert complex_.due_on == date(2027, 2, 28)


def test_the_limit_of_the_law_is_not_put_off(world: World) -> None:
    with pytest.raises(Invalid):
        referral(world, due_on=date(2027, 6, 1))


def test_a_reference_is_recorded_once(world: World) -> None:
    referral(world)
    with pytest.raises(Invalid):
        referral(world)


def test_a_referrer_is_replied_to_after_a_reviewed_answer(world: World, desk: Actor) -> None:
    row = referral(world)
    with pytest.raises(Refused, match="call_answered"):
        operations.reply_referral(desk, row.public_id, text="已办", now=world.now)
    with tenancy.reading(world.system):
        call = Call.objects.get()
    steps.take(world, "desk", call, "decline", code="OUT_OF_DUTY", text="属县", told_path="县里")
    done = operations.reply_referral(desk, row.public_id, text="已转县里", now=world.now)
    assert (done.state, done.is_on_time) == ("replied", True)
    again = operations.referrer_not_content(desk, row.public_id, now=world.now)
    assert again.due_on == law.months_after(date(2026, 11, 16), 1)


def test_nobody_waives_the_reply_to_a_deputy_nor_ones_own_record(
    world: World, supervisor: Actor
) -> None:
    row = referral(world)
    with pytest.raises(Refused, match="may_be_waived"):
        operations.waive_reply(supervisor, row.public_id, text="不用", now=world.now)
    both = world.person("both", "desk")
    both = world.person("both", "supervisor")
    own = operations.record_referral(
        both, kind="leader", referrer="张主任", text="请关注", now=world.now
    )
    with pytest.raises(Refused, match="not_the_recorder"):
        operations.waive_reply(both, own.public_id, text="不用", now=world.now)
    assert operations.waive_reply(supervisor, own.public_id, text="已口头", now=world.now)


def test_a_signal_is_a_call_that_the_zone_found_itself(world: World, desk: Actor) -> None:
    given = {"kind": "power", "source": "用电监测", "reference": "P-9"}
    row = operations.record_signal(
        desk, text="用电降四成", now=world.now, enterprise_id=world.firms["宏达"], **given
    )
    assert calls.file_of(world.system, row.call_id).is_proactive
    again = operations.record_signal(desk, text="用电降四成", now=world.now, **given)
    assert again.pk == row.pk
    counted = calls.by_channel(world.system, world.now - timedelta(1), world.now + timedelta(1))
    assert [(c.channel, c.total, c.found) for c in counted] == [("on_behalf", 1, 1)]


def test_a_firm_cannot_call_its_own_call_found_by_us(world: World) -> None:
    call = steps.raise_call(world, is_found=True)
    assert not call.is_proactive


# --- files ---


def csv(
    *lines: str, head: str = "诉求内容,信用代码,来件渠道,紧急程度,来源编号,经度,纬度"
) -> bytes:
    return "\n".join([head, *lines]).encode()


def prepare(world: World, content: bytes, kind: str = "calls") -> Any:
    reading = operations.read_file(kind, file_name="诉求.csv", content=content)
    return operations.prepare_batch(world.actor("desk"), reading, now=world.now)


def test_every_bad_line_is_told_with_place_and_reason(world: World, desk: Actor) -> None:
    code = credit_code(1 + 1000 * world.tenant.pk)
    row = prepare(
        world,
        csv(
            f"路灯不亮,{code},窗口,一般,W-1,,",
            f",{code},,,W-2,,",
            "积水,91330825MA0000000X,,,W-3,,",
            "积水,,天上,,W-4,,",
            "积水,,,,W-5,119.2,",
            "积水,,,,W-1,,",
            "积水,,,,W-7,abc,29",
        ),
    )
    with tenancy.reading(desk):
        found = {
            r.number: [(e["column"], e["code"]) for e in r.errors]
            for r in queries.lines_of(desk, row)
        }
    assert found == {
        2: [],
        3: [("text", "input.required")],
        4: [("credit_code", "channels.firm_unknown")],
        5: [("channel", "input.choice")],
        6: [("latitude", "input.required")],
        7: [("reference", "channels.line_repeated")],
        8: [("longitude", "input.number"), ("longitude", "input.required")],
    }
    assert row.counts == {"new": 1, "unchanged": 0, "failed": 6}


def test_good_lines_are_written_only_when_the_person_says_so(world: World, desk: Actor) -> None:
    row = prepare(world, csv("路灯不亮,,窗口,紧急,W-1,,", ",,,,W-2,,"))
    with pytest.raises(Refused, match="good_rows_named"):
        operations.apply_batch(desk, row.public_id, now=world.now)
    with tenancy.reading(world.system):
        assert not Call.objects.exists()
    operations.apply_batch(desk, row.public_id, now=world.now, is_good_rows=True)
    with tenancy.reading(world.system):
        call = Call.objects.get()
    assert (call.channel, call.urgency, call.text) == ("window", "urgent", "路灯不亮")


def test_the_same_file_again_brings_nothing_new(world: World, desk: Actor) -> None:
    for expected in (1, 0):
        row = prepare(world, csv("路灯不亮,,,,W-1,,"))
        assert row.counts["new"] == expected
        operations.apply_batch(desk, row.public_id, now=world.now)
    with tenancy.reading(world.system):
        assert Call.objects.get().channel == "batch"


def test_a_batch_is_written_once(world: World, desk: Actor) -> None:
    row = prepare(world, csv("路灯不亮,,,,W-1,,"))
    operations.apply_batch(desk, row.public_id, now=world.now)
    with pytest.raises(Refused, match=r"lifecycle\.state"):
        operations.apply_batch(desk, row.public_id, now=world.now)


def test_orders_come_in_by_file(world: World, desk: Actor) -> None:
    head = "工单编号,诉求内容,派单时间,办理期限"
    content = csv(
        "ZJ-1,路灯不亮,2026-11-16 09:00,2026-11-20 17:30",
        "ZJ-2,积水,昨天,",
        "ZJ-3,积水,2026-11-16 09:00,2026-11-10",
        head=head,
    )
    row = prepare(world, content, "orders")
    assert row.counts == {"new": 1, "unchanged": 0, "failed": 2}
    operations.apply_batch(desk, row.public_id, now=world.now, is_good_rows=True)
    with tenancy.reading(desk):
        order = queries.list_orders(desk).get()
    assert (order.order_number, order.call.channel) == ("ZJ-1", "hotline")


def test_a_file_without_a_needed_column_or_with_too_many_lines_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="headings"):
        prepare(world, csv("x", head="标题"))
    with pytest.raises(Invalid, match="file_lines"):
        prepare(world, csv(*[f"第{n}条,,,,,," for n in range(501)]))


# --- the same problem ---


def three(world: World) -> list[Call]:
    place = {"longitude": INSIDE[0], "latitude": INSIDE[1], "matter_code": "M078"}
    words = {"title": "一号路路灯不亮", "text": "一号路宏达门口路灯不亮三天了"}
    first = steps.raise_call(world, **words, **place)
    world.later(hours=2)
    second = steps.raise_call(world, "desk", **words, channel="phone", **place)
    world.later(hours=2)
    third = steps.raise_call(world, "desk", "远航", **words, channel="hotline", **place)
    return [first, second, third]


def test_the_same_problem_is_found_across_channels_and_firms(world: World, desk: Actor) -> None:
    first, second, third = three(world)
    with tenancy.reading(desk):
        found = {row.card.id for row in queries.likes_of(desk, third.pk)}
    assert found == {first.pk, second.pk}


def test_a_person_links_and_everything_points_at_the_first(world: World, desk: Actor) -> None:
    first, second, third = three(world)
    operations.link_same(desk, second.pk, first.pk, now=world.now)
    row = operations.link_same(desk, third.pk, second.pk, now=world.now)
    assert row.main_id == first.pk
    with tenancy.reading(world.system):
        states = set(Call.objects.values_list("state", flat=True))
    assert states == {"submitted"}, "a link closes nothing"


def test_a_link_is_refused_to_itself_twice_and_backwards(world: World, desk: Actor) -> None:
    first, second, third = three(world)
    with pytest.raises(Refused, match="same_call"):
        operations.link_same(desk, first.pk, first.pk, now=world.now)
    operations.link_same(desk, second.pk, first.pk, now=world.now)
    with pytest.raises(Refused, match="linked_already"):
        operations.link_same(desk, second.pk, third.pk, now=world.now)
    with pytest.raises(Refused, match="others_follow"):
        operations.link_same(desk, first.pk, third.pk, now=world.now)
    with pytest.raises(Denied):
        operations.link_same(world.actor("leader"), third.pk, first.pk, now=world.now)


def test_a_link_is_taken_back_with_a_reason_and_stays_in_the_record(
    world: World, desk: Actor
) -> None:
    first, second, _third = three(world)
    operations.link_same(desk, second.pk, first.pk, now=world.now)
    operations.unlink_same(desk, second.pk, text="不同灯杆", now=world.now)
    with tenancy.reading(world.system):
        assert SameProblem.objects.get().unlinked_text == "不同灯杆"
    operations.link_same(desk, second.pk, first.pk, now=world.now)


def test_the_database_refuses_chains_and_links_of_nobody(world: World, desk: Actor) -> None:
    first, second, third = three(world)
    operations.link_same(desk, second.pk, first.pk, now=world.now)
    row = "INSERT INTO channels_sameproblem (tenant_id, call_id, main_id, linked_by_id, "
    row += "linked_at, unlinked_text) VALUES (%s, %s, %s, %s, now(), '')"
    who = desk.person_id
    for values in (
        (third.pk, second.pk, who),
        (first.pk, third.pk, who),
        (third.pk, first.pk, None),
    ):
        with (
            tenancy.acting(world.system),
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(row, [world.tenant.pk, *values])
