"""Where our servers ask on behalf of others: the public internet and nothing inside."""

import ipaddress
import socket
from typing import Any

import pytest

from qiying.kernel import outbound
from qiying.kernel.errors import Invalid
from tests.receiver import receiving

INSIDE = (
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104  an address to refuse
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fc00::1",
    "fe80::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
)
OUTSIDE = ("1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101")


@pytest.mark.parametrize("text", INSIDE)
def test_an_inner_address_is_not_public_whatever_it_is_wrapped_in(text: str) -> None:
    assert not outbound.is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", OUTSIDE)
def test_a_public_address_is_public(text: str) -> None:
    assert outbound.is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "ftp://example.org/",
        "https://user:word@example.org/",
        "https://example.org/#part",
        "https:///nowhere",
        "https://例子.中国/",
        "https://example.org/a b",
        "https://example.org:99999/",
        "https://[::1/",
        "javascript:alert(1)",
        "",
        "https://" + "a" * 500 + ".org/",
        *(f"https://{f'[{a}]' if ':' in a else a}/" for a in INSIDE),
        "https://localhost/",
    ],
)
def test_such_an_address_is_refused_before_anything_is_asked(url: str) -> None:
    with pytest.raises(Invalid):
        outbound.require_address(url)


def test_loopback_is_open_only_where_the_keeper_says_so(settings: Any) -> None:
    settings.LOOPBACK = True
    assert outbound.require_address("http://127.0.0.1:9/hook")
    assert outbound.require_address("http://localhost:9/hook")
    with pytest.raises(Invalid):
        outbound.require_address("http://10.0.0.1/hook")
    with pytest.raises(Invalid):
        outbound.require_address("http://example.org/hook")


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let every name lead to these addresses, one answer after the other."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def lookup(host: str, port: int, *more: Any, **named: Any) -> list[Any]:
        if host[0].isdecimal():
            return list(real(host, port, *more, **named))
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in found]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


def test_a_name_with_one_inner_address_among_public_ones_is_blocked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names(monkeypatch, ["1.1.1.1", "10.0.0.1"])
    with pytest.raises(outbound.Blocked):
        outbound.resolve("two-faced.example", 443)
    with pytest.raises(outbound.Blocked):
        outbound.post("https://two-faced.example/", b"{}", {})


def test_the_connection_goes_to_the_address_that_was_looked_at(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """A name that answers anew (rebinding) is asked once and cannot lead elsewhere."""
    settings.LOOPBACK = True
    with receiving() as receiver:
        port = int(receiver.url.split(":")[2].split("/")[0])
        asked = names(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
        line = outbound._Pinned(10**9).connect_tcp("changing.example", port)
        assert line.get_extra_info("server_addr")[0] == "127.0.0.1"
        line.close()
    assert asked == ["changing.example"]


def test_a_redirect_is_an_answer_and_is_not_followed(settings: Any) -> None:
    settings.LOOPBACK = True
    with receiving() as receiver:
        receiver.secret, receiver.status = "whsec_QUJD", 302
        assert outbound.post(receiver.url, b"{}", {}).status == 401
        assert len(receiver.seen) == 1


def test_a_receiver_that_drips_is_left_at_the_deadline(settings: Any) -> None:
    settings.LOOPBACK = True
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with pytest.raises((TimeoutError, outbound.httpcore.TimeoutException)):
            outbound.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, within=0.3)
