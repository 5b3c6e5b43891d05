"""The rows of a list alone, as htmx asks for them."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.slices.calls import steps
from tests.slices.calls.desk.asking import HTMX, At, text_of
from tests.slices.world import World


def test_the_rows_alone_are_the_rows_of_the_page(world: World, at: At) -> None:
    for make in (steps.submitted, steps.working, steps.closed, steps.suspended):
        make(world)
    desk = at("desk")
    for query in ("", "?q=配电房", "?tab=closed", "?q=nowhere", "?light=green"):
        whole = desk.get(f"/calls/{query}")
        part = desk.get(f"/calls/{query}", headers={**HTMX, "HX-Target": "rows"})
        assert flat(part.content.decode()) in flat(whole.content.decode())
        assert "filter-bar" not in text_of(part)
        assert "HX-Target" in part["Vary"]


def test_the_rows_take_no_more_statements_for_more_rows(world: World, at: At) -> None:
    desk, headers = at("desk"), {**HTMX, "HX-Target": "rows"}

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            desk.get("/calls/", headers=headers)
        return sum(not q["sql"].startswith(("SAVEPOINT", "RELEASE")) for q in seen)

    steps.working(world)
    before = count()
    for _ in range(6):
        steps.dispatched(world)
        steps.closed(world)
    assert count() == before <= 9


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
