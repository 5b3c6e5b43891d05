"""Firms, shops, sites and staff: the published counts, sound codes, invented names."""

import pickle
from datetime import date

import pytest
import shapely

from qiying.demo import plane
from qiying.demo.codes import COMPANY, credit_code, organisation_code
from qiying.demo.enterprises import Enterprise, build_enterprises
from qiying.demo.geography import COUNTY_CODE, build_geography
from qiying.demo.packaged import read_toml
from qiying.demo.sites import build_sites
from qiying.slices.registry.rules.credit_code import fault_of


@pytest.fixture(scope="module")
def entities() -> tuple[Enterprise, ...]:
    return build_enterprises(7)


@pytest.mark.parametrize("seed", [7, 23])
def test_counts_are_a_little_above_the_published_ones(seed: int) -> None:
    own = [entity for entity in build_enterprises(seed) if entity.belongs_to_zone]
    assert 3_000 < len(own) < 3_000 * 1.05
    assert 800 < sum(entity.kind == "enterprise" for entity in own) < 800 * 1.05
    sites = [site for site in build_sites(seed) if site.kind == "construction_site"]
    assert 200 < len(sites) < 200 * 1.05
    assert all(site.since <= date(2026, 11, 22) < (site.until or date.max) for site in sites)


@pytest.mark.parametrize("seed", [7, 23])
def test_residents_and_staff_are_a_little_above_fifty_two_thousand(seed: int) -> None:
    residents = sum(estate.residents for estate in build_geography(seed).neighbourhoods)
    staff = sum(entity.staff for entity in build_enterprises(seed))
    own_staff = sum(e.staff for e in build_enterprises(seed) if e.belongs_to_zone)
    assert 52_000 < residents + own_staff <= residents + staff < 52_000 * 1.05


def test_registry_accepts_every_credit_code(entities: tuple[Enterprise, ...]) -> None:
    assert [entity.code for entity in entities if fault_of(entity.credit_code)] == []
    assert len({entity.credit_code for entity in entities}) == len(entities)
    assert all(entity.credit_code[2:8] == COUNTY_CODE for entity in entities)


def test_organisation_code_check_character_follows_the_standard() -> None:
    """Weights and remainder of GB 11714, worked by hand for MAD00000."""
    total = 22 * 3 + 10 * 7 + 13 * 9
    assert organisation_code(0) == f"MAD00000{(11 - total % 11) % 11}"
    assert len(credit_code(COMPANY, COUNTY_CODE, 30**5)) == 18


def test_no_two_entities_share_a_name_or_a_telephone(entities: tuple[Enterprise, ...]) -> None:
    assert len({entity.name_zh for entity in entities}) == len(entities)
    phones = [contact.phone for entity in entities for contact in entity.contacts]
    assert len(set(phones)) == len(phones)
    assert all(phone.startswith("1390000") and len(phone) == 11 for phone in phones)


def test_names_are_of_the_invented_county_and_of_no_known_firm(
    entities: tuple[Enterprise, ...],
) -> None:
    known = (
        "仙鹤", "五洲特", "维达", "恒安", "晨鸣", "玖龙", "理文", "华旺", "夏王", "民丰", "冠豪",
        "齐峰", "恒达", "金光", "索菲亚", "欧派", "顾家", "三全", "思念", "农夫", "人本", "巨化",
    )  # fmt: skip
    taken = (*known, *read_toml("names")["taken"])
    for entity in entities:
        assert entity.name_zh.startswith("澜川")
        if entity.kind == "enterprise":
            assert not any(name in entity.name_zh for name in taken), entity.name_zh


def test_speciality_paper_leads_the_chains(entities: tuple[Enterprise, ...]) -> None:
    counts: dict[str, int] = {}
    for entity in entities:
        if entity.kind == "enterprise":
            counts[entity.chain] = counts.get(entity.chain, 0) + 1
    assert max(counts, key=lambda chain: counts[chain]) == "paper"
    assert len(counts) >= 8
    assert all(len(entity.industry_code) == 4 for entity in entities)


def test_premises_lie_where_the_record_says(entities: tuple[Enterprise, ...]) -> None:
    geography = build_geography(7)
    walls = {wall.code: plane.polygon(wall.area) for wall in geography.walls()}
    all_walls = shapely.union_all(list(walls.values()))
    parcels = {parcel.code: plane.polygon(parcel.area) for parcel in geography.parcels}
    towns = {town.code: plane.polygon(town.area) for town in geography.townships}
    for entity in entities[::7]:
        at = plane.point(entity.position)
        assert towns[entity.township].covers(at)
        if entity.parcel:
            assert parcels[entity.parcel].covers(at)
            assert walls[entity.wall or ""].covers(at)
        else:
            assert not all_walls.intersects(at.buffer(5.0))


def test_most_firms_sit_behind_the_walls_and_some_strangers_with_them(
    entities: tuple[Enterprise, ...],
) -> None:
    firms = [entity for entity in entities if entity.kind == "enterprise"]
    strangers = [firm for firm in firms if not firm.belongs_to_zone]
    assert sum(firm.wall is not None for firm in firms) > 0.85 * len(firms)
    assert strangers
    assert all(firm.wall for firm in strangers)
    assert any(firm.wall is None and firm.belongs_to_zone for firm in firms)


def test_above_scale_firms_are_the_larger_makers(entities: tuple[Enterprise, ...]) -> None:
    above = [entity for entity in entities if entity.is_above_scale]
    assert 150 <= len(above) <= 220
    assert min(firm.staff for firm in above) >= 15
    assert all("13" <= firm.industry_code[:2] <= "43" for firm in above)


def test_every_site_has_exactly_one_owner() -> None:
    codes = {entity.code for entity in build_enterprises(7)}
    sites = build_sites(7)
    assert len({site.code for site in sites}) == len(sites)
    for site in sites:
        assert (site.enterprise is None) != (site.unit is None)
        assert site.enterprise is None or site.enterprise in codes


def test_one_seed_makes_one_set_of_firms() -> None:
    first = pickle.dumps((build_enterprises(7), build_sites(7)))
    build_enterprises.cache_clear()
    build_sites.cache_clear()
    assert pickle.dumps((build_enterprises(7), build_sites(7))) == first
    assert build_enterprises(8)[0] != build_enterprises(7)[0]
