"""Industry 120 of the demonstration: providers, technicians and machines, all of them invented."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from qiying.demo.chance import stream
from qiying.demo.enterprises import Enterprise
from qiying.demo.naming import Name, People
from qiying.demo.packaged import read_toml
from qiying.demo.plan import Plan

MACHINES, SMALL_MACHINES = 2000, 240
TECHNICIANS_EACH = 4
_FIRST_NUMBER = 9000
_ROTA = 6
_JITTER = 0.0004
_MADE_IN = (2008, 2025)


@dataclass(frozen=True, slots=True)
class Station:
    """A place where technicians wait."""

    code: str
    name: Name
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Technician:
    """Somebody who repairs; ``rota`` is the place in the turn of six days.

    Two providers with one skill begin two days apart, so that every skill is on duty at any hour.
    """

    username: str
    name: str
    phone: str
    skills: tuple[str, ...]
    station: str
    rota: int
    until_on: date
    """When the certificate of the main skill ends."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A firm under contract with its people."""

    number: int
    name: Name
    kind: str
    skills: tuple[str, ...]
    phone: str
    manager: str
    manager_name: str
    manager_phone: str
    people: tuple[Technician, ...]


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of a firm, by the firm's code."""

    firm: str
    kind: str
    name: str
    place: str
    line: str
    model: str
    serial: str
    made_in: int
    criticality: str
    loss_cny: Decimal
    special_number: str
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that stands before the first job."""

    stations: tuple[Station, ...]
    providers: tuple[Provider, ...]
    chiefs: tuple[tuple[str, str, str], ...]
    machines: tuple[Machine, ...]


def build_ground(plan: Plan) -> Ground:
    """Providers, people and machines for a plan; pure, the same for the same plan."""
    people = People(plan.seed, "rescue", first_number=_FIRST_NUMBER)
    chiefs = tuple((f"dutychief{n}", people.name().zh, people.phone()) for n in range(1, 4))
    told = read_toml("rescue")
    return Ground(
        stations=_stations(plan, told["stations"]),
        providers=_providers(plan, told, people),
        chiefs=chiefs,
        machines=tuple(_machines(plan, told["classes"])),
    )


def _stations(plan: Plan, rows: Sequence[Mapping[str, Any]]) -> tuple[Station, ...]:
    """On the grounds of firms from west to east."""
    spots = sorted(f.position for f in plan.firms if f.belongs_to_zone and f.wall)
    found = []
    for row in rows:
        longitude, latitude = spots[int(row["at"] * len(spots))]
        found.append(Station(row["code"], Name(*row["name"]), longitude, latitude))
    return tuple(found)


def _providers(plan: Plan, told: Mapping[str, Any], people: People) -> tuple[Provider, ...]:
    stations = [row["code"] for row in told["stations"]]
    chance = stream(plan.seed, "rescue people")
    found = []
    for number, row in enumerate(told["providers"], start=1):
        skills, first = tuple(row["skills"]), row.get("turn", number % 2 * 2)
        crew = []
        for index in range(TECHNICIANS_EACH):
            serial = (number - 1) * TECHNICIANS_EACH + index + 1
            ahead = int(chance.integers(20, 900))
            crew.append(
                Technician(
                    username=f"tech{serial:02d}",
                    name=people.name().zh,
                    phone=people.phone(),
                    skills=skills,
                    station=stations[serial % len(stations)],
                    rota=(first + index) % _ROTA,
                    until_on=plan.as_of + timedelta(days=ahead),
                )
            )
        found.append(
            Provider(
                number=number,
                name=Name(*row["name"]),
                kind=row.get("kind", "contracted"),
                skills=skills,
                phone=f"0500-8012{number:03d}",
                manager=f"provider{number:02d}",
                manager_name=people.name().zh,
                manager_phone=people.phone(),
                people=tuple(crew),
            )
        )
    return tuple(found)


def _machines(plan: Plan, classes: Sequence[Mapping[str, Any]]) -> list[Machine]:
    """Machines over the firms that make or store something, more where more people work."""
    chance = stream(plan.seed, "rescue machines")
    chains = {chain for row in classes for chain in row["weight"]}
    firms = [
        f for f in plan.firms if f.kind == "enterprise" and f.belongs_to_zone and f.chain in chains
    ]
    count = SMALL_MACHINES if plan.is_small else MACHINES
    weights = np.array([max(f.staff, 4) ** 0.75 for f in firms], dtype=np.float64)
    drawn = chance.choice(len(firms), size=count, p=weights / weights.sum())
    return [
        _machine(firms[int(index)], number, classes, chance)
        for number, index in enumerate(np.sort(drawn), start=1)
    ]


def _machine(
    firm: Enterprise,
    number: int,
    classes: Sequence[Mapping[str, Any]],
    chance: np.random.Generator,
) -> Machine:
    shares = np.array([row["weight"].get(firm.chain, 0) for row in classes], dtype=np.float64)
    row = classes[int(chance.choice(len(classes), p=shares / shares.sum()))]
    low, high = row["loss"]
    made_in = int(chance.integers(*_MADE_IN))
    hall, line = int(chance.integers(1, 5)), int(chance.integers(1, 4))
    longitude, latitude = firm.position
    east, north = chance.uniform(-_JITTER, _JITTER, 2)
    is_critical = chance.random() < 0.7
    return Machine(
        firm=firm.code,
        kind=row["code"],
        name=f"{line}号{row['names'][int(chance.integers(len(row['names'])))]}",
        place=f"{hall}号车间{('东', '西', '南', '北')[int(chance.integers(4))]}侧",
        line=f"{line}号线",
        model=str(row["models"][int(chance.integers(len(row["models"])))]),
        serial=f"{made_in}{number:05d}",
        made_in=made_in,
        criticality=row["critical"] if is_critical else "slows_line",
        loss_cny=Decimal(int(low + (high - low) * chance.random()) // 50 * 50),
        special_number=f"LC{row['special']}{number:06d}" if "special" in row else "",
        longitude=round(longitude + float(east), 6),
        latitude=round(latitude + float(north), 6),
    )
