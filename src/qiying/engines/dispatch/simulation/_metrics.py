"""What days under a policy come to, and how two policies compare on the same days."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qiying.engines.dispatch._problem import Job, Kind
from qiying.engines.dispatch.simulation._run import END, Record

WAYS = ("late_share", "mean_response_min", "critical_mean_min", "travel_min_per_job")


@dataclass(frozen=True, slots=True)
class Tally:
    """The sums of one day, from which every figure of any set of days follows."""

    jobs: int
    responses: tuple[float, ...]
    late: int
    critical: tuple[float, ...]
    inspections: int
    in_window: int
    visits: int
    travel: float
    overtime: float
    changes: int
    violations: int
    decisions: int
    cpu: tuple[float, ...]
    unserved: int
    night: tuple[int, int] = (0, 0)
    """Emergencies between 22 and 8 o'clock: late ones, all."""


def tally(record: Record) -> Tally:
    """Count a day. An emergency that nobody reached counts as reached at the end of the simulation."""
    emergencies = [s for s in record.jobs.values() if s.job.kind is Kind.EMERGENCY]
    windows = [s for s in record.jobs.values() if s.job.kind is Kind.INSPECTION]
    waits = [(s.started_at or END) - s.job.released_at for s in emergencies]
    jobs = [s.job for s in emergencies]
    met = [s for s in windows if s.started_at is not None and s.started_at <= s.job.closes_at]
    return Tally(
        jobs=len(record.jobs),
        responses=tuple(waits),
        late=sum(late_of(waits, jobs)),
        critical=tuple(w for w, j in zip(waits, jobs, strict=True) if j.weight > 1),
        inspections=len(windows),
        in_window=len(met),
        visits=sum(s.started_at is not None for s in record.jobs.values()),
        travel=record.travel,
        overtime=record.overtime,
        changes=sum(s.changes for s in record.jobs.values()),
        violations=len(record.violations),
        decisions=record.decisions,
        cpu=tuple(record.cpu),
        unserved=sum(s.started_at is None for s in emergencies),
        night=night_of(waits, jobs),
    )


def late_of(waits: Sequence[float], jobs: Sequence[Job]) -> list[bool]:
    """Which emergencies break the last step of their promise."""
    return [w > j.promise[-1].after for w, j in zip(waits, jobs, strict=True)]


def night_of(waits: Sequence[float], jobs: Sequence[Job]) -> tuple[int, int]:
    """How many emergencies of the night are late, and how many there are."""
    late = late_of(waits, jobs)
    found = [b for b, j in zip(late, jobs, strict=True) if not 480 <= j.released_at % 1440 < 1320]
    return sum(found), len(found)


def figures(tallies: Sequence[Tally]) -> dict[str, float]:
    """Return the figures of a set of days; shares of 0 to 1, minutes, CPU seconds."""
    waits = np.array([w for t in tallies for w in t.responses] or [0.0])
    critical = np.array([w for t in tallies for w in t.critical] or [0.0])
    cpu = np.array([c for t in tallies for c in t.cpu] or [0.0])
    p50, p90, p99 = np.percentile(waits, [50, 90, 99])
    visits = max(sum(t.visits for t in tallies), 1)
    windows = sum(t.inspections for t in tallies)
    met = sum(t.in_window for t in tallies)
    found = {
        "jobs": sum(t.jobs for t in tallies),
        "emergencies": sum(len(t.responses) for t in tallies),
        "late_share": sum(t.late for t in tallies) / len(waits),
        "late_share_night": sum(t.night[0] for t in tallies)
        / max(sum(t.night[1] for t in tallies), 1),
        "mean_response_min": waits.mean(),
        "critical_mean_min": critical.mean(),
        "p50_min": p50,
        "p90_min": p90,
        "p99_min": p99,
        "travel_min_per_job": sum(t.travel for t in tallies) / visits,
        "inspections_in_window": met / windows if windows else 1.0,
        "overtime_min_per_job": sum(t.overtime for t in tallies) / visits,
        "changes_per_job": sum(t.changes for t in tallies) / visits,
        "unserved": sum(t.unserved for t in tallies),
        "violations": sum(t.violations for t in tallies),
        "decisions": sum(t.decisions for t in tallies),
        "cpu_s": cpu.sum(),
        "decision_p50_ms": 1000 * np.percentile(cpu, 50),
        "decision_p99_ms": 1000 * np.percentile(cpu, 99),
    }
    return {
        name: float(v) if isinstance(v, float | np.floating) else v for name, v in found.items()
    }


def compare(
    ours: Sequence[Tally], theirs: Sequence[Tally], *, draws: int = 1000, seed: int = 0
) -> dict[str, tuple[float, float, float]]:
    """Return ratio and 95 % bootstrap interval of each figure of less is better, days paired."""
    r = np.random.default_rng(seed)
    picks = [r.integers(len(ours), size=len(ours)) for _ in range(draws)]
    found = {}
    for name in WAYS:
        a = [_two_sums(t, name) for t in ours]
        b = [_two_sums(t, name) for t in theirs]
        mine, other = np.array(a), np.array(b)
        drawn = np.array([_ratio(mine[p].sum(0), other[p].sum(0)) for p in picks])
        known = drawn[~np.isnan(drawn)]
        low, high = np.percentile(known, [2.5, 97.5]) if len(known) else (np.nan, np.nan)
        found[name] = (_ratio(mine.sum(0), other.sum(0)), float(low), float(high))
    return found


def _two_sums(t: Tally, name: str) -> tuple[float, float]:
    """Numerator and denominator of a figure on one day."""
    return {
        "late_share": (float(t.late), float(len(t.responses))),
        "mean_response_min": (sum(t.responses), float(len(t.responses))),
        "critical_mean_min": (sum(t.critical), float(len(t.critical))),
        "travel_min_per_job": (t.travel, float(t.visits)),
    }[name]


def _ratio(
    a: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    b: "np.ndarray[tuple[int], np.dtype[np.float64]]",
) -> float:
    mine, other = a[0] / max(a[1], 1e-12), b[0] / max(b[1], 1e-12)
    return float(mine / other) if other > 0 else float("nan")
