"""What can happen to the register, who may do it, and what it leaves behind."""

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from qiying.engines.worktime import SHANGHAI, Rule, due
from qiying.kernel import audit, people, tenancy
from qiying.kernel.access import Actor, Role, stand_in
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.kernel.models import Event, Tenant, User
from qiying.slices.registry import operations, queries
from qiying.slices.registry.handlers import periodic
from qiying.slices.registry.models import Area, Enterprise, GridDuty, WorkCalendar
from qiying.slices.registry.rules.lifecycles import IMPORT, KEEPERS
from tests.slices.registry.conftest import NOW, SINCE, acting_officer, box, code

pytestmark = pytest.mark.django_db
OUTSIDERS = sorted(set(Role) - KEEPERS - {Role.SYSTEM})


def firm(keeper: Actor, number: int = 1, **values: Any) -> Enterprise:
    given = {
        "credit_code": code(number),
        "name_zh": f"企业{number}",
        "entity_kind": "enterprise",
        "longitude": 119.205,
        "latitude": 29.005,
    }
    return operations.create_enterprise(keeper, now=NOW, **(given | values))


def wall(keeper: Actor, start: date, key: str = "W1", size: float = 0.01, **more: Any) -> Area:
    return operations.set_area(
        keeper,
        now=NOW,
        kind="wall",
        key=key,
        name_zh=key,
        geometry=box(119.2, 29.0, size),
        valid_from=start,
        **more,
    )


@pytest.mark.parametrize("role", OUTSIDERS)
def test_only_keepers_write_to_the_register(tenant: Tenant, role: str) -> None:
    actor = stand_in(tenant.pk, role)
    attempts = [
        lambda: firm(actor),
        lambda: wall(actor, SINCE),
        lambda: operations.set_zone(actor, now=NOW, name_zh="x", longitude=1.0, latitude=1.0),
        lambda: operations.create_unit(actor, now=NOW, code="A", kind="zone", name_zh="甲"),
        lambda: operations.create_site(
            actor, now=NOW, key="S", kind="other", name_zh="s", geometry=box(119, 29)
        ),
        lambda: operations.set_calendar(actor, 2027, rest_days=[], work_days=[], now=NOW),
    ]
    if role != Role.UNIT_LEADER:
        attempts.append(lambda: operations.assign_grid(actor, "G1", 1, now=NOW))
    for attempt in attempts:
        with pytest.raises(Denied):
            attempt()


@pytest.mark.parametrize("role", sorted(Role))
@pytest.mark.parametrize("state", sorted(IMPORT.states))
def test_every_step_of_an_import_is_open_to_keepers_before_its_end_only(
    role: str, state: str
) -> None:
    expected = {"apply", "discard"} if state == "prepared" and role in KEEPERS else set()
    assert set(IMPORT.open_to(state, frozenset({role}))) == expected


def test_random_versions_leave_exactly_one_in_force_from_the_first_day_on(keeper: Actor) -> None:
    chance = random.Random(11)  # noqa: S311  no secret, a seeded sample
    starts: dict[date, float] = {}
    for _ in range(14):
        start = SINCE + timedelta(days=chance.randrange(0, 40))
        starts[start] = chance.uniform(0.002, 0.02)
        wall(keeper, start, size=starts[start])
    with tenancy.reading(keeper):
        for offset in range(-1, 45):
            day = SINCE + timedelta(days=offset)
            found = list(queries.list_areas_on(keeper, day, ["wall"]))
            past = [s for s in starts if s <= day]
            assert len(found) == bool(past), day
            if past:
                expected = box(119.2, 29.0, starts[max(past)])
                assert found[0].geometry["coordinates"][0][1][0] == pytest.approx(
                    expected["coordinates"][0][1][0], abs=1e-6
                )


def test_two_walls_may_share_ground_only_one_after_the_other(keeper: Actor) -> None:
    wall(keeper, SINCE, valid_to=date(2024, 1, 1))
    with pytest.raises(Refused) as caught:
        wall(keeper, date(2023, 12, 31), key="W2")
    assert caught.value.code == "registry.area.overlap"
    later = wall(keeper, date(2024, 1, 1), key="W2")
    ended = operations.end_area(keeper, later.pk, on=date(2025, 1, 1), now=NOW)
    assert ended.valid_to == date(2025, 1, 1)
    with pytest.raises(Refused):
        operations.end_area(keeper, later.pk, on=date(2025, 6, 1), now=NOW)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"key": "W 1"}, "key"),
        ({"kind": "moat"}, "kind"),
        ({"name_zh": ""}, "name_zh"),
        ({"valid_to": SINCE}, "valid_to"),
    ],
)
def test_an_area_with_a_wrong_value_is_refused(
    keeper: Actor, values: dict[str, Any], field: str
) -> None:
    given: dict[str, Any] = {
        "kind": "wall",
        "key": "W1",
        "name_zh": "墙",
        "geometry": box(119.2, 29.0),
        "valid_from": SINCE,
    }
    with pytest.raises(Invalid) as caught:
        operations.set_area(keeper, now=NOW, **(given | values))
    assert set(caught.value.fields) == {field}


