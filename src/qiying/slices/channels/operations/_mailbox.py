"""Fetching mails from a mailbox by IMAP; a mail is marked as seen when it stands in a table."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import policy
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from imap_tools import AND, BaseMailBox, MailBox, MailBoxUnencrypted, MailMessageFlags
from imap_tools.errors import ImapToolsError

from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid
from qiying.kernel.models import Tenant
from qiying.slices.channels.operations._mail import take_mail

log = logging.getLogger(__name__)
AT_ONCE = 50
TIMEOUT = 20.0


def fetch_mails(actor: Actor, *, now: datetime) -> int:
    """Take the unseen mails of the configured mailbox; how many there were.

    A mailbox that cannot be asked is written to the log and asked again a minute later.
    """
    actor.require(Role.SYSTEM)
    if not settings.MAIL_IN_URL or not _is_for(actor):
        return 0
    try:
        with _mailbox(settings.MAIL_IN_URL) as (box, own):
            return _fetch(actor, box, own, now)
    except (OSError, ImapToolsError) as error:
        log.warning("the mailbox cannot be asked: %s", type(error).__name__)
        return 0


def _is_for(actor: Actor) -> bool:
    """A mailbox belongs to the zone that its address names with ``?zone=``, or to the only one."""
    wanted = parse_qs(urlsplit(settings.MAIL_IN_URL).query).get("zone", [""])[0]
    rows = Tenant.objects.filter(kind="zone")
    found = rows.filter(code=wanted) if wanted else rows
    return list(found.values_list("pk", flat=True)[:2]) == [actor.tenant_id]


@contextmanager
def _mailbox(url: str) -> Iterator[tuple[BaseMailBox, str]]:
    parts = urlsplit(url)
    host, user = parts.hostname or "", unquote(parts.username or "")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    if parts.scheme == "imaps":
        box: BaseMailBox = MailBox(host, parts.port or 993, timeout=TIMEOUT)
    else:
        box = MailBoxUnencrypted(host, parts.port or 143, timeout=TIMEOUT)
    with box.login(user, unquote(parts.password or ""), folder) as opened:
        yield opened, user.lower()


def _fetch(actor: Actor, box: BaseMailBox, own: str, now: datetime) -> int:
    count = 0
    for message in box.fetch(AND(seen=False), limit=AT_ONCE, mark_seen=False, bulk=False):
        try:
            content = message.obj.as_bytes(policy=policy.SMTP)
            take_mail(actor, content, now=now, own_addresses=(own,))
        except Invalid:
            log.warning("a mail cannot be read and was left in the mailbox as seen")
        if message.uid:
            box.flag(message.uid, MailMessageFlags.SEEN, value=True)
        count += 1
    return count
