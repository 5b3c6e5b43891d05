"""The contract that every engine keeps."""

import copy
import doctest
import inspect
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest
from hypothesis import given

from qiying.engines import rates as engine
from qiying.engines.rates import (
    DEFAULTS,
    FINDINGS,
    MEASURES,
    SOURCES,
    Definitions,
    Figure,
    Period,
    Receipt,
    Round,
    Sheet,
    Table,
    check,
    gaming,
    rates,
)
from tests.engines.rates.conftest import (
    OCTOBER,
    SETTLED,
    day,
    failed,
    solved,
    table_of,
    tables,
)


@given(tables())
def test_the_same_input_gives_the_same_sheet_and_stays_as_it_was(table: Table) -> None:
    before = copy.deepcopy(table)
    first = rates(table, OCTOBER, now=SETTLED)
    assert repr(first) == repr(rates(before, OCTOBER, now=SETTLED))
    assert table == before
    assert tuple(first.figures) == MEASURES
    codes = [FINDINGS.index(f.code) for f in first.findings]
    assert codes == sorted(codes)


def sheet_with(sheet: Sheet, name: str, **changes: Any) -> Sheet:
    figure: Figure = replace(sheet.figures[name], **changes)
    return replace(sheet, figures={**sheet.figures, name: figure})


def test_the_checker_sees_each_single_falsehood() -> None:
    table = table_of(solved(1), failed(2), firms=100)
    sheet = rates(table, OCTOBER, now=SETTLED)

    def seen(false: Sheet) -> set[str]:
        return {v.code for v in check(table, OCTOBER, false, now=SETTLED)}

    assert seen(sheet) == set()
    for name, figure in sheet.figures.items():
        lost = sheet_with(sheet, name, counted=figure.counted[1:], missed=(*figure.missed, 77))
        assert name in seen(lost), name
    assert seen(replace(sheet, composite=0.1)) == {"composite"}
    assert seen(replace(sheet, per_100_firms=None)) == {"per_100_firms"}
    assert seen(replace(sheet, is_provisional=True)) == {"is_provisional"}


def test_every_rule_has_a_source_and_a_grade() -> None:
    assert set(SOURCES) == {field.name for field in fields(Definitions)}
    assert {source.grade for source in SOURCES.values()} <= {"R", "P", "O"}


@pytest.mark.parametrize("module", [engine, gaming])
def test_all_public_names_are_exported_and_documented(module: Any) -> None:
    public = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert set(module.__all__) == public
    for name in public:
        value = getattr(module, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert value.__doc__, name
    assert doctest.testmod(module).failed == 0


def test_values_are_frozen_and_refuse_what_cannot_be() -> None:
    sheet = rates(table_of(solved(1)), OCTOBER, now=SETTLED)
    for value in (solved(1), OCTOBER, DEFAULTS, sheet, *sheet.figures.values()):
        with pytest.raises(FrozenInstanceError):
            setattr(value, fields(value)[0].name, None)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Period(day(2), day(2)),
        lambda: solved(1, number=0),
        lambda: solved(1, rating=6),
        lambda: solved(1, closed_at=None),
        lambda: failed(1, closed_at=day(3)),
        lambda: failed(1, is_withdrawn_from_unit=True),
        lambda: Table((solved(1), failed(1))),
        lambda: Table((), [Receipt(call=1, received_at=day(1)), Receipt(call=1, received_at=day(2))]),
        lambda: Definitions(partly_weight=1.1),
        lambda: Definitions(satisfied_from=5, strictly_from=4),
        lambda: Definitions(least_to_rank=-1),
        lambda: Definitions(weights=(0.5, 0.5, 0.5)),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_is_refused(make: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        make()


def test_the_version_is_a_plain_string() -> None:
    assert engine.VERSION.count(".") == 2
    assert rates(table_of(solved(1)), OCTOBER, now=SETTLED).version == engine.VERSION
    assert isinstance(solved(1), Round)
