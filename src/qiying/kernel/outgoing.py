"""Asking other systems over HTTP: only where we may, never led elsewhere, never for ever.

The name is resolved once, every address behind it must be allowed, and the connection goes to the
very address that was checked, so that a name cannot change its meaning in between (DNS rebinding).
Redirects are not followed, settings of proxies are not read, long answers are cut off. Addresses
inside the machine or the house are refused unless ``QIYING_OUTBOUND_ALLOW`` names their network.
"""

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

TIMEOUT = httpx.Timeout(8.0, connect=4.0)
MOST_BYTES = 2 * 1024 * 1024
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutgoingError(Exception):
    """Nothing came of it; ``code`` says why: unreachable, timeout, unreadable, forbidden_address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side answered."""

    status: int
    text: str

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was looked up and found allowed."""

    host: str
    port: int
    is_tls: bool
    ip: Address


def is_allowed(ip: Address) -> bool:
    """Public addresses are; others when a setting names their network."""
    plain = getattr(ip, "ipv4_mapped", None) or ip
    if any(plain.version == net.version and plain in net for net in settings.OUTBOUND_ALLOW):
        return True
    return plain.is_global and not plain.is_multicast


def look_up(url: str) -> Target:
    """Find where an address leads.

    Raises
    ------
    OutgoingError
        ``forbidden_address`` for another scheme than https, for credentials in the address, and
        when any address behind the name is not allowed; plain http only where a setting allows the
        network. ``unreachable`` when the name is unknown.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise OutgoingError("forbidden_address") from error
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host or parts.username or parts.password:
        raise OutgoingError("forbidden_address")
    is_tls = parts.scheme == "https"
    port = port or (443 if is_tls else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OutgoingError("unreachable") from error
    ips = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    if not ips or not all(is_allowed(ip) for ip in ips):
        raise OutgoingError("forbidden_address")
    if not is_tls and ips[0].is_global:
        raise OutgoingError("forbidden_address")
    return Target(host, port, is_tls, ips[0])


def ask(
    method: str,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Send one request and return the answer, whatever its status.

    Raises
    ------
    OutgoingError
        When there is no answer that could be read.
    """
    target = look_up(url)
    pinned = httpx.URL(url).copy_with(host=str(target.ip), port=target.port)
    named = target.host if target.port in {80, 443} else f"{target.host}:{target.port}"
    extensions = {"sni_hostname": target.host} if target.is_tls else {}
    with httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
        request = client.build_request(
            method,
            pinned,
            params=dict(params) if params else None,
            data=dict(form) if form is not None else None,
            json=json,
            headers={**(headers or {}), "Host": named},
            extensions=extensions,
        )
        try:
            return _read(client, request)
        except httpx.TimeoutException as error:
            raise OutgoingError("timeout") from error
        except httpx.HTTPError as error:
            raise OutgoingError("unreachable") from error


def _read(client: httpx.Client, request: httpx.Request) -> Reply:
    answer = client.send(request, stream=True)
    try:
        content = b""
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > MOST_BYTES:
                raise OutgoingError("unreadable")
        return Reply(answer.status_code, content.decode("utf-8", "replace"))
    finally:
        answer.close()
