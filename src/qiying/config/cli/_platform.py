"""What commands need before they begin: language, settings, database."""

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from qiying.config.language import is_chinese, translation

if TYPE_CHECKING:
    from qiying.config.database import Server

CATALOGUE = translation(os.environ)


def text(message: str, **values: object) -> str:
    """Return a marked string in the language of the terminal."""
    return CATALOGUE.gettext(message) % values if values else CATALOGUE.gettext(message)


def say(message: str, **values: object) -> None:
    """Print one line to the administrator, in the language of the terminal."""
    typer.echo(text(message, **values))


def prepare_django() -> None:
    """Name the settings without reading them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiying.config.settings")


def ensure_database() -> "Server | None":
    """Start or find the embedded server until this process ends; nothing where an address is set."""
    from qiying.config.database import ensure_running, is_embedded
    from qiying.config.environment import ENVIRONMENT

    if not is_embedded(ENVIRONMENT):
        return None
    server = ensure_running(ENVIRONMENT, say=say)
    atexit.register(server.leave)
    return server


def start_django() -> None:
    """Make models, settings and database ready for a command of ours, in the terminal's language."""
    prepare_django()
    ensure_database()

    import django
    from django.utils import translation as django_translation

    django.setup()
    django_translation.activate("zh-hans" if is_chinese(os.environ) else "en")


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn errors that say what to do into one line and exit code 1."""
    from qiying.config.problems import StartError

    try:
        yield
    except StartError as error:
        typer.echo(f"qiying: {text(error.message, **error.values)}", err=True)
        raise SystemExit(1) from None
