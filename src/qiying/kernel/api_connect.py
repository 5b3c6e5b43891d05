"""``/api/v1/layers`` and ``/api/v1/webhooks``: maps for other programs, endpoints for keepers."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from qiying.kernel import directory, layers, paging, tenancy, trail, webhooks
from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import Invalid
from qiying.kernel.models import WebhookAttempt
from qiying.kernel.models import WebhookDelivery as Delivery
from qiying.kernel.models import WebhookEndpoint as Endpoint
from qiying.kernel.web import actor_of

layer_router = Router(tags=["layers"])
webhook_router = Router(tags=["webhooks"])
EVERYBODY = (*sorted(STAFF), Role.ENTERPRISE, Role.MACHINE)
KEEPER = Role.ADMINISTRATOR
GEOJSON = "application/geo+json"
MAX_TOPICS = 200


# --- layers ---


class LayerOut(Schema):
    """One layer; ``features`` is its address."""

    name: str
    title: str
    geometry: str
    features: str


class LayerIndex(Schema):
    crs: str
    layers: list[LayerOut]


class WindowQuery(Schema):
    """Which part of a layer; ``bbox`` in degrees, ``after`` from the link named next."""

    bbox: str = Field("", max_length=200, description="west,south,east,north")
    limit: int = Field(layers.PAGE, ge=1, le=layers.MAX_PAGE)
    after: int = Field(0, ge=0, le=2**62)


class FeatureCollection(Schema):
    """GeoJSON after RFC 7946; ``links`` names the next page."""

    type: str
    features: list[dict[str, Any]]
    numberReturned: int  # noqa: N815  as OGC API Features writes it
    links: list[dict[str, str]]


@layer_router.get("/", response=LayerIndex, summary="The layers that are open to you")
@roles(*EVERYBODY)
def list_layers(request: HttpRequest) -> dict[str, Any]:
    """WGS 84 longitude and latitude (CRS84); boundaries, sites and, for whom they are open, calls."""
    found = [
        {
            "name": layer.name,
            "title": str(layer.title),
            "geometry": layer.geometry,
            "features": f"{reverse('api:api-root')}layers/{layer.name}",
        }
        for layer in layers.layers_for(actor_of(request))
    ]
    return {"crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "layers": found}


@layer_router.get("/{name}", response=FeatureCollection, summary="One page of a layer")
@roles(*EVERYBODY)
def get_layer(request: HttpRequest, name: str, params: Query[WindowQuery]) -> HttpResponse:
    """A FeatureCollection; a box whose west is greater than its east crosses the antimeridian."""
    page = layers.ask(
        actor_of(request),
        name,
        bbox=layers.read_box(params.bbox),
        after=params.after,
        limit=params.limit,
    )
    here = f"{reverse('api:api-root')}layers/{name}"
    asked = {"limit": params.limit, **({"bbox": params.bbox} if params.bbox else {})}
    links = [{"rel": "self", "type": GEOJSON, "href": f"{here}?{urlencode(asked)}"}]
    if page.next_after:
        more = urlencode({**asked, "after": page.next_after})
        links.append({"rel": "next", "type": GEOJSON, "href": f"{here}?{more}"})
    body = {
        "type": "FeatureCollection",
        "features": page.features,
        "numberReturned": len(page.features),
        "links": links,
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = GEOJSON
    response["Cache-Control"] = "private, no-cache"
    return response


# --- webhooks ---


class PageQuery(Schema):
    cursor: str = Field("", max_length=500)
    size: int = Field(25, ge=1, le=paging.MAX_PAGE)


class DeliveryQuery(PageQuery):
    state: str = Field("", max_length=20)


class EndpointIn(Schema):
    """An address and what it is told of; ``secret`` may be chosen by the receiver."""

    name: str = Field(max_length=80)
    url: str = Field(max_length=500)
    topics: list[str] = Field(max_length=MAX_TOPICS)
    unit: str = Field("", max_length=40, description="code of the unit whose system it is")


class NewEndpointIn(EndpointIn):
    secret: str = Field("", max_length=120)


class EndpointOut(Schema):
    """An endpoint; its secret is never told again."""

    id: UUID
    name: str
    url: str
    topics: list[str]
    unit: str
    state: str
    created_at: datetime
    failing_since: datetime | None
    delivered_at: datetime | None


class EndpointList(Schema):
    rows: list[EndpointOut]
    next: str
    previous: str


class TopicOut(Schema):
    code: str
    name: str


class SecretOut(Schema):
    """The new secret, this once; the earlier one signs until then."""

    secret: str
    earlier_until: datetime


class AttemptOut(Schema):
    at: datetime
    status: int | None
    fault: str
    took_ms: int


class DeliveryOut(Schema):
    id: UUID
    message: str
    topic: str
    state: str
    created_at: datetime
    next_at: datetime | None
    attempts: list[AttemptOut]


class DeliveryList(Schema):
    rows: list[DeliveryOut]
    next: str
    previous: str


class WebhookStepIn(Schema):
    """``pause``, ``resume``, ``remove`` or ``ping``."""

    step: str = Field(max_length=20)


def _endpoint(actor: Actor, row: Endpoint) -> EndpointOut:
    return EndpointOut(
        id=row.public_id,
        name=row.name,
        url=row.url,
        topics=row.topics,
        unit=directory.code_of(actor, "unit", row.unit_id),
        state=row.state,
        created_at=row.created_at,
        failing_since=row.failing_since,
        delivered_at=row.delivered_at,
    )


def _delivery(row: Delivery, attempts: list[WebhookAttempt]) -> DeliveryOut:
    return DeliveryOut(
        id=row.public_id,
        message=f"msg_{row.public_id.hex}",
        topic=row.topic,
        state=row.state,
        created_at=row.created_at,
        next_at=row.next_at,
        attempts=[
            AttemptOut(at=a.at, status=a.status, fault=a.fault, took_ms=a.took_ms)
            for a in attempts
        ],
    )


def _unit(actor: Actor, code: str) -> int | None:
    if not code:
        return None
    with tenancy.reading(actor):
        found = directory.find(actor, "unit", code)
    if found is None:
        raise Invalid("webhooks.unit", {"unit": "webhooks.unit"})
    return found


@webhook_router.get("/topics", response=list[TopicOut], summary="What can be told")
@roles(KEEPER)
def list_topics(request: HttpRequest) -> list[TopicOut]:
    return [TopicOut(code=topic, name=str(trail.name_of(topic))) for topic in webhooks.published()]


@webhook_router.get("/", response=EndpointList, summary="Your endpoints")
@roles(KEEPER)
def list_endpoints(request: HttpRequest, params: Query[PageQuery]) -> EndpointList:
    actor = actor_of(request)
    found = paging.paginate(
        webhooks.list_endpoints(actor), order=("-id",), cursor=params.cursor, size=params.size
    )
    return EndpointList(
        rows=[_endpoint(actor, row) for row in found], next=found.next, previous=found.previous
    )


@webhook_router.post("/", response={201: EndpointOut}, summary="Make an endpoint")
@roles(KEEPER)
@idempotent
def create_endpoint(request: HttpRequest, payload: NewEndpointIn) -> tuple[int, EndpointOut]:
    """Choose the secret yourself, or ask for one afterwards: what is answered here is stored for
    repeats, so no secret stands in it."""
    actor = actor_of(request)
    given = payload.model_dump(exclude={"unit"})
    row, _secret = webhooks.create(
        actor, now=timezone.now(), unit_id=_unit(actor, payload.unit), **given
    )
    with tenancy.reading(actor):
        return 201, _endpoint(actor, row)


@webhook_router.get("/{endpoint_id}", response=EndpointOut, summary="One endpoint")
@roles(KEEPER)
def get_endpoint(request: HttpRequest, endpoint_id: UUID) -> EndpointOut:
    actor = actor_of(request)
    return _endpoint(actor, webhooks.get_endpoint(actor, endpoint_id))


@webhook_router.put("/{endpoint_id}", response=EndpointOut, summary="Change an endpoint")
@roles(KEEPER)
def change_endpoint(request: HttpRequest, endpoint_id: UUID, payload: EndpointIn) -> EndpointOut:
    actor = actor_of(request)
    given = payload.model_dump(exclude={"unit"})
    row = webhooks.change(
        actor, endpoint_id, now=timezone.now(), unit_id=_unit(actor, payload.unit), **given
    )
    with tenancy.reading(actor):
        return _endpoint(actor, row)


@webhook_router.post("/{endpoint_id}/steps", response={204: None}, summary="Pause, resume, ping")
@roles(KEEPER)
def step_endpoint(request: HttpRequest, endpoint_id: UUID, payload: WebhookStepIn) -> Status[None]:
    actor, now = actor_of(request), timezone.now()
    if payload.step == "ping":
        webhooks.ping(actor, endpoint_id, now=now)
    else:
        webhooks.move(actor, endpoint_id, payload.step, now=now)
    return Status(204, None)


@webhook_router.post("/{endpoint_id}/secret", response=SecretOut, summary="A new secret")
@roles(KEEPER)
def rotate_secret(request: HttpRequest, endpoint_id: UUID) -> SecretOut:
    """Both secrets sign for a day."""
    now = timezone.now()
    secret = webhooks.rotate(actor_of(request), endpoint_id, now=now)
    return SecretOut(secret=secret, earlier_until=now + webhooks.EARLIER_FOR)


@webhook_router.get(
    "/{endpoint_id}/deliveries", response=DeliveryList, summary="What was sent, and the answers"
)
@roles(KEEPER)
def list_deliveries(
    request: HttpRequest,
    endpoint_id: UUID,
    params: Query[DeliveryQuery],
) -> DeliveryList:
    actor = actor_of(request)
    endpoint = webhooks.get_endpoint(actor, endpoint_id)
    found = paging.paginate(
        webhooks.list_deliveries(actor, endpoint, state=params.state),
        order=("-id",),
        cursor=params.cursor,
        size=params.size,
    )
    tried = webhooks.attempts_of(actor, [row.pk for row in found])
    return DeliveryList(
        rows=[_delivery(row, tried.get(row.pk, [])) for row in found],
        next=found.next,
        previous=found.previous,
    )


@webhook_router.post(
    "/{endpoint_id}/deliveries/{delivery_id}/again",
    response={202: DeliveryOut},
    summary="Send a message again",
)
@roles(KEEPER)
def resend(request: HttpRequest, endpoint_id: UUID, delivery_id: UUID) -> Status[DeliveryOut]:
    """The same words under the same id."""
    actor = actor_of(request)
    row = webhooks.ask_again(actor, endpoint_id, delivery_id, now=timezone.now())
    with tenancy.reading(actor):
        tried = webhooks.attempts_of(actor, [row.pk]).get(row.pk, [])
        return Status(202, _delivery(row, tried))
