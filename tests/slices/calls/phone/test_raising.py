"""A firm raises a call on its phone."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from qiying.kernel import files, tenancy
from qiying.slices.calls import queries
from qiying.slices.calls.forms.words import TITLE_LENGTH, title_of
from qiying.slices.registry import operations as registry
from qiying.slices.registry import public
from tests.kernel.test_files import ATTACKS
from tests.slices.calls import steps
from tests.slices.calls.phone.asking import (
    KEY,
    RAISE,
    SHANGHAI,
    TEXT,
    filled,
    photo,
    raised,
    send,
    sign_in,
    words_of,
)
from tests.slices.world import EAST, INSIDE, World, box

# --- raising a call ---


def test_a_call_needs_a_sentence_and_nothing_else(world: World, phone: Client) -> None:
    response = send(phone, RAISE, **filled())
    (call,) = raised(world)
    assert response.status_code == 303
    assert response.headers["Location"] == reverse("calls:receipt", args=[call.public_id])
    assert (call.title, call.text, call.state) == ("配电房有焦味", TEXT, "submitted")
    assert (call.longitude, call.latitude, call.position_source) == (*INSIDE, "registered")
    assert call.contact_phone == "13900001111"


def test_the_receipt_says_the_number_who_should_lead_why_and_until_when(
    world: World, phone: Client
) -> None:
    page = words_of(
        phone.get(send(phone, RAISE, **filled(matter=steps.SAFETY)).headers["Location"])
    )
    (call,) = raised(world)
    with tenancy.reading(world.system):
        ruling = queries.proposal(world.system, call)
        assert ruling is not None
        lead = public.unit(world.system, call.proposed_unit_id or 0)
    for word in (call.number, lead.name_zh, f"{call.due_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"):
        assert word in page
    assert any(escape(reason.sentence) in page for reason in ruling.reasons)


def test_without_a_matter_the_desk_decides_and_the_receipt_says_so(
    world: World, phone: Client
) -> None:
    page = words_of(phone.get(send(phone, RAISE, **filled()).headers["Location"]))
    assert "园区服务台" in page
    assert "由服务台阅看诉求后判断承办单位" in page


def test_danger_is_dispatched_before_the_receipt_is_read(world: World, phone: Client) -> None:
    page = words_of(phone.get(send(phone, RAISE, **filled(urgency="danger")).headers["Location"]))
    (call,) = raised(world)
    assert call.state == "dispatched"
    assert "险情先派最近的应急力量处置" in page


def test_a_double_click_makes_one_call(world: World, phone: Client) -> None:
    body = {**filled(), "idempotency_key": "a" * 32}
    first, second = phone.post(RAISE, body), phone.post(RAISE, body)
    assert len(raised(world)) == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_two_tabs_make_two_calls(world: World, phone: Client) -> None:
    send(phone, RAISE, **filled())
    send(phone, RAISE, **filled(text="另一件事：门口路灯不亮。"))
    assert [c.title for c in raised(world)] == ["配电房有焦味", "另一件事：门口路灯不亮"]


def test_going_back_and_changing_the_words_asks_once_before_it_makes_another_call(
    world: World, phone: Client
) -> None:
    phone.post(RAISE, {**filled(), "idempotency_key": "b" * 32})
    again = phone.post(RAISE, {**filled(text="改了内容。"), "idempotency_key": "b" * 32})
    assert again.status_code == 422
    assert "该表单已提交过" in words_of(again)
    fresh = KEY.search(words_of(again))
    assert fresh is not None
    assert fresh.group(1) != "b" * 32
    phone.post(RAISE, {**filled(text="改了内容。"), "idempotency_key": fresh.group(1)})
    assert len(raised(world)) == 2


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"text": ""}, "请填写文字，或录一段语音留言"),
        ({"text": "长" * 4001}, "4000"),
        ({"text": "有\x00空字符"}, "字符"),
        ({"text": "有\x07响铃"}, "不能包含控制字符"),
        ({"where": "site:999999"}, "site:999999"),
        ({"where": "map"}, "请先在地图上标出位置"),
        ({"where": "map", "lon": "999", "lat": "29"}, "180"),
        ({"where": "map", "lon": "nan", "lat": "29"}, "地图"),
        ({"urgency": "huge"}, "huge"),
        ({"matter": "M999"}, "M999"),
        ({"complained_unit": "999999"}, "999999"),
        ({"contact_phone": "打我电话"}, "请填写电话号码"),
        ({"contact_name": ""}, "请填写“"),
        ({"address": "一\n二"}, "不能包含控制字符"),
        ({"accuracy_m": "-5"}, "0"),
    ],
)
def test_what_cannot_stand_comes_back_with_a_sentence_and_the_words_stay(
    world: World, phone: Client, wrong: dict[str, str], sentence: str
) -> None:
    response = send(phone, RAISE, **filled(**wrong))
    assert response.status_code == 422
    page = words_of(response)
    assert sentence in page
    assert "请更正" in page
    assert wrong.get("text") is not None or TEXT in page
    assert raised(world) == []


def test_the_site_of_another_firm_is_no_choice(world: World, phone: Client) -> None:
    site = registry.create_site(
        world.keeper,
        now=world.now,
        key="S-rival",
        kind="workshop",
        name_zh="远航车间",
        enterprise_id=world.firms["远航"],
        geometry=box(*EAST, 0.001),
    )
    response = send(phone, RAISE, **filled(where=f"site:{site.pk}"))
    assert response.status_code == 422
    assert "远航车间" not in words_of(response)
    assert raised(world) == []


def test_an_own_site_and_a_place_on_the_map_are_taken_as_such(world: World, phone: Client) -> None:
    site = registry.create_site(
        world.keeper,
        now=world.now,
        key="S-own",
        kind="construction_site",
        name_zh="二期工地",
        enterprise_id=world.firms["宏达"],
        geometry=box(119.21, 29.01, 0.001),
    )
    send(phone, RAISE, **filled(where=f"site:{site.pk}"))
    send(phone, RAISE, **filled(where="map", lon="119.25", lat="29.02", accuracy_m="18"))
    own, stated = raised(world)
    assert (own.site_id, own.position_source, own.object_kind) == (
        site.pk,
        "site",
        "construction_site",
    )
    assert (stated.longitude, stated.latitude, stated.accuracy_m) == (119.25, 29.02, 18.0)
    assert stated.position_source == "stated"


# --- files ---


def test_photos_reach_the_call_and_are_served_to_the_firm_only(
    world: World, phone: Client
) -> None:
    send(phone, RAISE, **filled(), photos=[photo(), photo("two.jpg")])
    (call,) = raised(world)
    with tenancy.reading(world.system):
        rows = files.list_for(world.system, call)
    assert [r.name for r in rows] == ["site.jpg", "two.jpg"]
    page = words_of(phone.get(reverse("calls:detail", args=[call.public_id])))
    assert all(files.url(r) in page for r in rows)
    served = phone.get(files.url(rows[0]))
    assert b"".join(served.streaming_content).startswith(b"\xff\xd8")  # type: ignore[attr-defined]
    assert sign_in(world, "rival").get(files.url(rows[0])).status_code == 404


def test_a_voice_note_alone_is_a_call(world: World, phone: Client) -> None:
    note = SimpleUploadedFile("note.webm", b"\x1a\x45\xdf\xa3" + b"0" * 64, "audio/webm")
    assert send(phone, RAISE, **filled(text=""), voice=note).status_code == 303
    (call,) = raised(world)
    assert call.title == "宏达的语音诉求"
    page = words_of(phone.get(reverse("calls:detail", args=[call.public_id])))
    assert "<audio" in page


@pytest.mark.parametrize(
    "bad",
    [
        SimpleUploadedFile("virus.exe", b"MZ" + b"0" * 64),
        SimpleUploadedFile("page.jpg", b"<html><script>alert(1)</script></html>"),
        SimpleUploadedFile("empty.jpg", b""),
        SimpleUploadedFile("paper.pdf", b"%PDF-1.7 not a photo"),
    ],
    ids=lambda f: f.name,
)
def test_a_wrong_file_is_named_and_the_good_one_is_not_asked_for_again(
    world: World, phone: Client, bad: SimpleUploadedFile
) -> None:
    bad.seek(0)
    response = send(phone, RAISE, **filled(), photos=[photo("good.jpg"), bad])
    page = words_of(response)
    assert response.status_code == 422
    assert bad.name in page
    kept = re.findall(r'name="kept" value="([0-9a-f-]{36})"', page)
    assert len(kept) == 1
    send(phone, RAISE, **filled(), kept=kept)
    (call,) = raised(world)
    with tenancy.reading(world.system):
        assert [r.name for r in files.list_for(world.system, call)] == ["good.jpg"]


@pytest.mark.parametrize("name", ["huge.png", "version.docx", "name.docx"])
def test_a_file_made_to_break_us_costs_no_typed_word(
    world: World, phone: Client, name: str
) -> None:
    field = "photos" if name.endswith(".png") else "papers"
    response = send(phone, RAISE, **filled(), **{field: SimpleUploadedFile(name, ATTACKS[name])})
    page = words_of(response)
    assert response.status_code == 422
    assert name in page
    assert TEXT in page
    assert raised(world) == []


def test_more_than_nine_files_are_refused(world: World, phone: Client) -> None:
    response = send(phone, RAISE, **filled(), photos=[photo(f"{n}.jpg") for n in range(10)])
    assert response.status_code == 422
    assert "9" in words_of(response)


def test_somebody_elses_file_cannot_be_taken_along(world: World, phone: Client) -> None:
    theirs = files.store(world.actor("rival"), photo(), purpose="photos", now=world.now)
    kept = [str(theirs.public_id), str(uuid4()), "no-id", "\x00"]
    assert send(phone, RAISE, **filled(), kept=kept).status_code == 303
    (call,) = raised(world)
    with tenancy.reading(world.system):
        assert files.list_for(world.system, call) == []


# --- a complaint ---


def test_a_complaint_stays_out_of_sight_of_the_unit(world: World, phone: Client) -> None:
    unit = world.units["ZONE_SAFE"]
    page = words_of(
        phone.get(send(phone, RAISE, **filled(complained_unit=str(unit))).headers["Location"])
    )
    (call,) = raised(world)
    assert (call.complained_unit_id, call.nature) == (unit, "complaint")
    assert "的任何人员均看不到本诉求" in page
    address = reverse("calls:detail", args=[call.public_id])
    assert sign_in(world, "safety").get(address, follow=True).status_code == 404
    assert sign_in(world, "desk").get(address, follow=True).status_code == 200


# --- home, list, one call ---


@given(st.text(max_size=200))
def test_a_title_is_one_short_line(text: str) -> None:
    title = title_of(text)
    assert len(title) <= TITLE_LENGTH
    assert "\n" not in title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("厂区停电。请尽快处理。", "厂区停电"),
        ("  \n\n停水了\n从早上开始", "停水了"),
        ("Power is out. Please come.", "Power is out"),
        ("Version 2.5 of the form fails", "Version 2.5 of the form fails"),
        ("", ""),
        ("。。。", ""),
    ],
)
def test_the_title_is_the_first_sentence(text: str, title: str) -> None:
    assert title_of(text) == title
