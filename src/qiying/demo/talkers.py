"""Who talks in the demonstration: the same people every time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from qiying.kernel.access import Actor


@dataclass(frozen=True, slots=True)
class Talkers:
    """People, firms and units of the talks; ``firms`` and ``bosses`` go together."""

    platform: Actor
    ends_at: datetime
    desks: tuple[Actor, Actor]
    supervisor: Actor
    mediators: tuple[Actor, ...]
    firms: tuple[int, ...]
    bosses: tuple[Actor, ...]
    units: Mapping[str, int]
    handlers: Mapping[str, Actor]

    def at(self, days_before: float, hours: float = 10.0) -> datetime:
        """A moment some days before the end, at an hour of the day."""
        return self.ends_at - timedelta(days=days_before) + timedelta(hours=hours)
