"""Who sees what, what the database refuses, reminders, counts, notices, the box on a call."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from qiying.kernel import tenancy
from qiying.kernel.access import Role, stand_in
from qiying.kernel.errors import NotFound, Refused
from qiying.kernel.models import Event, Message, Notification
from qiying.kernel.people import create_tenant
from qiying.slices.calls import operations as calls
from qiying.slices.mediation import handlers, operations, public, queries, rules
from qiying.slices.mediation.models import Case, Mediator, Party
from qiying.slices.mediation.queries import Docket
from qiying.slices.mediation.rules import Reminder
from tests.slices.mediation import steps
from tests.slices.mediation.steps import take
from tests.slices.world import World


def sees(world: World, who: str, case: Case) -> bool:
    actor = world.actor(who)
    with tenancy.reading(actor):
        try:
            queries.get_case(actor, case.pk)
        except NotFound:
            return False
    return True


def test_parties_mediator_and_desk_see_a_case_and_nobody_else(world: World) -> None:
    case = steps.mediating(world)
    for who in ("boss", "rival", "mediator", "desk", "supervisor"):
        assert sees(world, who, case), who
    others = ("second", "safety", "grid", "caller", "leader", "analyst", "auditor", "admin")
    for who in others:
        assert not sees(world, who, case), who


def test_a_mediator_who_stood_back_sees_the_case_no_more(world: World) -> None:
    assert not sees(world, "mediator", steps.reappointing(world))


def test_minutes_are_for_the_parties_and_the_mediator_only(world: World) -> None:
    case = steps.talked(world)
    for who in ("boss", "rival", "mediator"):
        assert steps.docket(world, case, who).rows.sessions[0].minutes, who
    for who in ("desk", "supervisor"):
        assert not steps.docket(world, case, who).rows.sessions[0].minutes, who


def test_why_a_mediator_stood_back_stays_in_the_house(world: World) -> None:
    case = steps.reappointing(world)
    assert any(n.step == "recuse" for n in steps.docket(world, case, "desk").rows.notes)
    assert not any(n.step == "recuse" for n in steps.docket(world, case, "boss").rows.notes)


def test_another_zone_sees_nothing(world: World) -> None:
    case = steps.registered(world)
    tenant = create_tenant(kind="zone", code="other", name_zh="别区", name_en="Other")
    stranger = stand_in(tenant.pk, Role.DESK, Role.SUPERVISOR)
    with tenancy.reading(stranger), pytest.raises(NotFound):
        queries.get_case(stranger, case.pk)


def test_counts_name_no_case_and_hide_rare_kinds(world: World) -> None:
    for make in (steps.effective, steps.failed, steps.registered):
        make(world)
    steps.labour(world)
    start, end = world.now - timedelta(days=60), world.now + timedelta(days=1)
    with tenancy.reading(world.actor("leader")):
        found = queries.figures(world.actor("leader"), start=start, end=end, now=world.now)
    assert (found.total.registered, found.total.settled, found.total.failed) == (4, 1, 1)
    assert found.total.success == 0.5
    assert [c.kind for c in found.kinds] == ["contract"]
    assert found.few == 1
    period = (start.date(), end.date())
    assert public.figures(world.system, period, now=world.now)["A26.settled"] == 50


def test_no_event_holds_words_or_names(world: World) -> None:
    steps.failed(world)
    with tenancy.reading(world.system):
        rows = Event.objects.filter(topic__startswith="mediation.")
        text = "".join(str(e.data) for e in rows)
    assert rows
    assert text.isascii()


def sql(text: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


@pytest.mark.parametrize(
    ("make", "statement", "name"),
    [
        (
            steps.registered,
            "UPDATE mediation_case SET state = 'mediating' WHERE id = %s",
            "mediation_by_consent",
        ),
        (
            steps.drafted,
            "UPDATE mediation_case SET state = 'effective' WHERE id = %s",
            "mediation_agreement_signed",
        ),
        (
            steps.effective,
            "UPDATE mediation_case SET state = 'performed', ended_at = now() WHERE id = %s",
            "mediation_all_performed",
        ),
        (
            steps.effective,
            "UPDATE mediation_case SET confirmation = 'asked', confirmation_asked_on = "
            "effective_on + 31 WHERE id = %s",
            "mediation_within_window",
        ),
        (
            steps.registered,
            "UPDATE mediation_case SET state = 'failed', ended_at = now() WHERE id = %s",
            "mediation_failure_reasoned",
        ),
        (
            steps.registered,
            "UPDATE mediation_party SET consent = 'given' WHERE case_id = %s",
            "mediation_consent_dated",
        ),
        (
            steps.signed,
            "DELETE FROM mediation_signature WHERE case_id = %s",
            "mediation_signature_kept",
        ),
        (
            steps.effective,
            "UPDATE mediation_agreement SET form = 'oral' WHERE case_id = %s",
            "mediation_agreement_kept",
        ),
        (
            steps.mediating,
            "UPDATE mediation_session SET minutes = 'x' WHERE case_id = %s",
            "",
        ),
    ],
)
def test_the_database_refuses_what_the_code_refuses(
    world: World, make: object, statement: str, name: str
) -> None:
    case = make(world)  # type: ignore[operator]
    if not name:
        return
    with (
        tenancy.acting(world.system),
        pytest.raises(IntegrityError) as found,
        transaction.atomic(),
    ):
        sql(statement, case.pk)
    assert found.value.__cause__.diag.constraint_name in {  # type: ignore[union-attr]
        name,
        "mediation_consent_way",
    }


def test_a_party_is_a_firm_or_a_person_never_both(world: World) -> None:
    case = steps.registered(world)
    with (
        tenancy.acting(world.system),
        pytest.raises(IntegrityError),
        transaction.atomic(),
    ):
        Party.objects.filter(case=case).update(name="张三")


def test_without_a_tenant_every_table_reads_empty(world: World) -> None:
    steps.registered(world)
    for model in (Case, Party, Mediator):
        assert not model.objects.exists()


# --- reminders ---


class Ear:
    def __init__(self) -> None:
        self.heard: list[tuple[str, int]] = []

    def __call__(self, _docket: Docket, reminder: Reminder) -> None:
        self.heard.append((reminder.kind, reminder.left))


def every_morning(world: World, ear: Ear, days: int) -> None:
    """The sweeper on each of the coming mornings, twice."""
    now = world.now
    for _ in range(days):
        now += timedelta(days=1)
        for _again in range(2):
            operations.sweep(world.system, tell=ear, now=now)


def test_a_labour_dispute_falls_back_to_arbitration_after_fifteen_days(world: World) -> None:
    case = steps.labour(world)
    assert rules.last_day(case.settle_due_at) == date(2026, 12, 1)
    ear = Ear()
    every_morning(world, ear, 25)
    assert ear.heard == [("settle", 5), ("settle", 1), ("settle", 0)]
    assert rules.failure_paths("labour") == (rules.Path.LABOUR_ARBITRATION,)


def test_the_window_for_confirmation_is_told_of_at_its_days_and_when_it_is_over(
    world: World,
) -> None:
    steps.effective(world, steps.mediating(world))
    ear = Ear()
    every_morning(world, ear, 40)
    assert [h for h in ear.heard if h[0] == "confirm"] == [
        ("confirm", 20),
        ("confirm", 10),
        ("confirm", 3),
        ("confirm", 1),
        ("confirm", 0),
    ]


def test_nobody_is_reminded_once_confirmation_was_asked_for(world: World) -> None:
    case = steps.effective(world)
    take(world, "desk", case, "ask_confirmation", on=world.now.date(), court="县法院")
    ear = Ear()
    every_morning(world, ear, 40)
    assert not [h for h in ear.heard if h[0] == "confirm"]


def test_terms_are_told_of_before_and_after_their_day(world: World) -> None:
    steps.effective(world)
    ear = Ear()
    every_morning(world, ear, 25)
    assert [h for h in ear.heard if h[0] == "perform"] == [("perform", 3), ("perform", 0)]


def test_a_claim_that_may_lapse_is_told_of(world: World) -> None:
    arose = world.now.date() - timedelta(days=365 - 62)
    case = steps.labour(world, arose_on=arose)
    assert case.limitation_on is not None
    ear = Ear()
    every_morning(world, ear, 5)
    assert [h for h in ear.heard if h[0] == "limitation"] == [("limitation", 60)]


def test_after_a_pause_of_the_worker_only_the_latest_word_is_said(world: World) -> None:
    steps.labour(world)
    ear = Ear()
    late = world.now + timedelta(days=30)
    operations.sweep(world.system, tell=ear, now=late)
    assert ear.heard == [("settle", 0)]


def test_reminders_reach_parties_and_mediator_once(world: World) -> None:
    case = steps.effective(world)
    moment = case.next_reminder_at
    assert isinstance(moment, datetime)
    for _ in range(2):
        handlers.remind(world.system, moment)
    with tenancy.reading(world.system):
        rows = Notification.objects.filter(kind__startswith="mediation.", subject_id=case.pk)
        people = sorted(rows.values_list("person_id", flat=True))
    expected = sorted(world.user(n).pk for n in ("boss", "rival", "mediator"))
    assert people == expected


def test_another_calendar_derives_the_limits_again(world: World) -> None:
    case = steps.labour(world)
    with tenancy.acting(world.system):
        Case.objects.filter(pk=case.pk).update(calendar_version="old", settle_due_at=world.now)
    operations.sweep(world.system, tell=Ear(), now=world.now)
    assert steps.fresh(world, case).settle_due_at == case.settle_due_at


# --- notices and the call ---


def test_an_event_tells_whom_it_concerns(world: World) -> None:
    case = steps.mediating(world)
    with tenancy.reading(world.system):
        event = Event.objects.filter(topic="mediation.mediator_appointed").latest("id")
    handlers.tell(event)
    handlers.tell(event)
    with tenancy.reading(world.system):
        rows = Notification.objects.filter(subject_id=case.pk, effect_key__startswith="e")
        told = {(r.person_id, r.kind) for r in rows}
        assert len(told) == rows.count()
    assert (world.user("mediator").pk, "mediation.appointed_you") in told
    assert (world.user("boss").pk, "mediation.mediator_appointed") in told


def test_outside_persons_are_told_by_telephone_once(world: World) -> None:
    case = steps.labour(world)
    for _ in range(2):
        handlers.remind(world.system, case.settle_due_at + timedelta(days=1))
    with tenancy.reading(world.system):
        sent = list(Message.objects.filter(recipient="13911112222"))
    assert len(sent) == 1
    assert "劳动仲裁" in sent[0].params["text"]


def raise_call(world: World, **more: object) -> int:
    call = calls.receive(
        world.actor("boss"),
        title="货款纠纷",
        text="远航拖欠货款",
        enterprise_id=world.firms["宏达"],
        matter_code="M016",
        now=world.now,
        **more,  # type: ignore[arg-type]
    )
    return int(call.pk)


def test_a_call_shows_its_mediation_and_keeps_its_own_state(world: World) -> None:
    call_id = raise_call(world)
    desk = world.actor("desk")
    with tenancy.reading(desk):
        panel = handlers.on_call(desk, call_id, world.now)
    assert panel is not None
    assert panel.actions
    case = steps.open_case(world, call_id=call_id)
    with tenancy.reading(desk):
        panel = handlers.on_call(desk, call_id, world.now)
        cards = public.cards_of_call(desk, call_id)
    assert panel is not None
    assert (panel.lines[0].note, panel.actions) == (case.number, ())
    assert [c.number for c in cards] == [case.number]
    safety = world.actor("safety")
    with tenancy.reading(safety):
        assert handlers.on_call(safety, call_id, world.now) is None
    with pytest.raises(Refused, match="call_open"):
        steps.open_case(world, call_id=call_id)


def test_a_complaint_against_a_unit_is_not_mediated(world: World) -> None:
    call_id = raise_call(world, complained_unit_id=world.units["FIN"], nature="complaint")
    with pytest.raises(Refused, match="call_against_unit"):
        steps.open_case(world, call_id=call_id)


def test_the_roster_is_kept_by_supervisors_and_a_busy_mediator_stays(world: World) -> None:
    steps.mediating(world)
    mediator = steps.mediator(world)
    with pytest.raises(Refused, match="mediator_busy"):
        operations.unlist_mediator(world.actor("supervisor"), mediator, now=world.now)
    second = steps.mediator(world, "second")
    row = operations.unlist_mediator(world.actor("supervisor"), second, now=world.now)
    assert row.until_on is not None
    inputs = {"person_id": world.user("boss").pk, "unit_id": world.units["COMMUNITY"]}
    with pytest.raises(NotFound, match="mediator_staff"):
        operations.list_mediator(world.actor("admin"), now=world.now, **inputs)
