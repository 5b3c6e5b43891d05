"""Who is acting: made once at the edge, passed to every operation and query."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from qiying.kernel.errors import Denied

PLATFORM, OPERATOR = "system", "operator"
"""Names of actors who are no persons: the platform itself, and whoever runs its commands."""


class Role(StrEnum):
    """The roles that a grant can carry; one person may hold several, in several units."""

    ENTERPRISE = "enterprise"
    GRID_OFFICER = "grid_officer"
    DESK = "desk"
    HANDLER = "handler"
    CALLBACK = "callback"
    SUPERVISOR = "supervisor"
    UNIT_LEADER = "unit_leader"
    ZONE_LEADER = "zone_leader"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    DUTY_CHIEF = "duty_chief"
    """Runs the board of Industry 120."""
    TECHNICIAN = "technician"
    """Of a contracted provider: repairs machines. Outside the house."""
    PROVIDER_MANAGER = "provider_manager"
    """Leads the people of a contracted provider. Outside the house."""
    SYSTEM = "system"
    """The platform itself (deadlines, handlers); never granted to a person."""
    MACHINE = "machine"
    """A standard interface such as Open311, by API key; never granted to a person."""


CONTRACTED = frozenset({Role.TECHNICIAN, Role.PROVIDER_MANAGER})
"""People of firms that the zone has hired: they see their own work, never the house's."""
STAFF = frozenset(Role) - CONTRACTED - {Role.ENTERPRISE, Role.SYSTEM, Role.MACHINE}


@dataclass(frozen=True, slots=True)
class Held:
    """One role held now, with the unit or the enterprise it is held for."""

    role: str
    unit_id: int | None = None
    enterprise_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a key or the platform, inside one tenant, with the roles held now."""

    tenant_id: int
    name: str
    held: tuple[Held, ...]
    person_id: int | None = None
    key_id: int | None = None

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(h.role for h in self.held)

    @property
    def identity(self) -> str:
        """A stable short name for the log: ``p12`` a person, ``k3`` a key, ``s`` the platform."""
        if self.person_id is not None:
            return f"p{self.person_id}"
        return f"k{self.key_id}" if self.key_id is not None else "s"

    def has(self, *roles: str) -> bool:
        return any(h.role in roles for h in self.held)

    def require(self, *roles: str) -> None:
        """Deny unless one of these roles is held."""
        if not self.has(*roles):
            raise Denied("access.role")

    def units(self, *roles: str) -> frozenset[int]:
        """The units in which one of these roles (any, when none is named) is held."""
        return frozenset(
            h.unit_id
            for h in self.held
            if h.unit_id is not None and (not roles or h.role in roles)
        )

    @property
    def enterprises(self) -> frozenset[int]:
        """The firms for which this person acts as the enterprise."""
        return frozenset(
            h.enterprise_id
            for h in self.held
            if h.enterprise_id is not None and h.role == Role.ENTERPRISE
        )


def system(tenant_id: int) -> Actor:
    """The platform itself, for handlers and periodic work."""
    return Actor(tenant_id, PLATFORM, (Held(Role.SYSTEM),))


def stand_in(tenant_id: int, *roles: str, name: str = "", unit_id: int | None = None) -> Actor:
    """An actor without a person, for commands run by the operator of the machine."""
    return Actor(tenant_id, name or OPERATOR, tuple(Held(r, unit_id) for r in roles))


def combine(held: Iterable[Held]) -> tuple[Held, ...]:
    """Order and de-duplicate grants, so that equal actors compare equal."""
    return tuple(sorted(set(held), key=lambda h: (h.role, h.unit_id or 0, h.enterprise_id or 0)))
