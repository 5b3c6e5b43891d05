"""Steps that the tests of evaluations share."""

from typing import Any

import numpy as np

from qiying.kernel import tenancy
from qiying.slices.indices import operations, queries
from qiying.slices.indices.models import Edition, Place, Run
from tests.slices.world import World

CODES = ("C01", "C09", "C30", "C35")
YEARS = (2023, 2024, 2025)
TREE = """code,parent,weight,name,name_en
index,,1,综合效益指数,comprehensive benefit
sharing,index,1,共享发展,sharing
level,index,1,能级,level
C30,sharing,1
C09,sharing,1
C35,level,2
C01,level,1
"""
PLAN = """version = 1
[[step]]
do = "impute"
method = "linear"
[[step]]
do = "normalise"
method = "minmax"
low = 1.0
high = 100.0
frame = "all"
[[step]]
do = "weigh"
[[step]]
do = "aggregate"
[[factor]]
name = "weights"
at = "weights"
spread = 0.3
sets = 20
"""


def places(world: World) -> list[Place]:
    with tenancy.reading(world.system):
        return list(queries.places_now(world.system))


def rows(world: World) -> list[list[Any]]:
    """A table of invented values, one row for each place and year."""
    draw = np.random.default_rng(3)
    found: list[list[Any]] = []
    for place in places(world):
        level = draw.normal(50, 8, len(CODES))
        for number, year in enumerate(YEARS):
            values = (level + number + draw.normal(0, 1, len(CODES))).round(3).tolist()
            found.append([place.adcode, place.name, year, *values])
    return found


def bring(world: World, table: list[list[Any]], who: str = "analyst", **more: Any) -> Any:
    given = {"kind": "statistics", "source": "虚构年鉴 2026", **more}
    return operations.deliver(
        world.actor(who),
        file_name="表.xlsx",
        headings=("行政区划代码", "地区", "年份", *CODES),
        rows=list(enumerate(table, start=2)),
        now=world.now,
        **given,
    )


def edition(world: World, **changes: Any) -> Edition:
    given: dict[str, Any] = {
        "name": "县域评价",
        "name_en": "Counties",
        "first_year": YEARS[0],
        "last_year": YEARS[-1],
        "kinds": ["statistics"],
        "tree": TREE,
        "plan": PLAN,
        "note": "虚构数据",
        **changes,
    }
    return operations.open_edition(world.actor("analyst"), now=world.now, **given)


def reckoned(world: World) -> Run:
    """A run on the invented table."""
    bring(world, rows(world))
    row = edition(world)
    made = operations.run_edition(world.actor("analyst"), row.pk, now=world.now)
    return fresh(world, made)


def released(world: World) -> Run:
    return fresh(
        world, operations.release(world.actor("leader"), reckoned(world).pk, now=world.now)
    )


def fresh(world: World, run: Run) -> Run:
    """The run as it stands, with its edition."""
    with tenancy.reading(world.system):
        return queries.get_run(world.system, run.public_id)
