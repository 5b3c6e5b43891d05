"""Every knob of the platform: ``QIYING_…`` environment variables, each with a working default.

An unknown or malformed one stops start-up with a sentence that says what to do.
"""

import ipaddress
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from qiying.config.language import mark as _
from qiying.config.language import translation

_CHECKOUT = Path(__file__).resolve().parents[3]
REPOSITORY = _CHECKOUT if (_CHECKOUT / "pyproject.toml").is_file() else Path.cwd()
KNOWN = {
    "ALLOWED_HOSTS": "host names that may be asked for, comma separated",
    "BULK": "duckdb or spark: who reckons qiying index bulk and bulk-classes",
    "DATABASE_OWNER_URL": "PostgreSQL for migrations (owner of the tables)",
    "DATABASE_POOL": "connections kept by each web process; 0 opens one a request",
    "DATABASE_URL": "PostgreSQL for web and worker (role without privileges)",
    "DEBUG": "1 shows errors in the browser; never in production",
    "DEMO": "1 allows the demonstration zone with printed passwords",
    "EMAIL_URL": "smtp://user:password@host:port for the last message channel",
    "FILES": "folder for uploaded files",
    "MAIL_IN_URL": "imaps://user:password@host/INBOX?zone=CODE: mails of firms become calls",
    "MAP_APPROVAL": "approval number (审图号) printed in the corner of maps",
    "MESSAGE_BACKEND": "log, sms, zhezhengding, wecom or email",
    "MESSAGE_KEY": "credential for the message gateway",
    "MESSAGE_URL": "address of the message gateway",
    "PUBLIC_URL": "address under which people reach the platform; named in webhooks and calendars",
    "SECOND_FACTOR": "required or optional for staff; required unless the demonstration is on",
    "OUTBOUND_ALLOW": "networks besides public ones that may be asked, over http too: 10.1.0.0/16",
    "SECRET_KEY": "signing secret; at least 50 characters in production",
    "SECURE": "1 behind HTTPS: secure cookies and HSTS",
    "TILE_ATTRIBUTION": "words in the corner of maps that use tiles",
    "TILE_URL": "map tiles, {z}/{x}/{y}; none by default",
    "VAR": "folder for the embedded database, files and logs",
}
SWITCHES = {"DEBUG", "DEMO", "SECURE"}


class SettingError(SystemExit):
    """A setting that cannot be used; printed as one sentence in the terminal's language, exit 2."""

    def __init__(self, message: str, **values: object) -> None:
        self.sentence = translation(os.environ).gettext(message) % values
        sys.stderr.write(f"qiying: {self.sentence}\n")
        super().__init__(2)


class Environment:
    """The settings that were given, checked once."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = {k[7:]: v for k, v in values.items() if k.startswith("QIYING_")}
        for name in sorted(self.values.keys() - KNOWN.keys()):
            raise SettingError(
                _("QIYING_%(name)s is not a setting; known ones: %(known)s."),
                name=name,
                known=", ".join(f"QIYING_{k}" for k in KNOWN),
            )

    def text(self, name: str, default: str = "") -> str:
        if name not in KNOWN:
            raise KeyError(name)
        return self.values.get(name, default)

    def switch(self, name: str, *, default: bool) -> bool:
        value = self.text(name, "1" if default else "0")
        if value not in {"0", "1"}:
            raise SettingError(
                _("QIYING_%(name)s must be 0 or 1, not “%(value)s”."), name=name, value=value
            )
        return value == "1"

    def folder(self, name: str, default: Path) -> Path:
        return Path(self.text(name) or default).expanduser().resolve()

    def networks(self, name: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        try:
            given = [part.strip() for part in self.text(name).split(",")]
            return tuple(ipaddress.ip_network(part) for part in given if part)
        except ValueError as error:
            raise SettingError(
                _("QIYING_%(name)s must be networks such as 10.1.0.0/16, not “%(value)s”."),
                name=name,
                value=self.text(name),
            ) from error

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, choices[0])
        if value not in choices:
            raise SettingError(
                _("QIYING_%(name)s must be one of %(choices)s, not “%(value)s”."),
                name=name,
                choices=", ".join(choices),
                value=value,
            )
        return value


ENVIRONMENT = Environment(os.environ)
