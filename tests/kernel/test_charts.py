from decimal import Decimal
from html import unescape
from itertools import pairwise
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from qiying.kernel import charts
from qiying.kernel.charts import Bar, Part, Series

HOSTILE = "<script>alert('x')</script> & \"y\""
values = st.one_of(
    st.none(),
    st.integers(0, 10**9),
    st.floats(0, 1e9, allow_nan=False),
    st.decimals(0, 10**9, allow_nan=False, places=2),
)


def parsed(markup: str) -> Element:
    """The drawing as XML; attributes without a value are HTML only, charts use none."""
    return fromstring(f"<root>{markup}</root>")


def numbers(root: Element, tag: str, attribute: str) -> list[float]:
    return [float(e.get(attribute, "nan")) for e in root.iter(tag) if e.get(attribute)]


@given(st.floats(-1e6, 1e6), st.floats(0.001, 1e9))
def test_ticks_start_at_low_reach_high_and_keep_one_step(low: float, span: float) -> None:
    ticks = charts.nice_ticks(low, low + span)
    assert ticks[0] == low
    assert ticks[-1] >= low + span * (1 - 1e-6)
    assert 2 <= len(ticks) <= 7
    steps = {round(b - a, 9) for a, b in pairwise(ticks)}
    assert max(steps) - min(steps) <= 1e-6 * max(1, abs(low), span)


def test_ticks_of_an_empty_span_still_make_an_axis() -> None:
    assert charts.nice_ticks(0, 0) == [0, 1]


@given(st.lists(st.tuples(values, values, values), min_size=1, max_size=30), st.booleans())
def test_any_values_give_a_drawing_inside_its_plot(
    rows: list[tuple[object, ...]], area: bool
) -> None:
    columns = list(zip(*rows, strict=True))
    series = [
        Series("a", columns[0], "bar", 1),
        Series("b", columns[1], "bar", 2),
        Series("c", columns[2], "area" if area else "line", 3),
    ]
    root = parsed(charts.chart([f"{i}" for i in range(len(rows))], series, title="t"))
    for rect in root.iter("rect"):
        assert float(rect.get("y", "")) >= -0.01
        assert 0 <= float(rect.get("height", "")) <= 100.01
    for line in root.iter("polyline"):
        for point in line.get("points", "").split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= 1000
            assert 0 <= y <= 100


def test_a_gap_breaks_the_line_and_a_lone_value_is_a_dot() -> None:
    series = [Series("rate", [90, None, 80, 70, None, 60], "area", 1)]
    root = parsed(charts.chart(list("abcdef"), series, title="rates"))
    drawn = [(e.get("class", ""), e.get("points", "").split()) for e in root.iter("polyline")]
    assert ["lone" in css for css, _points in drawn] == [True, False, True]
    assert [len(set(points)) for _css, points in drawn] == [1, 2, 1]


def test_bars_of_one_category_stand_on_each_other() -> None:
    series = [Series("a", [3]), Series("b", [1], colour=2)]
    root = parsed(charts.chart(["x"], series, title="t", high=4))
    lower, upper = root.iter("rect")
    assert float(lower.get("height", "")) == 75
    assert float(upper.get("y", "")) + float(upper.get("height", "")) == float(lower.get("y", ""))


def test_every_number_of_a_chart_stands_in_its_hidden_table() -> None:
    series = [
        Series("phone", [3, None, Decimal("12.50")]),
        Series("page", [1268, 0, 4], "line", 2),
    ]
    root = parsed(charts.chart(["a", "b", "c"], series, title="Calls"))
    table = next(root.iter("table"))
    assert [e.text for e in table.iter("caption")] == ["Calls"]
    assert [e.text or "" for e in table.iter("td")][1:] == ["3", "1,268", "", "0", "12.5", "4"]
    assert [e.text for e in table.iter("th")] == ["phone", "page", "a", "b", "c"]


def test_a_chart_can_be_reached_and_named_by_keyboard_readers() -> None:
    root = parsed(charts.chart(["a"], [Series("s", [1])], title="Calls today"))
    (host,) = root.iter("qy-chart")
    assert (host.get("tabindex"), host.get("role")) == ("0", "group")
    assert host.get("aria-label") == "Calls today"


