"""What follows from events: people are told, other systems hear, mailboxes are asked; repeatable."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qiying.kernel import events, files, jobs, notifications, search, tenancy
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.errors import NotFound
from qiying.kernel.models import Event
from qiying.kernel.people import people_with
from qiying.kernel.search import Hit
from qiying.slices.calls import public as calls
from qiying.slices.channels import operations, queries
from qiying.slices.channels.models import labels

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = time(8, 30)
FOLLOWED = {"calls.messaged": "OPEN", "calls.reopened": "REOPEN", "calls.withdrawn": "CANCELLED"}
"""What a firm does with its call, and what that is called between systems."""
ORDER_TOLD: dict[str, tuple[str, ...]] = {
    "channels.order_received": (Role.DESK,),
    "channels.order_returned": (Role.DESK,),
    "channels.order_return_refused": (Role.DESK,),
    "channels.order_extension_asked": (Role.SUPERVISOR,),
    "channels.order_reworked": (Role.DESK, Role.CALLBACK),
}
FORWARD_TOLD = (
    *("channels.forward_stuck", "channels.forward_unsure"),
    *("channels.forward_done", "channels.forward_reopened"),
)


def _people(actor: Actor, now: datetime, *roles: str) -> set[int]:
    on = now.astimezone(SHANGHAI).date()
    return {p.pk for p in people_with(actor, *roles, on=on)}


def _doer(event: Event) -> set[int]:
    return {int(event.actor[1:])} if event.actor.startswith("p") else set()


def _tell(
    actor: Actor,
    people: Iterable[int],
    kind: str,
    subject: Any,
    url: str,
    *,
    key: str,
    now: datetime,
    **params: Any,
) -> None:
    notifications.notify(
        actor,
        people,
        kind=kind,
        subject=subject,
        url=url,
        params=params,
        effect_key=key,
        now=now,
    )


# --- 12345 ---


def tell_of_order(event: Event) -> None:
    """The desk, a supervisor or the call-back officers learn of a step on an order."""
    actor = system(event.tenant_id)
    with tenancy.acting(actor):
        order = queries.list_orders(actor).filter(pk=event.subject_id).first()
        if order is None:
            return
        people = _people(actor, event.occurred_at, *ORDER_TOLD[event.topic]) - _doer(event)
        url = reverse("channels:order", args=[order.public_id])
        _tell(
            actor,
            people,
            event.topic,
            order,
            url,
            key=f"{event.topic}:{event.sequence}",
            now=event.occurred_at,
            number=order.order_number,
        )


for _topic in ORDER_TOLD:
    events.on(_topic)(tell_of_order)


@jobs.sweeper("channels.orders")
def warn_of_late_orders(actor: Actor, now: datetime) -> int:
    """Once for each limit that ran out: not signed for, not replied to."""
    count = 0
    with tenancy.acting(actor):
        rows = queries.list_orders(actor, tab="open").filter(sign_due_at__lt=now)
        for order in rows.order_by("id")[:200]:
            is_unsigned = order.state == "issued"
            if not is_unsigned and order.due_at >= now:
                continue
            kind = "channels.order_sign_late" if is_unsigned else "channels.order_reply_late"
            if not is_unsigned and order.state not in {"signed", "rework"}:
                continue
            due = order.sign_due_at if is_unsigned else order.due_at
            url = reverse("channels:order", args=[order.public_id])
            people = _people(actor, now, Role.DESK, Role.SUPERVISOR)
            key = f"{kind}:{order.pk}:{due:%Y%m%d%H%M}"
            _tell(actor, people, kind, order, url, key=key, now=now, number=order.order_number)
            count += 1
    return count


# --- other systems ---


@events.on("channels.delivery_made")
def send(event: Event) -> None:
    """Send at once; what does not get through is taken up by the sweeper."""
    operations.deliver(system(event.tenant_id), event.subject_id, now=timezone.now())


@jobs.sweeper("channels.deliveries")
def send_again(actor: Actor, now: datetime) -> int:
    return operations.deliver_due(actor, now=now)


@jobs.sweeper("channels.pulling")
def ask_others(actor: Actor, now: datetime) -> int:
    return operations.pull_due(actor, now=now)


def tell_of_forward(event: Event) -> None:
    """The desk learns what became of a call that was handed on."""
    actor = system(event.tenant_id)
    with tenancy.acting(actor):
        try:
            row = queries.get_forward_row(actor, event.subject_id)
        except NotFound:
            return
        number = calls.card(actor, row.call_id).number
        url = reverse("channels:forward", args=[row.public_id])
        people = _people(actor, event.occurred_at, Role.DESK)
        key = f"{event.topic}:{event.sequence}"
        at = event.occurred_at
        _tell(actor, people, event.topic, row, url, key=key, now=at, number=number)


for _topic in FORWARD_TOLD:
    events.on(_topic)(tell_of_forward)


def pass_on(event: Event) -> None:
    """What the firm writes or does is told to the systems that have its call."""
    is_said = event.topic == "calls.messaged"
    if is_said and not event.data.get("from_firm"):
        return
    actor = system(event.tenant_id)
    with tenancy.acting(actor):
        text = calls.words(actor, event.data.get("note", 0))
        operations.follow_call(
            actor,
            event.subject_id,
            status=FOLLOWED[event.topic],
            text=text,
            now=event.occurred_at,
        )


for _topic in FOLLOWED:
    events.on(_topic)(pass_on)


@jobs.sweeper("channels.stuck")
def tell_what_is_stuck(actor: Actor, now: datetime) -> int:
    """Every morning, as long as something does not get through."""
    local = now.astimezone(SHANGHAI)
    if local.time() < MORNING:
        return 0
    with tenancy.acting(actor):
        count = queries.count_stuck(actor)
        if not count:
            return 0
        endpoint = queries.list_stuck(actor).order_by("id")[0]
        people = _people(actor, now, Role.DESK, Role.ADMINISTRATOR)
        url = reverse("channels:stuck")
        key = f"channels.stuck:{local:%Y-%m-%d}"
        _tell(actor, people, "channels.stuck", endpoint, url, key=key, now=now, count=count)
    return count


# --- mails and referrals ---


@jobs.sweeper("channels.mail")
def fetch(actor: Actor, now: datetime) -> int:
    return operations.fetch_mails(actor, now=now)


@events.on("channels.mail_taken")
def tell_of_mail(event: Event) -> None:
    """A mail of an unknown address is the desk's to look at."""
    actor = system(event.tenant_id)
    with tenancy.acting(actor):
        row = queries.list_mails(actor, tab="waiting").filter(pk=event.subject_id).first()
        if row is None:
            return
        people = _people(actor, event.occurred_at, Role.DESK)
        url = reverse("channels:mail", args=[row.public_id])
        key = f"channels.mail_waiting:{row.pk}"
        _tell(actor, people, "channels.mail_waiting", row, url, key=key, now=event.occurred_at)


