"""Everything that can happen to evaluations; the only writer."""

from qiying.slices.indices.operations._boundaries import bring_boundaries
from qiying.slices.indices.operations._dictionary import IndicatorIn, define, take_over
from qiying.slices.indices.operations._editions import open_edition, release, run_edition
from qiying.slices.indices.operations._values import deliver
from qiying.slices.indices.operations._zone import deliver_zone, set_target

__all__ = [
    "IndicatorIn",
    "bring_boundaries",
    "define",
    "deliver",
    "deliver_zone",
    "open_edition",
    "release",
    "run_edition",
    "set_target",
    "take_over",
]
