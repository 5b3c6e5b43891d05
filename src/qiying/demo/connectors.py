"""A webhook of the demonstration with a log to read: invented, paused, so that nothing is sent."""

from datetime import timedelta

from qiying.demo.plan import Plan
from qiying.kernel import events, tenancy, webhooks
from qiying.kernel.access import Role, stand_in, system
from qiying.kernel.models import DeliveryState, Event, WebhookDelivery

NAME, URL = "县协同办公系统", "https://oa.lanchuan.example/hooks/qiying"
TOPICS = ("calls.received", "calls.dispatched", "calls.answered", "calls.closed")
MOST = 12
ANSWERS: tuple[tuple[int | None, str], ...] = ((204, ""), (204, ""), (503, ""), (None, "timeout"))
"""In turn; what failed was received at the second attempt."""
AGAIN = timedelta(seconds=6)


def connect(plan: Plan, tenant_id: int) -> None:
    """Make the endpoint and tell it of the last events; everything was answered, nothing waits."""
    keeper, platform = stand_in(tenant_id, Role.ADMINISTRATOR), system(tenant_id)
    with events.muted():
        row, _secret = webhooks.create(
            keeper, name=NAME, url=URL, topics=TOPICS, now=plan.ends_at - timedelta(days=3)
        )
        with tenancy.reading(platform):
            rows = Event.objects.filter(tenant_id=tenant_id, topic__in=TOPICS)
            told = list(rows.filter(occurred_at__lte=plan.ends_at).order_by("-sequence")[:MOST])
        for event in reversed(told):
            webhooks.fan_out(platform, event, now=event.occurred_at)
        with tenancy.reading(platform):
            waiting = WebhookDelivery.objects.filter(
                tenant_id=tenant_id, state=DeliveryState.WAITING
            )
            made = list(waiting.order_by("id").values_list("id", "created_at"))
        for turn, (delivery_id, at) in enumerate(made):
            status, fault = ANSWERS[turn % len(ANSWERS)]
            took, pause = (15_000 if fault else 60 + 17 * (turn % 5)), timedelta()
            webhooks.settle(
                platform, delivery_id, status, fault, now=at, took_ms=took, pause=pause
            )
            if status != ANSWERS[0][0]:
                later = at + AGAIN
                webhooks.settle(platform, delivery_id, 204, "", now=later, took_ms=84, pause=pause)
        webhooks.move(keeper, row.public_id, "pause", now=plan.ends_at)
