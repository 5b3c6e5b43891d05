"""Bring files in: read and check first, write on confirmation, all lines or none."""

from qiying.slices.registry.operations.imports._batches import (
    Reading,
    apply,
    bring_in,
    discard,
    forget_lines,
    prepare,
    read,
)

__all__ = ["Reading", "apply", "bring_in", "discard", "forget_lines", "prepare", "read"]
