"""Months settled, machines whose inspection is due, retrofits with their readings."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from qiying.demo.chance import stream
from qiying.demo.packaged import read_toml
from qiying.demo.plan import Plan
from qiying.demo.rescue_course import Scene
from qiying.demo.story_rhythm import SHANGHAI
from qiying.kernel import tenancy
from qiying.kernel.errors import Refused
from qiying.slices.rescue import operations as rescue

_BODY = "澜川特种设备检验中心（演示）"
_MONTHS = 11
_RETROFITS_BEGUN = (210, 160, 70)
"""So many days ago the three projects were planned."""
_DRAWN_DAY, _CHECKED_DAY, _PAID_DAY = 5, 9, 20


def keep_books(plan: Plan, scene: Scene) -> None:
    """What belongs to no single job."""
    with tenancy.acting(scene.platform):
        _settle(plan, scene)
        _inspect(plan, scene)
        _rebuild(plan, scene)


def _at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=SHANGHAI)


def _settle(plan: Plan, scene: Scene) -> None:
    """Each month by provider: drawn up by one chief, checked by another, paid; the last waits."""
    house, end = scene.house, plan.ends_at
    drawer, checker = house.chiefs[0], house.chiefs[1]
    month = (end - timedelta(days=_MONTHS * 31)).date().replace(day=1)
    while (following := (month + timedelta(days=32)).replace(day=1)) <= end.date():
        drawn_at = _at(following.replace(day=_DRAWN_DAY))
        for number, provider in enumerate(house.providers):
            if drawn_at >= end:
                break
            try:
                row = rescue.draw_up(
                    drawer,
                    provider,
                    now=drawn_at,
                    month=month,
                    budget_id=house.budget_ids.get(following.year),
                )
            except Refused:
                continue
            if following.month == end.month and number % 3:
                continue
            checked_at = _at(following.replace(day=_CHECKED_DAY))
            if checked_at < end:
                rescue.check_settlement(checker, row.pk, now=checked_at)
            paid_at = _at(following.replace(day=_PAID_DAY), 15)
            if paid_at < end:
                voucher = f"JZ{following:%y%m}{number + 1:03d}"
                rescue.pay_settlement(checker, row.pk, now=paid_at, voucher=voucher)
        month = following


def _inspect(plan: Plan, scene: Scene) -> None:
    """A statutory day for every special machine: some soon, a few overdue, some booked."""
    chance = stream(plan.seed, "rescue inspections")
    months = {r["code"]: r["months"] for r in read_toml("rescue")["classes"] if "months" in r}
    chief, today = scene.house.chiefs[2], plan.as_of
    now = plan.ends_at - timedelta(hours=15)
    for machine, key in scene.house.machines:
        every = months.get(machine.kind)
        if every is None:
            continue
        due_on = today + timedelta(days=int(chance.integers(-9, every * 30)))
        row = rescue.plan_inspection(
            chief,
            key,
            now=now,
            due_on=due_on,
            last_on=due_on - timedelta(days=every * 30),
        )
        ahead = (due_on - today).days
        if 0 < ahead <= 40 and chance.random() < 0.6:
            booked_on = today + timedelta(days=int(chance.integers(1, ahead + 1)))
            note = "已提交定期检验申请，请企业备好设备档案并安排停机。"
            rescue.book_inspection(
                chief, row.pk, now=now, body=_BODY, booked_on=booked_on, note=note
            )


def _rebuild(plan: Plan, scene: Scene) -> None:
    """Three projects: two measured, one under way; the effect follows from the readings."""
    chief, firms = scene.house.chiefs[0], _firms(plan, scene)
    rows = read_toml("rescue")["retrofits"]
    for row, firm, days in zip(rows, firms, _RETROFITS_BEGUN, strict=False):
        begun = plan.as_of - timedelta(days=days)
        made = rescue.plan_retrofit(
            chief,
            now=_at(begun),
            enterprise_id=firm,
            title=row["title"],
            figure=row["figure"][0],
            unit=row["figure"][1],
            target_percent=Decimal(row["target"]),
            text=row["text"],
            cost_cny=Decimal(row["cost"][0]),
            public_cny=Decimal(row["cost"][1]),
            provider_id=scene.house.providers[2],
        )
        _measure(plan, scene, made.pk, row, begun)


def _measure(plan: Plan, scene: Scene, key: int, row: Mapping[str, Any], begun: date) -> None:
    chief = scene.house.chiefs[0]

    def read(phase: str, values: list[float], first: date) -> None:
        for index, value in enumerate(values):
            on = min(first + timedelta(days=index * 9), plan.as_of - timedelta(days=1))
            rescue.add_reading(
                chief,
                key,
                now=_at(on, 17),
                phase=phase,
                on=on,
                value=Decimal(str(value)),
                source=row["source"],
            )

    read("before", row["before"], begun + timedelta(days=1))
    started = begun + timedelta(days=40)
    rescue.start_retrofit(chief, key, now=_at(started), on=started)
    if row["after"]:
        read("after", row["after"], started + timedelta(days=45))
        over = started + timedelta(days=95)
        rescue.finish_retrofit(chief, key, now=_at(over), on=over)


def _firms(plan: Plan, scene: Scene) -> list[int]:
    """The largest firms of the chains that the projects are about."""
    firms = sorted((f for f in plan.firms if f.chain == "paper"), key=lambda f: -f.staff)
    return [scene.house.firm_ids[f.code] for f in firms[:3] if f.code in scene.house.firm_ids]
