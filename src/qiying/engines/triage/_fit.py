"""Training: two voices, what the register says and what the history shows, and their weights.

scikit-learn and SciPy are loaded only here: a process that ranks does not need them.
"""

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qiying.engines.triage._alike import repetitions
from qiying.engines.triage._features import vector
from qiying.engines.triage._model import Model, quantise
from qiying.engines.triage._params import DEFAULTS, TrainParams
from qiying.engines.triage._problem import Example, Matter
from qiying.engines.triage._text import grams, normalise, pairs

Floats = NDArray[np.float64]
FEWEST, REGISTER_SHARE, TEMPERATURE = 30, 20.0, 1.0
_SHARES = (0.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0)


def train(
    matters: Sequence[Matter],
    history: Sequence[Example] = (),
    *,
    seed: int = 0,
    params: TrainParams | None = None,
    register_version: str = "",
    history_version: str = "",
) -> Model:
    """Fit a model on the register of matters and on calls whose matter is known.

    Multinomial logistic regression on the history (each row of the register counts as a few short
    texts) gives the weights that the history shows; the cosine with a matter's names and keywords
    is what the register says. How much the register counts, and the temperature of the softmax,
    are chosen on folds that keep repetitions of a text together and on folds that do not, half
    and half: some calls repeat what was said before, others put it in new words. Under thirty
    examples both keep their defaults.

    Examples of matters that are not in the register are left out. The same input, parameters and
    seed give the same model on the same machine and libraries.

    Raises
    ------
    ValueError
        Fewer than two matters, or a code twice.
    """
    params = params or DEFAULTS
    codes = tuple(sorted(matter.code for matter in matters))
    if len(set(codes)) < 2 or len(set(codes)) < len(codes):
        raise ValueError("a model needs two matters or more, each once")
    known = [example for example in history if example.matter in set(codes)]
    corpus = _Corpus(sorted(matters, key=lambda m: m.code), known, params)
    versions = {"register_version": register_version, "history_version": history_version}
    return _fit_whole(corpus, codes, _register_words(matters), seed=seed, **versions)


def _register_words(matters: Sequence[Matter]) -> tuple[str, ...]:
    """The Chinese words of a register, which the reasons are told in."""
    return tuple(sorted({w for m in matters for w in (*m.keywords_zh, m.name_zh) if w}))


def _fit_whole(
    corpus: "_Corpus",
    codes: tuple[str, ...],
    words: tuple[str, ...],
    *,
    seed: int,
    **versions: str,
) -> Model:
    """Fit on all examples, with the share and the temperature that the folds chose."""
    share, temperature = _choose(corpus, seed)
    fitted = corpus.fit(range(corpus.count))
    weights = (fitted.weights + share * corpus.register) / temperature
    whole, scale = quantise(weights.T)
    return Model(
        matters=codes,
        features=corpus.features,
        rarity=corpus.rarity,
        unknown_rarity=corpus.unknown,
        weights=whole,
        scale=scale,
        prior=np.round(fitted.prior / temperature, 6),
        words=words,
        examples=corpus.count,
        register_share=share,
        temperature=temperature,
        seed=seed,
        params=corpus.params,
        **versions,
    )


@dataclass(frozen=True, slots=True)
class _Fitted:
    """Weights, matters by features, and priors by matters; both around zero."""

    weights: Floats
    prior: Floats


