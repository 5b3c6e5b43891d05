"""What other slices may ask of the register of powers and duties, and have done."""

from django.utils.functional import Promise

from qiying.slices.mandate.models import labels
from qiying.slices.mandate.operations import (
    Asked,
    LoadReport,
    ReasonLine,
    RejectedLine,
    Ruling,
    SplitLine,
    UnitSeed,
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
from qiying.slices.mandate.queries import MatterCard, figures, matter, matters
from qiying.slices.mandate.rules import ObjectKind

__all__ = [
    "Asked",
    "LoadReport",
    "MatterCard",
    "ObjectKind",
    "ReasonLine",
    "RejectedLine",
    "Ruling",
    "SplitLine",
    "UnitSeed",
    "advance_handover",
    "decide",
    "delegate",
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
    "side_label",
    "unit_seeds",
]


def object_kinds() -> list[tuple[str, Promise | str]]:
    """The kinds of object that a call can be about, with their words."""
    return [(str(code), label) for code, label in labels.ObjectKind.choices]


def side_label(side: str) -> str:
    """On which side of the boundary, in the reader's language."""
    return str(labels.SIDES.get(side, side))
