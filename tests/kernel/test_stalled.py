"""What a dead worker had begun is queued again, whatever else waits."""

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app

from qiying.kernel import jobs

pytestmark = pytest.mark.django_db(transaction=True)


def queue(task: str, status: str, lock: str | None = None) -> int:
    """A row of the queue as a worker leaves it that was killed (``doing``), or one that waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, status, queueing_lock, args) "
            "VALUES (%s, 'default', %s::procrastinate_job_status, %s, '{}') RETURNING id",
            [task, status, lock],
        )
        return int(cursor.fetchone()[0])


def queued() -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status FROM procrastinate_jobs")
        return dict(cursor.fetchall())


def put_back() -> None:
    async_to_sync(jobs.put_back_stalled)(app.job_manager)


def test_what_had_begun_waits_again() -> None:
    begun = queue("kernel.handle_event", "doing")
    put_back()
    assert queued() == {begun: "todo"}


def test_a_round_that_died_gives_way_to_the_round_that_waits() -> None:
    died = queue("kernel.sweep", "doing", "kernel.sweep")
    waits = queue("kernel.sweep", "todo", "kernel.sweep")
    put_back()
    assert died not in queued()
    assert queued() == {waits: "todo"}


def test_a_round_that_died_holds_up_no_other_job() -> None:
    """The database returns them in the order in which they were written."""
    queue("kernel.sweep", "doing", "kernel.sweep")
    waits = queue("kernel.sweep", "todo", "kernel.sweep")
    handlers = [queue("kernel.handle_event", "doing") for _ in range(3)]
    put_back()
    assert queued() == {waits: "todo", **dict.fromkeys(handlers, "todo")}


def test_of_two_rounds_that_died_one_is_run() -> None:
    first = queue("kernel.sweep", "doing", "kernel.sweep")
    second = queue("kernel.sweep", "doing", "kernel.sweep")
    put_back()
    assert sorted(queued().values()) == ["todo"]
    assert set(queued()) < {first, second}
