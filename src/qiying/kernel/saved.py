"""Filters that people keep for a list, for themselves or for their tenant."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied
from qiying.kernel.models import SavedView

IGNORED = {"cursor", "format", "view"}
WHOLE = "view=all"
"""The list without a filter, for whoever chose another view to open first."""


def _person(actor: Actor) -> int:
    """Only a person keeps views, not a key."""
    if actor.person_id is None:
        raise Denied("access.role")
    return actor.person_id


@tenancy.operation
def save(
    actor: Actor,
    *,
    page: str,
    name: str,
    query: str,
    is_shared: bool,
    now: datetime,
    unit_id: int | None = None,
    is_default: bool = False,
) -> SavedView:
    """Keep a filter; ``unit_id`` shares it with one of the person's own units only.

    A view that opens first takes the place of the one before.
    """
    if unit_id is not None and unit_id not in actor.units():
        raise Denied("access.role")
    if is_default:
        _own(actor).filter(page=page, is_default=True).update(is_default=False)
    return SavedView.objects.create(
        tenant_id=actor.tenant_id,
        person_id=_person(actor),
        page=page,
        name=name,
        query=query,
        is_shared=is_shared or unit_id is not None,
        unit_id=unit_id,
        is_default=is_default,
        created_at=now,
    )


def _own(actor: Actor) -> QuerySet[SavedView]:
    return SavedView.objects.filter(tenant_id=actor.tenant_id, person_id=_person(actor))


@tenancy.operation
def remove(actor: Actor, view_id: int) -> int:
    return _own(actor).filter(id=view_id).delete()[0]


def first_of(actor: Actor, page: str) -> str:
    """The query of the view that opens first for this person, "" when there is none."""
    if actor.person_id is None:
        return ""
    return (
        _own(actor).filter(page=page, is_default=True).values_list("query", flat=True).first()
        or ""
    )


def views_of(actor: Actor, page: str) -> list[SavedView]:
    """One's own views of a list and those that colleagues share with all or with one's unit."""
    rows = SavedView.objects.filter(tenant_id=actor.tenant_id, page=page)
    shared = Q(is_shared=True) & (Q(unit_id=None) | Q(unit_id__in=actor.units()))
    return list(rows.filter(Q(person_id=actor.person_id) | shared).order_by("id"))


def tabs(
    request: HttpRequest, actor: Actor, built_in: list[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Tabs of a list page for ``{% view_tabs %}``: built-in (label, query) pairs, then saved ones."""
    now = _key(request.GET.urlencode())
    kept = [(v.name, v.query) for v in views_of(actor, request.path)]
    return [
        {"label": label, "url": f"{request.path}?{query or WHOLE}", "active": _key(query) == now}
        for label, query in [*built_in, *kept]
    ]


def _key(query: str) -> frozenset[tuple[str, str]]:
    return frozenset((k, v) for k, v in parse_qsl(query) if k not in IGNORED and v)
