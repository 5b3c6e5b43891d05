"""Records by key, and lists of them."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Count, Model, Q, QuerySet

from qiying.kernel import statements
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.mandate.models import (
    Decision,
    Delegation,
    Edition,
    Handover,
    Matter,
    MatterVersion,
    Precedent,
)

M = TypeVar("M", bound=Model)


def _one(rows: QuerySet[M], *, for_update: bool = False) -> M:
    found = (rows.select_for_update(of=("self",)) if for_update else rows).first()
    if found is None:
        raise NotFound("not_found")
    return found


def get_matter(actor: Actor, code: str, *, for_update: bool = False) -> Matter:
    return _one(Matter.objects.visible_to(actor).filter(code=code), for_update=for_update)


def get_version(actor: Actor, version_id: int, *, for_update: bool = False) -> MatterVersion:
    rows = MatterVersion.objects.visible_to(actor).select_related("matter")
    return _one(rows.filter(id=version_id), for_update=for_update)


def get_delegation(actor: Actor, delegation_id: int, *, for_update: bool = False) -> Delegation:
    return _one(
        Delegation.objects.visible_to(actor).filter(id=delegation_id), for_update=for_update
    )


def get_handover(actor: Actor, handover_id: int, *, for_update: bool = False) -> Handover:
    return _one(Handover.objects.visible_to(actor).filter(id=handover_id), for_update=for_update)


def get_handover_by_number(actor: Actor, number: str) -> Handover:
    return _one(Handover.objects.visible_to(actor).filter(number=number))


def get_edition(actor: Actor, edition_id: int) -> Edition:
    return _one(Edition.objects.visible_to(actor).filter(id=edition_id))


def get_decision(actor: Actor, decision_id: int, *, with_world: bool = False) -> Decision:
    name = ("mandate.decision", with_world)
    asked = statements.kept(name, actor, lambda a: _decision(a, with_world=with_world))
    found = asked.first(key=decision_id, person=actor.person_id)
    if found is None:
        raise NotFound("not_found")
    return found


def _decision(actor: Actor, *, with_world: bool) -> statements.Records[Decision]:
    rows = Decision.objects.visible_to(actor).select_related("matter")
    rows = rows.select_related("snapshot") if with_world else rows
    return statements.Records(rows.filter(id=statements.KEY))


def get_decision_by_public_id(actor: Actor, public_id: str) -> Decision:
    rows = Decision.objects.visible_to(actor).select_related("matter", "version")
    return _one(rows.filter(public_id=public_id))


@dataclass(frozen=True, slots=True)
class MatterFilter:
    """What the register list is narrowed by; empty values narrow nothing."""

    on: date
    text: str = ""
    status: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    grade: tuple[str, ...] = ()
    lead: str = ""


def list_versions(actor: Actor, wanted: MatterFilter) -> "QuerySet[MatterVersion]":
    """The versions in force on a day that pass a filter, with their matters."""
    rows = MatterVersion.objects.visible_to(actor).in_force(wanted.on).select_related("matter")
    if wanted.status:
        rows = rows.filter(status__in=wanted.status)
    if wanted.category:
        rows = rows.filter(matter__category__in=wanted.category)
    if wanted.grade:
        rows = rows.filter(grade__in=wanted.grade)
    if wanted.lead:
        seat = {"seats__side": "inside", "seats__part": "lead", "seats__position": 0}
        is_local = wanted.lead == "LOCAL_TOWNSHIP"
        who = (
            {"seats__is_local_township": True} if is_local else {"seats__unit__code": wanted.lead}
        )
        rows = rows.filter(**seat, **who)
    return _searched(rows, wanted.text)


def _searched(rows: "QuerySet[MatterVersion]", text: str) -> "QuerySet[MatterVersion]":
    for word in text.split()[:5]:
        rows = rows.filter(
            Q(matter__code__iexact=word)
            | Q(name_zh__icontains=word)
            | Q(name_en__icontains=word)
            | Q(basis_text__icontains=word)
            | Q(keywords__icontains=word)
        )
    return rows


def count_by_status(actor: Actor, on: date) -> dict[str, int]:
    """How many matters in force on a day have each status."""
    rows = MatterVersion.objects.visible_to(actor).in_force(on).order_by()
    return dict(rows.values_list("status").annotate(n=Count("id")))


def list_editions(actor: Actor) -> "QuerySet[Edition]":
    return Edition.objects.visible_to(actor).order_by("-effective_on")


def list_delegations(
    actor: Actor, *, matter: str = "", on: date | None = None
) -> "QuerySet[Delegation]":
    """Delegated powers of a matter or all; with ``on`` those in force on that day."""
    found = Delegation.objects.visible_to(actor)
    rows = found.in_force(on) if on else found
    rows = rows.select_related("matter", "from_unit", "to_unit")
    return rows.filter(matter__code=matter) if matter else rows


def list_handovers(actor: Actor) -> "QuerySet[Handover]":
    return Handover.objects.visible_to(actor).select_related("from_unit", "to_unit")


def list_precedents(actor: Actor, *, matter: str = "") -> "QuerySet[Precedent]":
    rows = Precedent.objects.visible_to(actor).select_related("matter", "lead_unit", "decided_by")
    return rows.filter(matter__code=matter) if matter else rows


def list_decisions(actor: Actor, *, matter: str = "", flag: str = "") -> "QuerySet[Decision]":
    """Decisions of one matter or all; ``flag`` is confirm, adjudicate or nothing."""
    rows = Decision.objects.visible_to(actor).select_related("matter", "lead_unit")
    if matter:
        rows = rows.filter(matter__code=matter)
    if flag == "confirm":
        rows = rows.filter(needs_confirmation=True)
    if flag == "adjudicate":
        rows = rows.filter(needs_adjudication=True)
    return rows.defer("answer", "case")


def count_decisions(actor: Actor, code: str) -> int:
    return Decision.objects.visible_to(actor).filter(matter__code=code).count()
