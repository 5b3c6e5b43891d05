"""The language of the command line, which speaks before settings are read.

Strings are marked with :func:`mark` where they are written and translated where they are printed.
"""

import gettext
from collections.abc import Mapping
from pathlib import Path

LOCALE_FOLDER = Path(__file__).resolve().parent / "locale"


def mark(message: str) -> str:
    """Mark a string for the catalogue without translating it here."""
    return message


def is_chinese(env: Mapping[str, str]) -> bool:
    """Say whether the terminal asks for Chinese, by the usual order of the locale variables."""
    asked = env.get("LC_ALL") or env.get("LC_MESSAGES") or env.get("LANG") or ""
    return asked.lower().startswith("zh")


def translation(env: Mapping[str, str]) -> gettext.NullTranslations:
    """Return the catalogue of the terminal's language; English where none was compiled."""
    languages = ["zh_Hans"] if is_chinese(env) else []
    return gettext.translation("django", LOCALE_FOLDER, languages=languages, fallback=True)
