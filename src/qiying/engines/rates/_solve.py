"""From a table and a period to every rate, with its members."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from qiying.engines.rates import _judge as judge
from qiying.engines.rates._definitions import DEFAULTS, VERSION, Definitions
from qiying.engines.rates._links import Returns
from qiying.engines.rates._records import CoTask, Period, Receipt, Round, Table
from qiying.engines.rates._result import (
    CALL_MEASURES,
    COMPOSITE,
    ROUND_MEASURES,
    TASK_MEASURES,
    Declined,
    Figure,
    Finding,
    Kind,
    Sheet,
    digest_of,
    seal_of,
    word_of,
)

MONTH = timedelta(days=30)
_Votes = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class _Scope:
    """What falls into the period, of everybody or of one unit."""

    rounds: Sequence[Round]
    tasks: Sequence[CoTask]
    receipts: Sequence[Receipt]


def rates(
    table: Table,
    period: Period,
    *,
    now: datetime,
    unit: str | None = None,
    definitions: Definitions = DEFAULTS,
) -> Sheet:
    """Count every rate of a period.

    A round belongs to the period in which its answer was due, if that moment has passed at
    ``now``; an overdue open round is among them, one that was declined or withdrawn is not
    (verified closure keeps what was withdrawn from a unit). Each rate is the sum of what the
    members add, over the number of members:

        share = Σ vote(round) / #{round : vote(round) is not None}

    Parameters
    ----------
    table
        Rounds and receipts (see `Table` for how much it has to hold).
    period
        From the start until before the end.
    now
        The moment of counting, with a time zone.
    unit, definitions
        Only this unit's rounds and co-tasks, None for all; the rules.

    Returns
    -------
    Sheet
        Figures by the names of `MEASURES`, the composite, and what the guards noticed.

    Notes
    -----
    The sources of each rule stand in `SOURCES`.
    """
    scope, context = _prepare(table, period, now, definitions)
    return _sheet(_of_unit(scope, unit), context, table.firms, period, now, unit)


def rates_by_unit(
    table: Table, period: Period, *, now: datetime, definitions: Definitions = DEFAULTS
) -> Mapping[str, Sheet]:
    """Count every rate for each unit that has a round or a co-task in the period.

    The arguments are those of `rates`; the counts of all units add up to those of the whole.
    """
    scope, context = _prepare(table, period, now, definitions)
    units = {r.unit for r in scope.rounds} | {t.unit for t in scope.tasks}
    return MappingProxyType(
        {
            unit: _sheet(_of_unit(scope, unit), context, table.firms, period, now, unit)
            for unit in sorted(units)
        }
    )


def _prepare(
    table: Table, period: Period, now: datetime, definitions: Definitions
) -> tuple[_Scope, judge.Context]:
    def falls(at: datetime) -> bool:
        return at in period and at < now

    rounds = [r for r in table.rounds if falls(judge.due_at(r, definitions))]
    tasks = [t for r in table.rounds if r.state != "stopped" for t in r.co_tasks]
    owed = [r for r in rounds if r.state != "stopped"]
    context = judge.Context(
        definitions,
        Returns(table.receipts, definitions),
        judge.put_back(owed, definitions),
    )
    receipts = [c for c in table.receipts if falls(c.received_at)]
    return _Scope(rounds, [t for t in tasks if falls(t.due_at)], receipts), context


def _of_unit(scope: _Scope, unit: str | None) -> _Scope:
    if unit is None:
        return scope
    return _Scope(
        [r for r in scope.rounds if r.unit == unit],
        [t for t in scope.tasks if t.unit == unit],
        [c for c in scope.receipts if c.unit == unit],
    )


def _sheet(
    scope: _Scope,
    context: judge.Context,
    firms: int,
    period: Period,
    now: datetime,
    unit: str | None,
) -> Sheet:
    rules = context.definitions
    seal = seal_of(period.start, period.end, unit, rules)
    found: dict[str, Figure] = {}
    for name in ROUND_MEASURES:
        votes = ((r.id, judge.vote(name, r, context)) for r in scope.rounds)
        found[name] = _figure(name, "round", votes, seal, rules)
    for name in TASK_MEASURES:
        votes = ((t.id, _task_vote(name, t)) for t in scope.tasks)
        found[name] = _figure(name, "task", votes, seal, rules)
    for name in CALL_MEASURES:
        votes = ((c.call, _call_vote(name, c)) for c in scope.receipts)
        found[name] = _figure(name, "call", votes, seal, rules)
    is_provisional = now < period.end + rules.relapse_within
    asked = tuple(sorted(c.call for c in scope.receipts if not c.is_found_by_us))
    per_100, composite = _per_100(len(asked), firms, period), _composite(found, rules)
    return Sheet(
        period,
        unit,
        MappingProxyType(found),
        per_100,
        composite,
        is_provisional,
        _findings(scope, context, is_provisional=is_provisional),
        VERSION,
        _declined(scope.receipts, seal, rules),
        asked,
        firms,
        MappingProxyType(_digests(seal, found, asked, firms)),
    )


def _digests(
    seal: str, found: Mapping[str, Figure], asked: Sequence[int], firms: int
) -> dict[str, str]:
    """The hashes of the two numbers that are no shares, where there are such numbers."""
    hashes = {}
    if firms > 0:
        members = map(str, asked)
        hashes["per_100_firms"] = digest_of(seal, "per_100_firms", members, [f"firms {firms}"])
    if all(found[name].denominator for name in COMPOSITE):
        parts = (found[name].digest for name in COMPOSITE)
        hashes["composite"] = digest_of(seal, "composite", parts, ())
    return hashes


def _task_vote(name: str, task: CoTask) -> float:
    if task.settled_at is None:
        return 0.0
    return float(name == "co_settled" or task.settled_at <= task.due_at)


def _call_vote(name: str, receipt: Receipt) -> float:
    return float(receipt.is_found_by_us if name == "found_by_us" else receipt.is_declined)


def _declined(receipts: Sequence[Receipt], seal: str, rules: Definitions) -> tuple[Declined, ...]:
    """The share of each reason and place among everything that came in."""
    kinds = {(c.declined_as, c.told) for c in receipts if c.is_declined}
    found = []
    for code, told in kinds:
        votes = (
            (c.call, float(c.is_declined and (c.declined_as, c.told) == (code, told)))
            for c in receipts
        )
        found.append(
            Declined(code, told, _figure(f"declined:{code}:{told}", "call", votes, seal, rules))
        )
    return tuple(sorted(found, key=lambda d: (-d.figure.numerator, d.code, d.told)))


def _figure(
    name: str,
    kind: Kind,
    votes: Iterable[tuple[int, float | None]],
    seal: str,
    rules: Definitions,
) -> Figure:
    counted: _Votes = []
    missed: list[int] = []
    for key, value in votes:
        if value:
            counted.append((key, value))
        elif value is not None:
            missed.append(key)
    counted.sort()
    missed.sort()
    digest = digest_of(seal, name, (word_of(*pair) for pair in counted), map(str, missed))
    return Figure(name, kind, tuple(counted), tuple(missed), digest, rules.least_to_rank)


def _per_100(asked: int, firms: int, period: Period) -> float | None:
    if firms <= 0:
        return None
    return asked / (firms / 100) / ((period.end - period.start) / MONTH)


def _composite(found: Mapping[str, Figure], rules: Definitions) -> float | None:
    total = 0.0
    for weight, name in zip(rules.weights, COMPOSITE, strict=True):
        share = found[name].share
        if share is None:
            return None
        total += weight * share
    return total


def _is_near_due(row: Round, near: timedelta) -> bool:
    return any(e.asked_before is not None and e.asked_before < near for e in row.extensions)


def _findings(
    scope: _Scope, context: judge.Context, *, is_provisional: bool
) -> tuple[Finding, ...]:
    rules, rounds = context.definitions, scope.rounds

    def those(test: Callable[[Round], bool]) -> tuple[int, ...]:
        return tuple(sorted(r.id for r in rounds if test(r)))

    came_back = [(r.id, context.returns.of(r)) for r in rounds if r.resolved == "yes"]
    calls = sorted({call for _, after in came_back for call in after})
    rows = (
        ("exclusion_without_code", those(lambda r: r.exclusion == ""), ()),
        (
            "exclusions_over_cap",
            those(lambda r: r.id in context.put_back and r.exclusion != ""),
            (),
        ),
        (
            "called_back_by_own_unit",
            those(lambda r: r.called_back_by is not None and not judge.is_by_other(r)),
            (),
        ),
        ("came_back", tuple(sorted(key for key, after in came_back if after)), tuple(calls)),
        ("merged_kept", those(lambda r: r.merged_into is not None), ()),
        ("withdrawn_kept", those(lambda r: r.is_withdrawn_from_unit), ()),
        (
            "extension_not_counted",
            those(lambda r: any(judge.stretched(r, rules) < e.due_at for e in r.extensions)),
            (),
        ),
        ("extension_near_due", those(lambda r: _is_near_due(r, rules.extension_near)), ()),
    )
    head = (Finding("provisional"),) if is_provisional else ()
    return head + tuple(Finding(*row) for row in rows if row[1])
