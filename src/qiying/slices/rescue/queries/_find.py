"""One row, or a list to be paged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Model, Q, QuerySet

from qiying.kernel import revisions, tenancy
from qiying.kernel.access import Actor, system
from qiying.kernel.errors import NotFound
from qiying.kernel.people import SHANGHAI
from qiying.slices.registry import public as registry
from qiying.slices.rescue import rules
from qiying.slices.rescue.models import (
    Equipment,
    InspectionDue,
    Job,
    Offer,
    Provider,
    Quote,
    RescueRules,
    Seat,
    Settlement,
    Technician,
)
from qiying.slices.rescue.queries import _kept
from qiying.slices.rescue.rules import OPEN, OVER, UNANSWERED, OfferState, QuoteState, State

ORDER = ("-reported_at", "-id")
TABS = ("open", "unanswered", "lost", "overnight", "confirm", "over", "all")
M = TypeVar("M", bound=Model)


def today(now: datetime) -> date:
    """The day in Shanghai."""
    return now.astimezone(SHANGHAI).date()


def get_job(actor: Actor, job_id: int, *, for_update: bool = False) -> Job:
    asked = _kept.job_by(actor, "pk", for_update=for_update)
    return _found(asked.first(key=job_id, person=actor.person_id))


def get_by_public_id(actor: Actor, public_id: UUID, *, for_update: bool = False) -> Job:
    asked = _kept.job_by(actor, "public_id", for_update=for_update)
    return _found(asked.first(address=public_id, person=actor.person_id))


def _found(row: M | None) -> M:
    if row is None:
        raise NotFound("not_found")
    return row


def find_by_number(actor: Actor, number: str) -> Job | None:
    return Job.objects.visible_to(actor).filter(number=number.strip().upper()).first()


def find_of_call(actor: Actor, call_id: int) -> Job | None:
    """The job that a call opened."""
    return Job.objects.visible_to(actor).filter(call_id=call_id).first()


_rules: revisions.Kept[rules.Rule] = revisions.Kept()
RULES = "rescue.rules"
"""The revision that is bumped when the zone sets its rules."""


def rule_in_force(actor: Actor) -> rules.Rule:
    """The zone's rules, the same for whoever acts; the defaults before any were set."""
    with tenancy.reading(actor):
        revision = revisions.current(actor).get(RULES, 0)
        return _rules.get(actor.tenant_id, revision, lambda: _rule(system(actor.tenant_id)))


def _rule(house: Actor) -> rules.Rule:
    row = rules_row(house)
    return row.rule if row else rules.DEFAULTS


def rules_row(actor: Actor) -> RescueRules | None:
    """The latest rules as they were set, with reason and source."""
    return RescueRules.objects.visible_to(actor).order_by("-set_at", "-id").first()


def technician_of(actor: Actor) -> Technician | None:
    """Who this person is at work; None when he or she is no technician now."""
    if actor.person_id is None:
        return None
    return _kept.technicians_of_person(actor.tenant_id).first(person=actor.person_id)


def get_technician(actor: Actor, technician_id: int) -> Technician:
    asked = _kept.technician_by_key(actor)
    return _found(asked.first(key=technician_id, person=actor.person_id))


def get_provider(actor: Actor, provider_id: int) -> Provider:
    return _one(Provider.objects.visible_to(actor), pk=provider_id)


def get_machine(actor: Actor, equipment_id: int, *, for_update: bool = False) -> Equipment:
    rows = Equipment.objects.visible_to(actor).select_related("kind", "enterprise")
    if for_update:
        rows = rows.select_for_update(of=("self",))
    return _one(rows, pk=equipment_id)


def machine_by_public_id(actor: Actor, public_id: UUID) -> Equipment:
    rows = Equipment.objects.visible_to(actor).select_related("kind", "enterprise")
    return _one(rows, public_id=public_id)


def machine_by_label(actor: Actor, label: str) -> Equipment:
    """The machine that somebody stands before; NotFound for other people's machines."""
    rows = Equipment.objects.visible_to(actor).select_related("kind", "enterprise")
    return _one(rows, label=rules.tidy(label))


def get_inspection(actor: Actor, inspection_id: int) -> InspectionDue:
    rows = InspectionDue.objects.visible_to(actor).select_related("equipment__kind")
    return _one(rows, pk=inspection_id)


