"""The columns of each kind of file: names in both languages, and how a cell is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from qiying.kernel.errors import Invalid
from qiying.slices.registry.rules import cells, credit_code, industry
from qiying.slices.registry.rules.kinds import KEY, ImportKind
from qiying.slices.registry.rules.lines import _words as words

Reader = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the name of the value, its headings, and the reader of a cell."""

    name: str
    zh: str
    en: str
    read: Reader
    is_required: bool = False
    others: str = ""
    """More headings under which files bring it, separated by blanks."""


def _credit_code(value: Any) -> str:
    found = credit_code.normalise(cells.plain(value))
    fault = credit_code.fault_of(found)
    if fault:
        raise Invalid(fault)
    return found


def _industry(value: Any) -> str:
    found = industry.normalise(cells.plain(value))
    found = f"0{found}" if len(found) == 1 else found
    fault = industry.fault_of(found)
    if fault:
        raise Invalid(fault)
    return found


def _key(value: Any) -> str:
    found = cells.text(value, most=40)
    if not KEY.fullmatch(found):
        raise Invalid("registry.cell.key")
    return found


def _phone(value: Any) -> str:
    found = cells.text(value, most=40)
    if not any(c.isdigit() for c in found) or any(c not in "0123456789+-() /转" for c in found):
        raise Invalid("registry.cell.phone")
    return found


def _text(most: int) -> Reader:
    return partial(cells.text, most=most)


def _whole(most: int) -> Reader:
    return partial(cells.whole, most=most)


def _choice(table: dict[str, str]) -> Reader:
    return partial(cells.choice, words=table)


def _as_is(value: Any) -> Any:
    return value


_ordinate = partial(cells.number, least=-1e8, most=1e8)
_NAME = Column(
    "name_zh", "名称", "name", _text(150), is_required=True, others="中文名称 name_zh 名字 标题"
)
_NAME_EN = Column("name_en", "英文名称", "English name", _text(150), others="name_en 英文名")
_FROM = Column(
    "valid_from",
    "生效日期",
    "from",
    cells.day,
    is_required=True,
    others="valid_from 起始日期 启用日期 自 inforcefrom",
)
_UNTIL = Column(
    "valid_to", "失效日期", "until", cells.day, others="valid_to 终止日期 至 to inforceuntil"
)
_SHAPE = Column(
    "geometry", "图形", "geometry", _as_is, is_required=True, others="几何 坐标串 wkt geom shape"
)
_X = Column("x", "经度", "longitude", _ordinate, others="lon lng long x x坐标 东坐标")
_Y = Column("y", "纬度", "latitude", _ordinate, others="lat y y坐标 北坐标")
_UNIT = Column(
    "unit", "所属单位", "unit", _key, others="unit_code 单位 单位代码 责任单位 管理单位"
)
_KEY = Column("key", "编号", "key", _key, is_required=True, others="编码 代码 code id 标识")
_FIRM = Column(
    "credit_code",
    "统一社会信用代码",
    "credit code",
    _credit_code,
    others="信用代码 社会信用代码 uscc credit_code 企业信用代码",
)
_AREA = (_KEY, _NAME, _NAME_EN, _UNIT, _SHAPE, _FROM, _UNTIL)

