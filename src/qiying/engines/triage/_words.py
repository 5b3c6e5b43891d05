"""Where the words of a text stand, for people to read; no ranking depends on it.

The dictionary is rjieba's with the words of the register added. It takes a tenth of a second and
some tens of megabytes, so it is loaded when the first ranking is explained.
"""

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import rjieba


@lru_cache(maxsize=4)
def _dictionary(words: tuple[str, ...]) -> "rjieba.Jieba":
    import rjieba

    made = rjieba.Jieba()
    for word in words:
        made.add_word(word, None, None)
    return made


def spans(plain: str, words: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Return where each word of a normalised text starts and ends; together they are the text."""
    ends = [0]
    for word in _dictionary(words).cut(plain, hmm=False):
        ends.append(ends[-1] + len(word))
    return tuple(pairwise(ends))
