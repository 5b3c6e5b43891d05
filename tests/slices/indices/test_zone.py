"""The zone's own board: values since January, the year before, targets with lights, records."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from qiying.kernel import tenancy
from qiying.kernel.errors import Denied, Invalid, NotFound
from qiying.slices.indices import operations, public, queries
from qiying.slices.indices.models import Delivery, ZoneTarget, ZoneValue
from qiying.slices.indices.rules.zone import (
    BY_KEY,
    KEPT,
    LINES,
    Basis,
    BoardLine,
    Light,
    Nature,
    change,
    due,
    light,
    shown_at,
    three_years,
)
from qiying.slices.indices.rules.zone_table import zone_cells
from tests.slices.world import World

OUTPUT, ENERGY = BY_KEY["E01"], BY_KEY["E13"]
WORDS = {"E01": "E01", "工业总产值": "E01", "E05": "E05"}
PLAIN = "django.contrib.auth.backends.ModelBackend"


def bring(
    world: World, headings: Sequence[str], rows: Sequence[Sequence[Any]], **more: Any
) -> Delivery:
    given: dict[str, Any] = {"kind": "statistics", "source": "虚构月报", **more}
    return operations.deliver_zone(
        world.actor("analyst"),
        file_name="月报.xlsx",
        headings=headings,
        rows=list(enumerate(rows, start=2)),
        now=world.now,
        **given,
    )


def standing(world: World, key: str, asked: tuple[int, int] | None = None) -> queries.ZoneStanding:
    actor = world.actor("leader")
    with tenancy.reading(actor):
        shown = queries.board(actor, asked, now=world.now)
    return next(s for s in shown.standings if s.line.key == key)


def client_of(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.user(who), backend=PLAIN)
    return client


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(
        f"/api/v1/indices/{path}",
        json.dumps(body),
        content_type="application/json",
        headers={"X-Requested-With": "fetch"},
    )


def test_every_line_that_is_brought_in_belongs_to_an_indicator(world: World) -> None:
    actor = world.actor("analyst")
    with tenancy.reading(actor):
        codes = set(queries.list_indicators(actor).values_list("code", flat=True))
        words = queries.zone_words(actor)
    assert {line.code for line in KEPT} <= codes
    assert set(words.values()) == {line.key for line in KEPT}
    assert len({line.key for line in LINES}) == len(LINES)


def test_months_are_understood_as_tables_print_them() -> None:
    rows = [(2, [2026, "1-10月", 3.0]), (3, ["2025年", "", "4,000.5"]), (4, [2026, "9", "…"])]
    cells, faults = zone_cells(("年份", "月份", "工业总产值（亿元）"), rows, WORDS)
    assert not faults
    assert [(c.line, c.year, c.month, c.value) for c in cells] == [
        ("E01", 2026, 10, 3.0),
        ("E01", 2025, 12, 4000.5),
    ]


def test_every_bad_cell_is_named_with_its_row_and_column() -> None:
    rows = [
        (2, [2026, 13, 1.0, 1]),
        (3, ["x", 1, 1.0, 1]),
        (4, [2026, 1, "abc", 1]),
        (5, [2026, 2, 1, 1]),
        (6, [2026, 2, 2, 1]),
    ]
    _cells, faults = zone_cells(("年份", "月份", "E01", "别的"), rows, WORDS)
    assert [(f.row, f.column, f.code) for f in faults] == [
        (1, "别的", "indices.cell.column"),
        (2, "月份", "indices.zone.month"),
        (3, "年份", "indices.cell.year"),
        (4, "E01", "indices.cell.number"),
        (6, "E01", "indices.cell.twice"),
    ]
    assert zone_cells(("月份", "E01"), [], WORDS)[1][-1].code == "indices.zone.headings"


def test_growth_is_in_per_cent_and_of_shares_in_points() -> None:
    assert change(110.0, 100.0, "亿元") == pytest.approx(10)
    assert change(61.8, 60.8, "%") == pytest.approx(1)
    assert change(5.0, None, "亿元") is None
    assert change(5.0, 0.0, "亿元") is None
    assert change(5.0, -2.0, "亿元") is None


@given(st.floats(0.1, 1e6), st.floats(0.01, 3), st.integers(1, 12), st.sampled_from([1, -1]))
def test_more_of_what_is_good_never_turns_a_light_for_the_worse(
    target: float, share: float, month: int, polarity: int
) -> None:
    line = BoardLine("x", OUTPUT.group, Nature.FLOW, polarity=polarity)
    order = [Light.BEHIND, Light.NEAR, Light.MET]

    def at(value: float) -> int:
        found = light(line, Basis.VALUE, target, value=value, changed=None, month=month)
        assert found is not None
        return order.index(found)

    value = due(line, target, month) * share
    assert (at(value * 1.05) - at(value)) * polarity >= 0
    assert at(due(line, target, month)) == 2


@given(st.floats(-50, 50), st.floats(-50, 50), st.sampled_from([1, -1]))
def test_a_promised_growth_is_met_from_its_own_per_cent_on(
    target: float, changed: float, polarity: int
) -> None:
    line = BoardLine("x", OUTPUT.group, Nature.FLOW, polarity=polarity)
    found = light(line, Basis.GROWTH, target, value=1, changed=changed, month=6)
    short = (target - round(changed, 1)) * polarity
    expected = Light.MET if short <= 0 else Light.NEAR if short <= 2 else Light.BEHIND
    assert found is expected
    assert light(line, Basis.GROWTH, target, value=1, changed=None, month=6) is None


def test_three_years_need_every_year_between() -> None:
    output = {(2022, 12): 100.0, (2025, 12): 161.4, (2026, 3): 50.0}
    invested = {(y, 12): 52.0 for y in (2023, 2024, 2025)}
    found = three_years(output, invested)
    assert found is not None
    assert (found.first, found.last, found.growth, found.total) == (2023, 2025, 61.4, 156.0)
    assert three_years(output, {**invested, (2024, 12): 0.0}) is not None
    assert three_years(output, {(2025, 12): 1.0}) is None
    assert three_years({(2025, 12): 1.0}, invested) is None
    assert three_years({}, invested) is None
    assert shown_at([(2025, 12), (2026, 3)], (2026, 2)) == (2025, 12)


def test_a_line_shows_the_period_asked_for_beside_the_year_before(world: World) -> None:
    bring(world, ("年份", "月份", "E01"), [[2025, 9, 200.0], [2025, 12, 300.0], [2026, 9, 230.0]])
    found = standing(world, "E01")
    assert (found.value, found.period, found.trend) == (230.0, (2026, 9), (200.0, 230.0))
    assert found.changed == pytest.approx(15)
    earlier = standing(world, "E01", (2026, 8))
    assert (earlier.value, earlier.period, earlier.changed) == (300.0, (2025, 12), None)
    assert standing(world, "E01", (2024, 12)).value is None


def test_a_target_turns_a_light_on_and_another_follows_it(world: World) -> None:
    bring(world, ("年份", "月份", "E01", "E13"), [[2025, 6, 100.0, ""], [2026, 6, 109.0, 0.62]])
    leader = world.actor("leader")
    given: dict[str, Any] = {"year": 2026, "source": "责任书", "now": world.now}
    operations.set_target(leader, line="E01", basis="growth", value=10.0, **given)
    operations.set_target(leader, line="E13", basis="value", value=0.6, **given)
    assert standing(world, "E01").light is Light.NEAR
    assert (standing(world, "E13").light, standing(world, "E13").due) == (Light.NEAR, 0.6)
    operations.set_target(leader, line="E01", basis="value", value=218.0, **given)
    found = standing(world, "E01")
    assert (found.light, found.due) == (Light.MET, 109.0)
    with tenancy.reading(leader):
        record = queries.line_record(leader, "E01")
    assert [(t.basis, t.is_current) for t in record.targets] == [
        ("value", True),
        ("growth", False),
    ]


def test_a_corrected_value_follows_the_old_one_which_stays(world: World) -> None:
    bring(world, ("年份", "E01"), [[2025, 100.0]])
    second = bring(world, ("年份", "E01", "E05"), [[2025, 101.0, 40.0]])
    third = bring(world, ("年份", "E01"), [[2025, 101.0]])
    assert (second.written, third.written, third.unchanged) == (2, 0, 1)
    rows = ZoneValue.objects.filter(tenant_id=world.tenant.pk, line="E01").order_by("id")
    with tenancy.reading(world.system):
        assert [(r.value, r.is_current) for r in rows] == [(100.0, False), (101.0, True)]
    with tenancy.acting(world.system), pytest.raises(IntegrityError), transaction.atomic():
        rows.update(value=1)


def test_another_kind_of_data_is_refused_and_good_cells_are_kept_only_on_wish(
    world: World,
) -> None:
    table = (("年份", "E01", "E10"), [[2025, 100.0, 20.0]])
    refused = bring(world, *table)
    assert refused.written == 0
    assert [f["code"] for f in refused.faults] == ["indices.cell.kind"]
    kept = bring(world, *table, is_good_only=True)
    assert (kept.written, len(kept.faults)) == (1, 1)


def test_a_target_that_makes_no_sense_is_refused_field_by_field(world: World) -> None:
    given: dict[str, Any] = {"source": "责任书", "now": world.now}
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"line": "E99"}, "line"),
        ({"year": 12}, "year"),
        ({"basis": "x"}, "basis"),
        ({"value": float("nan")}, "value"),
        ({"basis": "growth", "value": 5000.0}, "value"),
    ]
    for change_, field in wrong:
        whole = {"line": "E01", "year": 2026, "basis": "value", "value": 1.0} | change_ | given
        with pytest.raises(Invalid) as caught:
            operations.set_target(world.actor("leader"), **whole)
        assert set(caught.value.fields) == {field}
    with pytest.raises(Invalid):
        operations.set_target(
            world.actor("leader"),
            line="E01", year=2026, basis="value", value=1.0, source=" ", now=world.now,
        )  # fmt: skip


def test_others_than_analysts_and_leaders_neither_see_nor_change_the_board(world: World) -> None:
    bring(world, ("年份", "E01"), [[2025, 100.0]])
    with pytest.raises(Denied):
        operations.deliver_zone(
            world.actor("leader"),
            file_name="a", kind="statistics", source="b", headings=("年份",), rows=[], now=world.now,
        )  # fmt: skip
    with pytest.raises(Denied):
        operations.set_target(
            world.actor("desk"),
            line="E01", year=2026, basis="value", value=1.0, source="x", now=world.now,
        )  # fmt: skip
    for path in ("/indices/zone/", "/indices/zone/E01/", "/api/v1/indices/zone"):
        assert client_of(world, "desk").get(path).status_code == 403
    desk = world.actor("desk")
    with tenancy.reading(desk):
        assert not ZoneValue.objects.visible_to(desk).exists()
        assert not ZoneTarget.objects.visible_to(desk).exists()
        with pytest.raises(NotFound):
            queries.line_record(desk, "none")


def test_a23_follows_from_values_of_whole_years(world: World) -> None:
    assert "A23.output" not in public.figures(world.actor("leader"))
    rows = [[2022, 100.0, 1.0], [2023, 110.0, 50.0], [2024, 120.0, 50.0], [2025, 161.4, 56.0]]
    bring(world, ("年份", "E01", "E05"), rows)
    found = public.figures(world.actor("leader"))
    assert (float(found["A23.output"]), float(found["A23.investment"])) == (61.4, 156.0)


def test_page_file_and_interface_say_the_same_of_the_board(world: World) -> None:
    body = {
        "name": "月报",
        "kind": "statistics",
        "source": "虚构月报",
        "headings": ["year", "month", "E01"],
        "rows": [[2025, 9, 200], [2026, 9, 230]],
    }
    analyst = client_of(world, "analyst")
    made = post(analyst, "zone/values", body)
    assert made.status_code == 201, made.content
    items = analyst.get(f"/api/v1/indices/values/{made.json()['id']}/items").json()["items"]
    assert [(i["indicator"], i["month"], i["place"]) for i in items] == [("E01", 9, "")] * 2
    target = {"line": "E01", "year": 2026, "basis": "growth", "value": 12, "source": "责任书"}
    leader = client_of(world, "leader")
    post(leader, "zone/targets", target)
    plain = leader.get("/api/v1/indices/zone").json()
    line = next(item for item in plain["lines"] if item["key"] == "E01")
    assert (plain["year"], plain["month"], line["value"], line["light"]) == (2026, 9, 230, "met")
    page = leader.get("/indices/zone/")
    assert "+15.0%" in page.content.decode()
    assert leader.get("/indices/zone/?format=csv").status_code == 200
    for odd in ("?period=x", "?period=2026-13", "?period=0001-01", "?period="):
        assert leader.get(f"/indices/zone/{odd}").context["shown"].period == (2026, 9)
    detail = leader.get("/api/v1/indices/zone/lines/E01").json()
    assert [v["value"] for v in detail["values"]] == [230, 200]
    assert leader.get("/api/v1/indices/zone/lines/none").status_code == 404
    assert leader.get("/indices/zone/none/").status_code == 404
    assert "虚构月报" in leader.get("/indices/zone/E01/").content.decode()


def test_a_target_is_set_on_the_page(world: World) -> None:
    leader = client_of(world, "leader")
    address = "/indices/zone/E28.verified/target/"
    wrong = leader.post(address, {"year": 2026, "basis": "growth", "value": 9999, "source": "书"})
    assert wrong.status_code in {200, 422}
    assert wrong.context["form"].errors["value"]
    good = leader.post(address, {"year": 2026, "basis": "value", "value": 95, "source": "书"})
    assert good["Location"] == "/indices/zone/E28.verified/"
    assert "≥ 95.0" in leader.get(good["Location"]).content.decode()
