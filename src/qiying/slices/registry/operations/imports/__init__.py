"""Bring files in: read and check first, write on confirmation, all lines or none."""

from qiying.slices.registry.operations.imports._batches import (
    apply,
    discard,
    forget_lines,
    prepare,
)

__all__ = ["apply", "discard", "forget_lines", "prepare"]
