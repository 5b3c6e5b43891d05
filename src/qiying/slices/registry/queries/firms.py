"""Firms, their contacts, and who looks after which."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from qiying.kernel import prepared
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import NotFound
from qiying.slices.registry.models import Contact, Enterprise
from qiying.slices.registry.models.querysets import own_firms
from qiying.slices.registry.rules.industry import SECTIONS
from qiying.slices.registry.rules.kinds import FirmStatus
from qiying.slices.registry.rules.lifecycles import KEEPERS

LEAST_PHONE = 7


@dataclass(frozen=True, slots=True)
class FirmFilter:
    """What a list of firms is narrowed to; empty values narrow nothing."""

    q: str = ""
    entity_kind: str = ""
    status: str = ""
    industry: str = ""
    """A division (two digits) or the letter of a section."""
    grid: str = ""
    officer: int | None = None
    mine: bool = False
    above_scale: bool = False
    outside: bool = False
    """Only firms that do not belong to the zone."""
    unplaced: bool = False
    unassigned: bool = False


def list_enterprises(actor: Actor, wanted: FirmFilter | None = None) -> QuerySet[Enterprise]:
    """Firms that the actor may see."""
    rows = Enterprise.objects.visible_to(actor)
    if wanted is None:
        return rows
    exact: dict[str, Any] = {
        "entity_kind": wanted.entity_kind,
        "status": wanted.status,
        "grid__key": wanted.grid,
        "grid_officer_id": actor.person_id if wanted.mine else wanted.officer,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    rows = rows.filter(_flags(wanted))
    if wanted.industry:
        rows = rows.filter(_industry(wanted.industry))
    return rows.filter(_matches(wanted.q)) if wanted.q.strip() else rows


def _flags(wanted: FirmFilter) -> Q:
    found = Q()
    if wanted.above_scale:
        found &= Q(is_above_scale=True)
    if wanted.outside:
        found &= Q(belongs_to_zone=False)
    if wanted.unplaced:
        found &= Q(longitude=None)
    if wanted.unassigned:
        found &= Q(grid_officer=None)
    return found


def _industry(code: str) -> Q:
    for letter, first, last, *_names in SECTIONS:
        if code == letter:
            return Q(industry_code__gte=f"{first:02d}", industry_code__lt=f"{last + 1:02d}")
    return Q(industry_code__startswith=code[:2])


def _matches(text: str) -> Q:
    text = text.strip()
    found = Q(name_zh__icontains=text) | Q(name_en__icontains=text)
    if text.isascii():
        found |= Q(credit_code__startswith=text.upper())
    digits = text.replace("-", "").replace(" ", "")
    if digits.isdigit() and len(digits) >= LEAST_PHONE:
        theirs = Contact.objects.filter(
            tenant_id=OuterRef("tenant_id"), enterprise_id=OuterRef("id"), phone__contains=digits
        )
        found |= Q(Exists(theirs))
    return found


def get_enterprise(actor: Actor, enterprise_id: int, *, for_update: bool = False) -> Enterprise:
    rows = Enterprise.objects.visible_to(actor).filter(id=enterprise_id)
    return _one(rows, for_update=for_update)


def get_enterprise_by_public_id(
    actor: Actor, public_id: UUID, *, for_update: bool = False
) -> Enterprise:
    rows = Enterprise.objects.visible_to(actor).filter(public_id=public_id)
    return _one(rows, for_update=for_update)


def _one(rows: QuerySet[Enterprise], *, for_update: bool) -> Enterprise:
    if for_update:
        rows = rows.select_for_update()
    else:
        # nobody draws a grid from its firm, and its shape is larger than all the rest
        rows = rows.select_related("grid", "grid_officer").defer("grid__geometry")
    row = rows.first()
    if row is None:
        raise NotFound("not_found")
    return row


CARD = """
    SELECT e.name_zh, e.name_en, e.id, e.public_id, e.credit_code, e.longitude, e.latitude,
           e.accuracy_m, e.belongs_to_zone, e.industry_code, e.grid_id, coalesce(g.key, ''),
           e.grid_officer_id, coalesce(o.name, ''), coalesce(o.phone, ''), e.address,
           e.township_code
      FROM registry_enterprise e
      LEFT JOIN registry_area g ON g.id = e.grid_id
      LEFT JOIN kernel_user o ON o.id = e.grid_officer_id
     WHERE e.tenant_id = %s AND {key} AND (%s::bigint[] IS NULL OR e.id = ANY (%s))
