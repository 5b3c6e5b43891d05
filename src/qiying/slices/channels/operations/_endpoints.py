"""Connections to other systems; the only addresses that are ever asked."""

import re
from datetime import datetime
from uuid import UUID

from qiying.kernel import events, outgoing, people, sealing
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid
from qiying.kernel.tenancy import operation
from qiying.slices.channels import queries
from qiying.slices.channels.models import Endpoint
from qiying.slices.channels.operations._shape import chosen, clean
from qiying.slices.channels.rules.codes import EndpointKind
from qiying.slices.channels.rules.sending import SEALED_FOR

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,38}")


@operation
def add_endpoint(
    actor: Actor,
    *,
    code: str,
    kind: str,
    name: str,
    url: str,
    now: datetime,
    secret: str = "",
    jurisdiction: str = "",
    service_code: str = "",
    key_id: int | None = None,
) -> Endpoint:
    """Set a connection up; its key is sealed before it is written."""
    actor.require(Role.ADMINISTRATOR, Role.SYSTEM)
    if not CODE.fullmatch(code):
        raise Invalid("input.invalid", {"code": "channels.code"})
    if any(e.code == code for e in queries.list_endpoints(actor)):
        raise Invalid("input.invalid", {"code": "channels.code_taken"})
    row = Endpoint.objects.create(
        tenant_id=actor.tenant_id,
        code=code,
        kind=chosen(kind, EndpointKind, "kind"),
        name=clean(name, name="name", most=80),
        url=_checked(url),
        jurisdiction=clean(jurisdiction, name="jurisdiction", is_needed=False, most=60),
        sealed_key=sealing.seal(secret.strip(), purpose=SEALED_FOR),
        service_code=clean(service_code, name="service_code", is_needed=False, most=40),
        key_id=_own_key(actor, key_id),
        made_at=now,
    )
    events.record("channels.endpoint_added", subject=row, actor=actor, now=now, kind=row.kind)
    return row


@operation
def change_endpoint(
    actor: Actor,
    public_id: UUID,
    *,
    name: str,
    url: str,
    is_active: bool,
    now: datetime,
    secret: str = "",
    jurisdiction: str = "",
    service_code: str = "",
    key_id: int | None = None,
) -> Endpoint:
    """Change a connection; an empty secret leaves the key as it is."""
    actor.require(Role.ADMINISTRATOR, Role.SYSTEM)
    row = queries.get_endpoint(actor, public_id, for_update=True)
    row.name, row.url = clean(name, name="name", most=80), _checked(url)
    row.jurisdiction = clean(jurisdiction, name="jurisdiction", is_needed=False, most=60)
    row.service_code = clean(service_code, name="service_code", is_needed=False, most=40)
    row.is_active, row.key_id = is_active, _own_key(actor, key_id)
    if secret.strip():
        row.sealed_key = sealing.seal(secret.strip(), purpose=SEALED_FOR)
    row.next_pull_at, row.pull_fails, row.pull_error = None, 0, ""
    row.save()
    events.record(
        "channels.endpoint_changed", subject=row, actor=actor, now=now, is_active=is_active
    )
    return row


def _checked(url: str) -> str:
    return outgoing.require_address(clean(url, name="url", most=300))


def _own_key(actor: Actor, key_id: int | None) -> int | None:
    if key_id is None:
        return None
    if not people.list_keys(actor).filter(pk=key_id).exists():
        raise Invalid("input.invalid", {"key": "input.choice"})
    return key_id
