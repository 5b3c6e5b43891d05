"""Who sits in the council, for which term."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from pydantic import ConfigDict

from qiying.kernel import tenancy
from qiying.kernel.api import idempotent, roles
from qiying.kernel.web import actor_of
from qiying.slices.council import operations, queries
from qiying.slices.council.api._fields import READERS, Day, Row
from qiying.slices.council.models import Member
from qiying.slices.registry import public as registry

router = Router(tags=["council"])


class CouncilMemberOut(Schema):
    """A deputy or representative; the name is public."""

    id: int
    name: str
    kind: str
    level: str
    firm: str
    term_from: date
    term_to: date | None
    is_in_term: bool


class CouncilMemberIn(Schema):
    """``person`` is the id of somebody who signs in, ``enterprise`` the firm represented."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=64)
    kind: str = Field(max_length=5)
    level: str = Field("", max_length=60)
    person: Row | None = None
    enterprise: UUID | None = None
    term_from: Day | None = None
    term_to: Day | None = None


class CouncilTermIn(Schema):
    """The first day on which the member sits no more."""

    model_config = ConfigDict(extra="forbid")

    term_to: Day


@router.get("/members", response=list[CouncilMemberOut], summary="Members of the council")
@roles(*READERS)
def list_members(request: HttpRequest) -> list[CouncilMemberOut]:
    """Those of earlier terms too."""
    today = queries.today(timezone.now())
    return [_member(row, today) for row in queries.members(actor_of(request))]


def _member(row: Member, today: date) -> CouncilMemberOut:
    plain = {
        name: getattr(row, name) for name in ("name", "kind", "level", "term_from", "term_to")
    }
    return CouncilMemberOut(
        id=row.pk,
        firm=row.enterprise.name if row.enterprise else "",
        is_in_term=row.term_from <= today and (row.term_to is None or row.term_to > today),
        **plain,
    )


@router.post("/members", response={201: CouncilMemberOut}, summary="Add a member")
@roles(*operations.KEEPERS)
@idempotent
def add_member(request: HttpRequest, body: CouncilMemberIn) -> tuple[int, CouncilMemberOut]:
    actor, now = actor_of(request), timezone.now()
    given = body.dict(exclude={"person", "enterprise"})
    with tenancy.acting(actor):
        if body.enterprise is not None:
            firm = registry.enterprise_by_public_id(actor, body.enterprise)
            given["enterprise_id"] = firm.id
        row = operations.add_member(actor, person_id=body.person, now=now, **given)
        return 201, _member(row, queries.today(now))


@router.post(
    "/members/{int:member_id}/term", response=CouncilMemberOut, summary="Say when a term ends"
)
@roles(*operations.KEEPERS)
@idempotent
def end_term(
    request: HttpRequest, member_id: int, body: CouncilTermIn
) -> tuple[int, CouncilMemberOut]:
    actor, now = actor_of(request), timezone.now()
    with tenancy.acting(actor):
        row = operations.end_term(actor, member_id, on=body.term_to, now=now)
        return 200, _member(row, queries.today(now))
