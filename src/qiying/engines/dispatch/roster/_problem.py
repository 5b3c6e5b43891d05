"""What a roster is planned from: stations, expected calls, shifts, people. Minutes and hours."""

from dataclasses import dataclass, field

from qiying.engines.dispatch._problem import Point, Travel, need


@dataclass(frozen=True, slots=True)
class Station:
    """A place where people on duty wait."""

    id: str
    at: Point


@dataclass(frozen=True, slots=True)
class Calls:
    """Expected calls an hour at a place that need a skill, by the hour of the day."""

    place: str
    at: Point
    skill: str
    hourly: tuple[float, ...]

    def __post_init__(self) -> None:
        need(holds=len(self.hourly) == 24, reason="hours_are_24")
        need(holds=all(0 <= v < 1e6 for v in self.hourly), reason="negative_rate")


@dataclass(frozen=True, slots=True)
class ShiftKind:
    """A shift of every day: its first minute of the day and its length in minutes."""

    id: str
    starts_at: float
    length: float

    def __post_init__(self) -> None:
        need(holds=0 <= self.starts_at < 1440 and 0 < self.length <= 1440, reason="no_such_shift")

    def holds(self, hour: int) -> bool:
        """Whether the middle of an hour of the day lies in the shift."""
        return (60 * hour + 30 - self.starts_at) % 1440 < self.length


@dataclass(frozen=True, slots=True)
class Profile:
    """People with the same skills; ``stations`` where they may wait, none named is anywhere."""

    id: str
    skills: tuple[str, ...]
    people: int = 1
    stations: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        need(holds=self.people >= 0, reason="negative_people")


@dataclass(frozen=True, slots=True)
class CoverProblem:
    """Who should be on duty when and where, within ``hours`` person-hours a day.

    A call is covered when somebody with its skill waits at most ``within`` minutes away and is free;
    ``busy`` is the share of time in which somebody on duty is not.
    """

    stations: tuple[Station, ...]
    calls: tuple[Calls, ...]
    shifts: tuple[ShiftKind, ...]
    profiles: tuple[Profile, ...]
    hours: float = 1e9
    within: float = 60.0
    busy: float = 0.45
    travel: Travel = field(default_factory=Travel)

    def __post_init__(self) -> None:
        need(holds=0 < self.busy < 1, reason="share_out_of_range", place="busy")
        need(holds=self.within > 0 and self.hours >= 0, reason="not_positive", place="within")
        for place, rows in (("stations", self.stations), ("shifts", self.shifts)):
            names = [r.id for r in rows]
            need(holds=len(set(names)) == len(names), reason="twice", place=place)


@dataclass(frozen=True, slots=True)
class Duty:
    """So many people of a profile on a shift at a station."""

    profile: str
    shift: str
    station: str
    people: int


@dataclass(frozen=True, slots=True)
class CoverPlan:
    """A roster, the share of expected calls it covers, and the least covered skills and hours.

    ``thin`` names skill, hour and covered share, thinnest first. ``bound`` is what no roster exceeds,
    where that is known.
    """

    duties: tuple[Duty, ...]
    covered: float
    hours: float
    thin: tuple[tuple[str, int, float], ...] = ()
    bound: float | None = None
    version: str = ""
