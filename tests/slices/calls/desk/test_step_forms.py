"""The form of a step is fetched when the step is opened; the page itself stays small."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.slices.calls import steps
from tests.slices.calls.desk.asking import At, case, form_of, send, text_of
from tests.slices.calls.steps import fresh, task
from tests.slices.world import World

FORM = re.compile(r'<form method="post" action="([^"]+)"[^>]*class="form"')
MOST_STATEMENTS = 15


def test_the_page_draws_one_form_and_names_where_the_others_are(at: At, world: World) -> None:
    call = steps.triage(world)
    page = text_of(at("desk").get(case(call)))
    assert FORM.findall(page) == [f"{case(call)}dispatch/"]
    for step in ("classify", "decline", "note", "message"):
        address = f"{case(call)}{step}/?row={call.pk}"
        assert f'hx-get="{address}&amp;seen={call.version}"' in page
        assert f'<a class="link" href="{address}">' in page


def test_an_address_opens_the_step_that_it_names(at: At, world: World) -> None:
    call = steps.triage(world)
    page = text_of(at("desk").get(f"{case(call)}?step=decline"))
    assert FORM.findall(page) == [f"{case(call)}decline/"]
    for strange in ("sign", "nothing", "decline-1", "x" * 300):
        page = text_of(at("desk").get(case(call), {"step": strange}))
        assert FORM.findall(page) == [f"{case(call)}dispatch/"]


def test_a_form_comes_as_a_part_or_as_a_page_of_its_own(at: At, world: World) -> None:
    call = steps.triage(world)
    desk = at("desk")
    part = text_of(form_of(desk, call, "classify"))
    page = text_of(desk.get(f"{case(call)}classify/"))
    for text in (part, page):
        assert FORM.findall(text) == [f"{case(call)}classify/"]
        assert 'name="matter_code"' in text
        assert 'name="idempotency_key"' in text
    assert "<html" not in part
    assert "<html" in page
    assert f'href="{case(call)}"' in page


def test_a_form_is_about_the_row_that_was_asked_for(at: At, world: World) -> None:
    call = steps.working(world, co=("EMB", "ETB"))
    for unit in ("EMB", "ETB"):
        row = task(world, call, unit)
        part = text_of(form_of(at("desk"), call, "recall", row))
        assert f'name="row" value="{row}"' in part
    nobody = text_of(form_of(at("desk"), call, "recall", 10**17))
    assert "<form" not in nobody


def test_a_form_fetched_late_still_tells_of_a_change_since_the_page_was_read(
    at: At, world: World
) -> None:
    call = steps.submitted(world)
    seen = call.version
    steps.take(world, "desk2", call, "accept")
    desk = at("desk")
    part = text_of(desk.get(f"{case(call)}decline/?seen={seen}", headers={"HX-Request": "true"}))
    assert f'name="version" value="{seen}"' in part
    given = {"code": "other", "text": "不属受理范围", "version": seen}
    assert send(desk, world, call, "decline", **given).status_code in {409, 422}
    assert fresh(world, call).state == "triage"


def test_a_step_that_is_not_open_says_so(at: At, world: World) -> None:
    call = steps.triage(world)
    desk = at("desk")
    part = form_of(desk, call, "answer")
    assert part.status_code == 200
    assert "<form" not in text_of(part)
    assert desk.get(f"{case(call)}answer/")["Location"] == case(call)
    assert "<form" not in text_of(form_of(desk, call, "withdraw"))
    assert form_of(desk, call, "nothing").status_code == 404


def test_a_step_that_something_stands_in_the_way_of_says_what(at: At, world: World) -> None:
    call = steps.working(world, co=("EMB",))
    steps.take(world, "safety", call, "contact", is_reached=True, text="已通话")
    part = text_of(form_of(at("safety"), call, "answer"))
    assert "Every co-handler must be done or have given a stage report first." in part
    assert "<form" not in part


def test_nobody_fetches_a_form_of_a_call_that_is_closed_to_them(at: At, world: World) -> None:
    call = steps.triage(world)
    assert form_of(at("emb"), call, "note").status_code == 404
    assert form_of(at("boss"), call, "note").status_code == 403


def test_words_for_a_step_that_is_blocked_by_now_are_not_lost(at: At, world: World) -> None:
    call = steps.working(world, co=("EMB",))
    steps.take(world, "safety", call, "contact", is_reached=True, text="已通话")
    given = {"result": "solved", "text": "已更换开关"}
    back = send(at("safety"), world, call, "answer", **given)
    assert back.status_code == 409
    assert "已更换开关" in text_of(back)


def test_the_page_of_a_call_costs_few_statements_whatever_hangs_on_it(
    at: At, world: World
) -> None:
    for call in (steps.triage(world), steps.working(world, co=("EMB",)), steps.closed(world)):
        for who in ("desk", "supervisor", "leader"):
            client = at(who)
            client.get(case(call))
            with CaptureQueriesContext(connection) as asked:
                assert client.get(case(call)).status_code == 200
            real = [q["sql"] for q in asked.captured_queries if "SAVEPOINT" not in q["sql"]]
            assert len(real) <= MOST_STATEMENTS, (who, real)
