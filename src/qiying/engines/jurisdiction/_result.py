from dataclasses import dataclass
from typing import Any

from qiying.engines.jurisdiction._canonical import digest_of
from qiying.engines.jurisdiction._codes import Rule, Side
from qiying.engines.jurisdiction._params import Params

Number = float | int | str | bool


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that fired, its numbers, and what it rests on with the grade of that evidence."""

    rule: Rule
    params: tuple[tuple[str, Number], ...] = ()
    source: str = ""
    article: str = ""
    grade: str = "D"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A unit that could have led, and the rule that rejected it."""

    unit: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class SplitTask:
    """One unit's part of a line or area that crosses the boundary.

    ``amount`` is in metres for lines, square metres for areas; shares add up to 1.
    """

    unit: str
    side: Side
    amount: float
    share: float


@dataclass(frozen=True, slots=True)
class Decision:
    """Who leads, who co-handles, and why.

    Parameters
    ----------
    matter, case_digest
        What was asked, and the digest of all that was stated.
    rule
        The rule that decided.
    lead, co
        The one lead, or ``None`` while the county adjudicates; co-handlers in order.
    candidates
        The units to choose from when confirmation or adjudication is needed; after danger
        (J1) the units among which ownership is settled afterwards.
    side, distance_m
        Where the object lies, and its distance to the nearest boundary: positive inside,
        negative outside, 0 where it crosses or touches, ``None`` where unknown.
    township
        Unit of the township that holds the object, or the greatest part of it.
    reasons, rejected
        Rules fired in order; units passed over.
    confidence
        Between 0 and 1: how sure the place is, times the evidence of the row.
    needs_confirmation, needs_adjudication
        The lead is a proposal that a person confirms; nobody leads until the county decides.
    split_tasks
        Parts of a LINEAR object that crosses the boundary.
    versions
        Engine, register and boundaries used.
    params
        Parameters used.
    """

    matter: str
    case_digest: str
    rule: Rule
    lead: str | None
    co: tuple[str, ...]
    candidates: tuple[str, ...]
    side: Side
    distance_m: float | None
    township: str | None
    reasons: tuple[Reason, ...]
    rejected: tuple[Rejected, ...]
    confidence: float
    needs_confirmation: bool
    needs_adjudication: bool
    split_tasks: tuple[SplitTask, ...]
    versions: tuple[tuple[str, str], ...]
    params: Params

    def as_json(self) -> dict[str, Any]:
        """Plain values in a fixed shape; metres to the millimetre, shares to six places."""
        return {
            "matter": self.matter,
            "case_digest": self.case_digest,
            "rule": self.rule.value,
            "lead": self.lead,
            "co": list(self.co),
            "candidates": list(self.candidates),
            "side": self.side.value,
            "distance_m": None if self.distance_m is None else _plain(self.distance_m),
            "township": self.township,
            "reasons": [_reason(reason) for reason in self.reasons],
            "rejected": [{"unit": row.unit, "rule": row.rule.value} for row in self.rejected],
            "confidence": round(self.confidence, 4),
            "needs_confirmation": self.needs_confirmation,
            "needs_adjudication": self.needs_adjudication,
            "split_tasks": [_task(task) for task in self.split_tasks],
            "versions": dict(self.versions),
            "params": self.params.as_json(),
        }

    def digest(self) -> str:
        """SHA-256 of the canonical record, hexadecimal: replay must give the same."""
        return digest_of(self.as_json())


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "rule": reason.rule.value,
        "params": {name: _plain(value) for name, value in reason.params},
        "source": reason.source,
        "article": reason.article,
        "grade": reason.grade,
    }


def _task(task: SplitTask) -> dict[str, Any]:
    return {
        "unit": task.unit,
        "side": task.side.value,
        "amount": _plain(task.amount),
        "share": round(task.share, 6),
    }


def _plain(value: Number) -> Number:
    # Adding zero turns -0.0 into 0.0: equal numbers must have one digest.
    return round(value, 3) + 0.0 if isinstance(value, float) else value
