"""The grid officer on the round: portfolio, visits, help where a call waits for the firm."""

from datetime import timedelta

import time_machine
from django.test import Client
from django.urls import reverse

from qiying.kernel import tenancy
from qiying.slices.calls import queries
from qiying.slices.calls.models import Visit
from tests.slices.calls import steps
from tests.slices.calls.phone.asking import (
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
