"""A second opinion, feature by feature and call by call, from the stored weights alone.

Written from the definitions, not from the solvers: it shares the plain types, the reading of a
text and where its words stand.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from qiying.engines.triage._index import Rarity
from qiying.engines.triage._model import Model
from qiying.engines.triage._params import AlikeParams
from qiying.engines.triage._problem import Call
from qiying.engines.triage._result import Guess, Like, Violation
from qiying.engines.triage._text import grams, normalise, pairs
from qiying.engines.triage._words import spans

CLOSE = 1e-6


def check(model: Model, text: str, guesses: Sequence[Guess], k: int = 3) -> tuple[Violation, ...]:
    """Return what a naive count finds wrong with a ranking; nothing when all of it holds.

    Takes what `Model.rank` took and what it gave; time in proportion to matters × features.
    """
    values = _values(model, text)
    if not values:
        return _differ("guesses", (), tuple(guesses))
    scores = {code: _score(model, values, n) for n, code in enumerate(model.matters)}
    top = max(scores.values())
    whole = math.fsum(math.exp(score - top) for score in scores.values())
    chance = {code: math.exp(score - top) / whole for code, score in scores.items()}
    found = list(_order(guesses, chance, k))
    for guess in guesses:
        if guess.matter not in scores:
            found.append(Violation("matter", None, guess.matter))
            continue
        column = model.matters.index(guess.matter)
        found += _numbers(guess, scores[guess.matter], chance[guess.matter], model, column)
        found += _words(guess, model, text, values, column)
    return tuple(found)


def _values(model: Model, text: str) -> dict[str, float]:
    """Value of each known feature: how often × how rare, over the length of all of them."""
    counts: dict[str, int] = {}
    for gram in grams(normalise(text)):
        counts[gram.feature] = counts.get(gram.feature, 0) + 1
    rarity = dict(zip(model.features, model.rarity.tolist(), strict=True))
    raw = {
        feature: (1 + math.log(count)) * rarity.get(feature, model.unknown_rarity)
        for feature, count in counts.items()
    }
    length = math.sqrt(math.fsum(value * value for value in raw.values()))
    return {feature: value / length for feature, value in raw.items() if feature in rarity}


def _score(model: Model, values: dict[str, float], column: int) -> float:
    row = {feature: n for n, feature in enumerate(model.features) if feature in values}
    parts = [float(model.weights[n, column]) * values[feature] for feature, n in row.items()]
    return float(model.prior[column]) + model.scale * math.fsum(parts)


def _order(guesses: Sequence[Guess], chance: dict[str, float], k: int) -> Iterator[Violation]:
    expected = min(k, len(chance))
    yield from _differ("count", expected, len(guesses))
    named = [guess.matter for guess in guesses]
    least = min((chance.get(code, 0.0) for code in named), default=1.0)
    missed = [c for c, p in chance.items() if c not in named and p > least + CLOSE]
    yield from _differ("missed", [], sorted(missed))
    if len(set(named)) < len(named):
        yield Violation("twice", len(named), len(set(named)))
    sure = [guess.probability for guess in guesses]
    yield from _differ("order", sorted(sure, reverse=True), sure)


def _numbers(
    guess: Guess, score: float, chance: float, model: Model, column: int
) -> Iterator[Violation]:
    told = math.fsum(t.weight for t in (*guess.speaks_for, *guess.speaks_against))
    yield from _far("score", score, guess.score)
    yield from _far("probability", chance, guess.probability)
    yield from _far("prior", float(model.prior[column]), guess.prior)
    yield from _far("rest", score - guess.prior - told, guess.rest)


def _words(
    guess: Guess, model: Model, text: str, values: dict[str, float], column: int
) -> Iterator[Violation]:
    plain = normalise(text)
    told = [gram for gram in grams(plain) if gram.feature in values]
    times = Counter(gram.feature for gram in told)
    row = {feature: n for n, feature in enumerate(model.features) if feature in values}
    by_char = [0.0] * len(plain)
    for gram in told:
        weight_of = float(model.weights[row[gram.feature], column]) * model.scale
        is_latin = "a" <= gram.feature[0] <= "z"
        places = range(gram.start, gram.start + 1 if is_latin else gram.end)
        for at in places:
            part = values[gram.feature] * weight_of / times[gram.feature]
            by_char[at] += part / len(places)
    weight: dict[str, float] = {}
    for start, end in spans(plain, model.words):
        word = plain[start:end]
        weight[word] = weight.get(word, 0.0) + math.fsum(by_char[start:end])
    for sign, terms in ((1, guess.speaks_for), (-1, guess.speaks_against)):
        most = sorted((sign * w for w in weight.values() if sign * w > CLOSE), reverse=True)
        for place, term in enumerate(terms):
            yield from _far(f"word:{term.word}", weight.get(term.word, 0.0), term.weight)
            if place < len(most):
                yield from _far(f"place:{term.word}", most[place], sign * term.weight)


def check_alike(
    calls: Iterable[Call],
    call: Call,
    likes: Sequence[Like],
    rarity: Rarity,
    *,
    limit: int = 5,
    params: AlikeParams | None = None,
) -> tuple[Violation, ...]:
    """Return what comparing every call finds wrong with an answer of `Index.alike`."""
    params = params or AlikeParams()
    scores = {c.key: _alike(call, c, rarity, params) for c in calls if c.key != call.key}
    enough = {key: score for key, score in scores.items() if score >= params.least - CLOSE}
    sure = [key for key, score in enough.items() if score >= params.least + CLOSE]
    found = [v for like in likes for v in _far(like.key, scores.get(like.key, -1), like.score)]
    if not min(limit, len(sure)) <= len(likes) <= min(limit, len(enough)):
        found.append(Violation("count", min(limit, len(enough)), len(likes)))
    best = sorted(enough.values(), reverse=True)
    found += [
        v
        for score, like in zip(best, likes, strict=False)
        for v in _far("place", score, like.score)
    ]
    for like in likes:
        product = like.text * like.place * like.firm * like.time
        found += _far("product", product, like.score)
    return tuple(found)


def _alike(new: Call, old: Call, rarity: Rarity, params: AlikeParams) -> float:
    ours, theirs = pairs(new.text), pairs(old.text)
    shared = rarity.total(ours & theirs)
    if not shared:
        return 0.0
    apart = rarity.total(ours - theirs) + params.beyond * rarity.total(theirs - ours)
    text = shared / (shared + apart)
    place = params.unknown
    if new.longitude is not None and old.longitude is not None:
        beyond = max(_metres(new, old) - params.near_m, 0.0)
        floor = params.place_floor
        place = floor + (1 - floor) * math.exp(-beyond / params.far_m)
    firm = 1.0 if new.firm == old.firm else params.other_firm
    firm = firm if new.firm and old.firm else params.unknown
    age = abs(new.at_day - old.at_day)
    time = params.time_floor + (1 - params.time_floor) * math.exp(-age / params.fades_days)
    return text * place * firm * time


def _metres(one: Call, other: Call) -> float:
    """Distance on the sphere by the chord between the two points."""
    points = []
    for call in (one, other):
        lon, lat = math.radians(call.longitude or 0), math.radians(call.latitude or 0)
        points.append(
            (math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat))
        )
    return 2 * 6_371_008.8 * math.asin(min(math.dist(*points) / 2, 1.0))


def _far(name: str, expected: float, found: float) -> Iterator[Violation]:
    if not math.isclose(expected, found, rel_tol=CLOSE, abs_tol=CLOSE):
        yield Violation(name, expected, found)


def _differ(name: str, expected: object, found: object) -> tuple[Violation, ...]:
    return () if expected == found else (Violation(name, expected, found),)
