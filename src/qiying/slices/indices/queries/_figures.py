"""B01 to B07, told of the evaluation of counties and counted from released runs; A23 of the zone."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from qiying.kernel.access import Actor
from qiying.slices.indices.models import Place, Run
from qiying.slices.indices.queries._gaps import gaps, gaps_run
from qiying.slices.indices.queries._zone import zone_three_years
from qiying.slices.indices.rules import PlaceKind, RunState

GDP, TRADE, FOREIGN = "C35", "C21", "C22"
NAMED = ("C27", "C28", FOREIGN, TRADE, "C31")
"""Index of public safety, medical beds, foreign capital, trade, households of middle income."""
BENEFIT, COORDINATION, GREEN, SHARING = "index", "coordination", "green", "sharing"
THOUSAND, NINE_HUNDRED = 1000.0, 900.0


def figures(actor: Actor) -> dict[str, Decimal]:
    """Figures of the latest released run of the benefit index and of the coordination index."""
    found: dict[str, Decimal] = {}
    benefit = _latest(actor, BENEFIT)
    if benefit is not None:
        found |= _places(actor, benefit) | _moves(benefit) | _values(benefit)
    coordination = _latest(actor, COORDINATION)
    if coordination is not None:
        scores = coordination.results["scores"][-1]
        found["B06"] = Decimal(sum(row[-1] is not None for row in scores))
    return found | _gaps(actor) | _zone(actor)


def _zone(actor: Actor) -> dict[str, Decimal]:
    """A23: growth of industrial output over three years in percent, investment in 亿元."""
    found = zone_three_years(actor)
    if found is None:
        return {}
    return {
        "A23.output": Decimal(str(round(found.growth, 2))),
        "A23.investment": Decimal(str(round(found.total, 2))),
    }


def _gaps(actor: Actor) -> dict[str, Decimal]:
    """B07: how many cities are compared, and by how many gaps, in the latest year."""
    run = gaps_run(actor)
    years = gaps(actor, run) if run is not None else []
    if not years:
        return {}
    return {"B07": Decimal(len(years[0].cities)), "B07.gaps": Decimal(len(years[0].values))}


def _latest(actor: Actor, root: str) -> Run | None:
    rows = Run.objects.visible_to(actor).filter(state=RunState.RELEASED)
    found: Run | None = (
        rows.filter(results__nodes__contains=[root]).order_by("-released_at", "-id").first()
    )
    return found


def _places(actor: Actor, run: Run) -> dict[str, Decimal]:
    codes = [code for code, _ in run.inputs["units"]]
    kinds = Place.objects.visible_to(actor).filter(adcode__in=codes, valid_until=None)
    districts = sum(kind == PlaceKind.DISTRICT for kind in kinds.values_list("kind", flat=True))
    return {
        "B01": Decimal(len(codes)),
        "B01.districts": Decimal(districts),
        "B01.counties": Decimal(len(codes) - districts),
    }


def _moves(run: Run) -> dict[str, Decimal]:
    nodes, scores = run.results["nodes"], run.results["scores"]
    if len(scores) < 2:
        return {}

    def rose(node: str) -> Decimal:
        column = nodes.index(node)
        pairs = list(zip(scores[-2], scores[-1], strict=True))
        up = sum(_is_above(b[column], a[column]) for a, b in pairs)
        return _percent(up, len(pairs))

    found = {"B02": rose(BENEFIT)}
    if SHARING in nodes:
        found["B05.sharing"] = rose(SHARING)
    if GREEN in nodes:
        means = {n: _mean([row[c] for row in scores[-1]]) for c, n in enumerate(nodes)}
        others = [mean for node, mean in means.items() if node not in {GREEN, BENEFIT}]
        found["B04.green"] = Decimal(int(means[GREEN] > max(others, default=0.0)))
    return found


def _values(run: Run) -> dict[str, Decimal]:
    leaves = [n["code"] for n in run.inputs["nodes"] if n["kind"] == "Indicator"]
    values = run.inputs["values"]
    found = {"B04.named": Decimal(sum(code in leaves for code in NAMED))}
    if GDP in leaves:
        gdp = [row[leaves.index(GDP)] or 0.0 for row in values[-1]]
        found["B03.thousand"] = Decimal(sum(v >= THOUSAND for v in gdp))
        found["B03.next"] = Decimal(sum(NINE_HUNDRED <= v < THOUSAND for v in gdp))
    for key, code in (("B05.trade", TRADE), ("B05.foreign", FOREIGN)):
        if code in leaves and len(values) > 1:
            column = leaves.index(code)
            pairs = zip(values[-2], values[-1], strict=True)
            found[key] = Decimal(sum(_is_above(b[column], a[column]) for a, b in pairs))
    return found


def _is_above(new: float | None, old: float | None) -> bool:
    return new is not None and old is not None and new > old


def _mean(values: list[Any]) -> float:
    there = [v for v in values if v is not None]
    return sum(there) / len(there) if there else float("nan")


def _percent(part: int, whole: int) -> Decimal:
    share = Decimal(100 * part) / Decimal(whole) if whole else Decimal(0)
    return share.quantize(Decimal("0.1"), ROUND_HALF_UP)
