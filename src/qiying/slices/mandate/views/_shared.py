"""What the pages of the register share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from qiying.kernel import exports
from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.web import actor_of
from qiying.slices.mandate import operations, queries, rules
from qiying.slices.mandate.forms import unit_choices
from qiying.slices.mandate.models import labels

EDITORS = tuple(r for r in operations.EDITORS if r != Role.SYSTEM)
MOVERS = tuple(r for r in operations.ADJUDICATORS if r != Role.SYSTEM)
READERS = tuple(sorted(STAFF))
EVERYBODY = (*READERS, Role.ENTERPRISE)
MAP_LAYERS = ("planned", "wall", "township", "neighbourhood")
FORM_FIELDS = {"from_unit_code": "from_unit", "to_unit_code": "to_unit", "place": "lon"}
"""Arguments of operations by the field of the form that they come from."""


def today() -> date:
    return timezone.localdate()


def day_of(request: HttpRequest, name: str = "on") -> date:
    """The day asked for in the address; today when there is none or it cannot be read."""
    try:
        return parse_date(request.GET.get(name, "")) or today()
    except ValueError:
        return today()


def chosen(request: HttpRequest, name: str, known: Iterable[str]) -> tuple[str, ...]:
    """The values of a filter in the address that exist."""
    allowed = set(known)
    return tuple(v for v in request.GET.getlist(name) if v in allowed)


def unit_list(register: queries.Register, *kinds: str) -> list[tuple[str, Any]]:
    """Units in use as choices, of some kinds or of all; without the local township's seat."""
    named = {c: (u.kind, u.name) for c, u in register.units.items() if not u.is_retired}
    wanted = {c: n for c, n in named.items() if not kinds or n[0] in kinds}
    return [c for c in unit_choices(wanted) if c[0] != rules.LOCAL_TOWNSHIP]


def seat_list(register: queries.Register) -> list[tuple[str, Any]]:
    """Everything that may stand in a seat, as choices."""
    return unit_choices(
        {c: (u.kind, u.name) for c, u in register.units.items() if not u.is_retired}
    )


def matter_list(register: queries.Register, on: date) -> list[tuple[str, str]]:
    return [(code, f"{code} {card.name}") for code, card in register.on(on).items()]


def export(
    request: HttpRequest,
    kind: str,
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    filters: Sequence[tuple[str, str]],
) -> HttpResponse:
    """The list as a file, with its filter, the reader and the time in it."""
    sheet = exports.Sheet(
        title=title,
        headings=headings,
        rows=rows,
        filters=filters,
        made_by=actor_of(request).name,
        made_at=timezone.now(),
    )
    return exports.respond(sheet, kind)


def may_edit(actor: Actor) -> bool:
    return actor.has(*EDITORS)


def layers() -> list[dict[str, Any]]:
    """The layers of the zone's map that a decision hangs on."""
    words = {
        "planned": _("Planned area"),
        "wall": _("Industrial wall"),
        "township": _("Townships"),
        "neighbourhood": _("Neighbourhoods"),
    }
    return [
        {
            "url": f"/map/layers/{kind}.geojson",
            "kind": kind,
            "label": words[kind],
            "fit": kind != "township",
        }
        for kind in MAP_LAYERS
    ]


def unit_line(register: queries.Register, code: str) -> dict[str, str]:
    """A unit as a page shows it: name, telephone, kind."""
    card = register.units.get(code)
    return {
        "code": code,
        "name": queries.unit_word(code, register),
        "phone": card.phone if card else "",
        "kind": card.kind if card else "township",
    }


@dataclass(frozen=True, slots=True)
class Leader:
    """Who leads in law and, where the zone does, which office of it acts."""

    name: str
    phone: str
    office: str

    def __str__(self) -> str:
        if not self.office:
            return self.name
        handled = _("handled by %(office)s") % {"office": self.office}
        return _("%(text)s (%(meaning)s)") % {"text": self.name, "meaning": handled}


def leader(
    register: queries.Register, card: queries.MatterCard | None, code: str | None
) -> Leader | None:
    """The lead of a decision as every page shows it; None while the county decides."""
    if not code:
        return None
    line, office = unit_line(register, code), queries.acting_office(card, code)
    return Leader(line["name"], line["phone"], register.unit_name(office) if office else "")


def seats_of(register: queries.Register, card: rules.Row) -> list[dict[str, Any]]:
    """Both sides of the wall for the small diagram: lead and co-handlers."""
    return [
        {
            "side": side,
            "label": labels.Side(side).label,
            "leads": [unit_line(register, c) for c in getattr(card, f"lead_{side}")],
            "co": [unit_line(register, c) for c in getattr(card, f"co_{side}")],
        }
        for side in ("inside", "outside")
    ]
