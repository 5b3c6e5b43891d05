"""By what cases are judged: criteria with weights, where they come from, how much they may differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from qiying.engines.selection import Criterion, Mark, totals

HUNDREDTH = Decimal("0.01")
WIDE = 15
"""Points of 100 by which two reviewers may differ; beyond, a third one reads."""
REVIEWS, MOST_REVIEWS = 2, 3
PASS_MARK = 60
LEAST_PUBLICITY = 5
"""Working days: 公示不少于 5 个工作日."""
POINTS = range(11)
SOURCE_ZH = "本平台设计（未见外部强制性规定，权重可调整）"
SOURCE_EN = "Design of this platform (no external rule was found; weights may be changed)"
GRADE = "D"


@dataclass(frozen=True, slots=True)
class Yardstick:
    """A criterion as it is published."""

    code: str
    name_zh: str
    name_en: str
    weight: int

    def as_row(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "weight": self.weight,
        }


STANDARD = (
    Yardstick("importance", "问题重要性", "Importance of the problem", 15),
    Yardstick("innovation", "创新性", "Innovation", 25),
    Yardstick("evidence", "成效证据", "Evidence of results", 30),
    Yardstick("replicable", "可复制性", "Replicability", 20),
    Yardstick("cost", "成本合理性", "Cost", 10),
)
TIE_BREAKERS = ("evidence", "innovation", "importance")
"""Between equal scores the means by these criteria decide, in this order."""

Rows = Sequence[Mapping[str, Any]]


def read(rows: Rows) -> tuple[Yardstick, ...]:
    """Criteria as they were frozen in a record."""
    return tuple(Yardstick(r["code"], r["name_zh"], r["name_en"], r["weight"]) for r in rows)


def faults_of(rows: Iterable[Yardstick]) -> str:
    """Why a set of criteria cannot stand, as a code; "" when it can."""
    found = list(rows)
    if len({c.code for c in found}) != len(found) or not 2 <= len(found) <= 10:
        return "casebook.criteria_count"
    if any(c.weight < 1 for c in found) or sum(c.weight for c in found) != 100:
        return "casebook.criteria_weights"
    return ""


def are_points(points: Mapping[str, Any], rows: Rows) -> bool:
    """Whether each criterion has whole points of 0 to 10, and nothing else has."""
    codes = {r["code"] for r in rows}
    whole = all(isinstance(p, int) and not isinstance(p, bool) for p in points.values())
    return set(points) == codes and whole and all(p in POINTS for p in points.values())


def total(points: Mapping[str, int], rows: Rows) -> Decimal:
    """One review in points of 100."""
    yardsticks = read(rows)
    mark = Mark("", "", tuple(float(points[c.code]) for c in yardsticks))
    return Decimal(str(totals([mark], weights(yardsticks))[0].value)).quantize(
        HUNDREDTH, ROUND_HALF_UP
    )


def weights(yardsticks: Iterable[Yardstick]) -> tuple[Criterion, ...]:
    return tuple(Criterion(c.code, float(c.weight)) for c in yardsticks)


def spread(found: Iterable[Decimal]) -> Decimal:
    """By how much reviews differ."""
    values = list(found)
    return max(values) - min(values) if values else Decimal(0)


def reviews_needed(found: Sequence[Decimal]) -> int:
    """Two; a third when the first two differ widely."""
    first = found[:REVIEWS]
    return MOST_REVIEWS if len(first) == REVIEWS and spread(first) > WIDE else REVIEWS


def mean(found: Sequence[Decimal]) -> Decimal | None:
    if not found:
        return None
    return (sum(found, Decimal(0)) / len(found)).quantize(HUNDREDTH, ROUND_HALF_UP)
