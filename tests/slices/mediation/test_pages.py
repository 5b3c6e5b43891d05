"""Every page of mediation opens for its readers in both languages and says what it should."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from qiying.kernel import letters, printing
from qiying.slices.mediation.models import Case
from tests.slices.mediation import steps
from tests.slices.world import World

LANGUAGES = ("zh-hans", "en")


def browser(world: World, who: str, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(world.user(who), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = language
    return client


def text_of(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(f"mediation:{name}", args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return str(answer.content.decode())


def send(client: Client, case: Case, step: str, **data: Any) -> Any:
    address = reverse("mediation:take", args=[case.public_id, step])
    return client.post(address, {"idempotency_key": f"{step}-{data}", **data})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", sorted(steps.MAKE))
def test_a_case_opens_in_every_state_for_desk_and_party(
    world: World, state: str, language: str
) -> None:
    case = steps.MAKE[state](world)
    for who in ("desk", "boss"):
        page = text_of(browser(world, who, language), "case", case.public_id)
        assert case.number in page
        assert "evidence" in page, "the law stands beside the case with its grade"


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_figures_and_roster_open_empty_and_full(world: World, language: str) -> None:
    desk, leader = browser(world, "desk", language), browser(world, "leader", language)
    for _ in range(2):
        for name in ("list", "figures", "mediators", "open"):
            assert "<h1>" in text_of(desk, name)
        assert "TJ-" not in text_of(leader, "figures"), "a leader sees counts and no case"
        assert "<h1>" in text_of(browser(world, "rival", language), "list")
        steps.mediating(world)


def test_a_leader_has_no_way_to_a_case(world: World) -> None:
    case = steps.mediating(world)
    for who in ("leader", "analyst", "auditor"):
        answer = browser(world, who).get(reverse("mediation:case", args=[case.public_id]))
        assert answer.status_code == 403, who
    for who in ("second", "safety", "grid"):
        answer = browser(world, who).get(reverse("mediation:case", args=[case.public_id]))
        assert answer.status_code == 404, who


def test_the_page_offers_the_steps_of_the_reader_only(world: World) -> None:
    case = steps.mediating(world)
    assert 'id="do-hold_session"' not in text_of(browser(world, "desk"), "case", case.public_id)
    mediator = text_of(browser(world, "mediator"), "case", case.public_id)
    assert 'id="do-plan_session"' in mediator
    boss = text_of(browser(world, "boss"), "case", case.public_id)
    assert 'id="do-ask_another"' in boss
    assert 'id="do-plan_session"' not in boss


def test_a_firm_consents_on_its_phone_once(world: World) -> None:
    case = steps.registered(world)
    boss = browser(world, "boss")
    for _ in range(2):
        answer = send(boss, case, "consent", party_id=steps.party(world, case))
        assert answer.status_code == 303
    assert [n.consent for n in steps.docket(world, case).parties] == ["given", "asked"]


def test_a_refusal_comes_back_beside_the_form(world: World) -> None:
    case = steps.mediating(world)
    at = (world.now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    client = browser(world, "mediator")
    answer = send(client, case, "plan_session", at=at, place="调解室")
    assert answer.status_code == 200
    assert "请选择将来的时间" in answer.content.decode()
    answer = send(client, case, "hold_session")
    assert answer.status_code == 200
    assert send(client, case, "nothing").status_code == 404


def test_the_mediator_writes_an_agreement_line_by_line(world: World) -> None:
    case = steps.talked(world)
    data = {
        "form": "written",
        "text": "双方确认欠款",
        "term0_party": steps.party(world, case, "respondent"),
        "term0_text": "支付货款",
        "term0_due": "2027-01-10",
        "term0_amount": "80000",
        "term1_text": "没有日期",
    }
    client = browser(world, "mediator")
    assert send(client, case, "draft", **data).status_code == 200
    del data["term1_text"]
    assert send(client, case, "draft", **data).status_code == 303
    assert [str(t.amount_cny) for t in steps.docket(world, case).terms] == ["80000.00"]


def opening(world: World, **more: Any) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for i, side in enumerate(("applicant", "respondent", "respondent", "respondent")):
        rows |= {f"party{i}_{p}": "" for p in ("firm", "name", "phone", "spokesperson")}
        rows[f"party{i}_side"] = side
    given = {
        "kind": "contract",
        "title": "货款纠纷",
        "facts": "拖欠货款",
        "applied_on": world.now.date().isoformat(),
        "party0_firm": "宏达",
        "party1_name": "李四",
        "party1_phone": "13900001111",
        "idempotency_key": "one",
    }
    return rows | given | more


def test_the_desk_registers_a_dispute_once(world: World) -> None:
    client, address = browser(world, "desk"), reverse("mediation:open")
    first, second = (client.post(address, opening(world)) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first["Location"] == second["Location"]
    page = client.get(first["Location"]).content.decode()
    assert "13900001111" in page
    assert "13900001111" not in browser(world, "boss").get(first["Location"]).content.decode()


def test_a_firm_that_cannot_be_told_is_a_fault_of_its_line(world: World) -> None:
    client = browser(world, "desk")
    answer = client.post(reverse("mediation:open"), opening(world, party0_firm="没有这家"))
    assert answer.status_code == 200
    assert "请填写信用代码" in answer.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_lists_come_as_files(world: World, kind: str) -> None:
    steps.mediating(world)
    client = browser(world, "desk")
    for name in ("list", "figures"):
        answer = client.get(reverse(f"mediation:{name}"), {"format": kind})
        assert "attachment" in answer["Content-Disposition"]


def test_the_list_narrows_by_tab_kind_and_words(world: World) -> None:
    case = steps.mediating(world)
    desk = browser(world, "desk")
    assert case.number in text_of(desk, "list", q="货款")
    assert case.number in text_of(desk, "list", q="宏达", tab="open", kind="contract")
    for query in ({"kind": "labour"}, {"tab": "over"}, {"q": "没有"}):
        assert case.number not in text_of(desk, "list", **query)


needs_font = pytest.mark.skipif(printing.chinese_font() is None, reason="no Chinese font here")


@needs_font
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_agreement_and_the_certificate_are_printed_in_chinese(
    world: World, language: str
) -> None:
    agreed, ended = steps.effective(world), steps.failed(world)
    boss = browser(world, "boss", language)
    for name, case in (("agreement", agreed), ("certificate", ended)):
        answer = boss.get(reverse(f"mediation:{name}", args=[case.public_id]))
        assert answer["Content-Type"] == "application/pdf", name
        assert answer.content.startswith(b"%PDF-")
        # the name of the file is Chinese whatever the reader's language
        assert "%E8%B0%83%E8%A7%A3" in answer["Content-Disposition"]


@needs_font
def test_papers_name_the_issuing_unit_and_the_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    write = letters._write
    monkeypatch.setattr(
        letters, "_write", lambda s, text, **more: (written.append(text), write(s, text, **more))
    )
    browser(world, "boss", "en").get(
        reverse("mediation:certificate", args=[steps.failed(world).public_id])
    )
    assert written[-2].startswith("制发单位：")
    assert written[-1].startswith("制发日期：2")


def test_nothing_is_printed_before_there_is_something(world: World) -> None:
    case = steps.mediating(world)
    for name in ("agreement", "certificate"):
        answer = browser(world, "boss").get(reverse(f"mediation:{name}", args=[case.public_id]))
        assert answer.status_code == 409


def test_the_roster_is_changed_by_its_keepers(world: World) -> None:
    keeper, desk = browser(world, "supervisor"), browser(world, "desk")
    address = reverse("mediation:new-mediator")
    assert desk.get(address).status_code == 403
    data = {
        "person": world.user("safety").pk,
        "unit": world.units["ZONE_SAFE"],
        "kinds": ["labour"],
        "listed_on": world.now.date().isoformat(),
        "idempotency_key": "m",
    }
    assert keeper.post(address, data).status_code == 303
    assert "safety" in text_of(keeper, "mediators")
    second = reverse("mediation:end-mediator", args=[steps.mediator(world, "second")])
    assert keeper.post(second).status_code == 303
