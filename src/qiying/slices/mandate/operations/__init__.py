"""Everything that can happen to the register, and every answer it gives."""

from qiying.slices.mandate.operations._bulk import decide_file
from qiying.slices.mandate.operations._decide import (
    DECIDERS,
    Asked,
    decide,
    propose,
    replay,
    replay_all,
    ruling,
)
from qiying.slices.mandate.operations._lint import lint
from qiying.slices.mandate.operations._register import (
    EDITORS,
    LoadReport,
    add_matter,
    load_rows,
    publish,
    revise,
    withdraw,
)
from qiying.slices.mandate.operations._ruling import ReasonLine, RejectedLine, Ruling, SplitLine
from qiying.slices.mandate.operations._seeds import UnitSeed, load_seeds, rows_from, unit_seeds
from qiying.slices.mandate.operations._transfers import (
    ADJUDICATORS,
    advance_handover,
    count_list,
    delegate,
    end_delegation,
    open_handover,
    record_handover,
    record_precedent,
)
from qiying.slices.mandate.operations._world import Worlds, worlds

__all__ = [
    "ADJUDICATORS",
    "DECIDERS",
    "EDITORS",
    "Asked",
    "LoadReport",
    "ReasonLine",
    "RejectedLine",
    "Ruling",
    "SplitLine",
    "UnitSeed",
    "Worlds",
    "add_matter",
    "advance_handover",
    "count_list",
    "decide",
    "decide_file",
    "delegate",
    "end_delegation",
    "lint",
    "load_rows",
    "load_seeds",
    "open_handover",
    "propose",
    "publish",
    "record_handover",
    "record_precedent",
    "replay",
    "replay_all",
    "revise",
    "rows_from",
    "ruling",
    "unit_seeds",
    "withdraw",
    "worlds",
]
