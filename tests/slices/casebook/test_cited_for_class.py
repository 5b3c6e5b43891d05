"""A typical case is cited from the page of a class issue."""

from typing import Any

import pytest

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.errors import Denied, NotFound
from qiying.slices.calls.models import Call
from qiying.slices.casebook import operations, queries
from qiying.slices.class_issues.models import Issue
from tests.slices.calls import steps as calls
from tests.slices.casebook import steps
from tests.slices.casebook.refusals import refused
from tests.slices.class_issues import ways
from tests.slices.world import INSIDE, World

pytestmark = pytest.mark.django_db


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
