"""The living style guide: every component in every state, each beside the snippet that made it."""

from qiying.kernel.style_guide._view import style_guide

__all__ = ["style_guide"]
