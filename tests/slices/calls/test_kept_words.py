"""Statements whose words are kept say what the object mapper would say, to each reader its own."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.utils import timezone, translation

from qiying.kernel import context, nav, notifications, paging, statements, tenancy
from qiying.kernel.access import Actor, Held, Role
from qiying.kernel.errors import NotFound
from qiying.slices.calls import queries
from qiying.slices.calls.models import Call
from qiying.slices.calls.queries import _board
from qiying.slices.calls.queries._filters import AGES, ORDER, aged
from qiying.slices.calls.views import staff
from qiying.slices.registry import operations as registry
from tests.slices.calls import steps
from tests.slices.calls.people import peopled
from tests.slices.world import World

EVERYBODY = ("boss", "rival", "grid", "desk", "safety", "emb", "caller", "leader", "auditor")


def values(row: models.Model) -> dict[str, Any]:
    """Every field, and those of what was selected with it."""
    near = row._state.fields_cache
    own = {n: v for n, v in row.__dict__.items() if not n.startswith("_")}
    return own | {n: values(v) if v else None for n, v in near.items() if n != "lead_unit"}


def first_page(world: World, actor: Actor) -> list[str]:
    with tenancy.reading(actor):
        return [c.number for c in queries.page_of_calls(actor, now=world.now)]


@pytest.mark.parametrize("is_shown", [True, False])
def test_the_first_page_equals_that_of_the_object_mapper_for_everybody(
    world: World, is_shown: bool
) -> None:
    for make in (steps.submitted, steps.triage, steps.working, steps.closed):
        make(world)
        world.later(minutes=1)
    steps.raise_call(world, who="rival", firm="远航")
    for name in (*EVERYBODY, *EVERYBODY):
        actor = world.actor(name)
        with tenancy.reading(actor):
            rows = queries.list_calls(actor, now=world.now)
            plain = paging.paginate(queries.shown(rows) if is_shown else rows, order=ORDER, size=2)
            kept = queries.page_of_calls(actor, now=world.now, size=2, is_shown=is_shown)
        assert [values(c) for c in kept] == [values(c) for c in plain]
        assert (kept.next, kept.previous) == (plain.next, plain.previous)


def test_a_record_asked_by_kept_words_is_whole(world: World, desk: Actor) -> None:
    call = steps.working(world)
    with tenancy.reading(desk):
        rows = Call.objects.visible_to(desk).select_related("enterprise", "lead_unit", "site")
        for _ in range(2):
            found = queries.get_by_public_id(desk, call.public_id)
            plain = rows.get(pk=call.pk)
            assert values(found) == values(plain)
            assert found.lead_unit == plain.lead_unit
            assert found.site is None


def test_words_kept_for_one_reader_open_nothing_to_another(world: World) -> None:
    call = steps.submitted(world)
    for name in ("desk", "desk2", "boss"):
        actor = world.actor(name)
        with tenancy.reading(actor):
            assert queries.get_by_public_id(actor, call.public_id).pk == call.pk
    for name in ("rival", "safety", "emb"):
        actor = world.actor(name)
        with tenancy.reading(actor), pytest.raises(NotFound):
            queries.get_by_public_id(actor, call.public_id)


def test_the_unit_complained_of_does_not_see_the_call_by_kept_words(world: World) -> None:
    unit = world.units["FIN"]
    call = steps.raise_call(world, nature="complaint", complained_unit_id=unit)
    free = world.actor("desk")
    bound = Actor(free.tenant_id, "bound", (Held(Role.DESK, unit),), person_id=free.person_id)
    for actor, is_seen in ((free, True), (bound, False), (free, True)):
        assert (call.number in first_page(world, actor)) == is_seen


def test_words_kept_in_one_zone_open_nothing_in_another(world: World) -> None:
    call = steps.submitted(world)
    assert first_page(world, world.actor("desk")) == [call.number]
    other = peopled("xs")
    assert first_page(other, other.actor("desk")) == []
    with tenancy.reading(other.actor("desk")), pytest.raises(NotFound):
        queries.get_by_public_id(other.actor("desk"), call.public_id)


def test_a_change_is_in_the_next_numbers_of_the_navigation(world: World, desk: Actor) -> None:
    def waiting() -> int:
        with tenancy.reading(desk):
            return nav.counts_for(desk, nav.items_for(desk))["calls:desk"]

    before = waiting()
    call = steps.submitted(world)
    assert waiting() == before + 1
    steps.take(world, "desk", call, "ask_info", text="请补充照片")
    assert waiting() == before


def test_two_people_of_one_role_have_their_own_unread_notices(world: World) -> None:
    call = steps.submitted(world)
    first, second = world.actor("analyst"), world.actor("auditor")
    second = Actor(first.tenant_id, "second", first.held, person_id=second.person_id)
    notifications.notify(
        world.system,
        [first.person_id or 0],
        kind="calls.received",
        subject=call,
        url="/",
        params={},
        effect_key="only-one",
        now=world.now,
    )
    assert [context._counts(a)[context.UNREAD] for a in (first, second, first)] == [1, 0, 1]


def test_what_hangs_on_records_is_never_kept(world: World) -> None:
    call = steps.raise_call(world, who="rival", firm="远航")
    officer = world.person("grid2", Role.GRID_OFFICER)
    assert first_page(world, officer) == []
    registry.assign_firms(
        world.keeper, [world.firms["远航"]], officer.person_id, now=timezone.now()
    )
    assert first_page(world, officer) == [call.number]
    assert first_page(world, world.actor("grid")) == []


def test_what_hangs_on_a_day_is_never_kept(world: World, desk: Actor) -> None:
    def late(actor: Actor) -> statements.Statement:
        rows = Call.objects.visible_to(actor).filter(due_at__lt=world.now + timedelta(days=900))
        return statements.joined([rows.values_list("id")])

    steps.submitted(world)
    with tenancy.reading(desk):
        assert len(statements.kept("test.day", desk, late).ask()) == 1
        world.later(days=-2000)
        assert statements.kept("test.day", desk, late).ask() == []


def test_a_value_that_is_missing_is_an_error(world: World, desk: Actor) -> None:
    with tenancy.reading(desk):
        rows = Call.objects.visible_to(desk).filter(pk=statements.KEY).values_list("id")
        asked = statements.joined([rows])
        assert asked.ask(key=0, now=world.now) == []
        with pytest.raises(KeyError):
            asked.ask(now=world.now)


def test_texts_stand_in_the_words_as_they_are(world: World, desk: Actor) -> None:
    text = "100% 'quoted' $1 %s \\ “是”"
    call = steps.raise_call(world, title=text)
    with tenancy.reading(desk):
        rows = Call.objects.visible_to(desk).filter(title=text).values_list("id", "title")
        assert statements.joined([rows]).ask() == [(call.pk, text)]


def test_names_of_matters_are_in_the_language_of_the_reader(world: World, desk: Actor) -> None:
    names = []
    for language in ("zh-hans", "en", "zh-hans"):
        with translation.override(language), tenancy.reading(desk):
            names.append(staff.matter_names(desk, world.now)[steps.SAFETY])
    assert names[0] == names[2] != names[1]


def test_open_calls_are_counted_by_age_as_the_list_filters_them(world: World, desk: Actor) -> None:
    for _ in range(3):
        steps.submitted(world)
        world.later(days=1)
    for days in (0, 1, 2, 4, 5, 12, 13, 27, 28):
        now = world.now + timedelta(days=days)
        with tenancy.reading(desk):
            plain = [Call.objects.visible_to(desk).filter(aged(key, now)).count() for key in AGES]
            assert [age.count for age in _board._ages(desk, now)] == plain
            assert sum(plain) == 3