def get_settlement(actor: Actor, settlement_id: int, *, for_update: bool = False) -> Settlement:
    rows = Settlement.objects.visible_to(actor).select_related("provider", "budget")
    if for_update:
        rows = rows.select_for_update(of=("self",))
    return _one(rows, pk=settlement_id)


def _one(rows: "QuerySet[M]", **where: Any) -> M:
    return _found(rows.filter(**where).first())


def seats_of(job: Job, *, for_update: bool = False) -> list[Seat]:
    """The places of a crew by position, with their technicians."""
    return _kept.seats_of_job(job.tenant_id, for_update=for_update).ask(key=job.pk)


def crew_of(actor: Actor, job_id: int) -> list[Seat]:
    """The places of a crew, without their technicians, by the key of the job."""
    return _kept.crew_of_job(actor.tenant_id).ask(key=job_id)


def open_offers(job: Job) -> list[Offer]:
    """Who is being asked now."""
    rows = Offer.objects.filter(tenant_id=job.tenant_id, seat__job=job, state=OfferState.OPEN)
    return list(rows.select_related("seat", "technician__person", "proposal").order_by("id"))


def quote_of(job: Job, *states: QuoteState) -> Quote | None:
    """The newest quote in one of these states."""
    return _kept.quotes_of_job(job.tenant_id, states).first(key=job.pk)


@dataclass(frozen=True, slots=True)
class JobFilter:
    """What a list of jobs is narrowed to; the state of the filter bar."""

    tab: str = "all"
    kind: str = ""
    urgency: str = ""
    state: str = ""
    provider: int = 0
    enterprise: int = 0
    equipment: int = 0
    q: str = ""
    start: date | None = None
    end: date | None = None
    """Exclusive."""


def list_jobs(actor: Actor, wanted: JobFilter, *, now: datetime) -> "QuerySet[Job]":
    """The visible jobs; page them by ``ORDER``."""
    rows = Job.objects.visible_to(actor).select_related("enterprise", "equipment__kind")
    rows = rows.filter(_tab(wanted.tab, now))
    plain = {
        "kind": wanted.kind,
        "urgency": wanted.urgency,
        "state": wanted.state,
        "enterprise_id": wanted.enterprise,
        "equipment_id": wanted.equipment,
    }
    rows = rows.filter(**{name: value for name, value in plain.items() if value})
    if wanted.provider:
        seats = Seat.objects.filter(
            tenant_id=actor.tenant_id, technician__provider_id=wanted.provider
        )
        rows = rows.filter(pk__in=seats.values("job_id"))
    if wanted.start:
        rows = rows.filter(reported_at__gte=_midnight(wanted.start))
    if wanted.end:
        rows = rows.filter(reported_at__lt=_midnight(wanted.end))
    if wanted.q:
        rows = rows.filter(_words(actor, wanted.q))
    return rows


def _midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=SHANGHAI)


def _words(actor: Actor, text: str) -> Q:
    firms = [card.id for card in registry.search_enterprises(actor, text, 20)]
    found = Q(number__icontains=text) | Q(title__icontains=text) | Q(enterprise_id__in=firms)
    return found | Q(equipment__label=rules.tidy(text)) if rules.is_label(text) else found


def _tab(tab: str, now: datetime) -> Q:
    is_open = Q(state__in=sorted(OPEN))
    tabs = {
        "open": is_open,
        "unanswered": Q(state__in=sorted(UNANSWERED)),
        "lost": Q(promise_lost_at__isnull=False),
        "overnight": is_open & Q(night_listed_on=today(now)),
        "confirm": Q(state=State.DONE),
        "over": Q(state__in=sorted(OVER)),
    }
    return tabs.get(tab, Q())


def tab_counts(actor: Actor, *, now: datetime) -> dict[str, int]:
    """How many jobs stand behind each tab, in one query."""
    counted = {tab: Count("pk", filter=_tab(tab, now)) for tab in TABS if tab != "all"}
    found: dict[str, int] = Job.objects.visible_to(actor).aggregate(**counted, all=Count("pk"))
    return found


def firm_names(actor: Actor, jobs: Iterable[Job]) -> dict[int, str]:
    """Names of the firms of jobs in the reader's language, in one query."""
    return registry.names(actor, {j.enterprise_id for j in jobs})
