"""The drawings of a report: the map of tiles and bars of scores."""

from collections.abc import Mapping, Sequence

from qiying.kernel.documents import Box, Drawing, Words
from qiying.slices.indices.models import Place
from qiying.slices.indices.queries._tables import Standing

WIDTH, LABEL, LINE = 158.0, 40.0, 5.4
BAR, GREY, WHITE = (38, 92, 160), (225, 228, 233), (255, 255, 255)
TONES = ((222, 235, 247), (189, 215, 238), (133, 178, 219), (66, 128, 189), (24, 78, 141))
DARK_FROM, SHORT, GAP = 3, 2, 0.5
MOST_HEIGHT = 175.0


def tile_map(
    standings: Sequence[Standing], places: Mapping[str, Place], names: Mapping[str, str]
) -> Drawing | None:
    """One tile for each place that has one, in fifths of the ranking; None when there is none."""
    shown = [
        (s, place.column, place.row)
        for s in standings
        if (place := places.get(s.adcode)) and place.column is not None and place.row is not None
    ]
    if not shown:
        return None
    columns = max(column for _s, column, _row in shown) + 1
    rows = max(row for _s, _column, row in shown) + 1
    side = min(WIDTH / columns, MOST_HEIGHT / rows)
    ranked = sum(s.rank > 0 for s in standings)
    shapes: list[Box | Words] = []
    for standing, column, row in shown:
        shapes += _tile(standing, names[standing.adcode], column * side, row * side, side, ranked)
    return Drawing(columns * side, rows * side, tuple(shapes))


def _tile(
    standing: Standing, name: str, x: float, y: float, side: float, ranked: int
) -> list[Box | Words]:
    fifth = len(TONES) - 1 - (standing.rank - 1) * len(TONES) // ranked if standing.rank else None
    fill = GREY if fifth is None else TONES[fifth]
    ink = WHITE if fifth is not None and fifth >= DARK_FROM else (28, 32, 38)
    short = name[:SHORT] if not name.isascii() else name.split(maxsplit=1)[0][:6]
    points = max(4.0, min(8.0, side * 0.75))
    middle = x + side / 2
    return [
        Box(x, y, side - GAP, side - GAP, fill),
        Words(middle, y + side * 0.34, short, points, "C", ink),
        Words(middle, y + side * 0.7, str(standing.rank or "—"), points, "C", ink),
    ]


def bars(rows: Sequence[tuple[str, float]]) -> Drawing:
    """Horizontal bars from nought, each with its name and number."""
    most = max((value for _name, value in rows), default=0.0) or 1.0
    room = WIDTH - LABEL - 16
    shapes: list[Box | Words] = []
    for n, (name, value) in enumerate(rows):
        y = n * LINE
        long = max(0.0, value) / most * room
        shapes += [
            Words(LABEL - 2, y + LINE / 2, name, 8, "R"),
            Box(LABEL, y + 0.8, max(long, 0.2), LINE - 1.6, BAR),
            Words(LABEL + long + 1.5, y + LINE / 2, f"{value:.2f}", 8),
        ]
    return Drawing(WIDTH, len(rows) * LINE, tuple(shapes))
