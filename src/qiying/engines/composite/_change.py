"""Why a score and a rank changed between two years, in parts that add up."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from qiying.engines.composite._aggregate import aggregate
from qiying.engines.composite._cube import Cube, Fault, Floats, Mask, Origin, Unusable
from qiying.engines.composite._judge import judge
from qiying.engines.composite._plan import Aggregate, Impute, Normalise, Plan, Step, Treat
from qiying.engines.composite._ranks import competition
from qiying.engines.composite._result import Result
from qiying.engines.composite._run import WORKS, last_of, run
from qiying.engines.composite._sheet import Sheet, opened

CAUSES = ("performance", "imputation", "frame", "weights")
"""Own values known in both years; cells filled or missing in either; what a value counts against
(treatment and normalisation of each year); weights."""
ALONE = ("amean", "gmean", "hmean", "genmean", "mpi")
"""Aggregations of one unit by itself: in the others a score moves with every other unit."""
Combination = frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Parts of the change of a node's score between two years.

    ``parts`` [cause, unit] in the order of `CAUSES` sum to ``total`` [unit], in points of the
    score. NaN where a year has no score, or where a mixture of the two years has none: these are
    counted in ``undefined``.
    """

    node: str
    first: str
    last: str
    total: Floats
    parts: Floats
    undefined: int

    def of(self, cause: str) -> Floats:
        """One part [unit]."""
        return np.asarray(self.parts[CAUSES.index(cause)])


@dataclass(frozen=True, slots=True, eq=False)
class RankChange:
    """Places gained [unit] (above nought is up), by what the unit did and by what others did."""

    gained: Floats
    own: Floats
    others: Floats


def explain(plan: Plan, cube: Cube, first: str, last: str, *, node: str = "") -> Change:
    """Split each unit's change of score between two years by cause, exactly.

    The score is a function of four things that each come from one of the years. The part of one is
    its Shapley value: what it changes, averaged over every order in which the four can move from
    ``first`` to ``last``; so the parts sum to the change whatever the plan. With one frame for all
    years, or weights that do not depend on the year, that part is exactly nought.

    Parameters
    ----------
    plan, cube
        As of `run`; filling must come before treatment, and no node up to the one that is wanted
        may be aggregated by comparison with other units.
    first, last
        Two years of the cube.
    node
        The highest one unless named.

    Raises
    ------
    Unusable
        ``unknown_year``, ``unknown_node``, ``late_impute``, ``not_alone``, and all of `judge`.
    """
    faults = [*judge(plan, cube), *_refusals(plan, cube, (first, last), node)]
    if faults:
        raise Unusable(tuple(faults))
    own = run(plan, cube)
    ends = cube.years.index(first), cube.years.index(last)
    wanted = own.nodes.index(node) if node else len(own.nodes) - 1
    total = own.scores[ends[1], :, wanted] - own.scores[ends[0], :, wanted]
    parts = _parts(plan, cube, own, ends, wanted)
    lost = np.isnan(parts).any(axis=0)
    return Change(
        node=own.nodes[wanted],
        first=first,
        last=last,
        total=total,
        parts=np.where(lost, np.nan, parts),
        undefined=int((lost & ~np.isnan(total)).sum()),
    )


def _parts(plan: Plan, cube: Cube, own: Result, ends: tuple[int, int], wanted: int) -> Floats:
    """[cause, unit]: what each cause brought, from the scores of all sixteen mixtures."""
    mixtures = _mixtures(plan, cube, ends)
    values = {
        moved: _climbed(mixtures[moved - {"weights"}], plan, cube, own, moved, ends, wanted)
        for moved in _subsets(CAUSES)
    }
    return np.stack([_shapley(cause, values) for cause in CAUSES])


def _refusals(plan: Plan, cube: Cube, years: Iterable[str], node: str) -> list[Fault]:
    found = [Fault("unknown_year", "plan", value=year) for year in years if year not in cube.years]
    names = [n.code for n in cube.aggregates]
    if node and node not in names:
        return [*found, Fault("unknown_node", "plan", value=node)]
    shaped = [n for n, step in enumerate(plan.steps) if isinstance(step, Treat | Normalise)]
    late = [n for n, step in enumerate(plan.steps) if isinstance(step, Impute)]
    if shaped and late and max(late) > min(shaped):
        found.append(Fault("late_impute", "plan.step", max(late) + 1))
    for step in plan.steps:
        if isinstance(step, Aggregate):
            used = {code: step.at.get(code, step.method) for code in names}
            found += [
                Fault("not_alone", "plan.step", column=f"at.{code}", value=method)
                for code, method in used.items()
                if method not in ALONE
            ]
    return found


