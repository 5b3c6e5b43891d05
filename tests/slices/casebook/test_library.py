"""What stands in the library, who reads it and who cites it."""

from typing import Any

import pytest

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.errors import Invalid, NotFound
from qiying.slices.calls.models import Call
from qiying.slices.casebook import operations, queries
from qiying.slices.casebook.models import Case, CaseVersion, Citation
from tests.slices.calls import steps as calls
from tests.slices.casebook import steps
from tests.slices.casebook.refusals import breaks, refused
from tests.slices.world import World, make_world

pytestmark = pytest.mark.django_db


# --- publication, versions, withdrawal ---


def test_a_case_is_published_only_when_the_firm_cannot_come_back_any_more(world: World) -> None:
    for name in ("judge1", "judge2"):
        world.person(name, Role.ANALYST)
    world.person("decider", Role.ZONE_LEADER)
    call = calls.closed(world)
    case = steps.accepted(world, call)
    decider = world.actor("decider")
    refused("casebook.window_open", lambda: operations.publish(decider, case.pk, now=world.now))
    world.later(days=31)
    assert operations.publish(decider, case.pk, now=world.now).state == "published"


def test_firms_read_what_is_published_and_nothing_else(world: World, settled: Call) -> None:
    boss = world.actor("boss")
    case = steps.accepted(world, settled)
    with tenancy.reading(boss), pytest.raises(NotFound):
        queries.get_case(boss, case.pk)
    operations.publish(world.actor("decider"), case.pk, now=world.now)
    with tenancy.reading(boss):
        assert queries.list_published(boss).count() == 1
        assert queries.list_published(boss, queries.CaseFilter(q="配电房")).count() == 1
        assert queries.list_published(boss, queries.CaseFilter(q="污水")).count() == 0
        assert queries.reviews_of(boss, case) == []


def test_a_published_version_is_never_edited(world: World, settled: Call) -> None:
    case = steps.published(world, settled)
    breaks(
        world,
        "not changed",
        "UPDATE casebook_caseversion SET title = 'x' WHERE case_id = %s",
        case.pk,
    )


def test_a_revision_leaves_the_library_as_it_is_until_it_is_published(
    world: World, settled: Call
) -> None:
    case, desk, boss = steps.published(world, settled), world.actor("desk"), world.actor("boss")
    operations.revise(desk, case.pk, now=world.now)
    operations.write(desk, case.pk, texts={"title": "新版标题"}, now=world.now)
    with tenancy.reading(boss):
        shown = queries.list_published(boss).get()
    assert shown.published_version.title == steps.TEXTS["title"]
    operations.submit(desk, case.pk, now=world.now)
    steps.asked(world, case, "judge3", "judge4")
    for who in ("judge3", "judge4"):
        steps.judge(world, case, who)
    operations.accept(world.actor("decider"), case.pk, reason="", now=world.now)
    operations.publish(world.actor("decider"), case.pk, now=world.now)
    with tenancy.reading(boss):
        assert queries.list_published(boss).get().published_version.title == "新版标题"
        assert CaseVersion.objects.filter(case=case).count() == 2


def test_a_dropped_revision_leaves_the_published_version(world: World, settled: Call) -> None:
    case, desk = steps.published(world, settled), world.actor("desk")
    operations.revise(desk, case.pk, now=world.now)
    assert operations.drop(desk, case.pk, now=world.now).state == "published"
    assert operations.revise(desk, case.pk, now=world.now).version == 3


def test_a_withdrawn_case_leaves_the_library_and_needs_a_reason(
    world: World, settled: Call
) -> None:
    case, decider, boss = (
        steps.published(world, settled),
        world.actor("decider"),
        world.actor("boss"),
    )
    with pytest.raises(Invalid):
        operations.withdraw(decider, case.pk, reason=" ", now=world.now)
    operations.withdraw(decider, case.pk, reason="法规变化", now=world.now)
    with tenancy.reading(boss):
        assert not queries.list_published(boss).exists()


# --- reuse ---


def test_a_handler_cites_a_case_and_the_count_is_the_list(world: World, settled: Call) -> None:
    case, later = steps.published(world, settled), calls.working(world)
    given = {"call_public_id": later.public_id, "now": world.now, "note": "照做"}
    operations.cite(world.actor("safety"), case.public_id, **given)
    with tenancy.reading(world.system):
        listed = queries.citations_of(world.system, case)
        assert (
            queries.citation_counts(world.system, [case.pk])
            == {case.pk: len(listed)}
            == {case.pk: 1}
        )
        assert [c.call_id for c in listed] == [later.pk]
    refused(
        "casebook.cited_already",
        lambda: operations.cite(world.actor("safety"), case.public_id, **given),
    )


def test_only_the_published_is_cited_and_only_for_ones_own_calls(
    world: World, settled: Call
) -> None:
    case, later = steps.accepted(world, settled), calls.working(world)
    given: dict[str, Any] = {"call_public_id": later.public_id, "now": world.now}
    with pytest.raises(NotFound):
        operations.cite(world.actor("safety"), case.public_id, **given)
    operations.publish(world.actor("decider"), case.pk, now=world.now)
    with pytest.raises(NotFound):
        operations.cite(world.actor("town"), case.public_id, **given)
    own = {**given, "call_public_id": settled.public_id}
    refused(
        "casebook.cites_itself",
        lambda: operations.cite(world.actor("safety"), case.public_id, **own),
    )


def test_the_database_refuses_a_citation_of_what_is_not_published(
    world: World, settled: Call
) -> None:
    case, later = steps.accepted(world, settled), calls.working(world)
    with tenancy.reading(world.system):
        version = queries.current_version(case).pk
    breaks(
        world,
        "published",
        "INSERT INTO casebook_citation (tenant_id, case_id, version_id, call_id, cited_in, note,"
        " cited_by_id, cited_at) VALUES (%s, %s, %s, %s, 'answer', '', %s, now())",
        world.tenant.pk,
        case.pk,
        version,
        later.pk,
        world.user("safety").pk,
    )


def test_a_published_case_is_suggested_by_matter_and_by_words(world: World, settled: Call) -> None:
    case, actor = steps.published(world, settled), world.actor("safety")
    alike = queries.fitting(actor, matter="M016", text="配电房有异响和焦味")
    assert [f.case.pk for f in alike] == [case.pk]
    assert alike[0].is_same_matter
    assert any("配电房" in word for word in alike[0].shared)
    assert queries.fitting(actor, matter="M009", text="补贴") == []
    assert queries.fitting(actor, matter="M016", text="", besides=settled.pk) == []


# --- other zone ---


def test_another_zone_finds_nothing(world: World, settled: Call) -> None:
    case = steps.published(world, settled)
    other = make_world("yy")
    stranger = other.person("desk", Role.DESK)
    leader = other.person("leader", Role.ZONE_LEADER)
    with tenancy.reading(leader), pytest.raises(NotFound):
        queries.get_case_by_public_id(leader, case.public_id)
    with pytest.raises(NotFound):
        operations.withdraw(leader, case.pk, reason="x", now=world.now)
    with pytest.raises(NotFound):
        operations.nominate(stranger, settled.public_id, now=world.now)
    with tenancy.reading(stranger):
        assert not Case.objects.exists()
        assert not Citation.objects.exists()
