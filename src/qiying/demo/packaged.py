"""Reading the generator's own data files."""

import tomllib
from importlib.resources import files
from typing import Any


def read_toml(name: str) -> dict[str, Any]:
    """The data file of that name under `demo/data`, parsed."""
    return tomllib.loads((files("qiying.demo") / "data" / f"{name}.toml").read_text("utf-8"))
