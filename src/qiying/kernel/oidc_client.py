"""The wire of OpenID Connect: discovery, tokens, and whether a provider's word can be trusted.

Authlib writes the requests and knows what an ID token must say; joserfc (its own library of keys)
checks the signature; ``kernel.outgoing`` carries, so a provider on an inner network needs its
network named. Nothing is asked without TLS except on this machine, where that was allowed.
"""

import json
import time
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from ipaddress import ip_address
from threading import Lock
from typing import Any
from urllib.parse import SplitResult, urlsplit

from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.common.urls import add_params_to_uri  # type: ignore[import-untyped]
from authlib.oauth2.auth import ClientAuth  # type: ignore[import-untyped]
from authlib.oauth2.client import OAuth2Client  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.parameters import (  # type: ignore[import-untyped]
    prepare_token_request,
)
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from qiying.kernel import outgoing
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.kernel.outgoing import OutgoingError, Reply

SCOPE = "openid"
"""Who it is, and nothing else: neither a name nor an e-mail is asked for."""
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
"""Signatures by a key pair only: never ``none``, never the client's own secret."""
WITHIN_SECONDS = 8.0
KEPT_SECONDS = 600.0
LEEWAY_SECONDS = 60
MAX_BYTES = 256 * 1024
MAX_SUBJECT = 255
STRONG = frozenset({"mfa", "otp", "hwk", "fpt", "face"})
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Registered:
    """How we are known to a provider."""

    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Told:
    """What an ID token said, after it was verified."""

    subject: str
    has_second_factor: bool
    id_token: str


@dataclass(slots=True)
class _Known:
    document: dict[str, Any]
    keys: dict[str, Any] | None
    until: float


_known: dict[str, _Known] = {}
_lock = Lock()


def forget() -> None:
    """Forget what providers said of themselves: one was changed, or a test begins."""
    with _lock:
        _known.clear()


def require_issuer(issuer: str) -> None:
    """An https address without query; http only on this machine, where the keeper allows it."""
    parts = urlsplit(issuer)
    is_plain = issuer.isascii() and issuer.isprintable() and not parts.query and not parts.fragment
    if not (is_plain and parts.hostname and (parts.scheme == "https" or _is_here(parts))):
        raise Invalid("oidc.issuer", {"issuer": "oidc.issuer"})


def _document(issuer: str) -> _Known:
    with _lock:
        found = _known.get(issuer)
    if found is not None and found.until > time.monotonic():
        return found
    require_issuer(issuer)
    document = _get(f"{issuer}/.well-known/openid-configuration")
    if str(document.get("issuer", "")).rstrip("/") != issuer:
        raise Refused("oidc.away")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        _require_safe(str(document.get(name, "")))
    found = _Known(document, None, time.monotonic() + KEPT_SECONDS)
    with _lock:
        _known[issuer] = found
    return found


def _require_safe(address: str) -> str:
    """An endpoint that a provider names is as safe as the provider itself must be."""
    parts = urlsplit(address)
    if not parts.hostname or not (parts.scheme == "https" or _is_here(parts)):
        raise Refused("oidc.away")
    return address


def _is_here(parts: SplitResult) -> bool:
    """Whether plain http leads to this machine, and the keeper allows that."""
    name = parts.hostname or ""
    if parts.scheme != "http" or name not in LOCAL:
        return False
    return outgoing.is_named(ip_address("127.0.0.1" if name == "localhost" else name))


def _get(address: str) -> dict[str, Any]:
    try:
        return _read(_ask("GET", address, headers={"Accept": "application/json"}))
    except (OutgoingError, ValueError):
        raise Refused("oidc.away") from None


def _ask(method: str, address: str, *, headers: dict[str, str], content: bytes = b"") -> Reply:
    return outgoing.ask(
        method, address, headers=headers, content=content, within=WITHIN_SECONDS, most=MAX_BYTES
    )


def _read(reply: Reply) -> dict[str, Any]:
    if reply.status != HTTPStatus.OK:
        raise Refused("oidc.away")
    found = json.loads(reply.text)
    if not isinstance(found, dict):
        raise Refused("oidc.away")
    return found


