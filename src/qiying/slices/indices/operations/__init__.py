"""Everything that can happen to evaluations; the only writer."""

from qiying.slices.indices.operations._dictionary import IndicatorIn, define, take_over
from qiying.slices.indices.operations._editions import open_edition, release, run_edition
from qiying.slices.indices.operations._values import deliver

__all__ = [
    "IndicatorIn",
    "define",
    "deliver",
    "open_edition",
    "release",
    "run_edition",
    "take_over",
]
