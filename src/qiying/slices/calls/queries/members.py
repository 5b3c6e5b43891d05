"""The exact lists behind the figures of the sheet of rates, and the hash of a list of rounds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Least

from qiying.engines import rates as engine
from qiying.kernel.access import Actor
from qiying.slices.calls import rules
from qiying.slices.calls.models import Call, Round, Task
from qiying.slices.calls.queries._dossier import unit_cards
from qiying.slices.calls.queries._measures import (
    RoundFilters,
    list_rounds,
    listed,
    midnight,
)
from qiying.slices.calls.rules import Resolved, RoundState, TaskState

RECEIVED_ORDER = ("-received_at", "-id")
PARTS_ORDER = ("-due_at", "-id")
SIDES = ("asked", "found_by_us", "all")
PART_MEASURES = engine.TASK_MEASURES


def list_digest(actor: Actor, filters: RoundFilters, *, now: datetime) -> str:
    """The hash of a list and its other side, as the figure that leads there has it.

    Counted from the two lists alone. "" for a part of a list that is no figure: by cause, by what
    the firm said, or narrowed by more than one of unit, matter and place.
    """
    narrowed = [n for n in ("unit", "matter", "place") if getattr(filters, n)]
    if filters.cause or filters.said or len(narrowed) > 1 or not (filters.start and filters.end):
        return ""
    sides = [
        list_rounds(actor, replace(filters, missed=missed), now=now)
        .order_by("id")
        .values_list("id", "resolved")
        for missed in (False, True)
    ]
    measure = listed(actor.tenant_id).get(filters.measure)
    has_half = measure is not None and measure.half is not None
    half = rules.RATES.partly_weight
    counted = (
        engine.word_of(pk, half if has_half and said == Resolved.PARTLY else 1.0)
        for pk, said in sides[0]
    )
    scope = _scope(actor, filters, narrowed)
    days = midnight(filters.start), midnight(filters.end)
    seal = engine.seal_of(*days, scope, rules.RATES)
    return engine.digest_of(seal, filters.measure, counted, (str(pk) for pk, _ in sides[1]))


def _scope(actor: Actor, filters: RoundFilters, narrowed: list[str]) -> str | None:
    """Whose rounds a list holds, as it stands in the hash: all, a unit by code, matter, place."""
    if not narrowed:
        return None
    if filters.unit:
        codes = {str(card.id): card.code for card in unit_cards(actor).values()}
        return codes.get(filters.unit, "")
    return f"{narrowed[0]}:{getattr(filters, narrowed[0])}"


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        return None


def _of_unit(column: str, value: str) -> Q:
    """Rows of one unit; "-" stands for none, what is no id for nothing."""
    if value == "-":
        return Q(**{column: None})
    is_id = value.isdecimal() and len(value) < 18
    return Q(**{column: int(value)}) if is_id else Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class MemberFilters:
    """Which calls that came in, or which parts of co-handlers, in a period, of a unit.

    ``side`` is one of ``SIDES`` for calls, a name of ``PART_MEASURES`` for parts; ``missed`` lists
    the parts that fell short.
    """

    start: date | None = None
    end: date | None = None
    unit: str = ""
    side: str = ""
    missed: bool = False

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """The known names of a query string; anything else is left aside."""
        return cls(
            _day(given.get("start")),
            _day(given.get("end")),
            str(given.get("unit") or "")[:40],
            str(given.get("side") or "")[:20],
            str(given.get("missed") or "") in {"1", "true", "on"},
        )

    def as_query(self) -> dict[str, str]:
        """The filters that are set, for the URL."""
        found = {
            "start": self.start.isoformat() if self.start else "",
            "end": self.end.isoformat() if self.end else "",
            "unit": self.unit,
            "side": self.side,
            "missed": "1" if self.missed else "",
        }
        return {k: v for k, v in found.items() if v}


def received(actor: Actor, filters: MemberFilters) -> QuerySet[Call]:
    """The calls that came in: those of firms (``asked``), those found by us, or all of them."""
    rows = Call.objects.visible_to(actor)
    if filters.start:
        rows = rows.filter(received_at__gte=midnight(filters.start))
    if filters.end:
        rows = rows.filter(received_at__lt=midnight(filters.end))
    if filters.side in {"asked", "found_by_us"}:
        rows = rows.filter(is_proactive=filters.side == "found_by_us")
    if filters.unit:
        rows = rows.annotate(counts_for=Coalesce("lead_unit_id", "first_receiver_id"))
        rows = rows.filter(_of_unit("counts_for", filters.unit))
    return rows.select_related("enterprise", "lead_unit").defer("text", "words", "ranking")


def parts(actor: Actor, filters: MemberFilters, *, now: datetime) -> QuerySet[Task]:
    """The parts of co-handlers that were due, settled (in time) or not."""
    rows = Task.objects.filter(
        tenant_id=actor.tenant_id,
        is_lead=False,
        due_at__lt=min(midnight(filters.end), now) if filters.end else now,
        round__in=Round.objects.visible_to(actor).exclude(state=RoundState.STOPPED),
    ).exclude(state=TaskState.WITHDRAWN)
    if filters.start:
        rows = rows.filter(due_at__gte=midnight(filters.start))
    if filters.unit:
        rows = rows.filter(_of_unit("unit_id", filters.unit))
    rows = rows.annotate(settled_at=Least("reported_at", "done_at"))
    counts = Q(settled_at__isnull=False)
    if filters.side == "co_on_time":
        counts &= Q(settled_at__lte=F("due_at"))
    rows = rows.exclude(pk__in=rows.filter(counts)) if filters.missed else rows.filter(counts)
    near = ("call", "call__enterprise", "unit")
    return rows.select_related(*near).defer("call__text", "call__words", "call__ranking")
