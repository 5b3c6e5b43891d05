"""What is known of a firm."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

YES = ("1", "true", "yes", "y", "是")
NOT = ("0", "false", "no", "n", "否")
Value = float | str | bool | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A value with what proves it. ``until`` is the last day on which the evidence is fresh."""

    value: Value
    evidence: tuple[str, ...] = ()
    until: date | None = None
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm's facts by input; what is absent is not known."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def number(self, name: str) -> float | None:
        """A number, or None where none is known."""
        fact = self.facts.get(name)
        if fact is None or fact.value is None or isinstance(fact.value, str):
            return None
        value = float(fact.value)
        return None if math.isnan(value) else value

    def word(self, name: str) -> str:
        """A word, empty where none is known."""
        fact = self.facts.get(name)
        return fact.value.strip() if fact is not None and isinstance(fact.value, str) else ""

    def holds(self, name: str) -> bool | None:
        """Whether a fact holds; None where it was not looked up."""
        fact = self.facts.get(name)
        if fact is None or fact.value is None:
            return None
        if isinstance(fact.value, str):
            said = fact.value.strip().lower()
            return said in YES if said in YES + NOT else None
        return bool(fact.value)