@pytest.mark.usefixtures("zone")
def test_a_firm_finds_its_grid_its_officer_and_its_township(
    tenant: Tenant, keeper: Actor, officer: User
) -> None:
    operations.assign_grid(keeper, "G1", officer.pk, now=NOW)
    row = firm(keeper)
    assert (row.grid_officer_id, row.township_code) == (officer.pk, "T1")
    theirs = acting_officer(tenant, officer)
    moved = operations.change_enterprise(
        theirs, row.pk, now=NOW, longitude=119.225, latitude=29.005
    )
    assert moved.grid_officer_id is None
    with pytest.raises(Denied):
        operations.change_enterprise(theirs, row.pk, now=NOW, staff_count=1)
    assert operations.assign_firms(keeper, [row.pk], officer.pk, now=NOW) == 1
    operations.change_enterprise(theirs, row.pk, now=NOW, longitude=119.205)
    operations.assign_firms(keeper, [row.pk], None, now=NOW)
    with tenancy.reading(keeper):
        row = queries.get_enterprise(keeper, row.pk)
        assert (row.grid_officer_id, row.is_officer_own) == (officer.pk, False)
        assert queries.portfolio_ids(theirs) == {row.pk}


@pytest.mark.usefixtures("zone")
def test_a_grid_has_one_officer_at_a_time_and_a_history(
    keeper: Actor, officer: User, now: datetime
) -> None:
    second = User.objects.create_user("sun", None, name="孙")
    with pytest.raises(Invalid):
        operations.assign_grid(keeper, "G1", second.pk, now=now)
    with pytest.raises(NotFound):
        operations.assign_grid(keeper, "G9", officer.pk, now=now)
    operations.assign_grid(keeper, "G1", officer.pk, now=now)
    operations.assign_grid(keeper, "G1", officer.pk, now=now + timedelta(days=2))
    people.grant(keeper, second.pk, Role.GRID_OFFICER, now=now)
    operations.assign_grid(keeper, "G1", second.pk, now=now + timedelta(days=3))
    operations.assign_grid(keeper, "G1", officer.pk, now=now + timedelta(days=3))
    with tenancy.reading(keeper):
        rows = GridDuty.objects.order_by("valid_from")
        held = [(r.officer_id, r.valid_from.day, r.valid_to and r.valid_to.day) for r in rows]
    assert held == [(officer.pk, 22, 25), (officer.pk, 25, None)]


@pytest.mark.usefixtures("zone")
def test_firms_follow_a_grid_that_was_drawn_ahead(keeper: Actor, now: datetime) -> None:
    row = firm(keeper)
    operations.set_area(
        keeper,
        now=now,
        kind="grid",
        key="G1",
        name_zh="一号网格",
        geometry=box(119.2, 29.0, 0.012),
        valid_from=now.date() + timedelta(days=10),
    )
    with tenancy.reading(keeper):
        before = queries.get_enterprise(keeper, row.pk).grid_id
    assert before == row.grid_id
    assert periodic.follow_grids(keeper, now + timedelta(days=11)) == 1
    with tenancy.reading(keeper):
        assert queries.get_enterprise(keeper, row.pk).grid_id != before


def test_a_firm_leaves_but_stays_on_record(keeper: Actor) -> None:
    row = firm(keeper)
    with pytest.raises(Invalid):
        operations.retire_enterprise(keeper, row.pk, status="active", now=NOW)
    operations.retire_enterprise(keeper, row.pk, status="moved", now=NOW)
    with pytest.raises(Refused):
        operations.retire_enterprise(keeper, row.pk, status="moved", now=NOW)
    with tenancy.reading(keeper):
        assert queries.get_enterprise(keeper, row.pk).status == "moved"


def test_the_same_credit_code_is_registered_once_per_tenant(
    keeper: Actor, stranger: Actor
) -> None:
    firm(keeper)
    firm(stranger)
    with pytest.raises(Refused) as caught:
        firm(keeper, name_zh="另一家")
    assert caught.value.code == "registry.firm.code"


