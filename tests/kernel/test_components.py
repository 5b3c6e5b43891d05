import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.contrib.messages import success
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

from qiying.kernel.templatetags import _badges, _formats, _markup

HOSTILE = "<script>alert(1)</script>\" onload='x'"
NOW = datetime(2026, 11, 22, 2, 42, tzinfo=UTC)


def show(source: str, request: HttpRequest | None = None, **context: Any) -> str:
    return str(engines["django"].from_string(source).render(context, request))


class Page(HTMLParser):
    """Elements with their attributes, and the text of the document."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {k: v or "" for k, v in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] for _, attrs in self.elements if "id" in attrs]


class CallForm(forms.Form):
    text = forms.CharField(label="Text", help_text="Say it in a sentence")
    phone = forms.RegexField(r"^\d+$", label="Phone")
    urgency = forms.ChoiceField(label="Urgency", choices=[("1", "a")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="Agree")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


# --- text from outside --------------------------------------------------------------------------
@pytest.mark.parametrize(
    "source",
    [
        "{% status 'new' x %}",
        "{% status x 'label' %}",
        "{% light 'red' x %}",
        "{% light x %}",
        "{% level 1 x %}",
        "{% grade x %}",
        "{% rating x %}",
        "{% icon x 18 x %}",
        "{% countdown due x %}",
        "{% card x count=x aside=x %}{% endcard %}",
        "{% note 'info' %}{{ x }}{% endnote %}",
        "{% empty_state 'inbox' x x %}{% endempty_state %}",
        "{% no_result x x x %}",
        "{% error_note x x x x %}",
        "{% drawer x x x x %}{% enddrawer %}",
        "{% bulk_bar %}{{ x }}{% endbulk_bar %}",
        "{% filter_bar target=x label=x %}{{ x }}{% endfilter_bar %}",
        "{% button x href=x confirm=x keys=x name=x %}",
        "{% button x busy=x value=x %}",
        "{% head x sort=x css=x %}{% select_row x x %}{% search_box x %}{% chip x x x %}",
        "{% kpis items %}{% view_tabs items %}{% segment items x %}{% timeline items %}",
        "{% stepper items %}{% tree items x %}{% facts pairs %}",
        "{% map_view items label=x %}",
        "{{ x|initial }}{{ x|cn_datetime }}{{ x|number }}{{ x|money }}{{ x|percent1 }}",
    ],
)
def test_text_from_outside_is_always_escaped(source: str) -> None:
    item = dict.fromkeys(
        ("label", "title", "value", "note", "who", "url", "count", "unit"), HOSTILE
    )
    request = RequestFactory().get("/", {"q": HOSTILE, "sort": HOSTILE})
    html = show(
        source,
        request,
        x=HOSTILE,
        items=[{**item, "children": [item]}],
        pairs=[(HOSTILE, HOSTILE, HOSTILE)],
        due=NOW,
    )
    assert "<script" not in html
    for _, attrs in Page(html).elements:
        assert not [name for name in attrs if name.startswith("on") or name in {"style", "onload"}]


def test_a_text_declared_safe_once_does_not_make_its_twin_safe() -> None:
    danger = "<b>twin</b>"
    assert danger in _badges.status("new", mark_safe(danger))  # noqa: S308  that is the test
    assert danger not in _badges.status("new", danger)
    assert danger not in _markup.icon("phone", 18, danger)


# --- marks --------------------------------------------------------------------------------------
def test_an_unknown_icon_is_a_circle_and_not_an_error() -> None:
    assert "<circle" in _markup.icon("no-such-icon", 16)


def test_an_icon_is_silent_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in _markup.icon("phone")
    assert 'role="img" aria-label="Ring"' in _markup.icon("phone", 18, "Ring")


@pytest.mark.parametrize("colour", [*_badges.LIGHTS, "no-such-colour"])
def test_every_light_has_a_shape_and_a_word(colour: str) -> None:
    page = Page(_badges.light(colour))
    assert page.all("i")
    assert "".join(page.words).strip()


@pytest.mark.parametrize("code", _badges.EVIDENCE)
def test_every_evidence_grade_explains_itself_in_both_languages(code: str) -> None:
    with translation.override("en"):
        english = Page(_badges.grade(code)).all("abbr")[0]["title"]
    with translation.override("zh-hans"):
        chinese = Page(_badges.grade(code)).all("abbr")[0]["title"]
    assert english.startswith(f"{code}:")
    assert chinese.startswith(f"{code}：")


@pytest.mark.parametrize(
    ("minutes", "tone"),
    [(90, "ok"), (59, "warn"), (29, "crit"), (-1, "over"), (3 * 24 * 60, "ok")],
)
def test_a_countdown_takes_its_tone_from_the_minutes_left(minutes: int, tone: str) -> None:
    due = timezone.now() + timedelta(minutes=minutes, seconds=5)
    (attrs,) = Page(str(_badges.countdown(due))).all("qy-count")
    assert attrs["data-tone"] == tone
    assert int(attrs["data-due"]) == int(due.timestamp() * 1000)


def test_a_paused_countdown_stands_still_and_says_why() -> None:
    html = str(_badges.countdown(NOW, "Waiting for papers"))
    assert "qy-count" not in html
    assert "Waiting for papers" in html
    assert _badges.countdown(None) == "—"


def test_time_left_is_a_clock_below_a_day_and_words_above() -> None:
    with translation.override("en"):
        assert _badges.remaining(521) == "0:08:41"
        assert _badges.remaining(2 * 86400 + 5 * 3600) == "2 d 5 h"
        assert _badges.remaining(-842) == "Over 0:14:02"


# --- formats ------------------------------------------------------------------------------------
def test_moments_are_written_in_china_time() -> None:
    assert _formats.cn_datetime(NOW) == "2026-11-22 10:42"
    assert _formats.cn_date(datetime(2026, 11, 21, 17, 0, tzinfo=UTC)) == "2026-11-22"
    assert 'datetime="2026-11-22T10:42:00+08:00"' in _formats.stamp(NOW)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (_formats.number(1268), "1,268"),
        (_formats.number(-3.46, 1), "\N{MINUS SIGN}3.5"),
        (_formats.number(""), "—"),
        (_formats.number("no"), "—"),
        (_formats.percent1(0.946), "94.6%"),
        (_formats.percent1(None), "—"),
        (_formats.money("1268"), "¥1,268.00"),
        (_formats.money(-2), "\N{MINUS SIGN}¥2.00"),
        (_formats.money_10k(12_685_000), "1,268.5"),
        (_formats.km2(98_000_000), "98.00 km²"),
        (_formats.initial(" wang"), "W"),
        (_formats.cn_datetime(None), "—"),
    ],
)
def test_numbers_are_written_as_the_guide_says(made: str, expected: str) -> None:
    assert made == expected


def test_ages_grow_from_now_to_a_date() -> None:
    now = timezone.now()
    with translation.override("en"):
        assert _formats.ago(now) == "just now"
        assert _formats.ago(now - timedelta(minutes=5)) == "5 minutes ago"
        assert _formats.ago(now - timedelta(hours=3)) == "3 hours ago"
        assert _formats.ago(now - timedelta(days=2)) == "2 days ago"
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", _formats.ago(now - timedelta(days=40)))
        assert _formats.duration(timedelta(seconds=-4380)) == "\N{MINUS SIGN}1 h 13 min"


# --- lists --------------------------------------------------------------------------------------
def test_a_sortable_head_goes_up_then_down_and_restarts_paging() -> None:
    request = RequestFactory().get("/", {"sort": "due_at", "cursor": "x", "q": "a"})
    html = show("{% head 'Due' sort='due_at' %}{% head 'No' sort='no' %}", request)
    page = Page(html)
    assert [a.get("aria-sort") for a in page.all("th")] == ["ascending", None]
    assert page.all("a")[0]["href"] == "?sort=-due_at&q=a"
    assert page.all("a")[1]["href"] == "?sort=no&q=a"


def test_paging_keeps_the_filter_and_offers_only_pages_that_exist() -> None:
    request = RequestFactory().get("/", {"light": "red", "cursor": "old"})

    class Rows(SimpleNamespace):
        def __len__(self) -> int:
            return 25

    page = Page(show("{% pager page total=1268 %}", request, page=Rows(next="n1", previous="")))
    assert [a["href"] for a in page.all("a")] == ["?light=red&cursor=n1"]
    assert "1,268" in "".join(page.words)


def test_an_export_carries_the_present_filter() -> None:
    request = RequestFactory().get("/", {"light": "red", "cursor": "x"})
    links = [a["href"] for a in Page(show("{% export_menu %}", request)).all("a")]
    assert links == ["?light=red&format=xlsx", "?light=red&format=csv"]


def test_a_filter_bar_shows_what_the_address_says_and_keeps_the_order() -> None:
    request = RequestFactory().get(
        "/calls/", {"q": "电", "light": ["red", "yellow"], "sort": "no"}
    )
    source = (
        "{% filter_bar target='#rows' %}{% search_box 'Search' %}{% chip 'light' 'red' 'Red' %}"
        "{% chip 'light' 'green' 'Green' %}{% endfilter_bar %}"
    )
    page = Page(show(source, request))
    by_name = {(a["name"], a.get("value")): a for a in page.all("input")}
    assert ("q", "电") in by_name
    assert ("sort", "no") in by_name
    assert "checked" in by_name["light", "red"]
    assert "checked" not in by_name["light", "green"]
    assert page.all("form")[0]["hx-get"] == "/calls/"


# --- forms --------------------------------------------------------------------------------------
def test_every_control_has_a_label_and_every_note_is_tied_to_it() -> None:
    form = CallForm({"phone": "x"})
    form.is_valid()
    page = Page(show("{% form_fields form %}", form=form))
    labels = {a["for"] for a in page.all("label") if "for" in a}
    for attrs in page.all("input"):
        if attrs.get("type") != "hidden":
            assert attrs["id"] in labels
    for _, attrs in page.elements:
        for target in attrs.get("aria-describedby", "").split():
            assert target in page.ids
    invalid = {a["name"] for a in page.all("input") if a.get("aria-invalid") == "true"}
    assert invalid == {"text", "phone", "agree", "urgency"}


def test_the_error_summary_links_to_each_field_and_takes_the_focus() -> None:
    form = CallForm({"phone": "x", "text": "t", "agree": "on", "urgency": "1"})
    form.is_valid()
    form.add_error(None, "Both numbers are the same")
    page = Page(show("{% error_summary form %}{% field form.phone %}", form=form))
    assert [a["href"] for a in page.all("a")] == ["#id_phone"]
    assert "id_phone" in page.ids
    assert any("data-focus" in attrs for _, attrs in page.elements)
    assert "Both numbers are the same" in "".join(page.words)
    assert show("{% error_summary form %}", form=CallForm()).strip() == ""


def test_each_rendered_form_carries_another_key() -> None:
    keys = {Page(show("{% once %}")).all("input")[0]["value"] for _ in range(20)}
    assert len(keys) == 20
    assert all(re.fullmatch(r"[0-9a-f]{32}", key) for key in keys)


# --- the shell ----------------------------------------------------------------------------------
def test_the_reader_chooses_language_theme_and_size() -> None:
    request = RequestFactory().get("/")
    request.COOKIES.update({"qy_theme": "dark", "qy_large": "1"})
    with translation.override("zh-hans"):
        html = show("<html {% html_attrs %}>", request)
    assert Page(html).all("html") == [{"lang": "zh-Hans", "data-theme": "dark", "class": "large"}]
    request.COOKIES["qy_theme"] = HOSTILE
    assert "script" not in show("<html {% html_attrs %}>", request)


def test_the_title_is_the_heading_unless_the_page_says_otherwise() -> None:
    source = "{% extends 'base.html' %}{% block title %}Calls{% endblock %}"
    assert "<h1>Calls</h1>" in show(source)
    assert "<h1>Other</h1>" in show(source + "{% block heading %}Other{% endblock %}")


def test_the_navigation_marks_where_the_reader_is() -> None:
    items = [
        {
            "label": "Calls",
            "icon": "inbox",
            "url": "/calls/",
            "active": True,
            "count": 3,
            "hot": True,
        },
        {"label": "Map", "icon": "map", "url": "/map/", "chord": "m"},
    ]
    source = "{% extends 'base.html' %}{% block title %}x{% endblock %}"
    page = Page(show(source, nav=[{"label": "Work", "items": items}], me={"name": "周敏"}))
    links = {a["href"]: a for a in page.all("a") if "nav-item" in a.get("class", "")}
    assert links["/calls/"]["aria-current"] == "page"
    assert "aria-current" not in links["/map/"]
    assert links["/map/"]["data-chord"] == "m"


@pytest.mark.parametrize("base", ["base.html", "phone.html", "plain.html", "kiosk.html"])
def test_every_shell_skips_to_one_main_and_one_heading(base: str) -> None:
    page = Page(show("{% extends base %}{% block title %}T{% endblock %}", base=base))
    assert len(page.all("main")) == 1
    assert len(page.all("h1")) == 1
    assert any(a.get("href") == "#main" for a in page.all("a"))
    assert len(page.ids) == len(set(page.ids))


def test_messages_appear_as_toasts_with_their_tone() -> None:
    request = RequestFactory().get("/")
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    success(request, HOSTILE)
    html = show("{% toast_stack %}", request)
    assert "toast-success" in html
    assert "<script" not in html


@pytest.mark.parametrize("status", [400, 403, 404, 409, 429, 500, 503])
def test_a_refusal_says_what_happened_and_what_still_works(status: int) -> None:
    with translation.override("en"):
        html = render_to_string(f"{status}.html", {"reference": "7F3A21C0"})
    assert "What happened" in html
    assert "What still works" in html
    assert "7F3A21C0" in html
    assert ("Who can grant access" in html) == (status == 403)
