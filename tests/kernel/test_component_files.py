import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polib
import pytest
from django.contrib.staticfiles import finders
from django.template import engines
from django.template.loader import render_to_string
from django.utils import translation

import qiying.kernel
from qiying.kernel.finders import PackageAssetFinder
from qiying.kernel.style_guide import _samples
from qiying.kernel.style_guide._sections import SECTIONS
from qiying.kernel.templatetags import qy

KERNEL = Path(qiying.kernel.__file__).parent
TEMPLATES = sorted((KERNEL / "templates").rglob("*.html"))
EXAMPLES = [(s.key, name) for s in SECTIONS for name in s.examples]
NOW = datetime(2026, 11, 22, 2, 42, tzinfo=UTC)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.stem)
def test_no_template_breaks_the_content_policy(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<[^>]*\sstyle=", text)
    assert not re.search(r"<[^>]*\son[a-z]+=", text)
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)", text)
    assert "javascript:" not in text


def test_every_static_file_that_a_template_names_exists() -> None:
    pattern = re.compile(r"{% static '([^']+)' %}")
    names = {n for p in TEMPLATES for n in pattern.findall(p.read_text())}
    names |= {"vendor/leaflet/leaflet.js", "vendor/leaflet/leaflet.css", "qy/js/map.js"}
    assert "qy/css/tokens.css" in names
    assert [n for n in sorted(names) if not finders.find(n)] == []


def test_every_module_that_a_script_imports_exists() -> None:
    folder = KERNEL / "static" / "qy" / "js"
    for script in folder.glob("*.js"):
        for name in re.findall(r'(?:from|import) "\./([\w-]+\.js)"', script.read_text()):
            assert (folder / name).is_file(), f"{script.name} imports {name}"


def test_every_sentence_that_a_script_says_is_given_by_the_page() -> None:
    given = set(
        re.findall(
            r'"([a-z-]+)": ', str(engines["django"].from_string("{% client_strings %}").render())
        )
    )
    scripts = "".join(p.read_text() for p in (KERNEL / "static" / "qy" / "js").glob("*.js"))
    said = set(re.findall(r'say\("([a-z-]+)"', scripts))
    assert said <= given


def test_named_files_of_packages_are_found_and_others_are_not(settings: Any) -> None:
    settings.QIYING_ASSETS = {
        "vendor/leaflet.js": ("leaflet", "static/leaflet/leaflet.js"),
        "vendor/gone.js": ("leaflet", "static/leaflet/gone.js"),
        "vendor/none.js": ("no_such_package", "x.js"),
    }
    finder = PackageAssetFinder()
    assert finder.find("vendor/leaflet.js").endswith("leaflet.js")
    assert finder.find("vendor/leaflet.js", find_all=True) == [finder.find("vendor/leaflet.js")]
    assert finder.find("vendor/other.js") == []
    assert [name for name, _ in finder.list(None)] == ["vendor/leaflet.js"]
    assert [e.id for e in finder.check()] == ["qiying.E001", "qiying.E001"]
    (_, storage) = next(iter(finder.list(None)))
    with storage.open("vendor/leaflet.js") as file:
        assert b"Leaflet" in file.read(200)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(("section", "name"), EXAMPLES)
def test_every_example_of_the_guide_renders(section: str, name: str, language: str) -> None:
    with translation.override(language):
        context = _samples.context(now=NOW)
        html = render_to_string(f"kernel/style_guide/{section}/{name}.html", context)
    assert html.strip()
    assert not re.search(r"<[^>]*\sstyle=", html)
    for control in re.findall(r"<input[^>]*>", html):
        assert re.search(r'aria-label=|type="hidden"|\sid=', control) or "<label" in html


def test_the_guide_shows_every_tag() -> None:
    sources = "".join(p.read_text() for p in TEMPLATES)
    plumbing = {"shell_url", "client_strings", "map_css", "map_js", "html_attrs", "body_attrs"}
    shown = {name for name in qy.register.tags if f"{{% {name}" in sources}
    assert set(qy.register.tags) - plumbing - shown <= {"address", "live", "form_fields", "panels"}


def test_the_chinese_catalogue_leaves_no_template_sentence_in_english() -> None:
    catalogue = polib.pofile(str(KERNEL / "locale/zh_Hans/LC_MESSAGES/django.po"))
    known = {entry.msgid for entry in catalogue if entry.translated()}
    pattern = re.compile(r"""{% translate (["'])(.+?)\1""")
    used = {text for p in TEMPLATES for _, text in pattern.findall(p.read_text())}
    assert used - known == set()
