"""What a leader sees: counts, never a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from django.db.models import Q

from qiying.kernel.access import Actor
from qiying.slices.mediation.models import Case, Term
from qiying.slices.mediation.rules import TALKING, Confirmation, Kind, State, TermState

LABOUR_DAYS = 15
"""Art. 14 of the law on labour dispute mediation and arbitration."""
FEW = 3
"""Groups of fewer cases than this are not shown apart: a count of one names a firm."""


@dataclass(frozen=True, slots=True)
class Count:
    """Cases of one kind, or of all."""

    kind: str
    registered: int
    settled: int
    failed: int
    running: int
    days: float | None
    """Median days from the application to the agreement in force."""

    @property
    def success(self) -> float | None:
        """Settled among those that ended in an agreement or without one."""
        ended = self.settled + self.failed
        return self.settled / ended if ended else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers of the cases registered in a period."""

    total: Count
    kinds: Sequence[Count]
    few: int
    """Cases of kinds too rare to be shown apart."""
    terms_due: int
    terms_performed: int
    confirmed: int
    asked: int
    labour_in_time: tuple[int, int]
    """Labour disputes settled within the 15 days, of those settled or whose 15 days are over."""

    @property
    def performed(self) -> float | None:
        return self.terms_performed / self.terms_due if self.terms_due else None


def figures(actor: Actor, *, start: datetime, end: datetime, now: datetime) -> Figures:
    """Counts of the cases registered in [start, end); asked by roles that see no case."""
    fields = ("id", "kind", "state", "applied_on", "effective_on", "confirmation", "failure")
    rows = list(
        Case.objects.filter(tenant_id=actor.tenant_id, opened_at__gte=start, opened_at__lt=end)
        .exclude(state=State.DECLINED)
        .values(*fields)
    )
    by_kind = [_count(k.value, [r for r in rows if r["kind"] == k]) for k in Kind]
    shown = [c for c in by_kind if c.registered >= FEW]
    due, done = _terms(actor, [r["id"] for r in rows], now)
    return Figures(
        _count("", rows),
        sorted(shown, key=lambda c: -c.registered),
        sum(c.registered for c in by_kind if c.registered < FEW),
        due,
        done,
        sum(r["confirmation"] == Confirmation.CONFIRMED for r in rows),
        sum(r["confirmation"] != Confirmation.NOT_ASKED for r in rows),
        _labour_in_time(rows, now.date()),
    )


def _count(kind: str, rows: Sequence[dict[str, Any]]) -> Count:
    settled = [r for r in rows if _is_settled(r)]
    return Count(
        kind,
        len(rows),
        len(settled),
        sum(_is_failed(r) for r in rows),
        sum(r["state"] in TALKING for r in rows),
        _median(settled),
    )


def _is_settled(row: dict[str, Any]) -> bool:
    return row["effective_on"] is not None


def _is_failed(row: dict[str, Any]) -> bool:
    return row["effective_on"] is None and bool(row["failure"])


def _median(rows: Sequence[dict[str, Any]]) -> float | None:
    spans = [(r["effective_on"] - r["applied_on"]).days for r in rows]
    return float(median(spans)) if spans else None


def _labour_in_time(rows: Sequence[dict[str, Any]], today: date) -> tuple[int, int]:
    """What is still open after the 15 days was not settled in time; too few are not told apart."""
    labour = [r for r in rows if r["kind"] == Kind.LABOUR]
    if len(labour) < FEW:
        return 0, 0
    spans = [((r["effective_on"] or today) - r["applied_on"]).days for r in labour]
    met = sum(_is_settled(r) and s <= LABOUR_DAYS for r, s in zip(labour, spans, strict=True))
    late = sum(s > LABOUR_DAYS for s in spans)
    return met, met + late


def _terms(actor: Actor, case_ids: Sequence[int], now: datetime) -> tuple[int, int]:
    """Terms of agreements in force that were due, and those of them performed."""
    rows = Term.objects.filter(
        tenant_id=actor.tenant_id,
        case_id__in=case_ids,
        agreement__is_current=True,
        agreement__effective_on__isnull=False,
    ).filter(Q(due_on__lt=now.date()) | Q(state=TermState.PERFORMED))
    return rows.count(), rows.filter(state=TermState.PERFORMED).count()
