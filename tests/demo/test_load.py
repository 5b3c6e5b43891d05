"""A small demonstration zone, played through the real operations once for all tests here."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob
from typer.testing import CliRunner

from qiying.config.cli import _platform
from qiying.config.cli import demo as command
from qiying.demo import public
from qiying.demo.backend import PrintedPasswords
from qiying.demo.class_stories import count_members
from qiying.demo.labels import Label, build_labels
from qiying.demo.load import OccupiedError, load
from qiying.demo.plan import SMALL_ENTITIES, SMALL_STORIES
from qiying.demo.selections import FIRST, OF_FIRST
from qiying.kernel import audit, signin, tenancy
from qiying.kernel.access import CONTRACTED, STAFF, Role, stand_in
from qiying.kernel.models import Event, Notification
from qiying.kernel.people import actor_of_key
from qiying.slices.calls import queries as calls
from qiying.slices.calls.models import (
    Call,
    Extension,
    JointMeeting,
    Milestone,
    Round,
    Supervision,
)
from qiying.slices.calls.rules import OPEN, STANDING, CallState, Level
from qiying.slices.casebook import queries as casebook
from qiying.slices.casebook.operations import findings as find_names
from qiying.slices.casebook.public import digests
from qiying.slices.class_issues import queries as classes
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry
from qiying.slices.registry.models import Enterprise
from qiying.slices.rescue import queries as queries_of_rescue
from qiying.slices.rescue.models import Job
from qiying.slices.rescue.queries import live
from qiying.slices.rescue.rules import OWN_MATTER
from tests.demo.conftest import Zone

LABELS = build_labels(7)


@pytest.fixture(scope="module")
def zone(loaded: Any) -> Iterator[Zone]:
    with loaded(is_small=True) as found:
        yield found


def test_a_load_says_what_it_does_and_ends_as_loaded(zone: Zone) -> None:
    parts = (
        "ground",
        "people",
        "firms",
        "register",
        "calls",
        "talks",
        "casebook",
        "indices",
        "rescue",
    )
    assert zone.parts == parts
    assert public.is_loaded()
    assert not public.is_cut_short()
    assert not public.has_neighbours()


def test_the_library_holds_cases_of_verified_closures_that_later_calls_cite(zone: Zone) -> None:
    leader = zone.person(Role.ZONE_LEADER)
    with tenancy.reading(leader):
        published = list(casebook.list_published(leader))
        assert len(published) == 8
        assert all(case.card["is_verified"] for case in published)
        assert sum(casebook.citation_counts(leader, [c.pk for c in published]).values()) == 10
        for case in published:
            version = casebook.current_version(case)
            assert not [f for f in find_names(leader, case, version) if f.is_hard]


def test_one_county_has_five_cases_on_the_final_list_as_in_figure_b08(zone: Zone) -> None:
    boss = zone.person(Role.ENTERPRISE)
    with tenancy.reading(boss):
        final = casebook.list_selections(boss).get(state="final")
        counties = casebook.per_county(casebook.publicised(boss, final))
    assert counties[0] == (FIRST, OF_FIRST)
    assert sum(n for _county, n in counties) == final.quota
    assert digests(boss, final.number) == (final.final_digest,) * 2


def test_a_selection_is_being_judged_and_waits_for_the_printed_analyst(zone: Zone) -> None:
    analyst = zone.person(Role.ANALYST)
    with tenancy.reading(analyst):
        assert casebook.readings_to_do(analyst) >= 1


def test_a_second_load_is_refused(zone: Zone) -> None:
    with pytest.raises(OccupiedError):
        load(zone.plan, now=zone.now, report=lambda *_: None)


def test_everything_planned_is_there(zone: Zone) -> None:
    with tenancy.reading(zone.platform):
        assert Enterprise.objects.count() == len(zone.plan.firms) == SMALL_ENTITIES
        assert Call.objects.count() == len(zone.plan.stories) == SMALL_STORIES + count_members()
        assert Round.objects.count() >= SMALL_STORIES
    assert set(registry.units(zone.platform)) == {u.code for u in zone.plan.organisations.units}


def test_calls_stand_in_every_open_state(zone: Zone) -> None:
    with tenancy.reading(zone.platform):
        states = Counter(Call.objects.values_list("state", flat=True))
    assert states.keys() >= OPEN | {CallState.CLOSED, CallState.ARCHIVED}


def test_morning_sheets_show_every_kind_of_light(zone: Zone) -> None:
    filled: Counter[str] = Counter()
    for unit in registry.units(zone.platform).values():
        with tenancy.reading(zone.platform):
            sheet = calls.morning_sheet(zone.platform, now=zone.now, unit_id=unit.id)
        filled.update({group.key: group.count for group in sheet.groups})
        filled["co_late"] += len(sheet.late_tasks)
    wanted = {"overdue", "unsigned", "disputed", "paused", "returned", "co_late"}
    assert wanted <= (+filled).keys(), filled
    leader = zone.person(Role.UNIT_LEADER)
    with tenancy.reading(leader):
        assert calls.morning_sheet(leader, now=zone.now).groups[0].count


def test_history_is_recorded_in_the_order_of_time(zone: Zone) -> None:
    with tenancy.reading(zone.platform):
        rows = Event.objects.filter(topic__startswith="calls.").order_by("sequence")
        times = list(rows.values_list("occurred_at", flat=True))
    assert len(times) > 1000
    told = max(times)
    history = times[: times.index(told) + 1]
    assert history == sorted(history), "what stands around the calls is written after them"
    assert told < zone.plan.ends_at <= zone.now
    assert audit.verify(zone.platform).holds


def test_the_ladder_a_meeting_more_time_and_a_plan_are_there_to_be_seen(zone: Zone) -> None:
    with tenancy.reading(zone.platform):
        standing = Counter(
            Supervision.objects.filter(state__in=sorted(STANDING)).values_list("level", flat=True)
        )
        asked = Counter(Extension.objects.values_list("state", flat=True))
        assert JointMeeting.objects.filter(state="convened").exists()
        assert Milestone.objects.filter(state="reported").exists()
    assert {Level.CHASE, Level.POST} <= standing.keys()
    assert {"proposed", "granted"} <= asked.keys()


def test_nobody_was_told_of_the_past(zone: Zone) -> None:
    assert not ProcrastinateJob.objects.exists()
    with tenancy.reading(zone.platform):
        assert not Notification.objects.exists()


def test_two_measures_landed_the_problem_fell_and_a_candidate_waits(zone: Zone) -> None:
    platform = zone.platform
    with tenancy.reading(platform):
        rows = classes.list_issues(platform, now=zone.now)
        found = {row.matter_code: row for row in rows}
        states = {code: row.state for code, row in found.items()}
        assert states["M071"] == "effective"
        assert states["M026"] == "landed"
        assert states["M069"] == "candidate"
        for code in ("M071", "M026"):
            counted = classes.recurrence_of(platform, found[code], now=zone.now)
            assert counted is not None
            assert counted.recurrence.trend == "fell", code
        findings = classes.list_findings(platform)
        assert findings
        assert all(classes.replay(platform, one).holds for one in findings)


def test_every_decision_replays_to_the_same_answer(zone: Zone) -> None:
    count, differ = mandate.replay_all(zone.platform)
    assert count >= SMALL_STORIES
    assert differ == []


@pytest.mark.parametrize("label", LABELS, ids=lambda label: f"{label.number}-{label.rule}")
def test_the_loaded_register_agrees_with_each_label(label: Label, zone: Zone) -> None:
    point = label.geometry["coordinates"] if label.geometry["type"] == "Point" else (None, None)
    found = mandate.propose(
        zone.platform,
        matter_code=label.matter,
        on=label.on,
        object_kind=label.object_kind,
        longitude=point[0],
        latitude=point[1],
        geometry=None if point[0] is not None else label.geometry,
        accuracy_m=label.accuracy_m,
        belongs_to_zone=label.belongs_to_zone,
        owner_unit_code=label.owner,
        is_danger=label.is_danger,
        responder_code=label.responder,
    )
    assert (found.lead_code, found.needs_confirmation) == (label.lead, label.needs_confirmation)
    assert found.rule == f"J{label.rule}"
    if label.side is not None:
        assert found.side == label.side
    if label.candidates:
        assert set(found.candidate_codes) == set(label.candidates)
    assert set(label.co_includes) <= set(found.co_codes)


def test_there_is_an_account_for_every_role_and_it_sees_its_work(zone: Zone) -> None:
    rows = public.sign_ins()
    roles = Counter(row["role"] for row in rows)
    assert roles.keys() == {str(role) for role in STAFF | CONTRACTED | {Role.ENTERPRISE}}
    assert (roles["enterprise"], roles["handler"]) == (2, 2)
    for role in (Role.ENTERPRISE, Role.GRID_OFFICER, Role.HANDLER, Role.UNIT_LEADER):
        actor = zone.person(role)
        with tenancy.reading(actor):
            assert Call.objects.visible_to(actor).exists(), role
    for role in (Role.DUTY_CHIEF, Role.PROVIDER_MANAGER, Role.TECHNICIAN):
        actor = zone.person(role)
        with tenancy.reading(actor):
            assert Job.objects.visible_to(actor).exists(), role


def test_printed_passwords_open_printed_accounts_only_while_the_demo_is_on(zone: Zone) -> None:
    row = public.sign_ins()[0]
    enter = PrintedPasswords().authenticate
    with override_settings(DEMO=True):
        person = enter(None, username=row["username"], password=row["password"])
        assert person is not None
        assert person.username == row["username"]
        assert not person.has_usable_password()
        assert enter(None, username=row["username"], password="wrong") is None
        assert enter(None, username="desk2", password=row["password"]) is None
        assert len(signin.shown_accounts()) == len(public.sign_ins())
    with override_settings(DEMO=False):
        assert enter(None, username=row["username"], password=row["password"]) is None
        assert signin.shown_accounts() == []


@pytest.fixture
def run(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(_platform, "start_django", lambda: None)
    return lambda *arguments: CliRunner().invoke(command.app, list(arguments))


def test_info_lets_a_stranger_in(run: Any, zone: Zone) -> None:
    done = run("info", "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told.keys() == {"jurisdiction_id", "api_key", "sign_ins"}
    assert told["jurisdiction_id"] == "lanchuan"
    assert told["sign_ins"] == public.sign_ins()
    machine = actor_of_key(told["api_key"], now=zone.now)
    assert machine is not None
    assert (machine.tenant_id, machine.roles) == (zone.tenant_id, {Role.MACHINE})
    assert told["api_key"] in run("info").stdout


def test_closures_follow_the_stories(zone: Zone) -> None:
    """What the stories say of their rounds is what the records say."""
    auditor = stand_in(zone.tenant_id, Role.AUDITOR)
    told = Counter(
        end for story in zone.plan.stories if story.regime == "before" for end in story.ends
    )
    reform_on = registry.zone(auditor).call_reform_on
    assert reform_on is not None
    until = datetime.combine(reform_on, datetime.min.time(), tzinfo=UTC)
    with tenancy.reading(auditor):
        rounds = Round.objects.visible_to(auditor).filter(call__received_at__lt=until)
        found = Counter(rounds.values_list("state", flat=True))
    assert abs(found["rejected"] - told["rejected"]) <= 1
    assert abs(found["stopped"] - told["stopped"]) <= 1


def test_the_board_opens_with_everybody_answered_and_those_who_hold_a_job_busy(zone: Zone) -> None:
    with tenancy.reading(zone.platform):
        board = live.board(zone.platform, now=zone.now)
        held = {
            s.technician_id for c in board.cases for s in c.seats if s.state in live.WITH_A_JOB
        }
    assert not [c.job.number for c in board.cases if c.is_unanswered]
    assert not [a for a in board.alarms if a.at <= zone.now]
    assert len(held) >= 6
    assert {p.technician.pk for p in board.people if not p.is_free} == held
    assert any(p.is_free for p in board.people)
    assert all(c.job.reported_at > zone.now - timedelta(days=4) for c in board.cases)


def test_calls_of_the_zones_own_matter_open_a_rescue_in_the_demonstration(zone: Zone) -> None:
    with tenancy.reading(zone.platform):
        marked = queries_of_rescue.rules_row(zone.platform)
        assert marked is not None
        assert marked.matter_codes == [OWN_MATTER]
        assert mandate.matter(zone.platform, OWN_MATTER, zone.plan.as_of).grade == "D"
