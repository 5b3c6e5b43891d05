"""Everything that can happen in mediation; the only writer."""

from datetime import datetime
from typing import Any

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Refused
from qiying.slices.mediation.models import Case
from qiying.slices.mediation.operations._move import begin, end
from qiying.slices.mediation.operations._open import (
    KEEPERS,
    OPENERS,
    PartyIn,
    list_mediator,
    open_case,
    unlist_mediator,
)
from qiying.slices.mediation.operations._remind import rederive, remind, sweep
from qiying.slices.mediation.operations._steps import STEPS
from qiying.slices.mediation.operations._terms import TermIn

__all__ = [
    "KEEPERS",
    "OPENERS",
    "STEPS",
    "PartyIn",
    "TermIn",
    "list_mediator",
    "open_case",
    "rederive",
    "remind",
    "sweep",
    "take",
    "unlist_mediator",
]


def take(
    actor: Actor,
    case_id: int,
    step: str,
    *,
    now: datetime,
    version: int | None = None,
    **inputs: Any,
) -> Case:
    """Take a step of the table on a case.

    ``version`` is the case's as the actor saw it; when somebody was faster the step is refused.
    The inputs of each step stand in ``rules.ROWS[step].inputs``.
    """
    with tenancy.acting(actor):
        move = begin(actor, case_id, step, inputs, now=now)
        if version is not None and version != move.case.version:
            raise Refused("mediation.moved_on")
        STEPS[step](move)
        return end(move)
