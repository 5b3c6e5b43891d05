"""Where a line of Chinese or mixed text may end (禁则: GB/T 15834, CLREQ)."""

import re
from collections.abc import Callable, Iterator

NOT_FIRST = frozenset("，。、；：？！”’）》〉】」』\u3015…—\uff05%,.;:?!)]}·")
"""What never begins a line."""
NOT_LAST = frozenset("“‘（《〈【「『\u3014([{￥$")
"""What never ends one."""
_PIECE = re.compile(r"[A-Za-z0-9_./%+\-\u2212\u2013:@#&=']+|\s+|.", re.DOTALL)


def lines(text: str, width: float, measure: Callable[[str], float], first: float = 0) -> list[str]:
    """The text in lines of at most ``width``; the first one is shorter by ``first``.

    A word of letters and digits stays whole while it fits a line.
    """
    found, line, room = [], "", width - first
    for piece in _pieces(text, width, measure):
        if line and measure((line + piece).rstrip()) > room:
            found.append(line.rstrip())
            line, room = piece.lstrip(), width
        else:
            line += piece
    found.append(line.rstrip())
    return found


def _pieces(text: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """What stays together: words, and characters with the marks that cling to them."""
    held = ""
    for piece in _PIECE.findall(text):
        clings = piece[0] in NOT_FIRST or (held and held[-1] in NOT_LAST)
        if held and not clings:
            yield from _fitting(held, width, measure)
            held = ""
        held += piece
    yield from _fitting(held, width, measure)


def _fitting(piece: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """The piece, or its letters where it is longer than any line."""
    if measure(piece.strip()) <= width:
        yield piece
    else:
        yield from piece
