"""The one door by which our servers ask other systems over HTTP at addresses that somebody named.

The name is looked up once, every address behind it must be allowed, and the connection goes to the
very address that was checked, so that a name that changes its mind in between (DNS rebinding)
leads nowhere. No redirect is followed, no proxy asked, long answers are cut off, and the whole
exchange has one deadline. Allowed are public addresses over https, and the networks that
``QIYING_OUTBOUND_ALLOW`` names, over http as well.
"""

import ipaddress
import json as json_text
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

import httpcore
from django.conf import settings

from qiying.kernel.errors import Invalid

WITHIN_SECONDS = 15.0
MOST_BYTES = 2 * 1024 * 1024
MAX_URL = 500
PORTS = {"http": 80, "https": 443}
NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutgoingError(Exception):
    """Nothing came of it; ``code`` says why: unreachable, timeout, unreadable, forbidden_address.

    Of an address that may not be asked ``reason`` is the code of a sentence for whoever typed it.
    """

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(code)
        self.code, self.reason = code, reason


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side answered; names of headers are in small letters."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was looked up and found allowed."""

    host: str
    port: int
    ip: Address


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


def is_named(address: Address) -> bool:
    """Whether the keeper of the machine named a network that holds this address."""
    plain = getattr(address, "ipv4_mapped", None) or address
    return any(plain.version == net.version and plain in net for net in settings.OUTBOUND_ALLOW)


def require_address(url: str) -> str:
    """Refuse an address that may not be asked; a name that leads nowhere yet is let pass.

    Where it leads is looked up again whenever it is asked.
    """
    if len(url) > MAX_URL:
        raise Invalid("outgoing.url", {"url": "outgoing.url"})
    try:
        look_up(url)
    except OutgoingError as error:
        reason = error.reason or ("" if url.startswith("https") else "outgoing.https")
        if reason:
            raise Invalid(reason, {"url": reason}) from None
    return url


def look_up(url: str) -> Target:
    """Find where an address leads.

    Raises
    ------
    OutgoingError
        ``forbidden_address`` for what is no full address, for credentials in it, when any address
        behind the name is neither public nor named, and for http where one is not named.
        ``unreachable`` when the name is unknown.
    """
    parts = _parts(url)
    host = parts.hostname or ""
    is_tls = parts.scheme == "https"
    if not is_tls and not settings.OUTBOUND_ALLOW:
        raise OutgoingError("forbidden_address", "outgoing.https")
    port = parts.port or PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise OutgoingError("unreachable") from None
    ips = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    if not ips or not all(is_named(ip) or is_public(ip) for ip in ips):
        raise OutgoingError("forbidden_address", "outgoing.private")
    if not is_tls and not all(is_named(ip) for ip in ips):
        raise OutgoingError("forbidden_address", "outgoing.https")
    return Target(host, port, ips[0])


def _parts(url: str) -> SplitResult:
    """The parts of a full address of http or https without user, word or fragment."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise OutgoingError("forbidden_address", "outgoing.url") from None
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if not is_plain or not host or parts.username is not None or parts.fragment:
        raise OutgoingError("forbidden_address", "outgoing.url")
    if parts.scheme not in PORTS:
        raise OutgoingError("forbidden_address", "outgoing.https")
    return parts


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

    def __init__(self, target: Target, until: float) -> None:
        self.target, self.until = target, until

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
            str(self.target.ip), self.target.port, left, local_address, socket_options
        )
        return _Line(inner, self.until)


def _pool(line: _Pinned) -> httpcore.ConnectionPool:
    context = ssl.create_default_context()
    return httpcore.ConnectionPool(ssl_context=context, network_backend=line, retries=0)


def ask(
    method: str,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    json: Any = None,
    content: bytes = b"",
    headers: Mapping[str, str] | None = None,
    within: float = WITHIN_SECONDS,
    most: int = MOST_BYTES,
    is_beginning_enough: bool = False,
) -> Reply:
    """Send one request and return the answer, whatever its status.

    Parameters
    ----------
    form, json, content
        The body, in one of three ways.
    within
        Seconds that the whole exchange may take.
    most
        Bytes of the answer that are read; a longer one is cut where its beginning is enough.

    Raises
    ------
    OutgoingError
        When there is no answer that could be read.
    """
    line = _Pinned(look_up(url), time.monotonic() + within)
    if params:
        url = f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(params)}"
    lines, body = _letter(url, form, json, content, headers or {})
    try:
        with _pool(line) as pool, pool.stream(method, url, headers=lines, content=body) as answer:
            return _read(answer, most, is_beginning_enough=is_beginning_enough)
    except (httpcore.TimeoutException, TimeoutError):
        raise OutgoingError("timeout") from None
    except (httpcore.ProtocolError, httpcore.NetworkError, OSError):
        raise OutgoingError("unreachable") from None


def _letter(
    url: str,
    form: Mapping[str, str] | None,
    json: Any,
    content: bytes,
    headers: Mapping[str, str],
) -> tuple[list[tuple[str, str]], bytes]:
    """The head and the body of a request."""
    kind, body = _body(form, json, content)
    lines = {"Accept-Encoding": "identity", **kind, **headers}
    lines |= {"Host": urlsplit(url).netloc, "Content-Length": str(len(body))}
    return list(lines.items()), body


def _body(
    form: Mapping[str, str] | None, json: Any, content: bytes
) -> tuple[dict[str, str], bytes]:
    if form is not None:
        return {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(form).encode()
    if json is not None:
        text = json_text.dumps(json, ensure_ascii=False, separators=(",", ":"))
        return {"Content-Type": "application/json"}, text.encode()
    return {}, content


def _read(answer: httpcore.Response, most: int, *, is_beginning_enough: bool) -> Reply:
    body = b""
    for piece in answer.iter_stream():
        body += piece
        if len(body) > most:
            if not is_beginning_enough:
                raise OutgoingError("unreadable")
            break
    told = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in answer.headers}
    return Reply(answer.status, body[:most].decode("utf-8", "replace"), told)
