"""What each rate counts: switches with their source, and the letter from which they depart."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

VERSION = "1.2.0"
Link = Literal["matter", "unit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """The rules of counting; `SOURCES` says where each comes from.

    Parameters
    ----------
    partly_weight
        What a partly solved round counts in the share of solved ones.
    satisfied_from, strictly_from
        The lowest grade (1 to 5) that is content, and content without reservation.
    relapse_within
        A closure is not verified when the firm comes back within this time after it.
    relapse_from_start
        The time begins with the round, not with its closure: what was filed a second time while
        the first was still in hand is a return as well.
    linked_by
        What the second call must share with the first, besides the firm: matter, unit, or either.
    failure_counts_once
        In verified closure a later round stands below the line only when it is verified itself,
        so a call that failed is one failure however early somebody ended its rounds.
    keeps_withdrawn
        What was withdrawn after a unit had it stays below the line of verified closure.
    found_by_us_apart
        What the zone itself found is neither above nor below the line of verified closure.
    callback_by_other
        Only a call-back by another person and another unit than the one that answered is heard.
    needs_answer
        Without an answer nothing is verified.
    extension_moves_period
        An extension carries the round into the period of the new date.
    extension_by_other
        An extension stretches the time only when somebody else approved it, and it was asked in
        time.
    extension_near
        An extension asked for less than this before the date it moves is named as a finding.
    exclusion_needs_code, exclusion_cap
        A round left out of call-back needs a code; of a unit's call-backs at most this share may
        be left out. What is beyond counts as asked and not solved.
    least_to_rank
        A figure with fewer members is shown and not ranked.
    weights
        Of response, solved and satisfied in the composite; they add up to one.
    """

    partly_weight: float = 0.5
    satisfied_from: int = 3
    strictly_from: int = 4
    relapse_within: timedelta = timedelta(days=30)
    relapse_from_start: bool = True
    linked_by: tuple[Link, ...] = ("matter",)
    failure_counts_once: bool = True
    keeps_withdrawn: bool = True
    found_by_us_apart: bool = True
    callback_by_other: bool = True
    needs_answer: bool = True
    extension_moves_period: bool = False
    extension_by_other: bool = True
    extension_near: timedelta = timedelta(days=2)
    exclusion_needs_code: bool = True
    exclusion_cap: float = 0.10
    least_to_rank: int = 30
    weights: tuple[float, float, float] = (0.30, 0.35, 0.35)

    def __post_init__(self) -> None:
        if not 0 <= self.partly_weight <= 1 or not 0 <= self.exclusion_cap <= 1:
            raise ValueError("partly_weight and exclusion_cap are shares")
        if not 1 <= self.satisfied_from <= self.strictly_from <= 5:
            raise ValueError("grades run from 1 to 5, the strict one not below the other")
        if min(self.relapse_within, self.extension_near) < timedelta(0) or self.least_to_rank < 0:
            raise ValueError("times and counts cannot be negative")
        if abs(sum(self.weights) - 1) > 1e-9 or min(self.weights) < 0:
            raise ValueError("weights are shares and add up to one")

    @property
    def key(self) -> str:
        """The rules as one line of text, the same for the same rules; part of every hash."""
        return ";".join(f"{field.name}={getattr(self, field.name)}" for field in fields(self))


DEFAULTS = Definitions()
LETTER = Definitions(
    relapse_from_start=False,
    failure_counts_once=False,
    keeps_withdrawn=False,
    found_by_us_apart=False,
    callback_by_other=False,
    needs_answer=False,
    extension_moves_period=True,
    extension_by_other=False,
    exclusion_needs_code=False,
    exclusion_cap=1.0,
)
"""The formulas alone, without any rule against gaming: what the simulator compares with."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from, in both languages; ``grade`` as in the register of powers.

    ``R``: read in the source itself; ``P``: a page that reports it; ``O``: our own rule.
    """

    zh: str
    en: str
    grade: Literal["R", "P", "O"]


_FOUND = Source("由虚报推演发现并补设", "found by the gaming simulator", "O")
_OURS = Source("平台默认，可调整", "our default, may be changed", "O")
SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "partly_weight": _OURS,
        "satisfied_from": Source(
            "国务院办公厅关于政务服务“好差评”的意见（2019 年）",
            "opinions of the State Council's office on rating services, five grades (2019)",
            "P",
        ),
        "strictly_from": _OURS,
        "relapse_within": Source(
            "与企业可申请重办的期限一致", "the time in which a firm may re-open", "O"
        ),
        "relapse_from_start": _FOUND,
        "linked_by": _OURS,
        "failure_counts_once": _FOUND,
        "keeps_withdrawn": _FOUND,
        "found_by_us_apart": Source(
            "衢州做法：主动发现单列", "practice of Quzhou: own finds stand apart", "P"
        ),
        "callback_by_other": Source(
            "济南市12345市民服务热线条例第二十七条、第三十二条",
            "Jinan regulations on the 12345 hotline, articles 27 and 32",
            "R",
        ),
        "needs_answer": Source(
            "北京市接诉即办工作条例", "Beijing regulations on handling complaints at once", "R"
        ),
        "extension_moves_period": _FOUND,
        "extension_by_other": Source(
            "泉州企业问题办理流程：到期前一个工作日申请",
            "procedure of Quanzhou: asked for a working day before it is due",
            "P",
        ),
        "extension_near": _OURS,
        "exclusion_needs_code": _OURS,
        "exclusion_cap": _OURS,
        "least_to_rank": _OURS,
        "weights": Source("参照准格尔旗 30/35/35", "after Jungar Banner's 30/35/35", "P"),
    }
)
"""Response, solved and satisfied as the core of assessment: 北京市接诉即办工作条例 32 (read)."""
