"""By what everybody of the register can be recognised: for texts that must not name anybody."""

from dataclasses import dataclass

from qiying.kernel.access import system
from qiying.slices.registry.models import Contact, Enterprise


@dataclass(frozen=True, slots=True)
class FirmIdentity:
    """One firm's names, code and address."""

    id: int
    names: tuple[str, ...]
    credit_code: str
    address: str


@dataclass(frozen=True, slots=True)
class Identities:
    """Every firm and contact of a zone. Personal data: for comparing, never for showing."""

    firms: tuple[FirmIdentity, ...]
    people: tuple[str, ...]
    phones: tuple[str, ...]


def identities(tenant_id: int) -> Identities:
    """All of the zone, whatever the asker may see: what is hidden must be recognised too."""
    platform = system(tenant_id)
    firms = Enterprise.objects.visible_to(platform).order_by("id")
    rows = firms.values_list("id", "name_zh", "name_en", "credit_code", "address")
    contacts = Contact.objects.filter(tenant_id=tenant_id).order_by("id")
    people = list(contacts.values_list("name", "phone"))
    return Identities(
        tuple(FirmIdentity(pk, (zh, en), code, at) for pk, zh, en, code, at in rows),
        tuple(dict.fromkeys(name for name, _phone in people if name)),
        tuple(dict.fromkeys(phone for _name, phone in people if phone)),
    )
