"""Write values onto a record and say which of them changed."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from qiying.kernel.errors import Invalid


def write(row: Model, values: Mapping[str, Any]) -> list[str]:
    """Set these attributes; returns the names of those that changed, in order."""
    changed = []
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed.append(name)
    return changed


def require(faults: Mapping[str, str]) -> None:
    """Raise Invalid when there are faults: {name of the value: code}."""
    if faults:
        raise Invalid("input.invalid", faults)
