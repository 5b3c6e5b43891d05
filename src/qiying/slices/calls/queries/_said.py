"""What firms said of rounds: not solved, or not content. A round can be either, both or neither.

Solved or not is asked at call-back and in the rating; content or not is the grade of the rating.
The rates keep their own definitions: these marks only tell rows apart.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from qiying.kernel.access import Actor
from qiying.slices.calls.models import Round
from qiying.slices.calls.rules import NOT_CONTENT_UP_TO, Resolved

SAID: Mapping[str, Q] = {
    "unsolved": Q(resolved=Resolved.NO) | Q(rating_resolved=Resolved.NO),
    "discontent": Q(rating__lte=NOT_CONTENT_UP_TO),
}


def said_of(row: Round) -> tuple[str, ...]:
    """The marks of a round, in the order of ``SAID``."""
    is_unsolved = Resolved.NO in {row.resolved, row.rating_resolved}
    is_discontent = row.rating is not None and row.rating <= NOT_CONTENT_UP_TO
    marks = {"unsolved": is_unsolved, "discontent": is_discontent}
    return tuple(name for name in SAID if marks[name])


def of_the_call(value: str, actor: Actor, _now: datetime) -> Q:
    """Calls of which the firm said this in one of their rounds; nothing for an unknown mark."""
    test = SAID.get(value)
    if test is None:
        return Q(pk__in=[])
    rounds = Round.objects.filter(test, tenant_id=actor.tenant_id, call_id=OuterRef("pk"))
    return Q(Exists(rounds))
