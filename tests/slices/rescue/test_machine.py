"""The whole lifecycle, driven at random by everybody, sometimes two at once: what must hold holds.

Steps come from the table, so that a new row is driven without a word here; who acts, the inputs and
the time that passes are drawn.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from qiying.kernel import tenancy
from qiying.kernel.errors import Problem
from qiying.slices.rescue import handlers, rules
from qiying.slices.rescue.models import Job, Technician
from tests.slices.rescue import invariants, steps
from tests.slices.rescue.people import peopled
from tests.slices.world import World

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = ("boss", "chief", "chief2", "desk", "zhao", "qian", "sun", "li", "rival")
MACHINES = ("3号纸机", "2号锅炉", "1号行车")
SPANS = (timedelta(minutes=1), timedelta(minutes=12), timedelta(hours=2), timedelta(hours=9))
_numbers = count()


class Lifecycle(RuleBasedStateMachine):
    """A zone of its own for each run; every operation is committed, as in life."""

    def __init__(self) -> None:
        super().__init__()
        self.world: World = peopled(f"r{next(_numbers)}")
        self.jobs: list[int] = []
        self.lost: set[int] = set()

    @initialize(state=st.sampled_from(sorted(steps.MAKE)), name=st.sampled_from(MACHINES))
    def begin(self, state: str, name: str) -> None:
        self.jobs.append(steps.MAKE[state](self.world, name=name).pk)

    @rule(name=st.sampled_from(MACHINES))
    def report(self, name: str) -> None:
        if len(self.jobs) < 4:
            self.jobs.append(steps.report(self.world, name=name).pk)

    @rule(
        number=st.integers(0, 3),
        step=st.sampled_from(sorted(rules.LIFECYCLE.steps)),
        who=st.sampled_from(PEOPLE),
        other=st.sampled_from(PEOPLE),
        is_race=st.booleans(),
    )
    def act(self, number: int, step: str, who: str, other: str, is_race: bool) -> None:
        job = self._job(number)
        work = self._work(job, step)
        if is_race:
            together(lambda: work(who), lambda: work(other))
        else:
            with suppress(Problem):
                work(who)

    @rule(number=st.integers(0, 3), who=st.sampled_from(PEOPLE), pick=st.integers(0, 50))
    def go_on(self, number: int, who: str, pick: int) -> None:
        """A step that the job's state allows, by somebody whose role may: the way ahead."""
        job = self._job(number)
        known = [
            (step, name)
            for name in (who, *PEOPLE)
            for step in rules.LIFECYCLE.open_to(job.state, self.world.actor(name).roles)
        ]
        if known:
            step, name = known[pick % len(known)]
            with suppress(Problem):
                self._work(job, step)(name)

    @rule(span=st.sampled_from(SPANS))
    def wait(self, span: timedelta) -> None:
        self.world.now += span
        handlers.sweep(self.world.system, self.world.now)

    def _job(self, number: int) -> Job:
        pk = self.jobs[number % len(self.jobs)]
        with tenancy.reading(self.world.system):
            return Job.objects.get(pk=pk)

    def _work(self, job: Job, step: str) -> Callable[[str], Any]:
        def work(who: str) -> None:
            given = inputs(self.world, job, step, who)
            steps.take(self.world, who, job, step, **given)

        return work

    @invariant()
    def holds(self) -> None:
        with tenancy.reading(self.world.system):
            invariants.check(self.world)
            lost = set(
                Job.objects.filter(promise_lost_at__isnull=False).values_list("pk", flat=True)
            )
        assert self.lost <= lost, "a lost promise was forgotten"
        self.lost = lost


def together(*works: Callable[[], Any]) -> None:
    """Two at once; a refusal is an answer, anything else is a fault."""

    def run(work: Callable[[], Any]) -> None:
        try:
            with suppress(Problem):
                work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        list(pool.map(run, works))


def inputs(world: World, job: Job, step: str, who: str) -> dict[str, Any]:
    """Sensible inputs of a step; the lifecycle decides whether it may be taken."""
    later = world.now + timedelta(hours=5)
    known: dict[str, Callable[[], dict[str, Any]]] = {
        "acknowledge": lambda: {"safety": "stopped"},
        "classify": lambda: {"urgency": "slowed"},
        "override": lambda: {"technician_id": _somebody(world), "why": "load", "text": "均衡"},
        "refuse": lambda: {"reason": "busy"},
        "release": lambda: {"reason": "ill"},
        "help_remotely": lambda: {"firm_agrees": True},
        "diagnose": lambda: {"fault_code": "E1", "cause": "磨损"},
        "solve_remotely": lambda: {"text": "复位", "signed_by": "陈主任"},
        "quote": lambda: {"lines": _lines(world, job)},
        "accept_quote": lambda: {"digest": _digest(world, job), "signed_by": "陈主任"},
        "decline_quote": lambda: {"digest": _digest(world, job), "text": "找原厂"},
        "issue_permit": lambda: {
            "permit": (job.permits or ["lock_out"])[world.now.minute % max(len(job.permits), 1)],
            "checks": ["挂牌"],
            "issued_by": "王工",
            "valid_until": later,
        },
        "use_part": lambda: {"name": "轴承", "quantity": "1", "stock": "provider"},
        "wait_for_parts": lambda: {"text": "缺件", "until": later},
        "try_run": lambda: {"attachments": [steps.photo(world, who)]},
        "fail_trial": lambda: {"text": "仍振动"},
        "finish": lambda: {"text": "已修复", "signed_by": "陈主任"},
        "patch": lambda: {"text": "临时处理", "until": later},
        "refer": lambda: {"text": "超出能力", "referred_to": "原厂"},
        "dispute_result": lambda: {"text": "不行"},
        "rate": lambda: {"grade": "good"},
        "plan_night": lambda: {"who": "赵工", "until": later, "text": "备机"},
        "withdraw": lambda: {"reason": "runs_again"},
        "dismiss": lambda: {"reason": "test"},
    }
    found = known[step]() if step in known else {}
    if who in ("zhao", "qian", "sun", "li") and step in rules.PHONE:
        found = {**steps.phone(world), **found}
    return found


def _somebody(world: World) -> int:
    with tenancy.reading(world.system):
        people = list(Technician.objects.order_by("pk").values_list("pk", flat=True))
    return people[world.now.minute % len(people)]


def _lines(world: World, job: Job) -> list[dict[str, Any]]:
    seat = steps.seats(world, job)[0] if steps.seats(world, job) else None
    provider = seat.technician.provider.name_zh if seat and seat.technician else "甲维修"
    return [{"item_id": steps.prices(world, provider)["W1"], "quantity": "1"}]


def _digest(world: World, job: Job) -> str:
    try:
        return steps.digest(world, job)
    except AssertionError:
        return "0" * 64


def _drive(examples: int, length: int) -> None:
    run_state_machine_as_test(
        Lifecycle,
        settings=settings(
            max_examples=examples,
            stateful_step_count=length,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate),
            derandomize=True,
            database=None,
        ),
    )


def test_never_two_for_a_seat_nor_one_on_two_sites_nor_a_promise_lost_silently(
    transactional_db: None,
) -> None:
    _drive(3, 20)


@pytest.mark.full
def test_the_same_over_many_more_lives(transactional_db: None) -> None:
    _drive(60, 60)