def _subsets(names: tuple[str, ...]) -> list[Combination]:
    sizes = range(len(names) + 1)
    return [frozenset(chosen) for size in sizes for chosen in combinations(names, size)]


def _mixtures(plan: Plan, cube: Cube, ends: tuple[int, int]) -> dict[Combination, Sheet]:
    """Normalised values [1, unit, indicator] for each set of causes that moved, but weights."""
    sheet, later = _before(plan, cube)
    one, two = sheet.values[ends[0]], sheet.values[ends[1]]
    filled = (sheet.provenance & Origin.IMPUTED) > 0
    gaps: Mask = filled[ends[0]] | filled[ends[1]] | np.isnan(one) | np.isnan(two)
    combos = _subsets(CAUSES[:2])
    mixed = [
        np.where(gaps, two if "imputation" in moved else one, two if CAUSES[0] in moved else one)
        for moved in combos
    ]
    longer = _longer(cube, sheet, mixed)
    found: dict[Combination, Sheet] = {}
    for end in (0, 1):
        done = longer[1]
        for step in later:
            done = WORKS[step.do](
                done, _framed(step, cube.years, cube.years[ends[end]]), longer[0]
            )
        for place, moved in enumerate(combos, len(cube.years)):
            key = moved | ({"frame"} if end else frozenset())
            found[key] = replace(done, values=done.values[place : place + 1])
    return found


def _before(plan: Plan, cube: Cube) -> tuple[Sheet, list[Step]]:
    """The sheet before treatment and normalisation, and these steps."""
    sheet = opened(cube)
    later: list[Step] = []
    for step in plan.steps:
        if isinstance(step, Treat | Normalise):
            later.append(step)
        elif step.do in WORKS:
            sheet = WORKS[step.do](sheet, step, cube)
    return sheet, later


def _longer(cube: Cube, sheet: Sheet, mixed: list[Floats]) -> tuple[Cube, Sheet]:
    """Years with the mixtures behind them, which no frame is taken from."""
    values = np.concatenate([sheet.values, np.stack(mixed)])
    extra = tuple(f"\0{n}" for n in range(len(mixed)))
    marks = np.zeros(values.shape, dtype=np.uint16)
    out = np.zeros(values.shape[:2], dtype=bool)
    longer = Cube((*cube.years, *extra), cube.units, cube.nodes, values.copy(), marks)
    return longer, Sheet(values, marks, out)


def _framed(step: Step, years: tuple[str, ...], year: str) -> Step:
    """The step with the frame of one year for all, where each year had its own."""
    span = f"{years[0]}..{years[-1]}"

    def held(frame: str) -> str:
        return {"year": year, "all": span}.get(frame, frame)

    if not isinstance(step, Treat | Normalise):
        return step
    only = {
        code: {**row, "frame": held(str(row["frame"]))} if "frame" in row else row
        for code, row in step.only.items()
    }
    return replace(step, frame=held(step.frame), only=only)


def _climbed(
    sheet: Sheet,
    plan: Plan,
    cube: Cube,
    own: Result,
    moved: Combination,
    ends: tuple[int, int],
    wanted: int,
) -> Floats:
    """Scores [unit] of one mixture under the weights of one of the years."""
    _weigh, step = last_of(plan)
    end = ends["weights" in moved]
    found = {code: sheet.values[:, :, place] for place, code in enumerate(cube.codes)}
    for node in cube.aggregates[: wanted + 1]:
        members = cube.children(node.code)
        if not members:
            found[node.code] = np.full(sheet.values.shape[:2], np.nan)
            continue
        weights = own.weights[node.code]
        w = weights[min(end, len(weights) - 1)][None]
        z = np.stack([found[member.code] for member in members], axis=-1)
        found[node.code] = aggregate(z, w, step.at.get(node.code, step.method), step)
    return np.asarray(found[cube.aggregates[wanted].code][0])


