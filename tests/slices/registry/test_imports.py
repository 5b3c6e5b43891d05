"""Imports: checked first, written on confirmation, all or none, twice is once."""

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from qiying.kernel import tenancy
from qiying.kernel.access import Actor, Role, stand_in
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.kernel.models import Event, Grant, Tenant, User
from qiying.slices.registry import queries
from qiying.slices.registry.models import (
    Area,
    Contact,
    Enterprise,
    ImportBatch,
    ImportRow,
    Site,
    Unit,
)
from qiying.slices.registry.operations import imports
from tests.slices.registry.conftest import box, code

HEADINGS = "统一社会信用代码,企业名称,经度,纬度,职工人数,联系人,联系电话,备注"


def firms(*lines: str) -> bytes:
    return "\n".join([HEADINGS, *lines]).encode("gb18030")


def collection(*features: tuple[dict[str, Any], dict[str, Any]]) -> bytes:
    items = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    return json.dumps({"type": "FeatureCollection", "features": items}).encode()


def prepared(actor: Actor, kind: str, content: bytes, now: datetime, **more: Any) -> ImportBatch:
    name = "a.geojson" if content.startswith(b"{") else "a.csv"
    reading = imports.read(kind, file_name=name, content=content, **more)
    return imports.prepare(actor, reading, now=now)


def faults(actor: Actor, batch: ImportBatch) -> list[tuple[int, str, str]]:
    with tenancy.reading(actor):
        rows = queries.list_lines(actor, batch, "failed").order_by("number")
        return [(row.number, e["column"], e["code"]) for row in rows for e in row.errors]


@pytest.mark.usefixtures("zone")
def test_firms_are_checked_then_written_and_a_second_time_changes_nothing(
    keeper: Actor, now: datetime
) -> None:
    content = firms(
        f"{code(1)},甲纸业有限公司,119.205,29.005,120,王芳,13900000003,旧",
        f"{code(2, '92330825MA')},乙小吃店,119.225,29.005,3,,,",
    )
    batch = prepared(keeper, "enterprises", content, now)
    assert (batch.encoding, batch.ignored) == ("gb18030", ["备注"])
    assert batch.counts == {"new": 2, "updated": 0, "unchanged": 0, "failed": 0}
    with tenancy.reading(keeper):
        assert not Enterprise.objects.exists()
    imports.apply(keeper, batch.public_id, now=now)
    with tenancy.reading(keeper):
        one, two = Enterprise.objects.select_related("grid").order_by("credit_code")
        assert (one.name_zh, one.staff_count, one.township_code) == ("甲纸业有限公司", 120, "T1")
        assert one.grid is not None
        assert one.grid.key == "G1"
        assert two.entity_kind == "individual_business"
        contact = Contact.objects.get()
        assert (contact.enterprise_id, contact.name, contact.is_primary) == (one.pk, "王芳", True)
        topics = list(Event.objects.filter(subject_id=one.pk).values_list("topic", flat=True))
        assert "registry.enterprise_created" in topics
    again = prepared(keeper, "enterprises", content, now)
    assert again.counts == {"new": 0, "updated": 0, "unchanged": 2, "failed": 0}
    imports.apply(keeper, again.public_id, now=now)
    with tenancy.reading(keeper):
        assert Event.objects.filter(topic="registry.enterprise_changed").count() == 0


@pytest.mark.usefixtures("zone")
def test_a_later_file_changes_what_it_says_and_leaves_blanks_alone(
    keeper: Actor, now: datetime
) -> None:
    first = firms(f"{code(1)},甲纸业有限公司,119.205,29.005,120,王芳,13900000003,")
    imports.apply(keeper, prepared(keeper, "enterprises", first, now).public_id, now=now)
    second = firms(f"{code(1)},甲新材料有限公司,119.225,29.005,,王芳,13900000004,")
    batch = prepared(keeper, "enterprises", second, now)
    assert batch.counts["updated"] == 1
    imports.apply(keeper, batch.public_id, now=now)
    with tenancy.reading(keeper):
        row = Enterprise.objects.select_related("grid").get()
        assert (row.name_zh, row.staff_count) == ("甲新材料有限公司", 120)
        assert row.grid is not None
        assert row.grid.key == "G2"
        assert Contact.objects.get().phone == "13900000004"


