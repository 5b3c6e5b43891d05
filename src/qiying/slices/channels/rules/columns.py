"""Columns of the files that bring calls and orders in, in Chinese and English."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from qiying.slices.channels.rules.codes import BatchKind

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOST_LINES = 500
EARLIEST, LATEST = 1990, 2200
TIMES = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class Column:
    """A value of a line; ``reads`` is text, code, number or moment."""

    name: str
    zh: str
    en: str
    reads: str = "text"
    is_required: bool = False
    most: int = 200


_PLACE = (
    Column("address", "地点", "address"),
    Column("longitude", "经度", "longitude", "longitude"),
    Column("latitude", "纬度", "latitude", "latitude"),
    Column("contact_name", "联系人", "contact", most=64),
    Column("contact_phone", "联系电话", "phone", most=40),
)
COLUMNS: dict[str, tuple[Column, ...]] = {
    BatchKind.CALLS: (
        Column("text", "诉求内容", "request", is_required=True, most=4000),
        Column("title", "标题", "title", most=80),
        Column("credit_code", "信用代码", "credit code", most=18),
        Column("channel", "来件渠道", "channel"),
        Column("urgency", "紧急程度", "urgency"),
        Column("matter_code", "事项编码", "matter", most=20),
        Column("reference", "来源编号", "reference", most=64),
        *_PLACE,
    ),
    BatchKind.ORDERS: (
        Column("order_number", "工单编号", "order number", is_required=True, most=64),
        Column("text", "诉求内容", "request", is_required=True, most=4000),
        Column("title", "标题", "title", most=80),
        Column("credit_code", "信用代码", "credit code", most=18),
        Column("issued_at", "派单时间", "issued at", "moment"),
        Column("due_at", "办理期限", "due at", "moment"),
        Column("matter_code", "事项编码", "matter", most=20),
        *_PLACE,
    ),
}


def folded(text: str) -> str:
    """A heading for comparing."""
    return "".join(text.lower().split()).strip("*\uff0a")


def columns_of(kind: str, headings: tuple[str, ...]) -> tuple[dict[int, Column], list[str]]:
    """Which column stands where, and the headings that nobody knows."""
    names = {folded(word): c for c in COLUMNS[kind] for word in (c.zh, c.en, c.name)}
    places: dict[int, Column] = {}
    ignored: list[str] = []
    for place, heading in enumerate(headings):
        column = names.get(folded(heading))
        if column is None:
            ignored.append(heading)
        elif column not in places.values():
            places[place] = column
    return places, ignored


def missing(kind: str, places: dict[int, Column]) -> list[Column]:
    """Columns that are needed and not there."""
    return [c for c in COLUMNS[kind] if c.is_required and c not in places.values()]


def is_of_ours(day: date) -> bool:
    """Whether spans and offsets stay within the calendar from there."""
    return EARLIEST < day.year < LATEST


def moment(text: str) -> datetime:
    """A time as people write it, in Shanghai unless it names an offset; ValueError otherwise."""
    tidy = text.replace("/", "-").replace("年", "-").replace("月", "-").replace("日", "")
    for pattern in TIMES:
        try:
            found = datetime.strptime(tidy.strip(), pattern)  # noqa: DTZ007  the zone follows
        except ValueError:
            continue
        return _ours(found.replace(tzinfo=SHANGHAI))
    found = datetime.fromisoformat(text)
    return _ours(found if found.tzinfo else found.replace(tzinfo=SHANGHAI))


def _ours(found: datetime) -> datetime:
    if not is_of_ours(found):
        raise ValueError(found)
    return found
