"""Checks of a row before it is written: from a form, from a file, from the interface."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from qiying.slices.mandate.rules import _codes as codes
from qiying.slices.mandate.rules._row import Article, Row

_CHOICES: Mapping[str, frozenset[str]] = {
    "status": frozenset(codes.Status),
    "basis": frozenset(codes.Basis),
    "nature": frozenset(codes.Nature),
    "power": frozenset(codes.Power),
    "duty": frozenset(codes.Duty),
    "grade": frozenset(codes.GRADES),
    "time_kind": frozenset(codes.TimeKind),
    "category": frozenset(codes.CATEGORIES),
}
_LONGEST = {
    "name_zh": 80,
    "name_en": 120,
    "basis_text": 200,
    "time_source": 120,
    "note_zh": 300,
    "note_en": 400,
    "code": 20,
}
PRIVATE_NATURES = frozenset({codes.Nature.COMPLAINT, codes.Nature.REPORT})
"""Natures whose records are never shown to the public."""


def row_errors(row: Row, units: Mapping[str, str]) -> dict[str, str]:
    """What keeps a row from being written: code by field, empty when nothing does.

    Two leads, a locked duty handed away and the like are the linter's: a register on its way
    may hold them; what no register can hold is refused here.
    """
    errors = {k: "input.choice" for k, known in _CHOICES.items() if getattr(row, k) not in known}
    errors |= {k: "input.too_long" for k, n in _LONGEST.items() if len(getattr(row, k)) > n}
    errors |= {k: "input.required" for k in ("code", "name_zh", "name_en") if not getattr(row, k)}
    if row.time_amount < 1 or row.extension_max < 0 or row.co_amount < 1:
        errors["time_amount"] = "input.number"
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        errors["valid_to"] = "mandate.period"
    if not row.lead_inside and not row.lead_outside:
        errors["lead_inside"] = "mandate.no_lead"
    if row.is_public and (row.nature in PRIVATE_NATURES or row.is_resident_matter):
        errors["is_public"] = "mandate.never_public"
    return errors | _seat_errors(row, units)


def _seat_errors(row: Row, units: Mapping[str, str]) -> dict[str, str]:
    errors = {}
    for name in ("lead_inside", "co_inside", "lead_outside", "co_outside"):
        cell = getattr(row, name)
        if any(u != codes.LOCAL_TOWNSHIP and u not in units for u in cell):
            errors[name] = "mandate.unit_unknown"
        elif len(set(cell)) != len(cell):
            errors[name] = "mandate.unit_twice"
    for name in ("lead_before_reform", "office_code"):
        if getattr(row, name) not in {"", codes.LOCAL_TOWNSHIP, *units}:
            errors[name] = "mandate.unit_unknown"
    return errors


def row_from_seed(
    plain: Mapping[str, Any], laws: Mapping[str, Mapping[str, str]], valid_from: date
) -> Row:
    """Read one line of a register file; see the reference page for its fields.

    Raises
    ------
    KeyError, TypeError, ValueError
        A field is missing or of another kind.
    """
    time, words = plain["time"], plain["keywords"]
    inside, outside = plain["inside"], plain["outside"]
    return Row(
        number=1,
        valid_from=valid_from,
        valid_to=None,
        legal_basis=tuple(
            Article(laws[a["law"]]["zh"], laws[a["law"]]["en"], a["article"], a["grade"])
            for a in plain["legal_basis"]
        ),
        time_kind=time["kind"],
        time_amount=int(time["amount"]),
        time_source=time["source"],
        extension_max=int(time["extension"]),
        office_code=plain["office"],
        keywords_zh=tuple(words["zh"]),
        keywords_en=tuple(words["en"]),
        lead_inside=tuple(inside["lead"]),
        co_inside=tuple(inside["co"]),
        lead_outside=tuple(outside["lead"]),
        co_outside=tuple(outside["co"]),
        **{name: plain[name] for name in _SAME_NAME},
    )


_SAME_NAME = (
    "code",
    "category",
    "name_zh",
    "name_en",
    "status",
    "basis",
    "nature",
    "power",
    "duty",
    "basis_text",
    "grade",
    "is_public",
    "is_resident_matter",
    "lead_before_reform",
    "note_zh",
    "note_en",
)


def before_reform(row: Row, valid_from: date, reform_on: date) -> Row:
    """The version of a row that was in force before the reform.

    Where the zone carried the matter it stood in the lead seat inside the boundary, and what
    the reform stripped was its own business there; departments and township co-handled.
    """
    period = {"valid_from": valid_from, "valid_to": reform_on, "number": 1}
    lead = row.lead_before_reform
    if not lead or row.lead_inside[:1] == (lead,):
        return row.changed(period)
    others = dict.fromkeys((*row.lead_inside, *row.co_inside))
    was_stripped = row.status == codes.Status.STRIP
    return row.changed(
        {
            **period,
            "lead_inside": (lead,),
            "co_inside": tuple(u for u in others if u != lead),
            "status": codes.Status.CORE.value if was_stripped else row.status,
            "basis": codes.Basis.WALL.value if was_stripped else row.basis,
            "office_code": "",
        }
    )
