"""The pause ledger as disjoint spans, whatever the order of its rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from qiying.engines.worktime._clock import (
    Span,
    WorkingDays,
    excluded_between,
    from_tick,
    to_tick,
)
from qiying.engines.worktime._params import Params
from qiying.engines.worktime._problem import Pause

FOREVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Running:
    """An open excluded pause: since when, and until when it is taken to last."""

    from_at: datetime
    until_at: datetime
    is_by_cap: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """The excluded pauses of a period: spans in ticks of its clock, and working days in all."""

    spans: tuple[Span, ...] = ()
    running: tuple[Running, ...] = ()
    paused_days: int = 0


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join spans that overlap or touch."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def spans_until(pauses: Iterable[Pause], end: int, zone: tzinfo) -> tuple[Span, ...]:
    """Return the excluded spans as they stand at a tick: what is open then runs on."""
    return merge(
        (to_tick(row.from_at, zone), end if row.to_at is None else to_tick(row.to_at, zone))
        for row in pauses
        if row.is_excluded and to_tick(row.from_at, zone) < end
    )


def settle(
    pauses: Sequence[Pause], start_at: datetime, days: WorkingDays, zone: tzinfo, params: Params
) -> Ledger:
    """Join the excluded pauses after ``start_at`` and give each open one an end.

    ``days`` is the working-day clock, because the cap on pauses counts working days whatever the
    period is counted in; ``zone`` is that of the ticks to return.
    """
    base = days.base(to_tick(start_at, days.zone))
    rows = [row for row in pauses if row.is_excluded]
    ended = [(row.from_at, row.to_at) for row in rows if row.to_at and row.to_at > start_at]
    used = _paused_days(ended, base, days)
    left = max(1, params.max_paused_days - used)
    running = tuple(_expect(row, start_at, base, left, days) for row in rows if row.to_at is None)
    ended += [(row.from_at, row.until_at) for row in running]
    return Ledger(
        spans=merge((to_tick(start, zone), to_tick(end, zone)) for start, end in ended),
        running=running,
        paused_days=_paused_days(ended, base, days) if running else used,
    )


def _paused_days(rows: Iterable[tuple[datetime, datetime]], base: int, days: WorkingDays) -> int:
    spans = merge((to_tick(start, days.zone), to_tick(end, days.zone)) for start, end in rows)
    return excluded_between(days, base, FOREVER, spans)


def _expect(row: Pause, start_at: datetime, base: int, left: int, days: WorkingDays) -> Running:
    from_at = max(row.from_at, start_at).astimezone(days.zone)
    if row.expected_to_at is not None:
        until_at = max(row.expected_to_at.astimezone(days.zone), from_at)
        return Running(from_at, until_at, is_by_cap=False)
    paused_from = max(base, days.passed(to_tick(from_at, days.zone)))
    reopens = days.opening_of(paused_from + left + 1)
    return Running(from_at, from_tick(reopens, days.zone), is_by_cap=True)
