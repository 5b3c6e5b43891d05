"""Weights of the members of one node, each by a formula; all are shares with the sum 1.

Data come as rows x members, good upwards, NaN missing.
"""

import numpy as np

from qiying.engines.composite._cube import Floats

RANDOM_INDEX = (
    0.0,
    0.0,
    0.0,
    0.58,
    0.90,
    1.12,
    1.24,
    1.32,
    1.41,
    1.45,
    1.49,
    1.51,
    1.48,
    1.56,
    1.57,
)
"""Mean consistency index of random judgements by size. Source: T. L. Saaty, The Analytic Hierarchy
Process (1980)."""
ROUNDS, ENOUGH = 10_000, 1e-14


def shares(raw: Floats) -> Floats:
    """Scaled to the sum 1; equal when there is nothing to scale."""
    total = raw.sum()
    return raw / total if total > 0 else np.full(raw.shape, 1 / raw.size)


def entropy(z: Floats, shift: float = 0.0) -> Floats:
    """w = (1 - e) / sum(1 - e), e = -sum p ln p / ln n, p = z / sum z, 0 ln 0 = 0.

    A column with something below nought is moved up to nought; `shift` is added to all. A column
    without contrast has no weight.
    """
    contrast = np.zeros(z.shape[1])
    for place, column in enumerate(z.T):
        known = column[~np.isnan(column)]
        if known.size < 2 or known.min() == known.max():
            continue
        known = known - min(0.0, float(known.min())) + shift
        p = known / known.sum()
        p = p[p > 0]
        contrast[place] = max(0.0, 1 + float((p * np.log(p)).sum()) / np.log(known.size))
    return shares(contrast)


def variation(z: Floats) -> Floats:
    """Shares of the coefficients of variation, sd / |mean|."""
    raw = np.zeros(z.shape[1])
    for place, column in enumerate(z.T):
        known = column[~np.isnan(column)]
        if known.size > 1 and known.mean() != 0:
            raw[place] = known.std(ddof=1) / abs(known.mean())
    return shares(raw)


def deviations(z: Floats) -> Floats:
    """Standard deviation of each column over its known values; 0 for fewer than two."""
    found = np.zeros(z.shape[1])
    for place, column in enumerate(z.T):
        known = column[~np.isnan(column)]
        if known.size > 1 and known.min() < known.max():
            found[place] = known.std(ddof=1)
    return found


def correlations(z: Floats) -> Floats:
    """Pearson correlation of each pair over the rows that have both; NaN where one is constant."""
    known = ~np.isnan(z)
    k = known.astype(np.float64)
    middle = np.where(known, z, 0.0).sum(axis=0) / np.maximum(k.sum(axis=0), 1)
    x = np.where(known, z - middle, 0.0)  # centred once, so that large values keep their digits
    n = k.T @ k
    with np.errstate(divide="ignore", invalid="ignore"):
        sums, squares = x.T @ k, (x**2).T @ k
        cross = x.T @ x - sums * sums.T / n
        own = squares - sums**2 / n
        flat = own <= 1e-13 * squares
        found = cross / np.sqrt(own * own.T)
    found[flat | flat.T | (n < 2)] = np.nan
    return np.clip(found, -1.0, 1.0)


def critic(z: Floats) -> Floats:
    """w from C_j = sd_j sum_k (1 - r_jk); a constant column counts for nothing, also for others.

    Source: D. Diakoulaki, G. Mavrotas, L. Papayannakis, Computers & Operations Research 22 (1995).
    """
    conflict = 1 - correlations(z)
    return shares(deviations(z) * np.where(np.isnan(conflict), 0.0, conflict).sum(axis=1))


def principal(z: Floats) -> Floats:
    """Shares of the variance that the components with eigenvalues of 1 and more explain.

    Of column j: sum over those components of eigenvalue x (entry j of its eigenvector)^2.
    Source: OECD and JRC, Handbook on Constructing Composite Indicators (2008), 6.1, unrotated.
    """
    r = np.where(np.isnan(found := correlations(z)), 0.0, found)
    np.fill_diagonal(r, 1.0)
    values, vectors = np.linalg.eigh(r)
    kept = (values >= 1 - 1e-12) | (values == values.max())
    return shares((vectors[:, kept] ** 2 * values[kept]).sum(axis=1))


