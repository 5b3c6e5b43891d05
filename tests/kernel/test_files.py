"""Uploads are what they say, bounded, and seen only by those who may see their record."""

import io
import zipfile
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from qiying.kernel import files, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.models import Tenant


def picture(kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, kind)
    return out.getvalue()


def archive(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in entries.items():
            z.writestr(name.replace("__", "/"), data)
    return out.getvalue()


GOOD = {
    "a.png": picture(),
    "a.jpg": picture("JPEG"),
    "a.webp": picture("WEBP"),
    "a.pdf": b"%PDF-1.7\n%%EOF",
    "表.xlsx": archive(**{"[Content_Types].xml": b"<Types/>", "xl__workbook.xml": b"<w/>"}),
    "v.mp4": b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 32,
    "n.weba": b"\x1a\x45\xdf\xa3" + b"\x00" * 32,
}
HOSTILE = {
    "a.exe": b"MZ" + b"\x00" * 64,
    "a.svg": b"<svg onload='alert(1)'/>",
    "a.html": b"<script>alert(1)</script>",
    "page.png": b"<html><script>alert(1)</script></html>",
    "noend": picture(),
    "a.png.php": picture(),
    "broken.png": picture()[:40],
    "empty.png": b"",
    "macro.docx": archive(**{"word__vbaProject.bin": b"x"}),
    "slip.xlsx": archive(**{"..__..__etc__passwd": b"x"}),
    "bomb.xlsx": archive(**{"xl__sheet.xml": b"\x00" * 30_000_000}),
    "not-zip.xlsx": b"PK\x03\x04 nothing here",
    "a.pdf": b"GIF89a",
    "a.wav": b"RIFF\x00\x00\x00\x00AVI ",
}


@pytest.mark.parametrize("name", GOOD)
def test_an_honest_file_is_accepted(name: str) -> None:
    assert files.inspect(SimpleUploadedFile(name, GOOD[name]))[0] in files.LIMITS


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_file_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        files.inspect(SimpleUploadedFile(name, HOSTILE[name]))


def test_a_file_over_the_limit_is_refused() -> None:
    upload = SimpleUploadedFile("a.png", picture())
    upload.size = files.LIMITS["image"] + 1
    with pytest.raises(Invalid, match="too_large"):
        files.inspect(upload)


@pytest.mark.django_db
def test_a_loose_file_is_seen_by_its_owner_only(
    desk: Actor, stranger: Actor, tenant: Tenant, now: datetime
) -> None:
    row = files.store(desk, SimpleUploadedFile("现场.png", picture()), purpose="photo", now=now)
    other = Actor(desk.tenant_id, "other", desk.held, person_id=999)
    with tenancy.reading(desk):
        assert files.get(desk, row.public_id).name == "现场.png"
    with tenancy.reading(other), pytest.raises(NotFound):
        files.get(other, row.public_id)
    with tenancy.reading(stranger), pytest.raises(NotFound):
        files.get(stranger, row.public_id)


@pytest.mark.django_db
def test_an_attached_file_follows_the_guard_of_its_record(
    desk: Actor, tenant: Tenant, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = files.store(desk, SimpleUploadedFile("a.png", picture()), purpose="photo", now=now)
    assert files.attach(desk, [row.pk], subject=tenant) == 1
    assert files.attach(desk, [row.pk], subject=tenant) == 0
    with tenancy.reading(desk):
        with pytest.raises(NotFound):
            files.get(desk, row.public_id)
        monkeypatch.setitem(files._guards, "kernel.tenant", lambda actor, pk: True)
        response = files.respond(files.get(desk, row.public_id))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content) == picture()  # type: ignore[attr-defined]
    response.close()
