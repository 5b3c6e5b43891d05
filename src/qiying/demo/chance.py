"""Seeded chance: one independent stream per named part, so parts do not disturb each other."""

import zlib

import numpy as np


def stream(seed: int, part: str) -> np.random.Generator:
    """The stream of random numbers of one part of the generator."""
    return np.random.default_rng([seed, zlib.crc32(part.encode())])
