"""Every page opens for its readers, is refused to others, and says what it should."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qiying.kernel import people, tenancy
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.models import User
from qiying.slices.mandate import models, operations, public, rules
from tests.slices.mandate.conftest import NOW, REFORM, TODAY, WALL


def sign_in(actor: Actor, *roles: str, **grant: Any) -> Client:
    """A browser of a person who holds these roles."""
    user = User.objects.create_user(f"u{User.objects.count()}", None, name="周敏")
    for role in roles:
        people.grant(system(actor.tenant_id), user.pk, role, now=NOW, **grant)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def editor(zone: Actor) -> Client:
    return sign_in(zone, Role.ADMINISTRATOR)


@pytest.fixture
def clerk(zone: Actor) -> Client:
    return sign_in(zone, Role.DESK)


def text_of(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(f"mandate:{name}", args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return str(answer.content.decode())


LISTS = ("register", "editions", "delegations", "handovers", "decisions", "precedents", "lint")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_list_opens_in_both_languages(zone: Actor, clerk: Client, language: str) -> None:
    clerk.cookies["django_language"] = language
    for name in (*LISTS, "here"):
        assert "<h1>" in text_of(clerk, name), name
    assert "M016" in text_of(clerk, "matter", "M016")


def test_forms_are_open_to_editors_only(zone: Actor, editor: Client, clerk: Client) -> None:
    names = ("new-matter", "publish", "new-delegation", "new-handover", "new-precedent")
    for name in names:
        assert "<form" in text_of(editor, name)
        assert clerk.get(reverse(f"mandate:{name}")).status_code == 403
    assert "M016" in text_of(editor, "edit-matter", "M016")


def test_a_firm_reads_matters_and_asks_but_sees_no_list(zone: Actor) -> None:
    firm = sign_in(zone, Role.ENTERPRISE, enterprise_id=1)
    assert "M016" in text_of(firm, "matter", "M016")
    assert text_of(firm, "here")
    for name in LISTS:
        assert firm.get(reverse(f"mandate:{name}")).status_code == 403


def test_the_list_narrows_pages_and_costs_the_same_queries(zone: Actor, clerk: Client) -> None:
    assert "M016" in text_of(clerk, "register", q="安全生产检查")
    assert "M001" not in text_of(clerk, "register", q="安全生产检查")
    assert "M017" in text_of(clerk, "register", lead="EMB")
    first = clerk.get(reverse("mandate:register"), {"status": "STRIP"})
    assert "cursor=" in first.content.decode()
    counts = []
    for query in ({}, {"status": "STRIP"}, {"category": "15"}):
        with CaptureQueriesContext(connection) as seen:
            text_of(clerk, "register", **query)
        counts.append(len(seen))
    assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_lists_come_as_files(zone: Actor, clerk: Client, kind: str) -> None:
    for name in ("register", "delegations", "handovers", "decisions"):
        answer = clerk.get(reverse(f"mandate:{name}"), {"format": kind})
        assert answer.status_code == 200
        assert "attachment" in answer["Content-Disposition"]


def test_here_answers_with_lead_telephone_and_at_most_three_reasons(
    zone: Actor, clerk: Client
) -> None:
    clerk.cookies["django_language"] = "en"
    page = text_of(clerk, "here", matter="M016", lon=WALL[0], lat=WALL[1], on=TODAY)
    assert "Zone Administrative Committee" in page
    assert 'href="tel:0570-0000000"' in page
    answer = page[page.index('id="answer"') :]
    short = answer[: answer.index("<details")]
    assert 1 <= short.count("<li>") <= 3 + 0
    outside = text_of(clerk, "here", matter="M016", lon=119.28, lat=29.0, on=TODAY)
    assert "Dongxiang Sub-district" in outside


def test_here_guesses_from_words_and_survives_nonsense(zone: Actor, clerk: Client) -> None:
    assert "M069" in text_of(clerk, "here", matter="路面坑洼")
    assert text_of(clerk, "here", matter="qqqqq")
    assert text_of(clerk, "here", matter="M016", lon="x", lat="999", on="nonsense")


def new_version(client: Client, **changes: Any) -> Any:
    page = client.get(reverse("mandate:edit-matter", args=["M077"]))
    data = {k: v for k, v in page.context["form"].initial.items() if v not in (None, False)}
    data |= {"reason": "试点调整", "effective_on": "2026-12-01", **changes}
    return client.post(reverse("mandate:edit-matter", args=["M077"]), data)


def test_an_edit_shows_its_difference_and_then_makes_a_version(
    zone: Actor, editor: Client
) -> None:
    editor.cookies["django_language"] = "en"
    preview = new_version(editor, do="preview", time_amount="9")
    assert "What will differ" in preview.content.decode()
    assert public.matter(zone, "M077", date(2026, 12, 2)).time_amount == 5
    saved = new_version(editor, do="save", time_amount="9", lead_inside="ZONE")
    assert saved.status_code == 303
    card = public.matter(zone, "M077", date(2026, 12, 2))
    assert (card.time_amount, card.lead_inside, card.number) == (9, ("ZONE",), 3)
    assert public.matter(zone, "M077", TODAY).time_amount == 5
    page = text_of(editor, "matter", "M077")
    assert "Withdraw" in page
    assert "Zone State-owned Development Company" in page
    gone = editor.post(reverse("mandate:withdraw", args=["M077", card.version_id]))
    assert gone.status_code == 303
    assert public.matter(zone, "M077", date(2026, 12, 2)).number == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name_zh": ""}, "name_zh"),
        ({"effective_on": "2024-06-28"}, "begins on that very day"),
        ({"is_public": "on", "nature": "complaint"}, "never shown"),
        ({"legal_basis": "nothing"}, "one a line"),
        ({}, "Nothing differs"),
    ],
)
def test_an_edit_that_cannot_be_is_said_on_the_form(
    zone: Actor, editor: Client, changes: dict[str, str], said: str
) -> None:
    editor.cookies["django_language"] = "en"
    answer = new_version(editor, do="save", **changes)
    assert answer.status_code == 200
    assert said in answer.content.decode()


def test_editions_compare_at_a_glance_and_seal_what_they_name(zone: Actor, clerk: Client) -> None:
    clerk.cookies["django_language"] = "en"
    page = text_of(clerk, "editions")
    assert "102 → " in page
    assert page.count("unchanged") == 2
    operations.revise(
        zone, "M072", effective_on=date(2024, 8, 1), values={"time_amount": 7}, reason="x", now=NOW
    )
    assert text_of(clerk, "editions").count("unchanged") == 2
    with tenancy.acting(zone):
        models.MatterVersion.objects.filter(matter__code="M072", number=2).update(time_amount=1)
        public.revise(
            zone,
            "M073",
            effective_on=date(2025, 1, 1),
            values={"time_amount": 7},
            reason="x",
            now=NOW,
        )
    assert text_of(clerk, "editions").count("unchanged") == 1


def test_a_matter_an_edition_and_a_delegation_are_made_by_forms(
    zone: Actor, editor: Client
) -> None:
    page = editor.get(reverse("mandate:new-matter"))
    data = {k: v for k, v in page.context["form"].initial.items() if v is not None} | {
        "code": "M140", "category": "06", "name_zh": "充电桩", "name_en": "Charging points",
        "status": "CORE", "basis": "ZONE", "nature": "help", "power": "public_service",
        "duty": "build", "lead_inside": "ZONE", "time_kind": "working_days", "reason": "新增",
        "effective_on": "2026-11-22",
    }  # fmt: skip
    assert editor.post(reverse("mandate:new-matter"), data).status_code == 303
    assert public.matter(zone, "M140", TODAY).name_en == "Charging points"
    again = editor.post(reverse("mandate:new-matter"), data)
    assert again.status_code == 200
    edition = {"effective_on": "2026-11-22", "name_zh": "2026年修订", "name_en": "Revision 2026"}
    assert editor.post(reverse("mandate:publish"), edition).status_code == 303
    assert editor.post(reverse("mandate:publish"), edition).status_code == 200
    power = {
        "matter": "M080", "kind": "entrusted", "from_unit": "MSB", "to_unit": "ZONE",
        "document": "文件1号", "valid_from": "2026-01-01",
    }  # fmt: skip
    assert editor.post(reverse("mandate:new-delegation"), power).status_code == 303
    assert editor.post(reverse("mandate:new-delegation"), power).status_code == 200
    with tenancy.reading(zone):
        row = models.Delegation.objects.get(document="文件1号")
    ended = editor.post(
        reverse("mandate:end-delegation", args=[row.pk]), {"ends_on": "2026-12-31"}
    )
    assert ended.status_code == 303


def count_all(editor: Client, number: str) -> None:
    """Count the five lists; money has nothing to hand over."""
    count = reverse("mandate:count-list", args=[number])
    for name in rules.LISTS:
        entry = {"name": name, "listed": 2, "accepted": 2}
        none = {"is_none": "1"} if name == "money" else {}
        assert editor.post(count, entry | none).status_code == 303


def test_no_agreement_before_each_list_is_counted(zone: Actor, editor: Client) -> None:
    row = public.open_handover(zone, area_key="N1", to_unit_code="TE", now=NOW)
    step = reverse("mandate:step-handover", args=[row.number])
    agree = {"step": "agree", "document": "协议1号"}
    assert editor.post(step, {"step": "list"}).status_code == 303
    assert editor.post(step, agree).status_code == 409
    count_all(editor, row.number)
    count = reverse("mandate:count-list", args=[row.number])
    assert editor.post(count, {"name": "people", "listed": 0, "accepted": 0}).status_code == 303
    assert editor.post(step, agree).status_code == 409
    assert editor.post(count, {"name": "people", "listed": 1, "accepted": 0}).status_code == 303
    assert editor.post(step, agree).status_code == 303


def test_a_neighbourhood_walks_through_its_hand_over(zone: Actor, editor: Client) -> None:
    opened = editor.post(
        reverse("mandate:new-handover"),
        {"area_key": "N1", "to_unit": "TE", "community_zh": "东乡社区"},
    )
    assert opened.status_code == 303
    number = opened["Location"].rstrip("/").split("/")[-1]
    step = reverse("mandate:step-handover", args=[number])
    count = reverse("mandate:count-list", args=[number])
    assert editor.post(step, {"step": "accept"}).status_code == 409
    assert editor.post(step, {"step": "list"}).status_code == 303
    assert editor.post(step, {"step": "agree"}).status_code == 422
    count_all(editor, number)
    for name in ("agree", "announce", "transfer", "run_both"):
        done = editor.post(step, {"step": name, "on": "2026-11-01", "document": "协议1号"})
        assert done.status_code == 303, name
    assert editor.post(count, {"name": "assets", "listed": 5, "accepted": 3}).status_code == 303
    assert editor.post(count, {"name": "assets", "listed": 5, "accepted": 6}).status_code == 422
    assert editor.post(step, {"step": "accept"}).status_code == 409
    assert editor.post(step, {"step": "dispute"}).status_code == 303
    assert editor.post(step, {"step": "settle"}).status_code == 303
    assert editor.post(step, {"step": "extend"}).status_code == 303
    assert editor.post(step, {"step": "extend"}).status_code == 409
    assert editor.post(count, {"name": "assets", "listed": 5, "accepted": 5}).status_code == 303
    for name in ("accept", "close"):
        assert editor.post(step, {"step": name}).status_code == 303
    with tenancy.reading(zone):
        row = models.Handover.objects.get(number=number)
    assert (row.state, row.handed_over_on) == ("closed", date(2026, 11, 1))
    assert row.dual_run_until == date(2027, 5, 1)
    assert row.lists["money"] == {"listed": 0, "accepted": 0, "is_none": True}
    page = text_of(editor, "handover", number)
    assert number in page
    assert page.count("2026-11-01") >= 4


def test_a_decision_says_why_and_replays_on_the_page(
    zone: Actor, desk: Actor, editor: Client
) -> None:
    editor.cookies["django_language"] = "en"
    kept = public.decide(
        desk, matter_code="M078", on=TODAY, now=NOW, longitude=119.19, latitude=28.99
    )
    page = text_of(editor, "decision", kept.public_id)
    assert "The county decides" in page
    assert "Record the adjudication" in page
    replayed = editor.post(reverse("mandate:replay", args=[kept.public_id]))
    assert "the same answer" in replayed.content.decode()
    form = editor.get(reverse("mandate:new-precedent"), {"decision": kept.public_id})
    start = dict(form.context["form"].initial.items())
    answer = editor.post(
        reverse("mandate:new-precedent"),
        start | {"lead_unit": "HUD", "reason_zh": "由住建局养护", "valid_from": "2026-11-22"},
    )
    assert answer.status_code == 303
    assert "由住建局养护" in text_of(editor, "precedents")
    asked = {"longitude": 119.19, "latitude": 28.99}
    assert public.propose(zone, matter_code="M078", on=TODAY, **asked).lead_code == "HUD"


def test_a_unit_complained_of_never_sees_the_decision(zone: Actor, desk: Actor) -> None:
    kept = public.decide(
        desk, matter_code="M016", on=TODAY, now=NOW, longitude=WALL[0], latitude=WALL[1],
        recused=("ZONE",),
    )  # fmt: skip
    unit_id = operations.worlds(zone).register.units["ZONE"].id
    own = sign_in(zone, Role.HANDLER, unit_id=unit_id)
    other = sign_in(zone, Role.HANDLER, unit_id=unit_id + 1)
    address = reverse("mandate:decision", args=[kept.public_id])
    assert own.get(address).status_code == 404
    assert own.post(reverse("mandate:replay", args=[kept.public_id])).status_code == 404
    assert kept.public_id not in text_of(own, "decisions")
    assert other.get(address).status_code == 200
    assert kept.public_id in text_of(other, "decisions")


def test_the_linter_page_names_what_is_wrong(zone: Actor, clerk: Client) -> None:
    clerk.cookies["django_language"] = "en"
    assert "Nothing is wrong" in text_of(clerk, "lint", on=REFORM)
    operations.revise(
        zone, "M016", effective_on=date(2025, 1, 1), values={"lead_inside": ("EMB",)},
        reason="x", now=NOW,
    )  # fmt: skip
    page = text_of(clerk, "lint", on=TODAY)
    assert "Locked duty handed away" in page
    assert "Emergency Management Bureau" in page
