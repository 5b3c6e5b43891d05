"""Background work: one job per handler and event, and the sweepers of periodic work.

A job is a row written by the operation's own transaction, so it exists exactly when its event
does. Handlers may run twice: a job whose worker died is found by its missing heartbeat and run
again.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.job_context import JobContext
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from qiying.kernel import events, tenancy
from qiying.kernel.access import Actor, system
from qiying.kernel.models import Event, Tenant
from qiying.kernel.queueing import queueing

log = logging.getLogger(__name__)
Sweeper = Callable[[Actor, datetime], int]
_sweepers: dict[str, Sweeper] = {}


@app.task(
    name="kernel.handle_event",
    pass_context=False,
    retry=RetryStrategy(max_attempts=12, exponential_wait=4),
)
def handle_event(*, tenant_id: int, event_id: int, handler: str) -> None:
    """Run one handler on one event, with its tenant set."""
    actor = system(tenant_id)
    with tenancy.reading(actor):
        event = Event.objects.get(id=event_id)
    function = events.handler_named(event.topic, handler)
    if function is None:
        log.warning("no handler %s for %s any more", handler, event.topic)
        return
    function(event)


def _defer_handlers(pairs: list[tuple[events.Linked, str]]) -> None:
    arguments: list[dict[str, Any]] = [
        {"tenant_id": event.tenant_id, "event_id": event.pk, "handler": name}
        for event, name in pairs
    ]
    with queueing():
        handle_event.configure().batch_defer(*arguments)


events.defer_with(_defer_handlers)


def sweeper(name: str) -> Callable[[Sweeper], Sweeper]:
    """Register periodic work: called for each tenant, returns how many records it touched."""

    def register(function: Sweeper) -> Sweeper:
        _sweepers[name] = function
        return function

    return register


def sweep(now: datetime) -> dict[str, int]:
    """Run every sweeper for every tenant; one that fails stops no other."""
    done: dict[str, int] = {}
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        for name, function in _sweepers.items():
            try:
                done[name] = done.get(name, 0) + function(system(tenant_id), now)
            except Exception:
                log.exception("sweeper %s failed for tenant %s", name, tenant_id)
    return done


@app.periodic(cron="* * * * *")
@app.task(name="kernel.sweep", queueing_lock="kernel.sweep", pass_context=False)
def sweep_task(timestamp: int) -> None:
    """Once a minute: promises are columns; this looks which of them ran out."""
    sweep(datetime.now(UTC))


@app.periodic(cron="* * * * *")
@app.task(name="kernel.retry_stalled", queueing_lock="kernel.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Put back the jobs whose worker died in the middle; one that fails stops no other."""
    await put_back_stalled(context.app.job_manager)


async def put_back_stalled(manager: JobManager) -> None:
    """Queue again what a dead worker had begun, unless the same work waits already.

    Periodic work waits at most once (``queueing_lock``): while the next round of it waits, the
    round that died cannot be put beside it. That next round does its work, so it is dropped.
    """
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=30):
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            await manager.finish_job(job, Status.ABORTED, delete_job=True)
        except ConnectorException:
            log.exception("job %s could not be put back", job.id)
