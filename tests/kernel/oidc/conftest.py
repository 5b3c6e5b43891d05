"""A real identity provider on this machine."""

from collections.abc import Iterator
from typing import Any

import oidc_provider_mock
import pytest
from django.utils import timezone

from qiying.kernel import oidc_client, sign_in_oidc
from qiying.kernel.access import system
from qiying.kernel.models import IdentityProvider, Tenant
from tests.receiver import THIS_MACHINE


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def provider(tenant: Tenant, issuer: str, settings: Any) -> IdentityProvider:
    settings.OUTBOUND_ALLOW = THIS_MACHINE
    oidc_client.forget()
    return sign_in_oidc.set_provider(
        system(tenant.pk),
        "province",
        issuer=issuer,
        client_id="qiying",
        client_secret="not-told",
        name_zh="省统一身份认证",
        name_en="Provincial identity",
        vouches_second_factor=False,
        now=timezone.now(),
    )
