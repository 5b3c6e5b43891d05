"""The three gaps of common prosperity (三大差距): between cities, town and country, incomes.

Cities are made of their counties: a city's figure is the mean of its counties weighted by people.
That is a reckoning of ours (测算) from county data, not the figure that a city publishes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from qiying.engines.composite.analysis import theil

INCOME, PEOPLE, RATIO, MIDDLE = "C30", "C38", "C08", "C31"
"""Income a head, residents, income in town over income in the country, households of middle income."""
NEEDED = (INCOME, PEOPLE, RATIO, MIDDLE)


class Gap(StrEnum):
    REGION = "region"
    """Highest over lowest income a head among the cities."""
    COUNTRY = "country"
    """Income in town over income in the country."""
    INCOME = "income"
    """Share of households with 200,000 to 600,000 yuan a year, in per cent: more is better."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a provincial document sets for a gap; ``is_most`` where less is better."""

    gap: Gap
    value: float
    year: int
    source: str
    source_en: str
    grade: str
    is_most: bool = True


PLAN = "《浙江高质量发展建设共同富裕示范区实施方案（2021—2025年）》"
PLAN_EN = "Zhejiang implementation plan of the demonstration zone for common prosperity, 2021-2025"
CONGRESS_EN = "15th provincial congress of the party, Zhejiang, 2022"
GOALS: tuple[Goal, ...] = (
    Goal(Gap.REGION, 1.55, 2025, PLAN, PLAN_EN, "R"),
    Goal(Gap.COUNTRY, 1.9, 2025, PLAN, PLAN_EN, "R"),
    Goal(Gap.COUNTRY, 1.9, 2027, "浙江省第十五次党代会（2022年）", CONGRESS_EN, "B"),
)
"""R is recalled, to be checked with the full text; B was read in a report of the congress."""


@dataclass(frozen=True, slots=True)
class County:
    """A county's numbers of one year."""

    adcode: str
    city: str
    income: float
    people: float
    ratio: float
    middle: float


@dataclass(frozen=True, slots=True)
class City:
    """A city by its counties, means weighted by people; ``spread`` is highest over lowest income."""

    name: str
    counties: int
    people: float
    income: float
    ratio: float
    middle: float
    spread: float
    rank: int


@dataclass(frozen=True, slots=True)
class Gaps:
    """One year: the cities by income, the three gaps, and inequality split by cities (Theil's T)."""

    year: int
    cities: tuple[City, ...]
    values: Mapping[Gap, float]
    theil: float
    theil_between: float
    left_out: int
    """Counties with a value missing, which count nowhere."""


def gaps_of(year: int, counties: Sequence[County | None]) -> Gaps | None:
    """The gaps of a year; None where no county has all that is needed. None stands for a missing one."""
    there = [row for row in counties if row is not None]
    if not there:
        return None
    cities = _ranked([_city(name, there) for name in dict.fromkeys(row.city for row in there)])
    people = np.array([row.people for row in there])
    parts = theil(np.array([row.income for row in there]), [row.city for row in there], people)
    incomes = [city.income for city in cities]
    values = {
        Gap.REGION: max(incomes) / min(incomes),
        Gap.COUNTRY: float(np.average([row.ratio for row in there], weights=people)),
        Gap.INCOME: float(np.average([row.middle for row in there], weights=people)),
    }
    left_out = len(counties) - len(there)
    return Gaps(year, cities, values, parts.total, parts.between, left_out)


def reaches(goal: Goal, value: float) -> bool:
    """Whether a value is as a goal wants it."""
    return value <= goal.value if goal.is_most else value >= goal.value


def _city(name: str, rows: Sequence[County]) -> City:
    own = [row for row in rows if row.city == name]
    people = [row.people for row in own]

    def mean(values: Sequence[float]) -> float:
        return float(np.average(values, weights=people))

    incomes = [row.income for row in own]
    return City(
        name,
        len(own),
        sum(people),
        mean(incomes),
        mean([row.ratio for row in own]),
        mean([row.middle for row in own]),
        max(incomes) / min(incomes),
        0,
    )


def _ranked(cities: Sequence[City]) -> tuple[City, ...]:
    order = sorted(cities, key=lambda city: (-city.income, city.name))
    return tuple(replace(city, rank=rank) for rank, city in enumerate(order, 1))
