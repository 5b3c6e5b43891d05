"""The phone of firms and grid officers: what they see, what they send, what they must not reach."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from qiying.kernel import files, tenancy
from qiying.slices.calls import queries
from qiying.slices.calls.forms.words import TITLE_LENGTH, title_of
from qiying.slices.calls.models import Call, Visit
from qiying.slices.registry import operations as registry
from qiying.slices.registry import public
from tests.kernel.test_files import ATTACKS
from tests.slices.calls import steps
from tests.slices.world import EAST, INSIDE, World, box

BACKEND = "django.contrib.auth.backends.ModelBackend"
KEY = re.compile(r'name="idempotency_key" value="(\w+)"')
SHANGHAI = ZoneInfo("Asia/Shanghai")
TEXT = "配电房有焦味。请尽快派人来看。"


@pytest.fixture(autouse=True)
def clock(world: World) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(world.now + timedelta(hours=1), tick=False) as traveller:
        yield traveller


def sign_in(world: World, name: str, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(world.user(name), backend=BACKEND)
    client.cookies["django_language"] = language
    return client


@pytest.fixture
def phone(world: World) -> Client:
    return sign_in(world, "boss")


@pytest.fixture
def officer(world: World) -> Client:
    return sign_in(world, "grid")


def photo(name: str = "site.jpg") -> SimpleUploadedFile:
    held = BytesIO()
    Image.new("RGB", (32, 24), (120, 90, 60)).save(held, "JPEG")
    return SimpleUploadedFile(name, held.getvalue(), "image/jpeg")


def filled(**more: Any) -> dict[str, Any]:
    given = {"text": TEXT, "urgency": "normal", "where": "premises", "matter": ""}
    return {**given, "contact_name": "王立新", "contact_phone": "13900001111", **more}


def send(client: Client, url: str, **fields: Any) -> HttpResponse:
    """Open the form, fill it, send it with its own key."""
    key = KEY.search(client.get(url).content.decode())
    assert key is not None, url
    return client.post(url, {"idempotency_key": key.group(1), **fields})


def raised(world: World) -> list[Call]:
    with tenancy.reading(world.system):
        return list(Call.objects.order_by("id"))


def words_of(response: HttpResponse) -> str:
    return response.content.decode()


def firm_id(world: World, name: str) -> Any:
    return public.enterprise(world.system, world.firms[name]).public_id


RAISE = "/calls/my/raise/"


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
        ({"contact_name": ""}, "必填"),
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


def test_home_puts_what_waits_for_the_firm_first(world: World, phone: Client) -> None:
    steps.working(world)
    asked = steps.need_info(world)
    page = words_of(phone.get("/calls/my/"))
    assert page.index("需要您处理") < page.index(asked.number) < page.index("正在办理")
    assert reverse("calls:act", args=[asked.public_id, "supply_info"]) in page


def test_home_names_the_officer_with_a_number_to_ring(world: World, phone: Client) -> None:
    registry.set_zone(world.keeper, now=world.now, hotline="0570-6688123")
    page = words_of(phone.get("/calls/my/"))
    assert f"tel:{world.user('grid').phone}" in page
    assert "tel:0570-6688123" in page


def test_home_asks_the_database_the_same_number_of_times_for_more_calls(
    world: World, phone: Client
) -> None:
    steps.closed(world)
    phone.get("/calls/my/")
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            phone.get("/calls/my/")
        counts.append(len(captured))
        for make in (steps.closed, steps.need_info, steps.callback, steps.suspended):
            make(world)
    assert counts[0] + 2 >= counts[1], counts


def test_a_person_of_two_firms_chooses_first(world: World) -> None:
    world.person("boss", "enterprise", firm="远航")
    client = sign_in(world, "boss")
    assert "请选择企业" in words_of(client.get(RAISE))
    send(client, f"{RAISE}?firm={firm_id(world, '远航')}", **filled())
    assert [c.enterprise_id for c in raised(world)] == [world.firms["远航"]]


def test_the_list_holds_own_calls_only_and_goes_into_a_file(world: World, phone: Client) -> None:
    mine = steps.submitted(world)
    theirs = steps.raise_call(world, "rival", "远航", matter_code="")
    body = phone.get("/calls/my/all/?format=csv").content.decode("utf-8-sig")
    assert mine.number in body
    assert theirs.number not in body
    assert mine.number not in words_of(phone.get("/calls/my/all/?q=zzzz"))
    found = words_of(phone.get("/calls/my/all/?tab=open&q=配电房"))
    assert mine.number in found


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("state", sorted(steps.MAKE))
def test_every_state_has_a_page_and_offers_what_the_table_allows(
    world: World, state: str, language: str
) -> None:
    call = steps.MAKE[state](world)
    page = words_of(
        sign_in(world, "boss", language).get(reverse("calls:detail", args=[call.public_id]))
    )
    assert call.number in page
    with tenancy.reading(world.system):
        found = queries.steps_open(world.actor("boss"), steps.fresh(world, call), now=world.now)
    for name in ("supply_info", "resume", "rate", "reopen", "withdraw", "message"):
        is_open = any(s.name == name and not s.blocked for s in found)
        assert (reverse("calls:act", args=[call.public_id, name]) in page) == is_open, name


@pytest.mark.parametrize(
    "query", ["q=%00", "tab=%00", "cursor=abc", "q=" + "x" * 5000, "tab=open&q=%25"]
)
def test_a_strange_address_of_the_list_is_no_fault_of_ours(phone: Client, query: str) -> None:
    assert phone.get(f"/calls/my/all/?{query}").status_code in {200, 422}


# --- what must not be reached ---


@pytest.mark.parametrize("who", ["rival", "grid"])
def test_another_firms_call_is_not_found(world: World, who: str) -> None:
    firm = "宏达" if who == "rival" else "远航"
    call = steps.raise_call(world, "boss" if firm == "宏达" else "rival", firm, matter_code="")
    client = sign_in(world, who)
    for address in (
        reverse("calls:detail", args=[call.public_id]),
        reverse("calls:receipt", args=[call.public_id]),
        *(
            reverse("calls:act", args=[call.public_id, step])
            for step in ("rate", "message", "withdraw", "supply_info", "reopen", "nonsense")
        ),
    ):
        assert client.get(address).status_code == 404, address
        assert client.post(address, {"text": "x"}).status_code == 404, address


def test_an_officer_does_not_reach_a_firm_of_another_portfolio(
    world: World, officer: Client
) -> None:
    other = firm_id(world, "远航")
    for name in ("calls:officer-firm", "calls:officer-visit", "calls:officer-raise"):
        assert officer.get(reverse(name, args=[other])).status_code == 404
        assert officer.get(reverse(name, args=[uuid4()])).status_code == 404
    posted = officer.post(reverse("calls:officer-raise", args=[other]), filled())
    assert posted.status_code == 404
    assert raised(world) == []


def test_the_small_map_shows_nobody_elses_ground(world: World, phone: Client) -> None:
    own, other = firm_id(world, "宏达"), firm_id(world, "远航")
    assert phone.get(f"/calls/my/ground/wall.geojson?firm={own}").status_code == 200
    assert len(phone.get(f"/calls/my/ground/site.geojson?firm={own}").json()["features"]) == 1
    for address in (f"site.geojson?firm={other}", "site.geojson?firm=x", "grid.geojson"):
        assert phone.get(f"/calls/my/ground/{address}").status_code == 404


@pytest.mark.parametrize("who", ["desk", "safety", "leader", "admin", "grid"])
def test_the_firms_own_pages_are_for_firms(world: World, who: str) -> None:
    client = sign_in(world, who)
    for address in ("/calls/my/", "/calls/my/all/", RAISE):
        assert client.get(address).status_code == 403


def test_the_officers_pages_are_for_officers(world: World, phone: Client) -> None:
    for address in ("/calls/officer/", "/calls/officer/waiting/"):
        assert phone.get(address).status_code == 403
    assert Client().get("/calls/officer/").status_code == 302


# --- steps ---


def act(world: World, client: Client, call: Call, step: str, **fields: Any) -> HttpResponse:
    return send(client, reverse("calls:act", args=[call.public_id, step]), **fields)


def test_the_firm_gives_what_was_asked_for(world: World, phone: Client) -> None:
    call = steps.need_info(world)
    form = words_of(phone.get(reverse("calls:act", args=[call.public_id, "supply_info"])))
    assert "请补充照片" in form
    assert act(world, phone, call, "supply_info", text="见照片", photos=photo()).status_code == 303
    assert steps.fresh(world, call).state == "submitted"


def test_the_firm_lets_the_clock_run_on_without_a_word(world: World, phone: Client) -> None:
    call = steps.suspended(world)
    assert act(world, phone, call, "resume").status_code == 303
    assert steps.fresh(world, call).state == "working"


def test_nothing_is_chosen_beforehand_in_a_rating(world: World, phone: Client) -> None:
    call = steps.callback(world)
    url = reverse("calls:act", args=[call.public_id, "rate"])
    assert " checked" not in words_of(phone.get(url))
    assert send(phone, url, text="好").status_code == 422
    assert send(phone, url, grade="5", resolved="yes").status_code == 303
    with tenancy.reading(world.system):
        assert queries.dossier(world.system, call).round.rating == 5
    response = phone.get(url)
    assert response.status_code == 302


def test_a_rating_from_a_page_that_is_out_of_date_is_refused_with_a_sentence(
    world: World, phone: Client
) -> None:
    call = steps.callback(world)
    url = reverse("calls:act", args=[call.public_id, "rate"])
    version = steps.fresh(world, call).version
    steps.take(world, "caller", call, "callback_confirm", resolved="yes")
    response = send(phone, url, grade="1", resolved="no", version=str(version))
    assert response.status_code == 422
    assert 'name="grade"' in words_of(response)
    with tenancy.reading(world.system):
        assert queries.dossier(world.system, call).round.rating is None


def test_a_closed_call_is_opened_again_with_words_and_without_approval(
    world: World, phone: Client
) -> None:
    call = steps.closed(world)
    assert act(world, phone, call, "reopen", text="").status_code == 422
    assert act(world, phone, call, "reopen", text="又跳闸了").status_code == 303
    assert steps.fresh(world, call).state == "reopened"
    assert steps.fresh(world, call).current_round == 2


def test_a_call_closed_long_ago_is_not_opened_again(
    world: World, phone: Client, clock: time_machine.Traveller
) -> None:
    call = steps.closed(world)
    clock.shift(timedelta(days=31))
    client = sign_in(world, "boss")
    address = reverse("calls:detail", args=[call.public_id])
    assert reverse("calls:act", args=[call.public_id, "reopen"]) not in words_of(
        client.get(address)
    )
    assert client.get(reverse("calls:act", args=[call.public_id, "reopen"])).status_code == 302


def test_a_withdrawn_call_is_over(world: World, phone: Client) -> None:
    call = steps.working(world)
    assert act(world, phone, call, "withdraw", text="").status_code == 303
    assert steps.fresh(world, call).state == "withdrawn"


def test_a_message_reaches_the_other_side_with_its_photo(world: World, phone: Client) -> None:
    call = steps.working(world)
    assert (
        act(world, phone, call, "message", text="明早九点有人", photos=photo()).status_code == 303
    )
    page = words_of(phone.get(reverse("calls:detail", args=[call.public_id])))
    assert "明早九点有人" in page
    assert "site.jpg" in page


def test_the_firm_reads_the_answer_only_after_review(world: World, phone: Client) -> None:
    call = steps.answered(world)
    address = reverse("calls:detail", args=[call.public_id])
    assert "已更换开关" not in words_of(phone.get(address))
    steps.take(world, "desk2", call, "review_pass")
    assert "已更换开关" in words_of(phone.get(address))


# --- matters ---


def test_matters_are_found_by_name_and_by_what_the_firm_wrote(phone: Client) -> None:
    url = "/calls/my/raise/matters/"
    assert steps.SAFETY in words_of(phone.post(url, {"q": "安全"}))
    assert "没有匹配的事项" in words_of(phone.post(url, {"q": "量子引力"}))
    kept = words_of(phone.post(url, {"q": "量子引力", "matter": steps.SAFETY}))
    assert f'value="{steps.SAFETY}" checked' in kept
    assert phone.get(url).status_code == 405


# --- the grid officer ---


def test_the_portfolio_puts_red_lights_first(
    world: World, officer: Client, clock: time_machine.Traveller
) -> None:
    world.firm("安泰")
    late = steps.working(world)
    clock.shift(timedelta(days=12))
    page = words_of(sign_in(world, "grid").get("/calls/officer/"))
    assert page.index("宏达") < page.index("安泰")
    assert 'data-tone="over"' in page
    assert "远航" not in page
    assert late.number not in page
    assert "安泰" not in words_of(sign_in(world, "grid").get("/calls/officer/?q=宏达"))


def test_the_portfolio_goes_into_a_file(world: World, officer: Client) -> None:
    body = officer.get("/calls/officer/?format=csv").content.decode("utf-8-sig")
    assert "宏达" in body
    assert "远航" not in body


def test_a_visit_is_kept_with_words_and_photos(world: World, officer: Client) -> None:
    url = reverse("calls:officer-visit", args=[firm_id(world, "宏达")])
    assert send(officer, url, text="看了二车间").status_code == 422
    response = send(officer, url, purpose="safety", text="看了二车间", photos=photo())
    assert response.status_code == 303
    page = words_of(officer.get(response.headers["Location"]))
    assert "看了二车间" in page
    assert "site.jpg" in page
    with tenancy.reading(world.system):
        assert Visit.objects.get().purpose == "safety"


def test_a_problem_found_on_the_spot_counts_as_found_by_us(world: World, officer: Client) -> None:
    url = reverse("calls:officer-raise", args=[firm_id(world, "宏达")])
    send(officer, f"{url}?found=1", **filled())
    send(officer, url, **filled())
    found, behalf = raised(world)
    assert (found.is_proactive, found.channel) == (True, "visit")
    assert (behalf.is_proactive, behalf.channel) == (False, "on_behalf")
    assert behalf.reported_by_id == world.user("grid").pk
    with tenancy.reading(world.system):
        assert Visit.objects.get().call_id == found.pk


def test_the_officer_helps_where_a_call_waits_for_the_firm(world: World, officer: Client) -> None:
    call = steps.need_info(world)
    page = words_of(officer.get("/calls/officer/waiting/"))
    assert call.number in page
    assert act(world, officer, call, "supply_info", text="代企业补充").status_code == 303
    assert "没有待企业处理的诉求" in words_of(officer.get("/calls/officer/waiting/"))


def test_the_officer_cannot_rate_for_the_firm(world: World, officer: Client) -> None:
    call = steps.callback(world)
    url = reverse("calls:act", args=[call.public_id, "rate"])
    assert officer.get(url).status_code == 302
    response = officer.post(url, {"grade": "5", "resolved": "yes"})
    assert response.status_code == 422
    with tenancy.reading(world.system):
        assert queries.dossier(world.system, call).round.rating is None


# --- titles ---


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
