"""From a verified closure to a text that others judge, guard by guard."""

import pytest

from qiying.kernel import tenancy
from qiying.kernel.errors import Denied, Invalid, NotFound
from qiying.slices.calls.models import Call
from qiying.slices.casebook import operations, queries
from tests.slices.calls import steps as calls
from tests.slices.casebook import steps
from tests.slices.casebook.refusals import breaks, refused
from tests.slices.world import World

pytestmark = pytest.mark.django_db


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
