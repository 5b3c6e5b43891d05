"""The published figures are compared by their comparators, and the zone at full size meets them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import CliRunner

from qiying.config.cli import _platform, build
from qiying.demo.figures import PUBLISHED, compares, figures
from qiying.kernel.access import Role, stand_in
from tests.demo.conftest import AS_OF, Zone


@pytest.mark.parametrize(
    ("comparator", "value", "agrees"),
    [
        ("eq", "86.13", True),
        ("eq", "86.12", False),
        ("eq", "87.87", True),
        ("eq", "87.88", False),
        ("gt", "87", False),
        ("gt", "87.01", True),
        ("gt", "91.34", True),
        ("gt", "91.35", False),
        ("approx_below", "87", True),
        ("approx_below", "87.01", False),
        ("approx_below", "82.65", True),
        ("approx_below", "82.64", False),
    ],
)
def test_a_value_agrees_up_to_the_edge_of_its_comparator(
    comparator: str, value: str, *, agrees: bool
) -> None:
    assert compares(comparator, Decimal(value), Decimal(87)) == agrees


def test_every_figure_of_the_zone_and_of_industry_120_is_published_once() -> None:
    ids = [row.id for row in PUBLISHED]
    assert len(ids) == len(set(ids))
    assert {name.partition(".")[0] for name in ids} == {
        *(f"A{number:02d}" for number in (*range(1, 10), *range(18, 21), 23)),
        *(f"B{number:02d}" for number in range(1, 8)),
    }
    for row in PUBLISHED:
        assert (row.holds is not None) == (row.comparator == "rule")


@pytest.fixture(scope="module")
def small(loaded: Any) -> Iterator[Zone]:
    with loaded(is_small=True) as found:
        yield found


def test_a_small_zone_has_every_figure_and_says_which_do_not_agree(
    small: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_platform, "start_django", lambda: None)
    done = CliRunner().invoke(build(), ["figures", "--json"])
    assert done.exit_code == 1
    rows = json.loads(done.stdout)
    assert [row["id"] for row in rows] == [row.id for row in PUBLISHED]
    assert all(
        row.keys() == {"id", "value", "reference", "unit", "comparator", "ok"} for row in rows
    )
    assert all(row["value"] is not None for row in rows)
    failed = {row["id"] for row in rows if not row["ok"]}
    assert failed >= {"A03.entities", "A03.enterprises", "A04"}
    assert not failed & {"A01.now", "A02", "A05", "A06.households", "A07", "A08.invest"}
    printed = CliRunner().invoke(build(), ["figures"]).stdout
    assert all(row["id"] in printed for row in rows)
    assert CliRunner().invoke(build(), ["figures", "--zone", "nowhere"]).exit_code == 2


def test_the_figures_of_industry_120_do_not_hang_on_the_hour_of_asking(small: Zone) -> None:
    """What came in before midnight and is not due yet is not late because somebody asks later."""
    actor = stand_in(small.tenant_id, Role.ANALYST)

    def asked(hours: int) -> dict[str, Decimal | None]:
        found = figures(actor, now=small.now + timedelta(hours=hours), on=AS_OF)
        return {row.id: row.value for row in found if row.id[:3] in {"A18", "A19", "A20"}}

    at_nine = asked(0)
    assert at_nine["A18.jobs"]
    assert at_nine["A19"] == 100
    for hours in (-8, 1, 12, 24 * 40):
        assert asked(hours) == at_nine
