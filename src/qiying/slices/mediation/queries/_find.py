"""Cases, the roster and the list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from qiying.kernel.access import Actor, system
from qiying.kernel.errors import NotFound
from qiying.slices.mediation.models import Case, Mediator, Party
from qiying.slices.mediation.queries._docket import names_of
from qiying.slices.mediation.queries._guards import today
from qiying.slices.mediation.rules import OVER, TALKING, Confirmation, State
from qiying.slices.registry import public as registry

ORDER = ("-opened_at", "-id")
TABS = ("open", "waiting", "performing", "confirm", "over", "all")


def get_case(actor: Actor, case_id: int, *, for_update: bool = False) -> Case:
    return _get(actor, for_update=for_update, pk=case_id)


def get_by_public_id(actor: Actor, public_id: UUID, *, for_update: bool = False) -> Case:
    return _get(actor, for_update=for_update, public_id=public_id)


def _get(actor: Actor, *, for_update: bool, **where: Any) -> Case:
    rows = Case.objects.visible_to(actor).select_related("mediator", "call")
    if for_update:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(**where).first()
    if row is None:
        raise NotFound("not_found")
    return row


def of_call(actor: Actor, call_id: int) -> list[Case]:
    """The cases that grew out of a call, as far as this actor may see them."""
    rows = Case.objects.visible_to(actor).filter(call_id=call_id)
    return list(rows.order_by("-id")[:5])


@dataclass(frozen=True, slots=True)
class Filters:
    tab: str = "all"
    kind: str = ""
    q: str = ""
    mediator: int = 0


def list_cases(actor: Actor, wanted: Filters, *, now: datetime) -> QuerySet[Case]:
    """The visible cases, the newest first."""
    rows = Case.objects.visible_to(actor).select_related("mediator__person", "call")
    rows = rows.filter(_tab(wanted.tab, now))
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.mediator:
        rows = rows.filter(mediator_id=wanted.mediator)
    if wanted.q:
        rows = rows.filter(_words(actor, wanted.q))
    return rows


def _words(actor: Actor, text: str) -> Q:
    parties = Party.objects.filter(tenant_id=actor.tenant_id, case_id=OuterRef("pk"))
    firms = [card.id for card in registry.search_enterprises(actor, text, 20)]
    named = parties.filter(Q(name__icontains=text) | Q(enterprise_id__in=firms))
    return Q(number__icontains=text) | Q(title__icontains=text) | Q(Exists(named))


def _tab(tab: str, now: datetime) -> Q:
    tabs = {
        "open": Q(state__in=sorted(TALKING)),
        "waiting": Q(state__in=[State.REGISTERED, State.REAPPOINTING]),
        "performing": Q(state__in=[State.EFFECTIVE, State.BREACHED]),
        "confirm": Q(
            confirmation=Confirmation.NOT_ASKED,
            confirm_due_at__gt=now,
            state__in=[State.EFFECTIVE, State.BREACHED, State.PERFORMED],
        ),
        "over": Q(state__in=[*sorted(OVER - {State.BREACHED}), State.ARCHIVED]),
    }
    return tabs.get(tab, Q())


def tab_counts(actor: Actor, *, now: datetime) -> dict[str, int]:
    """How many cases stand behind each tab, in one query."""
    counted = {tab: Count("pk", filter=_tab(tab, now)) for tab in TABS if tab != "all"}
    found: dict[str, int] = Case.objects.visible_to(actor).aggregate(**counted, all=Count("pk"))
    return found


def count_waiting(actor: Actor) -> int:
    """Cases that wait for the desk: consent or a mediator is missing."""
    rows = Case.objects.visible_to(actor)
    return rows.filter(state__in=[State.REGISTERED, State.REAPPOINTING])[:100].count()


def party_names(actor: Actor, cases: Iterable[Case]) -> dict[int, str]:
    """``applicant / other side`` of each case, in two queries."""
    rows = Party.objects.filter(
        tenant_id=actor.tenant_id, case_id__in=[c.pk for c in cases]
    ).order_by("id")
    parties = list(rows)
    firms = registry.names(
        system(actor.tenant_id), [p.enterprise_id for p in parties if p.enterprise_id]
    )
    found: dict[int, list[str]] = {}
    for party in parties:
        name = firms.get(party.enterprise_id or 0, "") or party.name
        if name:
            found.setdefault(party.case_id, []).append(name)
    return {case_id: " / ".join(names) for case_id, names in found.items()}


def search(actor: Actor, text: str, limit: int) -> list[Case]:
    rows = Case.objects.visible_to(actor)
    found = rows.filter(Q(number__icontains=text) | Q(title__icontains=text))
    return list(found.order_by(*ORDER)[:limit])


def numbered(actor: Actor, ids: Iterable[int]) -> list[Case]:
    """The visible cases of these ids."""
    return list(Case.objects.visible_to(actor).filter(pk__in=list(ids)))


@dataclass(frozen=True, slots=True)
class MediatorCard:
    """A mediator of the roster with name and unit."""

    row: Mediator
    name: str
    unit: str
    is_listed: bool
    load: int


def get_mediator(actor: Actor, mediator_id: int, *, for_update: bool = False) -> Mediator:
    rows = Mediator.objects.visible_to(actor)
    row = (rows.select_for_update() if for_update else rows).filter(pk=mediator_id).first()
    if row is None:
        raise NotFound("not_found")
    return row


def mediators(actor: Actor, *, now: datetime) -> list[MediatorCard]:
    """The roster: those listed now first, with how many cases each has in hand."""
    day = today(now)
    rows = list(Mediator.objects.visible_to(actor).order_by("listed_on", "id"))
    people = names_of(r.person_id for r in rows)
    units = {c.id: c.name for c in registry.units(actor).values()}
    held = dict(
        Case.objects.filter(tenant_id=actor.tenant_id, mediator__isnull=False)
        .filter(state__in=[*sorted(TALKING), State.EFFECTIVE])
        .values_list("mediator_id")
        .annotate(Count("pk"))
    )
    cards = [
        MediatorCard(
            row,
            people.get(row.person_id, ""),
            units.get(row.unit_id, ""),
            row.listed_on <= day and (row.until_on is None or row.until_on > day),
            held.get(row.pk, 0),
        )
        for row in rows
    ]
    return sorted(cards, key=lambda c: (not c.is_listed, c.row.pk))


def to_remind(actor: Actor, *, now: datetime, limit: int = 200) -> list[int]:
    """Cases of which a reminder is due."""
    rows = Case.objects.visible_to(actor).filter(next_reminder_at__lte=now)
    return list(rows.order_by("next_reminder_at", "id").values_list("id", flat=True)[:limit])


def to_rederive(actor: Actor, *, version: str, limit: int = 200) -> list[int]:
    """Cases whose deadlines were derived from another calendar than the one that counts now."""
    open_ = Q(state__in=sorted(TALKING)) | Q(
        confirmation=Confirmation.NOT_ASKED, state="effective"
    )
    rows = Case.objects.visible_to(actor).filter(open_).exclude(calendar_version=version)
    return list(rows.order_by("id").values_list("id", flat=True)[:limit])
