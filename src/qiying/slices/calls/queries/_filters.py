"""Lists of calls: the filter bar as data, tabs with capped counts."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value

from qiying.kernel import statements
from qiying.kernel.access import Actor
from qiying.kernel.statements import NOW
from qiying.slices.calls import rules
from qiying.slices.calls.models import Call, Pause, Round, Task, own
from qiying.slices.calls.queries._said import of_the_call
from qiying.slices.calls.rules import (
    OPEN,
    PAUSED,
    PURPLE_FROM,
    WITH_UNIT,
    CallState,
    Clock,
    PauseState,
    TaskState,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
ORDER = ("-received_at", "-id")
DUE_ORDER = ("due_at", "id")
CAP = 100
NUMBER = re.compile(r"[A-Z]{2}-[0-9-]+")
TABS = (
    "inbox",
    "triage",
    "dispatched",
    "working",
    "overdue",
    "disputed",
    "review",
    "callback",
    "pauses",
    "closed",
)
TAB_STATES: Mapping[str, tuple[str, ...]] = {
    "open": tuple(sorted(OPEN)),
    "units": tuple(sorted(WITH_UNIT)),
    "inbox": (CallState.SUBMITTED,),
    "triage": (CallState.TRIAGE,),
    "dispatched": (CallState.DISPATCHED, CallState.REOPENED),
    "working": (CallState.WORKING, CallState.SCHEDULED, CallState.SUSPENDED),
    "disputed": (CallState.DISPUTED,),
    "refusal": (CallState.REFUSAL,),
    "review": (CallState.ANSWERED,),
    "callback": (CallState.CALLBACK,),
    "closed": (CallState.CLOSED, CallState.ARCHIVED),
    "declined": (CallState.DECLINED, CallState.WITHDRAWN),
}
NAMES = ("code", "name_zh", "name_en")
AGES: Mapping[str, tuple[int, int | None]] = {
    "0-1": (0, 1),
    "1-3": (1, 3),
    "3-7": (3, 7),
    "7-15": (7, 15),
    "15-30": (15, 30),
    "30+": (30, None),
}
"""Age of an open call in days: from, before."""


LONG = frozenset({"text", "words", "ranking"})
OF_A_ROW = (
    *(f.name for f in Call._meta.concrete_fields if f.name not in LONG),
    *(f"enterprise__{name}" for name in ("public_id", "name_zh", "name_en", "credit_code")),
    *(f"{unit}__{name}" for unit in ("lead_unit", "proposed_unit") for name in NAMES),
)
"""What a list reads of a call, its firm and its units."""
SHOWN = (
    *("public_id", "number", "title", "state", "urgency", "matter_code", "current_round"),
    *("received_at", "due_at", "yellow_at", "closed_at", "clock", "supervision_level", "marks"),
    *(f"enterprise__{name}" for name in ("name_zh", "name_en")),
    *(f"lead_unit__{name}" for name in NAMES),
)
"""What a row of the list shows; a file tells more."""
TELLING = frozenset(
    {"q", "enterprise", "place", "channel", "urgency", "nature", "proactive", "said", "mark"}
)
"""Filters that tell what a call says and whose it is: from outside they find one's own only."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the filter bar says; the same names stand in the URL."""

    tab: str = ""
    state: str = ""
    light: str = ""
    unit: str = ""
    matter: str = ""
    place: str = ""
    channel: str = ""
    urgency: str = ""
    nature: str = ""
    enterprise: str = ""
    q: str = ""
    mine: str = ""
    due: str = ""
    age: str = ""
    proactive: str = ""
    redo: str = ""
    said: str = ""
    """``unsolved`` or ``discontent``: what the firm said in one of the rounds."""
    mark: str = ""
    """One of the marks, or ``any``."""
    late: str = ""
    """``answer`` or ``callback``: whose promise ran out."""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """The known names of a query string; anything else is left aside."""
        names = [f.name for f in fields(cls)]
        return cls(**{n: rules.readable(str(given.get(n) or "")).strip()[:100] for n in names})

    def as_query(self) -> dict[str, str]:
        """The filters that are set, for the URL."""
        return {k: v for k, v in asdict(self).items() if v}

    def __bool__(self) -> bool:
        return bool(self.as_query())


def list_calls(actor: Actor, filters: Filters | None = None, *, now: datetime) -> QuerySet[Call]:
    """The visible calls that a filter leaves; page them with ``ORDER`` or ``DUE_ORDER``."""
    rows = Call.objects.visible_to(actor)
    asked = (filters or Filters()).as_query()
    if rules.is_outside(actor) and asked.keys() & TELLING:
        rows = rows.filter(own(actor))
    for name, value in asked.items():
        rows = rows.filter(_TESTS[name](value, actor, now))
    return named(rows)


