"""What an evaluation is, without framework: codes, tree, values from a file, reckoning."""

from qiying.slices.indices.rules.codes import (
    GRADES,
    MAX_NAME,
    MAX_PLAN,
    MAX_TEXT,
    DataKind,
    PlaceKind,
    RunState,
)
from qiying.slices.indices.rules.comparing import Beside, Turn, beside, obstacles_of
from qiying.slices.indices.rules.deliveries import Fault, Known, Line, lines_of
from qiying.slices.indices.rules.reckoning import (
    content_hash,
    cube_from,
    inputs_of,
    moved,
    plan_from,
    reckon,
)
from qiying.slices.indices.rules.tree import Branch, read_tree

__all__ = [
    "GRADES",
    "MAX_NAME",
    "MAX_PLAN",
    "MAX_TEXT",
    "Beside",
    "Branch",
    "DataKind",
    "Fault",
    "Known",
    "Line",
    "PlaceKind",
    "RunState",
    "Turn",
    "beside",
    "content_hash",
    "cube_from",
    "inputs_of",
    "lines_of",
    "moved",
    "obstacles_of",
    "plan_from",
    "read_tree",
    "reckon",
]
