"""The invented panel of the counties has the shape that was published."""

import numpy as np
import pytest

from qiying.demo.panel import FOREIGN, GDP, SHAPE, TRADE, Panel, invent

LESS = frozenset({"C08", "C12"})


@pytest.fixture(scope="module", params=[1, 7, 99])
def panel(request: pytest.FixtureRequest) -> Panel:
    return invent(90, LESS, last_year=2025, seed=request.param)


def test_it_has_90_places_40_indicators_and_five_years(panel: Panel) -> None:
    assert panel.values.shape == (5, 90, 40)
    assert panel.years == (2021, 2022, 2023, 2024, 2025)
    assert set(panel.codes) == set(SHAPE)
    assert np.isfinite(panel.values).all()
    assert (panel.values > 0).all()


def test_products_reach_the_thresholds_as_often_as_was_published(panel: Panel) -> None:
    products = panel.values[-1, :, panel.codes.index(GDP)]
    assert (products >= 1000).sum() == 28
    assert ((products >= 900) & (products < 1000)).sum() == 7


def test_trade_and_foreign_capital_rose_as_often_as_was_published(panel: Panel) -> None:
    step = panel.values[-1] - panel.values[-2]
    assert (step[:, panel.codes.index(TRADE)] > 0).sum() == 38
    assert (step[:, panel.codes.index(FOREIGN)] > 0).sum() == 46


def test_the_same_seed_gives_the_same_panel() -> None:
    one, other = (invent(90, LESS, last_year=2025, seed=5) for _ in range(2))
    np.testing.assert_array_equal(one.values, other.values)