"""
BY_ID, BY_PUBLIC_ID = CARD.format(key="e.id = %s"), CARD.format(key="e.public_id = %s")


def get_card_row(actor: Actor, key: int | UUID) -> tuple[Any, ...]:
    """A firm that the actor may see, as its card holds it: every call that is raised reads one."""
    own = own_firms(actor)
    only = None if own is None else sorted(own)
    statement = BY_PUBLIC_ID if isinstance(key, UUID) else BY_ID
    with prepared.cursor() as cursor:
        cursor.execute(statement, [actor.tenant_id, key, only, only])
        row: tuple[Any, ...] | None = cursor.fetchone()
    if row is None:
        raise NotFound("not_found")
    return row


def search_enterprises(actor: Actor, text: str, limit: int) -> list[Enterprise]:
    """Firms in operation whose name, code or telephone fits, shortest names first."""
    rows = list_enterprises(actor, FirmFilter(q=text)).exclude(status=FirmStatus.DEREGISTERED)
    found = rows.select_related("grid", "grid_officer").order_by("name_zh", "id")[:limit]
    return list(found)


def names_of_enterprises(actor: Actor, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Chinese and English names of many firms in one query."""
    rows = Enterprise.objects.visible_to(actor).filter(id__in=set(ids))
    return {pk: (zh, en) for pk, zh, en in rows.values_list("id", "name_zh", "name_en")}


def list_contacts(actor: Actor, enterprise_id: int) -> QuerySet[Contact]:
    rows = Contact.objects.visible_to(actor).filter(enterprise_id=enterprise_id)
    return rows.order_by("-is_primary", "id")


def first_contacts(actor: Actor, ids: Iterable[int]) -> QuerySet[Contact]:
    """The contact of each of some firms that is to be rung first."""
    rows = Contact.objects.visible_to(actor).filter(enterprise_id__in=list(ids))
    return rows.order_by("enterprise_id", "-is_primary", "id").distinct("enterprise_id")


def portfolio_ids(actor: Actor) -> frozenset[int]:
    """The firms that this grid officer looks after; empty for others."""
    if actor.person_id is None or not actor.has(Role.GRID_OFFICER):
        return frozenset()
    rows = Enterprise.objects.visible_to(actor).filter(grid_officer_id=actor.person_id)
    return frozenset(rows.values_list("id", flat=True))


def portfolio_sizes(actor: Actor) -> dict[int, int]:
    """How many active firms each officer looks after, by the officer's id."""
    rows = Enterprise.objects.visible_to(actor).filter(
        status=FirmStatus.ACTIVE, grid_officer__isnull=False
    )
    counted = rows.order_by().values("grid_officer_id").annotate(many=Count("id"))
    return {row["grid_officer_id"]: row["many"] for row in counted}


def count_enterprises(actor: Actor) -> dict[str, int]:
    """Active entities that belong to the zone, by kind."""
    rows = Enterprise.objects.visible_to(actor).filter(
        status=FirmStatus.ACTIVE, belongs_to_zone=True
    )
    counted = rows.order_by().values("entity_kind").annotate(many=Count("id"))
    return {row["entity_kind"]: row["many"] for row in counted}


def may_change(actor: Actor, firm: Enterprise) -> bool:
    """Keepers of the register change every firm, a grid officer those of the own portfolio."""
    if actor.has(*KEEPERS):
        return True
    is_theirs = actor.person_id is not None and firm.grid_officer_id == actor.person_id
    return is_theirs and actor.has(Role.GRID_OFFICER)
