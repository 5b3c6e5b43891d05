"""A small Industry 120: everything by the real operations."""

from datetime import datetime, timedelta
from decimal import Decimal

from qiying.kernel.access import Role
from qiying.slices.rescue import operations
from qiying.slices.rescue.operations import PriceIn
from tests.slices.world import EAST, FOUNDED, INSIDE, NOW, World, make_world

PRICES = (
    PriceIn("W1", "检修工时", "小时", Decimal("120.00"), "Hour of repair", "hour"),
    PriceIn("V1", "上门", "次", Decimal("50.00"), "Way", "visit"),
    PriceIn("P1", "轴承", "个", Decimal("80.00"), "Bearing", "piece", is_part=True),
)
TECHNICIANS = {
    "zhao": ("甲维修", ("mechanical", "boiler")),
    "qian": ("甲维修", ("mechanical",)),
    "sun": ("乙机电", ("mechanical", "lifting")),
    "li": ("应急队", ("mechanical", "boiler", "lifting")),
}
PLACES = {"north": (119.206, 29.007), "south": (119.23, 28.99)}
STATIONS = {"north": "城北站", "south": "城南站"}
BASED = {"zhao": "north", "qian": "south", "sun": "south", "li": "south"}


def peopled(code: str = "lc", *, now: datetime = NOW) -> World:
    """宏达 has a paper machine and a boiler; four technicians are on duty from now on."""
    world = make_world(code)
    world.now = now
    world.firm("宏达", INSIDE)
    world.firm("远航", EAST)
    world.person("boss", Role.ENTERPRISE, firm="宏达")
    world.person("rival", Role.ENTERPRISE, firm="远航")
    world.person("chief", Role.DUTY_CHIEF)
    world.person("chief2", Role.DUTY_CHIEF)
    world.person("desk", Role.DESK)
    world.person("supervisor", Role.SUPERVISOR)
    world.person("leader", Role.ZONE_LEADER)
    world.person("manager", Role.PROVIDER_MANAGER)
    world.person("admin", Role.ADMINISTRATOR)
    furnish(world)
    return world


def furnish(world: World) -> None:
    """Providers with people on duty, prices and licences; classes; three machines of 宏达."""
    _providers(world)
    _classes(world)
    _machines(world)


def _providers(world: World) -> None:
    house, now = world.system, world.now
    stations = {
        name: operations.add_station(
            house, now=now, code=name, name_zh=STATIONS[name], longitude=at[0], latitude=at[1]
        ).pk
        for name, at in PLACES.items()
    }
    providers = {}
    for name in ("甲维修", "乙机电", "应急队"):
        classes = ("paper", "boiler") if name == "甲维修" else ("crane",)
        kind = "backup" if name == "应急队" else "contracted"
        row = operations.sign_provider(
            house,
            now=now,
            name_zh=name,
            from_on=FOUNDED,
            kind=kind,
            classes=() if kind == "backup" else classes,
        )
        providers[name] = row.pk
        operations.set_prices(house, row.pk, now=now, from_on=FOUNDED, items=PRICES)
    for name in ("甲维修", "应急队"):
        operations.add_licence(
            house, providers[name], now=now, item="锅炉修理", number=f"L{name}", from_on=FOUNDED
        )
    person = world.user("manager").pk
    operations.name_manager(house, providers["甲维修"], now=now, person_id=person)
    for name, (provider, skills) in TECHNICIANS.items():
        user = world.person(name, Role.TECHNICIAN)
        assert user.person_id is not None
        row = operations.add_technician(
            house,
            providers[provider],
            now=now,
            person_id=user.person_id,
            station_id=stations[BASED[name]],
            joined_on=FOUNDED,
        )
        for skill in skills:
            operations.certify(house, row.pk, now=now, skill=skill, from_on=FOUNDED)
        on_duty(world, row.pk)


def on_duty(world: World, technician_id: int, *, days: int = 6) -> None:
    """Shifts of 24 hours without a gap, so that tests need not think of the hour."""
    for day in range(days):
        start = world.now - timedelta(hours=1) + timedelta(days=day)
        operations.plan_shift(
            world.system,
            technician_id,
            now=world.now,
            starts_at=start,
            ends_at=start + timedelta(days=1),
            is_published=True,
        )


def _classes(world: World) -> None:
    house, now = world.system, world.now
    operations.define_class(
        house, now=now, code="paper", name_zh="纸机", name_en="Paper machine", skill="mechanical"
    )
    operations.define_class(
        house,
        now=now,
        code="boiler",
        name_zh="锅炉",
        name_en="Boiler",
        skill="boiler",
        is_special=True,
        licence_item="锅炉修理",
        permits=("lock_out", "hot_work"),
        inspection_months=24,
    )
    operations.define_class(
        house, now=now, code="crane", name_zh="行车", name_en="Crane", skill="lifting"
    )


def _machines(world: World) -> None:
    for kind, name in (("paper", "3号纸机"), ("boiler", "2号锅炉"), ("crane", "1号行车")):
        operations.register_machine(
            world.system,
            now=world.now,
            enterprise_id=world.firms["宏达"],
            kind_code=kind,
            name=name,
            place="一车间",
        )
