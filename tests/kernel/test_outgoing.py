"""Where our servers ask on behalf of others: the public internet and nothing inside."""

import ipaddress
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from qiying.kernel import outgoing
from qiying.kernel.errors import Invalid
from qiying.kernel.outgoing import OutgoingError
from tests.receiver import THIS_MACHINE, receiving

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
    assert not outgoing.is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", OUTSIDE)
def test_a_public_address_is_public(text: str) -> None:
    assert outgoing.is_public(ipaddress.ip_address(text))


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
        outgoing.require_address(url)


def test_a_network_is_open_only_where_the_keeper_names_it(settings: Any) -> None:
    settings.OUTBOUND_ALLOW = (*THIS_MACHINE, ipaddress.ip_network("10.0.0.0/24"))
    assert outgoing.require_address("http://127.0.0.1:9/hook")
    assert outgoing.require_address("http://localhost:9/hook")
    assert outgoing.require_address("https://[::ffff:10.0.0.1]/hook")
    assert outgoing.require_address("http://10.0.0.1/hook")
    for url in (
        "http://10.0.1.1/hook",
        "https://10.0.1.1/",
        "http://1.1.1.1/",
        "http://gone.invalid/",
    ):
        with pytest.raises(Invalid):
            outgoing.require_address(url)


def test_the_sentence_says_what_is_wrong_with_an_address(settings: Any) -> None:
    said = {
        "https://10.0.0.1/": "outgoing.private",
        "http://1.1.1.1/": "outgoing.https",
        "ftp://1.1.1.1/": "outgoing.https",
        "https://user:word@1.1.1.1/": "outgoing.url",
    }
    for url, code in said.items():
        with pytest.raises(Invalid, match=code) as refused:
            outgoing.require_address(url)
        assert refused.value.fields == {"url": code}


def test_a_name_that_leads_nowhere_yet_may_be_typed_in_but_is_not_asked() -> None:
    assert outgoing.require_address("https://gone.invalid/hook")
    with pytest.raises(OutgoingError, match="unreachable"):
        outgoing.ask("GET", "https://gone.invalid/hook")


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
    with pytest.raises(OutgoingError, match="forbidden_address"):
        outgoing.look_up("https://two-faced.example/")
    with pytest.raises(OutgoingError, match="forbidden_address"):
        outgoing.ask("POST", "https://two-faced.example/", content=b"{}")
    with pytest.raises(Invalid, match=r"outgoing\.private"):
        outgoing.require_address("https://two-faced.example/")


def test_http_needs_every_address_of_the_name_to_be_named(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.OUTBOUND_ALLOW = THIS_MACHINE
    names(monkeypatch, ["127.0.0.1", "1.1.1.1"])
    assert outgoing.look_up("https://two-faced.example/").port == 443
    with pytest.raises(OutgoingError, match="forbidden_address"):
        outgoing.look_up("http://two-faced.example/")


def test_the_connection_goes_to_the_address_that_was_looked_at(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """A name that answers anew (rebinding) is asked once and cannot lead elsewhere."""
    settings.OUTBOUND_ALLOW = THIS_MACHINE
    with receiving() as receiver:
        receiver.secret = "whsec_QUJD"
        asked = names(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
        url = receiver.url.replace("127.0.0.1", "changing.example")
        assert outgoing.ask("POST", url, content=b"{}").status == 401
        assert receiver.seen[0][0]["Host"] == url.split("/")[2]
    assert asked == ["changing.example"]


def test_a_redirect_is_an_answer_and_is_not_followed(settings: Any) -> None:
    settings.OUTBOUND_ALLOW = THIS_MACHINE
    with receiving() as receiver:
        receiver.secret, receiver.status = "whsec_QUJD", 302
        assert outgoing.ask("POST", receiver.url, content=b"{}").status == 401
        assert len(receiver.seen) == 1


def test_a_receiver_that_drips_is_left_at_the_deadline(settings: Any) -> None:
    settings.OUTBOUND_ALLOW = THIS_MACHINE
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with pytest.raises(OutgoingError, match="timeout"):
            outgoing.ask("POST", f"http://127.0.0.1:{server.getsockname()[1]}/", within=0.3)


def test_nobody_at_the_address_is_said_so(settings: Any) -> None:
    settings.OUTBOUND_ALLOW = THIS_MACHINE
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
    with pytest.raises(OutgoingError, match="unreachable"):
        outgoing.ask("GET", f"http://127.0.0.1:{port}/")


class Mirror(BaseHTTPRequestHandler):
    """Says what it was asked, a thousand times over where the path is /long."""

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        told = [
            self.command,
            self.path,
            self.headers.get("Content-Type"),
            self.rfile.read(size).decode(),
        ]
        text = json.dumps(told) * (1000 if self.path == "/long" else 1)
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Location", "http://127.0.0.1/elsewhere")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    do_POST = do_GET  # noqa: N815  the name that the server looks for

    def log_message(self, *_arguments: Any) -> None:
        return


@pytest.fixture
def mirror(settings: Any) -> Iterator[str]:
    settings.OUTBOUND_ALLOW = THIS_MACHINE
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_what_is_asked_arrives_as_it_was_given(mirror: str) -> None:
    def told(method: str, path: str, **more: Any) -> Any:
        return json.loads(outgoing.ask(method, mirror + path, **more).text)

    form = "application/x-www-form-urlencoded"
    assert told("GET", "/a", params={"q": "浙 江"}) == [
        "GET",
        "/a?q=%E6%B5%99+%E6%B1%9F",
        None,
        "",
    ]
    assert told("GET", "/a?b=1", params={"c": "2"})[1] == "/a?b=1&c=2"
    assert told("POST", "/", form={"a": "1&2"}) == ["POST", "/", form, "a=1%262"]
    assert told("POST", "/", json={"a": "县"}) == ["POST", "/", "application/json", '{"a":"县"}']


def test_an_answer_that_is_too_long_is_unreadable_unless_its_beginning_is_enough(
    mirror: str,
) -> None:
    with pytest.raises(OutgoingError, match="unreadable"):
        outgoing.ask("GET", f"{mirror}/long", most=100)
    reply = outgoing.ask("GET", f"{mirror}/long", most=100, is_beginning_enough=True)
    assert (reply.is_good, len(reply.text)) == (True, 100)


def test_a_redirect_into_a_network_leads_nowhere(mirror: str) -> None:
    reply = outgoing.ask("GET", f"{mirror}/away")
    assert (reply.status, reply.is_good, reply.headers["location"]) == (
        302,
        False,
        "http://127.0.0.1/elsewhere",
    )
