"""Two places side by side, what holds one back, and why its score moved: numbers, pages, interface."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from django.urls import reverse

from qiying.engines.composite import uncertainty
from qiying.kernel.errors import NotFound
from qiying.slices.indices import queries
from qiying.slices.indices.models import Run
from qiying.slices.indices.rules import Turn, cube_from, plan_from
from qiying.slices.indices.rules.reckoning import REPLICATES, SEED
from tests.slices.indices import steps
from tests.slices.indices.test_pages import LANGUAGES, browser, text_of
from tests.slices.world import World

CLOSE = 1e-9


def _units(run: Run) -> list[str]:
    return [code for code, _name in run.inputs["units"]]


def test_the_parts_sum_to_the_distance_and_those_of_a_sub_index_to_its_own(world: World) -> None:
    run = steps.released(world)
    ranks = queries.ranking(run, year=2024)
    for one, other in ((ranks[0], ranks[-1]), (ranks[40], ranks[3])):
        found = queries.pair(run, one.adcode, other.adcode, year=2024)
        assert found.distance == pytest.approx((one.score or 0) - (other.score or 0), abs=CLOSE)
        parts = found.parts
        assert parts["sharing"] + parts["level"] == pytest.approx(found.distance, abs=CLOSE)
        assert parts["C30"] + parts["C09"] == pytest.approx(parts["sharing"], abs=CLOSE)
        assert parts["C35"] + parts["C01"] == pytest.approx(parts["level"], abs=CLOSE)
        ahead = (one.scores["level"] or 0) - (other.scores["level"] or 0)
        assert parts["level"] == pytest.approx(ahead / 2, abs=CLOSE)


def test_the_pair_the_other_way_round_says_the_opposite(world: World) -> None:
    run = steps.released(world)
    one, other = (s.adcode for s in queries.ranking(run)[10:12])
    there, back = queries.pair(run, one, other), queries.pair(run, other, one)
    assert there.distance == pytest.approx(-(back.distance or 0.0), abs=CLOSE)
    assert there.above == pytest.approx(1 - (back.above or 0.0), abs=CLOSE)
    assert there.turn == back.turn
    for code, weight in there.level.items():
        assert weight == pytest.approx(back.level[code], abs=CLOSE)


def test_the_nearest_weights_bring_both_level_and_a_step_further_turns_them(world: World) -> None:
    run = steps.released(world)
    units, turned = _units(run), 0
    ranks = queries.ranking(run)
    for one, other in pairwise(ranks[:13]):
        found = queries.pair(run, one.adcode, other.adcode)
        ahead = [(one.scores[c] or 0) - (other.scores[c] or 0) for c in found.weights]
        assert (found.turn == Turn.ONE_SIDED) == (min(ahead) > 0 or max(ahead) < 0)
        if found.turn != Turn.FOUND:
            assert not found.level
            continue
        turned += 1
        assert sum(found.level.values()) == pytest.approx(1, abs=CLOSE)
        for step, sign in ((1.0, 0), (1.001, -1), (0.999, 1)):
            weights = {c: w + step * (found.level[c] - w) for c, w in found.weights.items()}
            scores = queries.what_if(run, weights)["scores"]
            apart = scores[units.index(one.adcode)] - scores[units.index(other.adcode)]
            assert abs(apart) < CLOSE if sign == 0 else np.sign(apart) == sign
    assert turned > 1


def test_how_often_one_ranks_above_the_other_is_the_share_of_the_reckonings(world: World) -> None:
    run = steps.released(world)
    cube = cube_from(run.inputs)
    sample = uncertainty(plan_from(run.plan), cube, replicates=REPLICATES, seed=SEED)
    one, other = (s.adcode for s in queries.ranking(run)[4:6])
    units = _units(run)
    expected = sample.above()[-1, units.index(one), units.index(other)]
    assert queries.pair(run, one, other).above == pytest.approx(expected, abs=CLOSE)


def test_without_other_choices_or_an_arithmetic_mean_the_page_says_what_it_cannot_say(
    world: World,
) -> None:
    steps.bring(world, steps.rows(world))
    plan = steps.PLAN.partition("[[factor]]")[0].replace(
        'do = "aggregate"', 'do = "aggregate"\nmethod = "topsis"'
    )
    edition = steps.edition(world, plan=plan)
    actor = world.actor("analyst")
    run = steps.fresh(world, steps.operations.run_edition(actor, edition.pk, now=world.now))
    one, other = _units(run)[:2]
    found = queries.pair(run, one, other)
    assert (found.above, found.turn, dict(found.parts)) == (None, Turn.UNKNOWN, {})
    page = text_of(browser(world, "analyst"), "pair", run.public_id)
    assert "本方案的合成方法不能将分差逐项分解。" in page
    assert "仅在分项指数按加权算术平均合成" in page


def test_obstacle_factors_are_what_lacks_to_the_best_by_weight(world: World) -> None:
    run = steps.released(world)
    unit = _units(run).index("330825")
    table = np.array(run.results["normalised"])
    low, high = table.min(axis=(0, 1)), table.max(axis=(0, 1))
    leaves = [n["code"] for n in run.inputs["nodes"] if n["kind"] == "Indicator"]
    weight = {"C30": 1 / 4, "C09": 1 / 4, "C35": 1 / 3, "C01": 1 / 6}
    lack = {
        code: weight[code] * (1 - (table[-1, unit, n] - low[n]) / (high[n] - low[n]))
        for n, code in enumerate(leaves)
    }
    found = queries.obstacles(run, "330825")
    assert sum(o.share for o in found) == pytest.approx(1, abs=CLOSE)
    assert [o.share for o in found] == sorted((o.share for o in found), reverse=True)
    for obstacle in found:
        expected = lack[obstacle.code] / sum(lack.values())
        assert obstacle.share == pytest.approx(expected, abs=CLOSE)
    with pytest.raises(NotFound):
        queries.obstacles(run, "000000")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_say_obstacles_change_and_distance_in_words(world: World, language: str) -> None:
    run = steps.released(world)
    client = browser(world, "desk", language)
    is_chinese = language == "zh-hans"
    unit = text_of(client, "unit", run.public_id, "330825")
    first = queries.obstacles(run, "330825")[0]
    assert f"{100 * first.share:.1f} %" in unit
    for chinese, english in (
        ("障碍因子", "Obstacle factors"),
        ("影响最大的因素", "What counted most"),
    ):
        assert (chinese if is_chinese else english) in unit
    page = text_of(client, "pair", run.public_id)
    one, other = queries.ranking(run)[:2]
    found = queries.pair(run, one.adcode, other.adcode)
    assert f"{found.distance:+.2f}" in page
    assert f"{100 * (found.above or 0):.0f} %" in page.replace("%</b>", " %</b>").replace(
        "  ", " "
    )
    asked = text_of(client, "pair", run.public_id, one="330825", other=one.adcode, year=2023)
    assert 'value="330825" selected' in asked
    same = text_of(client, "pair", run.public_id, one="330825", other="330825")
    assert ("请选择两个不同的地区。" if is_chinese else "Choose two places.") in same
    for odd in ({"one": "x"}, {"other": "'"}, {"year": "0"}, {"one": "", "other": ""}):
        text_of(client, "pair", run.public_id, **odd)


def test_the_interface_says_the_same_and_refuses_what_is_no_place(world: World) -> None:
    run = steps.released(world)
    one, other = (s.adcode for s in queries.ranking(run)[:2])
    client = browser(world, "desk")
    path = f"/api/v1/indices/runs/{run.public_id}"
    given: dict[str, Any] = client.get(f"{path}/pair", {"one": one, "other": other}).json()
    found = queries.pair(run, one, other)
    assert given["distance"] == pytest.approx(found.distance)
    assert given["level"] == pytest.approx(dict(found.level))
    assert (given["turn"], given["one"]["rank"], given["other"]["rank"]) == (found.turn, 1, 2)
    for query, status in (
        ({"one": one, "other": "000000"}, 404),
        ({"one": "000000"}, 404),
        ({"one": one, "other": "x" * 7}, 422),
    ):
        assert client.get(f"{path}/pair", query).status_code == status
    assert client.get(f"{path}/pair").json()["other"]["adcode"] == other
    assert client.get(f"{path}/pair", {"one": other}).json()["other"]["adcode"] == one
    place = client.get(f"{path}/places/{one}").json()
    assert place["obstacles"][0]["code"] == queries.obstacles(run, one)[0].code
    moved = place["standing"]["moved"]
    assert sum(place["change"].values()) == pytest.approx(moved, abs=1e-6)
    assert client.get(f"{path}/places/{one}", {"year": 2024}).json()["change"] == {}


def test_a_run_that_is_not_released_has_no_pairs_for_others(world: World) -> None:
    run = steps.reckoned(world)
    for address in (
        reverse("indices:pair", args=[run.public_id]),
        f"/api/v1/indices/runs/{run.public_id}/pair?one=330825&other=330802",
    ):
        assert browser(world, "desk").get(address).status_code == 404
        assert browser(world, "supervisor").get(address).status_code == 200
