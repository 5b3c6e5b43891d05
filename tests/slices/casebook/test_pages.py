"""Pages, files and the interface of the casebook, in both languages and once per form."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from qiying.kernel import panels, people, search, tenancy
from qiying.kernel.access import Role
from qiying.slices.calls.models import Call
from qiying.slices.casebook import public, queries
from qiying.slices.casebook.models import Case, Citation, Entry, EntryMark, Selection
from tests.slices.calls import steps as calls
from tests.slices.casebook import steps
from tests.slices.casebook.conftest import JUDGES
from tests.slices.casebook.test_cited_for_class import class_issue
from tests.slices.world import World

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
JSON = "application/json"


@pytest.fixture
def clock(world: World, settled: Call) -> Iterator[Any]:
    """The machine's clock stands where the world's does."""
    with time_machine.travel(world.now, tick=False) as traveller:
        yield traveller


def sign_in(world: World, name: str, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(world.user(name), backend=BACKEND)
    client.cookies["django_language"] = language
    return client


def page(world: World, name: str, address: str, language: str = "zh-hans") -> str:
    answer = sign_in(world, name, language).get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def key_of(text: str) -> str:
    found = re.search(r'name="idempotency_key" value="(\w+)"', text)
    assert found
    return found.group(1)


def case_url(case: Case) -> str:
    return reverse("casebook:case", args=[case.public_id])


# --- cases ---


def test_the_library_is_empty_then_holds_the_case_for_firms_too(
    world: World, settled: Call, clock: Any
) -> None:
    assert "尚无已发布案例" in page(world, "boss", reverse("casebook:library"))
    case = steps.published(world, settled)
    shown = page(world, "boss", reverse("casebook:library"))
    assert steps.TEXTS["title"] in shown
    assert steps.TEXTS["title"] in page(world, "boss", case_url(case))
    assert "No case is published yet" not in page(world, "boss", reverse("casebook:library"), "en")


def test_the_page_of_a_case_tells_a_firm_nothing_of_handlers_or_calls(
    world: World, settled: Call, clock: Any
) -> None:
    case = steps.published(world, settled)
    shown = page(world, "boss", case_url(case))
    for secret in (settled.number, "宏达", "desk", "judge1", "脱敏检查"):
        assert secret not in shown


def test_a_form_of_nomination_sent_twice_makes_one_case(
    world: World, settled: Call, clock: Any
) -> None:
    client, address = sign_in(world, "desk"), reverse("casebook:nominate")
    shown = client.get(address, {"call": settled.number}).content.decode()
    assert settled.number in shown
    sent = {**steps.TEXTS, "number": settled.number, "idempotency_key": key_of(shown)}
    first, second = client.post(address, sent), client.post(address, sent)
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    with tenancy.reading(world.system):
        assert Case.objects.count() == 1


def test_a_call_that_cannot_be_nominated_is_explained_beside_its_form(
    world: World, settled: Call, clock: Any
) -> None:
    call = calls.working(world)
    client = sign_in(world, "desk")
    answer = client.post(reverse("casebook:nominate"), {**steps.TEXTS, "number": call.number})
    assert answer.status_code == 200
    assert "不是核实办结" in answer.content.decode()


def test_the_whole_way_of_a_case_by_its_pages(world: World, settled: Call, clock: Any) -> None:
    desk, decider = sign_in(world, "desk"), sign_in(world, "decider")
    with_figure = {**steps.TEXTS, "effect": "隐患消除率提高到98%，企业未停产。"}
    desk.post(reverse("casebook:nominate"), {**with_figure, "number": settled.number})
    with tenancy.reading(world.system):
        case = Case.objects.get()
    shown = desk.get(case_url(case)).content.decode()
    assert "缺少佐证的数字" in shown
    key = re.search(r'name="key" value="(\w+)"', shown)
    assert key
    step = reverse("casebook:step", args=[case.public_id])
    assert desk.post(step, {"step": "submit"}).status_code == 409
    reason = {"key": key.group(1), "reason": "见安全台账"}
    desk.post(reverse("casebook:reason", args=[case.public_id]), reason)
    assert desk.post(step, {"step": "submit"}).status_code == 303
    for name in ("judge1", "judge2"):
        person = {"person": world.user(name).pk}
        decider.post(reverse("casebook:assign", args=[case.public_id]), person)
        points = {f"points_{c}": p for c, p in steps.WELL.items()}
        answer = sign_in(world, name).post(
            reverse("casebook:review", args=[case.public_id]), {**points, "comment": "有据"}
        )
        assert answer.status_code == 303
    for name in ("accept", "publish"):
        assert decider.post(step, {"step": name}).status_code == 303
    assert steps.fresh(world, case).state == "published"


def test_the_page_of_a_call_suggests_and_a_handler_cites(
    world: World, settled: Call, clock: Any
) -> None:
    case, later = steps.published(world, settled), calls.working(world)
    handler = world.actor("safety")
    box = next(
        p
        for p in panels.ask(handler, "calls.call", later.pk, now=world.now)
        if p.icon == "book-open-check"
    )
    assert [line.text for line in box.lines] == [steps.TEXTS["title"]]
    client, address = sign_in(world, "safety"), reverse("casebook:cite", args=[later.public_id])
    shown = client.get(address).content.decode()
    sent = {"case": case.public_id, "cited_in": "answer", "idempotency_key": key_of(shown)}
    assert client.post(address, sent).status_code == client.post(address, sent).status_code == 303
    with tenancy.reading(world.system):
        assert Citation.objects.count() == 1
    assert later.number in page(world, "leader", case_url(case))
    assert steps.TEXTS["title"] in page(
        world, "safety", reverse("calls:case-around", args=[later.public_id])
    )


@pytest.mark.parametrize(
    ("language", "cite", "cited"),
    [("zh-hans", "引用案例", "已引用"), ("en", "Cite a case", "cited")],
)
def test_a_case_is_cited_from_the_page_of_a_class_issue(
    world: World, settled: Call, clock: Any, language: str, cite: str, cited: str
) -> None:
    case, issue = steps.published(world, settled), class_issue(world)
    own = reverse("class_issues:issue", args=[issue.public_id])
    shown = page(world, "safety", own, language)
    assert steps.TEXTS["title"] in shown
    assert cite in shown
    client, address = (
        sign_in(world, "safety", language),
        reverse("casebook:cite-class", args=[issue.public_id]),
    )
    assert address in shown
    form = client.get(address).content.decode()
    sent = {"case": case.public_id, "note": "照做", "idempotency_key": key_of(form)}
    assert client.post(address, sent).status_code == client.post(address, sent).status_code == 303
    with tenancy.reading(world.system):
        assert Citation.objects.count() == 1
    assert cited in page(world, "safety", own, language)
    assert issue.number in page(world, "leader", case_url(case), language)
    assert issue.number not in page(world, "boss", case_url(case), language)


def test_the_interface_cites_for_a_call_or_a_class_issue_and_never_for_both(
    world: World, settled: Call, clock: Any
) -> None:
    case, issue = steps.published(world, settled), class_issue(world)
    client = Client(headers={"X-Requested-With": "test"})
    client.force_login(world.user("safety"), backend=BACKEND)
    address = f"/api/v1/casebook/cases/{case.public_id}/citations"

    def send(key: str, **body: Any) -> Any:
        headers = {"Idempotency-Key": key}
        return client.post(address, json.dumps(body), content_type=JSON, headers=headers)

    both = {"issue": str(issue.public_id), "call": str(settled.public_id)}
    assert send("cite-0001").status_code == send("cite-0002", **both).status_code == 422
    answer = send("cite-0003", issue=str(issue.public_id))
    assert (answer.status_code, answer.json()["citations"]) == (201, 1)


def test_a_firm_and_a_grid_officer_get_no_box_on_a_call(
    world: World, settled: Call, clock: Any
) -> None:
    steps.published(world, settled)
    later = calls.working(world)
    for name in ("boss", "grid"):
        found = panels.ask(world.actor(name), "calls.call", later.pk, now=world.now)
        assert not [p for p in found if p.icon == "book-open-check"]


def test_the_search_finds_published_cases_by_their_words(
    world: World, settled: Call, clock: Any
) -> None:
    steps.published(world, settled)
    assert [h.title for h in search.ask(world.actor("boss"), "配电房") if "casebook" in h.url] == [
        steps.TEXTS["title"]
    ]


def test_the_library_as_a_file_and_a_foreign_role_on_the_work_page(
    world: World, settled: Call, clock: Any
) -> None:
    steps.published(world, settled)
    answer = sign_in(world, "leader").get(reverse("casebook:library"), {"format": "csv"})
    assert steps.TEXTS["title"] in answer.content.decode("utf-8-sig")
    for name in ("boss", "grid"):
        assert sign_in(world, name).get(reverse("casebook:work")).status_code == 403


# --- selections ---


@pytest.fixture
def panel(world: World) -> Iterator[World]:
    for name in JUDGES:
        world.person(name, Role.ANALYST)
    world.person("decider", Role.ZONE_LEADER)
    with time_machine.travel(world.now, tick=False):
        yield world


def selection_url(row: Selection) -> str:
    return reverse("casebook:selection", args=[row.public_id])


def test_the_blind_page_shows_the_text_and_not_the_entrant(panel: World) -> None:
    row = steps.dealt(panel)
    with tenancy.reading(panel.system):
        mark = EntryMark.objects.select_related("seat__person", "entry").first()
    assert mark is not None
    name = next(n for n in JUDGES if panel.user(n).pk == mark.seat.person_id)
    with time_machine.travel(panel.now, tick=False):
        shown = page(panel, name, reverse("casebook:reading", args=[mark.entry.public_id]))
        whole = page(panel, name, selection_url(row))
    for text in (shown, whole):
        assert mark.entry.title in text
        assert mark.entry.county not in text
        assert mark.entry.entrant not in text
        assert mark.entry.number not in text


def test_a_selection_page_answers_in_english_without_a_chinese_word_of_ours(
    panel: World,
) -> None:
    row = steps.announced(panel, rules_en="Open to all.", quota=2)
    shown = page(panel, "supervisor", selection_url(row), "en")
    plain = re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style).*?</\1>", "", shown, flags=re.S))
    words = {w for w in plain.split() if CHINESE.search(w)}
    assert words <= {"中文", "澜川经济开发区", "supervisor", "中"}, words


def test_the_final_list_is_public_with_its_hash_as_page_pdf_and_sheet(panel: World) -> None:
    row = steps.final(panel)
    with time_machine.travel(panel.now, tick=False):
        shown = page(panel, "boss", selection_url(row))
        pdf = sign_in(panel, "boss").get(reverse("casebook:print", args=[row.public_id]))
        sheet = sign_in(panel, "leader").get(selection_url(row), {"format": "xlsx"})
    assert row.final_digest in shown
    assert pdf.content.startswith(b"%PDF")
    assert sheet.content.startswith(b"PK")
    assert public.digests(panel.actor("auditor"), row.number) == (row.final_digest,) * 2


def test_the_decision_of_the_meeting_by_its_form(panel: World) -> None:
    row = steps.ranked(panel, quota=2)
    inside = (row.ranking["inside"] + row.ranking["on_the_line"])[:2]
    with time_machine.travel(panel.now, tick=False):
        client = sign_in(panel, "decider")
        sent = {"entry": inside, "met_on": panel.now.date().isoformat(), "minutes": "通过"}
        address = reverse("casebook:choose", args=[row.public_id])
        assert client.post(address, sent).status_code == 303
    assert steps.fresh(panel, row).state == "shortlisted"


def test_an_objection_of_a_firm_by_its_form_once(panel: World) -> None:
    row = steps.publicised(panel)
    with tenancy.reading(panel.system):
        entry = Entry.objects.filter(is_chosen=True).first()
    assert entry is not None
    with time_machine.travel(panel.now, tick=False):
        client = sign_in(panel, "boss")
        shown = client.get(selection_url(row)).content.decode()
        sent = {"entry": entry.public_id, "text": "不实", "idempotency_key": key_of(shown)}
        address = reverse("casebook:object", args=[row.public_id])
        assert client.post(address, sent).status_code == 303
        assert client.post(address, sent).status_code == 303
    with tenancy.reading(panel.system):
        assert len(queries.objections_of(panel.system, row)) == 1


# --- interface ---


def test_the_interface_lists_cites_and_nominates_once_per_key(
    world: World, settled: Call, clock: Any
) -> None:
    case, later = steps.published(world, settled), calls.working(world)
    client = sign_in(world, "safety")
    listed = client.get("/api/v1/casebook/cases").json()["items"]
    assert [c["number"] for c in listed] == [case.number]
    assert "宏达" not in json.dumps(listed, ensure_ascii=False)
    address = f"/api/v1/casebook/cases/{case.public_id}/citations"
    body = json.dumps({"call": str(later.public_id)})
    headers = {"X-Requested-With": "fetch", "Idempotency-Key": "one"}
    for _time in range(2):
        answer = client.post(address, body, content_type=JSON, headers=headers)
        assert (answer.status_code, answer.json()["citations"]) == (201, 1)


def test_a_nomination_by_the_interface_answers_with_its_findings(
    world: World, settled: Call, clock: Any
) -> None:
    body = {**steps.TEXTS, "call": str(settled.public_id), "practice": "宏达当天停机，逐项排查。"}
    answer = sign_in(world, "desk").post(
        "/api/v1/casebook/cases",
        json.dumps(body),
        content_type=JSON,
        headers={"X-Requested-With": "fetch"},
    )
    found = answer.json()["findings"]
    assert answer.status_code == 201
    assert [(f["kind"], f["must_go"], f["start"]) for f in found] == [("own_firm", True, 0)]


def test_a_machine_reads_the_library_and_nobody_else_is_asked(
    world: World, settled: Call, clock: Any
) -> None:
    steps.published(world, settled)
    _key, secret = people.issue_key(world.system, "archive", now=world.now)
    headers = {"X-API-Key": secret}
    assert Client().get("/api/v1/casebook/cases", headers=headers).status_code == 200
    body = json.dumps({"call": str(settled.public_id)})
    answer = Client().post("/api/v1/casebook/cases", body, content_type=JSON, headers=headers)
    assert answer.status_code == 403


def test_any_text_is_checked_against_the_register(world: World) -> None:
    found = public.recognised(world.actor("desk"), "据宏 达反映，电话13900001111。")
    assert {f.kind for f in found} == {"firm", "phone"}
    assert all(public.kind_label(f.kind) for f in found)


def test_people_concerned_are_told(world: World, settled: Call, clock: Any) -> None:
    from qiying.kernel import notifications  # noqa: PLC0415
    from qiying.kernel.models import Event, Notification  # noqa: PLC0415
    from qiying.slices.casebook import handlers  # noqa: PLC0415

    case = steps.asked(world, steps.submitted(world, settled), "judge1")
    with tenancy.reading(world.system):
        event = Event.objects.get(topic="casebook.case_reviewer_named")
    handlers.ask_reviewer(event)
    handlers.ask_reviewer(event)
    with tenancy.reading(world.system):
        told = list(Notification.objects.filter(kind="casebook.to_review"))
    assert [n.person_id for n in told] == [world.user("judge1").pk]
    assert case.number in notifications.text_of(told[0])
