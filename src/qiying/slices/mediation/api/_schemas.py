"""What the interface of mediation takes and gives."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict

from qiying.kernel.exports import SHANGHAI
from qiying.slices.mediation.operations import TermIn

EARLIEST, LATEST = 1900, 2200


def _in_our_years(day: date) -> date:
    if not EARLIEST < day.year < LATEST:
        raise ValueError("not a year of ours")
    return day


def _in_our_time(moment: datetime) -> datetime:
    """A time without an offset is the clock on the wall here."""
    _in_our_years(moment.date())
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


Day = Annotated[date, AfterValidator(_in_our_years)]
Moment = Annotated[datetime, AfterValidator(_in_our_time)]
Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
Row = Annotated[int, Field(ge=1, lt=2**62)]


class DisputePartyIn(Schema):
    """A firm by its public id, or an outside person by name and telephone."""

    side: str = Field(max_length=10)
    enterprise: UUID | None = None
    name: str = Field("", max_length=64)
    phone: str = Field("", max_length=20)
    spokesperson: str = Field("", max_length=64)


class DisputeIn(Schema):
    kind: str = Field(max_length=10)
    title: str = Field(max_length=80)
    facts: str = Field(max_length=4000)
    parties: list[DisputePartyIn] = Field(max_length=12)
    applied_on: Day | None = None
    arose_on: Day | None = None
    claim_cny: Money | None = None
    call: UUID | None = None


class AgreementTermIn(Schema):
    """One promise of an agreement; ``party`` is the id of a party of the dispute."""

    party: Row
    text: str = Field(max_length=500)
    due_on: Day
    amount_cny: Money | None = None


class MediationStepIn(Schema):
    """A step and what it asks for; ``GET`` of the dispute says which steps are open."""

    model_config = ConfigDict(extra="forbid")

    step: str = Field(max_length=24)
    version: int | None = None
    party_id: Row | None = None
    mediator_id: Row | None = None
    session_id: Row | None = None
    term_id: Row | None = None
    is_chosen: bool | None = None
    way: str | None = Field(None, max_length=11)
    text: str | None = Field(None, max_length=4000)
    decline_reason: str | None = Field(None, max_length=16)
    recusal: str | None = Field(None, max_length=12)
    risk_to: str | None = Field(None, max_length=20)
    at: Moment | None = None
    place: str | None = Field(None, max_length=100)
    minutes: str | None = Field(None, max_length=4000)
    present: list[Row] | None = Field(None, max_length=12)
    form: str | None = Field(None, max_length=7)
    terms: list[AgreementTermIn] | None = Field(None, max_length=20)
    on: Day | None = None
    court: str | None = Field(None, max_length=100)
    confirmation: str | None = Field(None, max_length=10)

    def inputs(self) -> dict[str, Any]:
        given = self.model_dump(exclude={"step", "version", "terms"}, exclude_none=True)
        if self.terms is not None:
            given["terms"] = [TermIn(t.party, t.text, t.due_on, t.amount_cny) for t in self.terms]
        return given


class DisputePartyOut(Schema):
    id: int
    side: str
    name: str
    consent: str
    has_signed: bool


class MediationSessionOut(Schema):
    """``minutes`` are empty for whoever did not take part."""

    id: int
    number: int
    state: str
    at: datetime
    place: str
    minutes: str
    present: list[int]


class AgreementTermOut(Schema):
    id: int
    number: int
    party: int
    text: str
    due_on: date
    amount_cny: Decimal | None
    state: str
    performed_on: date | None


class DisputeOut(Schema):
    id: UUID
    number: str
    kind: str
    title: str
    state: str
    state_label: str
    version: int
    applied_on: date
    settle_due_at: datetime
    effective_on: date | None
    confirmation: str
    confirm_due_at: datetime | None
    limitation_on: date | None


class DisputeDetail(DisputeOut):
    facts: str
    claim_cny: Decimal | None
    parties: list[DisputePartyOut]
    sessions: list[MediationSessionOut]
    agreement: str
    terms: list[AgreementTermOut]
    steps: list[str]


class DisputePage(Schema):
    items: list[DisputeOut]
    next: str
    previous: str


class RosterMediatorOut(Schema):
    id: int
    name: str
    unit: str
    kinds: list[str]
    is_listed: bool
    in_hand: int


class RosterMediatorIn(Schema):
    """Somebody of the staff, for kinds of disputes (none: all); ``unit`` is a code."""

    model_config = ConfigDict(extra="forbid")

    person: Row
    unit: str = Field(min_length=1, max_length=40)
    kinds: list[str] = Field(default_factory=list, max_length=20)
    credential: str = Field("", max_length=120)
    listed_on: Day | None = None
    until_on: Day | None = None


class MediationCount(Schema):
    kind: str
    registered: int
    settled: int
    failed: int
    running: int
    success: float | None
    median_days: float | None


class MediationFigures(Schema):
    total: MediationCount
    kinds: list[MediationCount]
    rarer: int
    terms_due: int
    terms_performed: int
    confirmed: int
    confirmation_asked: int


class DisputeQuery(Schema):
    tab: str = "all"
    kind: str = ""
    q: str = Field("", max_length=100)
    cursor: str = ""
    size: int = 25


class MediationDays(Schema):
    start: Day | None = None
    end: Day | None = None
    """The last day counted; today when it is left out, and a year before it for ``start``."""

    def edges(self, now: datetime) -> tuple[datetime, datetime]:
        """The first moment, and the one after the last; twelve months when nothing is said."""
        last = self.end or now.astimezone(SHANGHAI).date()
        first = self.start or last - timedelta(days=365)
        end = datetime.combine(last + timedelta(days=1), time(0), SHANGHAI)
        return datetime.combine(first, time(0), SHANGHAI), end
