"""What other systems send us about their calls, and where we may ask."""

import pytest
from django.db import IntegrityError, connection, transaction

from qiying.kernel import outgoing, people, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Invalid, NotFound
from qiying.kernel.outgoing import OutgoingError
from qiying.slices.calls import public as calls
from qiying.slices.calls.models import Call, Note
from qiying.slices.channels import operations
from qiying.slices.channels.models import Update
from tests.slices.calls import steps
from tests.slices.world import World

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
        operations.add_endpoint(
            desk,
            code="x",
            kind="open311",
            name="x",
            url="https://8.8.8.8/open311/v2",
            now=world.now,
        )
