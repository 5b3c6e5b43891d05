"""The zone's terms: who sets them, what running calls make of it, page, interface, database."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from qiying.config.cli import _platform
from qiying.config.cli import terms as command
from qiying.kernel import audit, tenancy
from qiying.kernel.access import Role
from qiying.kernel.errors import Denied, Invalid, Problem, Refused
from qiying.kernel.models import Event
from qiying.slices.calls import handlers, operations, queries, rules
from qiying.slices.calls.models import Call, Pause, Round, Supervision, Task, ZoneTerm
from qiying.slices.calls.queries import limits
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry
from tests.slices.calls import steps
from tests.slices.calls.test_races import together
from tests.slices.world import World, make_world

API = "/api/v1/calls/terms"
SIGN = {"clock": "sign", "case": "normal"}


@pytest.fixture(autouse=True)
def clock(world: World) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(world.now, tick=False) as traveller:
        yield traveller


def put(world: World, who: str = "leader", **given: Any) -> ZoneTerm:
    given = {"kind": "hours", "amount": 3, "reason": "提速", **SIGN, **given}
    return operations.set_term(world.actor(who), now=world.now, **given)


def fields_of(world: World, **given: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        put(world, **given)
    return dict(caught.value.fields)


def apply(world: World) -> int:
    return operations.apply_terms(world.system, now=world.now)


# --- setting ---


def test_a_term_is_set_with_a_reason_and_counts_at_once(world: World) -> None:
    row = put(world, source="龙开委2026年第3号", grade="B")
    with tenancy.reading(world.system):
        line = limits.term_line(world.system, ("sign", "normal"), now=world.now)
        assert line.setting == row
        assert limits.basis_of(line).zh == "龙开委2026年第3号"
        event = Event.objects.get(topic="calls.term_set")
        assert (event.data["amount"], event.data["before"]) == (3, 1)
        terms = queries.terms(world.system, world.now)
    assert terms.rule("sign", "normal") == rules.rule_of("hours", 3)
    call = steps.dispatched(world)
    assert call.step_due_at == world.now + timedelta(hours=3)


@pytest.mark.parametrize("who", ["desk", "supervisor", "safety-lead", "auditor", "boss", "caller"])
def test_only_leader_and_administrator_set_terms(world: World, who: str) -> None:
    with pytest.raises(Denied):
        put(world, who)


def test_an_administrator_sets_terms_and_a_machine_cannot(world: World) -> None:
    assert put(world, "admin").set_by_id == world.user("admin").pk
    with pytest.raises(Denied):
        operations.set_term(
            world.keeper, clock="redo", kind="working_days", amount=3, reason="x", now=world.now
        )


def test_what_cannot_be_set_is_said_beside_its_field(world: World) -> None:
    assert fields_of(world, reason=" ") == {"reason": "input.required"}
    assert fields_of(world, amount=0) == {"amount": "calls.term_most"}
    assert fields_of(world, kind="working_days", amount=4) == {"amount": "calls.term_most"}
    assert fields_of(world, kind="natural_days") == {"kind": "calls.term_kind"}
    assert fields_of(world, clock="sleep") == {"case": "input.choice"}
    assert fields_of(world, case="") == {"case": "input.choice"}
    assert fields_of(world, clock="answer", case="M999") == {"case": "input.choice"}
    assert fields_of(world, grade="Z") == {"grade": "input.choice"}
    yesterday = world.now.date() - timedelta(days=1)
    assert fields_of(world, valid_from=yesterday) == {"valid_from": "calls.term_day"}
    assert fields_of(world, valid_from=date(2199, 1, 1)) == {"valid_from": "calls.term_day"}
    with tenancy.reading(world.system):
        assert not ZoneTerm.objects.exists()


@pytest.mark.parametrize(
    ("clock", "case", "kind", "amount"),
    [
        ("answer", "danger", "hours", 3),
        ("answer", "urgent", "hours", 25),
        ("dispatch", "urgent", "hours", 3),
        ("extension", "", "working_days", 11),
        ("pause_cap", "", "working_days", 21),
    ],
)
def test_what_protects_the_firm_is_tightened_and_never_loosened(
    world: World, clock: str, case: str, kind: str, amount: int
) -> None:
    given = {"clock": clock, "case": case, "kind": kind}
    assert fields_of(world, **given, amount=amount) == {"amount": "calls.term_guarded"}
    assert put(world, **given, amount=1).rule_amount == 1


def test_the_same_again_is_refused_and_a_plan_may_be_undone(world: World) -> None:
    with pytest.raises(Refused, match=r"calls\.term_same"):
        put(world, kind="working_days", amount=1)
    on = date(2026, 12, 1)
    put(world, valid_from=on)
    with pytest.raises(Refused, match=r"calls\.term_same"):
        put(world, valid_from=on)
    put(world, kind="working_days", amount=1, valid_from=on, reason="撤回")
    world.now += timedelta(days=30)
    with tenancy.reading(world.system):
        found = queries.terms(world.system, world.now).rule("sign", "normal")
    assert found == rules.rule_of("working_days", 1)


def test_two_at_once_set_it_once(transactional_db: None, world: World) -> None:
    found = together(lambda _n: put(world))
    assert sorted(found) == ["", *["calls.term_same"] * 5]
    with tenancy.reading(world.system):
        assert ZoneTerm.objects.count() == 1


# --- matters ---


def of_matter(world: World, code: str, kind: str, amount: int) -> ZoneTerm:
    return put(world, clock="answer", case=code, kind=kind, amount=amount)


def test_a_matter_has_its_own_term_before_its_nature(world: World) -> None:
    of_matter(world, "M016", "working_days", 4)
    call = steps.raise_call(world)
    with tenancy.reading(world.system):
        round_ = Round.objects.get(call=call)
    assert (round_.rule_kind, round_.rule_amount) == ("working_days", 4)


def test_a_statute_of_the_register_locks_the_matter(world: World) -> None:
    mandate.revise(
        world.keeper,
        "M016",
        effective_on=world.now.date(),
        values={
            "time_kind": "calendar_days",
            "time_amount": 15,
            "time_source": "测试用法规第一条 [A]",
        },
        reason="依法",
        now=world.now,
    )
    given = {"clock": "answer", "case": "M016"}
    assert fields_of(world, **given, kind="natural_days", amount=16) == {
        "amount": "calls.term_law"
    }
    assert fields_of(world, **given, kind="working_days", amount=5) == {
        "kind": "calls.term_law_kind"
    }
    of_matter(world, "M016", "natural_days", 12)
    with tenancy.reading(world.system):
        found = {m.card.code: m for m in limits.matter_limits(world.system, now=world.now)}
        assert found["M016"].is_locked
        assert found["M016"].rule == rules.rule_of("natural_days", 12)
    shown = browser(world, "auditor", "en").get(reverse("calls:terms")).content.decode()
    assert "locked: may be promised sooner, never later" in shown


# --- running calls ---


def test_running_clocks_follow_a_shorter_term_with_an_audit_line(world: World) -> None:
    call, done = steps.dispatched(world), steps.closed(world)
    before, contact = call.step_due_at, None
    with tenancy.reading(world.system):
        contact = Round.objects.get(call=call).contact_due_at
    put(world)
    with tenancy.reading(world.system):
        event = Event.objects.get(topic="calls.term_set")
    handlers.apply_term(event)
    handlers.apply_term(event)
    found = steps.fresh(world, call)
    assert before is not None
    assert found.step_due_at == world.now + timedelta(hours=3) < before
    assert (found.due_at, found.version) == (call.due_at, call.version + 1)
    assert steps.fresh(world, done).version == done.version
    with tenancy.reading(world.system):
        assert Round.objects.get(call=call).contact_due_at == contact
        tasks = Task.objects.filter(call=call)
        assert {t.sign_due_at for t in tasks} == {found.step_due_at}
        told = Event.objects.filter(topic="calls.step_deadlines_changed", subject_id=call.pk)
        assert told.count() == 1
        in_force = Event.objects.get(topic="calls.term_in_force")
        assert in_force.data["moved"] == 1
        assert ZoneTerm.objects.get().applied_at is not None
    with tenancy.reading(world.keeper):
        assert not audit.verify(world.keeper).faults


def test_a_longer_term_moves_no_running_clock(world: World) -> None:
    call = steps.dispatched(world)
    world.now += timedelta(minutes=1)
    put(world, kind="working_days", amount=3)
    assert apply(world) == 0
    assert steps.fresh(world, call).step_due_at == call.step_due_at
    later = steps.dispatched(world)
    assert later.step_due_at is not None
    assert call.step_due_at is not None
    assert later.step_due_at > call.step_due_at


def test_what_a_firm_was_promised_keeps_its_rule(world: World) -> None:
    call = steps.working(world, co=())
    put(world, clock="answer", case="help", kind="working_days", amount=1)
    put(world, clock="redo", case="", kind="working_days", amount=1)
    apply(world)
    found = steps.fresh(world, call)
    assert (found.due_at, found.version) == (call.due_at, call.version)


def test_a_planned_term_is_applied_on_its_day_by_the_sweeper(world: World) -> None:
    call = steps.dispatched(world)
    on = date(2026, 11, 17)
    put(world, valid_from=on, kind="hours", amount=1)
    assert apply(world) == 0
    with tenancy.reading(world.system):
        line = limits.term_line(world.system, ("sign", "normal"), now=world.now)
        assert line.rule == rules.rule_of("working_days", 1)
        assert [r.valid_from for r in line.planned] == [on]
    world.now = rules.first_moment(on) + timedelta(minutes=1)
    handlers.sweep(world.system, world.now)
    found = steps.fresh(world, call)
    assert found.step_due_at == rules.first_moment(on) + timedelta(hours=1)
    handlers.sweep(world.system, world.now)
    assert steps.fresh(world, call).version == found.version


def test_deriving_again_after_changes_of_every_term_changes_nothing_twice(world: World) -> None:
    for make in steps.MAKE.values():
        make(world)
    for (clock, case), shipped in rules.SHIPPED.items():
        kind = shipped.kinds[0]
        if rules.rule_of(kind, 1) != shipped.rule:
            put(world, clock=clock, case=case, kind=kind, amount=1)
    world.now += timedelta(minutes=5)
    operations.rederive(world.system, now=world.now)
    assert operations.rederive(world.system, now=world.now) == 0
    assert apply(world) == 0


def test_the_other_periods_follow_the_zone(world: World) -> None:
    put(world, clock="info", case="", kind="working_days", amount=2)
    put(world, clock="redo", case="", kind="working_days", amount=3)
    put(world, clock="limit", case="chase", kind="working_days", amount=2)
    put(world, clock="note", case="", kind="working_days", amount=3)
    calendar = registry.calendar(world.system)
    asked = steps.need_info(world)
    with tenancy.reading(world.system):
        pause = Pause.objects.get(call=asked)
    days = rules.rule_of("working_days", 2)
    assert pause.expected_to_at == rules.due_at(world.now, days, calendar)
    again = steps.take(world, "boss", steps.closed(world), "reopen", text="又坏了")
    with tenancy.reading(world.system):
        assert Round.objects.get(call=again, number=2).rule_amount == 3
    chased = steps.take(world, "desk", steps.working(world, co=()), "chase")
    with tenancy.reading(world.system):
        rung = Supervision.objects.get(call=chased)
    assert rung.limit_at == rules.due_at(world.now, days, calendar)
    three = rules.rule_of("working_days", 3)
    assert rung.note_due_at == rules.due_at(world.now, three, calendar)


def test_extensions_and_milestones_keep_within_the_zones_terms(world: World) -> None:
    put(world, clock="extension", case="", kind="working_days", amount=1)
    put(world, clock="milestone", case="", kind="working_days", amount=2)
    call = steps.working(world, co=())
    far = {"reason": "complex", "text": "需要专家", "until_on": date(2026, 12, 4)}
    with pytest.raises(Invalid, match=r"input\.invalid"):
        steps.take(world, "safety", call, "propose_extension", **far)
    day = date(2026, 11, 20)
    with pytest.raises(Problem):
        steps.take(world, "safety", call, "schedule", milestone_on=day, text="分步")
    soon = date(2026, 11, 18)
    kept = steps.take(world, "safety", call, "schedule", milestone_on=soon, text="分步")
    assert kept.milestone_on == soon


# --- pages and interface ---


def browser(world: World, name: str, language: str = "zh-hans") -> Client:
    client = Client(headers={"X-Requested-With": "fetch"})
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(world.user(name), backend=backend)
    client.cookies["django_language"] = language
    return client


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ("时限规则", "只可缩短", "4 个工作小时", "行政许可决定")),
        ("en", ("Time limits", "may only be shortened", "4 working hours", "Statutory limits")),
    ],
)
def test_the_page_shows_terms_sources_and_what_no_zone_changes(
    world: World, language: str, words: tuple[str, ...]
) -> None:
    shown = browser(world, "auditor", language).get(reverse("calls:terms")).content.decode()
    for word in words:
        assert word in shown
    assert "<select" not in shown.split("<main")[-1]
    assert "<select" in browser(world, "admin").get(reverse("calls:terms")).content.decode()


def test_a_term_is_set_on_its_page_and_shown_with_its_history(world: World) -> None:
    address = reverse("calls:term", args=["sign", "normal"])
    given = {"amount": 3, "kind": "hours", "valid_from": "2026-11-16", "grade": "D"}
    admin = browser(world, "admin")
    bad = admin.post(address, {**given, "reason": "", "idempotency_key": "k0"})
    assert bad.status_code == 422
    far = admin.post(address, {**given, "amount": 999, "reason": "慢", "idempotency_key": "k1"})
    assert far.status_code == 422
    assert "72" in far.content.decode()
    once = {**given, "reason": "提速", "idempotency_key": "k2"}
    assert admin.post(address, once).status_code == 303
    assert admin.post(address, once).status_code == 303
    with tenancy.reading(world.system):
        assert ZoneTerm.objects.count() == 1
    shown = admin.get(address).content.decode()
    assert "提速" in shown
    assert "3小时" in shown.replace(" ", "")
    again = admin.post(address, {**once, "idempotency_key": "k3"})
    assert again.status_code == 422
    assert browser(world, "supervisor").post(address, once).status_code == 403
    assert 'name="reason"' not in browser(world, "auditor").get(address).content.decode()


def test_addresses_of_terms_that_there_are_not_are_not_found(world: World) -> None:
    admin = browser(world, "admin")
    for clock_, case in (("sleep", "all"), ("sign", "all"), ("answer", "M999"), ("redo", "x")):
        assert admin.get(reverse("calls:term", args=[clock_, case])).status_code == 404
    chosen = admin.get(reverse("calls:terms"), {"matter": "M016"})
    assert chosen.headers["Location"] == reverse("calls:term", args=["answer", "M016"])
    assert admin.get(chosen.headers["Location"]).status_code == 200
    assert browser(world, "boss").get(reverse("calls:terms")).status_code == 403


def test_the_interface_lists_and_sets_terms(world: World) -> None:
    leader = browser(world, "leader")
    found = leader.get(API).json()
    row = next(t for t in found["terms"] if (t["clock"], t["case"]) == ("accept", "normal"))
    assert (row["kind"], row["amount"], row["grade"]) == ("working_hours", 4, "D")
    body = {**SIGN, "kind": "hours", "amount": 3, "reason": "提速"}
    send: dict[str, Any] = {
        "content_type": "application/json",
        "headers": {"Idempotency-Key": "t1"},
    }
    first, again = (leader.post(API, body, **send) for _n in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    later = leader.get(API).json()["terms"]
    row = next(t for t in later if (t["clock"], t["case"]) == ("sign", "normal"))
    assert (row["amount"], row["default"]) == (3, {"kind": "working_days", "amount": 1})
    wrong = leader.post(API, {**body, "amount": 500}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "amount")
    unknown = leader.post(API, {**body, "clock": "sleep"}, content_type="application/json")
    assert unknown.status_code == 422
    desk = browser(world, "desk").post(API, body, content_type="application/json")
    assert desk.status_code == 403


def test_the_command_prints_what_is_in_force(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_platform, "start_django", lambda: None)
    put(world)
    found = json.loads(CliRunner().invoke(command.app, ["show", "--json"]).stdout)
    row = next(t for t in found["terms"] if (t["clock"], t["case"]) == ("sign", "normal"))
    assert (row["kind"], row["amount"], row["valid_from"]) == ("hours", 3.0, "2026-11-16")
    assert "sign normal" in CliRunner().invoke(command.app, ["show"]).stdout


# --- the database ---


def test_a_setting_is_never_edited_or_removed(world: World) -> None:
    row = put(world)
    rows = ZoneTerm.objects.filter(pk=row.pk)
    for wrong in (lambda: rows.update(rule_amount=9), rows.delete):
        with (
            pytest.raises(ProgrammingError, match="permission"),
            tenancy.acting(world.system),
            transaction.atomic(),
        ):
            wrong()
    apply(world)
    with (
        pytest.raises(IntegrityError, match="set anew"),
        tenancy.acting(world.system),
        transaction.atomic(),
    ):
        rows.update(applied_at=None)
    kept = {f.attname: getattr(row, f.attname) for f in ZoneTerm._meta.fields if f.name != "id"}
    for fault in ({"reason": ""}, {"rule_amount": 0}, {"clock": "sleep"}, {"grade": "Z"}):
        with (
            pytest.raises(IntegrityError, match="term_"),
            tenancy.acting(world.system),
            transaction.atomic(),
        ):
            ZoneTerm(**{**kept, **fault}).save(force_insert=True)


def test_another_zone_reads_and_changes_nothing_here(world: World) -> None:
    put(world)
    other = make_world("there")
    with tenancy.reading(other.system):
        assert not ZoneTerm.objects.exists()
        terms = queries.terms(other.system, world.now)
    assert terms is rules.DEFAULT_TERMS
    assert operations.apply_terms(other.system, now=world.now) == 0
    with tenancy.reading(world.system):
        assert ZoneTerm.objects.get().applied_at is None
        assert not Call.objects.exists()
    with pytest.raises(Denied):
        operations.apply_terms(world.actor("leader"), now=world.now)
    assert Role.ZONE_LEADER in rules.terms.TERM_KEEPERS
