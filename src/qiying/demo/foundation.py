"""The zone before its first call: registered, staffed, with its register of powers in force.

Everything goes through the operations of the slices; what comes by the thousand through the
imports of the registry, as a zone would bring it in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qiying.demo import files
from qiying.demo.geography import (
    COUNTY_EN,
    COUNTY_ZH,
    FOUNDED_ON,
    WALL_REFORM_ON,
    ZONE_EN,
    ZONE_ZH,
)
from qiying.demo.handovers import course_of
from qiying.demo.organisations import receiving_community
from qiying.demo.plan import Plan
from qiying.demo.story_rhythm import CALL_REFORM_ON
from qiying.kernel import people, tenancy
from qiying.kernel.access import Actor, Role, stand_in
from qiying.kernel.models import User
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import operations as registry
from qiying.slices.registry import public as registered
from qiying.slices.registry import queries
from qiying.slices.registry.models import ImportBatch
from qiying.slices.registry.operations import imports
from qiying.slices.registry.rules.kinds import Outcome

TENANT_CODE = "lanchuan"
KEY_NAME = "Open311"
BAND_M = 20.0
HOTLINE = "0500-8012345"
_DOCUMENT = "澜开管\u30142024\u3015{number}号"


class BrokenFileError(RuntimeError):
    """A file of the generator has lines that the register refuses."""


@dataclass(frozen=True, slots=True)
class Founded:
    """The zone's tenant and the secret of its first key."""

    tenant_id: int
    api_key: str


def found_zone(plan: Plan) -> Iterator[str | Founded]:
    """Set the zone up; says what comes next before each part, and at last what was founded."""
    tenant = people.create_tenant(kind="zone", code=TENANT_CODE, name_zh=ZONE_ZH, name_en=ZONE_EN)
    keeper = stand_in(tenant.pk, Role.ADMINISTRATOR)
    yield "ground"
    _describe(keeper, plan)
    _bring_in(keeper, "units", "units.csv", files.units_file(plan.organisations.units), plan)
    _bring_in(keeper, "areas", "areas.geojson", files.areas_file(plan.geography), plan)
    yield "people"
    staff = files.staff_file(plan.organisations, WALL_REFORM_ON)
    _bring_in(keeper, "people", "staff.csv", staff, plan)
    _share_out_grids(keeper, plan)
    yield "firms"
    _bring_in_firms(keeper, plan)
    yield "register"
    _found_register(keeper, plan)
    _, secret = people.issue_key(keeper, KEY_NAME, now=plan.begins_at)
    yield Founded(tenant.pk, secret)


def _describe(keeper: Actor, plan: Plan) -> None:
    ring = plan.geography.boundary("PLAN-2003").area.parts[0][0]
    longitudes, latitudes = zip(*ring, strict=True)
    registry.set_zone(
        keeper,
        now=plan.begins_at,
        name_zh=ZONE_ZH,
        name_en=ZONE_EN,
        county_zh=COUNTY_ZH,
        county_en=COUNTY_EN,
        founded_on=FOUNDED_ON,
        wall_reform_on=WALL_REFORM_ON,
        call_reform_on=CALL_REFORM_ON,
        band_m=BAND_M,
        longitude=round(sum(longitudes) / len(longitudes), 6),
        latitude=round(sum(latitudes) / len(latitudes), 6),
        hotline=HOTLINE,
    )
    registry.seed_calendars(keeper, now=plan.begins_at)


def _bring_in(keeper: Actor, kind: str, name: str, content: bytes, plan: Plan) -> None:
    reading = imports.read(kind, file_name=name, content=content)
    batch = imports.bring_in(keeper, reading, now=plan.begins_at)
    if batch.counts[Outcome.FAILED]:
        raise BrokenFileError(name, batch.counts, _faults(keeper, batch))


def _faults(keeper: Actor, batch: ImportBatch) -> list[Any]:
    with tenancy.reading(keeper):
        rows = queries.list_lines(keeper, batch).filter(outcome=Outcome.FAILED)
        return [(row.number, row.errors) for row in rows[:5]]


def _share_out_grids(keeper: Actor, plan: Plan) -> None:
    officers = [person for person in plan.organisations.people if person.grid]
    names = [person.username for person in officers]
    ids = dict(User.objects.filter(username__in=names).values_list("username", "id"))
    for person in officers:
        registry.assign_grid(keeper, person.grid or "", ids[person.username], now=plan.begins_at)


def _bring_in_firms(keeper: Actor, plan: Plan) -> None:
    _bring_in(keeper, "enterprises", "firms.csv", files.firms_file(plan.firms), plan)
    second = files.second_contacts_file(plan.firms)
    if second:
        _bring_in(keeper, "enterprises", "contacts.csv", second, plan)
    codes = {firm.code: firm.credit_code for firm in plan.firms}
    _bring_in(keeper, "sites", "sites.geojson", files.sites_file(plan.sites, codes), plan)
    callers = files.callers_file(plan.firms, plan.callers, WALL_REFORM_ON)
    _bring_in(keeper, "people", "callers.csv", callers, plan)


def _found_register(keeper: Actor, plan: Plan) -> None:
    mandate.load_seeds(keeper, founded_on=FOUNDED_ON, reform_on=WALL_REFORM_ON, now=plan.begins_at)
    units = {unit.code: unit for unit in plan.organisations.units}
    with tenancy.reading(keeper):
        calendar = registered.calendar(keeper)
    for number, estate in enumerate(plan.geography.neighbourhoods, start=1):
        community = units[receiving_community(estate.code, plan.seed)]
        course = course_of(estate, calendar, plan.seed)
        mandate.record_handover(
            keeper,
            area_key=estate.code,
            to_unit_code=estate.township,
            moments=course.moments,
            lists=course.lists,
            document=_DOCUMENT.format(number=number),
            community=(community.name_zh, community.name_en),
        )
