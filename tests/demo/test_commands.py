"""What ``qiying demo load`` does before it loads: make room, or refuse."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from qiying.config import startup
from qiying.config.cli import _platform
from qiying.config.cli import demo as command
from qiying.config.problems import StartError
from qiying.demo import load as loading
from qiying.demo import plan as planning
from qiying.demo.models import Demonstration
from qiying.demo.public import is_cut_short, is_loaded, sign_ins
from qiying.kernel.people import create_tenant

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def emptied(db: None, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """How often the database was emptied by the command, which loads nothing here."""
    times: list[object] = []
    plan = SimpleNamespace(firms=(), stories=())
    done = loading.Loaded(tenant_id=1, steps=0)
    monkeypatch.setattr(_platform, "prepare_django", lambda: None)
    monkeypatch.setattr(_platform, "start_django", lambda: None)
    monkeypatch.setattr(_platform, "ensure_database", lambda: "embedded")
    monkeypatch.setattr(startup, "migrate", lambda: 0)
    monkeypatch.setattr(startup, "empty", times.append)
    monkeypatch.setattr(planning, "make_plan", lambda *_args, **_more: plan)
    monkeypatch.setattr(loading, "load", lambda *_args, **_more: done)
    return times


def invoke(*arguments: str) -> Any:
    return CliRunner().invoke(command.app, ["load", *arguments])


def begin() -> None:
    create_tenant(kind="zone", code="lanchuan", name_zh="演示", name_en="Shown")
    Demonstration.objects.create(
        tenant_code="lanchuan", seed=7, as_of=date(2026, 11, 22), begun_at=NOW
    )


def test_an_empty_database_is_left_as_it_is(emptied: list[object]) -> None:
    assert invoke().exit_code == 0
    assert emptied == []
    assert not is_loaded()
    assert sign_ins() == []


def test_the_rest_of_a_load_that_was_cut_short_is_cleared(emptied: list[object]) -> None:
    begin()
    assert is_cut_short()
    assert not is_loaded()
    assert invoke().exit_code == 0
    assert emptied == ["embedded"]


def test_nothing_is_cleared_unasked_beside_other_tenants(emptied: list[object]) -> None:
    begin()
    create_tenant(kind="bank", code="bank", name_zh="银行", name_en="Bank")
    assert invoke().exit_code == 0
    assert emptied == []
    assert invoke("--reset").exit_code == 0
    assert emptied == ["embedded"]


def test_a_database_of_ones_own_is_never_emptied(
    emptied: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_platform, "ensure_database", lambda: None)
    begin()
    assert invoke().exit_code == 0
    assert isinstance(invoke("--reset").exception, StartError)
    assert emptied == []


@pytest.mark.parametrize("trouble", [loading.OccupiedError, loading.BrokenLoadError])
def test_trouble_is_told_in_one_sentence(
    emptied: list[object], monkeypatch: pytest.MonkeyPatch, trouble: type[Exception]
) -> None:
    def fail(*_args: Any, **_more: Any) -> None:
        raise trouble

    monkeypatch.setattr(loading, "load", fail)
    assert isinstance(invoke().exception, StartError)


def test_a_day_that_is_none_is_refused(emptied: list[object]) -> None:
    assert invoke("--as-of", "yesterday").exit_code == 2


def test_without_a_zone_there_is_nothing_to_tell(emptied: list[object]) -> None:
    done = CliRunner().invoke(command.app, ["info"])
    assert done.exit_code == 1
    assert "demo load" in done.stdout
