"""The strategies, one function each: what a unit would do that wanted better numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from qiying.engines.rates._records import Extension, Receipt, Round, Table
from qiying.engines.rates.gaming import _ground as on
from qiying.engines.rates.gaming._ground import DAY, Ground


@dataclass(frozen=True, slots=True)
class Play:
    """One use of a strategy."""

    name: str
    intensity: float
    seed: int
    now: datetime

    def targets(self, ground: Ground, test: Callable[[Round], bool]) -> list[Round]:
        found = on.first_in_each_call(ground, test)
        return [r for r in found if on.picked(self.name, r, self.intensity, self.seed)]


def _close_and_refile(ground: Ground, play: Play) -> None:
    """Where the firm would say no: have it say yes, and file the rest as a new call."""
    caller = on.strangers(ground.rounds.values())
    for row in play.targets(ground, _will_be_redone):
        later = [r for r in ground.rounds.values() if r.call == row.call and r.number > row.number]
        # Filed before the old one is closed: a rule that looks only after closure would miss it.
        filed_at = min((r.started_at for r in later), default=on.moment(row, play.now))
        call = ground.new_key()
        closing = max(row.closed_at or on.moment(row, play.now), filed_at)
        answered = row.answered_at or closing
        yes = on.said_yes(row, closing, by=caller)
        ground.put(replace(yes, answered_at=answered, closed_at=closing))
        ground.receipts[call] = _same_request(row, call, filed_at)
        for other in later:
            ground.put(replace(other, call=call, number=other.number - row.number))
        ground.touched.append(row.id)


def _same_request(row: Round, call: int, at: datetime) -> Receipt:
    return Receipt(
        call=call,
        received_at=at,
        firm=row.firm,
        matter=row.matter,
        unit=row.unit,
        is_found_by_us=row.is_found_by_us,
    )


def _will_be_redone(row: Round) -> bool:
    is_known = row.firm is not None and row.matter != ""
    return is_known and (
        row.state == "rejected" or (row.state == "closed" and row.reopened_at is not None)
    )


def _exclude_dissatisfied(ground: Ground, play: Play) -> None:
    """Mark those who would complain as not to be called back, with a good-looking code."""
    for row in play.targets(ground, on.is_unhappy):
        ground.end_at(row)
        ground.put(on.closed(row, on.moment(row, play.now), exclusion="SECRET"))
        ground.touched.append(row.id)


def _ask_only_the_happy(ground: Ground, play: Play) -> None:
    """Ring those who would complain when nobody answers, and close them as unreached."""
    for row in play.targets(ground, on.is_unhappy):
        ground.end_at(row)
        ground.put(on.closed(row, on.moment(row, play.now)))
        ground.touched.append(row.id)


def _extend_before_due(ground: Ground, play: Play) -> None:
    """Grant oneself more time, into the next period, for what would be late."""

    def is_late(row: Round) -> bool:
        if row.state == "stopped":
            return False
        return row.answered_at > row.due_at if row.answered_at else row.due_at < play.now

    for row in play.targets(ground, is_late):
        until = max(row.due_at + 31 * DAY, (row.answered_at or play.now) + DAY)
        more = Extension(
            due_at=until,
            asked_by=row.answered_by,
            approved_by=row.answered_by,
        )
        ground.put(replace(row, extensions=(*row.extensions, more)))
        ground.touched.append(row.id)


def _merge_away(ground: Ground, play: Play) -> None:
    """Make what fails a part of another call of the unit, and close it with that."""
    for row in play.targets(ground, lambda r: on.is_failing(r, play.now)):
        parent = _good_call(ground, row)
        if parent is None:
            continue
        ground.end_at(row)
        closing = on.moment(row, play.now)
        ground.put(on.closed(row, closing, answered_at=closing, merged_into=parent))
        ground.touched.append(row.id)


def _good_call(ground: Ground, row: Round) -> int | None:
    good = (
        r.call
        for r in ground.rounds.values()
        if r.unit == row.unit
        and r.call != row.call
        and r.state == "closed"
        and r.resolved == "yes"
    )
    return min(good, default=None)


def _own_callback(ground: Ground, play: Play) -> None:
    """Let somebody of the unit itself ring, and write down a yes."""
    for row in play.targets(ground, lambda r: r.unit != "" and on.is_failing(r, play.now)):
        ground.end_at(row)
        closing = on.moment(row, play.now)
        answered = replace(row, answered_at=row.answered_at or closing)
        ground.put(on.said_yes(answered, closing, by=on.COLLEAGUE, unit=row.unit))
        ground.touched.append(row.id)


def _close_without_answer(ground: Ground, play: Play) -> None:
    """Close what is overdue and was never answered, as if the firm had said yes."""
    caller = on.strangers(ground.rounds.values())
    for row in play.targets(ground, lambda r: r.state == "open" and r.due_at < play.now):
        bare = replace(row, answered_at=None, answered_by=None)
        ground.put(on.said_yes(bare, min(row.due_at, play.now), by=caller))
        ground.touched.append(row.id)


def _persuade_to_withdraw(ground: Ground, play: Play) -> None:
    """Talk the firm into taking back what would count against the unit (劝撤)."""
    for row in play.targets(ground, lambda r: on.is_failing(r, play.now)):
        ground.end_at(row)
        stopped = on.closed(row, play.now, closed_at=None, state="stopped")
        ground.put(replace(stopped, is_withdrawn_from_unit=True))
        ground.touched.append(row.id)


def _pad_with_own_finds(ground: Ground, play: Play) -> None:
    """For each solved call file another, easy one, found by the unit itself (刷单)."""
    solved = play.targets(ground, lambda r: r.state == "closed" and r.resolved == "yes")
    for row in solved:
        call, firm = ground.new_key(), -ground.new_key()
        easy = replace(row, id=ground.new_key(), call=call, number=1, firm=firm, co_tasks=())
        ground.put(replace(easy, is_found_by_us=True, reopened_at=None, rating=5))
        request = replace(_same_request(row, call, row.started_at), firm=firm, is_found_by_us=True)
        ground.receipts[call] = request
        ground.touched.append(easy.id)


STRATEGIES: Mapping[str, Callable[[Ground, Play], None]] = MappingProxyType(
    {
        "close_and_refile": _close_and_refile,
        "exclude_dissatisfied": _exclude_dissatisfied,
        "extend_before_due": _extend_before_due,
        "merge_away": _merge_away,
        "own_callback": _own_callback,
        "close_without_answer": _close_without_answer,
        "ask_only_the_happy": _ask_only_the_happy,
        "persuade_to_withdraw": _persuade_to_withdraw,
        "pad_with_own_finds": _pad_with_own_finds,
    }
)
HELD_BY: Mapping[str, str] = MappingProxyType(
    {
        "close_and_refile": "relapse_from_start",
        "exclude_dissatisfied": "failure_counts_once",
        "extend_before_due": "extension_moves_period",
        "merge_away": "failure_counts_once",
        "own_callback": "callback_by_other",
        "close_without_answer": "needs_answer",
        "ask_only_the_happy": "failure_counts_once",
        "persuade_to_withdraw": "keeps_withdrawn",
        "pad_with_own_finds": "found_by_us_apart",
    }
)
"""The rule of `Definitions` without which a strategy would raise verified closure."""


def apply(
    name: str, table: Table, *, now: datetime, intensity: float = 1.0, seed: int = 0
) -> tuple[Table, tuple[int, ...]]:
    """Return the table after a strategy, and the rounds that it was used on.

    ``intensity`` (0 to 1) is the share of the rounds that it could be used on; the same seed
    picks the same rounds, and a higher intensity picks those and more.
    """
    if not 0 <= intensity <= 1:
        raise ValueError("intensity is a share")
    ground = Ground.of(table)
    STRATEGIES[name](ground, Play(name, intensity, seed, now))
    return ground.table(), tuple(sorted(ground.touched))
