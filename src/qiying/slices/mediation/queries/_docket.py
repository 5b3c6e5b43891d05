"""Everything about one case in a fixed number of queries, and in what capacity somebody reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from qiying.kernel.access import STAFF, Actor, Role, system
from qiying.kernel.models import User
from qiying.slices.mediation.models import (
    Agreement,
    Appointment,
    Attendance,
    Case,
    Note,
    Party,
    Session,
    Signature,
    Term,
)
from qiying.slices.mediation.rules import Capacity, Days, TermState
from qiying.slices.registry import public as registry


@dataclass(slots=True)
class Rows:
    """The rows of a case; minutes and agreements are blank to whoever may not read the words."""

    parties: list[Party]
    appointments: list[Appointment]
    sessions: list[Session]
    attendances: list[Attendance]
    agreements: list[Agreement]
    terms: list[Term]
    signatures: list[Signature]
    notes: list[Note]


class Docket:
    """One case as one actor meets it."""

    def __init__(self, actor: Actor, case: Case, now: datetime, rows: Rows) -> None:
        self.actor, self.case, self.now, self.rows = actor, case, now, rows

    @property
    def parties(self) -> list[Party]:
        return self.rows.parties

    @property
    def agreement(self) -> Agreement | None:
        """The agreement that counts; earlier drafts are left aside."""
        return next((a for a in self.rows.agreements if a.is_current), None)

    @property
    def terms(self) -> list[Term]:
        current = self.agreement
        return [t for t in self.rows.terms if current and t.agreement_id == current.pk]

    @property
    def signatures(self) -> list[Signature]:
        current = self.agreement
        return [s for s in self.rows.signatures if current and s.agreement_id == current.pk]

    @cached_property
    def own_parties(self) -> list[Party]:
        """The parties for which this actor speaks as the firm."""
        firms = self.actor.enterprises
        return [p for p in self.parties if p.enterprise_id in firms]

    @cached_property
    def capacities(self) -> frozenset[str]:
        """Whoever is a party or the mediator is nothing else in this case."""
        if self.own_parties:
            return frozenset({Capacity.PARTY})
        if self.is_mediator:
            return frozenset({Capacity.MEDIATOR})
        actor, found = self.actor, set()
        if actor.has(Role.DESK, Role.SUPERVISOR):
            found.add(Capacity.DESK)
        if actor.has(Role.GRID_OFFICER) and self.case.opened_by_id == actor.person_id:
            found.add(Capacity.OPENER)
        if actor.has(Role.CALLBACK):
            found.add(Capacity.CALLER)
        return frozenset(found)

    @property
    def is_mediator(self) -> bool:
        mediator = self.case.mediator
        is_person = mediator is not None and mediator.person_id == self.actor.person_id
        return is_person and bool(self.actor.roles & STAFF)

    @property
    def may_read_words(self) -> bool:
        """What was said in a session: for those who took part."""
        return bool(self.capacities & {Capacity.PARTY, Capacity.MEDIATOR})

    @property
    def may_see_contacts(self) -> bool:
        """Telephone numbers of outside persons: for who must ring them."""
        return bool(self.capacities & {Capacity.MEDIATOR, Capacity.DESK, Capacity.OPENER})

    @cached_property
    def firm_names(self) -> dict[int, str]:
        """Names of the firms; a party may know who the other one is."""
        ids = [p.enterprise_id for p in self.parties if p.enterprise_id]
        return registry.names(system(self.actor.tenant_id), ids)

    def party_name(self, party: Party) -> str:
        if party.enterprise_id:
            return self.firm_names.get(party.enterprise_id, "")
        return party.name

    @cached_property
    def people(self) -> dict[int, str]:
        ids: set[int | None] = {self.case.opened_by_id}
        ids |= {n.author_id for n in self.rows.notes}
        ids |= {a.mediator.person_id for a in self.rows.appointments}
        ids |= {a.appointed_by_id for a in self.rows.appointments}
        return names_of({i for i in ids if i is not None})

    def person(self, person_id: int | None) -> str:
        return self.people.get(person_id or 0, "")

    @property
    def mediator_name(self) -> str:
        return self.person(self.case.mediator.person_id) if self.case.mediator else ""

    def days(self) -> Days:
        """What the reminders are derived from."""
        case = self.case
        return Days(
            case.state,
            case.settle_due_at,
            case.limitation_on,
            case.confirm_due_at,
            case.confirmation,
            tuple(t.due_on for t in self.terms if t.state == TermState.OPEN),
        )


def names_of(person_ids: Iterable[int]) -> dict[int, str]:
    rows = User.objects.filter(id__in=list(person_ids))
    return {p.pk: str(p) for p in rows.only("name", "username")}


def docket(actor: Actor, case: Case, *, now: datetime) -> Docket:
    """Load everything about a case that the caller has shown to be visible."""
    mine: dict[str, Any] = {"tenant_id": actor.tenant_id, "case_id": case.pk}
    rows = Rows(
        parties=list(Party.objects.filter(**mine).order_by("id")),
        appointments=list(
            Appointment.objects.filter(**mine).select_related("mediator").order_by("id")
        ),
        sessions=list(Session.objects.filter(**mine).order_by("number")),
        attendances=list(Attendance.objects.filter(**mine).order_by("id")),
        agreements=list(Agreement.objects.filter(**mine).order_by("number")),
        terms=list(Term.objects.filter(**mine).order_by("agreement_id", "number")),
        signatures=list(Signature.objects.filter(**mine).order_by("id")),
        notes=list(Note.objects.visible_to(actor).filter(case_id=case.pk).order_by("id")),
    )
    found = Docket(actor, case, now, rows)
    if not found.may_read_words:
        for session in rows.sessions:
            session.minutes = ""
    return found
