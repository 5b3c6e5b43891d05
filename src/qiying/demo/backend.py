"""Signing in with a printed password: only the printed accounts, only while the demo is on."""

from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from qiying.demo import public
from qiying.kernel.models import User


class PrintedPasswords(ModelBackend):
    """Lets the accounts of the demonstration in; their own passwords are unusable.

    So that what is printed opens nothing once ``QIYING_DEMO`` is off, the password stands in no
    account: it is compared here and nowhere else.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The person behind a printed account, or None."""
        if not settings.DEMO or username is None or password is None:
            return None
        if not any(_fits(row, username, password) for row in public.sign_ins()):
            return None
        return User.objects.filter(username=username, is_active=True).first()


def _fits(row: dict[str, str], username: str, password: str) -> bool:
    return row["username"] == username and compare_digest(
        row["password"].encode(), password.encode()
    )
