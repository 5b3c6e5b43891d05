"""E42: answers on time, satisfaction, and where topics went."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from qiying.kernel.access import Actor
from qiying.slices.council.models import Answer, Suggestion, Topic
from qiying.slices.council.rules import OPEN_SUGGESTIONS, Satisfaction


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers of a period; each share stands beside its numerator and denominator."""

    topics: int
    routes: dict[str, int]
    due: int
    on_time: int
    judged: int
    satisfied: int
    redone: int
    classes: dict[str, int]

    @property
    def on_time_share(self) -> float | None:
        return self.on_time / self.due if self.due else None

    @property
    def satisfied_share(self) -> float | None:
        return self.satisfied / self.judged if self.judged else None


def figures(actor: Actor, *, start: datetime, end: datetime, now: datetime) -> Figures:
    """Topics proposed and suggestions due in [start, end).

    Due are first answers that were given, and those still owed whose limit has passed.
    """
    mine: dict[str, Any] = {"tenant_id": actor.tenant_id}
    topics = Topic.objects.filter(proposed_at__gte=start, proposed_at__lt=end, **mine)
    routes = topics.exclude(route="").order_by().values_list("route").annotate(Count("pk"))
    answers = list(
        Answer.objects.filter(answered_at__gte=start, answered_at__lt=end, **mine).order_by("id")
    )
    late = Suggestion.objects.filter(
        state__in=sorted(OPEN_SUGGESTIONS),
        due_at__gte=start,
        due_at__lt=min(end, now),
        round=1,
        **mine,
    ).count()
    first = [a for a in answers if a.round == 1]
    judged = [a for a in answers if a.satisfaction]
    happy = {Satisfaction.SATISFIED, Satisfaction.BASICALLY}
    return Figures(
        topics=topics.count(),
        routes=dict(routes),
        due=len(first) + late,
        on_time=sum(a.is_on_time for a in first),
        judged=len(judged),
        satisfied=sum(a.satisfaction in happy for a in judged),
        redone=sum(a.round == 2 for a in answers),
        classes=_classes(answers),
    )


def _classes(answers: list[Answer]) -> dict[str, int]:
    """How the latest answer of each suggestion is sorted."""
    latest = {a.suggestion_id: a.answer_class for a in answers}
    found: dict[str, int] = {}
    for code in latest.values():
        found[code] = found.get(code, 0) + 1
    return dict(sorted(found.items()))
