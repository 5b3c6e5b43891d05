"""Pages of the register: form in, one call, page out."""

from qiying.slices.mandate.views.shell import hang_up

__all__ = ["hang_up"]
