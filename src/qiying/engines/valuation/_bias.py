"""How far somebody's chosen inputs move a value from the defaults."""

from dataclasses import dataclass

from qiying.engines.valuation._result import Valuation


@dataclass(frozen=True, slots=True)
class Shift:
    """Of one asset: by what share P50 moved, which inputs differ, whether a second person is due."""

    asset: str
    moved: float
    changed: tuple[str, ...]
    needs_second_person: bool


def shifts(chosen: Valuation, defaults: Valuation) -> tuple[Shift, ...]:
    """Compare a valuation with that of the default inputs, asset by asset.

    Where the default is worth nothing any value is a move beyond every limit.
    """
    before = {value.id: value for value in defaults.assets}
    ranges = {i.key: (i.low, i.likely, i.high) for i in defaults.inputs}
    changed = [i.key for i in chosen.inputs if ranges.get(i.key) != (i.low, i.likely, i.high)]
    found = []
    for value in chosen.assets:
        other = before.get(value.id)
        now = float(value.range.p50) if value.range else 0.0
        then = float(other.range.p50) if other and other.range else 0.0
        moved = now / then - 1 if then else float(now > 0)
        own = tuple(key for key in changed if key.startswith((f"{value.id}.", *_COMMON)))
        found.append(
            Shift(
                value.id,
                moved,
                own,
                abs(moved) > chosen.params.bias_share or (not then and now > 0),
            )
        )
    return tuple(found)


_COMMON = ("tax", "discount.", "stream.")
