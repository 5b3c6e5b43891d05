"""The attack set through the front door: refused with a problem, or stored as what it honestly is."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qiying.kernel import files, people, tenancy
from qiying.kernel.models import Attachment
from tests.kernel.test_files import ATTACKS, GOOD, HOSTILE, PROBE, picture
from tests.slices.world import World

ODD_NAMES = frozenset({"nul\x00.png", "exe\u202egnp.png"})
"""Pictures under names that the server reads without the odd character."""
MORE = {
    "report.pdf.exe": b"MZ" + b"\x00" * 64,
    "photo.png.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "..%2f..%2fshell.php": b"<?php system($_GET['c']); ?>",
    "probe.txt": PROBE.encode(),
    "page.xlsx": b"<html><script>alert(1)</script></html>",
    ".htaccess": b"AddType application/x-httpd-php .png",
    "web.config": b"<configuration/>",
    "a.png/../../b.jsp": picture(),
}
SENT = {
    name: body
    for name, body in {**HOSTILE, **ATTACKS, **MORE}.items()
    if name.isprintable() or name in ODD_NAMES
}


@pytest.fixture
def machine(world: World) -> Client:
    _row, secret = people.issue_key(world.system, "portal", now=world.now)
    return Client(headers={"X-API-Key": secret})


def stored(world: World) -> list[Attachment]:
    with tenancy.reading(world.system):
        return list(Attachment.objects.all())


def test_no_attack_comes_through_the_interface(world: World, machine: Client) -> None:
    assert len(SENT) > 40
    for name, body in SENT.items():
        before = len(stored(world))
        upload = SimpleUploadedFile("a", body)
        upload._name = name  # type: ignore[attr-defined]  # as no browser would send it
        answer = machine.post("/api/v1/calls/attachments", {"file": upload})
        if name in ODD_NAMES:
            assert answer.status_code == 201, name
            assert stored(world)[-1].name.isprintable()
            continue
        assert answer.status_code == 422, name
        assert answer["Content-Type"] == "application/problem+json"
        assert len(stored(world)) == before, name


def test_what_is_stored_lies_under_a_name_of_ours(world: World, machine: Client) -> None:
    for name, body in GOOD.items():
        answer = machine.post(
            "/api/v1/calls/attachments", {"file": SimpleUploadedFile(name, body)}
        )
        assert answer.status_code == 201, name
    for row in stored(world):
        tenant, year, month, own = row.stored_as.split("/")
        assert (tenant, year.isdecimal(), month.isdecimal()) == (str(world.tenant.pk), True, True)
        assert own.partition(".")[0].isalnum()
        assert "." + own.partition(".")[2] in files.TYPES
