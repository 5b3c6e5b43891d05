"""The checker finds each kind of wrong result, and is not fooled by a right one."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from qiying.engines.composite import Origin, Result, check, run
from tests.engines.composite.made import cube, plan

STEPS = ('impute method = "mean"', "treat winsorise = 1", "normalise")
VALUES = np.random.default_rng(9).uniform(1, 5, size=(2, 12, 3))
VALUES[0, 0, 0], VALUES[1, 3, 1] = 90, np.nan


def changed(array: np.ndarray, where: tuple[int, ...], value: float) -> np.ndarray:  # type: ignore[type-arg] # any table
    copy = array.copy()
    copy[where] = value
    return copy


def table(result: Result, name: str, where: tuple[int, ...], value: float) -> Result:
    own = changed(result.tables[name], where, value)
    return replace(result, tables={**result.tables, name: own})


WRONG: dict[str, Callable[[Result], Result]] = {
    "score": lambda r: replace(r, scores=changed(r.scores, (0, 1, 0), r.scores[0, 1, 0] + 1e-3)),
    "rank": lambda r: replace(r, ranks=changed(r.ranks, (0, 1, 0), 99)),
    "weights": lambda r: replace(r, weights={"index": np.array([[[0.5, 0.4, 0.3]]])}),
    "members": lambda r: replace(r, weights={"index": np.array([[[0.5, 0.5]]])}),
    "order": lambda r: table(r, "normalise", (0, int(r.scores[0, :, 0].argmin()), 2), 1e9),
    "changed_unsaid": lambda r: table(r, "treat", (0, 2, 2), 2.5),
    "lost_unsaid": lambda r: table(r, "treat", (0, 2, 2), np.nan),
    "imputed_over": lambda r: replace(
        r, provenance=changed(r.provenance, (0, 2, 2), int(Origin.IMPUTED))
    ),
    "over_limit": lambda r: replace(
        r, provenance=r.provenance | np.uint16(Origin.WINSORISED_HIGH)
    ),
}


@pytest.mark.parametrize("code", WRONG)
def test_a_wrong_result_is_found_out(code: str) -> None:
    data, order = cube(VALUES), plan(*STEPS)
    result = run(order, data)
    assert check(order, data, result) == ()
    assert code in {found.code for found in check(order, data, WRONG[code](result))}


def test_tables_of_a_result_cannot_be_written() -> None:
    result = run(plan(*STEPS), cube(VALUES))
    assert list(result.tables) == ["data", "impute", "treat", "normalise"]
    for array in (*result.tables.values(), result.scores, result.provenance):
        assert not array.flags.writeable


def test_the_digest_follows_data_and_plan() -> None:
    data, order = cube(VALUES), plan(*STEPS)
    first = run(order, data).digest
    assert run(plan(*STEPS, 'aggregate method = "gmean"'), data).digest != first
    assert run(order, cube(VALUES + 1e-12)).digest != first
    assert run(order, cube(VALUES.copy())).digest == first
