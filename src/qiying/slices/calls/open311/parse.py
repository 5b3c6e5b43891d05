"""What clients send: query and body merged, attributes in every known spelling, lenient times."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

MAX_DESCRIPTION = 4000
EARLIEST, LATEST = 1900, 2200
"""Years that a date may not reach: beyond them spans and offsets leave the calendar."""
ATTRIBUTE = re.compile(r"attribute\[([^\]]+)\](?:\[\])?")
FRACTION = re.compile(r"\.\d+")
LOST_PLUS = re.compile(r" (\d\d:?\d\d)$")
"""An offset whose ``+`` was sent unencoded and arrived as a space."""
FILE_PARTS = re.compile(r"media(\[\])?|photo\d*|file_.+")


class Complaint(Exception):  # noqa: N818
    """Something in the request that the caller must mend: (HTTP status, sentence) pairs."""

    def __init__(self, *faults: tuple[int, str]) -> None:
        super().__init__(faults)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Filed:
    """A request as it was filed."""

    service_code: str
    description: str
    latitude: float | None
    longitude: float | None
    address: str
    address_id: str
    contact_name: str
    contact_phone: str
    media_urls: tuple[str, ...]
    attributes: dict[str, tuple[str, ...]]


def merged(request: HttpRequest) -> QueryDict:
    """Query string and form body together: clients put parameters in either; empty is absent."""
    result = QueryDict(mutable=True)
    for source in (request.GET, request.POST):
        for key, values in source.lists():
            for value in values:
                text = value.replace("\r\n", "\n").replace("\x00", "").strip()
                if text:
                    result.appendlist(key, text)
    return result


def filed(data: QueryDict) -> Filed:
    """Read a request to create; every fault is told at once."""
    faults: list[tuple[int, str]] = []
    latitude = _number(data, "lat", 90, faults)
    longitude = _number(data, "long", 180, faults)
    if (latitude is None) != (longitude is None):
        faults.append((400, _("lat and long belong together.")))
    has_place = latitude is not None or data.get("address_string") or data.get("address_id")
    if not has_place and not faults:
        faults.append((400, _("A place is needed: lat and long, address_string or address_id.")))
    if not data.get("service_code"):
        faults.append((400, _("service_code is needed.")))
    description = data.get("description") or ""
    if len(description) > MAX_DESCRIPTION:
        faults.append((400, _("The description has more than 4000 characters.")))
    if faults:
        raise Complaint(*faults)
    return Filed(
        service_code=data.get("service_code") or "",
        description=description,
        latitude=latitude,
        longitude=longitude,
        address=data.get("address_string") or "",
        address_id=data.get("address_id") or "",
        contact_name=contact_name(data),
        contact_phone=data.get("phone") or "",
        media_urls=tuple(data.getlist("media_url")),
        attributes=attributes(data),
    )


def contact_name(data: QueryDict) -> str:
    """The name as it was sent, joined and never reordered.

    A Chinese name is written without a space, family name first; clients that split it on a
    space send the family name as ``first_name``, others as ``last_name``: the order sent is kept.
    """
    first, last = data.get("first_name") or "", data.get("last_name") or ""
    is_latin = (first + last).isascii()
    return f"{first} {last}".strip() if is_latin else f"{first}{last}"


def attributes(data: QueryDict) -> dict[str, tuple[str, ...]]:
    """``attribute[X]``, ``attribute[X][]`` and repeated ``attribute[X]`` alike."""
    result: dict[str, tuple[str, ...]] = {}
    for key, values in data.lists():
        if found := ATTRIBUTE.fullmatch(key):
            result[found[1]] = (*result.get(found[1], ()), *values)
    return result


def files(request: HttpRequest) -> list[Any]:
    """Uploaded parts under the names that clients use."""
    return [
        part
        for name, parts in request.FILES.lists()
        if FILE_PARTS.fullmatch(name)
        for part in parts
    ]


def moment(data: QueryDict, name: str) -> datetime | None:
    """A W3C date-time; fractions are dropped, a bare date is its midnight in UTC."""
    text = data.get(name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(FRACTION.sub("", LOST_PLUS.sub(r"+\1", text)))
    except ValueError as error:
        raise Complaint((400, _("%(name)s is not a date and time.") % {"name": name})) from error
    if not EARLIEST < found.year < LATEST:
        raise Complaint((400, _("%(name)s is not a date and time.") % {"name": name}))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def listed(data: QueryDict, name: str) -> list[str]:
    """A comma-separated parameter."""
    return [part.strip() for part in (data.get(name) or "").split(",") if part.strip()]


def whole(data: QueryDict, name: str, default: int, *, low: int, high: int) -> int:
    """A whole number within bounds; nonsense falls back to the default, as the protocol wants."""
    try:
        value = int(data.get(name) or default)
    except ValueError:
        return default
    return min(max(value, low), high)


def _number(
    data: QueryDict, name: str, limit: float, faults: list[tuple[int, str]]
) -> float | None:
    text = data.get(name)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -limit <= value <= limit:
        faults.append((400, _("%(name)s is not a coordinate.") % {"name": name}))
        return None
    return value
