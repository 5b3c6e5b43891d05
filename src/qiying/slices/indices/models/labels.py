"""Words and tones for the codes of this slice."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.slices.indices.rules import DataKind, PlaceKind, RunState

Words = Mapping[Any, Promise | str]
KINDS: Words = {
    DataKind.STATISTICS: _("government statistics"),
    DataKind.DEPARTMENTAL: _("departmental data"),
    DataKind.SELF_REPORTED: _("reported by oneself"),
}
POLARITIES: Words = {1: _("more is better"), -1: _("less is better")}
PLACES: Words = {
    PlaceKind.DISTRICT: _("district under a city"),
    PlaceKind.CITY: _("county-level city"),
    PlaceKind.COUNTY: _("a county"),
}
STATES: Words = {RunState.DRAFT: _("not released"), RunState.RELEASED: _("released")}
STATE_TONES: Mapping[str, str] = {RunState.DRAFT: "check", RunState.RELEASED: "done"}
CAUSES: Words = {
    "performance": _("own performance"),
    "imputation": _("cells filled or missing"),
    "frame": _("frame of normalisation"),
    "weights": _("weights that moved"),
}


def choices(words: Words) -> list[tuple[Any, Any]]:
    """Codes with their words, as fields want them; migrations need no words."""
    return [(getattr(code, "value", code), word) for code, word in words.items()]


def word(words: Words, code: Any) -> str:
    """The word of a code in the reader's language."""
    return str(words.get(code, code))


def listed(words: Words, codes: Iterable[Any]) -> list[str]:
    return [word(words, code) for code in codes]
