"""`qiying check --deploy` refuses what must not reach production."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from qiying.config import checks
from qiying.config.environment import Environment
from tests.receiver import THIS_MACHINE


def ids(check: Callable[..., Any]) -> list[str]:
    return [found.id for found in check(app_configs=None)]


@pytest.mark.django_db
def test_a_plain_role_passes() -> None:
    assert ids(checks.role_is_bound_by_row_level_security) == []


@pytest.mark.django_db
def test_a_superuser_is_refused(test_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with psycopg.connect(**test_server.admin) as admin:
        monkeypatch.setattr(connection, "cursor", admin.cursor)
        assert ids(checks.role_is_bound_by_row_level_security) == ["qiying.E001"]


def test_a_database_that_does_not_answer_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_answer() -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", no_answer)
    assert ids(checks.role_is_bound_by_row_level_security) == ["qiying.W001"]


@pytest.mark.parametrize(("demo", "expected"), [(True, ["qiying.E002"]), (False, [])])
def test_the_demonstration_is_refused(demo: bool, expected: list[str], settings: Any) -> None:
    settings.DEMO = demo
    assert ids(checks.demonstration_is_off) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [({}, ["qiying.W002"]), ({"QIYING_DATABASE_URL": "postgresql://app@h/zone"}, [])],
)
def test_the_embedded_server_is_a_warning(
    given: dict[str, str], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "ENVIRONMENT", Environment(given))
    assert ids(checks.database_is_a_service) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"SECOND_FACTOR": "required", "OUTBOUND_ALLOW": (), "SECURE": False}, []),
        ({"SECOND_FACTOR": "optional", "OUTBOUND_ALLOW": (), "SECURE": False}, ["qiying.W003"]),
        (
            {"SECOND_FACTOR": "required", "OUTBOUND_ALLOW": THIS_MACHINE, "SECURE": False},
            ["qiying.E003"],
        ),
        ({"SECOND_FACTOR": "required", "OUTBOUND_ALLOW": (), "SECURE": True}, ["qiying.W004"]),
    ],
)
def test_weak_doors_are_named(given: dict[str, Any], expected: list[str], settings: Any) -> None:
    settings.DEMO, settings.PUBLIC_URL = False, "http://127.0.0.1:8000"
    for name, value in given.items():
        setattr(settings, name, value)
    assert ids(checks.doors_are_shut) == expected
