"""The hand-over of a neighbourhood as a table, and its dual run."""

from collections.abc import Mapping
from typing import Any

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
        "agree": _step("lists", "agreement", "handover_agreed", "document", "all_counted"),
        "announce": _step("agreement", "notice", "handover_announced"),
        "transfer": _step("notice", "transfer", "handover_transferred", "receiving_unit"),
        "run_both": _step("transfer", "dual_run", "handover_dual_run"),
        "accept": _step("dual_run", "accept", "handover_accepted", "all_counted", "all_accepted"),
        "close": _step("accept", "closed", "handover_closed"),
        "extend": Step(
            frozenset({"dual_run"}), None, MOVERS, "mandate.handover_extended", ("extended_once",)
        ),
        "dispute": Step(frozenset(DISPUTABLE), "dispute", MOVERS, "mandate.handover_disputed"),
        "settle": Step(frozenset({"dispute"}), None, MOVERS, "mandate.handover_settled"),
    },
)
Lists = Mapping[str, Mapping[str, Any]]
"""For each of the five lists ``listed`` and ``accepted``, and ``is_none`` where it holds nothing."""
TRANSFERRED = frozenset({"transfer", "dual_run", "accept", "closed"})


def is_counted(entry: Mapping[str, Any]) -> bool:
    """Whether somebody counted a list, or said that there is nothing to hand over."""
    return bool(entry.get("is_none")) or entry.get("listed", 0) > 0


def all_counted(lists: Lists) -> bool:
    return all(is_counted(lists.get(name, {})) for name in LISTS)


def all_accepted(lists: Lists) -> bool:
    return all(entry["accepted"] >= entry["listed"] for entry in lists.values())
