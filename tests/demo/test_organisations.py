"""Units bear the register's codes, and every unit that is asked has somebody in it."""

from collections import Counter

from qiying.demo.geography import build_geography
from qiying.demo.organisations import build_organisations, receiving_community
from qiying.kernel.access import STAFF, Role
from qiying.slices.registry.rules.kinds import UnitKind

organisations = build_organisations(7)


def test_codes_are_unique_and_parents_come_first() -> None:
    seen: set[str] = set()
    for unit in organisations.units:
        assert unit.code not in seen
        assert unit.parent is None or unit.parent in seen
        assert unit.kind in UnitKind.values()
        assert unit.name_zh
        assert unit.name_en
        seen.add(unit.code)


def test_owners_of_roads_and_mains_are_units() -> None:
    codes = {unit.code for unit in organisations.units}
    assert {s.owner for s in build_geography(7).segments if s.owner} <= codes


def test_the_zone_has_its_staff() -> None:
    assert len(organisations.staff("grid_officer")) == 24
    assert len({person.grid for person in organisations.staff("grid_officer")}) == 24
    assert len(organisations.staff("callback")) == 3
    for role, least in (("desk", 3), ("supervisor", 2), ("zone_leader", 2), ("analyst", 1)):
        assert len(organisations.staff(role)) >= least
    assert organisations.staff("auditor")
    assert organisations.staff("administrator")


def test_every_unit_has_a_leader_and_a_handler() -> None:
    for unit in organisations.units:
        assert organisations.staff("unit_leader", unit.code), unit.code
        assert organisations.staff("handler", unit.code), unit.code


def test_roles_are_those_of_the_kernel_and_whole_zone_roles_have_no_unit() -> None:
    unbound = {Role.DESK, Role.CALLBACK, Role.SUPERVISOR, Role.ZONE_LEADER, Role.ANALYST}
    for person in organisations.people:
        for post in person.posts:
            assert post.role in STAFF
            assert (post.unit is None) == (
                post.role in unbound | {Role.AUDITOR, Role.ADMINISTRATOR}
            )


def test_people_have_names_of_their_own_and_invented_numbers() -> None:
    for value in ("username", "name_zh", "phone"):
        counts = Counter(getattr(person, value) for person in organisations.people)
        assert counts.most_common(1)[0][1] == 1
    assert all(person.phone.startswith("1390000") for person in organisations.people)


def test_each_estate_goes_to_a_community_of_its_own_township() -> None:
    parents = {unit.code: unit.parent for unit in organisations.units}
    for estate in build_geography(7).neighbourhoods:
        assert parents[receiving_community(estate.code)] == estate.township
