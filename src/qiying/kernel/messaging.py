"""Messages to phones behind one interface: a log, an SMS gateway, 浙政钉, 企业微信, e-mail.

A message is a row written with the operation; the worker sends it. The row's effect key travels
to the gateway, so that a message sent twice by a retry is recognised there.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from qiying.kernel import tenancy
from qiying.kernel.access import Actor, system
from qiying.kernel.models import Message
from qiying.kernel.queueing import queueing

log = logging.getLogger(__name__)
Backend = Callable[[Message, str], None]
TIMEOUT = 8.0
TEMPLATES: dict[str, str] = {
    "sign_in_code": "【企应】登录验证码 {code}，5 分钟内有效，请勿告诉他人。",
    "notice": "【企应】{text}",
}


def _log(message: Message, text: str) -> None:
    """The default: the message stands in the log; numbers are masked."""
    log.info("message to %s: %s", mask(message.recipient), text)


def _post(address: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> None:
    reply = httpx.post(address, json=dict(body), headers=dict(headers), timeout=TIMEOUT)
    reply.raise_for_status()


def _sms(message: Message, text: str) -> None:
    """A generic gateway: JSON with bearer credential and an idempotency key."""
    _post(
        settings.MESSAGE_URL,
        {"to": message.recipient, "text": text, "template": message.template},
        {"Authorization": f"Bearer {settings.MESSAGE_KEY}", "Idempotency-Key": message.effect_key},
    )


def _zhezhengding(message: Message, text: str) -> None:
    """浙政钉 work notice: the gateway's address and credential come with onboarding."""
    _post(
        settings.MESSAGE_URL,
        {
            "receiverMobile": message.recipient,
            "bizMsgId": message.effect_key,
            "msg": {"msgtype": "text", "text": {"content": text}},
        },
        {"X-Access-Token": settings.MESSAGE_KEY},
    )


def _wecom(message: Message, text: str) -> None:
    """企业微信 group robot: the key stands in the address it gives."""
    _post(
        settings.MESSAGE_URL,
        {
            "msgtype": "text",
            "text": {"content": text, "mentioned_mobile_list": [message.recipient]},
        },
        {},
    )


def _email(message: Message, text: str) -> None:
    EmailMessage(subject="企应", body=text, to=[message.recipient]).send()


BACKENDS: dict[str, Backend] = {
    "log": _log,
    "sms": _sms,
    "zhezhengding": _zhezhengding,
    "wecom": _wecom,
    "email": _email,
}


def mask(number: str) -> str:
    """``139****0001``: enough to recognise, not enough to call."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 8 else "****"


@tenancy.operation
def send(
    actor: Actor,
    recipient: str,
    *,
    template: str,
    params: Mapping[str, str],
    effect_key: str,
    now: datetime,
) -> None:
    """Queue one message; the same effect key is queued once, whoever asks again."""
    made = Message.objects.bulk_create(
        [
            Message(
                tenant_id=actor.tenant_id,
                channel=settings.MESSAGE_BACKEND,
                recipient=recipient,
                template=template,
                params=dict(params),
                effect_key=effect_key,
                created_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    if made:
        with queueing():
            deliver.defer(tenant_id=actor.tenant_id, effect_key=effect_key)


@app.task(name="kernel.deliver_message", retry=RetryStrategy(max_attempts=8, exponential_wait=5))
def deliver(*, tenant_id: int, effect_key: str) -> None:
    """Send one queued message, outside any transaction; a failure is kept and tried again."""
    actor = system(tenant_id)
    with tenancy.reading(actor):
        row = Message.objects.filter(tenant_id=tenant_id, effect_key=effect_key).first()
    if row is None or row.sent_at is not None:
        return
    error = ""
    try:
        BACKENDS[row.channel](row, TEMPLATES[row.template].format(**row.params))
    except (httpx.HTTPError, OSError) as failure:
        error = type(failure).__name__
    with tenancy.acting(actor):
        row.tries += 1
        row.error = error
        row.sent_at = None if error else timezone.now()
        if not error and row.template == "sign_in_code":
            row.params = {}
        row.save(update_fields=["tries", "error", "sent_at", "params"])
    if error:
        raise RuntimeError(f"message {row.pk} failed: {error}")


def digest(value: str) -> str:
    """A keyed digest of a phone number or code, so that tables hold neither."""
    return hashlib.sha256(f"{settings.SECRET_KEY}\x00{value}".encode()).hexdigest()
