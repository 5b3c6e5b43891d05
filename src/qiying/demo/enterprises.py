"""The market entities of the zone: firms, shops, their people to ring and where they sit.

Counts follow the published figures: more than 3,000 entities, more than 800 of them enterprises,
and with the residents of the estates more than 52,000 people. Every name is made of an invented
county and an invented trade name; every credit code belongs to a county code that no county bears.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np

from qiying.demo.chance import stream
from qiying.demo.codes import COMPANY, INDIVIDUAL, credit_code
from qiying.demo.geography import COUNTY_CODE, FOUNDED_ON, Geography, build_geography
from qiying.demo.naming import Firms, Name, People, pick
from qiying.demo.packaged import read_toml
from qiying.demo.premises import Landlord, Premises
from qiying.demo.shapes import Position

ENTERPRISES = 820
#: Firms behind the walls that are registered elsewhere in the county.
STRANGERS = 12
INDIVIDUALS = 2246
#: Residents of the estates and staff of all entities together.
PEOPLE = 52_960
_ABOVE_SCALE = 186
_FIRST_CONTACT_NUMBER = 1000
_NEWEST = date(2024, 10, 31)
_TITLES = (
    "办公室主任", "行政经理", "生产副总", "设备部经理", "安环部经理", "财务经理", "人事经理",
    "总经理助理", "基建负责人", "采购经理",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contact:
    """A person to ring at a firm."""

    name_zh: str
    name_en: str
    phone: str
    title_zh: str


@dataclass(frozen=True, slots=True)
class Enterprise:
    """A market entity. Kind: `enterprise` or `individual_business`; capital in yuan."""

    code: str
    credit_code: str
    kind: str
    name_zh: str
    name_en: str
    short_zh: str
    industry_code: str
    chain: str
    goods_zh: tuple[str, ...]
    capital_cny: int
    staff: int
    is_above_scale: bool
    belongs_to_zone: bool
    registered_on: date
    address_zh: str
    address_en: str
    position: Position
    township: str
    parcel: str | None
    is_whole_parcel: bool
    grid: str | None
    wall: str | None
    contacts: tuple[Contact, ...]


@cache
def build_enterprises(seed: int = 7) -> tuple[Enterprise, ...]:
    """All entities for a seed: enterprises, strangers, individual businesses."""
    geography = build_geography(seed)
    residents = sum(estate.residents for estate in geography.neighbourhoods)
    maker = _Maker(geography, seed)
    shops = [maker.shop(serial) for serial in range(INDIVIDUALS)]
    firms = maker.firms(PEOPLE - residents - sum(shop.staff for shop in shops))
    return (*firms, *shops)


class _Maker:
    """Makes entities one after the other from one stream of chance."""

    def __init__(self, geography: Geography, seed: int) -> None:
        raw = read_toml("industries")
        self._chance = stream(seed, "enterprises")
        self._landlord = Landlord(geography, seed)
        self._people = People(seed, "contacts", first_number=_FIRST_CONTACT_NUMBER)
        self._names = Firms(seed)
        self._industries: list[dict[str, Any]] = raw["industries"]
        self._shops: list[dict[str, Any]] = raw["shops"]
        self._shop_shares = np.array([row["share"] for row in self._shops], dtype=np.float64)
        self._shop_names: set[str] = set()

    def firms(self, staff_total: int) -> list[Enterprise]:
        """The enterprises, largest first, with exactly that many people on their books."""
        lines = [row for row in self._industries for _ in range(row["share"])]
        lines += [pick(self._chance, self._industries) for _ in range(STRANGERS)]
        order = self._chance.permutation(len(lines))
        drawn = [
            (float(self._chance.lognormal(np.log(lines[index]["size"]), 0.95)), lines[index])
            for index in order
        ]
        drawn.sort(key=lambda pair: -pair[0])
        staff = _whole_numbers([size for size, _ in drawn], staff_total)
        strangers = {
            int(index) for index in self._chance.choice(range(150, 420), STRANGERS, replace=False)
        }
        scale = _above_scale([row["code"] for _, row in drawn])
        return [
            self._firm(
                serial,
                row,
                staff=staff[serial],
                is_above_scale=serial in scale,
                belongs_to_zone=serial not in strangers,
            )
            for serial, (_, row) in enumerate(drawn)
        ]

    def _firm(
        self,
        serial: int,
        row: dict[str, Any],
        *,
        staff: int,
        is_above_scale: bool,
        belongs_to_zone: bool,
    ) -> Enterprise:
        trade = self._names.name()
        zh, en = pick(self._chance, row["words"]).split(" ", 1)
        is_stock = staff > 180 and self._chance.random() < 0.5
        name = Name(
            f"澜川{trade.zh}{zh}{'股份' if is_stock else ''}有限公司",
            f"Lanchuan {trade.en} {en} Co., Ltd.",
        )
        firm = self._entity(
            f"E{serial + 1:04d}",
            credit_code(COMPANY, COUNTY_CODE, 70_000 + serial * 37),
            name,
            row,
            staff=staff,
            at=self._premises(row, inside=not belongs_to_zone),
        )
        return replace(
            firm,
            short_zh=f"{trade.zh}{zh}",
            capital_cny=_capital(staff, self._chance),
            is_above_scale=is_above_scale,
            belongs_to_zone=belongs_to_zone,
        )

    def shop(self, serial: int) -> Enterprise:
        """One individual business, named after its owner."""
        index = self._chance.choice(
            len(self._shops), p=self._shop_shares / self._shop_shares.sum()
        )
        row = self._shops[int(index)]
        return self._entity(
            f"S{serial + 1:04d}",
            credit_code(INDIVIDUAL, COUNTY_CODE, 900_000 + serial * 41),
            self._shop_name(row),
            row,
            staff=1 + int(self._chance.binomial(5, 0.2)),
            at=self._landlord.outside(),
        )

    def _shop_name(self, row: dict[str, Any]) -> Name:
        while True:
            owner = self._people.given_name()
            zh, en = pick(self._chance, row["words"]).split(" ", 1)
            if (name := f"澜川县{owner.zh}{zh}") not in self._shop_names:
                self._shop_names.add(name)
                return Name(name, f"Lanchuan {owner.en} {en}")

    def _premises(self, row: dict[str, Any], *, inside: bool) -> Premises:
        """Large firms come first and take a parcel each; offices may sit in town."""
        in_town = row["chain"] in {"trade", "services", "construction", "logistics"}
        if in_town and not inside and self._chance.random() < 0.52:
            return self._landlord.outside()
        if self._landlord.parcels_left() and not (in_town and self._chance.random() < 0.7):
            return self._landlord.own_parcel()
        return self._landlord.shared_floor()

    def _entity(
        self, code: str, credit: str, name: Name, row: dict[str, Any], *, staff: int, at: Premises
    ) -> Enterprise:
        is_shop = code.startswith("S")
        age = int((_NEWEST - FOUNDED_ON).days * float(self._chance.beta(1.3, 1.9)))
        return Enterprise(
            code=code,
            credit_code=credit,
            kind="individual_business" if is_shop else "enterprise",
            name_zh=name.zh,
            name_en=name.en,
            short_zh=name.zh.removeprefix("澜川县").removeprefix("澜川"),
            industry_code=row["code"],
            chain=row.get("chain", "shops"),
            goods_zh=tuple(row.get("goods", ())),
            capital_cny=10_000 * int(self._chance.integers(1, 12)),
            staff=staff,
            is_above_scale=False,
            belongs_to_zone=True,
            registered_on=_NEWEST - timedelta(days=age),
            address_zh=at.address_zh,
            address_en=at.address_en,
            position=at.position,
            township=at.township,
            parcel=at.parcel.code if at.parcel else None,
            is_whole_parcel=at.is_whole_parcel,
            grid=at.parcel.grid if at.parcel else None,
            wall=at.parcel.wall if at.parcel else None,
            contacts=self._contacts(staff, is_shop=is_shop),
        )

    def _contacts(self, staff: int, *, is_shop: bool) -> tuple[Contact, ...]:
        if is_shop:
            return (self._contact("经营者"),)
        titles = [str(title) for title in self._chance.choice(_TITLES, 2, replace=False)]
        return tuple(self._contact(title) for title in titles[: 2 if staff > 60 else 1])

    def _contact(self, title: str) -> Contact:
        name = self._people.name()
        return Contact(name.zh, name.en, self._people.phone(), title)


def _above_scale(codes: list[str]) -> frozenset[int]:
    """The largest manufacturers, by their place in the list."""
    makers = [index for index, code in enumerate(codes) if "13" <= code[:2] <= "43"]
    return frozenset(makers[:_ABOVE_SCALE])


def _whole_numbers(sizes: list[float], total: int) -> list[int]:
    """Sizes scaled to whole numbers of at least 3 with an exact sum, largest remainders first."""
    spare = total - 3 * len(sizes)
    shares = [size / sum(sizes) * spare for size in sizes]
    whole = [int(share) for share in shares]
    rest = spare - sum(whole)
    by_rest = sorted(range(len(sizes)), key=lambda index: whole[index] - shares[index])
    for index in by_rest[:rest]:
        whole[index] += 1
    return [3 + number for number in whole]


def _capital(staff: int, chance: np.random.Generator) -> int:
    """A round registered capital in yuan that grows with the firm."""
    steps = (50, 100, 200, 300, 500, 800, 1000, 1200, 2000, 3000, 5000, 8000, 12000, 20000, 30000)
    wanted = staff * float(chance.lognormal(2.8, 0.6))
    return 10_000 * min(steps, key=lambda step: abs(np.log(step) - np.log(wanted)))
