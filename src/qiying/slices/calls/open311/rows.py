"""Our records as rows of the protocol, and what was filed as arguments of ours."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.calls.models import Call, is_own
from qiying.slices.calls.models.labels import STATE_LABELS, URGENCY_LABELS
from qiying.slices.calls.open311.parse import Complaint, Filed
from qiying.slices.calls.open311.render import stamp
from qiying.slices.calls.rules import STOPPED, PositionSource
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
URGENCIES = ("normal", "urgent")
OBJECTS = ("enterprise_premises", "construction_site", "public_place", "segment", "workshop")
TITLE = 60
COARSE = 0.005
"""Degrees: some 550 m from south to north, 490 m from west to east here."""


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


def discovery(base: str, changed: datetime) -> dict[str, Any]:
    """Two endpoints with both formats each: with one, XML parsers give an object, not a list."""
    endpoints = [
        {
            "specification": SPECIFICATION,
            "url": base,
            "changeset": stamp(changed),
            "type": kind,
            "formats": ["text/xml", "application/json"],
        }
        for kind in ("production", "test")
    ]
    return {
        "changeset": stamp(changed),
        "contact": _("Ask the enterprise community of the zone for an api_key."),
        "key_service": _("Keys are made by the zone's administrator under API keys."),
        "endpoints": endpoints,
    }


def services(actor: Actor, on: date) -> list[dict[str, Any]]:
    """The public matters in force, one service each."""
    return [
        {
            "service_code": matter.code,
            "service_name": matter.name_en if _is_english() else matter.name_zh,
            "description": f"{matter.category} / {matter.name_en}",
            "metadata": True,
            "type": "realtime",
            "keywords": ",".join(_keywords(matter)),
            "group": matter.category,
        }
        for matter in mandate.matters(actor, on)
        if matter.is_public
    ]


def _keywords(matter: Any) -> list[str]:
    """Plain words; never the ones that a client takes for commands."""
    commands = {"private", "inactive", "staff", "waste_only"}
    return [w for w in (matter.category, matter.status) if w and w not in commands]


def service(actor: Actor, code: str, on: date) -> Any:
    """A public matter, or 404 as the protocol wants for an unknown service_code."""
    try:
        matter = mandate.matter(actor, code, on)
    except NotFound:
        matter = None
    if matter is None or not matter.is_public:
        raise Complaint((404, _("service_code is not known here.")))
    return matter


def definition(code: str) -> dict[str, Any]:
    """Three optional questions; none has an empty hint, which would break a validator."""
    objects = {
        "enterprise_premises": _("enterprise premises"),
        "construction_site": _("construction site"),
        "public_place": _("public place"),
        "segment": _("road, pipe or river"),
        "workshop": _("workshop"),
    }
    return {
        "service_code": code,
        "attributes": [
            _question(
                1, "CREDIT_CODE", "string", _("Unified social credit code"), _("18 characters")
            ),
            _question(
                2,
                "OBJECT_KIND",
                "singlevaluelist",
                _("What it is about"),
                _("Choose one"),
                objects,
            ),
            _question(
                3,
                "URGENCY",
                "singlevaluelist",
                _("Urgency"),
                _("Urgent: water, power, gas, heat or production has stopped"),
                {code: str(URGENCY_LABELS[code]) for code in URGENCIES},
            ),
        ],
    }


def _question(
    order: int,
    code: str,
    datatype: str,
    words: str,
    hint: str,
    values: dict[str, str] | None = None,
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "variable": True,
        "code": code,
        "datatype": datatype,
        "required": False,
        "datatype_description": hint,
        "order": order,
        "description": words,
    }
    if values is not None:
        row["values"] = [{"key": key, "name": name} for key, name in values.items()]
    return row


def requests(actor: Actor, calls: Sequence[Call], request: HttpRequest) -> list[dict[str, Any]]:
    """Calls as requests; words and exact place only to the key that filed them.

    Contact data goes to nobody.
    """
    names = {m.code: m for m in mandate.matters(actor, date.today())} if calls else {}  # noqa: DTZ011
    units = registry.units(actor) if calls else {}
    by_id = {unit.id: unit for unit in units.values()}
    return [_request(actor, call, names, by_id) for call in calls]


def _request(actor: Actor, call: Call, names: Any, units: Any) -> dict[str, Any]:
    matter = names.get(call.matter_code)
    unit = units.get(call.lead_unit_id)
    is_closed = call.state in STOPPED
    return {
        "service_request_id": call.number,
        "status": "closed" if is_closed else "open",
        "status_notes": str(STATE_LABELS[call.state]),
        "service_name": _named(matter) or call.matter_code,
        "service_code": call.matter_code,
        "agency_responsible": _named(unit),
        "requested_datetime": stamp(call.received_at),
        "updated_datetime": stamp(call.updated_at),
        "expected_datetime": None if is_closed else stamp(call.due_at),
        **(_own_words(call) if is_own(actor, call) else _public_words(call, matter)),
    }


def _own_words(call: Call) -> dict[str, Any]:
    return {
        "description": call.text or call.title,
        "address": call.address or _("inside the zone"),
        "lat": call.latitude,
        "long": call.longitude,
    }


def _public_words(call: Call, matter: Any) -> dict[str, Any]:
    """What anybody may know: the matter, and the place unless it is where a firm sits."""
    is_exact = call.position_source == PositionSource.STATED
    return {
        "description": _named(matter) or call.matter_code,
        "address": _("inside the zone"),
        "lat": call.latitude if is_exact else _coarse(call.latitude),
        "long": call.longitude if is_exact else _coarse(call.longitude),
    }


def _coarse(degrees: float | None) -> float | None:
    """The nearest line of a grid of about 500 m."""
    return None if degrees is None else round(round(degrees / COARSE) * COARSE, 3)


def _named(thing: Any) -> str:
    if thing is None:
        return ""
    return str(thing.name_en if _is_english() else thing.name_zh)


def title_of(description: str, matter: Any) -> str:
    """The first line, cut; the matter's name when nothing was written."""
    first = description.strip().split("\n", 1)[0].strip()
    return first[:TITLE] or _named(matter)


