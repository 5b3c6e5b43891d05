"""Wordings: the shelf, and those that fit a step of a call, with their places filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.calls.models import Call, Wording
from qiying.slices.calls.rules.desk import TemplateState
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

MOST_OFFERED = 12


def shelf(actor: Actor, *, step: str = "", state: str = "") -> QuerySet[Wording]:
    """Every version that the actor may read, newest first by ``-written_at``, ``-id``."""
    rows = Wording.objects.visible_to(actor).select_related("unit", "written_by", "approved_by")
    if step:
        rows = rows.filter(step=step)
    return rows.filter(state=state) if state else rows


def get_wording(actor: Actor, public_id: UUID) -> Wording:
    row = shelf(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("not_found")
    return row


@dataclass(frozen=True, slots=True)
class Offered:
    """A wording as it stands in the form of this call."""

    wording: Wording
    text: str


def offered(actor: Actor, call: Call, step: str) -> list[Offered]:
    """Those in force for the step: of this matter first, then the most used."""
    rows = Wording.objects.visible_to(actor).filter(state=TemplateState.APPROVED, step=step)
    rows = rows.filter(Q(matter_code="") | Q(matter_code=call.matter_code))
    found = sorted(rows, key=lambda w: (w.matter_code == "", w.unit_id is None, -w.uses, w.name))
    places = _places(actor, call)
    return [Offered(w, w.text.format_map(places)) for w in found[:MOST_OFFERED]]


def _places(actor: Actor, call: Call) -> Mapping[str, str]:
    names = {m.code: m.name for m in mandate.matters(actor, timezone.localdate())}
    return {
        "firm": str(call.enterprise or ""),
        "number": call.number,
        "due": _moment(call.due_at),
        "unit": str(call.lead_unit or ""),
        "matter": names.get(call.matter_code, call.matter_code),
        "zone": registry.zone(actor).name,
    }


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
