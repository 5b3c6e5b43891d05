"""Differences and cells of the register in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from qiying.slices.mandate.models import labels
from qiying.slices.mandate.queries._register import Register
from qiying.slices.mandate.rules import LOCAL_TOWNSHIP, SEATS, Change, Row, difference

UNIT_FIELDS = frozenset({*SEATS, "lead_before_reform", "office_code"})


LANGUAGES = {"zh": "zh-Hans", "en": "en"}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One field that differs, with both readings as words."""

    field: str
    label: str
    before: str
    after: str

    @property
    def language(self) -> str:
        """The language that both readings are in; "" where they follow the reader's."""
        return LANGUAGES.get(self.field.rpartition("_")[2], "")


def unit_word(code: str, register: Register) -> str:
    """The name of a unit, or of the seat that the local township takes."""
    return str(labels.LOCAL_TOWNSHIP) if code == LOCAL_TOWNSHIP else register.unit_name(code)


def change_lines(before: Row, after: Row, register: Register) -> list[ChangeLine]:
    """What differs between two versions, field by field."""
    return [_line(change, register) for change in difference(before, after)]


def _line(change: Change, register: Register) -> ChangeLine:
    words = [value_word(change.field, v, register) for v in (change.before, change.after)]
    return ChangeLine(change.field, str(labels.FIELDS[change.field]), words[0], words[1])


def joined(words: Iterable[str]) -> str:
    """Words as a list in the reader's language; a dash for none."""
    return _(", ").join(words) or "—"


def value_word(field: str, value: Any, register: Register) -> str:
    """A value of the register as a reader says it; a dash for nothing."""
    if field in labels.CHOICES:
        return str(labels.CHOICES[field](value).label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field in UNIT_FIELDS:
        codes = [value] if isinstance(value, str) else value
        return joined(unit_word(c, register) for c in codes if c)
    if field == "legal_basis":
        return "；".join(" ".join(filter(None, item)) for item in value) or "—"
    if isinstance(value, list):
        return joined(value)
    return str(value) or "—"
