"""What is built once for a revision: of many who ask at once one builds."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Lock

import pytest

from qiying.kernel import revisions
from qiying.kernel.revisions import Kept

ZONE, OTHER = 1, 2
MANY = 12


class Builder:
    """Counts how often it was asked to build; slow enough for all to come in between."""

    def __init__(self, seconds: float = 0.05) -> None:
        self.count, self.seconds, self._lock = 0, seconds, Lock()

    def __call__(self) -> str:
        with self._lock:
            self.count += 1
        time.sleep(self.seconds)
        return f"built {self.count}"


def ask_at_once(kept: Kept[str], builder: Builder, revision: int = 1) -> list[str]:
    gate = Barrier(MANY)

    def ask(_n: int) -> str:
        gate.wait()
        return kept.share(ZONE, revision, builder)

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(ask, range(MANY)))


def test_of_many_who_ask_at_once_one_builds() -> None:
    kept, builder = Kept[str](), Builder()
    assert ask_at_once(kept, builder) == ["built 1"] * MANY
    assert builder.count == 1


def test_another_revision_is_built_anew_and_once() -> None:
    kept, builder = Kept[str](), Builder()
    ask_at_once(kept, builder)
    assert ask_at_once(kept, builder, revision=2) == ["built 2"] * MANY


def test_who_fails_to_build_leaves_the_turn_to_the_next() -> None:
    kept, builder = Kept[str](), Builder(0)

    def broken() -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        kept.share(ZONE, 1, broken)
    assert kept.share(ZONE, 1, builder) == "built 1"


def test_one_zone_does_not_wait_for_another() -> None:
    kept, begun, go_on = Kept[str](), Event(), Event()

    def slow() -> str:
        begun.set()
        assert go_on.wait(10)
        return "slow"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(kept.share, ZONE, 1, slow)
        assert begun.wait(10)
        assert kept.share(OTHER, 1, lambda: "at once") == "at once"
        go_on.set()
        assert waiting.result(10) == "slow"


def test_builders_that_need_one_another_never_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "PATIENCE", 0.05)
    kept = Kept[str]()

    def needs_itself() -> str:
        return "outer of " + kept.share(ZONE, 1, lambda: "inner")

    assert kept.share(ZONE, 1, needs_itself) == "outer of inner"
    assert kept.share(ZONE, 1, lambda: "never") == "outer of inner"
