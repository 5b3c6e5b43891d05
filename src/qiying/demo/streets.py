"""The bent street plan: nodes, street pieces and blocks on the sheet.

The plan is drawn as a chequer board (`data/plan.toml`) and then bent: turned, pushed along two
slow waves and loosened node by node, so that streets run the way a river valley makes them run.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Point, Polygon

from qiying.demo.chance import stream
from qiying.demo.packaged import read_toml

Node = tuple[int, int]
Points = NDArray[np.float64]

_TURN = np.radians(13.0)
_LOOSE_M = 38.0
_STEP_M = 60.0
_RIVER_HALF_WIDTH_M = 135.0
OPEN_COUNTRY = "."
RIVER = "~"


@dataclass(frozen=True, slots=True)
class Plan:
    """The hand-drawn plan: blocks by row and column, street positions, what is a main road."""

    blocks: tuple[str, ...]
    across: tuple[float, ...]
    down: tuple[float, ...]
    main_streets: frozenset[int]
    main_avenues: frozenset[int]
    bridges: frozenset[int]
    walls: tuple[tuple[str, str], ...]
    quay: tuple[str, int, int, int]

    def use(self, row: int, column: int) -> str:
        """What stands on a block; open country beyond the plan's edge."""
        if 0 <= row < len(self.blocks) and 0 <= column < len(self.blocks[0]):
            return self.blocks[row][column]
        return OPEN_COUNTRY


@dataclass(frozen=True, slots=True)
class Piece:
    """A street between two neighbouring crossings. `line` numbers the street or the avenue."""

    is_street: bool
    line: int
    start: Node
    end: Node
    shape: LineString


@dataclass(frozen=True, slots=True)
class Block:
    """A built block with its letter of the plan."""

    use: str
    shape: Polygon
    is_quay: bool = False


@cache
def plan() -> Plan:
    """The zone's plan."""
    raw = read_toml("plan")
    west, north = raw["origin"]
    return Plan(
        blocks=tuple(raw["blocks"]),
        across=tuple(float(x) for x in np.cumsum([-west, *raw["west_east"]])),
        down=tuple(float(north - y) for y in np.cumsum([0, *raw["north_south"]])),
        main_streets=frozenset(raw["main_streets"]),
        main_avenues=frozenset(raw["main_avenues"]),
        bridges=frozenset(raw["bridges"]),
        walls=tuple(raw["walls"].items()),
        quay=tuple(raw["quay"]),
    )


def bend(u: Points, v: Points) -> Points:
    """Positions on the sheet (n × 2, metres) of positions on the drawing board."""
    x = u + 360.0 * np.sin(v / 2400.0 + 0.4)
    y = v + 520.0 * np.sin(u / 2700.0 - 0.5) + 60.0 * np.sin(u / 1250.0)
    return np.column_stack(
        (x * np.cos(_TURN) - y * np.sin(_TURN), x * np.sin(_TURN) + y * np.cos(_TURN))
    )


def bent(points: list[tuple[float, float]], *, step: float = _STEP_M) -> Points:
    """A chain of the drawing board as a smooth chain of the sheet."""
    chain: list[tuple[float, float]] = [points[0]]
    for (u0, v0), (u1, v1) in pairwise(points):
        count = max(1, round(float(np.hypot(u1 - u0, v1 - v0)) / step))
        chain += [
            (u0 + (u1 - u0) * k / count, v0 + (v1 - v0) * k / count) for k in range(1, count + 1)
        ]
    board = np.asarray(chain, dtype=np.float64)
    return bend(board[:, 0], board[:, 1])


def nodes(seed: int) -> dict[Node, tuple[float, float]]:
    """Crossings (row line, column line) on the drawing board, loosened but on main roads."""
    drawn = plan()
    loosen = stream(seed, "nodes").uniform(
        -_LOOSE_M, _LOOSE_M, (len(drawn.down), len(drawn.across), 2)
    )
    return {
        (row, column): (
            u + (0.0 if column in drawn.main_streets else float(loosen[row, column, 0])),
            v + (0.0 if row in drawn.main_avenues else float(loosen[row, column, 1])),
        )
        for row, v in enumerate(drawn.down)
        for column, u in enumerate(drawn.across)
    }


