"""A person at the provider, and the way back."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from django.test import Client
from django.utils import timezone

from qiying.kernel import sign_in_oidc
from qiying.kernel.access import system
from qiying.kernel.models import IdentityProvider, User

SUBJECT = "gov-330825-7"


def agree(target: str, subject: str = SUBJECT) -> Mapping[str, str]:
    """Confirm at the provider as this subject; what it sends back with the browser."""
    reply = httpx.post(target, data={"sub": subject}, trust_env=False)
    query = parse_qs(urlsplit(reply.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def leave(client: Client, provider: IdentityProvider) -> str:
    return str(client.get(f"/sign-in/with/{provider.pk}/")["Location"])


def come_back(client: Client, answer: Mapping[str, str]) -> Any:
    return client.get("/sign-in/back/", answer)


def linked(provider: IdentityProvider, person: User, subject: str = SUBJECT) -> None:
    platform = system(provider.tenant_id)
    sign_in_oidc.link(platform, provider, subject, person.pk, now=timezone.now(), by=None)


def opens(client: Client) -> bool:
    return client.get("/account/").status_code == 200