def authorization_address(
    at: Registered, *, back: str, state: str, nonce: str, verifier: str
) -> str:
    """Where the browser goes to be recognised: code flow, PKCE with S256."""
    client = OAuth2Client(
        None, at.client_id, scope=SCOPE, redirect_uri=back, code_challenge_method="S256"
    )
    address, _state = client.create_authorization_url(
        _document(at.issuer).document["authorization_endpoint"],
        state=state,
        code_verifier=verifier,
        nonce=nonce,
    )
    return str(address)


def redeem(
    at: Registered, *, code: str, back: str, nonce: str, verifier: str, issuer: str, now: datetime
) -> Told:
    """Exchange a code for an ID token and verify it.

    ``issuer`` is what the answer named (RFC 9207); another one means that two providers were
    mixed up.
    """
    document = _document(at.issuer).document
    promised = document.get("authorization_response_iss_parameter_supported") is True
    if (issuer or promised) and issuer.rstrip("/") != at.issuer:
        raise Denied("oidc.token")
    token = _exchange(at, document, code=code, back=back, verifier=verifier)
    id_token = token.get("id_token")
    if not isinstance(id_token, str):
        raise Denied("oidc.token")
    try:
        claims = _claims(at, document, id_token, str(token.get("access_token", "")), nonce, now)
    except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError):
        raise Denied("oidc.token") from None
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT or "\x00" in subject:
        raise Denied("oidc.token")
    methods = claims.get("amr") or []
    return Told(subject, bool(STRONG & {str(m) for m in methods}), id_token)


def _exchange(
    at: Registered, document: dict[str, Any], *, code: str, back: str, verifier: str
) -> dict[str, Any]:
    body = prepare_token_request(
        "authorization_code", "", code=code, redirect_uri=back, code_verifier=verifier
    )
    offered = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    method = "none"
    if at.client_secret:
        is_basic = "client_secret_basic" in offered
        method = "client_secret_basic" if is_basic else "client_secret_post"
    auth = ClientAuth(at.client_id, at.client_secret, method)
    address, headers, body = auth.prepare("POST", document["token_endpoint"], dict(FORM), body)
    try:
        reply = _ask("POST", _require_safe(address), headers=headers, content=body.encode())
        if reply.status in {400, 401, 403}:
            raise Denied("oidc.denied")
        return _read(reply)
    except (OutgoingError, ValueError):
        raise Refused("oidc.away") from None


def _claims(
    at: Registered,
    document: dict[str, Any],
    id_token: str,
    access_token: str,
    nonce: str,
    now: datetime,
) -> dict[str, Any]:
    """The claims of an ID token: signed by the provider, for us, for this very request, in time."""
    allowed = [
        a
        for a in ALGORITHMS
        if a in (document.get("id_token_signing_alg_values_supported") or ["RS256"])
    ]
    registry = JWSRegistry(algorithms=allowed, strict_check_header=False)
    try:
        token = jwt.decode(id_token, _keys(at.issuer), registry=registry)
    except (InvalidKeyIdError, ValueError):
        token = jwt.decode(id_token, _keys(at.issuer, again=True), registry=registry)
    wanted = {
        "iss": {"essential": True, "value": document["issuer"]},
        "aud": {"essential": True, "value": at.client_id},
        "nonce": {"essential": True, "value": nonce},
    }
    params = {"nonce": nonce, "client_id": at.client_id, "access_token": access_token}
    claims = CodeIDToken(token.claims, token.header, wanted, params)
    claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    return dict(claims)


def _keys(issuer: str, *, again: bool = False) -> KeySet:
    known = _document(issuer)
    if known.keys is None or again:
        known.keys = _get(str(known.document["jwks_uri"]))
    return KeySet.import_key_set(known.keys)  # type: ignore[arg-type]


def leave_address(at: Registered, *, hint: str, back: str) -> str:
    """Where the session at the provider ends (RP-initiated logout); "" where it has none."""
    place = _document(at.issuer).document.get("end_session_endpoint")
    if not isinstance(place, str) or not place:
        return ""
    params = {"id_token_hint": hint, "client_id": at.client_id, "post_logout_redirect_uri": back}
    return str(add_params_to_uri(_require_safe(place), list(params.items())))