def test_personal_data_never_reaches_an_event_and_the_chain_holds(keeper: Actor) -> None:
    row = firm(keeper)
    contact = operations.add_contact(keeper, row.pk, now=NOW, name="王芳", phone="13900000003")
    with pytest.raises(Refused):
        operations.add_contact(keeper, row.pk, now=NOW, name="王芳")
    operations.change_contact(keeper, contact.pk, now=NOW, phone="13900000004")
    operations.erase_contact(keeper, contact.pk, now=NOW)
    with tenancy.reading(keeper):
        rows = list(Event.objects.order_by("sequence"))
        told = " ".join(f"{r.topic} {r.data}" for r in rows)
    assert "王芳" not in told
    assert "1390000" not in told
    assert [r.topic.split(".")[1] for r in rows if "contact" in r.topic] == [
        "contact_added",
        "contact_changed",
        "contact_erased",
    ]
    assert audit.verify(keeper).holds


def test_a_unit_cannot_be_retired_before_the_units_below_it(keeper: Actor) -> None:
    top = operations.create_unit(keeper, now=NOW, code="A", kind="zone", name_zh="甲")
    below = operations.create_unit(
        keeper, now=NOW, code="B", kind="zone", name_zh="乙", parent_id=top.pk
    )
    with pytest.raises(Invalid):
        operations.change_unit(keeper, top.pk, now=NOW, parent_id=below.pk)
    with pytest.raises(Refused):
        operations.retire_unit(keeper, top.pk, on=NOW.date(), now=NOW)
    operations.retire_unit(keeper, below.pk, on=NOW.date(), now=NOW)
    assert operations.retire_unit(keeper, top.pk, on=NOW.date(), now=NOW).retired_on


def test_the_packaged_notices_give_the_deadline_of_the_spring_festival(keeper: Actor) -> None:
    assert operations.seed_calendars(keeper, now=NOW) == 3
    assert operations.seed_calendars(keeper, now=NOW) == 0
    with tenancy.reading(keeper):
        calendar = queries.working_calendar(keeper)
    assert calendar.version == "2024.1-2025.1-2026.1"
    start = datetime(2026, 2, 13, 10, tzinfo=SHANGHAI)
    assert due(start, Rule("working_days", 5), calendar).due_on == date(2026, 2, 27)


def test_no_packaged_edition_is_made_before_its_notice(keeper: Actor) -> None:
    operations.seed_calendars(keeper, now=datetime(2024, 11, 20, 9, tzinfo=SHANGHAI))
    with tenancy.reading(keeper):
        made = {row.year: row.made_at for row in queries.latest_editions(keeper)}
    assert made[2024] == made[2025] == datetime(2024, 11, 20, 9, tzinfo=SHANGHAI)
    assert made[2026] == datetime(2025, 11, 5, 9, tzinfo=SHANGHAI)


def test_a_new_edition_counts_at_once_and_is_told_to_others(keeper: Actor) -> None:
    days = {"rest_days": [date(2027, 1, 1)], "work_days": [date(2027, 1, 2)]}
    first = operations.set_calendar(keeper, 2027, now=NOW, **days)
    again = operations.set_calendar(keeper, 2027, now=NOW, **days)
    assert (first.pk, first.version) == (again.pk, 1)
    hours = (("09:00", "17:00"),)
    second = operations.set_calendar(keeper, 2027, now=NOW, **days, hours=hours, grade="B")
    assert second.version == 2
    with tenancy.reading(keeper):
        calendar = queries.working_calendar(keeper)
        topics = Event.objects.filter(topic="registry.calendar_changed")
        assert [e.data for e in topics.order_by("sequence")] == [
            {"year": 2027, "version": 1},
            {"year": 2027, "version": 2},
        ]
        assert WorkCalendar.objects.count() == 2
    assert calendar.is_working_day(date(2027, 1, 2))
    assert calendar.hours.opening.hour == 9


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"rest_days": [date(2027, 1, 2)]}, "rest_days"),
        ({"rest_days": [date(2026, 12, 31)]}, "rest_days"),
        ({"work_days": [date(2027, 1, 1)]}, "work_days"),
        ({"work_days": [date(2027, 2, 28), date(2026, 12, 19)]}, "work_days"),
        ({"hours": [("12:00", "08:00")]}, "hours"),
        ({"hours": []}, "hours"),
        ({"grade": "Z"}, "grade"),
    ],
)
def test_an_edition_that_no_notice_could_say_is_refused(
    keeper: Actor, values: dict[str, Any], field: str
) -> None:
    given: dict[str, Any] = {"rest_days": [], "work_days": []}
    with pytest.raises(Invalid) as caught:
        operations.set_calendar(keeper, 2027, now=NOW, **(given | values))
    assert set(caught.value.fields) == {field}
