"""Cards from outcomes: bins by exhaustive search, points, risk, judgement against sums by hand."""

import json
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from qiying.config.cli.rating import app
from qiying.engines.scorecard import statistical
from qiying.engines.scorecard.statistical import (
    FitParams,
    Kind,
    Sample,
    UnusableError,
    WoeCard,
    auc,
    bin_numbers,
    bin_words,
    blend,
    check,
    column_of,
    fit,
    grow,
    ks,
    place,
    power,
    read_card,
    sample_of,
    stability,
)
from qiying.engines.scorecard.statistical._binning import PRIOR, _monotone


def firms(seed: int = 0, size: int = 3000) -> Sample:
    """Invented firms: years lower the risk, debt raises it, trade matters, noise does not."""
    draw = np.random.default_rng(seed)
    years, debt = draw.gamma(2.0, 4.0, size), draw.normal(55, 15, size)
    trade = draw.choice(["造纸", "机械", "化工"], size)
    odds = -1.2 - 0.08 * years + 0.04 * (debt - 55) + np.where(trade == "化工", 0.7, 0.0)
    bad = draw.random(size) < 1 / (1 + np.exp(-odds))
    years[draw.random(size) < 0.1] = np.nan
    words: Any = trade.astype(object)
    words[draw.random(size) < 0.05] = None
    return Sample({"years": years, "debt": debt, "trade": words, "noise": draw.random(size)}, bad)


def value(good: Any, bad: Any, ends: tuple[int, ...]) -> float:
    """Information value of bins that end before these small ones."""
    total, start = 0.0, 0
    for end in ends:
        g = (good[start:end].sum() + PRIOR) / (good.sum() + 2 * PRIOR)
        b = (bad[start:end].sum() + PRIOR) / (bad.sum() + 2 * PRIOR)
        total += float((g - b) * np.log(g / b))
        start = end
    return total


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9), st.integers(1, 4))
def test_bins_are_the_best_of_all_monotone_ways_to_join_small_ones(
    seed: int, size: int, most: int
) -> None:
    draw = np.random.default_rng(seed)
    good, bad = draw.integers(0, 40, (2, size)).astype(float)
    good[0] += 1
    least = float(draw.integers(0, 30))
    best = -np.inf
    for count in range(most):
        for inner in combinations(range(1, size), count):
            ends = (*inner, size)
            cells = [
                (good[a:b].sum(), bad[a:b].sum()) for a, b in zip((0, *inner), ends, strict=True)
            ]
            rates = [b / (g + b) if g + b else 0.0 for g, b in cells]
            is_fit = all(g + b >= least for g, b in cells)
            if is_fit and all(x >= y for x, y in pairwise(rates)):
                best = max(best, value(good, bad, ends))
    found, ends = _monotone(good, bad, least, most)
    if np.isfinite(best):
        assert found == pytest.approx(best)
        assert value(good, bad, tuple(ends)) == pytest.approx(best)
    else:
        assert ends == [size]


def test_points_keep_one_direction_and_bins_hold_enough_cases() -> None:
    sample = firms()
    card = fit(sample)
    assert {"years", "debt", "trade"} <= {part.name for part in card.parts}
    spread = {part.name: max(part.points) - min(part.points) for part in card.parts}
    assert spread.get("noise", 0) < min(spread["years"], spread["debt"]) / 3
    for part in card.parts:
        counts = np.array(part.binning.good) + np.array(part.binning.bad)
        assert counts.sum() == sample.size
        assert (counts[:-1] >= 0.05 * sample.size).all()
    years = next(part for part in card.parts if part.name == "years")
    assert list(years.points[:-1]) == sorted(years.points[:-1])


def test_a_total_is_the_sum_of_its_bins_counted_row_by_row() -> None:
    sample = firms()
    card = fit(sample)
    totals = card.total(sample.columns)
    assert check(card, sample.columns, totals.tolist()) == []
    moved = totals.copy()
    moved[7] += 1
    found = check(card, sample.columns, moved.tolist())
    assert [(v.code, v.subject, v.found - v.expected) for v in found] == [("total", "7", 1)]


def test_probabilities_fit_and_twenty_points_double_the_odds() -> None:
    sample, later = firms(1), firms(2)
    card = fit(sample)
    risk = card.probability(card.total(later.columns))
    assert risk.mean() == pytest.approx(later.bad.mean(), abs=0.02)
    assert power(risk, later.bad).calibration < 0.03
    one, two = card.probability(np.array([600, 620]))
    assert (1 - one) / one == pytest.approx(50)
    assert (1 - two) / two == pytest.approx(100)


def test_words_never_seen_and_columns_that_lack_count_as_missing() -> None:
    card = fit(firms())
    trade = next(part for part in card.parts if part.name == "trade")
    assert (
        place(trade.binning, np.array(["造纸", "别的", None], dtype=object))[1:].tolist()
        == [trade.binning.count] * 2
    )
    alone = card.points({"years": np.array([3.0])})
    missing = [p.points[-1] for p in card.parts if p.name != "years"]
    assert sorted(alone[0].tolist()) == sorted([*missing, alone[0][0]]) or len(missing) >= 2
    with pytest.raises(UnusableError):
        card.total({"years": np.array(["x"], dtype=object)})


