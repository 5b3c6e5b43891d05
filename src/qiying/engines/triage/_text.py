"""From a text to its features: characters, pairs of characters and Latin words, with places."""

import re
import unicodedata
from collections.abc import Container, Iterator
from functools import lru_cache
from typing import NamedTuple

MAX_CHARS = 4000
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002fa1f"
_RUN = re.compile(f"[{_HAN}]+|[a-z]+")
_GAP = re.compile(rf"\s+(?=[{_HAN}])|(?<=[{_HAN}])\s+")
_IS_HAN = re.compile(f"[{_HAN}]")


class Gram(NamedTuple):
    """A feature where it stands in the normalised text: characters from start up to end."""

    feature: str
    start: int
    end: int


@lru_cache(maxsize=256)
def normalise(text: str) -> str:
    """Return the text in one width and case, without marks of format, gaps inside Chinese gone.

    Only the first 4,000 characters are read.
    """
    wide = unicodedata.normalize("NFKC", text[: 2 * MAX_CHARS]).casefold()
    seen = "".join(
        " " if char.isspace() else char
        for char in wide
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    return _GAP.sub("", " ".join(seen.split()))[:MAX_CHARS]


def grams(plain: str) -> Iterator[Gram]:
    """Yield the features of a normalised text in order; numbers and punctuation end a run."""
    for run in _RUN.finditer(plain):
        start, end = run.span()
        if not _IS_HAN.match(run.group()):
            if end - start > 1:
                yield Gram(_stem(run.group()), start, end)
            continue
        for at in range(start, end):
            yield Gram(plain[at], at, at + 1)
            if at + 1 < end:
                yield Gram(plain[at : at + 2], at, at + 2)


def pairs(text: str) -> frozenset[str]:
    """Return the features by which two texts are compared: pairs of characters, Latin words."""
    return frozenset(gram.feature for gram in grams(normalise(text)) if gram.end - gram.start > 1)


def passages(text: str, wanted: Container[str]) -> tuple[str, ...]:
    """Return the longest parts of a text that are made of wanted features, in order, each once."""
    plain = normalise(text)
    found: list[list[int]] = []
    for gram in grams(plain):
        if gram.end - gram.start == 1 or gram.feature not in wanted:
            continue
        if found and gram.start < found[-1][1]:
            found[-1][1] = gram.end
        else:
            found.append([gram.start, gram.end])
    return tuple(dict.fromkeys(plain[start:end] for start, end in found))


def _stem(word: str) -> str:
    """One form for singular and plural of an English word."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    is_plural = len(word) > 3 and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if is_plural else word
