"""Class rules over a table of firms: points, quotas of each pool, then titles and vetoes."""

import math
from collections.abc import Sequence
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from qiying.engines.composite._classes import Scheme, faults_of_scheme
from qiying.engines.composite._cube import Fault, Unusable
from qiying.engines.composite._points import Item
from qiying.engines.composite.bulk._cells import (
    exact,
    fact,
    lacking,
    number,
    other_kind,
    total,
    word,
)

COARSE = 1.5 * 2.0**32
WORDS = ("unit", "pool", "exempt", "follows")


def rate(table: ir.Table, scheme: Scheme) -> ir.Table:
    """Classes of every firm as one expression.

    Parameters
    ----------
    table
        ``unit``, a column for each item and for each fact that the scheme names, and where wanted
        ``pool``, ``exempt``, ``follows``, as in `classes.Firm`.
    scheme
        As for `classes.classify`; bonuses that take points or classes away are not in bulk.

    Returns
    -------
    ``unit``, ``pool``, ``score``, ``rank``, ``of``, ``by_rank``, ``final``, as in
    `classes.Rating` without its reasons; firms that are not ranked have no score and rank 0.
    Scores are summed with their rounding errors, so that equal sums are equal here too.

    Raises
    ------
    Unusable
        With every fault of the scheme and each column that is not there.
    """
    faults = [*judge_scheme(scheme), *absent_firms(table, scheme)]
    if faults:
        raise Unusable(tuple(faults))
    firms = _opened(table, scheme)
    ranked = firms.filter((firms.exempt == "") & (firms.follows == ""))
    rated = _adjusted(_placed(_scored(ranked, scheme), scheme), scheme)
    exempt = _unranked(firms.filter(firms.exempt != ""), ibis.literal(scheme.exempt), scheme)
    leaders = rated.union(exempt).select(leader="unit", theirs="final")
    behind = firms.filter((firms.exempt == "") & (firms.follows != ""))
    joined = behind.left_join(leaders, behind.follows == leaders.leader)
    return rated.union(exempt).union(_unranked(joined, joined.theirs, scheme))


def judge_scheme(scheme: Scheme) -> tuple[Fault, ...]:
    """Every fault of the rules, and each bonus that takes away (``not_in_bulk``)."""
    negative = [bonus.code for bonus in scheme.bonuses if bonus.points < 0 or bonus.lift < 0]
    beyond = [Fault("not_in_bulk", "scheme.bonus", column=code) for code in negative]
    return (*faults_of_scheme(scheme), *beyond)


def facts(scheme: Scheme) -> list[str]:
    """Columns that say whether a fact holds."""
    return [b.code for b in scheme.bonuses] + [v.code for v in scheme.vetoes]


def absent_firms(table: ir.Table, scheme: Scheme) -> list[Fault]:
    """Columns that the scheme names and the table lacks, or has as something else than numbers."""
    read = [*(item.code for item in scheme.items), *facts(scheme)]
    return [*lacking(table, "firms", ["unit", *read]), *other_kind(table, "firms", read)]


def _opened(table: ir.Table, scheme: Scheme) -> ir.Table:
    items = {f"x{n}": number(table[item.code]) for n, item in enumerate(scheme.items)}
    held = {f"f{n}": fact(table[code]) for n, code in enumerate(facts(scheme))}
    return table.select(**{name: word(table, name) for name in WORDS}, **items, **held)


def _scored(firms: ir.Table, scheme: Scheme) -> ir.Table:
    """Points of each item, means of the pool for what is missing, and the score."""
    items = list(enumerate(scheme.items))
    ends = firms.aggregate(
        {f"least{n}": firms[f"x{n}"].min() for n, _ in items}
        | {f"most{n}": firms[f"x{n}"].max() for n, _ in items},
        by={"of_pool": firms.pool},
    )
    firms = firms.left_join(ends, firms.pool == ends.of_pool).drop("of_pool")
    firms = firms.mutate(**{f"p{n}": _points(firms, n, item) for n, item in items})
    means = firms.aggregate(
        {f"m{n}": _middle(firms[f"p{n}"]) for n, _ in items}, by={"of_pool": firms.pool}
    )
    firms = firms.left_join(means, firms.pool == means.of_pool).drop("of_pool")
    got = {f"p{n}": _known(firms, n, item) for n, item in items}
    firms = _given(firms.mutate(**got), scheme)
    names = [*got, *(f"b{n}" for n, _ in enumerate(scheme.bonuses))]
    return _summed(firms, names)


def _middle(points: ir.Value) -> ir.Value:
    """The mean with one rounding, whatever the order of the firms, and never beyond its values.

    Adding and taking away `COARSE` leaves a multiple of 2^-20; sums of these are exact up to
    2^33, and what was cut off is too small for the order of its sum to show.
    """
    coarse = (points + exact(COARSE)) - exact(COARSE)
    found = (coarse.sum() + (points - coarse).sum()) / points.count().cast("float64")
    return ibis.least(ibis.greatest(found, points.min()), points.max())


def _points(firms: ir.Table, place: int, item: Item) -> ir.Value:
    x = firms[f"x{place}"]
    if item.rule == "base":
        share = ibis.greatest(x / exact(item.base), 0.0)
        if item.cap > 0:
            share = ibis.least(share, exact(item.cap))
        return ibis.ifelse(x.isnull(), ibis.null("float64"), share * exact(item.weight))
    least, most = firms[f"least{place}"], firms[f"most{place}"]
    along = ibis.ifelse(most > least, (x - least) / (most - least).nullif(0.0), 1.0)
    found = (along * exact(1 - item.floor) + exact(item.floor)) * exact(item.weight)
    return ibis.ifelse(x.isnull(), ibis.null("float64"), found)


