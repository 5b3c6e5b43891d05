"""Actors from grants and keys, and what may be done to grants."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet

from qiying.kernel import events, prepared, tenancy
from qiying.kernel.access import Actor, Held, Role, combine
from qiying.kernel.errors import NotFound, Refused
from qiying.kernel.models import ApiKey, Grant, Tenant, TenantKind, User

SHANGHAI = ZoneInfo("Asia/Shanghai")
APART = (
    (frozenset({Role.ADMINISTRATOR}), frozenset({Role.AUDITOR})),
    (frozenset({Role.ADMINISTRATOR}), frozenset({Role.CALLBACK})),
    (frozenset({Role.CALLBACK}), frozenset({Role.HANDLER, Role.UNIT_LEADER})),
    (frozenset({Role.CALLBACK, Role.AUDITOR}), frozenset({Role.ENTERPRISE})),
)
"""Roles that nobody gets together: whoever keeps accounts does not audit them or vouch for answers,
whoever answers does not ask the firm, and a firm is not asked by its own."""


def _in_force(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))


def actors_of(person: User, *, now: datetime) -> list[Actor]:
    """One actor for each tenant in which this person holds a grant today, by tenant."""
    return [actor for actor, _tenant in doors_of(person, now=now)]


def doors_of(person: User, *, now: datetime) -> list[tuple[Actor, Tenant]]:
    """As ``actors_of``, each with its tenant."""
    today = now.astimezone(SHANGHAI).date()
    with prepared.cursor() as cursor:
        cursor.execute(DOORS, [str(person.pk), today, today])
        rows = cursor.fetchall()
        if connection.in_atomic_block:
            cursor.execute("SELECT set_config('app.person_id', '', true)")
    held: dict[int, list[Held]] = {}
    tenants: dict[int, Tenant] = {}
    for role, unit_id, enterprise_id, *columns in rows:
        tenant = tenants.setdefault(
            columns[0], Tenant.from_db(connection.alias, OF_TENANT, columns)
        )
        held.setdefault(tenant.pk, []).append(Held(role, unit_id, enterprise_id))
    name = str(person)
    return [
        (Actor(pk, name, combine(h), person_id=person.pk), tenants[pk]) for pk, h in held.items()
    ]


OF_TENANT = ("id", "kind", "code", "name_zh", "name_en")
DOORS = f"""
    SELECT g.role, g.unit_id, g.enterprise_id, {", ".join(f"t.{name}" for name in OF_TENANT)}
      FROM (SELECT set_config('app.person_id', %s, true) AS person OFFSET 0) AS here
     CROSS JOIN LATERAL (SELECT * FROM kernel_grant a
                          WHERE a.person_id = here.person::bigint AND a.valid_from <= %s
                            AND (a.valid_to IS NULL OR a.valid_to > %s) OFFSET 0) AS g
      JOIN kernel_tenant t ON t.id = g.tenant_id
     ORDER BY g.tenant_id
"""  # noqa: S608  no text from outside
"""One statement that tells row-level security who asks and reads that person's grants by it, as
``BY_KEY`` does. Alone it is its own transaction."""
BY_KEY = """
    SELECT k.id, k.tenant_id, k.name, k.roles::text, k.enterprise_id, k.expires_at
      FROM (SELECT set_config('app.credential', %s, true) AS digest OFFSET 0) AS shown
     CROSS JOIN LATERAL (SELECT * FROM kernel_apikey a
                          WHERE a.digest = shown.digest AND a.revoked_at IS NULL OFFSET 0) AS k
"""
"""One statement that shows row-level security the digest and reads the key's own row by it: the
lateral row depends on what is set, so it is read afterwards. Alone it is its own transaction."""


def actor_of_key(secret: str, *, now: datetime) -> Actor | None:
    """The machine behind an API key, or None when the key is unknown, expired or revoked."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    with prepared.cursor() as cursor:
        cursor.execute(BY_KEY, [digest])
        row = cursor.fetchone()
        if connection.in_atomic_block:
            cursor.execute("SELECT set_config('app.credential', '', true)")
    if row is None:
        return None
    key_id, tenant_id, name, roles, enterprise_id, expires_at = row
    if expires_at is not None and expires_at <= now:
        return None
    held = (Held(role, enterprise_id=enterprise_id) for role in json.loads(roles))
    return Actor(tenant_id, name, combine(held), key_id=key_id)