def _shapley(cause: str, values: dict[Combination, Floats]) -> Floats:
    """Sum over the sets without the cause of |S|! (n-|S|-1)! / n! times what it adds to them."""
    n = len(CAUSES)
    found = np.zeros_like(values[frozenset()])
    for moved in _subsets(tuple(name for name in CAUSES if name != cause)):
        share = math.factorial(len(moved)) * math.factorial(n - len(moved) - 1)
        found += share / math.factorial(n) * (values[moved | {cause}] - values[moved])
    return found


def by_member(cube: Cube, result: Result, node: str, first: str, last: str) -> Floats:
    """What each member adds to a node's change [2, unit, member]: by its value, by its weight.

    For a weighted arithmetic mean the mean weight x change of value, and the mean value x change
    of weight. A member that a year lacks has no weight then, so it acts by its weight alone.
    Sums over both axes to the change of score.
    """
    return arithmetic_parts(*_two(cube, result, node, first, last)[:2])


def arithmetic_parts(z: Floats, w: Floats) -> Floats:
    """Parts of the difference of two weighted means [2, ..., member]: by value, by weight."""
    return np.stack([(w[0] + w[1]) / 2 * (z[1] - z[0]), (z[0] + z[1]) / 2 * (w[1] - w[0])])


def by_member_geometric(cube: Cube, result: Result, node: str, first: str, last: str) -> Floats:
    """As `by_member`, for a weighted geometric mean, by the logarithmic mean of the scores.

    delta = L(s1, s0) sum (mean w) ln(z1 / z0) + (mean ln z) (w1 - w0), L = (s1 - s0) / ln(s1 / s0).
    Source: B. W. Ang, Energy Policy 32 (2004), LMDI.
    """
    return geometric_parts(*_two(cube, result, node, first, last))


def geometric_parts(z: Floats, w: Floats, scores: Floats) -> Floats:
    """As `arithmetic_parts`, of two weighted geometric means with their scores [2, ...]."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.where(z > 0, z, np.nan))
        turn = np.log(scores[1] / scores[0])
        size = np.where(turn == 0, scores[0], (scores[1] - scores[0]) / turn)[..., None]
    value = size * (w[0] + w[1]) / 2 * (logs[1] - logs[0])
    return np.stack([value, size * (logs[0] + logs[1]) / 2 * (w[1] - w[0])])


def _two(
    cube: Cube, result: Result, node: str, first: str, last: str
) -> tuple[Floats, Floats, Floats]:
    """Values and weights [2, unit, member] and scores [2, unit] of a node in two years."""
    at = [cube.years.index(first), cube.years.index(last)]
    tables = list(result.tables.values())[-1]
    found = {code: tables[:, :, place] for place, code in enumerate(cube.codes)}
    found |= {code: result.of(code) for code in result.nodes}
    z = np.stack([found[m.code] for m in cube.children(node)], axis=-1)[at]
    weights = np.broadcast_to(result.weights[node], (len(cube.years), *z.shape[1:]))[at]
    return *settled(z, weights), result.of(node)[at]


def settled(z: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Values and shares [2, ..., member] of two sides, so that a member that one lacks is no gap."""
    known = ~np.isnan(z)
    w = np.where(known, weights, 0.0)
    total = w.sum(axis=-1, keepdims=True)
    w = w / np.where(total > 0, total, np.nan)
    # What a side lacks weighs nothing there, so any value serves: that of the other side does.
    return np.where(known, z, np.where(known[::-1], z[::-1], 1.0)), w


def explain_ranks(first: Floats, last: Floats) -> RankChange:
    """Split places gained between two years by who moved, from scores [unit] of both.

    Own: the unit's new score among the others' old ones, and its old among their new ones, each
    less the rank before, averaged; others: the same the other way round. Who comes in or drops out
    is among the others. A unit without a score in a year has NaN.
    """
    both = ~np.isnan(first) & ~np.isnan(last)
    old_among = {name: _among(first, pool) for name, pool in (("old", first), ("new", last))}
    new_among = {name: _among(last, pool) for name, pool in (("old", first), ("new", last))}
    own = sum(old_among[pool] - new_among[pool] for pool in ("old", "new")) / 2
    gained = competition(first) - competition(last)
    own = np.where(both, own, np.nan)
    return RankChange(np.where(both, gained, np.nan), own, np.where(both, gained - own, np.nan))


def _among(scores: Floats, pool: Floats) -> Floats:
    """Rank that each unit's score has among the pool's scores of all other units."""
    above = pool[None, :] > scores[:, None]
    np.fill_diagonal(above, val=False)
    return np.asarray(1.0 + above.sum(axis=1))
