"""Columns that come again and again."""

from django.db import models

from qiying.slices.rescue.models.labels import Words, choices


def link(to: str, *, is_needed: bool = False) -> models.ForeignKey:  # type: ignore[type-arg]
    """A key that is never followed back and has no index of its own."""
    return models.ForeignKey(
        to,
        models.PROTECT,
        null=not is_needed,
        blank=not is_needed,
        related_name="+",
        db_index=False,
    )


def code(words: Words, *, size: int = 16, default: str | None = None) -> models.CharField:  # type: ignore[type-arg]
    """One of the known codes; without a default it may be empty."""
    if default is None:
        return models.CharField(max_length=size, choices=choices(words), blank=True)
    return models.CharField(max_length=size, choices=choices(words), default=default)


def moment() -> models.DateTimeField:  # type: ignore[type-arg]
    """When something happened, if it did."""
    return models.DateTimeField(null=True, blank=True)


def money() -> models.DecimalField:  # type: ignore[type-arg]
    """Yuan."""
    return models.DecimalField(max_digits=18, decimal_places=2, default=0)
