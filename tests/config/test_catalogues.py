"""Message catalogues are compiled when they have changed, and only then."""

import gettext
import os
from pathlib import Path

from qiying.config.catalogues import compile_stale, stale

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=1; plural=0;\\n"

msgid "call"
msgstr "呼叫"

#, fuzzy
msgid "round"
msgstr "不确定"
"""


def make(package: Path) -> Path:
    source = package / "slices" / "calls" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO)
    return source


def test_a_changed_catalogue_is_compiled_once(tmp_path: Path) -> None:
    source = make(tmp_path)
    assert compile_stale(tmp_path) == 1
    assert compile_stale(tmp_path) == 0
    later = source.stat().st_mtime + 5
    os.utime(source, (later, later))
    assert [path for path, _target in stale(tmp_path)] == [source]


def test_a_compiled_catalogue_speaks_but_not_what_is_unsure(tmp_path: Path) -> None:
    source = make(tmp_path)
    compile_stale(tmp_path)
    with source.with_suffix(".mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert catalogue.gettext("call") == "呼叫"
    assert catalogue.gettext("round") == "round"