def named(rows: QuerySet[Call]) -> QuerySet[Call]:
    """Rows of a list: with the names of firm and units and nothing else of theirs, without texts.

    A firm has some forty columns and a unit fifteen: most of a page's time went into them.
    """
    near = rows.select_related("enterprise", "lead_unit", "proposed_unit").only(*OF_A_ROW)
    return near.annotate(rule_kind=Subquery(_rule_kinds()))


def _rule_kinds() -> QuerySet[Any, Any]:
    """In what the promise of a call's round is counted: working days, hours, calendar days."""
    of_the_call = Round.objects.filter(
        tenant_id=OuterRef("tenant_id"), call_id=OuterRef("pk"), number=OuterRef("current_round")
    )
    return of_the_call.values("rule_kind")[:1]


def shown(rows: QuerySet[Call]) -> QuerySet[Call]:
    """Rows of ``list_calls`` for the page itself: no column that it does not show."""
    return rows.select_related(None).select_related("enterprise", "lead_unit").only(*SHOWN)


def search_calls(actor: Actor, text: str, limit: int) -> list[Call]:
    """The newest visible calls whose number, title or text holds these words."""
    if not rules.pattern(text):
        return []
    rows = Call.objects.visible_to(actor).filter(about(text))
    rows = rows.select_related("enterprise").defer("text", "words", "ranking")
    return list(rows.order_by(*ORDER)[:limit])


def tab_counts(actor: Actor, *, now: datetime, tabs: Sequence[str] = TABS) -> dict[str, int]:
    """How many calls wait behind each tab, counted up to ``CAP``, in one query."""
    counts = dict.fromkeys(tabs, 0)
    if not tabs:
        return counts

    def build(actor: Actor) -> statements.Statement:
        frame = "SELECT tab, count(*) FROM ({picked}) AS waiting GROUP BY tab"
        return statements.joined((_behind(actor, name) for name in tabs), frame)

    asked = statements.kept(("calls.tabs", *tabs), actor, build)
    return counts | dict(asked.ask(now=now, person=actor.person_id))


def _behind(actor: Actor, name: str) -> QuerySet[Any]:
    rows = Call.objects.visible_to(actor).filter(_tab(name, actor, NOW)).order_by()
    tab = Value(name, output_field=models.CharField())
    return rows.annotate(tab=tab).values_list("tab", flat=True)[:CAP]


def count_capped(rows: QuerySet[Any]) -> int:
    """How many rows, counted up to ``CAP`` so that it costs the same on any table."""
    return rows.order_by()[:CAP].count()


def lit(colour: str, now: datetime) -> Q:
    """The open calls that show this light now."""
    posted = Q(supervision_level__gte=int(PURPLE_FROM))
    still = Q(state__in=sorted(OPEN)) & ~posted
    late, paused = Q(due_at__lt=now), Q(state__in=sorted(PAUSED))
    return {
        "purple": Q(state__in=sorted(OPEN)) & posted,
        "red": still & late & ~paused,
        "grey": paused & ~posted,
        "yellow": still & ~late & ~paused & Q(yellow_at__lte=now),
        "green": still & ~late & ~paused & Q(yellow_at__gt=now),
    }.get(colour, Q(pk__in=[]))


def overdue(now: datetime) -> Q:
    """The open calls whose promise ran out, whatever their light: what is posted is among them."""
    return Q(state__in=sorted(OPEN), due_at__lt=now) & ~Q(state__in=sorted(PAUSED))


def late(what: str, now: datetime) -> Q:
    """The calls that are overdue: those that owe an answer, or those that owe a call-back."""
    owes_callback = Q(clock=Clock.CALLBACK)
    kinds = {"answer": ~owes_callback, "callback": owes_callback, "any": Q()}
    return overdue(now) & kinds.get(what, Q(pk__in=[]))


def _tab(value: str, actor: Actor, now: datetime) -> Q:
    if value == "overdue":
        return overdue(now)
    if value == "pauses":
        return proposed(actor)
    states = TAB_STATES.get(value)
    return Q(state__in=states) if states else Q()


