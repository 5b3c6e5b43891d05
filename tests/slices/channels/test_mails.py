"""Mails that become calls, join them or wait."""

from contextlib import suppress
from email.message import EmailMessage
from typing import Any

import pytest

from qiying.kernel import files, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Invalid
from qiying.slices.calls import public as calls
from qiying.slices.calls.models import Call
from qiying.slices.channels import operations
from qiying.slices.channels.models import Mail
from qiying.slices.channels.rules import mails
from tests.slices.calls import steps
from tests.slices.world import World


def mail(text: str = "厂门口积水，货车进不来。", **heads: Any) -> bytes:
    found = EmailMessage()
    found["From"] = heads.pop("sender", "王经理 <wang@hongda.example>")
    found["Subject"] = heads.pop("subject", "厂门口积水")
    found["Message-ID"] = f"<{heads.pop('mid', 'a1')}@hongda.example>"
    files_ = heads.pop("files", [])
    for name, value in heads.items():
        found[name.replace("_", "-")] = value
    found.set_content(text)
    for name, content, kind in files_:
        found.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=name)
    return found.as_bytes()


def known(world: World, address: str = "wang@hongda.example") -> None:
    operations.record_sender(world.actor("desk"), address, world.firms["宏达"], now=world.now)


def take(world: World, content: bytes) -> Mail:
    return operations.take_mail(world.system, content, now=world.now)


# --- mails ---


def test_a_mail_of_a_known_address_becomes_a_call_of_that_firm(world: World) -> None:
    known(world)
    row = take(world, mail(files=[("a.pdf", b"%PDF-1.4 x", ("application", "pdf"))]))
    assert row.state == "registered"
    file = calls.file_of(world.system, row.call_id or 0)
    assert (file.channel, file.card.enterprise_id) == ("email", world.firms["宏达"])
    with tenancy.reading(world.system):
        assert len(files.list_for(world.system, Call.objects.get())) == 1


def test_the_same_message_twice_is_one_mail_and_one_call(world: World) -> None:
    known(world)
    assert take(world, mail()).pk == take(world, mail()).pk
    with tenancy.reading(world.system):
        assert (Mail.objects.count(), Call.objects.count()) == (1, 1)


def test_a_mail_of_an_unknown_address_waits_and_the_desk_remembers_it(
    world: World, desk: Actor
) -> None:
    row = take(world, mail())
    assert (row.state, row.call_id) == ("waiting", None)
    operations.register_mail(
        desk, row.public_id, enterprise_id=world.firms["宏达"], is_remembered=True, now=world.now
    )
    assert take(world, mail(mid="a2")).state == "registered"


@pytest.mark.parametrize(
    ("heads", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto_submitted"),
        ({"Precedence": "bulk"}, "precedence"),
        ({"List_Id": "<news.example>"}, "list"),
        ({"X_Autoreply": "yes"}, "auto_reply"),
        ({"Return_Path": "<>"}, "bounce"),
        ({"sender": "mailer-daemon@example.org"}, "sender"),
        ({"sender": "no-reply@example.org"}, "sender"),
        ({"subject": "自动回复：我在休假"}, "subject"),
        ({"X_Qiying_Loop": "1"}, "own"),
    ],
)
def test_what_a_machine_wrote_is_kept_and_nothing_follows(
    world: World, heads: dict[str, str], why: str
) -> None:
    known(world)
    row = take(world, mail(**heads))
    assert (row.state, row.automatic) == ("automatic", why)
    with tenancy.reading(world.system):
        assert not Call.objects.exists()


def test_a_mail_that_answers_joins_the_open_call(world: World) -> None:
    known(world)
    first = take(world, mail())
    number = calls.card(world.system, first.call_id or 0).number
    by_subject = take(world, mail(subject=f"Re: {number}", mid="b1"))
    by_thread = take(world, mail(In_Reply_To="<a1@hongda.example>", mid="b2"))
    assert (by_subject.state, by_thread.state) == ("joined", "joined")
    assert {by_subject.call_id, by_thread.call_id} == {first.call_id}


def test_a_mail_that_names_another_firms_call_does_not_join_it(world: World) -> None:
    call = steps.raise_call(world, "desk", "远航", channel="phone")
    known(world)
    row = take(world, mail(subject=f"Re: {call.number}"))
    assert row.state == "registered"
    assert row.call_id != call.pk


def test_a_flood_of_one_address_waits_for_the_desk(world: World) -> None:
    known(world)
    states = [take(world, mail(mid=f"f{n}", subject=f"第{n}封")).state for n in range(12)]
    assert states.count("registered") == 10
    assert states[-1] == "waiting"


def test_files_that_may_not_be_kept_are_named(world: World) -> None:
    row = take(world, mail(files=[("virus.exe", b"MZ...", ("application", "octet-stream"))]))
    assert row.refused_files == [["virus.exe", "files.type"]]


@pytest.mark.parametrize("content", [b"", b"no mail at all", b"From: nobody\n\nx"])
def test_what_is_no_mail_is_refused(world: World, content: bytes) -> None:
    with pytest.raises(Invalid, match="mail_unreadable"):
        take(world, content)


def test_a_quoted_mail_below_is_left_out_and_html_is_read_as_text() -> None:
    found = mails.read(mail("还是没修好。\n\n发件人: 企服\n> 旧的话"))
    assert found.text == "还是没修好。"
    page = EmailMessage()
    page["From"], page["Subject"] = "a@b.example", "x"
    page.set_content("<style>p{}</style><p>第一行</p><p>第二行 &amp; 完</p>", subtype="html")
    assert mails.read(page.as_bytes()).text == "第一行\n第二行 & 完"


@pytest.mark.parametrize("encoding", ["utf-8"])
def test_heads_and_words_written_without_an_encoding_are_read(world: World, encoding: str) -> None:
    raw = "From: 林工 <lin@a.example>\nSubject: 围墙外积水\n\n连日下雨，叉车过不去\n".encode(
        encoding
    )
    row = take(world, raw)
    assert (row.name, row.subject) == ("林工", "围墙外积水")


@pytest.mark.parametrize(
    "head", ["From: \udcff@b\n", "From: <@>\n", "From: a@b\nDate: never\n", "From: a@\u2028b\n"]
)
def test_a_broken_head_never_breaks_the_reader(world: World, head: str) -> None:
    raw = head.encode("utf-8", "surrogateescape") + b"Subject: \xff\xfe\n\n\xff\xfe\x00"
    with suppress(Invalid):
        take(world, raw)


def test_a_mail_is_put_aside_with_a_reason_and_taken_up_again(world: World, desk: Actor) -> None:
    row = take(world, mail())
    with pytest.raises(Invalid):
        operations.dismiss_mail(desk, row.public_id, reason="x", now=world.now)
    operations.dismiss_mail(desk, row.public_id, reason="advertising", now=world.now)
    assert operations.wake_mail(desk, row.public_id, now=world.now).state == "waiting"


def test_only_the_desk_decides_on_mails(world: World) -> None:
    row = take(world, mail())
    with pytest.raises(Denied):
        operations.dismiss_mail(
            world.actor("supervisor"), row.public_id, reason="advertising", now=world.now
        )
