"""One job with everything that belongs to it, and the steps that are open to the reader."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from qiying.engines import dispatch
from qiying.kernel import trail
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import NotFound
from qiying.kernel.models import Attachment, Event
from qiying.slices.rescue.models import (
    Diagnosis,
    Job,
    Note,
    Offer,
    Override,
    PartUsed,
    Permit,
    PriceItem,
    Proposal,
    Quote,
    QuoteLine,
    Rating,
    Report,
    Seat,
    Technician,
    Track,
)
from qiying.slices.rescue.queries._find import today
from qiying.slices.rescue.rules import (
    HELD,
    INPUTS,
    LIFECYCLE,
    WANTED,
    Inputs,
    OfferState,
    QuoteState,
    SeatState,
)

MOST_TRACKS = 200
PRIMARY = frozenset(
    {
        *("acknowledge", "offer", "accept", "set_out", "arrive", "diagnose", "quote", "begin"),
        *("accept_quote", "try_run", "finish", "confirm", "parts_came", "resume", "rate"),
        "solve_remotely",
    }
)
GRAVE = frozenset(
    {"refuse", "release", "decline_quote", "refer", "dispute_result", "withdraw", "dismiss"}
)
OF_A_SETTLEMENT = frozenset({"settle"})
"""Steps that follow from the settlement of the month and are no button of a job."""
TO_ANSWER = frozenset({"accept", "refuse", "help_remotely"})
"""Steps of whoever is asked."""


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step that the table opens to the reader."""

    name: str
    tone: str
    """primary, danger or plain."""
    inputs: Inputs


@dataclass
class Record:
    """A job and its rows; what is not shown is not read."""

    actor: Actor
    job: Job
    now: datetime
    seats: list[Seat] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    """The latest last."""

    def _rows(self, model: Any, order: str = "id") -> QuerySet[Any]:
        rows: QuerySet[Any] = model.objects.visible_to(self.actor).filter(job_id=self.job.pk)
        return rows.order_by(order)

    @cached_property
    def proposals(self) -> list[Proposal]:
        """The latest last; empty for whoever does not see how the house decides."""
        return list(self._rows(Proposal).defer("problem"))

    @property
    def proposal(self) -> Proposal | None:
        return self.proposals[-1] if self.proposals else None

    @cached_property
    def overrides(self) -> list[Override]:
        people = ("proposed__person", "chosen__person", "by")
        return list(self._rows(Override).select_related(*people))

    @cached_property
    def quotes(self) -> list[Quote]:
        """The latest last."""
        return list(self._rows(Quote, "version").select_related("technician__person"))

    @property
    def quote(self) -> Quote | None:
        """The one that counts: accepted, else shown, else the latest."""
        wanted = (QuoteState.ACCEPTED, QuoteState.SHOWN)
        found = (q for state in wanted for q in self.quotes if q.state == state)
        return next(found, None) or (self.quotes[-1] if self.quotes else None)

    @cached_property
    def lines(self) -> list[QuoteLine]:
        """Of the quote that counts."""
        if self.quote is None:
            return []
        rows = QuoteLine.objects.visible_to(self.actor).filter(quote_id=self.quote.pk)
        return list(rows.select_related("item").order_by("id"))

    @cached_property
    def diagnoses(self) -> list[Diagnosis]:
        return list(self._rows(Diagnosis).select_related("technician__person"))

    @cached_property
    def permits(self) -> list[Permit]:
        return list(self._rows(Permit))

    @cached_property
    def parts(self) -> list[PartUsed]:
        return list(self._rows(PartUsed))

    @cached_property
    def report(self) -> Report | None:
        found: Report | None = (
            self._rows(Report)
            .filter(is_current=True)
            .select_related("technician__person", "technician__provider")
            .first()
        )
        return found

    @cached_property
    def rating(self) -> Rating | None:
        found: Rating | None = self._rows(Rating).first()
        return found

    @cached_property
    def tracks(self) -> list[Track]:
        rows = self._rows(Track, "-at").select_related("technician__person")
        return list(rows[:MOST_TRACKS])[::-1]

    @cached_property
    def notes(self) -> list[Note]:
        return list(self._rows(Note).select_related("author"))

    @cached_property
    def files(self) -> list[Attachment]:
        """Files of the job and of the words beside its steps, in two questions."""
        wanted = {
            "rescue.job": [self.job.pk],
            "rescue.note": [n.pk for n in self.notes],
            "rescue.report": [self.report.pk] if self.report else [],
        }
        rows = Attachment.objects.filter(
            tenant_id=self.job.tenant_id,
            subject_type__in=list(wanted),
            subject_id__in={pk for keys in wanted.values() for pk in keys},
        ).order_by("id")
        return [r for r in rows if r.subject_id in wanted.get(r.subject_type or "", ())]

    @cached_property
    def own_seat(self) -> Seat | None:
        """The seat that the reader holds."""
        return next((s for s in self.seats if s.state in HELD and self._is_mine(s)), None)

    @cached_property
    def own_offer(self) -> Offer | None:
        """The offer that is open to the reader."""
        return next(
            (o for o in self.offers if o.state == OfferState.OPEN and self._is_mine(o)), None
        )

    def _is_mine(self, row: Seat | Offer) -> bool:
        who = row.technician
        return who is not None and who.person_id == self.actor.person_id

    @property
    def open_offers(self) -> list[Offer]:
        return [o for o in self.offers if o.state == OfferState.OPEN]

    @property
    def wanted(self) -> list[Seat]:
        """Places that nobody holds."""
        return [s for s in self.seats if s.state in WANTED]


