"""What the code refuses the database refuses too, whatever writes to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from qiying.kernel import tenancy
from qiying.slices.calls.models import Call, CallBack, Round
from tests.slices.calls import steps
from tests.slices.calls.steps import take
from tests.slices.world import World


@contextmanager
def refused(world: World, name: str) -> Iterator[None]:
    """A raw statement inside is refused by this constraint or trigger."""
    with (
        tenancy.acting(world.system),
        pytest.raises(IntegrityError) as found,
        transaction.atomic(),
    ):
        yield
    diagnostics = getattr(found.value.__cause__, "diag", None)
    assert getattr(diagnostics, "constraint_name", None) == name


def sql(text: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


CLOSE = (
    "UPDATE calls_call SET state = 'closed', closed_at = now(), closure_type = 'solved' "
    "WHERE id = %s"
)


def test_a_call_cannot_be_closed_without_an_answer(world: World) -> None:
    call = steps.working(world)
    with refused(world, "call_closed_with_proof"):
        sql(CLOSE, call.pk)


def test_a_call_cannot_be_closed_without_a_call_back(world: World) -> None:
    call = steps.callback(world)
    with refused(world, "call_closed_with_proof"):
        sql(CLOSE, call.pk)


def test_failed_attempts_of_one_day_do_not_close_a_call(world: World) -> None:
    call = steps.callback(world)
    for _ in range(3):
        take(world, "caller", call, "attempt_callback", outcome="no_answer")
    with refused(world, "call_closed_with_proof"):
        sql(CLOSE, call.pk)


def test_the_proof_of_an_earlier_round_does_not_close_a_later_one(world: World) -> None:
    call = steps.closed(world)
    call = take(world, "boss", call, "reopen", text="又坏了")
    with refused(world, "call_closed_with_proof"):
        sql(CLOSE, call.pk)


def test_a_call_cannot_be_made_closed_or_archived(world: World) -> None:
    call = steps.submitted(world)
    with refused(world, "call_closed_with_proof"):
        sql(CLOSE.replace("'closed',", "'archived',"), call.pk)
    with tenancy.acting(world.system):
        copy = Call.objects.get(pk=call.pk)
    copy.pk, copy.number, copy.state = None, "QY-X", "closed"
    copy.public_id = uuid4()
    copy.closed_at, copy.closure_type = world.now, "solved"
    with refused(world, "call_closed_with_proof"):
        copy.save(force_insert=True)


def test_a_closed_call_says_when_and_as_what(world: World) -> None:
    call = steps.closed(world)
    with refused(world, "call_closure_whole"):
        sql("UPDATE calls_call SET closure_type = '' WHERE id = %s", call.pk)


def test_a_state_that_nobody_knows_is_refused(world: World) -> None:
    call = steps.submitted(world)
    for table, name, state in (
        ("calls_call", "call_state_known", "done"),
        ("calls_round", "round_state_known", "done"),
    ):
        with refused(world, name):
            sql(f"UPDATE {table} SET state = %s WHERE tenant_id = %s", state, call.tenant_id)  # noqa: S608  names of our own tables


def test_a_round_has_one_lead(world: World) -> None:
    call = steps.working(world)
    with refused(world, "task_one_lead"):
        sql("UPDATE calls_task SET is_lead = true WHERE call_id = %s", call.pk)


def test_the_unit_complained_of_cannot_be_lead(world: World) -> None:
    call = steps.working(world)
    with refused(world, "call_not_to_the_unit_complained_of"):
        sql("UPDATE calls_call SET complained_unit_id = lead_unit_id WHERE id = %s", call.pk)


def test_the_answerer_cannot_be_written_down_as_having_called_back(world: World) -> None:
    call = steps.callback(world)
    with tenancy.reading(world.system):
        round_ = Round.objects.get(call=call)
    with refused(world, "callback_by_another"):
        CallBack.objects.create(
            tenant_id=call.tenant_id,
            call=call,
            round=round_,
            by_id=round_.answered_by_id,
            at=world.now,
            attempt=1,
            outcome="confirmed",
            resolved="yes",
        )
    for column in ("called_back_by_id", "reviewed_by_id"):
        name = f"round_{column.removesuffix('_by_id')}_by_another"
        with refused(world, name):
            sql(f"UPDATE calls_round SET {column} = answered_by_id WHERE id = %s", round_.pk)  # noqa: S608  names of our own columns


def test_the_outcome_of_a_call_back_is_never_edited_or_removed(world: World) -> None:
    call = steps.callback(world)
    take(world, "caller", call, "attempt_callback", outcome="no_answer")
    with refused(world, "callback_kept"):
        sql("UPDATE calls_callback SET outcome = 'wrong_number' WHERE call_id = %s", call.pk)
    with refused(world, "callback_kept"):
        sql("DELETE FROM calls_callback WHERE call_id = %s", call.pk)


def test_what_the_firm_said_about_a_round_is_never_edited(world: World) -> None:
    call = steps.reopened(world)
    with refused(world, "round_verdict_kept"):
        sql("UPDATE calls_round SET resolved = 'yes' WHERE call_id = %s AND number = 1", call.pk)
    call = steps.closed(world)
    take(world, "boss", call, "rate", grade=1, resolved="no")
    with refused(world, "round_verdict_kept"):
        sql("UPDATE calls_round SET rating = 5 WHERE call_id = %s", call.pk)


def test_nobody_approves_the_own_pause(world: World) -> None:
    call = steps.suspended(world)
    with refused(world, "pause_approved_by_another"):
        sql("UPDATE calls_pause SET approver_id = proposer_id WHERE call_id = %s", call.pk)
    with refused(world, "pause_approved"):
        sql(
            "UPDATE calls_pause SET approver_id = NULL, reason_code = 'firm_asked' "
            "WHERE call_id = %s",
            call.pk,
        )


def test_nobody_decides_the_own_dispute(world: World) -> None:
    call = steps.disputed(world)
    with refused(world, "dispute_decided_by_another"):
        sql(
            "UPDATE calls_dispute SET adjudicated_by_id = raised_by_id WHERE call_id = %s", call.pk
        )


def test_every_table_is_empty_without_a_tenant(world: World) -> None:
    steps.closed(world)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'calls\\_%%'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  names from the catalogue
            assert cursor.fetchone() == (0,), table
