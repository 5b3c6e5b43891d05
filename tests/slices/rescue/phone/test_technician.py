"""The technician's phone: asked, on the way, at the machine, signed; each step counts once."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from qiying.kernel import ical, tenancy
from qiying.kernel.models import Attachment
from qiying.slices.rescue.models import Note, PartUsed, Report, Seat, Track
from tests.slices.rescue import steps
from tests.slices.rescue.phone.asking import picture, sign_in, walk, words
from tests.slices.world import NOW, World

pytestmark = pytest.mark.django_db


def page_of(world: World, who: str, job: Any) -> str:
    found = sign_in(world, who).get(reverse("rescue:duty-job", args=[job.public_id]))
    assert found.status_code == 200
    return str(found.content.decode())


def test_who_is_asked_sees_until_when_and_accepts_once(world: World) -> None:
    job = steps.offered(world)
    who = steps.asked(world, job)
    phone = sign_in(world, who)
    duty = words(phone.get("/rescue/duty/"))
    assert "纸机停机" in duty
    assert "宏达" in duty
    fields = {"idempotency_key": "same-key", "sent_at": NOW.isoformat()}
    assert walk(phone, job, "accept", **fields).status_code == 303
    assert walk(phone, job, "accept", **fields).status_code == 303
    with tenancy.reading(world.system):
        assert Track.objects.count() == 1
    other = next(n for n in ("zhao", "qian", "sun", "li") if n != who)
    assert walk(sign_in(world, other), job, "accept").status_code == 404


def test_refusing_wants_a_reason_and_asks_the_next(world: World) -> None:
    job = steps.offered(world)
    who = steps.asked(world, job)
    phone = sign_in(world, who)
    assert walk(phone, job, "refuse").status_code == 422
    assert walk(phone, job, "refuse", reason="busy").status_code == 303
    assert steps.asked(world, job) != who


def test_a_rescue_is_walked_from_the_way_to_the_signature(
    world: World, clock: time_machine.Traveller
) -> None:
    job = steps.answered(world)
    who = steps.holder(world, job)
    phone = sign_in(world, who)
    assert "uri.amap.com" in page_of(world, who, job)
    assert walk(phone, job, "set_out").status_code == 303
    clock.shift(timedelta(minutes=12))
    assert walk(phone, job, "arrive").status_code == 303
    assert walk(phone, job, "diagnose", fault_code="noise", cause="轴承烧毁").status_code == 303
    items = steps.prices(world)
    quote = {f"lines-{items['W1']}": "2", f"lines-{items['P1']}": "1"}
    assert walk(phone, job, "quote").status_code == 422
    assert walk(phone, job, "quote", **quote).status_code == 303
    signed = {"digest": steps.digest(world, job), "signed_by": "陈主任"}
    assert walk(phone, job, "accept_quote", **signed).status_code == 422, "nobody signed"
    drawn = {**signed, "signature": picture("signature.png")}
    assert walk(phone, job, "accept_quote", **drawn).status_code == 303
    assert walk(phone, job, "begin").status_code == 303
    part = {"name": "轴承", "quantity": "1", "stock": "provider", "item_id": items["P1"]}
    assert walk(phone, job, "use_part", **part).status_code == 303
    assert walk(phone, job, "try_run").status_code == 422, "no photo"
    assert walk(phone, job, "try_run", papers=picture()).status_code == 303
    report = {"text": "更换轴承", "signed_by": "陈主任", "signature": picture("signature.png")}
    assert walk(phone, job, "finish", **report).status_code == 303
    with tenancy.reading(world.system):
        assert Report.objects.get().signed_by == "陈主任"
        assert PartUsed.objects.get().name == "轴承"
        assert Note.objects.filter(step="try_run").exists()
        assert Attachment.objects.filter(purpose="signature", subject_type="rescue.report")
    assert "更换轴承" in page_of(world, who, job)


def test_far_from_the_machine_a_reason_is_asked(world: World) -> None:
    job = steps.under_way(world)
    phone = sign_in(world, steps.holder(world, job))
    away = {"longitude": "119.30", "latitude": "29.05"}
    refused = walk(phone, job, "arrive", **away)
    assert refused.status_code == 422
    assert "do-arrive" in refused.content.decode()
    assert walk(phone, job, "arrive", **away, text="厂区无信号，已到门卫").status_code == 303
    with tenancy.reading(world.system):
        assert Seat.objects.get(job=job).arrive_reason == "厂区无信号，已到门卫"


@pytest.mark.parametrize(
    "odd",
    [
        {"longitude": "NaN", "latitude": "29"},
        {"longitude": "inf", "latitude": "1e400"},
        {"longitude": "999", "latitude": "29"},
        {"longitude": "x", "latitude": "\0"},
        {"sent_at": "yesterday"},
        {"sent_at": "2026-13-45T99:00:00Z"},
        {"sent_at": "0001-01-01T00:00:00+14:00"},
        {"sent_at": "9999-12-31T23:59:59-12:00"},
        {"accuracy_m": "-1"},
        {"idempotency_key": "九" * 80},
    ],
)
def test_what_a_phone_never_says_breaks_nothing(world: World, odd: dict[str, str]) -> None:
    job = steps.answered(world)
    answer = walk(sign_in(world, steps.holder(world, job)), job, "set_out", **odd)
    assert answer.status_code in (303, 422)


def test_a_step_that_waited_for_a_line_happened_when_it_was_pressed(
    world: World, clock: time_machine.Traveller
) -> None:
    job = steps.under_way(world)
    phone = sign_in(world, steps.holder(world, job))
    pressed = world.now + timedelta(minutes=20)
    clock.move_to(pressed + timedelta(hours=1))
    assert walk(phone, job, "arrive", sent_at=pressed.isoformat()).status_code == 303
    assert steps.fresh(world, job).arrived_at == pressed


def test_a_step_before_its_turn_is_refused_with_what_was_written(world: World) -> None:
    job = steps.answered(world)
    phone = sign_in(world, steps.holder(world, job))
    early = walk(phone, job, "diagnose", fault_code="noise", cause="轴承异响")
    assert early.status_code == 422
    assert "轴承异响" in early.content.decode()
    assert walk(phone, job, "settle").status_code == 404
    assert walk(phone, job, "acknowledge").status_code == 404


def test_somebody_elses_rescue_is_not_there(world: World) -> None:
    job = steps.answered(world)
    other = next(n for n in ("zhao", "qian", "sun", "li") if n != steps.holder(world, job))
    phone = sign_in(world, other)
    assert phone.get(reverse("rescue:duty-job", args=[job.public_id])).status_code == 404
    assert phone.get("/rescue/my/").status_code == 403
    assert sign_in(world, "boss").get("/rescue/duty/").status_code == 403


def test_the_machine_shows_its_whole_course_to_who_stands_before_it(world: World) -> None:
    first = steps.confirmed(world)
    world.later(days=1)
    job = steps.answered(world)
    phone = sign_in(world, steps.holder(world, job))
    page = words(phone.get(reverse("rescue:scan", args=[steps.machine(world).label])))
    assert first.number in page
    assert job.number in page


def test_the_phone_tells_where_it_is_on_the_way(world: World) -> None:
    job = steps.under_way(world)
    phone = sign_in(world, steps.holder(world, job))
    url = reverse("rescue:duty-track", args=[job.public_id])
    given = {"device_key": "p1", "longitude": "119.21", "latitude": "29.0"}
    assert phone.post(url, given).status_code == 200
    assert phone.post(url, given).status_code == 200
    assert phone.post(url, {"device_key": "p2", "longitude": "NaN"}).status_code == 422
    with tenancy.reading(world.system):
        assert Track.objects.filter(step="position").count() == 1
    seen = sign_in(world, "boss").get(reverse("rescue:my-job", args=[job.public_id]))
    assert "公里" in seen.content.decode()


def test_shifts_stand_in_the_personal_calendar_with_their_length(world: World) -> None:
    phone = sign_in(world, "zhao")
    assert "白班" in words(phone.get("/rescue/duty/shifts/"))
    entries = ical.entries_of(world.actor("zhao"), now=world.now)
    shift = next(e for e in entries if e.uid.startswith("shift-"))
    assert shift.starts_at is not None
    assert shift.due_at - shift.starts_at == timedelta(days=1)
    text = ical.render([shift], name="x", now=world.now, as_tasks=False).decode()
    assert "DTSTART:20261116T010000Z" in text
    assert "RELATED=START" in text
    assert "shift-" not in str(ical.entries_of(world.actor("boss"), now=world.now))


def test_a_technician_of_no_provider_is_told_so(world: World) -> None:
    world.person("newcomer", "technician")
    phone = sign_in(world, "newcomer")
    assert "服务商" in words(phone.get("/rescue/duty/"))
    assert phone.get("/rescue/duty/jobs/").status_code == 403


def test_the_tabs_of_the_phone_lead_to_every_page_and_to_the_own_account(world: World) -> None:
    shown = sign_in(world, "zhao").get("/rescue/duty/").content.decode()
    tabs = shown[shown.rindex("<nav") :]
    for name in ("rescue:duty", "rescue:duty-jobs", "rescue:duty-shifts", "kernel:account"):
        assert f'href="{reverse(name)}"' in tabs
