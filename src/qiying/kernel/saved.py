"""Filters that people keep for a list, for themselves or for their tenant."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.db.models import Q
from django.http import HttpRequest

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied
from qiying.kernel.models import SavedView

IGNORED = {"cursor", "format"}


def _person(actor: Actor) -> int:
    """Only a person keeps views, not a key."""
    if actor.person_id is None:
        raise Denied("access.role")
    return actor.person_id


@tenancy.operation
def save(
    actor: Actor, *, page: str, name: str, query: str, is_shared: bool, now: datetime
) -> SavedView:
    return SavedView.objects.create(
        tenant_id=actor.tenant_id,
        person_id=_person(actor),
        page=page,
        name=name,
        query=query,
        is_shared=is_shared,
        created_at=now,
    )


@tenancy.operation
def remove(actor: Actor, view_id: int) -> int:
    rows = SavedView.objects.filter(tenant_id=actor.tenant_id, person_id=actor.person_id)
    return rows.filter(id=view_id).delete()[0]


def views_of(actor: Actor, page: str) -> list[SavedView]:
    """One's own views of a list and those that colleagues share."""
    rows = SavedView.objects.filter(tenant_id=actor.tenant_id, page=page)
    return list(rows.filter(Q(person_id=actor.person_id) | Q(is_shared=True)).order_by("id"))


def tabs(
    request: HttpRequest, actor: Actor, built_in: list[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Tabs of a list page for ``{% view_tabs %}``: built-in (label, query) pairs, then saved ones."""
    now = _key(request.GET.urlencode())
    kept = [(v.name, v.query) for v in views_of(actor, request.path)]
    return [
        {"label": label, "url": f"{request.path}?{query}", "active": _key(query) == now}
        for label, query in [*built_in, *kept]
    ]


def _key(query: str) -> frozenset[tuple[str, str]]:
    return frozenset((k, v) for k, v in parse_qsl(query) if k not in IGNORED and v)
