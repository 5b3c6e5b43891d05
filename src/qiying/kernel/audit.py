"""Walk a tenant's chain of events and say whether anybody touched it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.events import GENESIS, digest_of
from qiying.kernel.models import Chain, Event

BATCH = 5000


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where the chain does not hold: missing, changed, unlinked or cut."""

    sequence: int
    code: str


@dataclass(frozen=True, slots=True)
class Verdict:
    tenant_id: int
    events: int
    head: str
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        return not self.faults


def verify(actor: Actor) -> Verdict:
    """Check every event of the actor's tenant: numbering, links, digests and the head."""
    with tenancy.reading(actor):
        faults, count, previous, expected = [], 0, GENESIS, 1
        for row in _rows(actor):
            count += 1
            if row.sequence != expected:
                faults.append(Fault(expected, "missing"))
            elif row.previous != previous:
                faults.append(Fault(row.sequence, "unlinked"))
            if digest_of(row) != row.digest:
                faults.append(Fault(row.sequence, "changed"))
            previous, expected = row.digest, row.sequence + 1
        chain = Chain.objects.filter(tenant_id=actor.tenant_id).first()
        head = chain.digest if chain else GENESIS
        if chain and (chain.sequence != expected - 1 or chain.digest != previous):
            faults.append(Fault(chain.sequence, "cut"))
    return Verdict(actor.tenant_id, count, head, tuple(faults))


def _rows(actor: Actor) -> Iterator[Event]:
    last = 0
    while True:
        rows = list(
            Event.objects.filter(tenant_id=actor.tenant_id, sequence__gt=last).order_by(
                "sequence"
            )[:BATCH]
        )
        if not rows:
            return
        yield from rows
        last = rows[-1].sequence


def list_events(actor: Actor, *, topic: str = "") -> QuerySet[Event]:
    """The tenant's events, for auditors; ``topic`` narrows to a beginning."""
    rows = Event.objects.filter(tenant_id=actor.tenant_id)
    return rows.filter(topic__startswith=topic) if topic else rows
