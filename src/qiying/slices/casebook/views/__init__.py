"""Pages of the casebook: form in, one call, page out."""

from qiying.slices.casebook.views.shell import hang_up

__all__ = ["hang_up"]
