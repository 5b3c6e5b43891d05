"""What the phone pages ask: what a firm should do next, an officer's firms with their lights."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, Max, QuerySet

from qiying.kernel.access import Actor
from qiying.kernel.models import Attachment
from qiying.slices.calls.models import Call, Note, Pause, Round, Visit
from qiying.slices.calls.queries._lights import is_overdue, light
from qiying.slices.calls.rules import OPEN, CallState, PauseState
from qiying.slices.calls.rules.codes import FOR_THE_FIRM
from qiying.slices.registry import public as registry

WORST_FIRST = ("purple", "red", "yellow", "grey", "green", "")
RATEABLE = frozenset({CallState.CALLBACK, CallState.CLOSED})
MAY_BE_SUPPLIED = (CallState.NEED_INFO, CallState.REFUSAL)


@dataclass(frozen=True, slots=True)
class FirmLine:
    """A firm of a portfolio: how many calls are open, the worst light, what the firm owes us."""

    firm: registry.EnterpriseCard
    open_calls: int
    overdue: int
    light: str
    waiting: int
    """Open calls in which the firm has to do something."""
    due_at: datetime | None
    last_visit_at: datetime | None

    @property
    def is_paused(self) -> bool:
        return self.light == "grey"


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit with its words and pictures."""

    visit: Visit
    officer: str
    text: str
    files: list[Attachment] = field(default_factory=list)


def own_calls(actor: Actor, enterprise_ids: Iterable[int]) -> QuerySet[Call]:
    """The visible calls of some firms, without their long texts."""
    rows = Call.objects.visible_to(actor).filter(enterprise_id__in=list(enterprise_ids))
    return rows.select_related("enterprise", "lead_unit").defer("text", "words", "ranking")


def asks_of(actor: Actor, calls: Sequence[Call], *, now: datetime) -> dict[int, str]:
    """What each call waits for from its firm: ``supply_info``, ``resume`` or ``rate``, by call.

    A closed call asks for a rating as long as it could be opened again, no longer.
    """
    suspended = [c.pk for c in calls if c.state == CallState.SUSPENDED]
    rateable = [c.pk for c in calls if _may_be_rated(c, now)]
    found = {c.pk: "supply_info" for c in calls if c.state in MAY_BE_SUPPLIED}
    if suspended:
        rows = Pause.objects.filter(
            tenant_id=actor.tenant_id,
            call_id__in=suspended,
            state=PauseState.RUNNING,
            reason_code__in=sorted(FOR_THE_FIRM),
        )
        found |= dict.fromkeys(rows.values_list("call_id", flat=True), "resume")
    if rateable:
        unrated = Round.objects.filter(
            tenant_id=actor.tenant_id,
            call_id__in=rateable,
            number=F("call__current_round"),
            rating=None,
        )
        found |= dict.fromkeys(unrated.values_list("call_id", flat=True), "rate")
    return found


def _may_be_rated(call: Call, now: datetime) -> bool:
    if call.state not in RATEABLE:
        return False
    return call.reopen_until is None or now <= call.reopen_until


def portfolio(actor: Actor, *, now: datetime) -> list[FirmLine]:
    """The firms that an officer looks after, red lights first, then by name."""
    firms = registry.enterprises_of(actor)
    ids = [f.id for f in firms]
    calls: dict[int, list[Call]] = {}
    rows = list(own_calls(actor, ids).filter(state__in=sorted(OPEN)).order_by("due_at", "id"))
    for call in rows:
        calls.setdefault(call.enterprise_id or 0, []).append(call)
    asks = asks_of(actor, rows, now=now)
    visits = (
        Visit.objects.visible_to(actor)
        .filter(enterprise_id__in=ids)
        .order_by()
        .values_list("enterprise_id")
        .annotate(last=Max("visited_at"))
    )
    last = dict(visits)
    lines = [_line(f, calls.get(f.id, []), asks, last.get(f.id), now) for f in firms]
    return sorted(lines, key=lambda x: (WORST_FIRST.index(x.light), x.firm.name_zh))


def narrow(lines: Iterable[FirmLine], q: str) -> list[FirmLine]:
    """The lines whose firm's name, code or address holds some words."""
    return [line for line in lines if _fits(line.firm, q)]


def _fits(firm: registry.EnterpriseCard, q: str) -> bool:
    text = q.strip().lower()
    fields = (firm.name_zh, firm.name_en, firm.credit_code, firm.address)
    return not text or any(text in f.lower() for f in fields)


def _line(
    firm: registry.EnterpriseCard,
    calls: list[Call],
    asks: dict[int, str],
    last_visit_at: datetime | None,
    now: datetime,
) -> FirmLine:
    lights = [light(c, now) for c in calls]
    return FirmLine(
        firm=firm,
        open_calls=len(calls),
        overdue=sum(is_overdue(c, now) for c in calls),
        light=min(lights, key=WORST_FIRST.index, default=""),
        waiting=sum(c.pk in asks for c in calls),
        due_at=calls[0].due_at if calls else None,
        last_visit_at=last_visit_at,
    )


def waiting_calls(actor: Actor, *, now: datetime) -> list[tuple[Call, str]]:
    """The open calls of an officer's firms that wait for the firm, with what is awaited."""
    ids = [f.id for f in registry.enterprises_of(actor)]
    states = [*MAY_BE_SUPPLIED, CallState.SUSPENDED, CallState.CALLBACK]
    rows = list(own_calls(actor, ids).filter(state__in=states).order_by("due_at", "id"))
    asks = asks_of(actor, rows, now=now)
    return [(c, asks[c.pk]) for c in rows if c.pk in asks]


def visit_lines(actor: Actor, enterprise_id: int, *, limit: int) -> list[VisitLine]:
    """The last visits to a firm with what was written and photographed."""
    rows = Visit.objects.visible_to(actor).filter(enterprise_id=enterprise_id)
    visits = list(rows.select_related("officer", "call").order_by("-visited_at", "-id")[:limit])
    ids = [v.pk for v in visits]
    notes = Note.objects.filter(tenant_id=actor.tenant_id, visit_id__in=ids).order_by("id")
    words = {n.visit_id: n.text for n in notes}
    files: dict[int, list[Attachment]] = {}
    for row in Attachment.objects.filter(
        tenant_id=actor.tenant_id, subject_type="calls.visit", subject_id__in=ids
    ).order_by("id"):
        files.setdefault(row.subject_id or 0, []).append(row)
    return [
        VisitLine(v, str(v.officer or ""), words.get(v.pk, ""), files.get(v.pk, []))
        for v in visits
    ]
