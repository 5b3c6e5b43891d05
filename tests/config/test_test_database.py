"""Tests stand where the platform stands: as its role, on tables that migrations made."""

import pytest
from django.db import DatabaseError, connection, transaction


def row(statement: str) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found: tuple[object, ...] = cursor.fetchone()
        return found


@pytest.mark.django_db
def test_tests_run_as_the_application_s_role() -> None:
    assert row(
        "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ) == ("qiying_app", False, False)


@pytest.mark.django_db
def test_the_role_may_not_change_tables() -> None:
    with pytest.raises(DatabaseError, match="owner"), transaction.atomic():
        row("ALTER TABLE django_session ADD COLUMN more int")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_transactional_test_commits_is_gone_in_the_next(turn: int) -> None:
    assert row("SELECT count(*) FROM django_session") == (0,)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES (%s, '', now())", [str(turn)])


@pytest.mark.django_db(transaction=True)
def test_what_migrations_made_is_still_there_after_a_transactional_test() -> None:
    assert row("SELECT count(*) > 0 FROM django_content_type") == (True,)


@pytest.mark.django_db
def test_another_process_reaches_the_same_database(database_environment: dict[str, str]) -> None:
    name = row("SELECT current_database()")[0]
    assert all(f"/{name}?" in address for address in database_environment.values())
