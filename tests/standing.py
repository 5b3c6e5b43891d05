"""A zone that the tests of a folder begin with, as a fixture of their ``conftest``."""

from collections.abc import Callable
from typing import Any

import pytest


def standing(build: Callable[[], Any]) -> Any:
    """A fixture of what ``build`` makes; ``build`` takes nothing and writes rows only."""

    def made(db: None) -> Any:
        return build()

    made.__doc__ = build.__doc__
    return pytest.fixture(made)
