"""What runs or answers besides pages: sentences, search, names for grants, periodic work."""

from qiying.slices.registry.handlers import answers, maps, periodic, sentences

__all__ = ["answers", "maps", "periodic", "sentences"]
