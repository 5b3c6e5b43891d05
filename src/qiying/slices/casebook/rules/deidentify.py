"""Who could be recognised in a text: each finding with its place and what to write instead.

Names are found whatever spaces, marks, width, case, script (traditional or simplified) or look-alike
letters they are written with: text and names are folded to their letters and digits, and a name is
looked for in the folded text. What has a form (numbers of phones, plates, credit codes, legal forms
of firms …) is found by its form, with or without separators, in digits of any kind.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from qiying.slices.casebook.rules.codes import HARD, Finding
from qiying.slices.casebook.rules.forms import (
    FORMS,
    IN_NUMERALS,
    LATIN_PERSON,
    READ_OUT,
    TO_DIGITS,
    narrowed,
)
from qiying.slices.casebook.rules.variants import WRITTEN

LEAST_NAME = 2
LEAST_CORE = 4
LEAST_LATIN = 6
"""A shorter Latin name may be a part of any word."""
LEAST_ADDRESS = 5
CORE_ENDS = (
    *("股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "公司", "集团", "厂"),
    *("coltd", "companylimited", "limited", "ltd", "incorporated", "inc", "llc", "corporation"),
    *("corp", "gmbh", "plc", "group"),
)


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
                kept.append(_written(part))
                places.append(place)
    return "".join(kept), places


def _written(part: str) -> str:
    """One way of writing for each letter or digit."""
    return str(unicodedata.decimal(part)) if part.isdecimal() else WRITTEN.get(part, part)


def check(texts: Mapping[str, str], known: Known) -> tuple[Found, ...]:
    """Every finding in every part of a text, in the order of reading.

    Of two findings on the same characters the longer one is told, unless the shorter is stronger.
    """
    names = list(_names(known))
    found: list[Found] = []
    for part, text in texts.items():
        here = [*_by_name(part, text, names), *_by_form(part, text, known)]
        here += _by_latin_name(part, text, known.people)
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
            if len(core) >= (LEAST_LATIN if core.isascii() else LEAST_CORE):
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


def _by_latin_name(part: str, text: str, people: Iterable[str]) -> Iterator[Found]:
    """People whose name is in Latin letters, as words of their own and in either order."""
    plain = narrowed(text)
    for name in people:
        if words := _latin_words(name):
            for match in _latin(words).finditer(plain):
                start, end = match.span()
                yield Found(part, start, end, Finding.PERSON, text[start:end])


@lru_cache(maxsize=65_536)
def _latin_words(name: str) -> tuple[str, ...]:
    """The words of a name that is all in Latin letters and long enough to be told; else nothing."""
    words = tuple(re.findall(r"[A-Z]+", narrowed(name)))
    whole = "".join(words)
    return words if len(whole) >= LEAST_CORE and whole == fold(name)[0].upper() else ()


@lru_cache(maxsize=16_384)
def _latin(words: tuple[str, ...]) -> re.Pattern[str]:
    gap = r"[\s\-·.,'’]{0,2}"
    orders = {
        gap.join(words),
        gap.join((words[-1], *words[:-1])),
        gap.join((*words[1:], words[0])),
    }
    return re.compile(rf"(?<![A-Z])(?:{'|'.join(sorted(orders))})(?![A-Z])")


def _by_form(part: str, text: str, known: Known) -> Iterator[Found]:
    plain = narrowed(text)
    read_out = READ_OUT.sub(lambda m: m.group().translate(TO_DIGITS), plain)
    for kind, pattern in FORMS:
        for match in pattern.finditer(read_out if kind in IN_NUMERALS else plain):
            if kind == Finding.FIGURE and match.group("number") in known.numbers:
                continue
            start, end = match.span()
            yield Found(part, start, end, kind, text[start:end])
    for match in LATIN_PERSON.finditer(text):
        yield Found(part, *match.span(), Finding.PERSON, match.group())


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
