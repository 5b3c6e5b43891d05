"""The hand-over of a neighbourhood as a table, and its dual run."""

from datetime import date

from qiying.kernel.access import Role
from qiying.kernel.lifecycle import Lifecycle, Step

MOVERS = frozenset({Role.ADMINISTRATOR, Role.ZONE_LEADER, Role.SUPERVISOR, Role.SYSTEM})
LISTS = ("people", "assets", "archives", "money", "contracts")
"""The five lists 五清单 that both sides sign."""
DISPUTABLE = ("lists", "agreement", "notice", "transfer", "dual_run")
DUAL_RUN_MONTHS = 3


def _step(source: str, target: str, event: str, *guards: str) -> Step:
    return Step(frozenset({source}), target, MOVERS, f"mandate.{event}", guards)


HANDOVER = Lifecycle(
    name="handover",
    initial="survey",
    final=frozenset({"closed"}),
    steps={
        "list": _step("survey", "lists", "handover_listed"),
        "agree": _step("lists", "agreement", "handover_agreed", "document"),
        "announce": _step("agreement", "notice", "handover_announced"),
        "transfer": _step("notice", "transfer", "handover_transferred", "receiving_unit"),
        "run_both": _step("transfer", "dual_run", "handover_dual_run"),
        "accept": _step("dual_run", "accept", "handover_accepted", "all_accepted"),
        "close": _step("accept", "closed", "handover_closed"),
        "extend": Step(
            frozenset({"dual_run"}), None, MOVERS, "mandate.handover_extended", ("extended_once",)
        ),
        "dispute": Step(frozenset(DISPUTABLE), "dispute", MOVERS, "mandate.handover_disputed"),
        "settle": Step(frozenset({"dispute"}), None, MOVERS, "mandate.handover_settled"),
    },
)
TRANSFERRED = frozenset({"transfer", "dual_run", "accept", "closed"})


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise ValueError(day)
