"""Counts of who rose and who passed a threshold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.engines.composite import analysis

NAN = np.nan
CELL = st.one_of(st.integers(0, 2000).map(float), st.just(NAN))
PAIRS = st.lists(st.tuples(CELL, CELL), min_size=1, max_size=30)


@given(PAIRS)
def test_every_unit_rose_or_fell_or_stayed_or_is_unknown(drawn: list[tuple[float, float]]) -> None:
    first, last = np.array(drawn).T
    found = analysis.moves(first, last)
    assert found.rose + found.fell + found.same + found.unknown == len(drawn)
    assert found.rose == sum(after > before for before, after in drawn)
    assert found.fell == sum(after < before for before, after in drawn)
    known = [row for row in drawn if not np.isnan(row).any()]
    assert np.isnan(found.share) if not known else found.share * len(known) == found.rose


def test_seven_of_ten_rose_and_a_small_difference_is_none() -> None:
    first = np.full(10, 50.0)
    last = first + np.array([1, 1, 1, 1, 1, 1, 1, -1, -1, 0.05])
    assert analysis.moves(first, last, least=0.1).share == 0.7
    assert analysis.moves(first, last, least=0.1).same == 1


@given(st.lists(CELL, min_size=1, max_size=60))
def test_bands_hold_every_known_unit_once(drawn: list[float]) -> None:
    found = analysis.bands(np.array(drawn), (900, 1000))
    top = sum(x >= 1000 for x in drawn)
    assert found.counts == (sum(x < 900 for x in drawn), sum(900 <= x < 1000 for x in drawn), top)
    assert sum(found.counts) + (found.band == -1).sum() == len(drawn)


def test_edges_must_rise() -> None:
    with pytest.raises(ValueError, match="edges"):
        analysis.bands(np.array([1.0]), (1000, 900))


@given(PAIRS)
def test_who_came_to_a_threshold(drawn: list[tuple[float, float]]) -> None:
    first, last = np.array(drawn).T
    found = analysis.crossing(first, last, 1000.0)
    assert found.reached.tolist() == [a < 1000 <= b for a, b in drawn]
    assert found.lost.tolist() == [b < 1000 <= a for a, b in drawn]
    below = (last < 1000) & (last > 0)
    np.testing.assert_allclose(last[below] * (1 + found.needed[below]), 1000)


def test_growth_has_no_sign_without_a_base_above_nought() -> None:
    found = analysis.growth(np.array([100.0, 0, -5, NAN]), np.array([108.5, 3, 5, 1]))
    assert found[0] == pytest.approx(0.085)
    assert np.isnan(found[1:]).all()


def test_shares_rise_though_the_value_falls_less_than_the_whole() -> None:
    one, two = np.array([50.0, 30, NAN, 20]), np.array([40.0, 30, 5, 10])
    first, last = analysis.shares_of(one), analysis.shares_of(two, 80.0)
    assert analysis.moves(first, last).direction.tolist() == [0, 1, -2, -1]
    assert np.isnan(analysis.shares_of(np.array([NAN, 0]))).all()
