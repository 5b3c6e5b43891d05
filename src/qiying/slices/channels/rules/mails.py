"""What a mail is: who wrote it, whether a machine did, which call it belongs to. Nothing is sent."""

import hashlib
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

MOST_BYTES = 25 * 1024 * 1024
MOST_TEXT = 4000
MOST_SUBJECT = 200
MOST_FILES = 9
NUMBER = re.compile(r"\bQY-\d{6}-\d{3,6}\b")
AUTOMATIC_SENDER = re.compile(
    r"(?:^|[._+-])(?:no-?reply|do-?not-?reply|mailer-daemon|postmaster|bounce[sd]?|notifications?)"
    r"(?:[._+-]|@|$)",
    re.IGNORECASE,
)
AUTOMATIC_SUBJECT = re.compile(
    r"^(?:auto(?:matic)?[ -]?repl|out of office|undeliver|delivery status|自动回复|自动答复|退信|系统退信)",
    re.IGNORECASE,
)
QUOTE = re.compile(
    r"^(?:>|-{2,}\s*(?:原始邮件|original message)|(?:发件人|from)\s*[:：].{0,200}$|on .{5,120} wrote:$)",
    re.IGNORECASE,
)
TAG, BREAK = re.compile(r"<[^>]*>"), re.compile(r"<(?:br|/p|/div|/tr|/li)\b[^>]*>", re.IGNORECASE)
HIDDEN = re.compile(r"<(style|script|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class UnreadableMailError(ValueError):
    """Too large, or no mail at all."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file that came with a mail."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Read:
    """A mail as it is understood."""

    message_id: str
    address: str
    name: str
    subject: str
    text: str
    sent_at: datetime | None
    parts: tuple[Part, ...]
    numbers: tuple[str, ...]
    """Numbers of calls that stand in the subject."""
    references: tuple[str, ...]
    automatic: str
    """Why it was written by a machine, "" when a person wrote it."""


def read(content: bytes, own_addresses: Iterable[str] = ()) -> Read:
    """Understand a mail.

    Raises
    ------
    UnreadableMailError
        When it is larger than ``MOST_BYTES`` or names no sender.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableMailError("size")
    found = BytesParser(policy=policy.default).parsebytes(content)
    assert isinstance(found, EmailMessage)  # noqa: S101  the policy makes these
    sender = _sender(found)
    if sender is None:
        raise UnreadableMailError("sender")
    address = _sound(f"{sender.username}@{sender.domain}").lower()
    subject = _line(str(found.get("Subject", "")), MOST_SUBJECT)
    return Read(
        message_id=_message_id(found, content),
        address=address[:254],
        name=_line(sender.display_name, 64),
        subject=subject,
        text=_text(found),
        sent_at=_sent_at(found),
        parts=_parts(found),
        numbers=tuple(dict.fromkeys(NUMBER.findall(subject))),
        references=_references(found),
        automatic=_automatic(found, address, subject, frozenset(own_addresses)),
    )


def _sender(found: EmailMessage) -> Address | None:
    try:
        addresses = found["From"].addresses if found["From"] else ()
    except (AttributeError, ValueError, IndexError):
        return None
    return next((a for a in addresses if a.username and a.domain), None)


def _message_id(found: EmailMessage, content: bytes) -> str:
    """Its own name; a mail without one is named by what it says."""
    given = _line(str(found.get("Message-ID", "")), 400).strip("<> ")
    if given:
        return given[:200]
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _references(found: EmailMessage) -> tuple[str, ...]:
    given = f"{found.get('In-Reply-To', '')} {found.get('References', '')}"
    return tuple(dict.fromkeys(re.findall(r"<([^<>\s]{1,200})>", given)))[:20]


def _automatic(found: EmailMessage, address: str, subject: str, own: frozenset[str]) -> str:
    """Loops end here: what a machine wrote, and what we wrote ourselves, is not answered."""
    signs = (
        ("auto_submitted", _says(found, "Auto-Submitted").split(";")[0].strip() not in {"", "no"}),
        ("precedence", _says(found, "Precedence") in {"bulk", "junk", "list", "auto_reply"}),
        ("list", bool(found.get("List-Id") or found.get("List-Unsubscribe"))),
        ("auto_reply", bool(found.get("X-Autoreply"))),
        ("auto_reply", _says(found, "X-Auto-Response-Suppress") == "all"),
        ("bounce", _says(found, "Return-Path") == "<>"),
        ("report", found.get_content_type() == "multipart/report"),
        ("own", address in own or bool(found.get("X-Qiying-Loop"))),
        ("sender", bool(AUTOMATIC_SENDER.search(address.partition("@")[0] + "@"))),
        ("subject", bool(AUTOMATIC_SUBJECT.match(subject))),
    )
    return next((name for name, is_so in signs if is_so), "")


def _says(found: EmailMessage, name: str) -> str:
    return str(found.get(name, "")).strip().lower()


def _sent_at(found: EmailMessage) -> datetime | None:
    try:
        at = parsedate_to_datetime(str(found.get("Date", "")))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if 2000 < at.year < 2200 else None


def _text(found: EmailMessage) -> str:
    """What the person wrote: plain text before HTML, without what is quoted below."""
    body = found.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    try:
        raw = str(body.get_content())
    except (LookupError, UnicodeError, KeyError):
        payload = body.get_payload(decode=True)
        raw = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    if body.get_content_type() == "text/html":
        raw = html.unescape(TAG.sub("", BREAK.sub("\n", HIDDEN.sub("", raw))))
    lines: list[str] = []
    raw = _sound(raw)
    for line in CONTROL.sub("", raw.replace("\r\n", "\n").replace("\r", "\n")).split("\n"):
        if QUOTE.match(line.strip()) and any(lines):
            break
        lines.append(line.rstrip())
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return text[:MOST_TEXT]


def _parts(found: EmailMessage) -> tuple[Part, ...]:
    parts: list[Part] = []
    for part in found.iter_attachments():
        name = _line(part.get_filename() or "", 120)
        payload = part.get_payload(decode=True)
        if name and isinstance(payload, bytes) and payload:
            parts.append(Part(name, payload))
    return tuple(parts[:MOST_FILES])


def _line(text: str, most: int) -> str:
    return " ".join(CONTROL.sub(" ", _sound(text)).split())[:most]


def _sound(text: str) -> str:
    """Text without the stand-ins of bytes that a header held without saying how to read them."""
    if text.isascii():
        return text
    raw = text.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
