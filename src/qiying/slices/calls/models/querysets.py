"""What an actor may see of the calls, as the filter that every query starts with."""

from typing import Any, Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Exists, Model, OuterRef, Q

from qiying.kernel.access import Actor, Role
from qiying.slices.calls.rules import INTERNAL, READABLE, Mark, NoteKind, TaskState, is_outside
from qiying.slices.registry import public as registry

M_co = TypeVar("M_co", bound=Model, covariant=True)
SEES_ALL = frozenset(
    {
        Role.DESK,
        Role.CALLBACK,
        Role.SUPERVISOR,
        Role.ZONE_LEADER,
        Role.ANALYST,
        Role.AUDITOR,
        Role.SYSTEM,
    }
)
NOTHING = Q(pk__in=[])
NOT_SECRET = ~Q(marks__contains=[Mark.SECRET.value])


def reach(actor: Actor) -> Q | None:
    """Which calls the roles of this actor open, each by its own way; None when all are open."""
    if actor.roles & SEES_ALL:
        return None
    found = NOTHING
    units = actor.units(Role.HANDLER, Role.UNIT_LEADER)
    if units:
        found |= Q(_has_task(units))
    if actor.has(Role.GRID_OFFICER):
        found |= Q(enterprise_id__in=registry.portfolio_ids(actor)) & NOT_SECRET
    if actor.has(Role.MACHINE):
        found |= Q(is_public=True, accepted_at__isnull=False) & NOT_SECRET
    return found | own(actor)


def own(actor: Actor, path: str = "") -> Q:
    """The calls that are the asker's own: of the firms acted for, or filed with this very key.

    ``path`` leads to the call, as in ``call__``.
    """
    found = NOTHING
    if actor.enterprises:
        found |= Q(**{f"{path}enterprise_id__in": actor.enterprises})
    if actor.key_id is not None and actor.has(Role.MACHINE):
        found |= Q(**{f"{path}raised_by_key_id": actor.key_id})
    return found


def is_own(actor: Actor, call: Any) -> bool:
    """As ``own``, of one call at hand."""
    is_filed = actor.has(Role.MACHINE) and actor.key_id == call.raised_by_key_id is not None
    return is_filed or call.enterprise_id in actor.enterprises


def is_stranger(actor: Actor, call: Any) -> bool:
    """Whoever reads a call only because it is public: its summary, no words and no firm."""
    return is_outside(actor) and not is_own(actor, call)


def _has_task(units: frozenset[int]) -> Exists:
    tasks = apps.get_model("calls", "Task")._default_manager.filter(
        tenant_id=OuterRef("tenant_id"), call_id=OuterRef("pk"), unit_id__in=units
    )
    return Exists(tasks.exclude(state=TaskState.WITHDRAWN))


class CallRows(models.QuerySet[M_co]):
    """Calls; nobody of the unit that is complained of sees the complaint, whatever the role."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        units = actor.units()
        if units:
            rows = rows.filter(Q(complained_unit=None) | ~Q(complained_unit_id__in=units))
        only = reach(actor)
        return rows if only is None else rows.filter(only)


class PartRows(models.QuerySet[M_co]):
    """Rows that belong to a call and are as open as the call is."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & SEES_ALL and not actor.units():
            return rows
        model: type[Model] = apps.get_model("calls", "Call")
        calls: CallRows[Model] = CallRows(model).visible_to(actor)
        return rows.filter(Exists(calls.filter(pk=OuterRef("call_id"))))


class NoteRows(PartRows[M_co]):
    """Words: what is written for the house stays there; an answer leaves it after review.

    From outside only the words of one's own calls are read, however public a call is.
    """

    def visible_to(self, actor: Actor) -> Self:
        rows = super().visible_to(actor)
        if not is_outside(actor):
            return rows
        rounds = apps.get_model("calls", "Round")._default_manager.filter(
            tenant_id=actor.tenant_id, answer_note_id=OuterRef("pk")
        )
        passed = rounds.filter(state__in=sorted(READABLE))
        rows = rows.filter(own(actor, "call__")).exclude(kind__in=INTERNAL)
        return rows.filter(~Q(kind=NoteKind.ANSWER) | Exists(passed))


class VisitRows(models.QuerySet[M_co]):
    """Visits: staff see those of the tenant, a grid officer the own ones and those of the firms."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.roles & SEES_ALL:
            return rows
        if actor.has(Role.GRID_OFFICER):
            firms = registry.portfolio_ids(actor)
            return rows.filter(Q(officer_id=actor.person_id) | Q(enterprise_id__in=firms))
        return rows.none()
