"""What holds a place back and why its score moved, as its page says it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from qiying.kernel.language import is_chinese
from qiying.slices.indices import queries
from qiying.slices.indices.models import Run, labels
from qiying.slices.indices.queries import Standing
from qiying.slices.indices.views import shared

SHOWN, NOTHING = 5, 0.005


def change(row: Run, adcode: str, year: int) -> list[dict[str, str]]:
    """Parts of the change from the year before, of the last year only."""
    return [
        {"label": labels.word(labels.CAUSES, cause), "value": shared.signed(part, 3)}
        for cause, part in queries.change_of(row, adcode, year=year).items()
    ]


def told(row: Run, standing: Standing, adcode: str, year: int) -> str:
    """The same in one or two sentences; empty where no change is known."""
    parts = {c: p for c, p in queries.change_of(row, adcode, year=year).items() if p is not None}
    moved = standing.moved
    if not parts or moved is None:
        return ""
    if abs(moved) < NOTHING:
        said = _("Against the year before the score stayed as it was.")
    elif moved > 0:
        said = _("Against the year before the score rose by %(points)s points.")
    else:
        said = _("Against the year before the score fell by %(points)s points.")
    cause, part = max(parts.items(), key=lambda item: abs(item[1]))
    most = _("What counted most: %(cause)s (%(part)s points).")
    values = {"cause": labels.word(labels.CAUSES, cause), "part": shared.signed(part)}
    gap = "" if is_chinese() else " "
    return f"{said % {'points': f'{abs(moved):.2f}'}}{gap}{most % values}"


def holding(row: Run, adcode: str, year: int, words: Mapping[str, Any]) -> list[dict[str, str]]:
    """The largest obstacle factors with their shares."""
    names = queries.names_of(row)
    return [
        {
            "code": o.code,
            "name": shared.name_of(words[o.code]) if o.code in words else o.code,
            "group": names[o.parent],
            "share": f"{100 * o.share:.1f} %",
        }
        for o in queries.obstacles(row, adcode, year=year)[:SHOWN]
    ]
