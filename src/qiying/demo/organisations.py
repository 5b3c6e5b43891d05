"""The units that answer calls in the demonstration zone, and the people who work in them.

The codes are those of the register of matters, so that its seats find their unit. Each person is
invented; telephone numbers come from the range 139 0000, which is no subscriber's here.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from qiying.demo.geography import COUNTY_EN, COUNTY_ZH, Geography, build_geography
from qiying.demo.naming import People
from qiying.demo.packaged import read_toml

_FIRST_STAFF_NUMBER = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit. Kind: zone, department, township, utility, company or community."""

    code: str
    kind: str
    parent: str | None
    name_zh: str
    name_en: str
    short_zh: str
    phone: str


@dataclass(frozen=True, slots=True)
class Post:
    """A role held in a unit; for the whole zone when the unit is None."""

    role: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff; `grid` is the enterprise grid that a grid officer looks after."""

    username: str
    name_zh: str
    name_en: str
    phone: str
    posts: tuple[Post, ...]
    grid: str | None = None

    def holds(self, role: str, unit: str | None = None) -> bool:
        """Whether the person has that role (in that unit, when one is named)."""
        return any(
            post.role == role and (unit is None or post.unit == unit) for post in self.posts
        )


@dataclass(frozen=True, slots=True)
class Organisations:
    """Units, parents first, and the people in them."""

    units: tuple[Unit, ...]
    people: tuple[Person, ...]

    def unit(self, code: str) -> Unit:
        """The unit of that code."""
        return next(unit for unit in self.units if unit.code == code)

    def staff(self, role: str, unit: str | None = None) -> tuple[Person, ...]:
        """Everybody with a role, in one unit or anywhere."""
        return tuple(person for person in self.people if person.holds(role, unit))


@cache
def build_organisations(seed: int = 7) -> Organisations:
    """Units and staff for a seed."""
    geography = build_geography(seed)
    units = (*_register_units(), *_townships(geography), *_more_units())
    people = People(seed, "staff", first_number=_FIRST_STAFF_NUMBER)
    return Organisations(
        units=tuple(units),
        people=(
            *_zone_wide(people),
            *_grid_officers(people, geography),
            *(person for unit in units for person in _unit_staff(people, unit)),
        ),
    )


def receiving_community(neighbourhood: str, seed: int = 7) -> str:
    """The community that took over a housing estate, one of those of its township."""
    estates = build_geography(seed).neighbourhoods
    estate = next(row for row in estates if row.code == neighbourhood)
    mates = [row.code for row in estates if row.township == estate.township]
    communities = [
        row["code"] for row in read_toml("units")["more"] if row["parent"] == estate.township
    ]
    return str(communities[mates.index(neighbourhood) % len(communities)])


def _register_units() -> list[Unit]:
    """The units that the register seats, under this county's names."""
    packaged = files("qiying.slices.mandate") / "seeds" / "units.json"
    rows: list[dict[str, Any]] = json.loads(packaged.read_text("utf-8"))
    names = read_toml("units")["names"]
    return [
        Unit(
            code=row["code"],
            kind=row["kind"],
            parent=row["parent"],
            name_zh=names.get(row["code"], [_of_county(row["name_zh"])])[0],
            name_en=names[row["code"]][1]
            if row["code"] in names
            else _of_county_en(row["name_en"]),
            short_zh=row["short_zh"],
            phone=_desk_phone(number),
        )
        for number, row in enumerate(rows, start=1)
    ]


def _of_county(name_zh: str) -> str:
    if name_zh.startswith("县委"):
        return f"中共{COUNTY_ZH}{name_zh[1:]}"
    return f"{COUNTY_ZH}{name_zh[1:]}" if name_zh.startswith("县") else name_zh


def _of_county_en(name_en: str) -> str:
    rest = name_en.replace("of the County", "of the").removeprefix("County ")
    return f"{COUNTY_EN} {rest}"


def _townships(geography: Geography) -> list[Unit]:
    return [
        Unit(
            code=township.code,
            kind="township",
            parent=None,
            name_zh=township.name_zh
            + ("办事处" if township.kind == "sub_district" else "人民政府"),
            name_en=f"{township.name_en} Government, {COUNTY_EN}",
            short_zh=township.name_zh,
            phone=_desk_phone(100 + number),
        )
        for number, township in enumerate(geography.townships, start=1)
    ]


def _more_units() -> list[Unit]:
    return [
        Unit(
            code=row["code"],
            kind=row["kind"],
            parent=row["parent"],
            name_zh=row["name"][0],
            name_en=row["name"][1],
            short_zh=row["name"][0],
            phone=_desk_phone(120 + number),
        )
        for number, row in enumerate(read_toml("units")["more"], start=1)
    ]


def _desk_phone(number: int) -> str:
    """A landline of an area code that does not exist."""
    return f"0500-8000{number:03d}"


def _zone_wide(people: People) -> list[Person]:
    return [
        _person(people, f"{username}{number}", Post(role, None))
        for role, (count, username) in read_toml("units")["zone_wide"].items()
        for number in range(1, count + 1)
    ]


def _grid_officers(people: People, geography: Geography) -> list[Person]:
    return [
        _person(people, f"grid{grid.code[2:]}", Post("grid_officer", "COMMUNITY"), grid=grid.code)
        for grid in geography.grids
    ]


def _unit_staff(people: People, unit: Unit) -> list[Person]:
    """A leader and handlers. The zone's offices answer in the committee's name as well."""
    stem = unit.code.lower().replace("_", ".")
    seats = [unit.code] if unit.parent != "ZONE" or unit.kind != "zone" else [unit.code, "ZONE"]
    handlers = int(read_toml("units")["handlers"].get(unit.code, 1))
    leader = _person(people, f"{stem}.leader", Post("unit_leader", unit.code))
    return [
        leader,
        *(
            _person(people, f"{stem}.{number}", *(Post("handler", seat) for seat in seats))
            for number in range(1, handlers + 1)
        ),
    ]


def _person(people: People, username: str, *posts: Post, grid: str | None = None) -> Person:
    name = people.name()
    return Person(username, name.zh, name.en, people.phone(), posts, grid)
