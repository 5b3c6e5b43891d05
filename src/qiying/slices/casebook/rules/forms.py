"""What tells who is meant by its form alone: numbers, addresses, legal forms of firms.

The patterns read a text in capitals and half width, character by character as long as the original,
so that a place in the one is the same place in the other (``narrowed``).
"""

import re
import unicodedata

from qiying.slices.casebook.rules.codes import Finding
from qiying.slices.casebook.rules.variants import CAPITALS, NUMERALS, WRITTEN


def narrowed(text: str) -> str:
    """The text in capitals, half width and one script, as long as it was."""
    return "".join(_narrow(c) for c in text)


def _narrow(character: str) -> str:
    """One character of half width for one of full width; all others as they are."""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    narrow = unicodedata.normalize("NFKC", character)
    one = narrow if len(narrow) == 1 else character
    capital = one.upper() if len(one.upper()) == 1 else one
    return CAPITALS.get(capital, WRITTEN.get(capital, capital))


S = r"[\s\-·.,_/()\u2010-\u2015\u2022~\u200b-\u200f\u2060\ufeff]{0,3}"
"""What may stand between the characters of a number."""
READ_OUT = re.compile(rf"[{''.join(NUMERALS)}](?:[ \-]?[{''.join(NUMERALS)}]){{6,}}")
"""Seven and more Chinese numerals in a row are a number that is read out."""
TO_DIGITS = str.maketrans(dict(NUMERALS))
IN_NUMERALS = frozenset({Finding.PHONE, Finding.ID_NUMBER, Finding.ACCOUNT})
LATIN_PERSON = re.compile(
    r"(?<![A-Za-z])(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.?\s+[A-Z][A-Za-z'’\-]+(?:\s+[A-Z][A-Za-z'’\-]+){0,2}"
)
"""A person who is addressed in Latin letters."""
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
CODE = rf"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{S}[0-9A-Z]{S}(?:\d{S}){{6}}(?:[0-9A-Z]{S}){{9}}[0-9A-Z]"
LATIN_FIRM = (
    r"(?<![A-Z])[A-Z][A-Z&'\-.]*(?:[ ,]{1,2}[A-Z&(][A-Z&'\-.()]*){0,6}[ ,.]{1,3}"
    r"(?:CO\.?,? ?LTD|COMPANY LIMITED|LIMITED|LTD|INC|LLC|CORPORATION|CORP|GMBH|PLC|S\.A|A/S)"
)
"""A firm that says so by its legal form in Latin letters."""
FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            Finding.ID_NUMBER,
            rf"(?<!\d)[1-9](?:{S}\d){{5}}{S}(?:1{S}9|2{S}0)(?:{S}\d){{9,9}}{S}[\dX×](?![0-9A-Z])",
        ),
        (
            Finding.ID_NUMBER,
            rf"(?<!\d)[1-9](?:{S}\d){{7}}{S}(?:0{S}[1-9]|1{S}[0-2])"
            rf"{S}(?:[0-2]{S}\d|3{S}[01])(?:{S}\d){{3}}(?!\d)",
        ),
        (Finding.ID_NUMBER, rf"(?<![0-9A-Z])[EGDSPHM]{S}\d(?:{S}\d){{7}}(?![0-9A-Z])"),
        (Finding.CREDIT_CODE, rf"{CODE}(?![0-9A-Z])"),
        (Finding.PHONE, rf"(?<!\d)(?:\+?86{S})?1{S}[3-9](?:{S}\d){{9}}(?!\d)"),
        (Finding.PHONE, rf"(?<!\d)0{S}\d(?:{S}\d){{8,10}}(?!\d)"),
        (Finding.PHONE, rf"(?<!\d)[48]{S}0{S}0(?:{S}\d){{7}}(?!\d)"),
        (Finding.ACCOUNT, rf"(?<![\dA-Z])\d(?:{S}\d){{14,18}}(?![\dA-Z])"),
        (
            Finding.EMAIL,
            r"[A-Z0-9._%+\-]+\s?(?:@|#|[(\[]\s?(?:AT|@)\s?[)\]]|艾特)\s?"
            r"[A-Z0-9\-]+(?:\s?(?:\.|。|点|[(\[]DOT[)\]])\s?[A-Z0-9\-]+)*"
            r"\s?(?:\.|。|点|[(\[]DOT[)\]])\s?[A-Z]{2,}",
        ),
        (
            Finding.PLATE,
            rf"[{PROVINCES}]{S}[A-HJ-NP-Z](?:{S}[A-HJ-NP-Z0-9]){{5,6}}",
        ),
        (
            Finding.PLATE,
            rf"[{PROVINCES}]{S}[A-HJ-NP-Z](?:{S}[A-HJ-NP-Z0-9]){{4}}{S}[挂学警港澳领使试超]",
        ),
        (Finding.FIRM, rf"{LATIN_FIRM}(?![A-Z])"),
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
