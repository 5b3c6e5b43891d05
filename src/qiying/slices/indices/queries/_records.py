"""Deliveries, editions and runs, found by whoever may see them."""

from uuid import UUID

from django.db.models import QuerySet

from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.indices.models import Delivery, Edition, Run, Value, ZoneValue
from qiying.slices.indices.models.querysets import APPROVERS
from qiying.slices.indices.rules import RunState, content_hash, plan_from, reckon

DELIVERY_ORDER = ("-made_at", "-id")
EDITION_ORDER = ("-opened_at", "-id")
HEAVY = ("inputs", "results", "plan", "tree")


def list_deliveries(actor: Actor) -> QuerySet[Delivery]:
    return Delivery.objects.visible_to(actor).select_related("made_by").defer("faults")


def get_delivery(actor: Actor, public_id: UUID) -> Delivery:
    row = Delivery.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("not_found")
    return row


def list_values(actor: Actor, delivery: Delivery) -> QuerySet[Value] | QuerySet[ZoneValue]:
    """What a delivery brought: values of places, or of the zone's own board."""
    if delivery.is_of_zone:
        of_zone = ZoneValue.objects.visible_to(actor).filter(delivery=delivery)
        return of_zone.select_related("indicator")
    rows = Value.objects.visible_to(actor).filter(delivery=delivery)
    return rows.select_related("indicator", "place")


def has_values(actor: Actor) -> bool:
    return Value.objects.visible_to(actor).exists()


def list_editions(actor: Actor) -> QuerySet[Edition]:
    return Edition.objects.visible_to(actor).defer("tree", "plan")


def get_edition(actor: Actor, public_id: UUID) -> Edition:
    row = Edition.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("not_found")
    return row


def runs_of(actor: Actor, edition: Edition) -> QuerySet[Run]:
    """Runs of an edition that this actor may see, the latest first, without their numbers."""
    rows = Run.objects.visible_to(actor).filter(edition=edition)
    return rows.defer(*HEAVY).select_related("ran_by", "released_by").order_by("-version")


def get_run(actor: Actor, public_id: UUID, *, for_update: bool = False) -> Run:
    rows = Run.objects.visible_to(actor).filter(public_id=public_id)
    rows = rows.select_for_update(of=("self",)) if for_update else rows
    row = rows.select_related("edition", "ran_by", "released_by").first()
    if row is None:
        raise NotFound("not_found")
    return row


def get_run_by_id(actor: Actor, run_id: int, *, for_update: bool = False) -> Run:
    rows = Run.objects.visible_to(actor).filter(pk=run_id)
    row = (rows.select_for_update() if for_update else rows).first()
    if row is None:
        raise NotFound("not_found")
    return row


def latest_released(actor: Actor, number: str = "") -> Run | None:
    """The run that was released last, of any edition or of one."""
    rows = Run.objects.visible_to(actor).filter(state=RunState.RELEASED)
    rows = rows.filter(edition__number=number) if number else rows
    return rows.select_related("edition", "released_by").order_by("-released_at", "-id").first()


def may_release(actor: Actor, run: Run) -> bool:
    """Whether this actor could release a run now."""
    is_other = actor.person_id is None or actor.person_id != run.ran_by_id
    return run.state == RunState.DRAFT and actor.has(*APPROVERS) and is_other


def replay(run: Run) -> tuple[str, str]:
    """The hash of the run as it is kept, and of a new reckoning of its frozen inputs."""
    again = reckon(plan_from(run.plan), run.inputs)
    return run.content_hash, content_hash(run.tree, run.plan, run.inputs, again)
