"""Load the demonstration zone: found it, play its calls, say who may enter.

A load is either complete or void: until the last step the marker has no ``loaded_at`` and
``public.is_loaded`` says no. What a killed load left is not mended; the database is emptied and
the load begins afresh.
"""

import multiprocessing
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import cast

from django.db import connections

from qiying.demo.accounts import PASSWORD, choose_accounts
from qiying.demo.cases import fill_library, open_casebook
from qiying.demo.channels import play_channels
from qiying.demo.classes import play_classes
from qiying.demo.connectors import connect
from qiying.demo.desk import set_up_desk
from qiying.demo.foundation import TENANT_CODE, Founded, found_zone
from qiying.demo.haste import in_haste
from qiying.demo.indices import play_indices
from qiying.demo.models import Demonstration
from qiying.demo.plan import Plan
from qiying.demo.play import Share, expected_steps, play
from qiying.demo.rescue_play import play_rescue
from qiying.demo.selections import hold_selections
from qiying.demo.talks import play_talks
from qiying.demo.watching import watch_over
from qiying.kernel import events
from qiying.kernel.access import system
from qiying.kernel.models import Tenant
from qiying.slices.calls import operations as calls

Report = Callable[[str, int, int], None]
"""Called with the part that runs, how much of it is done, and how much there is (0: unknown)."""


class OccupiedError(RuntimeError):
    """The database holds a demonstration, or what a load that was cut short left of one."""


class BrokenLoadError(RuntimeError):
    """A player ended before its stories did; its own words stand in the log."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: the zone's tenant, and how many steps of stories were taken."""

    tenant_id: int
    steps: int


def load(plan: Plan, *, now: datetime, report: Report, processes: int = 1) -> Loaded:
    """Bring a plan into the database.

    Parameters
    ----------
    now
        When the load began, for its marker.
    processes
        How many play; more than one are forked and need a database that all can reach.

    Raises
    ------
    OccupiedError
        There is a demonstration already.
    """
    mark = _mark(plan, now)
    founded = _found(plan, report)
    total = expected_steps(plan)
    if processes == 1:
        steps = _play_here(plan, founded.tenant_id, total, report)
    else:
        steps = _play_together(plan, founded.tenant_id, total, report, processes)
    report("calls", total, total)
    for part, furnish in ROOMS:
        if part:
            report(part, 0, 0)
        furnish(plan, founded.tenant_id)
    report("rescue", 0, 0)
    play_rescue(plan, founded.tenant_id, now=now)
    mark.accounts = choose_accounts(plan, founded.tenant_id)
    mark.password, mark.api_key, mark.loaded_at = PASSWORD, founded.api_key, now
    mark.save()
    return Loaded(founded.tenant_id, steps)


def _mark(plan: Plan, now: datetime) -> Demonstration:
    if Demonstration.objects.exists() or Tenant.objects.filter(code=TENANT_CODE).exists():
        raise OccupiedError(TENANT_CODE)
    return Demonstration.objects.create(
        tenant_code=TENANT_CODE,
        seed=plan.seed,
        as_of=plan.as_of,
        is_small=plan.is_small,
        begun_at=now,
    )


def _found(plan: Plan, report: Report) -> Founded:
    with in_haste(), events.muted():
        for said in found_zone(plan):
            if isinstance(said, Founded):
                return said
            report(said, 0, 0)
    raise RuntimeError("the zone was not founded")


def _note_overdue(plan: Plan, tenant_id: int) -> None:
    """What ran out in two years is no news: the first minute of the worker tells nobody of it."""
    with events.muted():
        calls.note_overdue(system(tenant_id), now=plan.ends_at - timedelta(seconds=1))


def _talk(plan: Plan, tenant_id: int) -> None:
    with in_haste(), events.muted():
        play_talks(plan, tenant_id)


def _evaluate(plan: Plan, tenant_id: int) -> None:
    with in_haste(), events.muted():
        play_indices(plan, tenant_id)


def _play_casebook(plan: Plan, tenant_id: int) -> None:
    """The library of typical cases and the selections, after the calls that they tell of."""
    with in_haste(), events.muted():
        office = open_casebook(plan, tenant_id)
        fill_library(plan, office)
        hold_selections(plan, office)


ROOMS: tuple[tuple[str, Callable[[Plan, int], object]], ...] = (
    ("", watch_over),
    ("", _note_overdue),
    ("", connect),
    ("", set_up_desk),
    ("", play_channels),
    ("", play_classes),
    ("talks", _talk),
    ("casebook", _play_casebook),
    ("indices", _evaluate),
)
"""What stands around the calls, once they are played; in this order, with what is told of it."""


def _play_here(plan: Plan, tenant_id: int, total: int, report: Report) -> int:
    done = 0

    def tick(count: int) -> None:
        nonlocal done
        done += count
        report("calls", done, total)

    return play(plan, tenant_id, tick=tick)


def _play_together(plan: Plan, tenant_id: int, total: int, report: Report, processes: int) -> int:
    """Fork players; each tells how many steps it took, and at last nothing more."""
    context = multiprocessing.get_context("fork")
    meeting = context.Barrier(processes)
    connections.close_all()
    players: dict[Connection, ForkProcess] = {}
    for part in range(processes):
        ear, mouth = context.Pipe(duplex=False)
        share = Share(part, processes, meeting)
        player = context.Process(
            target=_play_part, args=(plan, tenant_id, share, mouth), daemon=True
        )
        player.start()
        mouth.close()
        players[ear] = player
    return _listen(players, lambda done: report("calls", done, total))


def _listen(players: dict[Connection, ForkProcess], told: Callable[[int], None]) -> int:
    """Count steps until every player has left; when one fails the others are stopped."""
    done = 0
    while players:
        for ear in wait(list(players)):
            try:
                done += cast("Connection", ear).recv()
            except EOFError:
                player = players.pop(cast("Connection", ear))
                player.join()
                if player.exitcode:
                    _stop(players.values())
                    raise BrokenLoadError from None
            told(done)
    return done


def _stop(players: Iterable[ForkProcess]) -> None:
    for player in players:
        player.terminate()
        player.join()


def _play_part(plan: Plan, tenant_id: int, share: Share, mouth: Connection) -> None:
    # Ctrl-C is for the process that asked; it stops the players.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    play(plan, tenant_id, tick=mouth.send, share=share)
    connections.close_all()
