"""The words of a story that must agree with each other: firm, street, person, days."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from qiying.demo.enterprises import Enterprise
from qiying.demo.naming import pick
from qiying.demo.story_places import Place

_STREET = re.compile(r"([\u4e00-\u9fff]{2,4}(?:大道|路|街|线|村道))\d")
_WEEKDAYS = "一二三四五六日"
_HOURS = (
    "早上七点多", "上午九点左右", "上午十点多", "中午", "下午两点多", "下午四点左右", "傍晚",
    "晚上八点多", "夜里十一点左右", "凌晨三点",
)  # fmt: skip
_SINCE = ("昨天", "前天", "今天上午", "昨天下午", "昨晚", "当天下午", "周末")
_NO_GOODS = ("店里的货", "货物")


def slots_for(
    firm: Enterprise, place: Place, day: date, chance: np.random.Generator
) -> Mapping[str, str]:
    """Named slots for the texts of one story."""
    street = _STREET.search(firm.address_zh.split("开发区")[-1].split("街道")[-1])
    return {
        "firm": firm.short_zh,
        "goods": pick(chance, firm.goods_zh or _NO_GOODS),
        "staff": str(firm.staff),
        "street": street.group(1) if street else place.road_near_zh,
        "road": place.road_zh,
        "road_near": place.road_near_zh,
        "estate": place.estate_zh,
        "contact": firm.contacts[0].name_zh,
        "day": _day(day, chance),
        "hour": pick(chance, _HOURS),
        "month": _month(day, chance),
        "day_after": pick(chance, _SINCE),
    }


def _day(day: date, chance: np.random.Generator) -> str:
    """A day that lies a little before, the way people name it."""
    back = int(chance.integers(0, 9))
    then = day - timedelta(days=back)
    if back < 3:
        return ("今天", "昨天", "前天")[back]
    if back < 9 and chance.random() < 0.5:
        week = "上" if then.isocalendar().week != day.isocalendar().week else "这"
        return f"{week}周{_WEEKDAYS[then.weekday()]}"
    return f"{then.month}月{then.day}日"


def _month(day: date, chance: np.random.Generator) -> str:
    back = int(chance.integers(1, 4))
    if back == 1:
        return "上个月"
    return f"{(day.month - back - 1) % 12 + 1}月份"
