"""What other slices get: frozen cards in the reader's language, fresh after every change."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

from qiying.kernel import directory, search
from qiying.kernel.access import Actor, Held, Role, stand_in
from qiying.kernel.errors import NotFound
from qiying.kernel.models import Tenant, User
from qiying.slices.registry import operations, public
from tests.slices.registry.conftest import NOW, SINCE, acting_officer, box, code, firm_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(keeper: Actor, zone: None) -> Any:
    return operations.create_enterprise(
        keeper,
        now=NOW,
        credit_code=code(1),
        name_zh="澜川纸业有限公司",
        name_en="Lanchuan Paper",
        entity_kind="enterprise",
        staff_count=100,
        longitude=119.205,
        latitude=29.005,
    )


@pytest.mark.usefixtures("zone")
def test_cards_speak_the_readers_language_and_are_made_anew_after_a_change(keeper: Actor) -> None:
    card = public.zone(keeper)
    with translation.override("en"):
        assert card.name == "Lanchuan Economic Development Zone"
        assert public.unit_by_code(keeper, "T1").name == "东乡"
    with translation.override("zh-hans"):
        assert card.name == "澜川经济开发区"
    before = public.units(keeper)
    assert public.units(keeper) is before
    operations.create_unit(keeper, now=NOW, code="NEW", kind="utility", name_zh="水务")
    card_of_new = public.unit_by_code(keeper, "NEW")
    assert public.unit(keeper, card_of_new.id) == card_of_new
    with pytest.raises(NotFound):
        public.unit_by_code(keeper, "OLD")
    with pytest.raises(NotFound):
        public.unit(keeper, 0)
    with pytest.raises(TypeError):
        public.units(keeper)["X"] = card_of_new  # type: ignore[index]


def test_a_firm_is_found_by_those_who_may_see_it(
    tenant: Tenant, keeper: Actor, stranger: Actor, firm: Any
) -> None:
    other = operations.create_enterprise(
        keeper, now=NOW, credit_code=code(2), name_zh="别家", entity_kind="enterprise"
    )
    own = firm_user(tenant, firm.pk)
    assert public.enterprise(own, firm.pk).grid_key == "G1"
    assert [card.id for card in public.enterprises_of(own)] == [firm.pk]
    assert public.names(own, [firm.pk, other.pk]) == {firm.pk: "澜川纸业有限公司"}
    machine = Actor(tenant.pk, "key", (Held(Role.MACHINE),), key_id=1)
    assert public.enterprise_by_public_id(machine, other.public_id).id == other.pk
    bound = Actor(tenant.pk, "key", (Held(Role.MACHINE, enterprise_id=firm.pk),), key_id=2)
    for blind, wanted in ((own, other), (bound, other), (stranger, firm)):
        with pytest.raises(NotFound):
            public.enterprise(blind, wanted.pk)
    assert public.search_enterprises(stranger, "澜川", 5) == []


def test_a_portfolio_is_the_officers(
    tenant: Tenant, keeper: Actor, firm: Any, officer: User
) -> None:
    theirs = acting_officer(tenant, officer)
    assert public.portfolio_ids(theirs) == frozenset()
    operations.assign_firms(keeper, [firm.pk], officer.pk, now=NOW)
    assert public.portfolio_ids(theirs) == {firm.pk}
    card = public.enterprises_of(theirs)[0]
    assert (card.grid_officer_name, card.grid_officer_phone) == ("陈强", "13900000002")
    assert public.portfolio_ids(keeper) == frozenset()


@pytest.mark.usefixtures("zone")
def test_every_version_of_an_area_is_told_and_the_grid_of_a_day_is_found(keeper: Actor) -> None:
    cut = date(2026, 1, 1)
    operations.set_area(
        keeper,
        now=NOW,
        kind="grid",
        key="G1",
        name_zh="新一格",
        geometry=box(119.2, 29.0, 0.005),
        valid_from=cut,
    )
    versions = [a for a in public.areas(keeper) if a.key == "G1"]
    assert [(a.valid_from, a.valid_to) for a in versions] == [(SINCE, cut), (cut, None)]
    assert public.areas(keeper) is public.areas(keeper)
    old = public.grid_at(keeper, 119.208, 29.008, on=cut - timedelta(days=1))
    assert old is not None
    assert old.name_zh == "G1 网格"
    assert public.grid_at(keeper, 119.208, 29.008, on=cut) is None
    assert public.grid_at(keeper, 119.204, 29.004) is not None


def test_sites_in_use_are_told(keeper: Actor, firm: Any) -> None:
    today = timezone.localdate()
    for key, end in (("S1", None), ("S2", today + timedelta(days=9)), ("S3", today)):
        operations.create_site(
            keeper,
            now=NOW,
            key=key,
            kind="construction_site",
            name_zh=key,
            geometry={"type": "Point", "coordinates": [119.2, 29.0]},
            enterprise_id=firm.pk,
            retired_on=end,
        )
    assert [site.key for site in public.sites(keeper, firm.pk)] == ["S1", "S2"]
    operations.retire_site(keeper, public.sites(keeper, firm.pk)[0].id, on=today, now=NOW)
    assert [site.key for site in public.sites(keeper, firm.pk)] == ["S2"]


def test_figures_follow_from_records(keeper: Actor, firm: Any) -> None:
    for key, kind, size in (("P", "planned", 0.1), ("D", "developed", 0.05)):
        operations.set_area(
            keeper,
            now=NOW,
            kind=kind,
            key=key,
            name_zh=key,
            geometry=box(119.15, 28.95, size),
            valid_from=SINCE,
        )
    operations.set_area(
        keeper,
        now=NOW,
        kind="neighbourhood",
        key="N1",
        name_zh="小区",
        geometry=box(119.16, 28.96),
        valid_from=SINCE,
        households=40,
        residents=130,
    )
    operations.create_enterprise(
        keeper,
        now=NOW,
        credit_code=code(3, "92330825MA"),
        name_zh="店",
        entity_kind="individual_business",
        staff_count=2,
    )
    operations.create_enterprise(
        keeper,
        now=NOW,
        credit_code=code(4),
        name_zh="区外",
        entity_kind="enterprise",
        staff_count=999,
        belongs_to_zone=False,
    )
    found = public.figures(keeper, (date(2026, 1, 1), date(2026, 12, 1)))
    assert found["A03.entities"] == Decimal(2)
    assert found["A03.enterprises"] == Decimal(1)
    assert found["A03.sites"] == Decimal(0)
    assert found["A04"] == Decimal(130 + 100 + 2)
    assert found["A01"] == found["A01.founding"]
    assert float(found["A01"]) == pytest.approx(4 * float(found["A02"]), rel=0.01)
    assert set(public.figures(stand_in(keeper.tenant_id, Role.ANALYST), (SINCE, SINCE))) >= {"A04"}


def test_names_stand_beside_grants_and_search_finds_firms_and_units(
    tenant: Tenant, keeper: Actor, stranger: Actor, firm: Any
) -> None:
    unit = public.unit_by_code(keeper, "T1")
    assert directory.names_of(keeper, "unit", [unit.id]) == {unit.id: "东乡"}
    assert directory.find(keeper, "unit", "T1") == unit.id
    assert directory.find(keeper, "unit", "T9") is None
    assert directory.names_of(keeper, "enterprise", [firm.pk]) == {firm.pk: "澜川纸业有限公司"}
    assert directory.find(keeper, "enterprise", code(1)) == firm.pk
    assert directory.find(stranger, "enterprise", code(1)) is None
    assert {hit.title for hit in search.ask(keeper, "东乡")} == {"东乡"}
    assert [hit.subtitle for hit in search.ask(keeper, "澜川纸业")] == [code(1)]
    own = firm_user(tenant, firm.pk)
    assert search.ask(own, "东乡") == []
    assert search.ask(stranger, "澜川纸业") == []


def test_other_slices_hang_their_parts_in(keeper: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "_panels", {})
    monkeypatch.setattr(public, "_layers", {})
    public.firm_panel("Later", "x:later", order=90)
    public.firm_panel("Sooner", "x:sooner", order=10)
    public.firm_panel("Leaders", "x:leaders", roles=[Role.ZONE_LEADER])
    public.map_layer("call", "Calls", "x:calls", roles=[Role.ADMINISTRATOR])
    public.map_layer("secret", "Secret", "x:secret", roles=[Role.AUDITOR])
    assert [p.url_name for p in public.firm_panels(keeper)] == ["x:sooner", "x:later"]
    assert [m.kind for m in public.map_layers(keeper)] == ["call"]
