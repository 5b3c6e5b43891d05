"""Independent check of ratings: counted from the whole pool again, not along the way."""

import math
from collections.abc import Iterator, Sequence

from qiying.engines.composite._classes import Firm, Rating, Scheme
from qiying.engines.composite._result import Violation

CLOSE = 1e-9


def check_classes(
    scheme: Scheme, firms: Sequence[Firm], ratings: Sequence[Rating]
) -> tuple[Violation, ...]:
    """Name each statement about a class that does not hold; empty when all do."""
    if [firm.unit for firm in firms] != [rating.unit for rating in ratings]:
        return (Violation("units", "", len(firms), len(ratings)),)
    found: list[Violation] = []
    for firm, rating in zip(firms, ratings, strict=True):
        found += _vetoes(scheme, firm, rating)
    for pool in sorted({firm.pool for firm in firms}):
        own = [r for r in ratings if r.pool == pool and r.rank]
        found += [*_scores(scheme, firms, own), *_ranks(own), *_quotas(scheme, own)]
    by_unit = {rating.unit: rating for rating in ratings}
    found += _followers(scheme, firms, by_unit)
    return tuple(found)


def _scores(scheme: Scheme, firms: Sequence[Firm], own: Sequence[Rating]) -> Iterator[Violation]:
    """A score is its points and the bonus points, which stay under their most."""
    facts = {firm.unit: firm.facts for firm in firms}
    for rating in own:
        extra = sum(b.points for b in scheme.bonuses if b.code in facts[rating.unit])
        most = min(extra, scheme.most_points)
        wanted = math.fsum(rating.points) + (most if extra >= 0 else extra)
        plain = all(bonus.points >= 0 for bonus in scheme.bonuses)
        if plain and not math.isclose(wanted, rating.score, rel_tol=CLOSE, abs_tol=CLOSE):
            yield Violation("score", rating.unit, wanted, rating.score)


def _ranks(own: Sequence[Rating]) -> Iterator[Violation]:
    for rating in own:
        better = len([r for r in own if r.score > rating.score])
        if (better + 1, len(own)) != (rating.rank, rating.of):
            yield Violation("rank", rating.unit, better + 1, rating.rank)


def _quotas(scheme: Scheme, own: Sequence[Rating]) -> Iterator[Violation]:
    """So many are in the best k classes as their shares give, or more by ties at the border."""
    count, percent = len(own), 0.0
    for k, share in enumerate(scheme.shares[:-1]):
        percent += share
        allowed = math.floor(round(percent * count, 9) + 0.5)
        inside = sorted((r.score for r in own if r.by_rank in scheme.names[: k + 1]), reverse=True)
        ties = [s for s in inside[:allowed] if s == inside[-1]] if inside else []
        if len(inside) < allowed or (len(inside) > allowed and not ties):
            yield Violation("quota", scheme.names[k], allowed, len(inside))
    ordered = sorted(own, key=lambda r: -r.score)
    places = [scheme.names.index(r.by_rank) for r in ordered]
    if places != sorted(places):
        yield Violation("order", own[0].pool, "", "")


def _vetoes(scheme: Scheme, firm: Firm, rating: Rating) -> Iterator[Violation]:
    if rating.final not in scheme.names:
        return
    place = scheme.names.index(rating.final)
    for veto in scheme.vetoes:
        if veto.code in firm.facts and place < scheme.names.index(veto.worst):
            yield Violation("veto", firm.unit, veto.worst, rating.final)


def _followers(
    scheme: Scheme, firms: Sequence[Firm], by_unit: dict[str, Rating]
) -> Iterator[Violation]:
    vetoes = {veto.code for veto in scheme.vetoes}
    for firm in firms:
        free = not firm.facts & vetoes
        if firm.follows and not firm.exempt and free:
            theirs = by_unit[firm.follows].final
            if by_unit[firm.unit].final != theirs:
                yield Violation("follows", firm.unit, theirs, by_unit[firm.unit].final)
