"""Charts drawn on the server as SVG.

One drawing serves screen, dark mode and paper: colours are classes that the style sheet fills in,
positions are SVG attributes, so no inline style is needed and the strict content policy holds.
The plot stretches with its card while the axis text keeps its size. Every chart carries its
numbers as a table for screen readers and is read by arrow keys where it has an axis.
"""

from qiying.kernel.charts._marks import donut, hbar, heat, spark
from qiying.kernel.charts._plot import chart, legend, nice_ticks
from qiying.kernel.charts._values import Bar, Part, Series

__all__ = [
    "Bar",
    "Part",
    "Series",
    "chart",
    "donut",
    "hbar",
    "heat",
    "legend",
    "nice_ticks",
    "spark",
]
