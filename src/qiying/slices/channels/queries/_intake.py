"""Referrals, mails, signals, files that were brought in, and calls about the same problem."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from qiying.kernel.access import Actor, system
from qiying.kernel.errors import NotFound
from qiying.slices.calls import public as calls
from qiying.slices.channels.models import (
    Batch,
    BatchLine,
    Mail,
    Referral,
    SameProblem,
    Signal,
    WorkOrder,
)
from qiying.slices.channels.rules.codes import BatchKind, MailState, ReferralState

SAME_WITHIN = timedelta(days=30)
LOOKED_AT = 12


# --- referrals and signals ---


def list_referrals(actor: Actor, *, tab: str = "") -> QuerySet[Referral]:
    rows = Referral.objects.visible_to(actor).select_related("call", "call__enterprise")
    if tab == "owed":
        return rows.filter(state__in=[ReferralState.OWED, ReferralState.REDO])
    return rows.filter(state=tab) if tab in set(ReferralState) else rows


def get_referral(actor: Actor, public_id: UUID, *, for_update: bool = False) -> Referral:
    rows = Referral.objects.visible_to(actor).filter(public_id=public_id)
    row = (rows.select_for_update(of=("self",)) if for_update else rows).first()
    if row is None:
        raise NotFound("not_found")
    return row


def has_referral(actor: Actor, kind: str, reference: str) -> bool:
    rows = Referral.objects.visible_to(system(actor.tenant_id))
    return rows.filter(kind=kind, reference=reference).exists()


def referral_of_call(actor: Actor, call_id: int) -> Referral | None:
    return Referral.objects.visible_to(actor).filter(call_id=call_id).first()


def list_signals(actor: Actor) -> QuerySet[Signal]:
    return Signal.objects.visible_to(actor).select_related("call", "call__enterprise")


def find_signal(actor: Actor, kind: str, reference: str) -> Signal | None:
    rows = Signal.objects.visible_to(system(actor.tenant_id))
    return rows.filter(kind=kind, reference=reference).first()


def signal_of_call(actor: Actor, call_id: int) -> Signal | None:
    return Signal.objects.visible_to(actor).filter(call_id=call_id).first()


# --- mails ---


def list_mails(actor: Actor, *, tab: str = "") -> QuerySet[Mail]:
    rows = Mail.objects.visible_to(actor).select_related("enterprise", "call").defer("text")
    return rows.filter(state=tab) if tab in set(MailState) else rows


def get_mail(actor: Actor, public_id: UUID, *, for_update: bool = False) -> Mail:
    rows = Mail.objects.visible_to(actor).filter(public_id=public_id)
    row = (rows.select_for_update(of=("self",)) if for_update else rows).first()
    if row is None:
        raise NotFound("not_found")
    return row


def find_mail_by_message(actor: Actor, message_id: str) -> Mail | None:
    return Mail.objects.visible_to(actor).filter(message_id=message_id).first()


def mails_named(actor: Actor, message_ids: Iterable[str]) -> list[int]:
    """The calls to which the mails with these names belong, the latest mail first."""
    rows = Mail.objects.visible_to(actor).filter(message_id__in=list(message_ids))
    found = rows.filter(call__isnull=False).order_by("-id").values_list("call_id", flat=True)
    return [pk for pk in found if pk is not None]


def mails_of_call(actor: Actor, call_id: int) -> list[Mail]:
    return list(Mail.objects.visible_to(actor).filter(call_id=call_id).order_by("id"))


def count_waiting_mails(actor: Actor) -> int:
    return waiting_mails(actor).count()


def waiting_mails(actor: Actor) -> QuerySet[Mail]:
    """The mails that ``count_waiting_mails`` counts."""
    return Mail.objects.visible_to(actor).filter(state=MailState.WAITING).order_by()[:99]


# --- files ---


def list_batches(actor: Actor) -> QuerySet[Batch]:
    return Batch.objects.visible_to(actor).select_related("made_by")


def get_batch(actor: Actor, public_id: UUID, *, for_update: bool = False) -> Batch:
    rows = Batch.objects.visible_to(actor).filter(public_id=public_id)
    row = (rows.select_for_update(of=("self",)) if for_update else rows).first()
    if row is None:
        raise NotFound("not_found")
    return row


def lines_of(actor: Actor, batch: Batch, outcome: str = "") -> QuerySet[BatchLine]:
    rows = BatchLine.objects.visible_to(actor).filter(batch_id=batch.pk)
    return rows.filter(outcome=outcome) if outcome else rows


def known_keys(actor: Actor, kind: str, keys: set[str]) -> frozenset[str]:
    """Which of these order numbers or references were written before."""
    if not keys:
        return frozenset()
    platform = system(actor.tenant_id)
    if kind == BatchKind.ORDERS:
        orders = WorkOrder.objects.visible_to(platform).filter(order_number__in=keys)
        return frozenset(orders.values_list("order_number", flat=True))
    rows = BatchLine.objects.visible_to(platform).filter(
        call__isnull=False, clean__reference__in=list(keys)
    )
    return frozenset(rows.values_list("clean__reference", flat=True))


# --- the same problem ---


def take_turns(actor: Actor) -> None:
    """Whoever links calls or writes a file does so one after the other, until the transaction ends."""
    with connection.cursor() as cursor:
        name = f"channels:{actor.tenant_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 29))", [name])


def link_of(actor: Actor, call_id: int) -> SameProblem | None:
    """The link of a call to the first call about its problem."""
    rows = SameProblem.objects.visible_to(actor).filter(call_id=call_id, unlinked_at=None)
    return rows.select_related("linked_by").first()


def has_followers(actor: Actor, call_id: int) -> bool:
    rows = SameProblem.objects.visible_to(system(actor.tenant_id))
    return rows.filter(main_id=call_id, unlinked_at=None).exists()


def followers_of(actor: Actor, main_id: int) -> list[int]:
    """The calls that are linked to a first one."""
    rows = SameProblem.objects.visible_to(actor).filter(main_id=main_id, unlinked_at=None)
    return list(rows.order_by("id").values_list("call_id", flat=True))


def likes_of(actor: Actor, call_id: int, *, limit: int = 5) -> list[calls.LikeCard]:
    """Calls of the last 30 days that may be the same problem: another channel, or the same firm."""
    file = calls.file_of(actor, call_id)
    found = calls.like(
        actor,
        f"{file.card.title}\n{file.text}",
        at=file.card.received_at,
        place=(file.longitude, file.latitude),
        enterprise_id=file.card.enterprise_id,
        call_id=call_id,
        limit=LOOKED_AT,
    )
    kept = [row for row in found if _may_be_same(file, row, file.card.received_at)]
    return kept[:limit]


def _may_be_same(file: calls.CallFile, row: calls.LikeCard, at: datetime) -> bool:
    if row.card.id == file.card.id or abs(row.received_at - at) > SAME_WITHIN:
        return False
    return row.channel != file.channel or row.is_same_firm
