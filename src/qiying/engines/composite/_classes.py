"""From points to a class, with every reason on the way."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from qiying.engines.composite._cube import Fault, Reason, Unusable
from qiying.engines.composite._points import Item, faults_of, points


@dataclass(frozen=True, slots=True)
class Bonus:
    """What a title gives: points before ranking, or so many classes upwards after it."""

    code: str
    points: float = 0.0
    lift: int = 0


@dataclass(frozen=True, slots=True)
class Veto:
    """一票否决: a fact that keeps a firm at ``worst`` or below, whatever its score and titles."""

    code: str
    worst: str = "D"


@dataclass(frozen=True, slots=True)
class Scheme:
    """The rules of one year and pool.

    ``shares`` are of the ranked firms of a pool, best class first, with the sum 1; the border
    after class k lies at the sum of the shares so far, times the number of firms, rounded half
    up. Firms with equal scores across a border all have the better class. ``least`` are scores
    that a class asks for besides. Bonus points count to at most ``most_points``, classes upwards
    to at most ``most_lift`` and never past ``lift_to``. ``exempt`` is the class of firms that are
    not ranked (不定等级), which may stand outside ``names``.
    """

    items: tuple[Item, ...]
    names: tuple[str, ...] = ("A", "B", "C", "D")
    shares: tuple[float, ...] = (0.2, 0.4, 0.35, 0.05)
    least: Mapping[str, float] = field(default_factory=dict)
    bonuses: tuple[Bonus, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    most_points: float = math.inf
    most_lift: int = 1
    lift_to: str = "A"
    exempt: str = "B"


@dataclass(frozen=True, slots=True)
class Firm:
    """Values by item, and facts by the codes of the scheme.

    ``pool`` separates firms that are ranked apart (above and below scale); ``exempt`` is a reason
    not to be ranked; ``follows`` another firm whose class this one has (a tenant its landlord's).
    """

    unit: str
    values: Mapping[str, float]
    facts: frozenset[str] = frozenset()
    pool: str = ""
    exempt: str = ""
    follows: str = ""


@dataclass(frozen=True, slots=True)
class Rating:
    """A firm's class and the way there.

    ``by_rank`` is the class of its place alone; ``score`` includes bonus points; ``rank`` 0 is
    "not ranked", then ``score`` is NaN. ``reasons`` are in the order in which they counted.
    """

    unit: str
    pool: str
    points: tuple[float, ...]
    score: float
    rank: int
    of: int
    by_rank: str
    final: str
    reasons: tuple[Reason, ...]


def classify(scheme: Scheme, firms: Sequence[Firm]) -> tuple[Rating, ...]:
    """Rate every firm, in the order given.

    Each pool is ranked by score = sum of points + bonus points; quotas give a class; then come
    classes upwards, then vetoes, which nothing overrides; then who follows another.

    Raises
    ------
    Unusable
        With every fault of the scheme and of the firms.
    """
    faults = _faults(scheme, firms)
    if faults:
        raise Unusable(tuple(faults))
    rated: dict[str, Rating] = {}
    for pool in dict.fromkeys(firm.pool for firm in firms):
        ranked = [f for f in firms if f.pool == pool and not f.exempt and not f.follows]
        rated |= {rating.unit: rating for rating in _pool(scheme, ranked)}
    for firm in firms:
        if firm.exempt:
            rated[firm.unit] = _unranked(scheme, firm, scheme.exempt, Reason(firm.exempt))
    for firm in firms:
        if firm.follows and not firm.exempt:
            theirs = rated[firm.follows].final
            rated[firm.unit] = _unranked(scheme, firm, theirs, Reason("follows", firm.follows))
    return tuple(rated[firm.unit] for firm in firms)


def _pool(scheme: Scheme, firms: Sequence[Firm]) -> list[Rating]:
    table = points(scheme.items, [firm.values for firm in firms]).tolist()
    reasons = [_missing(scheme, firm) + _extra(scheme, firm) for firm in firms]
    scores = [
        math.fsum([*row, *(dict(r.numbers)["points"] for r in why if r.code == "bonus_points")])
        for row, why in zip(table, reasons, strict=True)
    ]
    borders, ordered = quotas(scheme.shares, len(firms)), sorted(scores)
    found = []
    for firm, row, score, why in zip(firms, table, scores, reasons, strict=True):
        upto = bisect_right(ordered, score)
        rank = 1 + len(ordered) - upto
        place = next(k for k, border in enumerate(borders) if rank <= border)
        by_rank = scheme.names[place]
        is_tied = len(ordered) - bisect_left(ordered, score) > borders[place]
        tie = [Reason("tie", by_rank)] if is_tied else []
        quota = Reason("quota", by_rank, (("rank", rank), ("of", len(firms))))
        final, more = _adjusted(scheme, firm, place, score)
        rating = Rating(
            firm.unit, firm.pool, tuple(row), score, rank, len(firms), by_rank, final, ()
        )
        found.append(replace(rating, reasons=(*why, *tie, quota, *more)))
    return found


def quotas(shares: Sequence[float], count: int) -> list[int]:
    """Last rank of each class: sum of shares so far x firms, rounded half up, the last all.

    Shares count as the decimal that they are written as, so 0.1 + 0.2 is 0.3.
    """
    found, so_far = [], Fraction(0)
    for share in shares:
        so_far += Fraction(str(share))
        found.append(math.floor(so_far * count + Fraction(1, 2)))
    found[-1] = count
    return found


def _missing(scheme: Scheme, firm: Firm) -> list[Reason]:
    lacks = [i for i in scheme.items if math.isnan(firm.values.get(i.code, math.nan))]
    return [Reason(f"item_{item.missing}", item.code) for item in lacks]


def _extra(scheme: Scheme, firm: Firm) -> list[Reason]:
    """Bonus points, as many as still fit under the most."""
    found, left = [], scheme.most_points
    for bonus in scheme.bonuses:
        if bonus.code in firm.facts and bonus.points:
            given = min(bonus.points, left)
            left -= max(given, 0.0)
            found.append(Reason("bonus_points", bonus.code, (("points", given),)))
    return found


def _adjusted(scheme: Scheme, firm: Firm, place: int, score: float) -> tuple[str, list[Reason]]:
    """Class after the least scores, classes upwards and vetoes."""
    why: list[Reason] = []
    while place < len(scheme.names) - 1 and score < scheme.least.get(
        scheme.names[place], -math.inf
    ):
        why.append(Reason("below_least", scheme.names[place], (("score", score),)))
        place += 1
    lifts = [b for b in scheme.bonuses if b.code in firm.facts and b.lift]
    left = min(scheme.most_lift, max(0, place - scheme.names.index(scheme.lift_to)))
    for bonus in lifts:
        given = min(bonus.lift, left)
        left, place = left - given, place - given
        code = "lift" if given else "lift_used_up"
        why.append(Reason(code, bonus.code, (("classes", given),)))
    place, vetoed = _vetoed(scheme, firm, place)
    return scheme.names[place], why + vetoed


def _vetoed(scheme: Scheme, firm: Firm, place: int) -> tuple[int, list[Reason]]:
    held = [veto for veto in scheme.vetoes if veto.code in firm.facts]
    places = [scheme.names.index(veto.worst) for veto in held]
    return max([place, *places]), [Reason("veto", v.code) for v in held]


def _unranked(scheme: Scheme, firm: Firm, name: str, why: Reason) -> Rating:
    """A firm outside the ranking; a veto counts for it all the same."""
    vetoed: list[Reason] = []
    if name in scheme.names:
        place, vetoed = _vetoed(scheme, firm, scheme.names.index(name))
        name = scheme.names[place]
    empty = tuple(math.nan for _ in scheme.items)
    reasons = (why, *vetoed)
    return Rating(firm.unit, firm.pool, empty, math.nan, 0, 0, "", name, reasons)


def faults_of_scheme(scheme: Scheme) -> list[Fault]:
    """What of a scheme cannot be used."""
    found = faults_of(scheme.items)
    total = sum(Fraction(str(share)) for share in scheme.shares)
    if len(scheme.shares) != len(scheme.names) or total != 1 or min(scheme.shares) < 0:
        found.append(Fault("shares", "scheme", column="shares", value=str(scheme.shares)))
    named = [scheme.lift_to, *scheme.least, *(veto.worst for veto in scheme.vetoes)]
    found += [Fault("unknown_class", "scheme", value=n) for n in named if n not in scheme.names]
    codes = _facts(scheme)
    found += [Fault("repeated_fact", "scheme", value=c) for c in codes if codes.count(c) > 1]
    return found


def _facts(scheme: Scheme) -> list[str]:
    return [b.code for b in scheme.bonuses] + [v.code for v in scheme.vetoes]


def _faults(scheme: Scheme, firms: Sequence[Firm]) -> list[Fault]:
    found, codes = faults_of_scheme(scheme), _facts(scheme)
    by_unit = {firm.unit: firm for firm in firms}
    for place, firm in enumerate(firms, 1):
        if by_unit[firm.unit] is not firm:
            found.append(Fault("repeated_unit", "firms", place, "unit", firm.unit))
        if any(math.isinf(value) for value in firm.values.values()):
            found.append(Fault("no_number", "firms", place, "values", firm.unit))
        if firm.facts - set(codes):
            unknown = ",".join(sorted(firm.facts - set(codes)))
            found.append(Fault("unknown_fact", "firms", place, "facts", unknown))
        if firm.follows and not _leads(by_unit.get(firm.follows)):
            found.append(Fault("nobody_to_follow", "firms", place, "follows", firm.follows))
    return found


def _leads(firm: Firm | None) -> bool:
    return firm is not None and (not firm.follows or bool(firm.exempt))
