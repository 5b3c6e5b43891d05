"""What an evaluation is, without framework: codes, tree, values from a file, reckoning."""

from qiying.slices.indices.rules.cells import Fault
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
from qiying.slices.indices.rules.deliveries import Known, Line, lines_of
from qiying.slices.indices.rules.reckoning import (
    content_hash,
    cube_from,
    inputs_of,
    moved,
    plan_from,
    reckon,
)
from qiying.slices.indices.rules.tree import Branch, read_tree
from qiying.slices.indices.rules.yearbook import Column, Sheet, is_plain, lay_out, table_of

__all__ = [
    "GRADES",
    "MAX_NAME",
    "MAX_PLAN",
    "MAX_TEXT",
    "Beside",
    "Branch",
    "Column",
    "DataKind",
    "Fault",
    "Known",
    "Line",
    "PlaceKind",
    "RunState",
    "Sheet",
    "Turn",
    "beside",
    "content_hash",
    "cube_from",
    "inputs_of",
    "is_plain",
    "lay_out",
    "lines_of",
    "moved",
    "obstacles_of",
    "plan_from",
    "read_tree",
    "reckon",
    "table_of",
]
