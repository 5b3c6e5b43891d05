"""Calls handed on and updates both ways, with the other side played; sending that fails and ends."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client, override_settings

from qiying.kernel import outgoing, people, sealing, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.kernel.outgoing import OutgoingError, Reply
from qiying.slices.calls import public as calls
from qiying.slices.calls.models import Call, Note
from qiying.slices.channels import operations, queries
from qiying.slices.channels.models import Delivery, Endpoint, Forward, Update
from qiying.slices.channels.rules import sending
from tests.slices.calls import steps
from tests.slices.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

Asked = list[tuple[str, str, dict[str, Any]]]
HERE = "https://8.8.8.8/open311/v2"


class There:
    """The other system: what it was asked, and what it answers."""

    def __init__(self) -> None:
        self.asked: Asked = []
        self.answers: Callable[[str, str], Reply] = self.good
        self.updates: list[dict[str, Any]] = []
        self.seen: dict[str, str] = {}

    def __call__(self, method: str, url: str, **more: Any) -> Reply:
        self.asked.append((method, url, more))
        return self.answers(method, url)

    def good(self, method: str, url: str) -> Reply:
        if method == "GET":
            return Reply(200, json.dumps(self.updates))
        key = self.asked[-1][2]["headers"]["Idempotency-Key"]
        number = self.seen.setdefault(key, f"R-{len(self.seen) + 1}")
        return Reply(200, json.dumps([{"service_request_id": number}]))

    def broken(self, method: str, url: str) -> Reply:
        raise OutgoingError("unreachable")


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> There:
    found = There()
    monkeypatch.setattr(outgoing, "ask", found)
    return found


@pytest.fixture
def endpoint(world: World) -> Endpoint:
    return operations.add_endpoint(
        world.keeper,
        code="city",
        kind="open311",
        name="市 12345",
        url=HERE,
        secret="open-sesame",
        now=world.now,
    )


@pytest.fixture
def handed(world: World, desk: Actor, endpoint: Endpoint) -> Forward:
    call = steps.raise_call(world)
    return operations.forward_call(
        desk, call.pk, endpoint_id=endpoint.public_id, reason="在墙外", now=world.now
    )


def fresh(world: World) -> Forward:
    with tenancy.reading(world.system):
        return Forward.objects.get()


def deliver(world: World) -> int:
    return operations.deliver_due(world.system, now=world.now)


def test_a_call_is_handed_on_with_words_and_place_and_without_contact(
    world: World, handed: Forward, there: There
) -> None:
    assert deliver(world) == 1
    method, url, more = there.asked[0]
    assert (method, url) == ("POST", f"{HERE}/requests.json")
    assert more["form"]["api_key"] == "open-sesame"
    assert {"lat", "long", "description", "service_code"} <= set(more["form"])
    assert not {"phone", "last_name"} & set(more["form"])
    row = fresh(world)
    assert (row.state, row.remote_id) == ("filed", "R-1")


def test_the_key_is_sealed_in_the_table(world: World, endpoint: Endpoint) -> None:
    assert "sesame" not in endpoint.sealed_key
    assert sealing.unseal(endpoint.sealed_key) == "open-sesame"
    with override_settings(SECRET_KEY="x" * 50), pytest.raises(sealing.BrokenSealError):
        sealing.unseal(endpoint.sealed_key)


def test_a_call_is_handed_on_once_to_a_system(
    world: World, desk: Actor, handed: Forward, endpoint: Endpoint
) -> None:
    with pytest.raises(Refused, match="forwarded_already"):
        operations.forward_call(
            desk, handed.call_id, endpoint_id=endpoint.public_id, reason="再来", now=world.now
        )


@pytest.mark.parametrize("who", ["boss", "safety", "leader", "supervisor"])
def test_only_the_desk_hands_a_call_on(world: World, endpoint: Endpoint, who: str) -> None:
    call = steps.raise_call(world)
    with pytest.raises(Denied):
        operations.forward_call(
            world.actor(who), call.pk, endpoint_id=endpoint.public_id, reason="x", now=world.now
        )


def test_what_fails_waits_twice_as_long_each_time_and_is_given_up(
    world: World, handed: Forward, there: There
) -> None:
    there.answers = there.broken
    waits = []
    for _ in range(sending.MOST_TRIES):
        with tenancy.reading(world.system):
            row = Delivery.objects.get()
        world.now = max(world.now, row.next_at)
        deliver(world)
        with tenancy.reading(world.system):
            row = Delivery.objects.get()
        waits.append(row.next_at - world.now)
    assert waits[:4] == [timedelta(seconds=30 * 2**n) for n in range(4)]
    assert max(waits) <= timedelta(hours=6)
    assert (row.state, row.error, row.tries) == ("given_up", "unreachable", 12)
    assert fresh(world).state == "stuck"
    with tenancy.reading(world.system):
        assert [s.given_up for s in queries.stuck_summary(world.system)] == [1]
    there.answers = there.good
    assert operations.try_again(world.actor("desk"), now=world.now) == 1
    assert deliver(world) == 1
    assert fresh(world).state == "filed"


def test_a_refusal_for_ever_is_given_up_at_once_and_patience_is_kept(
    world: World, handed: Forward, there: There
) -> None:
    there.answers = lambda _m, _u: Reply(429, "")
    deliver(world)
    with tenancy.reading(world.system):
        assert Delivery.objects.get().state == "waiting"
    world.later(hours=1)
    there.answers = lambda _m, _u: Reply(400, "")
    deliver(world)
    with tenancy.reading(world.system):
        assert Delivery.objects.get().state == "given_up"


def test_a_sender_that_died_is_followed_by_one_with_the_same_key(
    world: World, handed: Forward, there: There
) -> None:
    """The first request arrived and nobody wrote it down: the second one brings the same number."""

    def crash(method: str, url: str) -> Reply:
        there.good(method, url)
        raise KeyboardInterrupt

    there.answers = crash
    with pytest.raises(KeyboardInterrupt):
        deliver(world)
    there.answers = there.good
    assert deliver(world) == 0, "the lease of the dead sender still holds"
    world.later(minutes=3)
    assert deliver(world) == 1
    assert len(there.seen) == 1
    assert fresh(world).remote_id == "R-1"


def test_an_answer_that_names_nothing_is_not_taken_for_success(
    world: World, handed: Forward, there: There
) -> None:
    there.answers = lambda _m, _u: Reply(200, "<html>ok</html>")
    assert deliver(world) == 0
    assert fresh(world).state == "waiting"


def test_updates_of_the_other_side_are_kept_once_and_move_the_forward(
    world: World, handed: Forward, there: There
) -> None:
    deliver(world)
    row = {"update_id": "U1", "service_request_id": "R-1", "description": "已受理"}
    there.updates = [
        {**row, "status": "IN_PROGRESS", "updated_datetime": "2026-11-16T02:05:00Z"},
        {**row, "update_id": "U2", "status": "fixed", "updated_datetime": "2026-11-16T03:00:00Z"},
        {**row, "update_id": "U3", "service_request_id": "R-99", "status": "open"},
        {"nonsense": True},
    ]
    world.later(hours=2)
    assert operations.pull_due(world.system, now=world.now) == 2
    assert operations.pull_due(world.system, now=world.now, is_all=True) == 0
    found = fresh(world)
    assert (found.state, found.remote_status) == ("done", "FIXED")
    there.updates = [
        {**row, "update_id": "U4", "status": "REOPEN", "updated_datetime": "2026-11-16T03:30:00Z"}
    ]
    assert operations.pull_due(world.system, now=world.now, is_all=True) == 1
    assert fresh(world).state == "filed"


def test_a_token_is_asked_for_its_number(world: World, handed: Forward, there: There) -> None:
    there.answers = lambda _m, _u: Reply(200, '[{"token": "T-7"}]')
    deliver(world)
    assert fresh(world).state == "token"

    def numbered(_method: str, url: str) -> Reply:
        is_token = "/tokens/T-7.json" in url
        return Reply(200, '[{"service_request_id": "R-7"}]' if is_token else "[]")

    there.answers = numbered
    operations.pull_due(world.system, now=world.now, is_all=True)
    assert (fresh(world).state, fresh(world).remote_id) == ("filed", "R-7")


def test_asking_that_fails_waits_and_is_counted(
    world: World, handed: Forward, there: There
) -> None:
    deliver(world)
    there.answers = there.broken
    operations.pull_due(world.system, now=world.now)
    with tenancy.reading(world.system):
        row = Endpoint.objects.get()
    assert (row.pull_fails, row.pull_error) == (1, "unreachable")
    assert row.next_pull_at is not None
    assert row.next_pull_at > world.now


def test_what_the_desk_tells_waits_for_the_number_and_goes_out_with_its_own_id(
    world: World, desk: Actor, handed: Forward, there: There
) -> None:
    said = operations.say(desk, handed.public_id, text="企业催问", now=world.now)
    deliver(world)
    world.later(minutes=1)
    deliver(world)
    urls = [url for _m, url, _more in there.asked]
    assert urls == [f"{HERE}/requests.json", f"{HERE}/servicerequestupdates.json"]
    form = there.asked[1][2]["form"]
    assert (form["service_request_id"], form["update_id"]) == ("R-1", said.update_id)


def test_a_forward_is_withdrawn_only_while_nothing_was_sent(
    world: World, desk: Actor, handed: Forward, there: There
) -> None:
    there.answers = lambda _m, _u: (_ for _ in ()).throw(OutgoingError("timeout"))
    deliver(world)
    with pytest.raises(Refused, match="nothing_sent"):
        operations.withdraw_forward(desk, handed.public_id, now=world.now)


# --- what others send us ---


def filer(world: World) -> Actor:
    _row, secret = people.issue_key(world.keeper, "邻区", now=world.now)
    found = people.actor_of_key(secret, now=world.now)
    assert found is not None
    return found


def filed(world: World, actor: Actor) -> calls.CallCard:
    text = "墙外路面塌陷"
    return calls.receive(
        actor, title=text, text=text, now=world.now, channel="open311", matter_code="M078"
    )


def said(card: calls.CallCard, update_id: str = "u1", status: str = "OPEN") -> calls.Said:
    return calls.Said(card.number, update_id, status, "还在塌", card.received_at)


def test_an_update_of_the_filer_becomes_a_message_once(world: World) -> None:
    actor = filer(world)
    card = filed(world, actor)
    first = operations.take_update(actor, said(card), now=world.now)
    assert operations.take_update(actor, said(card), now=world.now) == first
    with tenancy.reading(world.system):
        assert Update.objects.count() == 1
        assert [n.text for n in Note.objects.filter(kind="message")] == ["还在塌"]


def test_nobody_sends_updates_of_what_another_filed(world: World) -> None:
    card = filed(world, filer(world))
    with pytest.raises((Denied, NotFound)):
        operations.take_update(filer(world), said(card), now=world.now)


def test_a_reopen_opens_the_closed_call(world: World) -> None:
    actor = filer(world)
    card = filed(world, actor)
    with tenancy.reading(world.system):
        call = Call.objects.get()
    lead = world.units["ZONE_SAFE"]
    steps.take(world, "desk", call, "accept")
    steps.take(world, "desk", call, "dispatch", lead_unit_id=lead, text="请办")
    steps.take(world, "safety", call, "sign", task_id=steps.task(world, call, "ZONE_SAFE"))
    steps.take(world, "safety", call, "contact")
    steps.take(world, "safety", call, "answer", result="solved", text="已填")
    steps.take(world, "desk", call, "review_pass")
    steps.take(world, "caller", call, "callback_confirm", resolved="yes")
    operations.take_update(actor, said(card, status="REOPEN"), now=world.now)
    assert calls.card(world.system, card.id).state == "reopened"


def test_the_database_keeps_what_was_said(world: World) -> None:
    actor = filer(world)
    operations.take_update(actor, said(filed(world, actor)), now=world.now)
    for statement in (
        "UPDATE channels_update SET status = 'FIXED'",
        "DELETE FROM channels_update",
    ):
        with (
            tenancy.acting(world.system),
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


# --- where we may ask ---


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8/open311",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://169.254.169.254/latest",
        "https://10.0.0.1/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://user:pass@8.8.8.8/x",
        "ftp://8.8.8.8/x",
        "file:///etc/passwd",
        "https://0.0.0.0/x",
        "https://8.8.8.8:99999/x",
    ],
)
def test_addresses_inside_are_refused(world: World, url: str) -> None:
    with pytest.raises(OutgoingError, match="forbidden_address"):
        outgoing.look_up(url)
    with pytest.raises(Invalid):
        operations.add_endpoint(
            world.keeper, code="x", kind="open311", name="x", url=url, now=world.now
        )


def test_a_name_that_leads_inside_is_refused_when_it_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *_a, **_k: inside)
    with pytest.raises(OutgoingError, match="forbidden_address"):
        outgoing.look_up("https://rebind.example/x")


def test_only_an_administrator_sets_connections_up(world: World, desk: Actor) -> None:
    with pytest.raises(Denied):
        operations.add_endpoint(desk, code="x", kind="open311", name="x", url=HERE, now=world.now)


# --- an answer that was lost ---


def lose_the_answer(there: There, error: str = "timeout") -> None:
    """The request arrives, and its answer does not come back."""

    def lost(method: str, url: str) -> Reply:
        if method == "POST":
            there.good(method, url)
        raise OutgoingError(error)

    there.answers = lost


def listed(there: There, rows: Any, status: int = 200) -> None:
    """From now on the other side lists these requests, and forgets every key."""

    def answer(method: str, url: str) -> Reply:
        if method == "GET":
            return Reply(status, rows if isinstance(rows, str) else json.dumps(rows))
        there.seen.clear()
        return Reply(200, json.dumps([{"service_request_id": "R-TWICE"}]))

    there.answers = answer


def number_of(world: World, row: Forward) -> str:
    return calls.card(world.system, row.call_id).number


def posts(there: There) -> int:
    return sum(method == "POST" for method, _url, _more in there.asked)


def test_a_request_that_arrived_is_found_by_our_number_and_not_sent_again(
    world: World, handed: Forward, there: There
) -> None:
    lose_the_answer(there)
    assert deliver(world) == 0
    world.later(minutes=5)
    words = f"路灯不亮 [{number_of(world, handed)}]"
    listed(there, [{"service_request_id": "R-77", "description": words}])
    assert deliver(world) == 1
    assert (fresh(world).state, fresh(world).remote_id, posts(there)) == ("filed", "R-77", 1)
    method, url, more = there.asked[-1]
    assert (method, url) == ("GET", f"{HERE}/requests.json")
    assert {"service_code", "start_date", "end_date", "api_key"} <= set(more["params"])


@pytest.mark.parametrize(
    "rows", [[], [{"service_request_id": "R-9", "description": "别的事 [QY-200101-001]"}]]
)
def test_a_request_that_is_not_there_is_sent_again(
    world: World, handed: Forward, there: There, rows: Any
) -> None:
    lose_the_answer(there)
    deliver(world)
    world.later(minutes=5)
    listed(there, rows)
    assert deliver(world) == 1
    assert (fresh(world).remote_id, posts(there)) == ("R-TWICE", 2)


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ("<html>", 200),
        ([{"service_request_id": "R-5"}], 200),
        ([], 404),
        ([], 403),
    ],
)
def test_where_the_other_side_cannot_tell_a_person_looks_and_nothing_is_sent(
    world: World, handed: Forward, there: There, rows: Any, status: int
) -> None:
    lose_the_answer(there, "unreadable")
    deliver(world)
    world.later(minutes=5)
    listed(there, rows, status)
    assert deliver(world) == 0
    assert (fresh(world).state, posts(there)) == ("check", 1)
    world.later(days=2)
    assert deliver(world) == 0
    assert posts(there) == 1
    with tenancy.reading(world.system):
        assert queries.count_stuck(world.system) == 1


def test_a_system_that_is_out_of_order_is_asked_again_before_anything_is_sent(
    world: World, handed: Forward, there: There
) -> None:
    lose_the_answer(there)
    deliver(world)
    for _try in range(2):
        world.later(hours=1)
        listed(there, [], 503)
        assert deliver(world) == 0
    assert (fresh(world).state, posts(there)) == ("waiting", 1)


def test_a_sender_that_died_is_followed_by_a_question(
    world: World, handed: Forward, there: There
) -> None:
    with tenancy.acting(world.system):
        Delivery.objects.update(leased_until=world.now + sending.LEASE)
    world.later(minutes=3)
    words = f"路灯不亮 [{number_of(world, handed)}]"
    listed(there, [{"service_request_id": "R-1", "description": words}])
    assert deliver(world) == 1
    assert posts(there) == 0


@pytest.fixture
def doubted(world: World, handed: Forward, there: There) -> Forward:
    lose_the_answer(there)
    deliver(world)
    world.later(minutes=5)
    listed(there, [], 404)
    deliver(world)
    return fresh(world)


def test_the_desk_writes_the_number_that_it_found_there(
    world: World, desk: Actor, doubted: Forward, there: There
) -> None:
    row = operations.settle_check(desk, doubted.public_id, number="R-42", now=world.now)
    assert (row.state, row.remote_id) == ("filed", "R-42")
    assert deliver(world) == 0
    assert posts(there) == 1


def test_the_desk_has_it_sent_again_when_it_is_not_there(
    world: World, desk: Actor, doubted: Forward, there: There
) -> None:
    operations.settle_check(desk, doubted.public_id, now=world.now)
    assert deliver(world) == 1
    assert (fresh(world).remote_id, posts(there)) == ("R-TWICE", 2)


def test_trying_everything_again_leaves_what_a_person_has_to_check(
    world: World, desk: Actor, doubted: Forward
) -> None:
    assert operations.try_again(desk, now=world.now) == 0
    assert fresh(world).state == "check"


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "请先到对方系统核对"), ("en", "Look there by the number")]
)
def test_the_page_says_that_a_person_has_to_look(
    world: World, doubted: Forward, language: str, words: str
) -> None:
    client = Client()
    client.force_login(world.user("desk"), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = language
    page = client.get(f"/channels/handed-on/{doubted.public_id}/").content.decode()
    assert words in page
    assert 'name="number"' in page
