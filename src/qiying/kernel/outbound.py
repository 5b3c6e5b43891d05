"""Requests to addresses that somebody typed in: to the public internet only, and to nobody inside.

The name is resolved once, every address it has must be public, and the connection is made to the
very address that was looked at, so a name that changes its mind in between (DNS rebinding) leads
nowhere. No redirect is followed, no proxy asked, and the whole exchange has one deadline.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore
from django.conf import settings

from qiying.kernel.errors import Invalid

WITHIN_SECONDS = 15.0
MAX_ANSWER_BYTES = 2048
MAX_URL = 500
NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Blocked(OSError):  # noqa: N818  a fault of the line like the others
    """The name leads to an address that is not public."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status and the beginning of the body."""

    status: int
    headers: dict[str, str]
    body: bytes


def require_address(url: str) -> str:
    """Refuse an address that can never be asked: another scheme, a user name, a private host.

    Names are looked up when a request is sent, because they may lead elsewhere by then.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise Invalid("outbound.url", {"url": "outbound.url"}) from None
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= MAX_URL
    if not is_plain or not host or parts.username is not None or parts.fragment:
        raise Invalid("outbound.url", {"url": "outbound.url"})
    literal = _literal(host)
    if host == "localhost" or (literal is not None and not is_public(literal)):
        if not _is_own_machine(host, literal):
            raise Invalid("outbound.private", {"url": "outbound.private"})
    elif parts.scheme != "https":
        raise Invalid("outbound.https", {"url": "outbound.https"})
    if parts.scheme not in {"http", "https"}:
        raise Invalid("outbound.https", {"url": "outbound.https"})
    return url


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_own_machine(host: str, literal: Address | None) -> bool:
    """This machine, where the keeper of the platform allowed it."""
    is_own = host == "localhost" or (literal is not None and literal.is_loopback)
    return bool(settings.LOOPBACK and is_own)


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet, whatever it is wrapped in."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _teredo(address)
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _teredo(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return address.teredo[1] if address.teredo else None


def resolve(host: str, port: int) -> str:
    """The address to connect to; Blocked unless every address of the name is allowed."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    for address in addresses:
        is_own = settings.LOOPBACK and address.is_loopback
        if not is_own and not is_public(address):
            raise Blocked(f"{host} is not public")
    return str(addresses[0])


class _Line(httpcore.NetworkStream):
    """A connection on which nothing may take longer than what is left of the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, until: float) -> None:
        self.inner, self.until = inner, until

    def _left(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, self._left())

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _Line(self.inner.start_tls(ssl_context, server_hostname, self._left()), self.until)

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


class _Pinned(httpcore.NetworkBackend):
    """Connects to the address that was looked at; the certificate is still that of the name."""

    def __init__(self, until: float) -> None:
        self.until = until

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = max(0.1, self.until - time.monotonic())
        inner = httpcore.SyncBackend().connect_tcp(
            resolve(host, port), port, left, local_address, socket_options
        )
        return _Line(inner, self.until)


def post(
    url: str, content: bytes, headers: dict[str, str], *, within: float = WITHIN_SECONDS
) -> Answer:
    """Send a body and read the beginning of the answer.

    Raises
    ------
    Invalid
        The address can never be asked.
    OSError, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError
        Nobody answered as they should.
    """
    require_address(url)
    until = time.monotonic() + within
    lines = [("Host", _host_of(url)), ("Content-Length", str(len(content))), *headers.items()]
    with (
        httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(), network_backend=_Pinned(until), retries=0
        ) as pool,
        pool.stream("POST", url, headers=lines, content=content) as answer,
    ):
        body = b""
        for piece in answer.iter_stream():
            body += piece
            if len(body) >= MAX_ANSWER_BYTES:
                break
        told = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in answer.headers}
        return Answer(answer.status, told, body[:MAX_ANSWER_BYTES])


def _host_of(url: str) -> str:
    return urlsplit(url).netloc