class _Corpus:
    """Texts as vectors: the history first, then the rows of the register."""

    def __init__(
        self, matters: Sequence[Matter], history: Sequence[Example], params: TrainParams
    ) -> None:
        self.params = params
        whole = [_words_of(matter) for matter in matters]
        rows = [(n, text) for n, matter in enumerate(matters) for text in _texts_of(matter)]
        texts = [example.text for example in history] + [text for _, text in rows]
        number = {matter.code: n for n, matter in enumerate(matters)}
        own = [number[example.matter] for example in history]
        self.count, self.kinds = len(history), len(matters)
        self.matter = np.array(own + [n for n, _ in rows])
        self._number_features(texts, len(history))
        self.vectors = self._matrix(texts)
        register = self._matrix(whole).toarray()
        self.register: Floats = register - register.mean(axis=0)
        self.repeats = repetitions([pairs(e.text) for e in history], params.alike)
        times = Counter(self.repeats)
        damped = [times[group] ** -params.repeat_damping for group in self.repeats]
        mean = sum(damped) / len(damped) if damped else 1.0
        weights = [weight / mean for weight in damped] + [params.register_weight] * len(rows)
        self.weights = np.array(weights)

    def _number_features(self, texts: Sequence[str], count: int) -> None:
        seen: Counter[str] = Counter()
        in_register: set[str] = set()
        for n, text in enumerate(texts):
            features = {gram.feature for gram in grams(normalise(text))}
            seen.update(features)
            if n >= count:
                in_register |= features
        least = self.params.least_texts
        kept = sorted(f for f, n in seen.items() if n >= least or f in in_register)
        self.features = tuple(kept)
        self.ids = {feature: n for n, feature in enumerate(kept)}
        often = np.array([seen[feature] for feature in kept], np.float64)
        self.rarity: Floats = np.log((1 + len(texts)) / (1 + often)) + 1
        self.unknown = float(np.log((1 + len(texts)) / 2) + 1)

    def _matrix(self, texts: Sequence[str]) -> Any:
        from scipy.sparse import csr_array

        rows = [vector(text, self.ids, self.rarity, self.unknown) for text in texts]
        ends = np.cumsum([0, *(len(row.ids) for row in rows)])
        values = np.concatenate([row.values for row in rows]) if rows else np.zeros(0)
        ids = np.concatenate([row.ids for row in rows]) if rows else np.zeros(0, np.int32)
        made = csr_array((values, ids, ends), shape=(len(rows), len(self.features)))
        made.sort_indices()
        return made

    def fit(self, chosen: Sequence[int]) -> _Fitted:
        """Fit the weights of the history on the chosen examples and the whole register."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits

        rows = np.concatenate([chosen, np.arange(self.count, len(self.matter))]).astype(int)
        model = LogisticRegression(
            C=self.params.strength, max_iter=self.params.iterations, tol=1e-3
        )
        with threadpool_limits(1), warnings.catch_warnings():
            # The budget is a number of iterations; that it was used up is no news.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(self.vectors[rows], self.matter[rows], self.weights[rows])
        weights, prior = model.coef_, model.intercept_
        if len(prior) == 1:  # two matters: one row of weights for the second
            weights, prior = np.vstack([-weights, weights]) / 2, np.append(-prior, prior) / 2
        return _Fitted(weights - weights.mean(axis=0), prior - prior.mean())


def _words_of(matter: Matter) -> str:
    words = (matter.name_zh, *matter.keywords_zh, matter.name_en, *matter.keywords_en)
    return "\n。".join(word for word in words if word)


def _texts_of(matter: Matter) -> list[str]:
    english = " ".join((matter.name_en, *matter.keywords_en))
    notes = (matter.note_zh, matter.note_en)
    return [t for t in (_words_of(matter), *matter.keywords_zh, english, *notes) if t.strip()]


def _choose(corpus: _Corpus, seed: int) -> tuple[float, float]:
    """Return the share of the register and the temperature: the least log loss on the folds."""
    if corpus.count < FEWEST:
        return REGISTER_SHARE, TEMPERATURE
    draw = np.random.default_rng(seed)
    sample = np.sort(draw.permutation(corpus.count)[: corpus.params.sampled])
    groups = np.array(corpus.repeats)[sample]
    judged = [
        _held_out(corpus, sample, _folds(groups, corpus.params.folds, draw)),
        _held_out(corpus, sample, _folds(np.arange(len(sample)), corpus.params.folds, draw)),
    ]
    history, register, truth = (np.concatenate(parts) for parts in zip(*judged, strict=True))
    found = [(*_temperature(history + share * register, truth), share) for share in _SHARES]
    _, temperature, share = min(found)
    return share, temperature


def _folds(groups: NDArray[np.int64], folds: int, draw: np.random.Generator) -> Any:
    """Give each group to a fold by chance; return the fold of each example."""
    names, place = np.unique(groups, return_inverse=True)
    return (draw.permutation(len(names)) % folds)[place]


def _held_out(
    corpus: _Corpus, sample: NDArray[Any], fold_of: NDArray[Any]
) -> tuple[Floats, Floats, NDArray[Any]]:
    """Log-odds by history and by register of each example, by a fit that has not seen it."""
    history, register, truth = [], [], []
    for fold in range(corpus.params.folds):
        fitted = corpus.fit(sample[fold_of != fold])
        out = sample[fold_of == fold]
        texts = corpus.vectors[out]
        history.append(texts @ fitted.weights.T + fitted.prior)
        register.append(texts @ corpus.register.T)
        truth.append(corpus.matter[out])
    return np.concatenate(history), np.concatenate(register), np.concatenate(truth)


def _temperature(scores: Floats, truth: NDArray[Any]) -> tuple[float, float]:
    """Return the least log loss over all temperatures, and the temperature that gives it."""
    from scipy.optimize import minimize_scalar
    from scipy.special import logsumexp

    def loss(log_temperature: float) -> float:
        scaled = scores / np.exp(log_temperature)
        own = scaled[np.arange(len(truth)), truth]
        return float((logsumexp(scaled, axis=1) - own).mean())

    best = minimize_scalar(loss, bounds=(-2.5, 2.5), method="bounded", options={"xatol": 1e-3})
    return round(float(best.fun), 6), round(float(np.exp(best.x)), 4)
