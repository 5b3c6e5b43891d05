"""Cards that come with the engine, as text: data of the package like its code."""

from importlib import resources

NAMES = ("star-1", "tech-sme-1", "innovative-sme-1", "high-tech-1")


def card_text(name: str) -> str:
    """The TOML of a card of `NAMES`."""
    if name not in NAMES:
        raise KeyError(name)
    return (resources.files(__package__) / f"{name}.toml").read_text(encoding="utf-8")
