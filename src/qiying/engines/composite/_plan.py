"""The plan: ordered steps and the factors of an uncertainty analysis, read from TOML and judged
before anything runs."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any, ClassVar

from qiying.engines.composite._cube import Fault, Unusable

Table = Mapping[str, Any]
IMPUTATIONS = (
    "mean",
    "median",
    "group_mean",
    "group_median",
    "row_mean",
    "row_median",
    "last",
    "linear",
    "em",
)
LOGS = ("log", "log_ct", "log_shift", "log_plus", "log_gii", "box_cox", "none")
NORMALISATIONS = (
    "minmax",
    "zscore",
    "scaled",
    "rank",
    "borda",
    "percentile",
    "max_distance",
    "target_distance",
    "reference_distance",
    "goalposts",
    "max_share",
    "vector",
    "none",
)
WEIGHINGS = (
    "given",
    "equal",
    "ahp",
    "entropy",
    "critic",
    "variation",
    "pca",
    "balanced",
    "pull_apart",
    "bod",
    "game",
    "variable",
)
AGGREGATIONS = ("amean", "gmean", "hmean", "genmean", "copeland", "topsis", "mpi", "bod")


@dataclass(frozen=True, slots=True)
class Denominate:
    """Divide each indicator by its denominator."""

    do: ClassVar[str] = "denominate"
    allowed: ClassVar[Mapping[str, tuple[str, ...]]] = {}


@dataclass(frozen=True, slots=True)
class Impute:
    """Fill what is missing; `group` names a column of iData for the group methods.

    `ridge` is the share by which `em` draws covariances towards nought, so that it stands where
    there are more indicators than units.
    """

    method: str = "mean"
    group: str = ""
    ridge: float = 0.01
    do: ClassVar[str] = "impute"
    allowed: ClassVar[Mapping[str, tuple[str, ...]]] = {"method": IMPUTATIONS}


@dataclass(frozen=True, slots=True)
class Screen:
    """Leave out units, year by year, with too little data (or too many zeros)."""

    by: str = "missing"
    at_least: float = 0.0
    do: ClassVar[str] = "screen"
    allowed: ClassVar[Mapping[str, tuple[str, ...]]] = {"by": ("missing", "zeros")}


@dataclass(frozen=True, slots=True)
class Treat:
    """Winsorise at most so many cells while |skew| and kurtosis are both too large, then a log.

    `winsorise` 0 goes straight to `then`; `forced` winsorises up to the limit whatever the shape.
    """

    winsorise: int = 5
    skew: float = 2.0
    kurtosis: float = 3.5
    then: str = "log_ct"
    forced: bool = False
    combine: bool = False
    power: float = 0.0
    frame: str = "year"
    only: Mapping[str, Table] = field(default_factory=dict)
    do: ClassVar[str] = "treat"
    allowed: ClassVar[Mapping[str, tuple[str, ...]]] = {"then": LOGS}


@dataclass(frozen=True, slots=True)
class Normalise:
    """Bring indicators to one scale, good upwards.

    `low` and `high` are the range of minmax, the mean and deviation of zscore, the bounds of scaled
    and goalposts (in the indicator's own direction).
    """

    method: str = "minmax"
    low: float | None = None
    high: float | None = None
    scale: float = 1.0
    reference: str = ""
    cap: bool = False
    frame: str = "year"
    only: Mapping[str, Table] = field(default_factory=dict)
    do: ClassVar[str] = "normalise"
    allowed: ClassVar[Mapping[str, tuple[str, ...]]] = {"method": NORMALISATIONS}


@dataclass(frozen=True, slots=True)
class Weigh:
    """Weights of members within their parent.

    `method` is for nodes whose members are all indicators, `by.<node>` for any one node; the other
    nodes keep the given weights, which `at.<code>` changes; `times.<code>` multiplies a weight
    however it was found. `frame` is "all" (one set for all
    years) or "year". `judgements.<node>` is a matrix of pairwise judgements for `ahp`, or several;
    `combine` names the methods that `game` brings together; `base` what `variable` starts from,
    with its `threshold` and `penalty`; `least` and `most` bound the shares of `bod`.
    """

    method: str = "given"
    shift: float = 0.0
    frame: str = "all"
    at: Mapping[str, float] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)
    by: Mapping[str, str] = field(default_factory=dict)
    judgements: Mapping[str, Any] = field(default_factory=dict)
    combine: tuple[str, ...] = ()
    base: str = "given"
    threshold: float = 60.0
    penalty: float = 1.0
    least: float = 0.0
    most: float = 1.0
    do: ClassVar[str] = "weigh"
    allowed: ClassVar[Mapping[str, tuple[str, ...]]] = {"method": WEIGHINGS, "base": WEIGHINGS}


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Bring members together; a node with less than `at_least` of its members is missing.

    `power` is of `genmean`; `frame` says whether the best and worst of `topsis` are of each year or
    of all; `toward` whether unevenness takes away ("low") or adds ("high") in `mpi`; `least` and
    `most` bound the shares of `bod`.
    """

    method: str = "amean"
    at_least: float = 0.0
    power: float = 2.0
    at: Mapping[str, str] = field(default_factory=dict)
    frame: str = "year"
    toward: str = "low"
    least: float = 0.0
    most: float = 1.0
    do: ClassVar[str] = "aggregate"
    allowed: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "method": AGGREGATIONS,
        "toward": ("low", "high"),
    }