@events.on("channels.mail_joined")
def tell_of_joined_mail(event: Event) -> None:
    """Whoever handles the call reads what came by mail."""
    actor = system(event.tenant_id)
    with tenancy.acting(actor):
        card = calls.card(actor, event.data["call"])
        row = queries.list_mails(actor).filter(pk=event.subject_id).first()
        if row is None:
            return
        on = event.occurred_at.astimezone(SHANGHAI).date()
        units = (Role.HANDLER, Role.UNIT_LEADER)
        handlers = people_with(actor, *units, unit_id=card.lead_unit_id, on=on)
        desk = people_with(actor, Role.DESK, on=on)
        found = {p.pk for p in (handlers if card.lead_unit_id else desk)} - _doer(event)
        url = reverse("calls:case", args=[card.public_id])
        key = f"channels.mail_joined:{row.pk}"
        at = event.occurred_at
        _tell(actor, found, "channels.mail_joined", row, url, key=key, now=at, number=card.number)


@jobs.sweeper("channels.referrals")
def warn_of_referrals(actor: Actor, now: datetime) -> int:
    """A week before a reply is due, and when it is overdue: once each."""
    today, count = now.astimezone(SHANGHAI).date(), 0
    with tenancy.acting(actor):
        rows = queries.list_referrals(actor, tab="owed").filter(
            due_on__lte=today + timedelta(days=7)
        )
        for row in rows.order_by("due_on", "id")[:200]:
            kind = "channels.referral_late" if row.due_on < today else "channels.referral_due"
            people = _people(actor, now, Role.DESK, Role.SUPERVISOR)
            url = reverse("channels:referral", args=[row.public_id])
            key = f"{kind}:{row.pk}:{row.due_on}"
            _tell(actor, people, kind, row, url, key=key, now=now, number=row.call.number)
            count += 1
    return count


@jobs.sweeper("channels.lines")
def forget(actor: Actor, now: datetime) -> int:
    return operations.forget_lines(actor, now=now)


@files.guard("channels.mail")
def _may_see_mail(actor: Actor, mail_id: int) -> bool:
    return queries.list_mails(actor).filter(pk=mail_id).exists()


@search.provider("channels")
def find_orders(actor: Actor, q: str, limit: int) -> list[Hit]:
    """12345 orders by their number."""
    with tenancy.reading(actor):
        return [
            Hit(
                title=row.order_number,
                subtitle=f"{labels.ORDER_LABELS[row.state]} · {row.call.number}",
                url=reverse("channels:order", args=[row.public_id]),
                icon="phone-forwarded",
                group=_("12345 orders"),
            )
            for row in queries.list_orders(actor, q=q).order_by("-id")[:limit]
        ]
