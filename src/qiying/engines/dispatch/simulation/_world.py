"""Worlds: how many people and jobs, where, when, and what goes wrong. Minutes, kilometres."""

import tomllib
from dataclasses import dataclass, replace

from qiying.engines.dispatch._json import read
from qiying.engines.dispatch._problem import MalformedError, need

WORKDAY = (
    *(0.2, 0.15, 0.15, 0.15, 0.2, 0.3, 0.6, 1.0, 1.8, 2.0, 2.0, 1.7),
    *(1.2, 1.6, 1.9, 1.8, 1.5, 1.2, 0.9, 0.8, 0.7, 0.5, 0.4, 0.3),
)  # fmt: skip
WEEK = (1.15, 1.1, 1.1, 1.1, 1.1, 0.75, 0.7)
"""Monday to Sunday; their mean is 1."""
RUSH = (*(1.1,) * 7, 0.8, 0.75, 0.9, *(1.0,) * 7, 0.75, 0.8, 0.95, *(1.1,) * 4)


@dataclass(frozen=True, slots=True)
class Shift:
    """A kind of shift: from and to in minutes of the day, the share of people who work it."""

    starts_at: float
    ends_at: float
    share: float
    on_call: bool = False
    turnout: float = 0.0


ROUND_THE_CLOCK = (
    Shift(480.0, 1080.0, 0.6),
    Shift(840.0, 1440.0, 0.2),
    Shift(1320.0, 1920.0, 0.2),
)
"""Day, evening, night."""


@dataclass(frozen=True, slots=True)
class World:
    """A zone whose days are drawn by seed.

    Calls arrive by the ``profile`` of the hours and by ``weekdays`` from Monday, day 0; the level of a
    day is Gamma with mean 1 and variance ``overdispersion``, and ``bursts`` a day bring ``burst_size`` calls of one place in half an hour.
    A share ``line_stopped`` of the emergencies weighs three times. Durations are lognormal and known
    only when work is done. ``rework``, ``refusal``, ``sickness`` and ``part_missing`` are shares of
    jobs, offers, person-days and visits.
    """

    name: str
    technicians: int
    jobs_per_day: float
    emergency_share: float = 0.5
    providers: int = 8
    skills: int = 8
    side_km: float = 40.0
    clusters: int = 12
    cluster_km: float = 1.2
    kmh: float = 35.0
    detour: float = 1.3
    noise: float = 0.15
    speeds: tuple[float, ...] = RUSH
    profile: tuple[float, ...] = WORKDAY
    weekdays: tuple[float, ...] = WEEK
    shifts: tuple[Shift, ...] = ROUND_THE_CLOCK
    promise: float = 120.0
    line_stopped: float = 0.25
    emergency_median: float = 58.0
    emergency_sigma: float = 0.6
    inspection_median: float = 43.0
    inspection_sigma: float = 0.3
    overdispersion: float = 0.02
    bursts: float = 0.3
    burst_size: int = 5
    crew_share: float = 0.03
    rework: float = 0.03
    refusal: float = 0.05
    sickness: float = 0.02
    part_missing: float = 0.03
    seed: int = 0

    def __post_init__(self) -> None:
        need(holds=self.technicians > 0 and self.jobs_per_day > 0, reason="nobody_or_nothing")
        shares = (self.emergency_share, self.line_stopped, self.crew_share, self.rework)
        more = (self.refusal, self.sickness, self.part_missing)
        need(holds=all(0 <= s < 1 for s in (*shares, *more)), reason="share_out_of_range")
        need(holds=len(self.profile) == 24 and sum(self.profile) > 0, reason="hours_are_24")
        need(holds=len(self.weekdays) == 7 and min(self.weekdays) >= 0, reason="weekdays_are_7")
        need(holds=2 <= self.skills <= 26 and self.clusters > 0, reason="too_few_skills_or_places")
        need(holds=abs(sum(s.share for s in self.shifts) - 1) < 1e-6, reason="shares_are_not_1")


_ZONE_SHIFTS = (
    Shift(480.0, 1050.0, 0.7),
    Shift(1020.0, 1440.0, 0.1, on_call=True, turnout=15.0),
    Shift(1410.0, 1950.0, 0.2, on_call=True, turnout=25.0),
)
WORLDS = {
    w.name: w
    for w in (
        World("zone", 60, 1.2, providers=15, side_km=8.17, clusters=6, shifts=_ZONE_SHIFTS),
        World("10x50", 10, 50.0, skills=4, side_km=20.0, clusters=5, providers=3),
        World("40x200", 40, 200.0),
        World("40x200-urgent", 40, 200.0, emergency_share=0.72),
        World("40x280", 40, 280.0),
        World("40x340", 40, 340.0),
        World("100x600", 100, 600.0, side_km=63.0, clusters=30, providers=15),
        World("300x2500", 300, 2500.0, side_km=110.0, clusters=90, providers=40),
        World("1000x10000", 1000, 10000.0, side_km=200.0, clusters=300, providers=120),
    )
}
"""The worlds that come with the engine, by name; the first has the size of a real zone.

Half of the jobs are emergencies. 40x200 keeps people at work for half of their hours, 40x280 for 0.7,
40x340 for 0.85, ways not counted; 40x200-urgent has the share of emergencies of the first field study.
"""


def world(name_or_toml: str, *, seed: int | None = None) -> World:
    """Return a world by its name, or read one from TOML, which may be ``based_on`` a name."""
    found = WORLDS[name_or_toml] if name_or_toml in WORLDS else _read(name_or_toml)
    return found if seed is None else replace(found, seed=seed)


def _read(text: str) -> World:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise MalformedError("not_toml_and_no_known_name") from None
    base = data.pop("based_on", None)
    if base is not None and base not in WORLDS:
        raise MalformedError("unknown_name", "based_on")
    if base is None:
        return read(World, data, "")
    given = read(World, {"name": base, "technicians": 1, "jobs_per_day": 1.0} | data, "")
    return replace(WORLDS[base], **{n: getattr(given, n) for n in data})
