"""What other slices may know of Industry 120."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Job
from qiying.slices.rescue.models.labels import STATE_TONES, STATES
from qiying.slices.rescue.rules import OPEN

TENTH = Decimal("0.1")


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
    """A18 to A20, of jobs reported in a period that ends exclusively.

    ``A18.jobs`` rescues that were needed, ``A18.success`` percent repaired of those that ended,
    ``A18.praise`` percent content of those rated with ``A18.rated`` percent rated beside it;
    ``A19`` percent of emergencies answered within the promise, ``A19.arrived`` percent reached
    within our own goal; ``A20.emergency``, ``A20.repair`` and ``A20.retrofit`` jobs by service.
    What has no denominator is left out.
    """
    with tenancy.reading(actor):
        (all_jobs,) = queries.performance(actor, period, now=now)
        by_kind = {p.key: p for p in queries.performance(actor, period, now=now, by="kind")}
    found = {"A18.jobs": Decimal(len(all_jobs.jobs))}
    shares = {
        "A18.success": all_jobs.success,
        "A18.praise": all_jobs.praise,
        "A18.rated": all_jobs.rated,
        "A19": all_jobs.promise,
        "A19.arrived": all_jobs.arrival,
    }
    for code, rate in shares.items():
        if rate.share is not None:
            percent = Decimal(len(rate.hits)) * 100 / len(rate.of)
            found[code] = percent.quantize(TENTH, ROUND_HALF_UP)
    for kind, group in by_kind.items():
        found[f"A20.{kind}"] = Decimal(len(group.jobs))
    return found
