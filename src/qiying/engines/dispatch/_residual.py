"""How long work that has begun will still last: the conditional lognormal."""

import math


def shape(mean: float, spread: float) -> tuple[float, float]:
    """Return mu and sigma of the lognormal with this mean and standard deviation."""
    sigma2 = math.log1p((spread / mean) ** 2)
    return math.log(mean) - sigma2 / 2, math.sqrt(sigma2)


def residual(mean: float, spread: float, elapsed: float) -> tuple[float, float]:
    """Return mean and standard deviation of what is left of work that has lasted ``elapsed``.

    Durations of repairs are skewed: what has lasted long is likely to last longer than the rest of
    its mean. Never less than a minute. All in minutes.
    """
    if spread <= 0:
        return max(mean - elapsed, 1.0), 0.0
    if elapsed <= 0:
        return mean, spread
    mu, sigma = shape(mean, spread)
    z = (math.log(elapsed) - mu) / sigma
    left = _above(z)
    if left < 1e-9:
        return max(elapsed * sigma / max(z, 1.0), 1.0), elapsed * sigma
    first = math.exp(mu + sigma**2 / 2) * _above(z - sigma) / left
    second = math.exp(2 * mu + 2 * sigma**2) * _above(z - 2 * sigma) / left
    return max(first - elapsed, 1.0), math.sqrt(max(second - first**2, 0.0))


def _above(z: float) -> float:
    return 0.5 * math.erfc(z / math.sqrt(2))
