"""Signing in by OpenID Connect: authorization code with PKCE, state and nonce (Authlib).

A provider vouches for a *subject*. Who that is here stands in a link, made by the signed-in person
or on the invitation of an administrator; no account is made, and an e-mail address links nothing.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language

from qiying.kernel import events, notifications, oidc_client, people, sealing, tenancy
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.errors import Denied, NotFound, Refused
from qiying.kernel.models import Grant, IdentityProvider, LinkedIdentity, LinkInvitation, User

PURPOSE = "oidc"
LIVES_FOR = timedelta(minutes=10)
INVITED_FOR = timedelta(days=3)
Session = Any
FLOW = "qy_oidc"
MAX_ANSWER = 4096


@dataclass(frozen=True, slots=True)
class Came:
    """Who came back from a provider: the person, and whether a second factor was asked there."""

    person: User
    provider: IdentityProvider
    has_second_factor: bool
    next: str
    id_token: str


@dataclass(frozen=True, slots=True)
class Door:
    """A button on the page where people sign in."""

    provider_id: int
    code: str
    name: str


def name_of(provider: IdentityProvider) -> str:
    """In the reader's language."""
    is_english = (get_language() or "").startswith("en")
    return provider.name_en if is_english and provider.name_en else provider.name_zh


@contextmanager
def _announced() -> Iterator[None]:
    """Let the rows of providers be read before a tenant is known."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.sign_in', '1', true)")
        yield
        if connection.savepoint_ids:
            cursor.execute("SELECT set_config('app.sign_in', '', true)")


def doors() -> list[Door]:
    """The providers that are in use, of every tenant."""
    with _announced():
        rows = list(IdentityProvider.objects.filter(is_active=True).order_by("id")[:20])
    return [Door(row.pk, row.code, name_of(row)) for row in rows]


def find_provider(provider_id: int) -> IdentityProvider:
    with _announced():
        row = IdentityProvider.objects.filter(id=provider_id, is_active=True).first()
    if row is None:
        raise NotFound("not_found")
    return row


def start(
    session: Session,
    provider: IdentityProvider,
    *,
    back: str,
    now: datetime,
    next_address: str = "",
    link_person_id: int | None = None,
    invitation: str = "",
) -> str:
    """Where to send the browser; what must come back unchanged is kept in its session."""
    flow: dict[str, Any] = {
        "provider": provider.pk,
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        "verifier": secrets.token_urlsafe(48),
        "back": back,
        "next": next_address,
        "link": link_person_id,
        "invitation": invitation,
        "until": (now + LIVES_FOR).timestamp(),
    }
    address = oidc_client.authorization_address(
        _registered(provider),
        back=back,
        state=flow["state"],
        nonce=flow["nonce"],
        verifier=flow["verifier"],
    )
    session[FLOW] = flow
    return address


def _registered(provider: IdentityProvider) -> oidc_client.Registered:
    sealed = provider.client_secret
    secret = sealing.unseal(sealed, purpose=PURPOSE) if sealed else ""
    return oidc_client.Registered(provider.issuer, provider.client_id, secret)


def finish(
    session: Session, answer: Mapping[str, str], *, person_id: int | None, now: datetime
) -> Came:
    """Judge what the browser brought back; the flow is spent whatever comes out.

    ``person_id`` is who is signed in now: a link is made for that person or not at all.

    Raises
    ------
    Denied
        ``oidc.state`` (not what we sent out, or too old), ``oidc.denied`` (the provider or the
        person said no), ``oidc.token`` (the provider's word cannot be trusted), ``oidc.unknown``
        (nobody here is linked to it), ``oidc.invitation``.
    Refused
        ``oidc.away``: the provider does not answer; ``oidc.taken``: linked already.
    """
    flow = _spent(session, answer, now)
    if flow["link"] and flow["link"] != person_id:
        raise Denied("oidc.state")
    code = answer.get("code", "")
    if answer.get("error") or not code or len(code) > MAX_ANSWER:
        raise Denied("oidc.denied")
    provider = find_provider(flow["provider"])
    told = oidc_client.redeem(
        _registered(provider),
        code=code,
        back=flow["back"],
        nonce=flow["nonce"],
        verifier=flow["verifier"],
        issuer=answer.get("iss", ""),
        now=now,
    )
    person = _person_of(provider, told.subject, flow, now=now)
    is_strong = provider.vouches_second_factor and told.has_second_factor
    return Came(person, provider, is_strong, str(flow["next"]), told.id_token)


def _spent(session: Session, answer: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """The flow that this browser began, taken out of its session; Denied for any other state."""
    flow = session.pop(FLOW, None)
    state = answer.get("state", "")
    is_ours = isinstance(flow, dict) and compare_digest(
        str(flow["state"]).encode(), state.encode()
    )
    if not is_ours or flow["until"] < now.timestamp():
        raise Denied("oidc.state")
    return dict(flow)


def _person_of(
    provider: IdentityProvider, subject: str, flow: dict[str, Any], *, now: datetime
) -> User:
    """The person linked to a subject; links first where that was asked for."""
    platform = system(provider.tenant_id)
    if flow["link"]:
        link(platform, provider, subject, int(flow["link"]), now=now, by=int(flow["link"]))
    elif flow["invitation"]:
        accept(platform, provider, subject, str(flow["invitation"]), now=now)
    with tenancy.acting(platform):
        rows = LinkedIdentity.objects.select_for_update(of=("self",))
        found = rows.filter(
            tenant_id=provider.tenant_id, provider=provider, subject=subject
        ).first()
        if found is not None:
            found.used_at = now
            found.save(update_fields=["used_at"])
    person = User.objects.filter(id=found.person_id, is_active=True).first() if found else None
    if person is None:
        raise Denied("oidc.unknown")
    return person


@tenancy.operation
def link(
    actor: Actor,
    provider: IdentityProvider,
    subject: str,
    person_id: int,
    *,
    now: datetime,
    by: int | None,
) -> LinkedIdentity:
    """Let a verified subject stand for a person; both are linked once per provider."""
    rows = LinkedIdentity.objects.filter(tenant_id=actor.tenant_id, provider=provider)
    present = rows.filter(subject=subject).first() or rows.filter(person_id=person_id).first()
    if present is not None:
        if (present.subject, present.person_id) == (subject, person_id):
            return present
        raise Refused("oidc.taken")
    try:
        with transaction.atomic():
            row = LinkedIdentity.objects.create(
                tenant_id=actor.tenant_id,
                provider=provider,
                subject=subject,
                person_id=person_id,
                linked_at=now,
                linked_by_id=by,
            )
    except IntegrityError:
        raise Refused("oidc.taken") from None
    events.record("kernel.identity_linked", subject=row, actor=actor, now=now, person=person_id)
    notifications.notify(
        actor,
        [person_id],
        kind="kernel.identity_linked",
        subject=row,
        url=reverse("kernel:security"),
        params={"provider": provider.name_zh},
        effect_key=f"kernel.identity_linked:{row.pk}",
        now=now,
    )
    return row


@tenancy.operation
def unlink(actor: Actor, link_id: int, *, now: datetime) -> None:
    """End a link: the person itself, or an administrator."""
    rows = LinkedIdentity.objects.select_for_update(of=("self",))
    row = rows.filter(tenant_id=actor.tenant_id, id=link_id).first()
    if row is None or not (actor.has(Role.ADMINISTRATOR) or row.person_id == actor.person_id):
        raise NotFound("not_found")
    events.record(
        "kernel.identity_unlinked", subject=row, actor=actor, now=now, person=row.person_id
    )
    row.delete()


@tenancy.operation
def invite(
    actor: Actor, provider_id: int, person_id: int, *, now: datetime
) -> tuple[LinkInvitation, str]:
    """An address by which one person of the tenant links one subject, once; shown this once."""
    actor.require(Role.ADMINISTRATOR)
    provider = list_providers(actor).filter(id=provider_id, is_active=True).first()
    person = User.objects.filter(id=person_id, is_active=True).first()
    if provider is None or person is None or not _is_of_tenant(actor, person_id):
        raise NotFound("not_found")
    if people.is_of_another_tenant(actor, person, now=now):
        raise Refused("people.elsewhere")
    secret = secrets.token_urlsafe(30)
    row = LinkInvitation.objects.create(
        tenant_id=actor.tenant_id,
        provider=provider,
        person_id=person_id,
        digest=sealing.digest(secret, purpose=PURPOSE),
        created_at=now,
        expires_at=now + INVITED_FOR,
        invited_by_id=actor.person_id,
    )
    events.record("kernel.identity_invited", subject=row, actor=actor, now=now, person=person_id)
    return row, secret


def _is_of_tenant(actor: Actor, person_id: int) -> bool:
    return Grant.objects.filter(tenant_id=actor.tenant_id, person_id=person_id).exists()


def find_invitation(secret: str, *, now: datetime) -> LinkInvitation:
    """The invitation behind an address; Denied when it is spent, too old or unknown."""
    digest = sealing.digest(secret, purpose=PURPOSE)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.credential', %s, true)", [digest])
        row = LinkInvitation.objects.filter(digest=digest, used_at=None).first()
        if connection.savepoint_ids:
            cursor.execute("SELECT set_config('app.credential', '', true)")
    if row is None or row.expires_at <= now:
        raise Denied("oidc.invitation")
    return row


@tenancy.operation
def accept(
    actor: Actor, provider: IdentityProvider, subject: str, secret: str, *, now: datetime
) -> LinkedIdentity:
    """Spend an invitation on the subject that came back from its provider."""
    digest = sealing.digest(secret, purpose=PURPOSE)
    rows = LinkInvitation.objects.select_for_update(of=("self",))
    row = rows.filter(
        tenant_id=actor.tenant_id, digest=digest, provider=provider, used_at=None
    ).first()
    if row is None or row.expires_at <= now:
        raise Denied("oidc.invitation")
    row.used_at = now
    row.save(update_fields=["used_at"])
    return link(actor, provider, subject, row.person_id, now=now, by=row.invited_by_id)


def list_providers(actor: Actor) -> QuerySet[IdentityProvider]:
    return IdentityProvider.objects.filter(tenant_id=actor.tenant_id).order_by("id")


def links_of(actor: Actor, person_id: int) -> list[LinkedIdentity]:
    """How a person can sign in besides the password."""
    rows = LinkedIdentity.objects.filter(tenant_id=actor.tenant_id, person_id=person_id)
    return list(rows.select_related("provider").order_by("id"))


def list_links(actor: Actor) -> QuerySet[LinkedIdentity]:
    actor.require(Role.ADMINISTRATOR)
    rows = LinkedIdentity.objects.filter(tenant_id=actor.tenant_id)
    return rows.select_related("provider", "person")


@tenancy.operation
def set_provider(
    actor: Actor,
    code: str,
    *,
    issuer: str,
    client_id: str,
    client_secret: str,
    name_zh: str,
    name_en: str,
    vouches_second_factor: bool,
    now: datetime,
) -> IdentityProvider:
    """Register or change a provider; only the keeper of the machine does, by command.

    Our servers ask its address before anybody is signed in: so no page sets it. One that stands
    inside needs its network named (``QIYING_OUTBOUND_ALLOW``).
    """
    actor.require(Role.SYSTEM)
    oidc_client.require_issuer(issuer)
    values = {
        "issuer": issuer.rstrip("/"),
        "client_id": client_id,
        "client_secret": sealing.seal(client_secret, purpose=PURPOSE),
        "name_zh": name_zh,
        "name_en": name_en,
        "vouches_second_factor": vouches_second_factor,
        "is_active": True,
    }
    row, _made = IdentityProvider.objects.update_or_create(
        tenant_id=actor.tenant_id,
        code=code,
        defaults=values,
        create_defaults={**values, "created_at": now},
    )
    events.record("kernel.identity_provider_set", subject=row, actor=actor, now=now)
    return row


@tenancy.operation
def close_provider(actor: Actor, code: str, *, now: datetime) -> IdentityProvider:
    """Nobody signs in by it any more; the links stay for the day it is set again."""
    actor.require(Role.SYSTEM)
    row = list_providers(actor).filter(code=code).first()
    if row is None:
        raise NotFound("not_found")
    row.is_active = False
    row.save(update_fields=["is_active"])
    events.record("kernel.identity_provider_closed", subject=row, actor=actor, now=now)
    return row


def leave_address(came_by: dict[str, Any], *, back: str) -> str:
    """Where the session at the provider is ended too; "" where it offers no such place."""
    try:
        provider = find_provider(int(came_by["provider"]))
        return oidc_client.leave_address(
            _registered(provider), hint=str(came_by["hint"]), back=back
        )
    except (NotFound, Refused):
        return ""
