"""What other slices may know of Industry 120."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Job
from qiying.slices.rescue.models.labels import STATE_TONES, STATES
from qiying.slices.rescue.queries import leading
from qiying.slices.rescue.rules import OPEN


@dataclass(frozen=True, slots=True)
class JobCard:
    """A rescue as other slices may show it."""

    id: int
    public_id: UUID
    number: str
    title: str
    state: str
    enterprise_id: int
    reported_at: datetime
    ended_at: datetime | None

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(STATES.get(self.state, self.state))

    @property
    def state_tone(self) -> str:
        """The tone of the state's mark."""
        return STATE_TONES.get(self.state, "new")

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def _card(job: Job) -> JobCard:
    return JobCard(
        job.pk,
        job.public_id,
        job.number,
        job.title,
        job.state,
        job.enterprise_id,
        job.reported_at,
        job.ended_at,
    )


def card_of_call(actor: Actor, call_id: int) -> JobCard | None:
    """The rescue that a call opened, if this actor may see it."""
    with tenancy.reading(actor):
        job = queries.find_of_call(actor, call_id)
    return None if job is None else _card(job)


def count_by_enterprise(actor: Actor, enterprise_ids: Iterable[int]) -> dict[int, int]:
    """How many visible rescues each of these firms had."""
    with tenancy.reading(actor):
        return queries.count_by_firm(actor, enterprise_ids)


def figures(actor: Actor, period: tuple[date, date], *, now: datetime) -> dict[str, Decimal]:
    """A18 to A20, of jobs reported in a period that ends exclusively: ``Performance.figures``."""
    with tenancy.reading(actor):
        return leading.performance(actor, *period, now=now).figures