@pytest.mark.usefixtures("zone")
def test_lines_that_fail_are_named_and_stop_the_others_unless_asked(
    keeper: Actor, now: datetime
) -> None:
    content = firms(
        f"{code(1)},甲,119.205,29.005,1,,,",
        f"{code(1)[:-1]}!,乙,119.205,29.005,1,,,",
        f"{code(3)},,119.205,29.005,many,,,",
        f"{code(4)},丁,19.205,29.005,1,,13900000009,",
        f"{code(1)},戊,119.205,,1,,,",
    )
    batch = prepared(keeper, "enterprises", content, now)
    assert batch.counts == {"new": 1, "updated": 0, "unchanged": 0, "failed": 4}
    assert sorted(faults(keeper, batch)) == [
        (3, "credit_code", "registry.credit_code.characters"),
        (4, "name_zh", "input.required"),
        (4, "staff_count", "input.number"),
        (5, "contact_name", "input.required"),
        (5, "x", "registry.cell.far"),
        (6, "credit_code", "registry.cell.repeated"),
        (6, "y", "input.required"),
    ]
    with pytest.raises(Refused) as caught:
        imports.apply(keeper, batch.public_id, now=now)
    assert caught.value.code == "registry.import.all_good"
    with tenancy.reading(keeper):
        assert not Enterprise.objects.exists()
    imports.apply(keeper, batch.public_id, now=now, is_good_rows=True)
    with tenancy.reading(keeper):
        assert [row.name_zh for row in Enterprise.objects.all()] == ["甲"]
    with pytest.raises(Refused):
        imports.apply(keeper, batch.public_id, now=now, is_good_rows=True)


@pytest.mark.usefixtures("zone")
def test_what_changed_between_the_look_and_the_writing_is_judged_again(
    keeper: Actor, now: datetime
) -> None:
    content = firms(f"{code(1)},甲,119.205,29.005,1,,,")
    one = prepared(keeper, "enterprises", content, now)
    two = prepared(keeper, "enterprises", content, now)
    assert one.counts["new"] == two.counts["new"] == 1
    imports.apply(keeper, one.public_id, now=now)
    assert imports.apply(keeper, two.public_id, now=now).counts["unchanged"] == 1


@pytest.mark.usefixtures("zone")
def test_units_find_parents_in_the_same_file_and_loops_are_refused(
    keeper: Actor, now: datetime
) -> None:
    content = "code,name,kind,parent\nB,乙科,zone,A\nA,甲局,department,ZONE\n".encode()
    batch = prepared(keeper, "units", content, now)
    imports.apply(keeper, batch.public_id, now=now)
    with tenancy.reading(keeper):
        assert Unit.objects.get(code="B").parent_id == Unit.objects.get(code="A").pk
    loop = "code,name,kind,parent\nA,甲局,department,B\n".encode()
    found = faults(keeper, prepared(keeper, "units", loop, now))
    assert found == [(2, "parent", "registry.unit.loop")]


@pytest.mark.usefixtures("zone")
def test_walls_come_as_dated_shapes_and_may_not_overlap(keeper: Actor, now: datetime) -> None:
    wall = {"key": "W1", "name": "一号围墙", "from": "2025-01-01", "unit": "ZONE"}
    content = collection((wall, box(119.2, 29.0)))
    imports.apply(keeper, prepared(keeper, "walls", content, now).public_id, now=now)
    wider = collection(({**wall, "from": "2026-01-01"}, box(119.2, 29.0, 0.02)))
    imports.apply(keeper, prepared(keeper, "walls", wider, now).public_id, now=now)
    with tenancy.reading(keeper):
        old, new = Area.objects.filter(kind="wall").order_by("valid_from")
        assert old.valid_to == new.valid_from
        assert new.valid_to is None
        assert new.area_m2 == pytest.approx(4 * old.area_m2, rel=1e-3)
    assert prepared(keeper, "walls", wider, now).counts["unchanged"] == 1
    other = collection(({**wall, "key": "W2", "name": "二号"}, box(119.21, 29.0)))
    found = faults(keeper, prepared(keeper, "walls", other, now))
    assert found == [(1, "geometry", "registry.area.overlap")]
    with pytest.raises(Invalid) as caught:
        prepared(keeper, "walls", content, now, system="gcj02")
    assert caught.value.code == "registry.crs.shifted"


@pytest.mark.usefixtures("zone")
def test_grids_of_a_new_shape_take_their_firms_along(keeper: Actor, now: datetime) -> None:
    content = firms(f"{code(1)},甲,119.205,29.005,1,,,")
    imports.apply(keeper, prepared(keeper, "enterprises", content, now).public_id, now=now)
    grid = {"key": "G1", "name": "一号网格", "from": "2026-06-01"}
    shape = collection((grid, box(119.19, 29.0, 0.015)))
    imports.apply(keeper, prepared(keeper, "grids", shape, now).public_id, now=now)
    with tenancy.reading(keeper):
        firm = Enterprise.objects.select_related("grid").get()
        assert firm.grid is not None
        assert (firm.grid.key, firm.grid.valid_to) == ("G1", None)