def text_of(filed: Filed) -> str:
    """What was written, with the addresses of pictures that came as links."""
    links = "\n".join(filed.media_urls)
    return f"{filed.description}\n{links}".strip() if links else filed.description


def place_of(actor: Actor, filed: Filed) -> dict[str, Any]:
    """Where it is: the stated point, a known firm's premises, or words only."""
    place: dict[str, Any] = {"address": filed.address[:200]}
    if filed.latitude is not None:
        place |= {"latitude": filed.latitude, "longitude": filed.longitude}
        place |= {"position_source": "stated"}
    elif filed.address_id:
        firm = _firm_at(actor, filed.address_id)
        place |= {"enterprise_id": firm.id, "latitude": firm.latitude}
        place |= {"longitude": firm.longitude, "position_source": "registered"}
        place |= {"accuracy_m": firm.accuracy_m, "address": firm.address}
    return place


def _firm_at(actor: Actor, address_id: str) -> Any:
    try:
        return registry.enterprise_by_public_id(actor, UUID(address_id))
    except (ValueError, NotFound) as error:
        raise Complaint((404, _("address_id is not known here."))) from error


def extras_of(filed: Filed) -> dict[str, Any]:
    """The answers to our three questions."""
    extras: dict[str, Any] = {}
    kind = filed.attributes.get("OBJECT_KIND", ("",))[0]
    urgency = filed.attributes.get("URGENCY", ("",))[0]
    faults = []
    if kind and kind not in OBJECTS:
        faults.append((400, _("OBJECT_KIND is not one of the values offered.")))
    if urgency and urgency not in URGENCIES:
        faults.append((400, _("URGENCY is not one of the values offered.")))
    if faults:
        raise Complaint(*faults)
    if kind:
        extras["object_kind"] = kind
    if urgency:
        extras["urgency"] = urgency
    return extras