def balanced(z: Floats) -> Floats:
    """Weights under which all members correlate equally with their arithmetic mean.

    With v_j = w_j sd_j the correlations are proportional to R v, so R v = 1 is solved with v >= 0:
    where a member would need a negative weight it has none, and correlates more than the others.
    """
    r, spread = correlations(z), deviations(z)
    r = np.where(np.isnan(r), 0.0, r)
    np.fill_diagonal(r, 1.0)
    v = np.ones(len(r))
    for _ in range(ROUNDS):
        before = v.copy()
        for place in range(len(v)):
            v[place] = max(0.0, v[place] + 1 - r[place] @ v)
        if np.abs(v - before).max() < ENOUGH:
            break
    return shares(np.where(spread > 0, v / np.where(spread > 0, spread, 1.0), 0.0))


def pull_apart(panel: Floats) -> Floats:
    """纵横向拉开档次法: the non-negative w of length 1 with the largest w'Hw, H = sum_t Z_t' Z_t.

    `panel` is [year, unit, member]; Z are z-scores over all years, missing cells at the mean.
    From equal weights, and from each member alone, w becomes the positive part of Hw until it
    rests, so that w'Hw never falls; the best of these is taken, of equal ones the first.
    """
    rows = panel.reshape(-1, panel.shape[2])
    spread = deviations(rows)
    known = ~np.isnan(rows)
    mean = np.where(known, rows, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    z = np.where(known & (spread > 0), (rows - mean) / np.where(spread > 0, spread, 1.0), 0.0)
    h = z.T @ z
    ends = [_rested(h, start) for start in (np.ones(len(h)), *np.eye(len(h)))]
    reached = np.array([w @ h @ w for w in ends])
    return shares(ends[int(np.argmax(reached > reached.max() * (1 - 1e-9)))])


def _rested(h: Floats, w: Floats) -> Floats:
    """Where w rests when it becomes the positive part of Hw again and again, at length 1."""
    w = w / np.sqrt((w**2).sum())
    for _ in range(ROUNDS):
        new = np.maximum(h @ w, 0.0)
        size = np.sqrt((new**2).sum())
        if size <= 1e-12 * np.trace(h):
            break
        new /= size
        moved = np.abs(new - w).max()
        w = new
        if moved < ENOUGH:
            break
    return w


def hierarchy(judgements: Floats) -> tuple[Floats, float]:
    """AHP: weights and consistency ratio of one matrix of judgements, or of several experts'.

    Several are brought together by the geometric mean of each judgement. The weights are the
    leading eigenvector; ratio = (eigenvalue - n) / (n - 1) / random index, to be under 0.1.
    """
    many = judgements if judgements.ndim == 3 else judgements[None]
    matrix = np.exp(np.log(many).mean(axis=0))
    n = len(matrix)
    w = np.full(n, 1 / n)
    for _ in range(ROUNDS):
        new = matrix @ w
        new /= new.sum()
        moved = np.abs(new - w).max()
        w = new
        if moved < ENOUGH:
            break
    largest = float((matrix @ w / w).mean())
    index = RANDOM_INDEX[min(n, len(RANDOM_INDEX) - 1)]
    return w, max(0.0, (largest - n) / (n - 1) / index) if index else 0.0


def game(sets: Floats) -> Floats:
    """One set of weights out of several [set, member] by the game-theory combination.

    The mix sum a_k w_k that departs least from every w_i solves sum_k a_k w_i.w_k = w_i.w_i; the
    a are taken by size and scaled to the sum 1.
    """
    products = sets @ sets.T
    mix = np.linalg.lstsq(products, np.diag(products), rcond=None)[0]
    return shares(shares(np.abs(mix)) @ sets)


def variable(base: Floats, z: Floats, threshold: float, penalty: float) -> Floats:
    """变权: weights of each row, w_j S_j / sum, S = exp(penalty (threshold - z) / threshold) below.

    What is weak weighs more, so that a strong side cannot hide it; S = 1 from the threshold up.
    `z` is [..., member]; a missing member keeps its base.
    """
    lack = np.maximum(0.0, (threshold - z) / threshold)
    raw = base * np.exp(penalty * np.where(np.isnan(lack), 0.0, lack))
    return np.asarray(raw / raw.sum(axis=-1, keepdims=True))
