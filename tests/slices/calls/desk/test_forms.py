"""The page of a call: the steps that it offers and what a posted form can do."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from qiying.kernel import tenancy
from qiying.kernel.models import Attachment
from qiying.slices.calls import queries
from qiying.slices.calls.models import Note
from qiying.slices.calls.rules import MAX_TEXT
from qiying.slices.calls.views import moves
from tests.slices.calls import steps
from tests.slices.calls.desk.asking import At, case, events_of, send, text_of
from tests.slices.calls.steps import fresh, task
from tests.slices.world import World


@pytest.mark.parametrize("state", sorted(steps.MAKE))
def test_the_page_offers_exactly_the_steps_of_the_table(at: At, world: World, state: str) -> None:
    call = steps.MAKE[state](world)
    for name in ("desk2", "safety", "caller", "supervisor", "leader", "auditor"):
        response = at(name).get(case(call))
        actor = world.actor(name)
        with tenancy.reading(actor):
            row = queries.find_call(actor, call.pk)
            if row is None:
                assert response.status_code == 404
                continue
            opened = queries.steps_open(actor, row, now=world.now)
        assert response.status_code == 200
        shown = [v.step for v in (*response.context["steps"], *response.context["talk"])]
        wanted = {(s.name, s.entity_id) for s in opened} - {("supersede_attempt", call.pk)}
        drawn = {(s.name, s.entity_id) for s in shown} - {("supersede_attempt", call.pk)}
        assert drawn == {(n, i) for n, i in wanted if n not in moves.OF_THE_FIRM}


def test_a_call_goes_round_the_loop_by_its_pages(at: At, world: World) -> None:
    call = steps.submitted(world)
    desk, unit = at("desk"), at("safety")
    assert send(desk, world, call, "accept").status_code == 303
    form = desk.get(case(call)).context["steps"][0].form
    assert form["lead_unit_id"].value() == world.units["ZONE_SAFE"]
    lead = form["lead_unit_id"].value()
    emb = world.units["EMB"]
    fields = {"lead_unit_id": lead, "co_units": [emb], f"co{emb}-duty": "配合执法"}
    assert send(desk, world, call, "dispatch", **fields).status_code == 303
    row = task(world, call, "ZONE_SAFE")
    assert send(unit, world, call, "sign", row=row).status_code == 303
    assert send(unit, world, call, "contact", is_reached="yes", text="已通话").status_code == 303
    blocked = text_of(unit.get(case(call)))
    assert "Every co-handler must be done or have given a stage report first." in blocked
    co = task(world, call, "EMB")
    assert send(at("emb"), world, call, "sign", row=co).status_code == 303
    assert send(at("emb"), world, call, "task_done", row=co, text="已配合").status_code == 303
    answer = {"result": "solved", "text": "已更换开关", "papers": picture()}
    assert send(unit, world, call, "answer", **answer).status_code == 303
    assert send(at("desk2"), world, call, "review_pass").status_code == 303
    confirm = {"resolved": "yes", "text": "满意"}
    assert send(at("caller"), world, call, "callback_confirm", **confirm).status_code == 303
    body = text_of(desk.get(case(call)))
    assert fresh(world, call).state == "closed"
    assert "配合执法" in body
    with tenancy.reading(world.system):
        evidence = Attachment.objects.get(subject_type="calls.note", name="现场.jpg")
    assert f"/files/{evidence.public_id}" in body


def picture() -> SimpleUploadedFile:
    held = BytesIO()
    Image.new("RGB", (32, 24), (180, 120, 60)).save(held, "JPEG")
    return SimpleUploadedFile("现场.jpg", held.getvalue(), "image/jpeg")


def test_two_people_at_once_lose_nothing(at: At, world: World) -> None:
    call = steps.submitted(world)
    seen = call.version
    assert send(at("desk"), world, call, "accept", version=seen).status_code == 303
    slow = send(at("desk2"), world, call, "ask_info", version=seen, text="请补充图纸")
    assert slow.status_code == 409
    assert fresh(world, call).state == "triage"
    body = text_of(slow)
    assert "Somebody was faster." in body
    assert "Last: Accepted (desk · desk officer" in body
    assert "请补充图纸" in body
    given = {"version": seen, "text": "转安监", "lead_unit_id": world.units["ZONE_SAFE"]}
    again = send(at("desk2"), world, call, "dispatch", **given)
    assert again.status_code == 409
    form = next(v for v in again.context["steps"] if v.step.name == "dispatch").form
    assert form["text"].value() == "转安监"
    assert again.context["call"].version == fresh(world, call).version


def test_an_open_page_is_told_that_the_call_changed(at: At, world: World) -> None:
    call = steps.submitted(world)
    desk = at("desk")
    assert not desk.get(f"{case(call)}?seen={call.version}").context["is_stale"]
    steps.take(world, "desk2", call, "accept")
    stale = desk.get(f"{case(call)}?seen={call.version}")
    assert stale.context["is_stale"]
    assert "This call has changed since you opened it." in text_of(stale)


def test_a_double_click_makes_one_step(at: At, world: World) -> None:
    call = steps.submitted(world)
    desk = at("desk")
    form = {"idempotency_key": uuid4().hex, "version": call.version, "row": call.pk}
    answers = [desk.post(f"{case(call)}accept/", form) for _n in range(2)]
    assert [(a.status_code, a["Location"]) for a in answers] == [(303, case(call))] * 2
    assert events_of(world, call, "calls.accepted") == 1
    words = {**form, "idempotency_key": uuid4().hex, "text": "先停一条线"}
    for _n in range(2):
        assert desk.post(f"{case(call)}note/", words).status_code == 303
    with tenancy.reading(world.system):
        assert Note.objects.filter(call=call, kind="note").count() == 1


@pytest.mark.parametrize(
    ("who", "step", "status"),
    [
        ("caller", "accept", 403),
        ("leader", "accept", 403),
        ("auditor", "note", 403),
        ("desk", "archive", 409),
        ("desk", "rate", 404),
        ("desk", "recall", 404),
        ("desk", "no-such-step", 404),
        ("boss", "accept", 403),
        ("admin", "accept", 403),
    ],
)
def test_a_step_that_is_not_open_is_refused(
    at: At, world: World, who: str, step: str, status: int
) -> None:
    call = steps.submitted(world)
    assert send(at(who), world, call, step, text="试试").status_code == status
    assert fresh(world, call).state == "submitted"


@pytest.mark.parametrize("row", ["", "x", "-1", "9" * 30, "1\x00"])
def test_a_row_that_is_not_of_this_call_is_not_there(at: At, world: World, row: str) -> None:
    call = steps.dispatched(world)
    assert send(at("safety"), world, call, "sign", row=row).status_code == 404


def test_a_part_of_another_call_is_not_there(at: At, world: World) -> None:
    mine, other = steps.dispatched(world), steps.dispatched(world)
    row = task(world, other, "ZONE_SAFE")
    assert send(at("safety"), world, mine, "sign", row=row).status_code == 404
    assert fresh(world, other).state == "dispatched"


@pytest.mark.parametrize("text", ["有\x00空字符", "长" * (MAX_TEXT + 1), "   "])
def test_words_that_cannot_stand_come_back_to_the_form(at: At, world: World, text: str) -> None:
    call = steps.submitted(world)
    response = send(at("desk"), world, call, "ask_info", text=text)
    assert response.status_code == 422
    view = next(v for v in response.context["steps"] if v.step.name == "ask_info")
    assert view.is_open
    assert view.form.errors["text"]
    assert fresh(world, call).state == "submitted"


def test_a_sound_file_stays_with_a_form_that_comes_back(at: At, world: World) -> None:
    call = steps.working(world, co=())
    unit = at("safety")
    bad = SimpleUploadedFile("脚本.exe", b"MZ", "application/octet-stream")
    answer = {"result": "solved", "text": "", "papers": [picture(), bad]}
    response = send(unit, world, call, "answer", **answer)
    assert response.status_code == 422
    view = next(v for v in response.context["steps"] if v.step.name == "answer")
    assert [f.name for f in view.held] == ["现场.jpg"]
    kept = {"kept": str(view.held[0].public_id), "result": "solved", "text": "已更换"}
    assert send(unit, world, call, "answer", **kept).status_code == 303
    with tenancy.reading(world.system):
        assert Attachment.objects.get(name="现场.jpg").subject_type == "calls.note"


def test_another_lead_than_proposed_needs_a_reason(at: At, world: World) -> None:
    call = steps.triage(world)
    desk, other = at("desk"), world.units["EMB"]
    response = send(desk, world, call, "dispatch", lead_unit_id=other)
    assert response.status_code == 422
    assert fresh(world, call).state == "triage"
    given = {"lead_unit_id": other, "text": "县里已有专班"}
    assert send(desk, world, call, "dispatch", **given).status_code == 303
    assert fresh(world, call).lead_unit_id == other


def test_both_candidates_stand_on_the_page_when_the_boundary_is_too_close(
    at: At, world: World
) -> None:
    call = steps.raise_call(
        world, longitude=119.2, latitude=29.01, accuracy_m=5, position_source="stated"
    )
    response = at("desk").get(case(call))
    names = response.context["candidates"]
    assert len(names) == 2
    body = text_of(response)
    assert "Too close to the boundary to say: please confirm." in body
    assert all(name in body for name in names)
    public_id = response.context["ruling"].public_id
    assert f"/mandate/decisions/{public_id}/" in body
    assert f"/mandate/decisions/{public_id}/replay/" in body


def test_matter_and_place_can_be_corrected(at: At, world: World) -> None:
    call = steps.raise_call(world, matter_code="")
    desk = at("desk")
    given = {"matter_code": "M016", "urgency": "normal", "complained_unit_id": "keep"}
    place = {"longitude": "119.28", "latitude": "29.0", "accuracy_m": "5"}
    assert send(desk, world, call, "classify", **given, **place).status_code == 303
    now = fresh(world, call)
    assert (now.matter_code, now.longitude) == ("M016", 119.28)
    assert now.proposed_unit_id == world.units["TE"]
    complained = {**given, "complained_unit_id": str(world.units["TE"])}
    assert send(desk, world, call, "classify", **complained).status_code == 303
    assert fresh(world, call).complained_unit_id == world.units["TE"]
    assert (
        send(desk, world, call, "classify", **{**given, "matter_code": "M999"}).status_code == 422
    )


def test_a_dispute_is_decided_by_its_page(at: At, world: World) -> None:
    call = steps.dispatched(world)
    dispute = {"text": "不归我们管", "proposed_unit_id": world.units["TE"]}
    assert send(at("safety"), world, call, "dispute", **dispute).status_code == 303
    page = at("supervisor").get(case(call))
    form = page.context["steps"][0].form
    assert form["unit_id"].value() == world.units["TE"]
    decide = {"unit_id": world.units["TE"], "text": "按清单由街道牵头"}
    assert send(at("supervisor"), world, call, "adjudicate", **decide).status_code == 303
    assert fresh(world, call).lead_unit_id == world.units["TE"]


def test_pauses_are_proposed_and_decided_by_their_pages(at: At, world: World) -> None:
    call = steps.working(world, co=())
    until = timezone.localtime(timezone.now() + timedelta(days=7)).replace(hour=10, minute=0)
    given = {"reason": "legal_procedure", "text": "检测中"}
    given["expected_to_at"] = f"{until:%Y-%m-%dT%H:%M}"
    assert send(at("safety"), world, call, "propose_pause", **given).status_code == 303
    row = steps.pause(world, call)
    assert send(at("supervisor"), world, call, "approve_pause", row=row).status_code == 303
    assert fresh(world, call).state == "suspended"
    body = text_of(at("supervisor").get(case(call)))
    assert f"expected {until:%Y-%m-%d %H:%M}" in body
    assert "without pauses" in body


def test_where_to_go_after_a_step_stays_in_the_house(at: At, world: World) -> None:
    first, second = steps.submitted(world), steps.submitted(world)
    desk = at("desk")
    assert send(desk, world, first, "accept", next="/calls/desk/")["Location"] == "/calls/desk/"
    outside = send(desk, world, second, "accept", next="https://example.org/")
    assert outside["Location"] == case(second)


def test_notes_for_colleagues_and_messages_to_the_firm_are_told_apart(
    at: At, world: World
) -> None:
    call = steps.working(world)
    assert send(at("safety"), world, call, "note", text="企业态度急").status_code == 303
    assert send(at("safety"), world, call, "message", text="明天到场").status_code == 303
    steps.take(world, "boss", call, "message", text="好的")
    sides = {line.text: side for line, side in at("desk").get(case(call)).context["lines"]}
    assert sides["企业态度急"] == "internal"
    assert sides["明天到场"] == "to-firm"
    assert sides["好的"] == "from-firm"


# --- the desk ---
