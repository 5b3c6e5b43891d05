"""Tables of evaluations."""

from qiying.slices.indices.models.boundaries import Boundaries
from qiying.slices.indices.models.dictionary import Indicator, Place, Succession
from qiying.slices.indices.models.editions import Edition, Run
from qiying.slices.indices.models.values import Delivery, Value
from qiying.slices.indices.models.zone import ZoneTarget, ZoneValue

__all__ = [
    "Boundaries",
    "Delivery",
    "Edition",
    "Indicator",
    "Place",
    "Run",
    "Succession",
    "Value",
    "ZoneTarget",
    "ZoneValue",
]
