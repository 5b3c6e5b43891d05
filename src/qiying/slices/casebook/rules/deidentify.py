"""Who could be recognised in a text: each finding with its place and what to write instead.

Names are found whatever spaces, marks, width or case they are written with: text and names are
folded to their letters and digits, and a name is looked for in the folded text. What has a form
(numbers of phones, plates, credit codes …) is found by its form, with or without separators.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from qiying.slices.casebook.rules.codes import HARD, Finding

LEAST_NAME = 2
LEAST_CORE = 4
LEAST_ADDRESS = 5
CORE_ENDS = ("股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "公司", "集团", "厂")


@dataclass(frozen=True, slots=True)
class Firm:
    """What a firm of the register is known by; ``is_own`` for the firm whose call the case tells."""

    names: tuple[str, ...]
    credit_code: str = ""
    address: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """Whom the register knows; ``numbers`` are figures that stand on the frozen card of the call."""

    firms: tuple[Firm, ...] = ()
    people: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    """Units or counties that must not be named (entries of a selection)."""
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """One finding: characters ``start`` to ``end`` of a part of the text."""

    part: str
    start: int
    end: int
    kind: str
    excerpt: str = field(compare=False)

    @property
    def key(self) -> str:
        """The same words of the same kind have the same key wherever they stand."""
        text = f"{self.kind}:{fold(self.excerpt)[0] or self.excerpt}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def is_hard(self) -> bool:
        return self.kind in HARD


def fold(text: str) -> tuple[str, list[int]]:
    """Letters and digits only, one width, one case; and where each one stood in the text."""
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
        for part in spread:
            if part.isalnum():
                kept.append(part)
                places.append(place)
    return "".join(kept), places


def check(texts: Mapping[str, str], known: Known) -> tuple[Found, ...]:
    """Every finding in every part of a text, in the order of reading.

    Of two findings on the same characters the longer one is told, unless the shorter is stronger.
    """
    names = list(_names(known))
    found: list[Found] = []
    for part, text in texts.items():
        here = [*_by_name(part, text, names), *_by_form(part, text, known)]
        found += _outermost(here)
    return tuple(found)


@lru_cache(maxsize=65_536)
def _folded(name: str) -> str:
    """A name of the register folded once; the register has thousands and seldom changes."""
    return fold(name)[0]


def _names(known: Known) -> Iterator[tuple[str, str]]:
    """Folded names and their kinds; one that folds to nothing cannot be written down either."""
    for firm in known.firms:
        kind = Finding.OWN_FIRM if firm.is_own else Finding.FIRM
        for name in firm.names:
            whole = _folded(name)
            if whole:
                yield whole, kind
            core = _core(name)
            if len(core) >= LEAST_CORE:
                yield core, kind
        if firm.credit_code:
            yield _folded(firm.credit_code), Finding.CREDIT_CODE
        address = _folded(firm.address)
        if len(address) >= LEAST_ADDRESS:
            yield address, Finding.ADDRESS
    yield from _more_names(known)


def _more_names(known: Known) -> Iterator[tuple[str, str]]:
    for name in known.people:
        folded = _folded(name)
        if len(folded) >= LEAST_NAME and not folded.isascii():
            yield folded, Finding.PERSON
    for phone in known.phones:
        if len(_folded(phone)) >= LEAST_CORE:
            yield _folded(phone), Finding.PHONE
    for place in known.places:
        if _folded(place):
            yield _folded(place), Finding.PERSON


@lru_cache(maxsize=65_536)
def _core(name: str) -> str:
    """The name of a firm without its legal form, as people say it."""
    plain = fold(re.sub(r"[（(][^）)]*[）)]", "", name))[0]
    for end in CORE_ENDS:
        if plain.endswith(end) and len(plain) > len(end):
            return plain.removesuffix(end)
    return plain


def _by_name(part: str, text: str, names: Iterable[tuple[str, str]]) -> Iterator[Found]:
    folded, places = fold(text)
    for name, kind in names:
        at = folded.find(name)
        while at >= 0:
            start, end = places[at], places[at + len(name) - 1] + 1
            yield Found(part, start, end, kind, text[start:end])
            at = folded.find(name, at + 1)


def _by_form(part: str, text: str, known: Known) -> Iterator[Found]:
    plain = "".join(_narrow(c) for c in text)
    for kind, pattern in FORMS:
        for match in pattern.finditer(plain):
            if kind == Finding.FIGURE and match.group("number") in known.numbers:
                continue
            start, end = match.span()
            yield Found(part, start, end, kind, text[start:end])


def _narrow(character: str) -> str:
    """One character of half width for one of full width; all others as they are."""
    narrow = unicodedata.normalize("NFKC", character)
    return narrow.upper() if len(narrow) == 1 else character


FIRST = (Finding.OWN_FIRM, Finding.ID_NUMBER, Finding.CREDIT_CODE, Finding.PHONE)
RANK: Mapping[str, int] = {
    kind: FIRST.index(kind) if kind in FIRST else len(FIRST) + place
    for place, kind in enumerate(Finding)
}
"""Which of two findings of equal strength on the very same characters is told."""
NAMES = frozenset({Finding.FIRM, Finding.PERSON})


def _strength(kind: str) -> int:
    """What must go is above names, and names above what only has a form."""
    return 2 if kind in HARD else int(kind in NAMES)


def _outermost(found: Iterable[Found]) -> list[Found]:
    """Without what lies inside a finding as strong: a reason for one may hide no stronger one."""
    rows = sorted(set(found), key=lambda f: (f.start, -f.end, -_strength(f.kind), RANK[f.kind]))
    kept: list[Found] = []
    for row in rows:
        if not any(
            k.start <= row.start and row.end <= k.end and _strength(k.kind) >= _strength(row.kind)
            for k in kept
        ):
            kept.append(row)
    return sorted(kept)


S = r"[\s\-·.]?"
"""What may stand between the characters of a number."""
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
CODE = rf"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{S}[0-9A-Z]{S}(?:\d{S}){{6}}(?:[0-9A-Z]{S}){{9}}[0-9A-Z]"
FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            Finding.ID_NUMBER,
            rf"(?<!\d)[1-9](?:{S}\d){{5}}{S}(?:1{S}9|2{S}0)(?:{S}\d){{9,9}}{S}[\dX](?![0-9A-Z])",
        ),
        (Finding.CREDIT_CODE, rf"{CODE}(?![0-9A-Z])"),
        (Finding.PHONE, rf"(?<!\d)(?:\+?86{S})?1[3-9](?:{S}\d){{9}}(?!\d)"),
        (Finding.PHONE, r"(?<!\d)0\d{2,3}[\s\-]?\d{7,8}(?!\d)"),
        (Finding.PHONE, r"(?<!\d)[48]00[\s\-]?\d{3}[\s\-]?\d{4}(?!\d)"),
        (Finding.ACCOUNT, rf"(?<![\dA-Z])\d(?:{S}\d){{15,18}}(?![\dA-Z])"),
        (Finding.EMAIL, r"[A-Z0-9._%+\-]+@[A-Z0-9.\-]+\.[A-Z]{2,}"),
        (
            Finding.PLATE,
            rf"[{PROVINCES}]\s?[A-HJ-NP-Z]{S}[A-HJ-NP-Z0-9](?:{S}[A-HJ-NP-Z0-9]){{4,5}}",
        ),
        (Finding.ADDRESS, r"[\u4e00-\u9fff]{2,8}(?:路|街|大道|巷|弄)\s?\d+\s?号"),
        (Finding.ADDRESS, r"\d+\s?(?:号楼|幢|单元)(?:\s?\d+\s?室)?"),
        (Finding.AMOUNT, r"(?<![\d.])\d{1,3}(?:,\d{3})+(?:\.\d+)?\s?(?:万|亿)?元"),
        (Finding.AMOUNT, r"(?<![\d.,])(?=(?:\d\.?){3,})\d+(?:\.\d+)?\s?(?:万|亿)?元"),
        (Finding.NUMBER, r"(?<![A-Z])[A-Z]{2}-\d{6}-\d{3,}"),
        (
            Finding.FIGURE,
            r"(?<![\d.])(?P<number>\d+(?:\.\d+)?)\s?"
            r"(?:%|个百分点|倍|家|人次|户|个工作日|天|小时|吨|万元|亿元)",
        ),
    )
)
