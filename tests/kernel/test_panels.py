"""Boxes of slices above on a record's page."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.template import engines
from django.test import RequestFactory

from qiying.kernel import panels
from qiying.kernel.access import Actor, Role, stand_in
from qiying.kernel.panels import Action, Line, Panel

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>"
ACTOR = stand_in(1, Role.DESK, name="desk")


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "_providers", {})


def test_a_record_nobody_speaks_about_has_no_box() -> None:
    assert panels.ask(ACTOR, "shop.order", 7, now=NOW) == []


def test_every_slice_speaks_in_its_order_and_may_be_silent() -> None:
    asked: list[tuple[Actor, int, datetime]] = []

    @panels.provider("shop.order")
    def second(actor: Actor, subject_id: int, now: datetime) -> Panel | None:
        asked.append((actor, subject_id, now))
        return Panel("second", order=60)

    @panels.provider("shop.order", name="other")
    def first(actor: Actor, subject_id: int, now: datetime) -> Panel | None:
        return Panel("first", order=10)

    @panels.provider("shop.order")
    def silent(actor: Actor, subject_id: int, now: datetime) -> Panel | None:
        return None

    @panels.provider("shop.customer")
    def elsewhere(actor: Actor, subject_id: int, now: datetime) -> Panel | None:
        raise AssertionError("asked about another kind of record")

    found = panels.ask(ACTOR, "shop.order", 7, now=NOW)
    assert [str(p.title) for p in found] == ["first", "second"]
    assert asked == [(ACTOR, 7, NOW)]


def _drawn(**attributes: object) -> str:
    request = RequestFactory().get("/")
    for name, value in attributes.items():
        setattr(request, name, value)
    template = engines["django"].from_string('{% panels "shop.order" order.pk %}')
    return str(template.render({"order": SimpleNamespace(pk=1234)}, request))


def test_a_box_is_drawn_with_lines_marks_and_links_and_its_words_are_escaped() -> None:
    @panels.provider("shop.order")
    def box(actor: Actor, subject_id: int, now: datetime) -> Panel | None:
        line = Line(
            HOSTILE, url=f"/issue/{subject_id}/", note="LA-1", tone="way", label="under way"
        )
        plain = Line("no link", note=HOSTILE)
        return Panel(HOSTILE, "layers", (line, plain), (Action("Act", "/act/"),))

    html = _drawn(actor=ACTOR)
    assert "<script>" not in html
    assert 'href="/issue/1234/"' in html
    assert "under way" in html
    assert "no link" in html
    assert 'href="/act/"' in html


def test_a_reader_who_is_not_signed_in_sees_no_box() -> None:
    @panels.provider("shop.order")
    def box(actor: Actor, subject_id: int, now: datetime) -> Panel | None:
        raise AssertionError("nobody asks")

    assert "section" not in _drawn()
