"""From normalised indicators up the tree: weights of each node, then its scores."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from qiying.engines.composite import _weights as formulas
from qiying.engines.composite._aggregate import aggregate
from qiying.engines.composite._cube import Cube, Floats, Mask, Node
from qiying.engines.composite._frontier import benefit_of_doubt
from qiying.engines.composite._plan import Aggregate, Weigh
from qiying.engines.composite._sheet import Sheet

FROM_DATA: Mapping[str, Callable[[Floats, Weigh], Floats]] = {
    "equal": lambda z, _: np.full(z.shape[2], 1 / z.shape[2]),
    "entropy": lambda z, step: formulas.entropy(_rows(z), step.shift),
    "critic": lambda z, _: formulas.critic(_rows(z)),
    "variation": lambda z, _: formulas.variation(_rows(z)),
    "pca": lambda z, _: formulas.principal(_rows(z)),
    "balanced": lambda z, _: formulas.balanced(_rows(z)),
    "pull_apart": lambda z, _: formulas.pull_apart(z),
}


def _rows(z: Floats) -> Floats:
    rows = z.reshape(-1, z.shape[-1])
    return rows[~np.isnan(rows).all(axis=1)]


def climb(
    sheet: Sheet, weigh: Weigh, step: Aggregate, cube: Cube
) -> tuple[Floats, dict[str, Floats]]:
    """Scores [year, unit, node] of the aggregates, lowest first, and the weights used."""
    found = {code: sheet.values[:, :, place] for place, code in enumerate(cube.codes)}
    weights: dict[str, Floats] = {}
    for node in cube.aggregates:
        members = cube.children(node.code)
        if not members:
            found[node.code] = np.full(sheet.out.shape, np.nan)
            sheet.say("no_members", node.code)
            continue
        z = np.stack([found[member.code] for member in members], axis=-1)
        w = weigh_node(node, members, z, weigh, sheet)
        method = step.at.get(node.code, step.method)
        scores = aggregate(z, w, method, step)
        _tell(sheet, node.code, z, scores, step)
        found[node.code], weights[node.code] = np.where(sheet.out, np.nan, scores), w
    order = [found[node.code] for node in cube.aggregates]
    shape = (*sheet.out.shape, 0)
    return (np.stack(order, axis=-1) if order else np.zeros(shape)), weights


def _tell(sheet: Sheet, code: str, z: Floats, scores: Floats, step: Aggregate) -> None:
    known = ~np.isnan(z)
    thin = known.any(axis=-1) & (known.mean(axis=-1) < step.at_least)
    lost = known.any(axis=-1) & np.isnan(scores) & ~thin
    if thin.any():
        sheet.say("too_few_members", code, cells=int(thin.sum()))
    if lost.any():
        sheet.say("not_positive", code, cells=int(lost.sum()))


def weigh_node(
    node: Node, members: tuple[Node, ...], z: Floats, step: Weigh, sheet: Sheet
) -> Floats:
    """Weights [1 or year, 1 or unit, member] of a node's members z [year, unit, member]."""
    method = method_of(node, members, step)
    if method == "bod":
        w = _best_for_each(z, step, node.code, sheet)
    elif method == "variable":
        base = _fixed(node, members, z, replace(step, method=step.base), sheet, step.base)
        w = formulas.variable(base, z, step.threshold, step.penalty)
    else:
        w = _fixed(node, members, z, step, sheet, method)
    if not step.times:
        return w
    w = w * np.array([step.times.get(member.code, 1.0) for member in members])
    return np.asarray(w / w.sum(axis=-1, keepdims=True))


def method_of(node: Node, members: tuple[Node, ...], step: Weigh) -> str:
    """How the members of a node are weighed."""
    at_bottom = all(member.kind == "Indicator" for member in members)
    return step.by.get(node.code, step.method if at_bottom else "given")


def _fixed(
    node: Node, members: tuple[Node, ...], z: Floats, step: Weigh, sheet: Sheet, method: str
) -> Floats:
    by_year = step.frame == "year" and method not in {"given", "equal", "ahp", "pull_apart"}
    parts = [z[y : y + 1] for y in range(len(z))] if by_year else [z]
    found = [_one(node, members, part, step, sheet, method) for part in parts]
    return np.stack(found)[:, None, :]


def _one(
    node: Node, members: tuple[Node, ...], z: Floats, step: Weigh, sheet: Sheet, method: str
) -> Floats:
    if method == "given":
        return given(members, step)
    if method == "ahp":
        return _judged(node.code, members, step, sheet)
    if method == "game":
        sets = [_one(node, members, z, step, sheet, name) for name in step.combine]
        return formulas.game(np.stack(sets))
    if method not in {"equal", "balanced"} and not formulas.deviations(_rows(z)).any():
        sheet.say("no_contrast", node.code)
    return FROM_DATA[method](z, step)


def given(members: tuple[Node, ...], step: Weigh) -> Floats:
    """Weights of iMeta or the plan, as shares."""
    return formulas.shares(np.array([step.at.get(m.code, m.weight) for m in members], dtype=float))


def _judged(code: str, members: tuple[Node, ...], step: Weigh, sheet: Sheet) -> Floats:
    if code not in step.judgements:
        sheet.say("no_judgements", code)
        return given(members, step)
    w, ratio = formulas.hierarchy(np.asarray(step.judgements[code], dtype=np.float64))
    sheet.say("inconsistent" if ratio >= 0.1 else "consistent", code, ratio=ratio)
    return w


def _best_for_each(z: Floats, step: Weigh, code: str, sheet: Sheet) -> Floats:
    """Each unit's own weights, as shares; where there are none, equal ones."""
    found = np.stack([benefit_of_doubt(year, step.least, step.most)[1] for year in z])
    total = found.sum(axis=-1, keepdims=True)
    lost: Mask = ~(total > 0)[..., 0]
    if lost.any():
        sheet.say("no_own_weights", code, cells=int(lost.sum()))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(lost[..., None], 1 / z.shape[-1], found / total))