def pieces(seed: int) -> tuple[Piece, ...]:
    """Every street piece of the zone: around built blocks, over the bridges."""
    at = nodes(seed)
    skip = stream(seed, "superblocks")
    drawn = plan()
    found: list[Piece] = []
    for row in range(len(drawn.down)):
        for column in range(len(drawn.across)):
            for is_street, end in ((True, (row + 1, column)), (False, (row, column + 1))):
                chance = float(skip.random())
                if end in at and _is_built(
                    drawn, (row, column), is_street=is_street, chance=chance
                ):
                    shape = LineString(bent([at[row, column], at[end]]))
                    found.append(
                        Piece(is_street, column if is_street else row, (row, column), end, shape)
                    )
    return tuple(found)


def _is_built(drawn: Plan, node: Node, *, is_street: bool, chance: float) -> bool:
    row, column = node
    other = drawn.use(row, column - 1) if is_street else drawn.use(row - 1, column)
    sides = {drawn.use(row, column), other}
    if RIVER in sides and is_street:
        return column in drawn.bridges
    if sides <= {OPEN_COUNTRY, RIVER}:
        return False
    is_main = column in drawn.main_streets if is_street else row in drawn.main_avenues
    is_inner = len(sides) == 1 and sides.pop().islower()
    return is_main or not is_inner or chance > 0.45


def river_centre(u: float) -> float:
    """Where the middle of the river lies on the drawing board (v for a given u)."""
    return -120.0 + 90.0 * float(np.sin(u / 1700.0 + 1.0)) + 40.0 * float(np.sin(u / 640.0))


def river_half_width(u: float) -> float:
    """Half the width of the river at u, metres."""
    return _RIVER_HALF_WIDTH_M + 22.0 * float(np.sin(u / 1900.0 + 2.0))


def blocks(street_pieces: tuple[Piece, ...], seed: int) -> tuple[Block, ...]:
    """Faces between the streets that carry a letter; edges are shared exactly."""
    quay_lines, quay_centre = _quay(seed)
    lines = shapely.union_all(
        [piece.shape for piece in street_pieces] + quay_lines, grid_size=0.01
    )
    faces = list(shapely.get_parts(shapely.polygonize([*shapely.get_parts(lines)])))
    tree = shapely.STRtree(faces)
    marks = [(use, centre, False) for use, centre in _block_centres(seed)]
    marks.append((plan().quay[0], quay_centre, True))
    found: dict[int, tuple[str, bool]] = {}
    for use, centre, is_quay in marks:
        for index in tree.query(Point(centre), predicate="within"):
            found[int(index)] = (use, is_quay)
    return tuple(
        Block(use, faces[index], is_quay) for index, (use, is_quay) in sorted(found.items())
    )


def _block_centres(seed: int) -> list[tuple[str, Points]]:
    at = nodes(seed)
    drawn = plan()
    found = []
    for row, column in product(range(len(drawn.blocks)), range(len(drawn.blocks[0]))):
        use = drawn.use(row, column)
        if use not in (OPEN_COUNTRY, RIVER):
            corners = [at[row + i, column + j] for i in (0, 1) for j in (0, 1)]
            u, v = (sum(corner[axis] for corner in corners) / 4 for axis in (0, 1))
            found.append((use, bent([(u, v)])[0]))
    return found


def _quay(seed: int) -> tuple[list[LineString], Points]:
    """The port's edge on the water: two sides and the bank, and a point inside."""
    at = nodes(seed)
    _, row, west, east = plan().quay
    corners = [at[row, west], at[row, east]]
    banks = [(u, river_centre(u) + river_half_width(u)) for u, _ in corners]
    lines = [LineString(bent([corner, bank])) for corner, bank in zip(corners, banks, strict=True)]
    water = np.linspace(banks[0][0], banks[1][0], 12)
    shore = [(float(u), river_centre(u) + river_half_width(u)) for u in water]
    middle = ((corners[0][0] + corners[1][0]) / 2, (corners[0][1] + banks[0][1]) / 2)
    return [*lines, LineString(bent(shore))], bent([middle])[0]
