"""Pages by keyset and files of lists."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from qiying.kernel import paging, saved, tenancy
from qiying.kernel.access import Actor, Held, Role
from qiying.kernel.errors import Denied, Invalid
from qiying.kernel.exports import Sheet, inert, to_csv, to_xlsx
from qiying.kernel.models import Counter, Tenant, User


def fill(actor: Actor, values: list[int]) -> None:
    Counter.objects.bulk_create(
        Counter(tenant_id=actor.tenant_id, name=f"n{i}", value=v) for i, v in enumerate(values)
    )


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(values=st.lists(st.integers(0, 5), max_size=30), size=st.integers(1, 7), back=st.booleans())
def test_pages_walk_every_row_once_in_order(
    desk: Actor, values: list[int], size: int, back: bool
) -> None:
    order = ("-value", "id")
    with tenancy.acting(desk):
        Counter.objects.all().delete()
        fill(desk, values)
        whole = list(Counter.objects.order_by(*order))
        seen, cursor, pages = [], "", []
        while True:
            found = paging.paginate(Counter.objects.all(), order=order, cursor=cursor, size=size)
            seen += list(found)
            pages.append(found)
            if not found.next:
                break
            cursor = found.next
        assert seen == whole
        if back and len(pages) > 1:
            before = paging.paginate(
                Counter.objects.all(), order=order, cursor=pages[-1].previous, size=size
            )
            assert list(before) == list(pages[-2])


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["x", "bm90IGpzb24", "W10", "WyJuIixbMV1d", "WyJuIixbW11dXQ"])
def test_a_forged_cursor_is_refused_not_broken(desk: Actor, cursor: str) -> None:
    with tenancy.reading(desk), pytest.raises(Invalid):
        paging.paginate(Counter.objects.all(), order=("-value", "id"), cursor=cursor)


SHEET = Sheet(
    "企业呼叫",
    ("编号", "时间", "日期", "件数", "金额"),
    [("=1+1", datetime(2026, 11, 22, 2, tzinfo=UTC), date(2026, 11, 22), 3, Decimal("1.50"))],
    [("状态", "办理中")],
    "周敏",
    datetime(2026, 11, 22, 2, 30, tzinfo=UTC),
)


def test_a_csv_carries_its_filter_and_no_formula() -> None:
    body = to_csv(SHEET)
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert ["# 状态", "办理中"] in rows
    assert rows[-1] == ["'=1+1", "2026-11-22 10:00", "2026-11-22", "3", "1.50"]


def test_an_xlsx_carries_its_filter_real_dates_and_no_formula() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(to_xlsx(SHEET)))
    table, about = (book.get_sheet_by_index(i).to_python() for i in (0, 1))
    assert table[1][:3] == ["'=1+1", datetime(2026, 11, 22, 10), date(2026, 11, 22)]  # noqa: DTZ001
    assert ["状态", "办理中"] in about


@given(st.text(min_size=1))
def test_no_exported_text_starts_a_formula(text: str) -> None:
    assert inert(text)[0] not in "=+-@\t\r＝＋－＠"


# --- saved views ---


@pytest.mark.django_db
def test_a_view_is_shared_with_ones_own_unit_and_one_opens_first() -> None:
    tenant = Tenant.objects.create(kind="zone", code="sv", name_zh="园", name_en="Zone")
    people = [User.objects.create_user(f"sv{i}", None) for i in range(3)]
    actors = [
        Actor(tenant.pk, p.username, (Held(Role.HANDLER, unit),), person_id=p.pk)
        for p, unit in zip(people, (7, 7, 8), strict=True)
    ]
    one, colleague, other = actors
    now = datetime(2026, 11, 16, tzinfo=UTC)
    more = {"page": "/calls/", "is_shared": False, "now": now}
    saved.save(one, name="ours", query="tab=working", unit_id=7, is_default=True, **more)
    with tenancy.reading(colleague):
        assert [v.name for v in saved.views_of(colleague, "/calls/")] == ["ours"]
        assert saved.views_of(other, "/calls/") == []
        assert saved.first_of(colleague, "/calls/") == ""
        assert saved.first_of(one, "/calls/") == "tab=working"
    saved.save(one, name="late", query="light=red", is_default=True, **more)
    with tenancy.reading(one):
        assert saved.first_of(one, "/calls/") == "light=red"
    with pytest.raises(Denied):
        saved.save(one, name="theirs", query="", unit_id=8, **more)
