"""Why a deadline is what it is."""

from dataclasses import dataclass

from qiying.engines.worktime._params import Params
from qiying.engines.worktime._problem import Rule
from qiying.engines.worktime._result import Reason

START_DAY = Reason("start_day_not_counted")


@dataclass(slots=True)
class Facts:
    """What happened while a deadline was derived; zero where nothing did."""

    waited_minutes: int
    holidays: int
    make_up_days: int
    rolled_days: int
    extension: float
    paused: float
    pauses: int
    paused_days: int
    pauses_running: int
    unknown_years: tuple[int, ...]


def explain(rule: Rule, facts: Facts, params: Params) -> tuple[Reason, ...]:
    """Return the reasons that apply, in the order of `REASON_CODES`."""
    counted = (
        ("received_at_next_opening", "minutes", facts.waited_minutes),
        ("holidays_skipped", "days", facts.holidays),
        ("make_up_days_counted", "days", facts.make_up_days),
        ("rolled_to_working_day", "days", facts.rolled_days),
        ("extended", "amount", facts.extension),
    )
    reasons = [START_DAY] if rule.is_in_days else []
    reasons += [Reason(code, ((unit, value),)) for code, unit, value in counted if value]
    if facts.pauses:
        reasons += _about_pauses(facts, params)
    reasons += [Reason("year_unknown", (("year", year),)) for year in facts.unknown_years]
    return tuple(reasons)


def _about_pauses(facts: Facts, params: Params) -> list[Reason]:
    reasons = [Reason("paused", (("amount", facts.paused), ("pauses", facts.pauses)))]
    if facts.pauses_running:
        reasons.append(Reason("pause_running", (("pauses", facts.pauses_running),)))
    if facts.pauses > params.max_pauses or facts.paused_days > params.max_paused_days:
        numbers = (("pauses", facts.pauses), ("working_days", facts.paused_days))
        reasons.append(Reason("pause_cap_exceeded", numbers))
    return reasons