def test_series_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one value per category"):
        charts.chart(["a", "b"], [Series("s", [1])], title="t")


def test_no_categories_draw_nothing() -> None:
    assert charts.chart([], [], title="t") == ""


def test_written_labels_get_fewer_as_they_get_longer() -> None:
    def written(names: list[str]) -> int:
        drawing = charts.chart(names, [Series("s", [1] * len(names))], title="t")
        (axis,) = [e for e in parsed(drawing).iter("svg") if "axis-x" in e.get("class", "")]
        return len([e for e in axis.iter("text") if not e.get("class")])

    assert (
        written([f"{i}" for i in range(24)]) > written([f"2026-11-{i:02d}" for i in range(24)]) > 1
    )


def test_names_and_titles_are_escaped_everywhere() -> None:
    drawings = [
        charts.chart([HOSTILE], [Series(HOSTILE, [1])], title=HOSTILE, unit=HOSTILE),
        charts.donut([Part(HOSTILE, 1, 1)], title=HOSTILE, centre=HOSTILE, caption=HOSTILE),
        charts.heat([HOSTILE], [HOSTILE], [[1]], title=HOSTILE),
        charts.hbar([Bar(HOSTILE, 1, 2, HOSTILE)], title=HOSTILE, unit=HOSTILE),
        charts.legend([(HOSTILE, 1)]),
    ]
    for drawing in drawings:
        assert "<script" not in drawing
        assert HOSTILE in unescape(drawing)
        assert not [e for e in parsed(drawing).iter() if "alert" in str(e.tag)]


def test_no_drawing_uses_inline_style_or_handlers() -> None:
    drawings = [
        charts.chart(["a"], [Series("s", [1])], title="t", target=2, now=1),
        charts.spark([1, 2]),
        charts.spark([1, 2], kind="bar"),
        charts.donut([Part("a", 1, 1)], title="t"),
        charts.heat(["r"], ["c"], [[1]], title="t"),
        charts.hbar([Bar("a", 1)], title="t"),
    ]
    for drawing in drawings:
        for element in parsed(drawing).iter():
            assert not [n for n in element.attrib if n == "style" or n.startswith("on")]


@given(st.lists(st.floats(0, 1e6, allow_nan=False), max_size=40))
def test_a_trend_of_any_values_stays_in_its_box(trend: list[float]) -> None:
    for kind in ("line", "bar"):
        drawing = charts.spark(trend, kind=kind)  # type: ignore[arg-type]
        if len(trend) < 2:
            assert drawing == ""
            continue
        root = parsed(drawing)
        assert all(-0.01 <= y <= 28.01 for y in numbers(root, "rect", "y"))
        assert all(-0.01 <= y <= 28.01 for y in numbers(root, "circle", "cy"))


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=8))
def test_shares_of_a_ring_add_up_to_the_whole(parts: list[int]) -> None:
    drawing = charts.donut([Part(f"p{i}", v, i + 1) for i, v in enumerate(parts)], title="t")
    if not sum(parts):
        assert drawing == ""
        return
    percents = [float((e.text or "").rstrip("%")) for e in parsed(drawing).iter("em")]
    assert abs(sum(percents) - 100) <= 0.05 * len(parts) + 1e-9


def test_a_bar_below_its_target_says_so_by_class_and_by_number() -> None:
    root = parsed(charts.hbar([Bar("a", 94.6, 95), Bar("b", 98, 97)], title="t", unit="%"))
    classes = [e.get("class") for e in root.iter("div") if "hbar-item" in e.get("class", "")]
    assert classes == ["hbar-item below", "hbar-item"]
    assert "95%" in "".join(root.itertext())


def test_the_darkest_cell_of_a_matrix_is_the_largest_value() -> None:
    root = parsed(charts.heat(["r"], ["a", "b", "c"], [[0, 1, 10]], title="t"))
    steps = [(e.get("class") or "").split()[-1] for e in root.iter("rect")]
    assert steps == ["q0", "q1", "q6"]
