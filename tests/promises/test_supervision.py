"""Whatever is killed comes back; what is stopped leaves nothing behind."""

from typing import Any

import pytest

pytestmark = pytest.mark.promise


@pytest.mark.parametrize("part", ["web", "worker", "database"])
def test_a_killed_part_is_started_again(platform: Any, part: str) -> None:
    before = platform.kill(part)
    assert platform.eventually(lambda: platform.pid(part) not in {None, before})
    platform.wait_until_ready()
    assert platform.is_running()


def test_jobs_are_done_after_every_part_was_killed(platform: Any) -> None:
    for part in ("database", "worker", "web", "database"):
        platform.kill(part)
        platform.wait_until_ready()
    platform.qiying("procrastinate", "defer", "kernel.sweep", '{"timestamp": 1}')
    assert platform.eventually(
        lambda: platform.query("SELECT count(*) FROM procrastinate_jobs") == [(0,)]
    )


def test_a_second_start_beside_the_first_is_refused_in_a_sentence(platform: Any) -> None:
    with pytest.raises(AssertionError, match="already runs in"):
        platform.qiying("serve", "--no-demo")


def test_a_killed_supervisor_takes_its_children_along_and_the_next_start_finds_the_rest(
    platform: Any,
) -> None:
    database = platform.pid("database")
    platform.kill("supervisor")
    assert platform.eventually(
        lambda: platform.pid("web") is None and platform.pid("worker") is None
    )
    assert platform.pid("database") == database, "the database outlives its supervisor"
    platform.start()
    platform.wait_until_ready()
    assert platform.pid("database") == database, "and is found, not started again"


def test_a_second_start_takes_seconds_and_ctrl_c_stops_everything(platform: Any) -> None:
    assert platform.stop() == 0
    assert platform.leftovers() == []
    # Generous, because the machine may be shared; an idle one needs about three seconds.
    assert platform.start() < 30
    assert platform.stop() == 0
    assert platform.leftovers() == []
    assert platform.output().rstrip().endswith("Stopped.")
