"""What must not reach production, asked by ``qiying check --deploy``."""

from collections.abc import Sequence
from ipaddress import ip_network
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from qiying.config.database import is_embedded
from qiying.config.environment import ENVIRONMENT

Apps = Sequence[AppConfig] | None
OWN = tuple(map(ip_network, ("127.0.0.0/8", "169.254.0.0/16", "::1/128", "fe80::/10")))
"""Where only this machine answers, or what keeps it (metadata of clouds)."""


@checks.register(checks.Tags.security, deploy=True)
def role_is_bound_by_row_level_security(
    app_configs: Apps, **_kwargs: Any
) -> list[checks.CheckMessage]:
    """Refuse a database role that row-level security does not bind."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper OR rolbypassrls, current_user FROM pg_roles "
                "WHERE rolname = current_user"
            )
            passes_by, role = cursor.fetchone()
    except DatabaseError:
        return [
            checks.Warning(
                _("The database could not be asked for the rights of its role."),
                hint=_("Start it, then repeat the check."),
                id="qiying.W001",
            )
        ]
    if not passes_by:
        return []
    return [
        checks.Error(
            _("The role %(role)s passes by row-level security.") % {"role": role},
            hint=_("Make a plain role with: qiying database prepare --admin-url …"),
            id="qiying.E001",
        )
    ]


@checks.register(checks.Tags.security, deploy=True)
def demonstration_is_off(app_configs: Apps, **_kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse printed passwords."""
    if not settings.DEMO:
        return []
    return [
        checks.Error(
            _("The demonstration zone signs people in with printed passwords."),
            hint=_("Set QIYING_DEMO=0 and start with --no-demo."),
            id="qiying.E002",
        )
    ]


@checks.register(checks.Tags.security, deploy=True)
def database_is_a_service(app_configs: Apps, **_kwargs: Any) -> list[checks.CheckMessage]:
    """Warn about the embedded server, which no one backs up or watches."""
    if not is_embedded(ENVIRONMENT):
        return []
    return [
        checks.Warning(
            _("The embedded PostgreSQL is for trials and small offices."),
            hint=_("Set QIYING_DATABASE_URL to a server that is backed up and watched."),
            id="qiying.W002",
        )
    ]


@checks.register(checks.Tags.security, deploy=True)
def doors_are_shut(app_configs: Apps, **_kwargs: Any) -> list[checks.CheckMessage]:
    """Warn of a password alone, of requests to this machine, of an address nobody can reach."""
    found: list[checks.CheckMessage] = []
    if settings.SECOND_FACTOR != "required" and not settings.DEMO:
        found.append(
            checks.Warning(
                _("Staff may sign in without a second factor."),
                hint=_("Leave QIYING_SECOND_FACTOR out, or set it to required."),
                id="qiying.W003",
            )
        )
    named = settings.OUTBOUND_ALLOW
    if any(a.overlaps(own) for own in OWN for a in named if a.version == own.version):
        found.append(
            checks.Error(
                _("Whoever sets connections up may make this machine ask itself."),
                hint=_("Take loopback and link-local networks out of QIYING_OUTBOUND_ALLOW."),
                id="qiying.E003",
            )
        )
    if settings.SECURE and not settings.PUBLIC_URL.startswith("https://"):
        found.append(
            checks.Warning(
                _("Webhooks and calendars name an address that is not the public one."),
                hint=_("Set QIYING_PUBLIC_URL to the https address of the platform."),
                id="qiying.W004",
            )
        )
    return found