@pytest.mark.usefixtures("zone")
def test_sites_take_points_in_a_projected_system(keeper: Actor, now: datetime) -> None:
    content = "key,name,kind,x,y,unit\nS1,工地一,工地,40422000,3209400,\n".encode()
    batch = prepared(keeper, "sites", content, now, system="gauss_kruger:120")
    assert batch.counts["failed"] == 0, faults(keeper, batch)
    imports.apply(keeper, batch.public_id, now=now)
    with tenancy.reading(keeper):
        row = Site.objects.get()
        assert row.kind == "construction_site"
        assert row.geometry == {"type": "Point", "coordinates": [row.longitude, row.latitude]}
        assert (row.longitude, row.latitude) == pytest.approx((119.2, 29.0), abs=0.02)
    assert (
        prepared(keeper, "sites", content, now, system="gauss_kruger:120").counts["unchanged"] == 1
    )


@pytest.mark.usefixtures("zone")
def test_people_get_accounts_and_roles_and_other_peoples_accounts_are_left_alone(
    keeper: Actor, now: datetime
) -> None:
    User.objects.create_user("elsewhere", None, name="某人")
    content = (
        "用户名,姓名,手机,角色,单位代码\n"
        "liwei,李伟,13900000005,网格员,ZONE\n"
        "liwei,李伟,13900000005,经办人,ZONE\n"
        "elsewhere,某人,,desk,\n"
        "firm,王老板,13900000006,企业,\n"
    ).encode()
    batch = prepared(keeper, "people", content, now)
    assert faults(keeper, batch) == [
        (4, "username", "people.username"),
        (5, "credit_code", "input.required"),
    ]
    imports.apply(keeper, batch.public_id, now=now, is_good_rows=True)
    with tenancy.reading(keeper):
        person = User.objects.get(username="liwei")
        roles = Grant.objects.filter(person=person).values_list("role", flat=True)
        assert set(roles) == {"grid_officer", "handler"}
        assert not person.has_usable_password()
    assert prepared(keeper, "people", content, now).counts["unchanged"] == 2


def test_a_calendar_file_makes_one_edition_a_year(keeper: Actor, now: datetime) -> None:
    content = (
        "日期,安排,文号\n2027-01-01,休,国办发明电第1号\n2027-02-08,休,\n2027-02-13,班,\n"
    ).encode()
    batch = prepared(keeper, "calendar", content, now)
    imports.apply(keeper, batch.public_id, now=now)
    with tenancy.reading(keeper):
        row = queries.get_calendar(keeper, 2027)
        assert (row.version, row.work_days) == (1, ["2027-02-13"])
        assert row.notice == "国办发明电第1号"
    assert prepared(keeper, "calendar", content, now).counts["unchanged"] == 3
    wrong = "日期,安排\n2027-01-02,休\n2027-01-01,休\n".encode()
    found = faults(keeper, prepared(keeper, "calendar", wrong, now))
    assert [(line, problem) for line, _, problem in found] == [
        (2, "registry.calendar.rest"),
        (3, "registry.calendar.incomplete"),
    ]


def test_only_keepers_import_and_nobody_sees_foreign_batches(
    tenant: Tenant, keeper: Actor, stranger: Actor, now: datetime
) -> None:
    content = firms(f"{code(1)},甲,119.205,29.005,1,,,")
    with pytest.raises(Denied):
        prepared(stand_in(tenant.pk, Role.GRID_OFFICER), "enterprises", content, now)
    with pytest.raises(Denied):
        prepared(
            stand_in(tenant.pk, Role.DESK), "people", "用户名,姓名,角色\na,b,desk".encode(), now
        )
    batch = prepared(keeper, "enterprises", content, now)
    with pytest.raises(NotFound):
        imports.apply(stranger, batch.public_id, now=now)


def test_a_missing_heading_is_named_in_both_languages(keeper: Actor, now: datetime) -> None:
    with pytest.raises(Invalid) as caught:
        prepared(keeper, "units", b"code,name\nA,B\n", now)
    assert caught.value.code == "registry.file.headings"
    assert caught.value.params["names"] == "类型 (kind)"


def test_a_discarded_batch_keeps_no_lines_and_old_lines_are_forgotten(
    keeper: Actor, now: datetime
) -> None:
    content = firms(f"{code(1)},甲,119.205,29.005,1,,,")
    gone = prepared(keeper, "enterprises", content, now)
    kept = prepared(keeper, "enterprises", content, now)
    imports.discard(keeper, gone.public_id, now=now)
    with tenancy.reading(keeper):
        assert set(ImportRow.objects.values_list("batch_id", flat=True)) == {kept.pk}
    assert imports.forget_lines(keeper, now=now) == 0
    assert imports.forget_lines(keeper, now=now + timedelta(days=31)) == 1


def test_what_an_export_writes_can_be_brought_in_again(keeper: Actor, now: datetime) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["# 表", "企业"])
    writer.writerow(["统一社会信用代码", "企业名称", "成立日期"])
    writer.writerow([code(1), "'=甲", "2020-01-02"])
    batch = prepared(keeper, "enterprises", out.getvalue().encode("utf-8-sig"), now)
    imports.apply(keeper, batch.public_id, now=now)
    with tenancy.reading(keeper):
        assert Enterprise.objects.get().name_zh == "=甲"
