"""Which closure was followed by another call of the same firm about the same thing."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime

from qiying.engines.rates._definitions import Definitions, Link
from qiying.engines.rates._records import Receipt, Round

Moment = tuple[datetime, int]
_LAST = 1 << 62


class Returns:
    """Calls by what links them, in the order in which they came in."""

    def __init__(self, receipts: Iterable[Receipt], definitions: Definitions) -> None:
        self._definitions = definitions
        found: dict[Hashable, list[Moment]] = defaultdict(list)
        for receipt in receipts:
            for link in definitions.linked_by:
                key = _key(receipt, link)
                if key is not None:
                    found[key].append((receipt.received_at, receipt.call))
        self._found: Mapping[Hashable, list[Moment]] = {k: sorted(v) for k, v in found.items()}

    def of(self, row: Round) -> tuple[int, ...]:
        """The calls that came after this round's answer was claimed to solve it; often none."""
        if row.closed_at is None:
            return ()
        first: Moment = (row.closed_at, _LAST)
        if self._definitions.relapse_from_start:
            first = (row.started_at, row.call)
        last: Moment = (row.closed_at + self._definitions.relapse_within, _LAST)
        calls: set[int] = set()
        for link in self._definitions.linked_by:
            moments = self._found.get(_key(row, link), [])
            between = moments[bisect_left(moments, first) : bisect_right(moments, last)]
            calls.update(call for _, call in between if call != row.call)
        return tuple(sorted(calls))


def _key(row: Round | Receipt, link: Link) -> Hashable:
    value = row.matter if link == "matter" else row.unit
    return (row.firm, link, value) if row.firm is not None and value else None