@tenancy.operation
def grant(
    actor: Actor,
    person_id: int,
    role: str,
    *,
    now: datetime,
    unit_id: int | None = None,
    enterprise_id: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Grant:
    """Give a person a role in the actor's tenant.

    Raises
    ------
    Refused
        ``people.own_grant``: nobody makes oneself something; ``people.apart``: the person holds a
        role that goes with this one in nobody's hand. The keeper of the machine is bound by
        neither: a zone begins with one person.
    """
    actor.require(Role.ADMINISTRATOR, Role.SYSTEM)
    if not actor.has(Role.SYSTEM):
        _require_apart(actor, person_id, role, now.astimezone(SHANGHAI).date())
    row = Grant.objects.create(
        tenant_id=actor.tenant_id,
        person_id=person_id,
        role=role,
        unit_id=unit_id,
        enterprise_id=enterprise_id,
        valid_from=valid_from or now.astimezone(SHANGHAI).date(),
        valid_to=valid_to,
        granted_by_id=actor.person_id,
    )
    events.record(
        "kernel.granted", subject=row, actor=actor, now=now, person=person_id, grant=str(role)
    )
    return row


def _require_apart(actor: Actor, person_id: int, role: str, on: date) -> None:
    if person_id == actor.person_id:
        raise Refused("people.own_grant")
    rows = Grant.objects.filter(tenant_id=actor.tenant_id, person_id=person_id)
    held = set(rows.exclude(valid_to__lte=on).values_list("role", flat=True))
    for one, other in APART:
        if (role in one and held & other) or (role in other and held & one):
            raise Refused("people.apart")


def is_of_another_tenant(actor: Actor, person: User, *, now: datetime) -> bool:
    """Whether somebody works for another tenant as well: ours does not decide how they sign in."""
    return any(a.tenant_id != actor.tenant_id for a in actors_of(person, now=now))


@tenancy.operation
def issue_key(
    actor: Actor,
    name: str,
    *,
    now: datetime,
    roles: Iterable[str] = (Role.MACHINE,),
    enterprise_id: int | None = None,
    secret: str = "",
) -> tuple[ApiKey, str]:
    """Make an API key; the secret is returned once and kept nowhere."""
    actor.require(Role.ADMINISTRATOR, Role.SYSTEM)
    secret = secret or f"qy_{secrets.token_urlsafe(30)}"
    row = ApiKey.objects.create(
        tenant_id=actor.tenant_id,
        name=name,
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        prefix=secret[:8],
        roles=sorted(roles),
        enterprise_id=enterprise_id,
        created_at=now,
    )
    events.record("kernel.key_issued", subject=row, actor=actor, now=now)
    return row, secret


def people_with(
    actor: Actor,
    *roles: str,
    unit_id: int | None = None,
    enterprise_id: int | None = None,
    on: date,
) -> list[User]:
    """The people who hold one of these roles now, in one unit, for one firm or in any."""
    with tenancy.reading(actor):
        rows = Grant.objects.filter(_in_force(on), tenant_id=actor.tenant_id, role__in=roles)
        if unit_id is not None:
            rows = rows.filter(unit_id=unit_id)
        if enterprise_id is not None:
            rows = rows.filter(enterprise_id=enterprise_id)
        ids = rows.values("person_id")
        return list(User.objects.filter(id__in=ids, is_active=True).order_by("id"))


def create_tenant(*, kind: str, code: str, name_zh: str, name_en: str) -> Tenant:
    """Register a tenant (by the operator of the machine only)."""
    return Tenant.objects.get_or_create(
        code=code, defaults={"kind": kind, "name_zh": name_zh, "name_en": name_en}
    )[0]


@tenancy.operation
def end_grant(actor: Actor, grant_id: int, *, now: datetime) -> Grant:
    """Let a grant end today; what was done under it stays."""
    actor.require(Role.ADMINISTRATOR, Role.SYSTEM)
    row = Grant.objects.select_for_update().filter(tenant_id=actor.tenant_id, id=grant_id).first()
    if row is None:
        raise NotFound("not_found")
    today = now.astimezone(SHANGHAI).date()
    if row.valid_from >= today:
        events.record("kernel.grant_ended", subject=row, actor=actor, now=now)
        row.delete()
        return row
    row.valid_to = today
    row.save(update_fields=["valid_to"])
    events.record("kernel.grant_ended", subject=row, actor=actor, now=now)
    return row


@tenancy.operation
def revoke_key(actor: Actor, key_id: int, *, now: datetime) -> None:
    """Shut a key; requests with it are refused from now on."""
    actor.require(Role.ADMINISTRATOR, Role.SYSTEM)
    row = ApiKey.objects.filter(tenant_id=actor.tenant_id, id=key_id, revoked_at=None).first()
    if row is None:
        raise NotFound("not_found")
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    events.record("kernel.key_revoked", subject=row, actor=actor, now=now)


@tenancy.operation
def register_person(
    actor: Actor, *, username: str, name: str, phone: str, now: datetime, password: str = ""
) -> User:
    """Make an account; without a password the person signs in by code.

    A telephone belongs to one account: two accounts of one person would pass for two people.
    """
    actor.require(Role.ADMINISTRATOR, Role.SYSTEM)
    if phone and User.objects.filter(phone=phone, is_active=True).exists():
        raise Refused("people.phone")
    if User.objects.filter(username=username).exists():
        raise Refused("people.username")
    row = User.objects.create_user(username, password or None, name=name, phone=phone)
    events.record("kernel.person_registered", subject=row, actor=actor, now=now)
    return row


def list_grants(actor: Actor, *, on: date) -> QuerySet[Grant]:
    """The grants in force in the actor's tenant."""
    rows = Grant.objects.filter(_in_force(on), tenant_id=actor.tenant_id)
    return rows.select_related("person")


def list_keys(actor: Actor) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(tenant_id=actor.tenant_id).order_by("-id")


def zones(code: str = "") -> list[Tenant]:
    """The zone of this code, or the first two zones when none is named."""
    rows = Tenant.objects.filter(kind=TenantKind.ZONE)
    return list(rows.filter(code=code)[:1] if code else rows.order_by("id")[:2])
