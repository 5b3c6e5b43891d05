"""From a verified closure to a case in the library, guard by guard."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.slices.calls.models import Call
from qiying.slices.casebook import operations, queries
from qiying.slices.casebook.models import Case, CaseReview, CaseVersion, Citation
from qiying.slices.class_issues.models import Issue
from tests.slices.calls import steps as calls
from tests.slices.casebook import steps
from tests.slices.class_issues import ways
from tests.slices.world import INSIDE, World, make_world

pytestmark = pytest.mark.django_db


def refused(code: str, work: Any, kind: type[Exception] = Refused) -> None:
    with pytest.raises(kind) as told:
        work()
    assert told.value.code == code  # type: ignore[attr-defined]


def sql(world: World, statement: str, *values: Any) -> None:
    with tenancy.acting(world.system), connection.cursor() as cursor:
        cursor.execute(statement, values)


def breaks(world: World, name: str, statement: str, *values: Any) -> None:
    """The database itself refuses a statement that no operation of ours would send."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        sql(world, statement, *values)


# --- nomination ---


def test_a_verified_closure_is_nominated_with_a_frozen_card_without_names(
    world: World, settled: Call
) -> None:
    case = steps.nominate(world, settled)
    assert case.card["is_verified"] is True
    assert case.card["outcome"] == "yes"
    assert case.card["rounds"] == 1
    assert "宏达" not in str(case.card)
    handler, nominator = world.user("safety").pk, world.user("desk").pk
    assert {handler, nominator} <= set(case.involved)
    assert case.units == [world.units["ZONE_SAFE"]]


@pytest.mark.parametrize("state", ["working", "callback", "reopened"])
def test_what_is_not_a_verified_closure_is_not_nominated(world: World, state: str) -> None:
    call = calls.MAKE[state](world)
    refused("casebook.not_verified", lambda: steps.nominate(world, call))


def test_a_firm_that_came_back_within_thirty_days_unmakes_the_closure(world: World) -> None:
    call = calls.closed(world)
    world.later(days=3)
    calls.raise_call(world)
    refused("casebook.not_verified", lambda: steps.nominate(world, call))


def test_the_database_refuses_a_case_of_an_open_call(world: World, settled: Call) -> None:
    case, open_call = steps.nominate(world, settled), calls.working(world)
    breaks(
        world,
        "case_of_a_verified_closure|verified",
        "INSERT INTO casebook_case (tenant_id, public_id, number, call_id, card, matter_code,"
        " category, state, involved, units, criteria, nominated_by_id, nominated_at, version, reason,"
        " updated_at) SELECT tenant_id, gen_random_uuid(), 'X', %s,"
        " card, matter_code, category, 'draft', involved, units, criteria, nominated_by_id,"
        " nominated_at, 1, '', updated_at FROM casebook_case WHERE id = %s",
        open_call.pk,
        case.pk,
    )


def test_a_call_is_nominated_once(world: World, settled: Call) -> None:
    steps.nominate(world, settled)
    refused("casebook.nominated_already", lambda: steps.nominate(world, settled, "safety"))


@pytest.mark.parametrize("who", ["boss", "grid", "analyst", "auditor", "admin"])
def test_only_desk_units_and_supervisors_nominate(world: World, settled: Call, who: str) -> None:
    with pytest.raises(Denied):
        steps.nominate(world, settled, who)


def test_the_frozen_card_is_frozen_in_the_database_too(world: World, settled: Call) -> None:
    case = steps.nominate(world, settled)
    breaks(world, "frozen", "UPDATE casebook_case SET involved = '[]' WHERE id = %s", case.pk)


# --- text and de-identification ---


def test_a_text_that_names_the_firm_is_not_submitted_whatever_reason_is_given(
    world: World, settled: Call
) -> None:
    case = steps.nominate(world, settled, practice="宏 达当天停机，安全办牵头逐项排查隐患。")
    desk = world.actor("desk")
    refused("casebook.findings", lambda: operations.submit(desk, case.pk, now=world.now))
    with tenancy.reading(desk):
        found = operations.findings(desk, case, queries.current_version(case))
    assert [f.kind for f in found] == ["own_firm"]
    assert found[0].excerpt == "宏 达"
    refused(
        "casebook.hard_finding",
        lambda: operations.give_reason(desk, case.pk, found[0].key, reason="x", now=world.now),
    )


def test_a_soft_finding_stands_with_a_reason_and_not_without(world: World, settled: Call) -> None:
    case = steps.nominate(world, settled, effect="隐患消除率提高到98%，企业未停产。")
    desk = world.actor("desk")
    with tenancy.reading(desk):
        found = operations.findings(desk, case, queries.current_version(case))
    assert [(f.kind, f.excerpt) for f in found] == [("figure", "98%")]
    refused("casebook.findings", lambda: operations.submit(desk, case.pk, now=world.now))
    operations.give_reason(desk, case.pk, found[0].key, reason="见 10 月安全台账", now=world.now)
    assert operations.submit(desk, case.pk, now=world.now).state == "review"


