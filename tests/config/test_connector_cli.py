"""`qiying webhooks` and `qiying identity`: what keepers of the machine do without a page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from qiying.config.cli import _platform, identity, webhooks
from qiying.kernel import people, sealing, tenancy
from qiying.kernel.access import system
from qiying.kernel.models import IdentityProvider, Tenant
from tests.receiver import THIS_MACHINE, Receiver, receiving

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return people.create_tenant(kind="zone", code="lc", name_zh="澜川", name_en="Lanchuan")


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Django runs in the tests already."""
    monkeypatch.setattr(_platform, "start_django", lambda: None)
    settings.OUTBOUND_ALLOW = THIS_MACHINE


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def run(app: Any, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, list(arguments), input=typed)


def test_an_endpoint_is_made_listed_and_tried(tenant: Tenant, receiver: Receiver) -> None:
    made = run(webhooks.app, "add", "lc", "OA", receiver.url, "--topic", "calls.closed")
    assert made.exit_code == 0
    endpoint, receiver.secret = made.stdout.strip().split("\t")
    assert endpoint in run(webhooks.app, "list", "lc").stdout
    tried = run(webhooks.app, "ping", "lc", endpoint)
    assert (tried.exit_code, tried.stdout) == (0, "204\n")
    assert receiver.topics == ["webhooks.ping"]
    receiver.status = 500
    assert run(webhooks.app, "ping", "lc", endpoint).exit_code == 1


def test_what_cannot_be_is_said_in_a_sentence(tenant: Tenant) -> None:
    for arguments in (
        ("add", "lc", "OA", "https://10.0.0.1/", "--topic", "calls.closed"),
        ("add", "lc", "OA", "https://hook.example/", "--topic", "nonsense"),
        ("add", "nowhere", "OA", "https://hook.example/", "--topic", "calls.closed"),
        ("ping", "lc", "no-id"),
    ):
        assert run(webhooks.app, *arguments).exit_code == 2


def test_the_events_that_can_be_told_have_names(tenant: Tenant) -> None:
    lines = run(webhooks.app, "topics").stdout.splitlines()
    assert any(line.startswith("calls.closed\t") for line in lines)


def test_a_provider_is_set_with_its_secret_from_a_file_and_closed(
    tenant: Tenant, tmp_path: Path
) -> None:
    kept = tmp_path / "secret"
    kept.write_text("not-told\n")
    given = ("--issuer", "http://localhost:9", "--client-id", "q", "--name-zh", "省认证")
    done = run(identity.app, "set", "lc", "province", *given, "--secret-file", str(kept))
    assert done.exit_code == 0
    assert "/sign-in/back/" in done.stdout
    with tenancy.reading(system(tenant.pk)):
        row = IdentityProvider.objects.get()
    assert sealing.unseal(row.client_secret, purpose="oidc") == "not-told"
    assert "province\thttp://localhost:9\tq\t1" in run(identity.app, "list", "lc").stdout
    assert run(identity.app, "close", "lc", "province").exit_code == 0
    assert run(identity.app, "list", "lc").stdout.strip().endswith("0")
    assert run(identity.app, "close", "lc", "other").exit_code == 2


def test_a_provider_without_tls_is_refused(tenant: Tenant) -> None:
    given = ("--issuer", "http://id.example", "--client-id", "q", "--name-zh", "省")
    done = run(identity.app, "set", "lc", "province", *given, typed="secret\n")
    assert done.exit_code == 2
