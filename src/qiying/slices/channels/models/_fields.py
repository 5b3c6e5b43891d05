"""Columns that several tables here share."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from django.utils.functional import Promise


def choices(labels: "dict[Any, Promise | str]") -> "list[tuple[str, Promise | str]]":
    """What a form or a page shows for the codes of a column."""
    return [(str(code), label) for code, label in labels.items()]


def codes(kind: Iterable[StrEnum]) -> list[str]:
    """The codes as the database knows them."""
    return sorted(str(code) for code in kind)


def to_person() -> models.ForeignKey[Any]:
    return models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )


def to_key() -> models.ForeignKey[Any]:
    return models.ForeignKey(
        "kernel.ApiKey", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )


def to_call(**options: Any) -> models.ForeignKey[Any]:
    return models.ForeignKey(
        "calls.Call", models.PROTECT, related_name="+", db_index=False, **options
    )


def to_firm() -> models.ForeignKey[Any]:
    return models.ForeignKey(
        "registry.Enterprise",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