def test_the_database_refuses_a_published_version_with_an_open_finding(
    world: World, settled: Call
) -> None:
    case = steps.nominate(world, settled)
    breaks(
        world,
        "caseversion_published_unrecognisable",
        "UPDATE casebook_caseversion SET open_findings = 1, published_at = now() WHERE case_id = %s",
        case.pk,
    )
    breaks(
        world,
        "caseversion_published_unrecognisable",
        "UPDATE casebook_caseversion SET digest = 'other', published_at = now() WHERE case_id = %s",
        case.pk,
    )


def test_the_database_refuses_a_reason_for_what_identifies_by_itself(
    world: World, settled: Call
) -> None:
    case = steps.nominate(world, settled)
    breaks(
        world,
        "findingreason_never_hard",
        "INSERT INTO casebook_findingreason (tenant_id, case_id, key, kind, reason, by_id, at)"
        " VALUES (%s, %s, 'k', 'phone', 'so', %s, now())",
        world.tenant.pk,
        case.pk,
        world.user("desk").pk,
    )


def test_a_name_that_the_register_learns_later_stops_publication(
    world: World, settled: Call
) -> None:
    case = steps.accepted(world, settled)
    world.firm("同步检测")
    refused(
        "casebook.findings",
        lambda: operations.publish(world.actor("decider"), case.pk, now=world.now),
    )


def test_every_part_must_say_something(world: World, settled: Call) -> None:
    case = steps.nominate(world, settled, effect="好")
    with pytest.raises(Invalid) as told:
        operations.submit(world.actor("desk"), case.pk, now=world.now)
    assert told.value.fields == {"effect": "casebook.text_short"}


def test_only_the_nominator_writes(world: World, settled: Call) -> None:
    case = steps.nominate(world, settled)
    with pytest.raises(NotFound):
        operations.write(world.actor("desk2"), case.pk, texts={"title": "别人"}, now=world.now)
    refused(
        "casebook.not_yours",
        lambda: operations.submit(world.actor("supervisor"), case.pk, now=world.now),
        Denied,
    )


# --- review by others ---


@pytest.mark.parametrize("who", ["safety", "safety-lead", "desk"])
def test_handlers_their_unit_and_the_nominator_are_not_asked(
    world: World, settled: Call, who: str
) -> None:
    case = steps.submitted(world, settled)
    refused("casebook.reviewer_involved", lambda: steps.asked(world, case, who))


def test_the_database_refuses_a_handler_as_reviewer_and_as_decider(
    world: World, settled: Call
) -> None:
    case = steps.submitted(world, settled)
    handler = world.user("safety").pk
    with tenancy.reading(world.system):
        version = queries.current_version(case).pk
    breaks(
        world,
        "review",
        "INSERT INTO casebook_casereview (tenant_id, case_id, version_id, position, reviewer_id,"
        " assigned_at, points, comment, is_void) VALUES (%s, %s, %s, 1, %s, now(), '{}', '', false)",
        world.tenant.pk,
        case.pk,
        version,
        handler,
    )
    breaks(
        world,
        "decide",
        "UPDATE casebook_case SET decided_by_id = %s WHERE id = %s",
        handler,
        case.pk,
    )


def test_two_read_and_a_third_only_on_wide_disagreement(world: World, settled: Call) -> None:
    case = steps.asked(world, steps.submitted(world, settled), "judge1", "judge2")
    refused("casebook.reviewers_enough", lambda: steps.asked(world, case, "judge3"))
    steps.judge(world, case, "judge1", steps.WELL)
    steps.judge(world, case, "judge2", steps.POORLY)
    decider = world.actor("decider")
    refused(
        "casebook.reviews_missing",
        lambda: operations.accept(decider, case.pk, reason="", now=world.now),
    )
    steps.asked(world, case, "judge3")
    steps.judge(world, case, "judge3", steps.WELL)
    done = operations.accept(decider, case.pk, reason="", now=world.now)
    assert str(done.score) == "63.67"


def test_a_reviewer_sees_no_other_review_before_the_decision(world: World, settled: Call) -> None:
    case = steps.asked(world, steps.submitted(world, settled), "judge1", "judge2")
    steps.judge(world, case, "judge1")
    judge = world.actor("judge2")
    with tenancy.reading(judge):
        seen = queries.reviews_of(judge, case)
    assert [r.reviewer_id for r in seen] == [judge.person_id]