def record(actor: Actor, job: Job, *, now: datetime) -> Record:
    """The job with its crew and offers; the rest is read when it is asked for."""
    people = ("technician__person", "technician__provider")
    seats = Seat.objects.visible_to(actor).filter(job_id=job.pk).select_related(*people)
    offers = Offer.objects.visible_to(actor).filter(seat__job_id=job.pk)
    offers = offers.select_related("seat", *people)
    return Record(actor, job, now, list(seats.order_by("position")), list(offers.order_by("id")))


# --- steps ---


def steps_open(found: Record) -> tuple[OpenStep, ...]:
    """The steps that the table opens and nothing of the rows stands against, in its order."""
    names = LIFECYCLE.open_to(found.job.state, found.actor.roles)
    return tuple(
        OpenStep(name, _tone(name), INPUTS[name]) for name in names if _is_open(found, name)
    )


def _tone(name: str) -> str:
    return "primary" if name in PRIMARY else "danger" if name in GRAVE else "plain"


def _is_open(found: Record, name: str) -> bool:
    if name in OF_A_SETTLEMENT or not _is_in_charge(found, name):
        return False
    check = CHECKS.get(name)
    return check is None or check(found)


def _is_in_charge(found: Record, name: str) -> bool:
    """A firm acts for its own jobs, a technician for the own seat or offer, others by their role."""
    actor, roles = found.actor, LIFECYCLE.steps[name].roles
    if actor.has(*(roles - {Role.ENTERPRISE, Role.TECHNICIAN})):
        return True
    is_firm = Role.ENTERPRISE in roles and found.job.enterprise_id in actor.enterprises
    if is_firm or Role.TECHNICIAN not in roles:
        return is_firm
    return bool(found.own_offer if name in TO_ANSWER else found.own_seat)


def _has_free_seats(found: Record) -> bool:
    is_free = any(s.state == SeatState.FREE for s in found.seats)
    return is_free and found.proposal is not None and bool(found.proposal.chosen)


def _is_late(found: Record) -> bool:
    return any(o.answer_by_at <= found.now for o in found.open_offers)


CHECKS: Mapping[str, Callable[[Record], bool]] = {
    "classify": lambda r: all(s.state not in HELD for s in r.seats),
    "propose": lambda r: bool(r.job.skill) and (not r.seats or bool(r.wanted)),
    "offer": _has_free_seats,
    "override": lambda r: bool(r.wanted),
    "expire": _is_late,
    "release": lambda r: any(s.state in HELD for s in r.seats),
    "accept_quote": lambda r: r.quote is not None and r.quote.state == QuoteState.SHOWN,
    "decline_quote": lambda r: r.quote is not None and r.quote.state == QuoteState.SHOWN,
    "rate": lambda r: r.rating is None,
}
"""Steps that some rows make pointless; the operation refuses them as well."""


def price_items(found: Record, technician: Technician | None) -> list[PriceItem]:
    """The items of the price list in force of a technician's provider."""
    if technician is None:
        return []
    rows = PriceItem.objects.visible_to(found.actor).filter(
        price_list__provider_id=technician.provider_id, price_list__from_on__lte=today(found.now)
    )
    newest = rows.order_by("-price_list__version").values_list("price_list_id", flat=True).first()
    return list(rows.filter(price_list_id=newest).order_by("is_part", "code"))


# --- what the engine said ---


@dataclass(frozen=True, slots=True)
class Replay:
    """A proposal asked for again with exactly what the engine was told then."""

    proposal: Proposal
    digest: str
    version: str

    @property
    def is_same(self) -> bool:
        return self.digest == self.proposal.digest


def get_proposal(actor: Actor, job: Job, proposal_id: int) -> Proposal:
    row = Proposal.objects.visible_to(actor).filter(job_id=job.pk, pk=proposal_id).first()
    if row is None:
        raise NotFound("not_found")
    return row


def replay(proposal: Proposal) -> Replay:
    """Ask the engine again; nothing is read besides the row and nothing is written."""
    problem = dispatch.read_problem(json.dumps(proposal.problem))
    name = str(proposal.job_id)
    asked = next(j for j in problem.jobs if j.id == name)
    rest = replace(problem, jobs=tuple(j for j in problem.jobs if j.id != name))
    said = dispatch.Desk(rest, dispatch.Params(iterations=0)).propose(asked)
    return Replay(proposal, said.digest, said.version)


def names_of(actor: Actor, technicians: Iterable[int]) -> dict[int, Technician]:
    """Technicians by id with their names and providers: whom a proposal speaks of."""
    rows = Technician.objects.visible_to(actor).filter(pk__in=list(technicians))
    return {t.pk: t for t in rows.select_related("person", "provider", "station")}


def people_in(proposals: Sequence[Proposal]) -> set[int]:
    """Ids of the technicians whom proposals name."""
    options = (o for p in proposals for o in (*p.chosen, *([p.second] if p.second else [])))
    return {int(o["technician"]) for o in options}


def course(found: Record) -> list[trail.Line]:
    """What happened, the first first, with who did it; positions on the way stand on the map."""
    rows = Event.objects.filter(
        tenant_id=found.job.tenant_id, subject_type="rescue.job", subject_id=found.job.pk
    ).exclude(topic="rescue.position")
    return trail.lines_of(found.actor, list(rows.order_by("sequence")))
