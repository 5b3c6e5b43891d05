"""Ranks of wide rows are those of counting; analyses without scores say the same."""

import importlib.util
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from qiying.engines.composite import Node, Screen, cube_of, uncertainty
from qiying.engines.composite._ranks import WIDE, competition
from tests.engines.composite.made import ROOT
from tests.engines.composite.test_uncertainty import ORDER, made

if TYPE_CHECKING:
    from pathlib import Path


def counted(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """One more than those that are better; 0 without a score."""
    better = (scores[:, None, :] > scores[:, :, None]).sum(axis=2)
    return np.where(np.isnan(scores), 0, better + 1)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from(["spread", "steps", "far", "equal", "close", "gaps", "endless"]),
)
def test_wide_rows_are_ranked_as_by_counting(seed: int, kind: str) -> None:
    draw = np.random.default_rng(seed)
    scores = draw.normal(50, 5, (37, WIDE + 5))
    if kind == "steps":
        scores = np.round(scores)
    elif kind == "far":
        scores[:, 0] = 1e12
    elif kind == "equal":
        scores[:] = 3.0
    elif kind == "close":
        scores = 1 + 1e-15 * draw.integers(0, 50, scores.shape)
    elif kind == "gaps":
        scores[draw.random(scores.shape) < 0.1] = np.nan
    elif kind == "endless":
        scores[:, 0], scores[:, 1] = 1.7e308, -1.7e308
    np.testing.assert_array_equal(competition(scores), counted(scores))


def test_an_analysis_without_scores_has_the_same_ranks_quantiles_and_pairs() -> None:
    kept = uncertainty(ORDER, made(), replicates=60, seed=3)
    bare = uncertainty(ORDER, made(), replicates=60, seed=3, keeps_scores=False)
    assert bare.scores.shape == (0, 2, 9)
    assert bare.ranks.dtype == np.uint16
    np.testing.assert_array_equal(bare.ranks, kept.ranks)
    np.testing.assert_array_equal(bare.quantiles(), kept.quantiles())
    np.testing.assert_array_equal(bare.above(), kept.above())
    assert bare.failed == kept.failed


def test_pairs_by_ranks_are_pairs_by_scores() -> None:
    found = uncertainty(ORDER, made(), replicates=60, seed=3)
    for year in range(2):
        scores = found.scores[:, year]
        higher = (scores[:, :, None] > scores[:, None, :]).mean(axis=0)
        level = (scores[:, :, None] == scores[:, None, :]).mean(axis=0)
        np.testing.assert_allclose(found.above()[year], higher + level / 2, atol=1e-15)


def test_a_unit_that_is_screened_out_has_no_score_in_folded_means_either() -> None:
    values = np.random.default_rng(2).lognormal(1, 1, (6, 4))
    values[2, :3] = np.nan
    tree = (
        *(Node(f"x{n}", f"X{n}", "Indicator", 1, "index") for n in range(4)),
        Node("index", "I", "Aggregate", 2),
    )
    steps = (Screen("missing", 0.5), *ORDER.steps)
    order = replace(ORDER, steps=steps, factors=(replace(ORDER.factors[2], level=1),))
    found = uncertainty(order, cube_of(values, tree), replicates=4)
    assert np.isnan(found.scores[:, 0, 2]).all()
    assert not np.isnan(np.delete(found.scores[:, 0], 2, axis=1)).any()


@pytest.mark.parametrize("name", ["composite_scale"])
def test_the_benchmark_of_scale_runs_in_its_quick_form(name: str) -> None:
    path: Path = ROOT / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    rows = {row["name"].partition("_2844x")[2]: row for row in module.run(True)}
    assert rows["100x2x1000_ranks_unlike_a_run_alone"]["ours"] == 0
    assert rows["100x2x1000_memory_gib"]["holds"]
