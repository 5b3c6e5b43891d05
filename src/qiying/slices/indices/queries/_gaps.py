"""The three gaps between cities, from the values that a released run froze."""

from collections.abc import Mapping
from typing import Any

from qiying.kernel.access import Actor
from qiying.slices.indices.models import Place, Run
from qiying.slices.indices.rules import RunState
from qiying.slices.indices.rules.gaps import NEEDED, County, Gaps, gaps_of


def gaps_run(actor: Actor) -> Run | None:
    """The run released last that looked at everything the gaps need."""
    rows = Run.objects.visible_to(actor).filter(state=RunState.RELEASED)
    for code in NEEDED:
        rows = rows.filter(inputs__nodes__contains=[{"code": code}])
    return rows.select_related("edition").order_by("-released_at", "-id").first()


def gaps(actor: Actor, run: Run) -> list[Gaps]:
    """Each year of a run, the latest first; years without values are left out."""
    cities = dict(
        Place.objects.visible_to(actor).filter(valid_until=None).values_list("adcode", "city")
    )
    leaves = [n["code"] for n in run.inputs["nodes"] if n["kind"] == "Indicator"]
    units = [code for code, _name in run.inputs["units"]]
    found = []
    for at, year in enumerate(run.inputs["years"]):
        rows = run.inputs["values"][at]
        counties = [
            _county(code, cities, dict(zip(leaves, row, strict=True)))
            for code, row in zip(units, rows, strict=True)
        ]
        one = gaps_of(year, counties)
        found += [one] if one is not None else []
    return found[::-1]


def _county(adcode: str, cities: Mapping[str, str], row: Mapping[str, Any]) -> County | None:
    numbers = [row[code] for code in NEEDED]
    if adcode not in cities or any(n is None or n <= 0 for n in numbers):
        return None
    income, people, ratio, middle = numbers
    return County(adcode, cities[adcode], income, people, ratio, middle)