def proposed(actor: Actor) -> Q:
    """The open calls for which a pause waits for a decision."""
    rows = Pause.objects.filter(
        tenant_id=actor.tenant_id,
        call_id=OuterRef("pk"),
        round__number=OuterRef("current_round"),
        state=PauseState.PROPOSED,
    )
    return Q(Exists(rows)) & Q(state__in=sorted(OPEN))


def _light(value: str, _actor: Actor, now: datetime) -> Q:
    return lit(value, now)


def _unit(value: str, _actor: Actor, _now: datetime) -> Q:
    """By id or by code; several ids stand with commas."""
    ids = value.split(",")
    if all(i.isdecimal() and len(i) < 18 for i in ids):
        return Q(lead_unit_id__in=[int(i) for i in ids])
    return Q(lead_unit__code=value)


def _place(value: str, _actor: Actor, _now: datetime) -> Q:
    kind, _, key = value.partition(":")
    if kind == "grid" and key.isdecimal():
        return Q(grid_id=int(key))
    return Q(township_code=value)


def _enterprise(value: str, _actor: Actor, _now: datetime) -> Q:
    if value.isdecimal() and len(value) < 18:
        return Q(enterprise_id=int(value))
    return Q(enterprise__credit_code=value)


def about(text: str) -> Q:
    """Calls by the beginning of their number, else by words of number, title or text."""
    number = text.strip().upper()
    if NUMBER.fullmatch(number):
        return Q(number__gte=number, number__lt=f"{number}~")
    pattern = rules.pattern(text)
    return Q(words__contains=pattern) if pattern else Q()


def _words(value: str, _actor: Actor, _now: datetime) -> Q:
    return about(value)


def _mine(value: str, actor: Actor, _now: datetime) -> Q:
    if value not in {"1", "true", "yes", "on"} or actor.person_id is None:
        return Q()
    tasks = Task.objects.filter(
        tenant_id=actor.tenant_id, call_id=OuterRef("pk"), person_id=actor.person_id
    )
    return Q(Exists(tasks.exclude(state=TaskState.WITHDRAWN))) | Q(reported_by_id=actor.person_id)


def _due(value: str, _actor: Actor, now: datetime) -> Q:
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = midnight + timedelta(days=1)
    if value == "rest":
        still = Q(state__in=sorted(OPEN - PAUSED))
        return still & Q(due_at__gte=now, due_at__lt=tomorrow)
    if value == "later":
        return Q(state__in=sorted(OPEN), due_at__gte=tomorrow)
    days = {"today": (0, 1), "tomorrow": (1, 2), "week": (0, 7)}.get(value)
    if days is None:
        return Q()
    first, last = (midnight + timedelta(days=d) for d in days)
    return Q(state__in=sorted(OPEN), due_at__gte=first, due_at__lt=last)


def aged(key: str, now: datetime) -> Q:
    """The open calls of an age; nothing for an unknown one."""
    days = AGES.get(key)
    if days is None:
        return Q(pk__in=[])
    test = Q(state__in=sorted(OPEN), received_at__lte=now - timedelta(days=days[0]))
    return test if days[1] is None else test & Q(received_at__gt=now - timedelta(days=days[1]))


def _age(value: str, _actor: Actor, now: datetime) -> Q:
    return aged(value, now)


def _late(value: str, _actor: Actor, now: datetime) -> Q:
    return late(value, now)


def _equal(field: str) -> Callable[[str, Actor, datetime], Q]:
    def test(value: str, _actor: Actor, _now: datetime) -> Q:
        return Q(**{field: value})

    return test


def _mark(value: str, _actor: Actor, _now: datetime) -> Q:
    is_marked = ~Q(marks=[])
    return is_marked if value == "any" else is_marked & Q(marks__contains=[value])


def _redo(value: str, _actor: Actor, _now: datetime) -> Q:
    return Q(current_round__gt=1) if value in {"1", "true", "yes", "on"} else Q()


def _proactive(value: str, _actor: Actor, _now: datetime) -> Q:
    return Q(is_proactive=value in {"1", "true", "yes", "on"})


_TESTS: Mapping[str, Callable[[str, Actor, datetime], Q]] = {
    "tab": _tab,
    "state": _equal("state"),
    "light": _light,
    "unit": _unit,
    "matter": _equal("matter_code"),
    "place": _place,
    "channel": _equal("channel"),
    "urgency": _equal("urgency"),
    "nature": _equal("nature"),
    "enterprise": _enterprise,
    "q": _words,
    "mine": _mine,
    "due": _due,
    "age": _age,
    "proactive": _proactive,
    "redo": _redo,
    "said": of_the_call,
    "mark": _mark,
    "late": _late,
}
