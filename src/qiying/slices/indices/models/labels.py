"""Words and tones for the codes of this slice."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.slices.indices.rules import DataKind, PlaceKind, RunState
from qiying.slices.indices.rules.gaps import Gap
from qiying.slices.indices.rules.zone import Basis, Group, Light

Words = Mapping[Any, Promise | str]
KINDS: Words = {
    DataKind.STATISTICS: _("government statistics"),
    DataKind.DEPARTMENTAL: _("departmental data"),
    DataKind.SELF_REPORTED: _("reported by oneself"),
}
GAPS: Words = {
    Gap.REGION: _("Between cities: highest over lowest income"),
    Gap.COUNTRY: _("Town over country: income"),
    Gap.INCOME: _("Households of middle income"),
}
BOARD_GROUPS: Words = {
    Group.OUTPUT: _("Output and investment"),
    Group.RESULT: _("Results and efficiency"),
    Group.INNOVATION: _("Innovation"),
    Group.GREEN: _("Green development"),
    Group.SERVICE: _("Service to enterprises"),
}
BASES: Words = {
    Basis.VALUE: _("value of the whole year"),
    Basis.GROWTH: _("growth on the year before, per cent"),
}
LIGHTS: Words = {
    Light.MET: _("on target"),
    Light.NEAR: _("near the target"),
    Light.BEHIND: _("behind the target"),
}
LIGHT_TONES: Mapping[Light, str] = {Light.MET: "done", Light.NEAR: "check", Light.BEHIND: "fix"}
POLARITIES: Words = {1: _("more is better"), -1: _("less is better")}
PLACES: Words = {
    PlaceKind.DISTRICT: _("district under a city"),
    PlaceKind.CITY: _("county-level city"),
    PlaceKind.COUNTY: _("a county"),
}
STATES: Words = {RunState.DRAFT: _("not released"), RunState.RELEASED: _("released")}
STATE_TONES: Mapping[str, str] = {RunState.DRAFT: "check", RunState.RELEASED: "done"}
CAUSES: Words = {
    "performance": _("own performance"),
    "imputation": _("cells filled or missing"),
    "frame": _("frame of normalisation"),
    "weights": _("weights that moved"),
}

STEPS: Words = {
    "denominate": _("Divide by the denominator"),
    "impute": _("Fill what is missing"),
    "screen": _("Leave out places with too little data"),
    "treat": _("Treat extreme values"),
    "normalise": _("Bring to one scale"),
    "weigh": _("Weigh"),
    "aggregate": _("Bring together"),
}
METHODS: Words = {
    "mean": _("mean"),
    "median": _("median"),
    "group_mean": _("mean of the group"),
    "group_median": _("median of the group"),
    "row_mean": _("mean of the place within the sub-index"),
    "row_median": _("median of the place within the sub-index"),
    "last": _("last known year"),
    "linear": _("along the years"),
    "em": _("expectation and maximisation"),
    "minmax": _("minimum and maximum"),
    "zscore": _("standard scores"),
    "scaled": _("between given bounds"),
    "rank": _("ranks"),
    "borda": _("Borda points"),
    "percentile": _("percentile ranks"),
    "max_distance": _("distance to the best"),
    "target_distance": _("distance to the target"),
    "reference_distance": _("distance to a reference"),
    "goalposts": _("goalposts"),
    "max_share": _("share of the best"),
    "vector": _("vector length"),
    "none": _("as they are"),
    "given": _("given weights"),
    "equal": _("equal weights"),
    "ahp": _("analytic hierarchy"),
    "entropy": _("entropy"),
    "critic": _("CRITIC"),
    "variation": _("coefficient of variation"),
    "pca": _("principal components"),
    "balanced": _("balanced correlations"),
    "pull_apart": _("pulling apart along the years"),
    "bod": _("benefit of the doubt"),
    "game": _("game-theory combination"),
    "variable": _("variable weights"),
    "amean": _("arithmetic mean"),
    "gmean": _("geometric mean"),
    "hmean": _("harmonic mean"),
    "genmean": _("generalised mean"),
    "copeland": _("Copeland comparison"),
    "topsis": _("TOPSIS"),
    "mpi": _("Mazziotta and Pareto"),
}


def choices(words: Words) -> list[tuple[Any, Any]]:
    """Codes with their words, as fields want them; migrations need no words."""
    return [(getattr(code, "value", code), word) for code, word in words.items()]


def word(words: Words, code: Any) -> str:
    """The word of a code in the reader's language."""
    return str(words.get(code, code))


def listed(words: Words, codes: Iterable[Any]) -> list[str]:
    return [word(words, code) for code in codes]
