"""What somebody asks for, checked, and where it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid
from qiying.slices.calls.operations._move import clean
from qiying.slices.calls.rules import (
    MAX_TITLE,
    Channel,
    Nature,
    PositionSource,
    Urgency,
)
from qiying.slices.registry import public as registry

SITE_ACCURACY_M = 5.0


class CallValues(TypedDict, total=False):
    """What may be said besides title and text.

    Longitude and latitude in WGS 84 / CGCS2000; ``attachments`` are ids of the actor's own loose
    files; ``visit_id`` the visit on which it was found; ``firm`` the card of ``enterprise_id``
    where the caller has just read it; ``is_found`` says that the zone found it by a signal, without
    a visit; ``follows_id`` the firm's earlier call, which cannot be opened again any more.
    """

    enterprise_id: int | None
    firm: registry.EnterpriseCard | None
    matter_code: str
    urgency: str
    channel: str
    nature: str
    longitude: float | None
    latitude: float | None
    accuracy_m: float | None
    position_source: str
    site_id: int | None
    object_kind: str
    address: str
    attachments: Sequence[int]
    complained_unit_id: int | None
    contact_name: str
    contact_phone: str
    visit_id: int | None
    is_found: bool
    follows_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call as it was asked for, with defaults for what was not said."""

    title: str
    text: str
    now: datetime
    enterprise_id: int | None = None
    firm: registry.EnterpriseCard | None = None
    matter_code: str = ""
    urgency: str = Urgency.NORMAL
    channel: str = Channel.ONLINE
    nature: str = ""
    longitude: float | None = None
    latitude: float | None = None
    accuracy_m: float | None = None
    position_source: str = ""
    site_id: int | None = None
    object_kind: str = "enterprise_premises"
    address: str = ""
    attachments: Sequence[int] = ()
    complained_unit_id: int | None = None
    contact_name: str = ""
    contact_phone: str = ""
    visit_id: int | None = None
    is_found: bool = False
    follows_id: int | None = None

    @property
    def words(self) -> tuple[str, str]:
        """Title and text; the first words of the text stand for a title that was left out."""
        text = clean(self.text)
        head = clean(self.title, name="title", is_needed=False, most=MAX_TITLE)
        return head or text.splitlines()[0][: MAX_TITLE // 2], text

    @property
    def contact(self) -> tuple[str, str]:
        """Name and phone of the person to ring."""
        return (
            clean(self.contact_name, name="contact_name", is_needed=False, most=64),
            clean(self.contact_phone, name="contact_phone", is_needed=False, most=40),
        )

    def require_codes(self) -> None:
        """Invalid for a code that nobody knows and for a point that is not on the earth."""
        wrong = {
            "urgency": self.urgency not in set(Urgency),
            "channel": self.channel not in set(Channel),
            "nature": bool(self.nature) and self.nature not in set(Nature),
        }
        fields = {name: "input.choice" for name, is_wrong in wrong.items() if is_wrong}
        if not -180 <= (self.longitude or 0) <= 180 or not -90 <= (self.latitude or 0) <= 90:
            fields["longitude"] = "calls.place"
        if fields:
            raise Invalid("input.invalid", fields)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the matter is."""

    longitude: float | None
    latitude: float | None
    accuracy_m: float | None
    source: str
    address: str
    site_id: int | None = None


def place_of(actor: Actor, asked: Asked, firm: registry.EnterpriseCard | None) -> Place:
    """What was stated goes before a site, a site before the registered address."""
    address = clean(asked.address, name="address", is_needed=False, most=200)
    site = _own_site(actor, firm, asked.site_id)
    if asked.longitude is not None and asked.latitude is not None:
        source = asked.position_source or PositionSource.STATED
        source = source if source in set(PositionSource) else PositionSource.STATED
        return Place(
            asked.longitude, asked.latitude, asked.accuracy_m, source, address, asked.site_id
        )
    if firm is None:
        return Place(None, None, None, PositionSource.NONE, address)
    if site is not None:
        name, accuracy_m = address or site.name, SITE_ACCURACY_M
        at = (site.longitude, site.latitude)
        return Place(*at, accuracy_m, PositionSource.SITE, name, site.id)
    if firm.longitude is None:
        return Place(None, None, None, PositionSource.NONE, address or firm.address)
    return Place(
        firm.longitude,
        firm.latitude,
        firm.accuracy_m,
        PositionSource.REGISTERED,
        address or firm.address,
    )


def _own_site(
    actor: Actor, firm: registry.EnterpriseCard | None, site_id: int | None
) -> registry.SiteCard | None:
    """The firm's site of this id; nobody else's can be named."""
    if site_id is None:
        return None
    own = registry.sites(actor, firm.id) if firm is not None else []
    found = next((s for s in own if s.id == site_id), None)
    if found is None:
        raise Invalid("input.invalid", {"site_id": "input.choice"})
    return found
