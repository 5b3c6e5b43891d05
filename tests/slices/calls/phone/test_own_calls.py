"""What a firm sees of its calls on its phone, and what it does about them."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qiying.kernel import tenancy
from qiying.slices.calls import queries
from qiying.slices.registry import operations as registry
from tests.slices.calls import steps
from tests.slices.calls.phone.asking import (
    RAISE,
    act,
    filled,
    firm_id,
    photo,
    raised,
    send,
    sign_in,
    words_of,
)
from tests.slices.world import World


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
