"""One call, or the rows that belong to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, QuerySet

from qiying.kernel import statements, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.calls.models import Call, CallBack, Note, Pause, Round, Task, Visit
from qiying.slices.calls.queries._lights import light
from qiying.slices.calls.rules import OPEN, CallState, PauseState


def find_call(actor: Actor, call_id: int) -> Call | None:
    """A call that this actor may see, or None."""
    return Call.objects.visible_to(actor).filter(id=call_id).first()


def get_call(actor: Actor, call_id: int, *, for_update: bool = False) -> Call:
    """A visible call, locked on request; NotFound otherwise."""
    rows = Call.objects.visible_to(actor).filter(id=call_id)
    if for_update:
        rows = rows.select_for_update(of=("self",)).defer("text", "words", "ranking")
    found = list(rows)
    if not found:
        raise NotFound("not_found")
    return found[0]


def get_by_public_id(actor: Actor, public_id: UUID) -> Call:
    """A visible call by the id that stands in addresses."""
    call = statements.kept("calls.by_public_id", actor, _by_public_id).first(
        address=public_id, person=actor.person_id
    )
    if call is None:
        raise NotFound("not_found")
    return call


def _by_public_id(actor: Actor) -> statements.Records[Call]:
    rows = Call.objects.visible_to(actor).select_related("enterprise", "lead_unit", "site")
    return statements.Records(rows.filter(public_id=statements.ADDRESS))


def get_task(actor: Actor, task_id: int) -> Task:
    """A task of a visible call."""
    task = Task.objects.visible_to(actor).filter(id=task_id).first()
    if task is None:
        raise NotFound("not_found")
    return task


def get_pause(actor: Actor, pause_id: int) -> Pause:
    """A pause of a visible call."""
    pause = Pause.objects.visible_to(actor).filter(id=pause_id).first()
    if pause is None:
        raise NotFound("not_found")
    return pause


def find_note(actor: Actor, note_id: int) -> Note | None:
    """A note that this actor may read, or None."""
    return Note.objects.visible_to(actor).filter(id=note_id, call__isnull=False).first()


def find_visit(actor: Actor, visit_id: int) -> Visit | None:
    """A visible visit, or None."""
    return Visit.objects.visible_to(actor).filter(id=visit_id).first()


def get_visit(actor: Actor, visit_id: int) -> Visit:
    """A visible visit."""
    visit = find_visit(actor, visit_id)
    if visit is None:
        raise NotFound("not_found")
    return visit


def firm_calls(actor: Actor, enterprise_id: int) -> QuerySet[Call]:
    """The calls of one firm, newest first by ``ORDER``."""
    rows = Call.objects.visible_to(actor).filter(enterprise_id=enterprise_id)
    return rows.select_related("lead_unit").defer("text", "words", "ranking")


def visits(actor: Actor, enterprise_id: int | None = None) -> QuerySet[Visit]:
    """Visits, of one firm or of all that the actor looks after."""
    rows = Visit.objects.visible_to(actor).select_related("enterprise", "officer", "call")
    return rows.filter(enterprise_id=enterprise_id) if enterprise_id is not None else rows


def callback_queue(actor: Actor) -> QuerySet[Call]:
    """Calls to be called back that this person did not answer, nearest deadline first."""
    answered = Round.objects.filter(
        tenant_id=actor.tenant_id, answered_by_id=actor.person_id, state="callback"
    )
    rows = Call.objects.visible_to(actor).filter(state=CallState.CALLBACK)
    return rows.exclude(id__in=answered.values("call_id")).select_related(
        "enterprise", "lead_unit"
    )


def open_pauses(actor: Actor) -> QuerySet[Pause]:
    """Pauses that wait for a decision."""
    rows = Pause.objects.visible_to(actor).filter(
        state=PauseState.PROPOSED,
        call__state__in=sorted(OPEN),
        round__number=F("call__current_round"),
    )
    return rows.select_related("call", "call__enterprise", "call__lead_unit", "proposer")


def attempts_of(actor: Actor, round_id: int) -> QuerySet[CallBack]:
    """The attempts of a round that still count."""
    return CallBack.objects.filter(
        tenant_id=actor.tenant_id, round_id=round_id, superseded_by=None
    ).order_by("attempt")


def find_task_call(actor: Actor, task_id: int) -> int | None:
    """The call that a visible task belongs to."""
    with tenancy.reading(actor):
        rows = Task.objects.visible_to(actor).filter(id=task_id)
        return rows.values_list("call_id", flat=True).first()


def find_pause_call(actor: Actor, pause_id: int) -> int | None:
    """The call that a visible pause belongs to."""
    with tenancy.reading(actor):
        rows = Pause.objects.visible_to(actor).filter(id=pause_id)
        return rows.values_list("call_id", flat=True).first()


@dataclass(frozen=True, slots=True)
class MapPoint:
    """An open call on the map."""

    public_id: UUID
    number: str
    title: str
    longitude: float
    latitude: float
    light: str
    state: str


def map_points(actor: Actor, *, now: datetime, limit: int) -> list[MapPoint]:
    """The newest open calls that have a place."""
    rows = Call.objects.visible_to(actor).filter(state__in=sorted(OPEN), longitude__isnull=False)
    found = rows.defer("text", "words", "ranking").order_by("-received_at", "-id")[:limit]
    return [
        MapPoint(
            c.public_id,
            c.number,
            c.title,
            c.longitude or 0.0,
            c.latitude or 0.0,
            light(c, now),
            c.state,
        )
        for c in found
    ]


def count_by_enterprise(
    actor: Actor, enterprise_ids: Iterable[int] | None = None
) -> dict[int, int]:
    """How many visible calls each firm raised."""
    rows = Call.objects.visible_to(actor).filter(enterprise__isnull=False)
    if enterprise_ids is not None:
        rows = rows.filter(enterprise_id__in=list(enterprise_ids))
    counted = rows.order_by().values_list("enterprise_id").annotate(n=Count("id"))
    return {pk: n for pk, n in counted if pk is not None}
