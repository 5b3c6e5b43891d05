"""Pages in both languages, the machine door of 12345, Open311 updates, the command that takes mails."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qiying.kernel import people, tenancy
from qiying.slices.calls import public as calls
from qiying.slices.calls.models import Call
from qiying.slices.channels import operations, queries
from qiying.slices.channels.models import Referral, WorkOrder
from tests.slices.calls import steps
from tests.slices.world import INSIDE, World

LISTS = (
    "home",
    "phone",
    "orders",
    "referrals",
    "signals",
    "mails",
    "batches",
    "forwards",
    "stuck",
)
NEW = ("order-new", "referral-new", "signal-new", "batch-new")


def client(world: World, name: str, language: str = "zh-hans") -> Client:
    found = Client(headers={"accept-language": language})
    found.force_login(world.user(name), backend="django.contrib.auth.backends.ModelBackend")
    found.cookies["django_language"] = language
    return found


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", [*LISTS, *NEW])
def test_a_page_answers_empty_in_both_languages(world: World, name: str, language: str) -> None:
    answer = client(world, "desk", language).get(reverse(f"channels:{name}"))
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["endpoints", "endpoint-new"])
def test_connections_are_the_administrators(world: World, name: str) -> None:
    address = reverse(f"channels:{name}")
    assert client(world, "admin").get(address).status_code == 200
    assert client(world, "desk").get(address).status_code == 403


def test_firms_open_none_of_these_pages(world: World) -> None:
    firm = client(world, "boss")
    for name in LISTS:
        assert firm.get(reverse(f"channels:{name}")).status_code == 403, name


def test_a_number_that_rings_is_recognised_and_leads_to_the_form(world: World) -> None:
    from qiying.slices.registry import operations as registry  # noqa: PLC0415

    registry.add_contact(
        world.keeper, world.firms["宏达"], now=world.now, name="王经理", phone="13800001234"
    )
    steps.raise_call(world, title="宏达的旧诉求")
    desk = client(world, "desk")
    text = desk.get(reverse("channels:phone"), {"number": "138 0000 1234"}).content.decode()
    assert "王经理" in text
    assert "宏达的旧诉求" in text
    with tenancy.reading(world.system):
        from qiying.slices.registry import public  # noqa: PLC0415

        firm = public.enterprise(world.system, world.firms["宏达"])
    form = desk.get(
        reverse("calls:register"),
        {
            "firm": str(firm.public_id),
            "channel": "phone",
            "name": "王经理",
            "phone": "13800001234",
        },
    ).content.decode()
    assert 'value="13800001234"' in form
    unknown = desk.get(reverse("channels:phone"), {"number": "13999999999"}).content.decode()
    assert "该号码未登记" in unknown


def test_a_referral_is_recorded_once_by_a_double_click(world: World) -> None:
    desk = client(world, "desk")
    body = {
        "kind": "deputy",
        "referrer": "李代表",
        "text": "夜班公交",
        "reference": "7",
        "idempotency_key": "k1",
    }
    answers = [desk.post(reverse("channels:referral-new"), body) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]
    assert answers[0]["Location"] == answers[1]["Location"]
    with tenancy.reading(world.system):
        assert Referral.objects.count() == 1


def test_a_form_that_cannot_stand_says_why_beside_the_field(world: World) -> None:
    body = {
        "kind": "deputy",
        "referrer": "李",
        "text": "x",
        "firm": "没有这家",
        "idempotency_key": "k",
    }
    answer = client(world, "desk").post(reverse("channels:referral-new"), body)
    assert answer.status_code == 422
    assert "没有匹配的企业" in answer.content.decode()


def test_an_order_is_signed_on_its_page_and_not_by_a_leader(world: World) -> None:
    row = operations.receive_order(
        world.actor("desk"), order_number="ZJ-1", text="路灯不亮", now=world.now
    )
    address = reverse("channels:order", args=[row.public_id])
    body = {"do": "sign", "idempotency_key": "k"}
    assert client(world, "leader").post(address, body).status_code == 404
    assert client(world, "desk").post(address, body).status_code == 303
    with tenancy.reading(world.system):
        assert WorkOrder.objects.get().state == "signed"


def test_a_list_of_orders_says_what_and_a_lapsed_return_is_not_offered(world: World) -> None:
    issued = world.now - timedelta(days=10)
    row = operations.receive_order(
        world.actor("desk"), order_number="ZJ-2", text="路灯不亮", issued_at=issued, now=issued
    )
    desk = client(world, "desk")
    assert "路灯不亮" in desk.get(reverse("channels:orders")).content.decode()
    page = desk.get(reverse("channels:order", args=[row.public_id])).content.decode()
    assert 'value="sign"' in page
    assert 'value="ask_return"' not in page
    assert "期限已过" in page


def test_a_file_is_previewed_with_its_faults_and_written_by_choice(world: World) -> None:
    desk = client(world, "desk")
    upload = SimpleUploadedFile("诉求.csv", "诉求内容,紧急程度\n路灯不亮,一般\n,紧急\n".encode())
    answer = desk.post(
        reverse("channels:batch-new"), {"kind": "calls", "file": upload, "idempotency_key": "k"}
    )
    assert answer.status_code == 303, answer.content.decode()
    page = desk.get(answer["Location"]).content.decode()
    assert "诉求内容" in page
    apply = answer["Location"] + "apply/"
    desk.post(apply, {"idempotency_key": "a"})
    with tenancy.reading(world.system):
        assert not Call.objects.exists()
    desk.post(apply, {"idempotency_key": "b", "good_rows": "1"})
    with tenancy.reading(world.system):
        assert Call.objects.count() == 1


def test_the_record_of_a_call_shows_how_it_came_and_offers_what_can_be_done(world: World) -> None:
    row = operations.receive_order(
        world.actor("desk"), order_number="ZJ-77", text="路灯不亮", now=world.now
    )
    card = calls.card(world.system, row.call_id)
    text = (
        client(world, "desk")
        .get(reverse("calls:case-around", args=[card.public_id]))
        .content.decode()
    )
    assert "ZJ-77" in text
    assert reverse("channels:same", args=[card.public_id]) in text
    assert reverse("channels:forward-new", args=[card.public_id]) in text


def test_channels_are_counted_and_every_count_leads_to_its_calls(world: World) -> None:
    steps.raise_call(world, title="线上一件")
    steps.raise_call(world, "desk", title="电话一件", channel="phone")
    steps.raise_call(world, "desk", title="走访一件", channel="visit")
    span = {"from": "2026-11-01", "to": "2026-11-30"}
    desk = client(world, "desk")
    text = desk.get(reverse("channels:home"), span).content.decode()
    assert "33.3 %" in text, "one of three was found by us"
    listed = desk.get(reverse("channels:home"), {**span, "channel": "phone"}).content.decode()
    assert "电话一件" in listed
    assert "线上一件" not in listed
    found = desk.get(reverse("channels:home"), {**span, "found": "1"}).content.decode()
    assert "走访一件" in found
    assert "电话一件" not in found


# --- machines ---


def key(world: World) -> str:
    return people.issue_key(world.keeper, "12345", now=world.now)[1]


def test_12345_hands_over_repeats_and_reads_back_its_own_order(world: World) -> None:
    machine = Client(headers={"X-API-Key": key(world)})
    body = {"order_number": "ZJ-1", "text": "路灯不亮", "address": "一号路"}
    send = {"content_type": "application/json", "headers": {"Idempotency-Key": "k1"}}
    first = machine.post("/api/v1/channels/orders", body, **send)
    again = machine.post("/api/v1/channels/orders", body, **send)
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    listed = machine.get("/api/v1/channels/orders").json()["items"]
    assert [o["order_number"] for o in listed] == ["ZJ-1"]
    other = Client(headers={"X-API-Key": key(world)})
    assert other.get("/api/v1/channels/orders").json()["items"] == []
    assert other.get(f"/api/v1/channels/orders/{first.json()['id']}").status_code == 404


def test_a_role_that_is_not_12345_cannot_hand_over(world: World) -> None:
    answer = client(world, "leader").post(
        "/api/v1/channels/orders",
        {"order_number": "ZJ-1", "text": "x"},
        content_type="application/json",
        headers={"X-Requested-With": "fetch"},
    )
    assert answer.status_code == 403


def test_a_signal_by_machine_counts_as_found_by_us(world: World) -> None:
    machine = Client(headers={"X-API-Key": key(world)})
    body = {"kind": "power", "source": "用电监测", "text": "用电下降", "reference": "P1"}
    sent = machine.post("/api/v1/channels/signals", body, content_type="application/json")
    assert sent.status_code == 201
    with tenancy.reading(world.system):
        assert Call.objects.get().is_proactive


# --- Open311 servicerequestupdates ---


def filed(world: World, secret: str) -> str:
    body = {"service_code": "M078", "lat": INSIDE[1], "long": INSIDE[0], "description": "路灯不亮"}
    answer = Client().post("/open311/v2/requests.json", {**body, "api_key": secret})
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.json()[0]["service_request_id"])


def updates(**query: Any) -> list[dict[str, Any]]:
    answer = Client().get("/open311/v2/servicerequestupdates.json", query)
    assert answer.status_code == 200, answer.content.decode()
    found: list[dict[str, Any]] = answer.json()
    return found


def test_what_became_of_a_request_is_told_in_a_window_with_words_for_its_filer(
    world: World,
) -> None:
    from django.utils import timezone  # noqa: PLC0415

    secret = key(world)
    number = filed(world, secret)
    assert updates(api_key=secret) == []
    with tenancy.reading(world.system):
        call = Call.objects.get()
    world.now = timezone.now()
    steps.take(world, "desk", call, "accept")
    steps.take(world, "desk", call, "message", text="请补充灯杆编号")
    own = updates(api_key=secret)
    assert [(u["status"], u.get("description", "")) for u in own] == [
        ("FOR_TRIAGE", ""),
        ("FOR_TRIAGE", "请补充灯杆编号"),
    ]
    assert {u["service_request_id"] for u in own} == {number}
    strangers = json.dumps(updates(), ensure_ascii=False)
    assert "灯杆" not in strangers
    assert updates(api_key=secret, start_date="2020-01-01", end_date="2020-01-02") == []
    as_xml = Client().get("/open311/v2/servicerequestupdates.xml", {"api_key": secret})
    assert b"<service_request_updates><request_update><update_id>" in as_xml.content


def test_an_update_is_posted_once_and_answers_with_the_same_id(world: World) -> None:
    secret = key(world)
    number = filed(world, secret)
    body = {
        "service_request_id": number,
        "update_id": "x1",
        "status": "OPEN",
        "description": "还不亮",
    }
    sent = [
        Client().post("/open311/v2/servicerequestupdates.json", {**body, "api_key": secret}).json()
        for _ in range(2)
    ]
    assert sent[0] == sent[1]
    with tenancy.reading(world.system):
        call = Call.objects.get()
        assert [u.text for u in queries.updates_of_call(world.system, call.pk)] == ["还不亮"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"api_key": "wrong"}, 403),
        ({"update_id": ""}, 400),
        ({"status": "WHATEVER"}, 400),
        ({"service_request_id": "QY-000000-999"}, 404),
        ({"description": "长" * 4001}, 400),
    ],
)
def test_a_wrong_update_is_refused_in_the_protocols_words(
    world: World, change: dict[str, str], status: int
) -> None:
    secret = key(world)
    body = {"service_request_id": filed(world, secret), "update_id": "x1", "api_key": secret}
    answer = Client().post("/open311/v2/servicerequestupdates.json", {**body, **change})
    assert answer.status_code == status
    assert answer.json()[0]["description"]
