"""Signing in: by password with throttling, or by a one-time code to the phone."""

import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hmac import compare_digest

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qiying.kernel import messaging, problems
from qiying.kernel.access import system
from qiying.kernel.errors import Denied, Invalid, Throttled
from qiying.kernel.models import OneTimeCode, User
from qiying.kernel.people import actors_of

PHONE = re.compile(r"1\d{10}")
LIVES_FOR = timedelta(minutes=5)
WINDOW = timedelta(minutes=10)
MAX_SENT = 3
MAX_TRIES = 5


_shown: list[Callable[[], list[tuple[str, str, str]]]] = []


def show_accounts(source: Callable[[], list[tuple[str, str, str]]]) -> None:
    """Let the demonstration print its (role, user name, password) on the sign-in page."""
    _shown.append(source)


def shown_accounts() -> list[tuple[str, str, str]]:
    """The accounts of a demonstration; none unless ``QIYING_DEMO`` is on."""
    return [row for source in _shown for row in source()] if settings.DEMO else []


def by_password(request: HttpRequest, username: str, password: str) -> User:
    """The person of this name (or number) and password; every failure counts towards the lock."""
    if PHONE.fullmatch(username):
        owner = User.objects.filter(phone=username, is_active=True).first()
        username = owner.username if owner else username
    user = authenticate(request, username=username, password=password)
    if getattr(request, "axes_locked_out", False):
        raise Throttled("signin.locked")
    if not isinstance(user, User):
        raise Denied("signin.failed")
    return user


def send_code(phone: str, *, now: datetime) -> None:
    """Send a code to a phone; says nothing about whether the number is known here."""
    if not PHONE.fullmatch(phone):
        raise Invalid("signin.phone", {"phone": "signin.phone"})
    key = messaging.digest(phone)
    with transaction.atomic():
        recent = OneTimeCode.objects.filter(phone_digest=key, sent_at__gt=now - WINDOW).count()
        if recent >= MAX_SENT:
            raise Throttled("signin.locked")
        code = f"{secrets.randbelow(10**6):06d}"
        row = OneTimeCode.objects.create(
            phone_digest=key,
            code_digest=messaging.digest(f"{phone}:{code}"),
            sent_at=now,
            expires_at=now + LIVES_FOR,
        )
    person = User.objects.filter(phone=phone, is_active=True).first()
    actors = actors_of(person, now=now) if person else []
    if actors:
        messaging.send(
            system(actors[0].tenant_id),
            phone,
            template="sign_in_code",
            params={"code": code},
            effect_key=f"code:{row.pk}",
            now=now,
        )


def by_code(phone: str, code: str, *, now: datetime) -> User:
    """The person whose phone got this code, once, within five minutes and five tries."""
    with transaction.atomic():
        row = (
            OneTimeCode.objects.select_for_update()
            .filter(phone_digest=messaging.digest(phone), used_at=None, expires_at__gt=now)
            .order_by("-id")
            .first()
        )
        if row is not None:
            row.tries += 1
            is_right = row.tries <= MAX_TRIES and compare_digest(
                row.code_digest, messaging.digest(f"{phone}:{code}")
            )
            row.used_at = now if is_right else None
            row.save(update_fields=["tries", "used_at"])
    if row is None or row.used_at is None:
        raise Denied("signin.code")
    person = User.objects.filter(phone=phone, is_active=True).first()
    if person is None:
        raise Denied("signin.code")
    return person


def locked_out(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """What a locked-out caller reads (429)."""
    problem = Throttled("signin.locked")
    context = {"problem": problem, "sentence": problems.explain(problem), "status": 429}
    response = render(request, "problem.html", context, status=429)
    response["Retry-After"] = "900"
    return response
