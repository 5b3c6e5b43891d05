"""What every page must be: open to everybody's senses, no wider than a phone, in one language.

**Language.** The words of the platform must be in the reader's language; words that people wrote
are data and stay as they were written. What is data is not guessed: every free text that stands in
a row of the zone's tables is taken out of the page before it is searched. Where a row holds a pair
(``name_zh`` and ``name_en``) only the half in the reader's language is taken out, so that the wrong
half is found. Codes, keys and code samples (``code``, ``kbd``, ``pre``, ``translate="no"``) and
elements that state another language (``lang``) are left aside. What then remains of four Latin
letters or more on a Chinese page, or of Chinese characters on an English one, was not translated.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.db.models import CharField, JSONField, Model, TextField
from playwright.sync_api import Page

SERIOUS = {"serious", "critical"}
ALLOWED = frozenset(
    {
        "API", "AXLSX", "CSV", "Ctrl", "CGCS2000", "Enter", "GCJ", "GeoJSON", "GeoReport", "GPS",
        "JSON", "KML", "OpenAPI", "Open311", "PDF", "UTF", "WGS", "Word", "Excel", "XLSX", "YYYY",
        "Standard", "TOTP", "Webhooks", "https", "json", "requests",
    }
)  # fmt: skip
"""Names that are the same in Chinese."""
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]{3,}")
CHINESE = re.compile(r"[\u3400-\u9fff]+")
KEY = re.compile(r"\bqy_[\w-]+…")
"""The opening of an access key, which is drawn by chance and may look like a word."""
SPACE = re.compile(r"\s+")
READ = """() => {
  const aside = "script, noscript, style, template, code, kbd, pre, textarea, [translate=no], body [lang]";
  const found = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement.closest(aside)) found.push(node.nodeValue);
  }
  for (const name of ["aria-label", "title", "placeholder", "alt", "data-confirm", "data-busy"])
    for (const element of document.querySelectorAll(`body [${name}]`))
      if (!element.closest(aside)) found.push(element.getAttribute(name));
  return found.filter((text) => text.trim());
}"""

STICKS_OUT = """(width) => {
  const isClipped = (element) => {
    for (let p = element.parentElement; p !== document.body; p = p.parentElement)
      if (getComputedStyle(p).overflowX !== "visible") return true;
    return false;
  };
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > width + 1 && !isClipped(e))
    .slice(0, 4).map((e) => e.outerHTML.slice(0, 120));
}"""


def barriers(page: Page) -> list[str]:
    """The serious and critical findings of axe, each with the elements it is about."""
    found = Axe().run(page).response["violations"]
    return [
        f"axe {v['id']}: {[n['html'][:160] for n in v['nodes'][:4]]}"
        for v in found
        if v["impact"] in SERIOUS
    ]


def overflow(page: Page, width: int) -> list[str]:
    """How far a page reaches over a window of this width, and what sticks out."""
    height = (page.viewport_size or {"height": 900})["height"]
    page.set_viewport_size({"width": width, "height": height})
    over = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    if over <= 0:
        return []
    wide = page.evaluate(STICKS_OUT, width)
    return [f"{over} px wider than {width}: {wide}"]


def foreign_words(texts: Iterable[str], language: str, data: Iterable[str]) -> list[str]:
    """Words in the other language that no row of the database explains."""
    pattern = LATIN if language.startswith("zh") else CHINESE
    found = []
    for text in texts:
        line = KEY.sub(" ", SPACE.sub(" ", text)).strip()
        if not pattern.search(line):
            continue
        rest = without(line, data)
        words = [w for w in pattern.findall(rest) if w not in ALLOWED]
        if words:
            found.append(f"{words} in {line[:120]!r}")
    return found


def without(line: str, data: Iterable[str]) -> str:
    """A line without the texts of rows; ``data`` is sorted, the longest first."""
    for text in data:
        if text in line:
            line = line.replace(text, " ")
    before, cut, after = line.partition("…")
    if cut and any(text.startswith(before.strip()) for text in data):
        return after
    return line


def texts_of(models: Iterable[type[Model]], language: str) -> list[str]:
    """Every free text in these tables that may stand on a page in this language."""
    found: set[str] = set()
    for model in models:
        names = [f.name for f in model._meta.concrete_fields if _is_free(f)]
        for row in model._default_manager.values(*names) if names else ():
            found.update(_strings(row, language))
    pattern = LATIN if language.startswith("zh") else CHINESE
    kept = {SPACE.sub(" ", text).strip() for text in found if pattern.search(text)}
    return sorted(kept, key=len, reverse=True)


def _is_free(field: Any) -> bool:
    """Codes are not free: a code that is shown as it is stored was not translated."""
    return isinstance(field, CharField | TextField | JSONField) and not field.choices


def _strings(value: Any, language: str) -> Iterator[str]:
    if isinstance(value, str) and not re.fullmatch(r"[a-z0-9_.:\-]+", value):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            if not _has_better_half(value, str(key), language):
                yield from _strings(part, language)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part, language)


def _has_better_half(row: Mapping[str, Any], key: str, language: str) -> bool:
    """Whether the row says the same in the reader's language too."""
    mine, other = ("zh", "en") if language.startswith("zh") else ("en", "zh")
    if key != other and not key.endswith(f"_{other}"):
        return False
    return bool(row.get(key.removesuffix(other) + mine))
