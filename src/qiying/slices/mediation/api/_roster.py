"""The roster of mediators."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from qiying.kernel import tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.web import actor_of
from qiying.slices.mediation import operations, queries
from qiying.slices.mediation.api._schemas import RosterMediatorIn, RosterMediatorOut
from qiying.slices.registry import public as registry

router = Router(tags=["mediations"])


@router.get("/mediators", response=list[RosterMediatorOut], summary="The roster of mediators")
@roles(Role.DESK, Role.SUPERVISOR, Role.ADMINISTRATOR)
def list_mediators(request: HttpRequest) -> list[RosterMediatorOut]:
    actor, now = actor_of(request), timezone.now()
    return [_out(card) for card in queries.mediators(actor, now=now)]


def _out(card: queries.MediatorCard) -> RosterMediatorOut:
    return RosterMediatorOut(
        id=card.row.pk,
        name=card.name,
        unit=card.unit,
        kinds=card.row.kinds,
        is_listed=card.is_listed,
        in_hand=card.load,
    )


def _one(actor: Actor, mediator_id: int, now: datetime) -> RosterMediatorOut:
    found = queries.mediators(actor, now=now)
    return next(_out(card) for card in found if card.row.pk == mediator_id)


@router.post("/mediators", response={201: RosterMediatorOut}, summary="Put somebody on the roster")
@roles(*operations.KEEPERS)
@idempotent
def list_mediator(request: HttpRequest, body: RosterMediatorIn) -> tuple[int, RosterMediatorOut]:
    actor, now = actor_of(request), timezone.now()
    with tenancy.acting(actor):
        row = operations.list_mediator(
            actor,
            person_id=body.person,
            unit_id=registry.unit_by_code(actor, body.unit).id,
            kinds=body.kinds,
            credential=body.credential,
            listed_on=body.listed_on,
            until_on=body.until_on,
            now=now,
        )
        return 201, _one(actor, row.pk, now)


@router.post(
    "/mediators/{int:mediator_id}/end",
    response=RosterMediatorOut,
    summary="Take somebody off the roster",
)
@roles(*operations.KEEPERS)
@idempotent
def unlist_mediator(request: HttpRequest, mediator_id: int) -> tuple[int, RosterMediatorOut]:
    """Disputes in hand are handed over first."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.acting(actor):
        operations.unlist_mediator(actor, mediator_id, now=now)
        return 200, _one(actor, mediator_id, now)
