from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite
from typing import Any

from qiying.engines.jurisdiction._canonical import digest_of
from qiying.engines.jurisdiction._codes import ObjectKind
from qiying.engines.jurisdiction._geometry import Geometry


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked: a matter, the object it is about, and the day of the incident.

    There is no field for the complainant's address, by rule: it must not count.

    Parameters
    ----------
    matter
        Code of the register row.
    object_kind
        What the matter is about.
    geometry
        Where the object lies (longitude, latitude, WGS 84); ``None`` when no place is known.
    accuracy_m
        How far the stated place may be off, metres.
    on
        Day of the incident: the boundaries of that day are asked.
    belongs_to_zone
        Whether the enterprise is the zone's; ``None`` when no enterprise is named, and then
        the side on which the object lies decides where rule 7 asks for the enterprise.
    owner
        Unit code of the owner or operator of the asset, if known.
    is_danger, responder
        Danger to life or property, and the nearest responder that can be sent.
    recused
        Units with a conflict of interest, the complained-of unit among them.
    """

    matter: str
    object_kind: ObjectKind
    geometry: Geometry | None
    accuracy_m: float
    on: date
    belongs_to_zone: bool | None = None
    owner: str | None = None
    is_danger: bool = False
    responder: str | None = None
    recused: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "object_kind", ObjectKind(self.object_kind))
        object.__setattr__(self, "recused", frozenset(self.recused))
        object.__setattr__(self, "accuracy_m", float(self.accuracy_m))
        if not isfinite(self.accuracy_m) or self.accuracy_m < 0:
            raise ValueError("case: accuracy_m must be finite and not negative")
        if type(self.on) is not date:
            raise ValueError("case: on must be a date without a time of day")

    def as_json(self) -> dict[str, Any]:
        """Plain values; ``Case.from_json`` gives the same case back."""
        return {
            "matter": self.matter,
            "object_kind": self.object_kind.value,
            "geometry": self.geometry.as_json() if self.geometry else None,
            "accuracy_m": self.accuracy_m,
            "on": self.on.isoformat(),
            "belongs_to_zone": self.belongs_to_zone,
            "owner": self.owner,
            "is_danger": self.is_danger,
            "responder": self.responder,
            "recused": sorted(self.recused),
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Case":
        """Read what ``as_json`` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError
            A field is missing, unknown or out of range.
        """
        case = cls(**{**plain, "geometry": None, "on": date.fromisoformat(plain["on"])})
        shape = plain["geometry"]
        return replace(case, geometry=Geometry.from_json(shape) if shape else None)

    def digest(self) -> str:
        """SHA-256 of the canonical inputs, hexadecimal."""
        return digest_of(self.as_json())
