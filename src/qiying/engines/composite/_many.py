"""Many variants of one plan, each step computed once for all that share it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qiying.engines.composite._aggregate import aggregate
from qiying.engines.composite._climb import method_of, weigh_node
from qiying.engines.composite._cube import Cube, Floats, Node
from qiying.engines.composite._fold import Ground, Mean
from qiying.engines.composite._plan import Aggregate, Factor, Plan, Step, Weigh
from qiying.engines.composite._run import WORKS, last_of, run
from qiying.engines.composite._sheet import Sheet, opened

BLOCK, CELLS = 500, 3_600_000
"""Replicates computed at once, and scores: memory is this times the members of the widest node."""
STEADY = {"given", "equal", "ahp"}
"""Ways of weighing that do not look at the data."""
Setting = tuple[int, ...]


class Many:
    """A plan with its factors, ready to compute any of its replicates."""

    def __init__(self, plan: Plan, cube: Cube, seed: int) -> None:
        self.plan, self.cube = plan, cube
        self.factors = plan.factors
        self.drawn = [self._draw(factor, place, seed) for place, factor in enumerate(plan.factors)]
        self.sheets: dict[tuple[int, Setting], Sheet] = {}
        self.ground: tuple[Sheet, Ground] | None = None

    def _draw(self, factor: Factor, place: int, seed: int) -> Floats:
        """Settings of an error: multipliers [setting, node] of weights, none for the others."""
        if factor.at != "weights":
            return np.zeros((0, 0))
        rng = np.random.default_rng((seed, place))
        nodes = self.cube.nodes
        moves = np.array([factor.level in {0, node.level} and bool(node.parent) for node in nodes])
        noise = rng.uniform(1 - factor.spread, 1 + factor.spread, (factor.sets, len(nodes)))
        return np.where(moves, noise, 1.0)

    def _error(self, place: int, setting: int) -> Floats:
        """One drawn error of the data [year, unit, indicator]."""
        rng = np.random.default_rng((place, setting, 1))
        return 1 + self.factors[place].error * rng.standard_normal(self.cube.values.shape)

    def choice(self, setting: Setting) -> Plan:
        """The plan with the choices of a setting; errors are not in it."""
        plan = self.plan
        for factor, number in zip(self.factors, setting, strict=True):
            if factor.choices:
                plan = plan.with_choice(factor.at, factor.choices[number])
        return plan

    def variant(self, setting: Setting) -> tuple[Plan, Cube]:
        """Plan and data of one replicate."""
        plan, cube = self.choice(setting), self.cube
        times = self._times(np.array([setting]))[0]
        for place, factor in enumerate(self.factors):
            if factor.at == "data":
                values = cube.values * self._error(place, setting[place])
                cube = replace(cube, values=values)
        if not (times == 1).all():
            own = dict(zip((node.code for node in cube.nodes), times.tolist(), strict=True))
            weigh = next((s for s in plan.steps if isinstance(s, Weigh)), Weigh())
            before = dict(weigh.times)
            own = {code: value * before.get(code, 1.0) for code, value in own.items()}
            steps: list[Step] = [s for s in plan.steps if not isinstance(s, Weigh)]
            steps.insert(len(steps) - 1, replace(weigh, times=own))
            plan = replace(plan, steps=tuple(steps))
        return replace(plan, factors=()), cube

    def _times(self, rows: NDArray[np.int32]) -> Floats:
        """Multipliers of weights [replicate, node]."""
        found = np.ones((len(rows), len(self.cube.nodes)))
        for place, table in enumerate(self.drawn):
            if table.size:
                found *= table[rows[:, place]]
        return found

    def blocks(
        self, rows: NDArray[np.int32], node: int
    ) -> Iterator[tuple[NDArray[np.intp], Floats]]:
        """Numbers of replicates and their scores [replicate, year, unit] of one node."""
        apart = [p for p, factor in enumerate(self.factors) if factor.at != "weights"]
        keys, which = np.unique(rows[:, apart], axis=0, return_inverse=True)
        years, units = self.cube.values.shape[:2]
        size = min(BLOCK, max(1, CELLS // (years * units)))
        for number in range(len(keys)):
            members = np.flatnonzero(which.reshape(-1) == number)
            for start in range(0, len(members), size):
                block = members[start : start + size]
                yield block, self._block(rows[block], node)

    def _block(self, rows: NDArray[np.int32], node: int) -> Floats:
        """Replicates that differ by their weights alone."""
        setting = tuple(int(n) for n in rows[0])
        plan = self.choice(setting)
        weigh, last = last_of(plan)
        if not self._is_steady(weigh):
            runs = (run(*self.variant(tuple(int(n) for n in row))) for row in rows)
            return np.stack([result.scores[:, :, node] for result in runs])
        sheet = self._sheet(plan.steps, setting)
        return self._climb(sheet, weigh, last, self._times(rows), node)

    def _is_steady(self, step: Weigh) -> bool:
        """Whether no weight is found from scores that differ between replicates."""
        for node in self.cube.aggregates:
            members = self.cube.children(node.code)
            low = all(member.kind == "Indicator" for member in members)
            if not low and method_of(node, members, step) not in STEADY:
                return False
        return True

    def _sheet(self, steps: tuple[Step, ...], setting: Setting) -> Sheet:
        """The sheet after all steps before weighing, each step kept for whoever shares it."""
        errors = [place for place, factor in enumerate(self.factors) if factor.at == "data"]
        used = [*errors]
        sheet = self._start(setting, errors)
        for number, step in enumerate(steps):
            if step.do not in WORKS:
                continue
            used += [p for p, f in enumerate(self.factors) if f.at.partition(".")[0] == step.do]
            key = (number, tuple(setting[place] for place in used))
            if key not in self.sheets:
                self.sheets[key] = WORKS[step.do](sheet, step, self.cube)
            sheet = self.sheets[key]
        return sheet

    def _start(self, setting: Setting, errors: list[int]) -> Sheet:
        key = (-1, tuple(setting[place] for place in errors))
        if key not in self.sheets:
            sheet = opened(self.cube)
            for place in errors:
                error = self._error(place, setting[place])
                sheet = replace(sheet, values=sheet.values * error)
            self.sheets[key] = sheet
        return self.sheets[key]

    def _climb(
        self, sheet: Sheet, weigh: Weigh, step: Aggregate, times: Floats, wanted: int
    ) -> Floats:
        """As one run climbs, with a leading axis of replicates; nested means in one product."""
        ground, folded = self._ground(sheet), dict[str, Mean]()
        found: dict[str, Floats] = {
            code: sheet.values[None, :, :, place] for place, code in enumerate(self.cube.codes)
        }

        def scores(code: str) -> Floats:
            if code not in found:
                product = ground.product(folded[code])
                found[code] = np.where(sheet.out, np.nan, product) if sheet.out.any() else product
            return found[code]

        nodes = self.cube.aggregates
        for node in nodes[: wanted + 1]:
            members = self.cube.children(node.code)
            if not members:
                found[node.code] = np.full((1, *sheet.out.shape), np.nan)
                continue
            method = step.at.get(node.code, step.method)
            w = self._weights(node, members, weigh, sheet, times)
            mean = ground.fold(node.code, self.cube, w, method, folded)
            if mean is not None:
                folded[node.code] = mean
                continue
            z = _stack([scores(member.code) for member in members])
            found[node.code] = np.where(sheet.out, np.nan, _brought(z, w, method, step))
        shape = (len(times), *sheet.out.shape)
        return np.broadcast_to(scores(nodes[wanted].code), shape)

    def _ground(self, sheet: Sheet) -> Ground:
        """What the last sheet says of its indicators: its blocks come one after another."""
        if self.ground is None or self.ground[0] is not sheet:
            self.ground = (sheet, Ground.of(sheet))
        return self.ground[1]

    def _weights(
        self, node: Node, members: tuple[Node, ...], weigh: Weigh, sheet: Sheet, times: Floats
    ) -> Floats:
        """Weights [1 or replicate, 1 or year, 1 or unit, member] with their drawn errors."""
        steady = method_of(node, members, weigh) in STEADY
        places = {code: place for place, code in enumerate(self.cube.codes)}
        # Steady weights look at no value, the others stand on indicators alone.
        own = [0 if steady else places[member.code] for member in members]
        seen = slice(0, 1) if steady else slice(None)
        w = weigh_node(node, members, sheet.values[:, seen][:, :, own], weigh, sheet)[None]
        column = {one.code: place for place, one in enumerate(self.cube.nodes)}
        noise = times[:, [column[member.code] for member in members]]
        if (noise == 1).all():
            return w
        w = w * noise[:, None, None, :]
        return np.asarray(w / w.sum(axis=-1, keepdims=True))


def _stack(parts: list[Any]) -> Floats:
    lead = max(len(part) for part in parts)
    return np.stack([np.broadcast_to(p, (lead, *p.shape[1:])) for p in parts], axis=-1)


def _brought(z: Floats, w: Floats, method: str, step: Aggregate) -> Floats:
    """Members with gaps, or brought together otherwise than by a mean: as in a run."""
    if method == "topsis" and step.frame == "all":
        lead = np.broadcast_shapes(z.shape[:1], w.shape[:1])[0]
        z = np.broadcast_to(z, (lead, *z.shape[1:]))
    return aggregate(z, w, method, step)
