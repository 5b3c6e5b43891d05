"""Every sentence of the product exists in Chinese, complete and with the same blanks."""

import re
from io import BytesIO
from pathlib import Path

import polib
import pytest
from babel.messages.extract import extract
from django.utils.translation.template import templatize

import qiying

ROOT = Path(qiying.__path__[0])
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "mark": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
APPS = sorted({p.parents[2] for p in ROOT.glob("**/locale/zh_Hans/LC_MESSAGES/django.po")})
BLANK = re.compile(r"%(?:\((\w+)\))?[sd]|\{(\w+)\}")


def owner(path: Path) -> Path:
    return max((a.parent for a in APPS if a.parent in path.parents), key=lambda p: len(p.parts))


def messages(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        text = templatize(text)
    found = extract("python", BytesIO(text.encode()), keywords=KEYWORDS)
    result: set[str] = set()
    for _line, message, _comments, _context in found:
        parts = message if isinstance(message, tuple) else (message,)
        result |= {p for p in parts[:1] if p}
    return result


def catalogue(app: Path) -> dict[str, polib.POEntry]:
    return {e.msgid: e for e in polib.pofile(str(app / "locale/zh_Hans/LC_MESSAGES/django.po"))}


@pytest.mark.parametrize("app", [a.parent for a in APPS], ids=lambda a: a.name)
def test_every_message_of_an_app_is_in_its_chinese_catalogue(app: Path) -> None:
    known = catalogue(app)
    missing: dict[str, str] = {}
    for path in [*app.glob("**/*.py"), *app.glob("**/*.html")]:
        if "migrations" in path.parts or owner(path) != app:
            continue
        for message in messages(path):
            entry = known.get(message)
            if entry is None or not (entry.msgstr or entry.msgstr_plural) or entry.fuzzy:
                missing[message] = str(path.relative_to(ROOT))
    assert not missing


@pytest.mark.parametrize("app", [a.parent for a in APPS], ids=lambda a: a.name)
def test_every_translation_keeps_the_blanks_of_its_source(app: Path) -> None:
    for entry in catalogue(app).values():
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                want = {m.group(1) or m.group(2) for m in BLANK.finditer(entry.msgid)}
                have = {m.group(1) or m.group(2) for m in BLANK.finditer(text)}
                assert have <= want, entry.msgid


def test_one_english_sentence_has_one_chinese_sentence_everywhere() -> None:
    """Django merges the catalogues of all apps: the uppermost one would silently win."""
    found: dict[str, dict[str, str]] = {}
    for app in APPS:
        for entry in catalogue(app.parent).values():
            if not entry.msgctxt:
                words = entry.msgstr or str(entry.msgstr_plural)
                found.setdefault(entry.msgid, {})[words] = app.parent.name
    assert not {k: v for k, v in found.items() if len(v) > 1}