def _known(firms: ir.Table, place: int, item: Item) -> ir.Value:
    points = firms[f"p{place}"]
    instead = firms[f"m{place}"] if item.missing == "mean" else ibis.literal(0.0)
    # What nobody of a pool has gives nought to all.
    return points.coalesce(instead, 0.0)


def _given(firms: ir.Table, scheme: Scheme) -> ir.Table:
    """Bonus points, each as far as it still fits under the most, in their order."""
    is_limited = math.isfinite(scheme.most_points)
    nothing = exact(0)
    firms = firms.mutate(left=exact(scheme.most_points) if is_limited else nothing)
    for place, bonus in enumerate(scheme.bonuses):
        points = exact(bonus.points)
        given = ibis.least(points, firms.left) if is_limited else points
        firms = firms.mutate(**{f"b{place}": ibis.ifelse(firms[f"f{place}"], given, nothing)})
        if is_limited:
            firms = firms.mutate(left=firms.left - firms[f"b{place}"])
    return firms


def _summed(firms: ir.Table, names: Sequence[str]) -> ir.Table:
    """Sum of columns with the rounding error of each addition kept and added at the end.

    Source: D. E. Knuth, The Art of Computer Programming 2, 4.2.2, theorem B.
    """
    firms = firms.mutate(s=firms[names[0]], e=ibis.literal(0.0))
    for name in names[1:]:
        x = firms[name]
        firms = firms.mutate(sum=firms.s + x)
        part = firms["sum"] - firms.s
        lost = (firms.s - (firms["sum"] - part)) + (firms[name] - part)
        firms = firms.mutate(s=firms["sum"], e=firms.e + lost)
    return firms.mutate(score=firms.s + firms.e)


def _placed(firms: ir.Table, scheme: Scheme) -> ir.Table:
    """Rank in the pool and the class of that place; borders as whole numbers, halves up."""
    by_pool = ibis.window(group_by=firms.pool)
    firms = firms.mutate(
        rank=ibis.rank().over(group_by=firms.pool, order_by=firms.score.desc()) + 1,
        of=firms.count().over(by_pool),
    )
    so_far, cases = Fraction(0), []
    for place, share in enumerate(scheme.shares[:-1]):
        so_far += Fraction(str(share))
        above, below = so_far.numerator, so_far.denominator
        border = (firms.of * (2 * above) + below) // (2 * below)
        cases.append((firms["rank"] <= border, place))
    last = len(scheme.shares) - 1
    place = ibis.cases(*cases, else_=last) if cases else ibis.literal(last)
    return firms.mutate(place=place.cast("int64"))


def _adjusted(firms: ir.Table, scheme: Scheme) -> ir.Table:
    """Least scores, classes upwards, then vetoes."""
    last = len(scheme.names) - 1
    enough = [
        (
            (firms.place <= place) & _reaches(firms, scheme.least.get(name)),
            place,
        )
        for place, name in enumerate(scheme.names[:-1])
    ]
    kept = ibis.cases(*enough, else_=last) if enough else ibis.literal(last)
    firms = firms.mutate(by_rank=_named(firms.place, scheme), place=kept.cast("int64"))
    lifts = [
        ibis.ifelse(firms[f"f{n}"], bonus.lift, 0)
        for n, bonus in enumerate(scheme.bonuses)
        if bonus.lift
    ]
    if lifts:
        room = ibis.greatest(firms.place - scheme.names.index(scheme.lift_to), 0)
        firms = firms.mutate(
            place=firms.place - ibis.least(total(lifts), room, scheme.most_lift).cast("int64")
        )
    firms = firms.mutate(place=_vetoed(firms, firms.place, scheme))
    return _told(firms.mutate(final=_named(firms.place, scheme)))


def _reaches(firms: ir.Table, least: float | None) -> ir.BooleanValue:
    return ibis.literal(value=True) if least is None else firms.score >= exact(least)


def _named(place: ir.Value, scheme: Scheme) -> ir.StringValue:
    pairs = [(number, name) for number, name in enumerate(scheme.names)]
    return place.cases(*pairs, else_=scheme.names[-1])


def _vetoed(firms: ir.Table, place: ir.Value, scheme: Scheme) -> ir.Value:
    start = len(scheme.bonuses)
    held = [
        ibis.ifelse(firms[f"f{start + n}"], scheme.names.index(veto.worst), 0)
        for n, veto in enumerate(scheme.vetoes)
    ]
    return ibis.greatest(place, *held).cast("int64") if held else place


def _unranked(firms: ir.Table, name: ir.Value, scheme: Scheme) -> ir.Table:
    """Firms outside the ranking; a veto counts for them all the same."""
    places = [(known, place) for place, known in enumerate(scheme.names)]
    firms = firms.mutate(given=name)
    firms = firms.mutate(place=firms.given.cases(*places, else_=-1).cast("int64"))
    vetoed = _named(_vetoed(firms, firms.place, scheme), scheme)
    firms = firms.mutate(final=ibis.ifelse(firms.place < 0, firms.given, vetoed))
    nothing = ibis.literal(0).cast("int64")
    return _told(
        firms.mutate(
            score=ibis.null("float64"), rank=nothing, of=nothing, by_rank=ibis.literal("")
        )
    )


def _told(firms: ir.Table) -> ir.Table:
    return firms.select(
        "unit",
        "pool",
        "score",
        "by_rank",
        "final",
        rank=firms["rank"].cast("int64"),
        of=firms.of.cast("int64"),
    ).select("unit", "pool", "score", "rank", "of", "by_rank", "final")
