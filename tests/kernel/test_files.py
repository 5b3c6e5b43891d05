"""Uploads are what they say, bounded, and seen only by those who may see their record."""

import io
import struct
import zipfile
import zlib
from contextlib import suppress
from datetime import datetime
from pathlib import PurePath

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
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


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def wide_png(width: int, height: int) -> bytes:
    """A picture of a few bytes that says it has this many pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def patched(data: bytes, *changes: tuple[int, bytes]) -> bytes:
    """The archive with bytes of the first entry of its directory overwritten."""
    start = data.index(b"PK\x01\x02")
    for offset, new in changes:
        at = start + offset
        data = data[:at] + new + data[at + len(new) :]
    return data


PAPER = archive(**{"word__document.xml": b"<w:document/>"})
PROBE = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The test file of virus scanners, joined at run time so that no scanner stops at this one."""
ATTACKS = {
    "huge.png": wide_png(60_000, 60_000),
    "large.png": wide_png(9_000, 12_000),
    "endless.png": wide_png(2**31 - 1, 2**31 - 1),
    "none.png": wide_png(0, 0),
    "version.docx": patched(PAPER, (6, b"\xff\x00")),
    "name.docx": patched(PAPER, (8, b"\x00\x08"), (46, b"\xff\xfe\xfa")),
    "cut.docx": PAPER[: len(PAPER) // 2],
    "cut.webp": picture("WEBP")[:20],
    "cut.jpg": picture("JPEG")[:30],
    "chunk.png": picture().replace(b"IDAT", b"iDA\xff"),
    "length.png": picture()[:33] + b"\xff\xff\xff\xff" + picture()[37:],
    "script.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "svg.png": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "polyglot.jpg": b"\xff\xd8\xff\xe0<script>alert(1)</script>",
    "gif.png": picture("GIF"),
    "other.jpg": picture(),
    "probe.com": PROBE.encode(),
    "probe.pdf": PROBE.encode(),
    "tool.docx": archive(**{"word__embeddings__tool.EXE": b"MZ"}),
    "root.docx": archive(__etc__passwd=b"x"),
    "drive.docx": archive(**{"..\\..\\boot.ini": b"x"}),
    "letter.docx": archive(**{"C:\\boot.ini": b"x"}),
    "many.docx": archive(**{f"word__{n}.xml": b"" for n in range(3001)}),
    "bomb.docx": archive(**{"word__document.xml": b"\x00" * 200_000_000}),
    "report.pdf.php": b"%PDF-1.7\n%%EOF",
    "php.png\x00.php": picture(),
    "nul\x00.png": picture(),
    "photo\u202egnp.exe": picture(),
    "exe\u202egnp.png": picture(),
    "half\ud800.png": picture(),
}
INERT = {
    "x.php.pdf": b"%PDF-1.7\n%%EOF",
    "html.png": picture() + b"<script>alert(1)</script>",
    "probe.docx": archive(**{"word__document.xml": PROBE.encode()}),
    "CON.png": picture(),
    "=cmd().png": picture(),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_and_breaks_nothing(name: str) -> None:
    upload = SimpleUploadedFile("a", ATTACKS[name])
    upload._name = name  # type: ignore[attr-defined]  # as no browser would send it
    with pytest.raises(Invalid):
        files.inspect(upload)


@pytest.mark.django_db
@pytest.mark.parametrize("name", INERT)
def test_what_cannot_be_told_from_an_honest_file_does_no_harm(
    desk: Actor, now: datetime, name: str
) -> None:
    """It is stored under a name of ours and served as nothing that a browser would run."""
    row = files.store(desk, SimpleUploadedFile(name, INERT[name]), purpose="photo", now=now)
    stored = PurePath(row.stored_as)
    assert stored.suffix == PurePath(name).suffix
    assert stored.stem.isalnum()
    response = files.respond(row)
    assert response["Content-Type"] == files.TYPES[stored.suffix][1]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    response.close()


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "表.xlsx"])
@settings(max_examples=60)
@given(data=st.data())
def test_bytes_changed_at_random_are_accepted_or_refused(name: str, data: st.DataObject) -> None:
    body = bytearray(GOOD[name])
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    body = body[: data.draw(st.integers(1, len(body)))]
    with suppress(Invalid):
        files.inspect(SimpleUploadedFile(name, bytes(body)))


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
def test_a_large_upload_is_kept_again_after_a_try_that_was_rolled_back(
    desk: Actor, tenant: Tenant, now: datetime
) -> None:
    """What is too large for memory lies in a file of its own, which the store must leave there."""
    with TemporaryUploadedFile("a.png", "image/png", len(picture()), None) as upload:
        upload.write(picture())
        with suppress(ZeroDivisionError), tenancy.acting(desk):
            files.store(desk, upload, purpose="photo", now=now)
            raise ZeroDivisionError
        row = files.store(desk, upload, purpose="photo", now=now)
    assert row.stored_as
    with tenancy.reading(desk):
        response = files.respond(files.get(desk, row.public_id))
    assert b"".join(response.streaming_content) == picture()  # type: ignore[attr-defined]
    response.close()


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
