"""The first page of all calls: what everybody opens, put into words once."""

from collections.abc import Sequence
from datetime import datetime

from qiying.kernel import paging, statements
from qiying.kernel.access import Actor
from qiying.kernel.paging import Page
from qiying.slices.calls.models import Call
from qiying.slices.calls.queries._filters import ORDER, Filters, list_calls, shown


def page_of_calls(
    actor: Actor,
    filters: Filters | None = None,
    *,
    now: datetime,
    order: Sequence[str] = ORDER,
    cursor: str = "",
    size: int = paging.PAGE,
    is_shown: bool = False,
) -> Page[Call]:
    """One page of the visible calls that a filter leaves; ``is_shown`` as ``shown`` has them."""
    if not filters and not cursor:
        order, size = tuple(order), paging.size_of(size)
        name = ("calls.first_page", order, size, is_shown)

        def build(anybody: Actor) -> statements.Records[Call]:
            rows = list_calls(anybody, now=now)
            rows = shown(rows) if is_shown else rows
            return statements.Records(paging.first(rows, order, size))

        found = statements.kept(name, actor, build).ask(person=actor.person_id)
        return paging.page_of(found, order, size)
    rows = list_calls(actor, filters, now=now)
    return paging.paginate(
        shown(rows) if is_shown else rows, order=order, cursor=cursor, size=size
    )
