"""The ``qiying`` command.

Every module of this package whose name has no leading underscore adds commands: it exposes
``register(app)``, or a Typer ``app`` that becomes a group under the module's name. Such a module
imports nothing heavy at its top, so that ``qiying --help`` answers at once. What is not a command
here is handed to Django: ``qiying migrate``, ``qiying check``, ``qiying shell``.
"""

import importlib
import pkgutil
import sys

import typer

from qiying.config.cli import _platform
from qiying.config.language import mark as _

# Django's own commands that never ask the database.
WITHOUT_DATABASE = {"check", "help", "version", "diffsettings", "collectstatic", "findstatic"}
# Tables belong to the owner; the application's role may not make or empty them.
AS_OWNER = {"migrate", "flush", "sqlmigrate", "createcachetable", "dbshell", "inspectdb"}


def build() -> typer.Typer:
    """Put the command together from the modules of this package."""
    root = typer.Typer(
        name="qiying",
        help=_platform.text(_("Run Qiying, or any of Django's commands: qiying help --commands.")),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for found in pkgutil.iter_modules(__path__):
        if found.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{found.name}")
        if hasattr(module, "register"):
            module.register(root)
        else:
            root.add_typer(module.app, name=found.name)
    return root


def main() -> None:
    """Run the command line; the errors that an administrator can mend come as one sentence."""
    root = build()
    with _platform.plain_errors():
        if _is_ours(root, sys.argv[1:]):
            root()
        else:
            _run_django(sys.argv[1:])


def _is_ours(root: typer.Typer, arguments: list[str]) -> bool:
    if not arguments or arguments[0].startswith("-"):
        return True
    return arguments[0] in typer.main.get_group(root).commands


def _run_django(arguments: list[str]) -> None:
    from django.core.management import execute_from_command_line

    name, rest = arguments[0], arguments[1:]
    _platform.prepare_django()
    if name not in WITHOUT_DATABASE or "--deploy" in rest:
        _platform.ensure_database()
    if name in AS_OWNER and not any(word.startswith("--database") for word in rest):
        rest = [*rest, "--database", "owner"]
    execute_from_command_line(["qiying", name, *rest])