def test_a_review_is_given_once_and_kept(world: World, settled: Call) -> None:
    case = steps.reviewed(world, settled)
    refused("casebook.reviewed_already", lambda: steps.judge(world, case, "judge1"))
    breaks(
        world,
        "not changed",
        "UPDATE casebook_casereview SET total = 99 WHERE case_id = %s",
        case.pk,
    )
    breaks(world, "not changed", "DELETE FROM casebook_casereview WHERE case_id = %s", case.pk)


@pytest.mark.parametrize(
    "points",
    [{}, {**steps.WELL, "cost": 11}, {**steps.WELL, "cost": True}, {**steps.WELL, "x": 1}],
)
def test_points_outside_the_criteria_are_refused(
    world: World, settled: Call, points: dict[str, int]
) -> None:
    case = steps.asked(world, steps.submitted(world, settled), "judge1")
    with pytest.raises(Invalid):
        steps.judge(world, case, "judge1", points)


def test_who_was_not_asked_does_not_judge_and_a_reviewer_does_not_decide(
    world: World, settled: Call
) -> None:
    world.person("judge1", Role.SUPERVISOR)
    case = steps.asked(world, steps.submitted(world, settled), "judge1", "judge2")
    with pytest.raises(NotFound):
        steps.judge(world, case, "judge3")
    steps.judge(world, case, "judge1")
    steps.judge(world, case, "judge2")
    refused(
        "casebook.reviewer_decides",
        lambda: operations.accept(world.actor("judge1"), case.pk, reason="", now=world.now),
        Denied,
    )


def test_a_case_under_the_pass_mark_is_only_declined(world: World, settled: Call) -> None:
    case = steps.asked(world, steps.submitted(world, settled), "judge1", "judge2")
    for who in ("judge1", "judge2"):
        steps.judge(world, case, who, steps.POORLY)
    decider = world.actor("decider")
    refused(
        "casebook.pass_mark", lambda: operations.accept(decider, case.pk, reason="", now=world.now)
    )
    done = operations.decline(decider, case.pk, reason="证据不足", now=world.now)
    assert done.state == "declined"
    assert steps.nominate(world, settled, "desk2").number != case.number


def test_sent_back_makes_the_reviews_void(world: World, settled: Call) -> None:
    case = steps.reviewed(world, settled)
    operations.send_back(world.actor("decider"), case.pk, reason="成效不清", now=world.now)
    operations.submit(world.actor("desk"), case.pk, now=world.now)
    with tenancy.reading(world.system):
        assert queries.all_reviews(steps.fresh(world, case)) == []
        assert CaseReview.objects.filter(case=case, is_void=True).count() == 2
    steps.asked(world, case, "judge1")


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


def test_a_case_is_cited_for_a_class_issue_once_by_its_owner_and_both_kinds_are_counted(
    world: World, settled: Call
) -> None:
    case, later = steps.published(world, settled), calls.working(world)
    issue = class_issue(world)
    operations.cite(
        world.actor("safety"), case.public_id, call_public_id=later.public_id, now=world.now
    )
    given = {"issue_public_id": issue.public_id, "now": world.now, "note": "措施照此制定"}
    row = operations.cite_for_class(world.actor("safety"), case.public_id, **given)
    assert (row.issue_id, row.call_id, row.cited_in) == (issue.pk, None, "measure")
    assert row.unit_id == world.units["ZONE_SAFE"]
    refused(
        "casebook.cited_for_class",
        lambda: operations.cite_for_class(world.actor("desk"), case.public_id, **given),
    )
    with tenancy.reading(world.system):
        assert queries.citation_counts(world.system, [case.pk]) == {case.pk: 2}
        assert [c.pk for c in queries.cited_for_class(world.system, issue.pk)] == [row.pk]


def test_only_the_owner_and_the_desk_cite_for_a_class_issue(world: World, settled: Call) -> None:
    case, issue = steps.published(world, settled), class_issue(world)
    given: dict[str, Any] = {"issue_public_id": issue.public_id, "now": world.now}
    with pytest.raises((NotFound, Denied)):
        operations.cite_for_class(world.actor("town"), case.public_id, **given)
    with pytest.raises(Denied):
        operations.cite_for_class(world.actor("leader"), case.public_id, **given)
    assert operations.cite_for_class(world.actor("desk"), case.public_id, **given).unit_id is None


def class_issue(world: World) -> Issue:
    """A class issue that the safety office owns, with a measure that is under way."""
    for number, name in enumerate(ways.FIRMS):
        world.firm(name, (INSIDE[0] + number / 4000, INSIDE[1]))
        world.person(f"boss-{name}", Role.ENTERPRISE, firm=name)
    return ways.planned(world)


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