Step = Denominate | Impute | Screen | Treat | Normalise | Weigh | Aggregate
STEPS: Mapping[str, type[Step]] = {
    kind.do: kind for kind in (Denominate, Impute, Screen, Treat, Normalise, Weigh, Aggregate)
}


@dataclass(frozen=True, slots=True)
class Factor:
    """What an uncertainty analysis moves: a key of a step, the weights or the data.

    `at` is ``step.key`` or ``step`` (then each choice is a table of keys), ``weights`` (each weight
    times 1 ± up to `spread`, at `level` or everywhere) or ``data`` (each cell times 1 + `error` x
    standard normal). `sets` is the number of drawn settings of the last two.
    """

    name: str
    at: str
    choices: tuple[Any, ...] = ()
    spread: float = 0.0
    error: float = 0.0
    level: int = 0
    sets: int = 100

    @property
    def size(self) -> int:
        return len(self.choices) if self.choices else self.sets


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered steps and factors."""

    steps: tuple[Step, ...]
    factors: tuple[Factor, ...] = ()
    name: str = ""

    def with_choice(self, at: str, value: Any) -> "Plan":
        """The plan with one key of one step changed."""
        do, _, key = at.partition(".")
        changes = {key: value} if key else dict(value)
        steps = tuple(replace(step, **changes) if step.do == do else step for step in self.steps)
        return replace(self, steps=steps)


def read_plan(text: str) -> Plan:
    """Read a plan from TOML; Unusable with every fault and its place."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise Unusable((Fault("no_toml", "plan", value=str(wrong)),)) from None
    faults: list[Fault] = []
    for key in set(raw) - {"version", "name", "step", "factor"}:
        faults.append(Fault("unknown_key", "plan", column=key))
    if raw.get("version") != 1:
        faults.append(
            Fault("unknown_version", "plan", column="version", value=str(raw.get("version")))
        )
    steps = [_step(row, place, faults) for place, row in enumerate(raw.get("step", []), 1)]
    factors = [_factor(row, place, faults) for place, row in enumerate(raw.get("factor", []), 1)]
    if faults:
        raise Unusable(tuple(faults))
    return Plan(
        tuple(s for s in steps if s), tuple(f for f in factors if f), str(raw.get("name", ""))
    )


def _step(row: Table, place: int, faults: list[Fault]) -> Step | None:
    kind = STEPS.get(str(row.get("do")))
    if kind is None:
        faults.append(Fault("unknown_step", "plan.step", place, "do", str(row.get("do"))))
        return None
    values = {k: v for k, v in row.items() if k != "do"}
    wrong = wrong_keys(kind, values)
    faults += [Fault(code, "plan.step", place, key, str(values[key])) for code, key in wrong]
    if wrong:
        return None
    return kind(**_floats(kind, values))


def wrong_keys(kind: type[Any], values: Table) -> list[tuple[str, str]]:
    known = {item.name: item for item in fields(kind)}
    found = [("unknown_key", key) for key in values if key not in known]
    for key, value in values.items():
        if key in known and not _fits(_default(known[key]), value):
            found.append(("wrong_type", key))
    return found


def _default(item: Any) -> Any:
    if item.default is not MISSING:
        return item.default
    return item.default_factory() if item.default_factory is not MISSING else ""


def _fits(default: Any, value: Any) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if default is None or isinstance(default, float):
        return isinstance(value, int | float)
    if isinstance(default, tuple):
        return isinstance(value, list | tuple)
    return isinstance(value, type(default))


def _floats(kind: type[Any], values: Table) -> dict[str, Any]:
    numeric = {f.name for f in fields(kind) if f.default is None or isinstance(f.default, float)}
    return {k: float(v) if k in numeric else v for k, v in values.items()}


def _factor(row: Table, place: int, faults: list[Fault]) -> Factor | None:
    values = {"name": "", **row}
    wrong = wrong_keys(Factor, values)
    faults += [Fault(code, "plan.factor", place, key) for code, key in wrong]
    if wrong or "at" not in row:
        faults.append(Fault("no_factor", "plan.factor", place, "at"))
        return None
    values["choices"] = tuple(values.get("choices", ()))
    values["name"] = values["name"] or values["at"]
    return Factor(**values)
