"""Which values of a firm are sound: asked by forms, interfaces, operations and imports."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from qiying.slices.registry.rules import credit_code, industry
from qiying.slices.registry.rules.kinds import EntityKind, FirmStatus
from qiying.slices.registry.rules.values import FirmValues

WRITABLE = frozenset(FirmValues.__annotations__)
MOST_STAFF = 1_000_000


def faults_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Codes of what is wrong, by the name of the value; only names that are given are judged."""
    found = {
        "credit_code": _coded(values, "credit_code", credit_code.fault_of),
        "industry_code": _coded(values, "industry_code", industry.fault_of),
        "name_zh": None if values.get("name_zh", "x") else "input.required",
        "entity_kind": _listed(values, "entity_kind", EntityKind.values()),
        "status": _listed(values, "status", FirmStatus.values()),
        "staff_count": _bounded(values, "staff_count", 0, MOST_STAFF),
        "capital_cny": _bounded(values, "capital_cny", 0, Decimal(10) ** 15),
        "accuracy_m": _bounded(values, "accuracy_m", 0, 5000),
        "longitude": _bounded(values, "longitude", -180, 180),
        "latitude": _bounded(values, "latitude", -90, 90),
    }
    return {name: code for name, code in found.items() if code}


def _coded(values: Mapping[str, Any], name: str, check: Any) -> str | None:
    value = values.get(name)
    if value is None or (value == "" and name != "credit_code"):
        return None
    code: str | None = check(value)
    return code


def _listed(values: Mapping[str, Any], name: str, known: list[str]) -> str | None:
    return "input.choice" if name in values and values[name] not in known else None


def _bounded(values: Mapping[str, Any], name: str, least: Any, most: Any) -> str | None:
    value = values.get(name)
    if value is None:
        return None
    return None if least <= value <= most else "input.number"


def kind_of_code(code: str) -> str:
    """The kind that the first two characters of a credit code tell (registration authority)."""
    known = {"92": EntityKind.INDIVIDUAL, "93": EntityKind.COOPERATIVE}
    return known.get(code[:2], EntityKind.ENTERPRISE).value