FIRMS = (
    Column("credit_code", _FIRM.zh, _FIRM.en, _credit_code, is_required=True, others=_FIRM.others),
    Column(
        "name_zh",
        "企业名称",
        "name",
        _text(150),
        is_required=True,
        others="名称 中文名称 单位名称 主体名称 name_zh firmname",
    ),
    _NAME_EN,
    Column(
        "entity_kind",
        "主体类型",
        "kind",
        _choice(words.ENTITY_WORDS),
        others="类型 类别 企业类型 市场主体类型 entity_kind",
    ),
    Column(
        "industry_code",
        "行业代码",
        "industry",
        _industry,
        others="行业 国民经济行业代码 industry_code",
    ),
    Column("address", "地址", "address", _text(200), others="住所 经营地址 注册地址"),
    _X,
    _Y,
    Column(
        "accuracy_m",
        "定位精度(米)",
        "accuracy (m)",
        partial(cells.number, least=0, most=5000),
        others="accuracy_m 定位精度",
    ),
    Column(
        "staff_count",
        "职工人数",
        "staff",
        _whole(1_000_000),
        others="从业人数 员工人数 人数 staff_count",
    ),
    Column(
        "capital_10k",
        "注册资本(万元)",
        "capital (10,000 yuan)",
        partial(cells.money, times=10_000),
        others="注册资本 注册资金(万元)",
    ),
    Column("capital_cny", "注册资本(元)", "capital (yuan)", cells.money, others="capital_cny"),
    Column(
        "registered_on",
        "成立日期",
        "registered on",
        cells.day,
        others="注册日期 登记日期 registered_on",
    ),
    Column(
        "is_above_scale",
        "是否规上",
        "above scale",
        cells.flag,
        others="规上企业 规上 is_above_scale 是否规模以上",
    ),
    Column(
        "belongs_to_zone",
        "是否属园区",
        "belongs to zone",
        cells.flag,
        others="属园区 园区企业 belongs_to_zone",
    ),
    Column("status", "状态", "status", _choice(words.STATUS_WORDS), others="经营状态 登记状态"),
    Column("township_code", "所属乡镇", "township", _key, others="乡镇 乡镇街道 township_code"),
    Column("grid_key", "所属网格", "grid", _key, others="网格 网格编号 grid_key"),
    Column(
        "contact_name",
        "联系人",
        "contact name",
        _text(64),
        others="contact 联系人姓名 contact_name",
    ),
    Column(
        "contact_phone",
        "联系电话",
        "contact phone",
        _phone,
        others="电话 手机 phone contact_phone",
    ),
    Column(
        "contact_title",
        "联系人职务",
        "contact title",
        _text(60),
        others="职务 title contact_title",
    ),
)
UNITS = (
    Column(
        "code", "单位代码", "code", _key, is_required=True, others="代码 编码 编号 unit_code key"
    ),
    Column(
        "name_zh",
        "单位名称",
        "name",
        _text(100),
        is_required=True,
        others="名称 中文名称 name_zh unitname",
    ),
    _NAME_EN,
    Column(
        "kind", "类型", "kind", _choice(words.UNIT_WORDS), is_required=True, others="单位类型 类别"
    ),
    Column("parent", "上级单位", "parent", _key, others="上级 上级代码 parent_code"),
    Column("phone", "电话", "phone", _phone, others="联系电话 值班电话"),
    Column("address", "地址", "address", _text(200)),
)
SITES = (
    _KEY,
    _NAME,
    _NAME_EN,
    Column(
        "kind", "类型", "kind", _choice(words.SITE_WORDS), is_required=True, others="场所类型 类别"
    ),
    _FIRM,
    Column("owner_unit", "权属单位", "owner unit", _key, others="owner_unit 所有单位"),
    _X,
    _Y,
    Column("geometry", "图形", "geometry", _as_is, others=_SHAPE.others),
    Column(
        "valid_from",
        "开始日期",
        "from",
        cells.day,
        others="valid_from 开工日期 启用日期 生效日期 inforcefrom",
    ),
    Column(
        "retired_on",
        "结束日期",
        "until",
        cells.day,
        others="retired_on 竣工日期 停用日期 失效日期 valid_to inforceuntil",
    ),
)
AREAS = (
    Column(
        "kind",
        "类型",
        "kind",
        _choice(words.AREA_WORDS),
        is_required=True,
        others="区域类型 类别 图层",
    ),
    *_AREA,
    Column("households", "户数", "households", _whole(10_000_000), others="住户数"),
    Column("residents", "人口", "residents", _whole(10_000_000), others="居民数 常住人口 人数"),
)
PEOPLE = (
    Column(
        "username", "用户名", "user name", _key, is_required=True, others="账号 登录名 username"
    ),
    Column("name", "姓名", "name", _text(64), is_required=True, others="名字"),
    Column("phone", "手机", "phone", _phone, others="电话 手机号 联系电话 mobile"),
    Column(
        "role", "角色", "role", _choice(words.ROLE_WORDS), is_required=True, others="岗位 权限"
    ),
    Column("unit", "单位代码", "unit", _key, others="所属单位 unit_code 单位"),
    _FIRM,
    Column("valid_from", "生效日期", "from", cells.day, others="valid_from 起始日期"),
    Column("valid_to", "失效日期", "until", cells.day, others="valid_to 终止日期"),
)
CALENDAR = (
    Column("on", "日期", "date", cells.day, is_required=True, others="day on"),
    Column(
        "day_kind",
        "安排",
        "rest or work",
        _choice(words.DAY_WORDS),
        is_required=True,
        others="类型 kind 休班",
    ),
    Column("notice", "文号", "notice", _text(100), others="通知 依据"),
    Column("grade", "证据等级", "grade", _choice(words.GRADE_WORDS), others="等级 evidence"),
)
COLUMNS: dict[str, tuple[Column, ...]] = {
    ImportKind.ENTERPRISES: FIRMS,
    ImportKind.UNITS: UNITS,
    ImportKind.SITES: SITES,
    ImportKind.WALLS: _AREA,
    ImportKind.GRIDS: _AREA,
    ImportKind.AREAS: AREAS,
    ImportKind.PEOPLE: PEOPLE,
    ImportKind.CALENDAR: CALENDAR,
}


@dataclass(frozen=True, slots=True)
class Headings:
    """Which column stands where; what nobody knows; what is needed and not there."""

    places: dict[int, Column]
    ignored: tuple[str, ...]
    missing: tuple[Column, ...]


def headings_of(kind: str, found: Sequence[str]) -> Headings:
    """Understand the headings of a file; the first of two with one meaning counts."""
    known: dict[str, Column] = {}
    for column in COLUMNS[kind]:
        for text in (column.zh, column.en, column.name, *column.others.split()):
            known.setdefault(_simple(text), column)
    places: dict[int, Column] = {}
    ignored = []
    for place, heading in enumerate(found):
        name = _simple(heading)
        match = known.get(name) or known.get(name.partition("(")[0])
        if match is None or match in places.values():
            ignored.append(heading)
        else:
            places[place] = match
    present = set(places.values())
    missing = tuple(c for c in COLUMNS[kind] if c.is_required and c not in present)
    return Headings(places, tuple(h for h in ignored if h), missing)


def _simple(heading: str) -> str:
    return cells.folded(heading).replace("*", "").replace("_", "").replace("-", "").rstrip(":")
