"""What other slices may ask of the register of powers and duties, and have done."""

from datetime import date

from django.utils.functional import Promise

from qiying.slices.mandate import rules
from qiying.slices.mandate.models import labels
from qiying.slices.mandate.operations import (
    Asked,
    LoadReport,
    ReasonLine,
    RejectedLine,
    Ruling,
    SplitLine,
    UnitSeed,
    add_matter,
    advance_handover,
    decide,
    delegate,
    lint,
    load_seeds,
    open_handover,
    propose,
    publish,
    record_handover,
    record_precedent,
    replay,
    replay_all,
    revise,
    ruling,
    unit_seeds,
)
from qiying.slices.mandate.operations._decide import rulings
from qiying.slices.mandate.queries import MatterCard, figures, matter, matters, stretch
from qiying.slices.mandate.rules import ObjectKind
from qiying.slices.mandate.rules import Row as MatterRow

__all__ = [
    "EVIDENCE",
    "Asked",
    "LoadReport",
    "MatterCard",
    "MatterRow",
    "ObjectKind",
    "ReasonLine",
    "RejectedLine",
    "Ruling",
    "SplitLine",
    "UnitSeed",
    "add_matter",
    "advance_handover",
    "decide",
    "delegate",
    "dual_run_until",
    "figures",
    "lint",
    "load_seeds",
    "matter",
    "matters",
    "object_kinds",
    "open_handover",
    "propose",
    "publish",
    "record_handover",
    "record_precedent",
    "replay",
    "replay_all",
    "revise",
    "ruling",
    "rulings",
    "stretch",
    "unit_seeds",
]

EVIDENCE = labels.EVIDENCE
"""What each grade of evidence means, in words."""


def dual_run_until(transferred_on: date) -> date:
    """Until when zone and township run a neighbourhood together that changed hands on a day."""
    return rules.months_after(transferred_on, rules.DUAL_RUN_MONTHS)


def object_kinds() -> list[tuple[str, Promise | str]]:
    """The kinds of object that a call can be about, with their words."""
    return [(str(code), label) for code, label in labels.ObjectKind.choices]