def test_a_card_reads_back_as_it_was_written() -> None:
    sample = firms()
    card = fit(sample)
    again = read_card(json.loads(json.dumps(card.plain())))
    assert again == card
    for spoilt in ({}, {**card.plain(), "parts": [{}]}, {**card.plain(), "base": "x"}):
        with pytest.raises(UnusableError):
            read_card(spoilt)


def test_what_makes_data_unusable_is_named() -> None:
    def codes(rows: dict[str, list[Any]], outcome: str = "y") -> list[str]:
        with pytest.raises(UnusableError) as caught:
            sample_of(rows, outcome)
        return [fault.code for fault in caught.value.faults]

    assert codes({"x": [1]}) == ["no_outcome"]
    assert codes({"x": [1, 2], "y": ["1", None]})[0] == "outcome_missing"
    assert codes({"x": [1], "y": ["1", "0"]})[0] == "column_length"
    assert codes({"x": [1, 2], "y": ["1", "0"]}) == ["too_few_outcomes"]
    flat = Sample({"x": np.ones(400)}, np.arange(400) % 2 == 0)
    with pytest.raises(UnusableError):
        fit(flat)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [(["1", "", "2.5"], "f"), (["1", "x"], "O"), ([None, None], "f"), ([1.0, 2], "f")],
)
def test_a_column_is_of_numbers_when_all_it_holds_are(cells: list[Any], kind: str) -> None:
    assert column_of(cells).dtype.kind == kind


def test_judgement_equals_what_is_counted_by_hand() -> None:
    risk = np.array([0.1, 0.4, 0.35, 0.8, 0.8])
    bad = np.array([False, False, True, True, False])
    pairs = [(r, s) for r in risk[bad] for s in risk[~bad]]
    by_hand = sum(1.0 if r > s else 0.5 if r == s else 0.0 for r, s in pairs) / len(pairs)
    assert auc(risk, bad) == pytest.approx(by_hand)
    assert ks(risk, bad) == pytest.approx(1 / 3)
    assert stability(np.array([50, 50]), np.array([50, 50])) == 0
    moved = (0.7 - 0.5) * np.log(0.7 / 0.5) + (0.3 - 0.5) * np.log(0.3 / 0.5)
    assert stability(np.array([500, 500]), np.array([70, 30])) == pytest.approx(moved)


def test_trees_keep_the_direction_of_each_characteristic() -> None:
    sample = firms()
    trees = grow(sample, seeds=(0,))
    years = np.linspace(0.5, 30, 40)
    same: dict[str, Any] = {
        "years": years,
        "debt": np.full(40, 55.0),
        "trade": np.array(["机械"] * 40, dtype=object),
        "noise": np.full(40, 0.5),
    }
    assert (np.diff(trees.risk(same)) <= 1e-12).all()
    assert blend(np.array([1.0, 2, 3]), np.array([5.0, 6, 7])).tolist() == pytest.approx(
        [1 / 3, 2 / 3, 1]
    )


def test_bins_of_nothing_and_of_one_value_hold_no_information() -> None:
    bad = np.arange(200) % 4 == 0
    for column in (np.full(200, np.nan), np.full(200, 3.0)):
        found = bin_numbers(column, bad)
        assert found.edges == ()
        assert found.value < 0.01
    words = bin_words(np.array([None] * 200, dtype=object), bad)
    assert words.value < 0.01
    assert fit(firms(), FitParams(most=2)).parts[0].binning.count <= 2
    assert isinstance(fit(firms()), WoeCard)
    assert statistical.Sample.kind(firms(), "trade") is Kind.WORD


def test_the_commands_fit_judge_and_score_a_table(tmp_path: Path) -> None:
    sample = firms()
    data, card, out = tmp_path / "d.csv", tmp_path / "card.json", tmp_path / "p.csv"
    lines = ["years,debt,trade,outcome"]
    for y, d, t, b in zip(
        *(sample.columns[n] for n in ("years", "debt", "trade")), sample.bad, strict=True
    ):
        lines.append(f"{'' if np.isnan(y) else y},{d},{t or ''},{'违约' if b else '正常'}")
    data.write_text("\n".join(lines), encoding="utf-8")
    run = CliRunner().invoke
    how = ["--data", str(data), "--outcome", "outcome", "--bad", "违约"]
    done = run(app, ["fit", *how, "--out", str(card)])
    assert done.exit_code == 0, done.output
    judged = run(app, ["judge", *how, "--card", str(card), "--json"])
    assert judged.exit_code == 0, judged.output
    assert json.loads(judged.stdout)["auc"] > 0.65
    scored = run(app, ["points", "--card", str(card), "--data", str(data), "--out", str(out)])
    assert scored.exit_code == 0, scored.output
    rows = out.read_text(encoding="utf-8").splitlines()
    assert len(rows) == sample.size + 1
    assert rows[0].startswith("row,points,probability,reason_1")
    assert (
        run(app, ["fit", "--data", str(data), "--outcome", "no", "--out", str(card)]).exit_code
        == 2
    )
    data.write_text("{", encoding="utf-8")
    assert (
        run(app, ["points", "--card", str(data), "--data", str(data), "--out", str(out)]).exit_code
        == 2
    )
