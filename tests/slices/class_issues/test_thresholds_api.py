"""The thresholds of class issues by the interface."""

from typing import Any

import pytest

from qiying.slices.class_issues.rules import DEFAULTS
from tests.slices.machine import Machine, faults
from tests.slices.world import World


@pytest.fixture
def ask(world: World) -> Any:
    return lambda name: Machine(world, name, "/class-issues")


def test_thresholds_are_set_with_a_reason_and_every_setting_is_kept(ask: Any) -> None:
    assert ask("analyst").get("/thresholds") == DEFAULTS.plain()
    body = {**DEFAULTS.plain(), "min_firms": 5, "reason": "企业多，三家太少"}
    put = ask("supervisor").post("/thresholds", body, method="put")
    assert put["min_firms"] == 5
    again = {**body, "min_firms": 4, "reason": "折中"}
    ask("admin").post("/thresholds", again, method="put")
    assert ask("analyst").get("/thresholds")["min_firms"] == 4
    kept = ask("analyst").get("/thresholds/settings")
    assert [(row["min_firms"], row["reason"]) for row in kept] == [
        (4, "折中"),
        (5, "企业多，三家太少"),
    ]


def test_a_threshold_that_cannot_be_is_named(ask: Any) -> None:
    body = {**DEFAULTS.plain(), "min_firms": 0, "reason": "试"}
    wrong = ask("supervisor").post("/thresholds", body, 422, method="put")
    assert set(faults(wrong)) == {"min_firms"}
    ask("analyst").post("/thresholds", {**body, "min_firms": 3}, 403, method="put")
