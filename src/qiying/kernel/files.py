"""Files that belong to records: sniffed, bounded, randomly named, served by permission."""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import PurePath, PureWindowsPath
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import puremagic
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile  # noqa: TC002  a runtime alias
from django.http import FileResponse
from django.urls import reverse
from PIL import Image, UnidentifiedImageError

from qiying.kernel import events, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.models import Attachment

Upload: TypeAlias = "UploadedFile[bytes]"
Guard = Callable[[Actor, int], bool]
_guards: dict[str, Guard] = {}
MB = 1024 * 1024
LIMITS = {"image": 12 * MB, "video": 60 * MB, "audio": 12 * MB, "document": 20 * MB}
MAX_FILES = 9
MAX_PIXELS = 60_000_000
TYPES = {
    ".jpg": ("image", "image/jpeg"),
    ".jpeg": ("image", "image/jpeg"),
    ".png": ("image", "image/png"),
    ".webp": ("image", "image/webp"),
    ".mp4": ("video", "video/mp4"),
    ".mov": ("video", "video/quicktime"),
    ".webm": ("video", "video/webm"),
    ".m4a": ("audio", "audio/mp4"),
    ".mp3": ("audio", "audio/mpeg"),
    ".wav": ("audio", "audio/wav"),
    ".ogg": ("audio", "audio/ogg"),
    ".weba": ("audio", "audio/webm"),
    ".pdf": ("document", "application/pdf"),
    ".docx": (
        "document",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ".xlsx": ("document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
SIGNS = {
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".webp": (b"RIFF",),
    ".webm": (b"\x1a\x45\xdf\xa3",),
    ".weba": (b"\x1a\x45\xdf\xa3",),
    ".mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    ".wav": (b"RIFF",),
    ".ogg": (b"OggS",),
    ".pdf": (b"%PDF-",),
    ".docx": (b"PK\x03\x04",),
    ".xlsx": (b"PK\x03\x04",),
}
ISO_MEDIA = {".mp4", ".mov", ".m4a"}
PICTURES = ("JPEG", "PNG", "WEBP")
UNREADABLE = (
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    UnidentifiedImageError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    SyntaxError,
    ValueError,
)
"""What the readers of pictures and archives raise on content made to break them; wrong bytes of
a name are a ValueError, an unknown version or packing is not implemented there."""


def guard(subject_type: str) -> Callable[[Guard], Guard]:
    """Register who may see the files of a kind of record: ``(actor, subject_id) -> bool``."""

    def register(function: Guard) -> Guard:
        _guards[subject_type] = function
        return function

    return register


def inspect(upload: "Upload") -> tuple[str, str]:
    """Return (family, content type) of an acceptable upload; refuse the rest.

    The name's ending, the first bytes and the content must agree; archives are bounded before
    they are opened, pictures are decoded.
    """
    name = PurePath(upload.name or "").name
    kind = TYPES.get(PurePath(name).suffix.lower())
    if kind is None or not name.isprintable():
        raise Invalid("files.type", name="".join(c for c in name if c.isprintable()))
    if not upload.size:
        raise Invalid("files.empty", name=name)
    if upload.size > LIMITS[kind[0]]:
        raise Invalid("files.too_large", limit=LIMITS[kind[0]] // MB)
    upload.seek(0)
    head = upload.read(4096)
    if not _agrees(PurePath(name).suffix.lower(), head):
        raise Invalid("files.type", name=name)
    _open_up(kind[0], upload, name)
    upload.seek(0)
    return kind


def _agrees(suffix: str, head: bytes) -> bool:
    if suffix in ISO_MEDIA:
        return head[4:8] == b"ftyp"
    if not head.startswith(SIGNS[suffix]):
        return False
    if suffix == ".webp":
        return head[8:12] == b"WEBP"
    if suffix == ".wav":
        return head[8:12] == b"WAVE"
    found = {m.extension for m in _magic(head)}
    return not found & {".html", ".svg", ".exe", ".php", ".js"}


def _magic(head: bytes) -> list[Any]:
    try:
        return list(puremagic.magic_string(head))
    except (puremagic.PureError, ValueError):
        return []


def _open_up(family: str, upload: "Upload", name: str) -> None:
    upload.seek(0)
    try:
        if family == "image":
            with Image.open(upload, formats=PICTURES) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise Invalid("files.damaged", name=name)
                picture.verify()
        elif family == "document" and name.lower().endswith((".docx", ".xlsx")):
            check_archive(upload, name)
    except UNREADABLE as error:
        raise Invalid("files.damaged", name=name) from error


def check_archive(file: Any, name: str) -> None:
    """Refuse archives that unfold beyond reason, carry programs or leave their folder."""
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        total = sum(e.file_size for e in entries)
        packed = sum(e.compress_size for e in entries) or 1
        hostile = any(
            ".." in PureWindowsPath(e.filename).parts
            or PureWindowsPath(e.filename).anchor
            or e.filename.lower().endswith(("vbaproject.bin", ".exe", ".dll"))
            for e in entries
        )
    if hostile or len(entries) > 3000 or total > 150 * MB or total / packed > 120:
        raise Invalid("files.damaged", name=name)


@tenancy.operation
def store(actor: Actor, upload: "Upload", *, purpose: str, now: datetime) -> Attachment:
    """Keep an upload that belongs to no record yet."""
    family, content_type = inspect(upload)
    sha256 = hashlib.sha256()
    for chunk in upload.chunks():
        sha256.update(chunk)
    upload.seek(0)
    name = PurePath(upload.name or "").name
    suffix = PurePath(name).suffix.lower()
    # What the storage is given has no path of its own: a large upload would be moved away, and the
    # try after one that was rolled back would look for it in vain.
    content = File(upload.file, name=upload.name)
    stored_as = default_storage.save(
        f"{actor.tenant_id}/{now:%Y/%m}/{uuid4().hex}{suffix}", content
    )
    row = Attachment.objects.create(
        tenant_id=actor.tenant_id,
        purpose=purpose or family,
        name=name[-200:],
        stored_as=stored_as,
        content_type=content_type,
        size=upload.size or 0,
        sha256=sha256.hexdigest(),
        uploaded_by=actor.identity,
        uploaded_at=now,
    )
    events.record("kernel.file_stored", subject=row, actor=actor, now=now, sha256=row.sha256)
    return row


@tenancy.operation
def attach(actor: Actor, attachment_ids: Iterable[int], *, subject: events.Subject) -> int:
    """Tie one's own loose files to a record; a file that belongs to another record stays there."""
    ids = list(attachment_ids)
    if not ids:
        return 0
    if len(ids) > MAX_FILES:
        raise Invalid("files.too_many", limit=MAX_FILES)
    return Attachment.objects.filter(
        tenant_id=actor.tenant_id, id__in=ids, subject_id=None, uploaded_by=actor.identity
    ).update(subject_type=events.subject_type(subject), subject_id=subject.pk)


def list_for(actor: Actor, subject: events.Subject) -> list[Attachment]:
    """The files of a record; the caller has shown that the actor may see the record."""
    rows = Attachment.objects.filter(
        tenant_id=actor.tenant_id,
        subject_type=events.subject_type(subject),
        subject_id=subject.pk,
    )
    return list(rows.order_by("id"))


def get(actor: Actor, public_id: UUID) -> Attachment:
    """A file that this actor may see: one's own loose file or one of a visible record."""
    row = Attachment.objects.filter(tenant_id=actor.tenant_id, public_id=public_id).first()
    if row is None or not _may_see(actor, row):
        raise NotFound("not_found")
    return row


def _may_see(actor: Actor, row: Attachment) -> bool:
    if row.subject_id is None:
        return row.uploaded_by == actor.identity
    check = _guards.get(row.subject_type)
    return check is not None and check(actor, row.subject_id)


def url(row: Attachment) -> str:
    return reverse("kernel:file", args=[row.public_id])


def respond(row: Attachment) -> FileResponse:
    """The file's bytes: media shown in the page, documents as a download, nothing executable."""
    is_media = row.content_type.split("/")[0] in {"image", "audio", "video"}
    response = FileResponse(
        default_storage.open(row.stored_as),
        as_attachment=not is_media,
        filename=row.name,
        content_type=row.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response
