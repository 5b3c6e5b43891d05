"""A trained model: a plain value that ranks matters and says why."""

import base64
import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import chain
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from qiying.engines.triage._features import Vector, vector
from qiying.engines.triage._params import DEFAULTS, VERSION, TrainParams
from qiying.engines.triage._result import Guess, Term
from qiying.engines.triage._text import grams, normalise
from qiying.engines.triage._words import spans

MOST = 32767


@dataclass(frozen=True)
class Model:
    """Weights of features for matters, with where they come from. Made by `train`.

    The log-odds of matter ``m`` for a text with the vector ``x`` (length one, see `TrainParams`)
    are ``prior[m] + scale * sum(x[f] * weights[f, m])``, and its probability their softmax:
    temperature and the weight of the register are already in the weights. ``weights`` are
    16-bit integers, features by matters. Models are equal when their digests are.
    """

    matters: tuple[str, ...]
    features: tuple[str, ...]
    rarity: NDArray[np.float64] = field(repr=False)
    unknown_rarity: float
    weights: NDArray[np.int16] = field(repr=False)
    scale: float
    prior: NDArray[np.float64] = field(repr=False)
    words: tuple[str, ...] = field(repr=False)
    examples: int
    register_share: float
    temperature: float
    seed: int
    register_version: str = ""
    history_version: str = ""
    params: TrainParams = DEFAULTS
    version: str = VERSION

    def __post_init__(self) -> None:
        shape = (len(self.features), len(self.matters))
        if self.weights.shape != shape or self.weights.dtype != np.int16:
            raise ValueError("weights must be 16-bit integers, features by matters")
        if self.rarity.shape != shape[:1] or self.prior.shape != shape[1:]:
            raise ValueError("rarity goes by features, prior by matters")
        for array in (self.rarity, self.weights, self.prior):
            array.setflags(write=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {feature: number for number, feature in enumerate(self.features)}

    @cached_property
    def digest(self) -> str:
        """SHA-256 over everything that the model holds, hexadecimal."""
        plain = json.dumps(self.to_plain(), sort_keys=True, ensure_ascii=False)
        return sha256(plain.encode()).hexdigest()

    def vector(self, text: str) -> Vector:
        """Return the text as the model sees it."""
        return vector(text, self._ids, self.rarity, self.unknown_rarity)

    def rank(self, text: str, k: int = 3, *, terms: int = 5) -> tuple[Guess, ...]:
        """Return the ``k`` likeliest matters, the likeliest first; equal ones by code.

        A text in which the model knows no feature has no guess. At most ``terms`` words are told
        for and as many against each.
        """
        seen = self.vector(text)
        if not len(seen.ids) or k < 1:
            return ()
        scores = self.prior + self.scale * (seen.values @ self.weights[seen.ids])
        odds = np.exp(scores - scores.max())
        probabilities = odds / odds.sum()
        order = sorted(
            range(len(self.matters)), key=lambda m: (-probabilities[m], self.matters[m])
        )
        best = order[:k]
        spoken = self._spoken(normalise(text), seen, best)
        return tuple(
            self._guess(m, float(probabilities[m]), float(scores[m]), by_word, terms)
            for m, by_word in zip(best, spoken, strict=True)
        )

    def _guess(
        self, matter: int, probability: float, score: float, by_word: Mapping[str, float], n: int
    ) -> Guess:
        ranked = sorted(by_word.items(), key=lambda row: (-abs(row[1]), row[0]))
        speaks_for = tuple(Term(*row) for row in ranked if row[1] > 0)[:n]
        against = tuple(Term(*row) for row in ranked if row[1] < 0)[:n]
        prior = float(self.prior[matter])
        told = sum(term.weight for term in chain(speaks_for, against))
        rest = score - prior - told
        code = self.matters[matter]
        return Guess(code, probability, score, prior, speaks_for, against, rest)

    def _spoken(self, plain: str, seen: Vector, matters: list[int]) -> list[dict[str, float]]:
        """Weight of each word for each matter: a feature's share goes to its characters."""
        value_of = dict(zip(seen.ids.tolist(), seen.values.tolist(), strict=True))
        found = [(self._ids.get(gram.feature), gram) for gram in grams(plain)]
        known = [(number, gram) for number, gram in found if number is not None]
        counts = Counter(number for number, _ in known)
        each = np.array([value_of[number] / counts[number] for number, _ in known])
        parts = each[:, None] * self.weights[np.ix_([n for n, _ in known], matters)] * self.scale
        by_char = np.zeros((len(plain), len(matters)))
        # A pair gives half to each of its characters; a Latin word is one word whole.
        np.add.at(by_char, [gram.start for _, gram in known], parts / 2)
        ends = [g.start + 1 if g.end - g.start == 2 else g.start for _, g in known]
        np.add.at(by_char, ends, parts / 2)
        told: list[dict[str, float]] = [defaultdict(float) for _ in matters]
        for start, end in spans(plain, self.words):
            for by_word, weight in zip(told, by_char[start:end].sum(axis=0), strict=True):
                by_word[plain[start:end]] += float(weight)
        return told

    def to_plain(self) -> dict[str, Any]:
        """Return the model as values that JSON can hold; arrays packed, little-endian."""
        return {
            "engine": "triage",
            "version": self.version,
            "matters": list(self.matters),
            "features": list(self.features),
            "rarity": _pack(self.rarity.astype("<f8")),
            "unknown_rarity": self.unknown_rarity,
            "weights": _pack(self.weights.astype("<i2")),
            "scale": self.scale,
            "prior": _pack(self.prior.astype("<f8")),
            "words": list(self.words),
            "examples": self.examples,
            "register_share": self.register_share,
            "temperature": self.temperature,
            "seed": self.seed,
            "register_version": self.register_version,
            "history_version": self.history_version,
            "params": asdict(self.params),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Return the model that `to_plain` wrote.

        Raises ValueError for another engine's value or another major version.
        """
        if plain.get("engine") != "triage":
            raise ValueError("not a model of this engine")
        if str(plain["version"]).split(".")[0] != VERSION.split(".")[0]:
            raise ValueError("a model of another major version: train again")
        matters, features = tuple(plain["matters"]), tuple(plain["features"])
        same = {name: plain[name] for name in _SAME}
        return cls(
            matters=matters,
            features=features,
            rarity=_unpack(plain["rarity"], "<f8").astype(np.float64),
            weights=_unpack(plain["weights"], "<i2")
            .astype(np.int16)
            .reshape(len(features), len(matters)),
            prior=_unpack(plain["prior"], "<f8").astype(np.float64),
            words=tuple(plain["words"]),
            params=TrainParams(**plain["params"]),
            **same,
        )


_SAME = (
    "unknown_rarity",
    "scale",
    "examples",
    "register_share",
    "temperature",
    "seed",
    "register_version",
    "history_version",
    "version",
)


def _pack(array: NDArray[Any]) -> str:
    return base64.b64encode(zlib.compress(array.tobytes(), 6)).decode()


def _unpack(packed: str, kind: str) -> NDArray[Any]:
    return np.frombuffer(zlib.decompress(base64.b64decode(packed)), kind)


def quantise(weights: NDArray[np.float64]) -> tuple[NDArray[np.int16], float]:
    """Return weights as 16-bit integers and the scale that gives them back."""
    scale = float(np.abs(weights).max(initial=0.0)) / MOST or 1.0
    return np.rint(weights / scale).astype(np.int16), scale
