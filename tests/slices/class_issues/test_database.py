"""What must never be false is refused by the database too, whoever writes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from qiying.kernel import tenancy
from qiying.slices.calls.models import Call
from qiying.slices.class_issues import operations
from qiying.slices.class_issues.models import Issue, Member, Threshold
from qiying.slices.class_issues.rules import DEFAULTS, LIMITS
from tests.slices.class_issues import ways
from tests.slices.world import World, make_world


def write(world: World, issue: Issue, **values: Any) -> None:
    with tenancy.acting(world.system), transaction.atomic():
        Issue.objects.filter(pk=issue.pk).update(**values)


def test_a_raised_issue_has_an_owner_and_a_title(world: World) -> None:
    issue = ways.candidate(world)
    with pytest.raises(IntegrityError, match="class_raised_has_owner"):
        write(world, issue, state="raised")


def test_a_measure_is_said_before_it_is_in_progress(world: World) -> None:
    with pytest.raises(IntegrityError, match="class_measure_is_said"):
        write(world, ways.raised(world), state="in_progress")


def test_nothing_lands_without_evidence_in_the_files(world: World) -> None:
    issue = ways.in_progress(world)
    took = ways.take(world, "safety", issue, "report", text="没有附件")
    with tenancy.reading(world.system):
        report = took.reports.order_by("-id").first()
    assert report is not None
    values = {
        "state": "landed",
        "landed_at": world.now,
        "landed_by": world.user("safety"),
        "landing": report,
        "window_days": 30,
        "window_ends_at": world.now + timedelta(days=30),
    }
    with pytest.raises(IntegrityError, match="evidence"):
        write(world, issue, **values)
    with pytest.raises(IntegrityError, match="evidence"):
        write(world, issue, **{**values, "landing": None})


@pytest.mark.parametrize("who", ["owner", "landed_by"])
def test_the_verifier_is_neither_owner_nor_who_reported_the_landing(
    world: World, who: str
) -> None:
    issue = ways.landed(world)
    person = world.user("safety") if who == "owner" else world.user("safety-lead")
    if who == "landed_by":
        write(world, issue, landed_by=person)
    values = {"state": "not_effective", "verdict": "not_effective", "verified_at": world.now}
    with pytest.raises(IntegrityError, match="class_verified_by_another"):
        write(world, issue, **values, verified_by=person)


def test_effective_is_not_said_before_the_window_is_over(world: World) -> None:
    issue = ways.landed(world)
    values = {"state": "effective", "verdict": "effective"}
    with pytest.raises(IntegrityError, match="class_effective_after_window"):
        write(
            world,
            issue,
            **values,
            verified_by=world.user("supervisor"),
            verified_at=world.now + timedelta(days=29),
        )


def test_dismissed_has_a_reason_and_merged_a_place(world: World) -> None:
    issue = ways.candidate(world)
    with pytest.raises(IntegrityError, match="class_dismissed_with_reason"):
        write(world, issue, state="dismissed")
    with pytest.raises(IntegrityError, match="class_merged_somewhere"):
        write(world, issue, state="merged")
    with pytest.raises(IntegrityError, match="class_state_known"):
        write(world, issue, state="solved")


def test_a_call_is_in_one_live_class(world: World) -> None:
    issue = ways.candidate(world)
    pk = next(iter(ways.members(world, issue)))
    with tenancy.reading(world.system):
        number = Call.objects.get(pk=pk).number
    other = ways.take(world, "desk", issue, "split", calls=[number], text="另一回事")
    with (
        pytest.raises(IntegrityError, match="class_call_in_one_class"),
        tenancy.acting(world.system),
        transaction.atomic(),
    ):
        Member.objects.filter(issue=issue, call_id=pk).update(is_live=True)
    assert set(ways.members(world, other)) == {pk}


def test_thresholds_are_set_anew_and_never_edited(world: World) -> None:
    values = {name: getattr(DEFAULTS, name) for name in LIMITS}
    supervisor = world.actor("supervisor")
    given = {"now": world.now, "reason": "首次", "place": "distance"}
    row = operations.set_thresholds(supervisor, **given, values=values)
    kept = {f.attname: getattr(row, f.attname) for f in Threshold._meta.fields if f.name != "id"}
    with (
        pytest.raises(ProgrammingError, match="permission"),
        tenancy.acting(world.system),
        transaction.atomic(),
    ):
        Threshold.objects.filter(pk=row.pk).update(min_firms=2)
    with (
        pytest.raises(IntegrityError, match="class_thresholds_within_limits"),
        tenancy.acting(world.system),
        transaction.atomic(),
    ):
        Threshold(**{**kept, "min_firms": 1}).save(force_insert=True)


def test_another_zone_reads_and_writes_nothing_here(world: World) -> None:
    ways.candidate(world)
    other = make_world("there")
    with tenancy.reading(other.system):
        assert not Issue.objects.exists()
        assert not Member.objects.exists()
    with tenancy.acting(other.system):
        assert Issue.objects.update(title="x") == 0
